//! Front matter: the names and values between two lines of `---`.
//!
//! ```text
//! file        = [BOM] blank-lines [ "---" line names "---" line ] body
//! names       = YAML: one name with a value per line
//! ```

use std::ops::Range;

use super::complaint::Report;
use super::values::nearest;
use super::yaml::{self, Key, Node, Value};
use super::{ComplaintKind, Shape};

/// A text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    /// The text, with single blanks and none around it.
    pub(super) text: String,
    /// Its bytes in the file.
    pub(super) span: Range<usize>,
}

/// The names of a file that have not been taken yet, and where its body begins.
#[derive(Debug)]
pub(super) struct Front {
    pairs: Vec<(Key, Node)>,
    /// The first byte of the body.
    pub(super) body: usize,
}

enum Split {
    /// No front matter; the body begins here.
    None(usize),
    /// The YAML, the body, and a line within the YAML that looks like a mistyped `---`.
    Found(Range<usize>, usize, Option<Range<usize>>),
}

impl Front {
    /// Reads the front matter of a file whose names are `known`. `None` when the file is refused;
    /// the report then says why.
    pub(super) fn read(report: &mut Report<'_>, known: &[&str]) -> Option<Self> {
        let file = report.file;
        let (yaml, body, typo) = match split(report, known)? {
            Split::None(body) => {
                return Some(Self {
                    pairs: Vec::new(),
                    body,
                });
            }
            Split::Found(yaml, body, typo) => (yaml, body, typo),
        };
        let source = file.text.get(yaml.clone()).unwrap_or("");
        let mut tree = match yaml::parse(source) {
            Ok(tree) => tree,
            Err((fault, span)) => {
                match typo.filter(|typo| typo.start <= yaml.start + span.end) {
                    Some(typo) => fence_typo(report, typo),
                    None => report.at(moved(&span, yaml.start), ComplaintKind::Yaml(fault)),
                }
                return None;
            }
        };
        for (text, remark) in &tree.cuts {
            let whole = source.get(text.start..remark.end).unwrap_or("").trim();
            let kind = ComplaintKind::CutByHash {
                whole: yaml::quote(whole),
            };
            report.at(moved(remark, yaml.start), kind);
        }
        shift(&mut tree.root, yaml.start);
        let pairs = match tree.root.value {
            Value::Group(pairs) => known_pairs(report, pairs, known),
            Value::Empty => Vec::new(),
            Value::Text(_) | Value::List(_) => {
                report.at(tree.root.span, ComplaintKind::NoKeys);
                return None;
            }
        };
        Some(Self { pairs, body })
    }

    /// Takes what stands behind a name.
    fn take(&mut self, key: &str) -> Option<Node> {
        let at = self.pairs.iter().position(|(name, _)| name.text == key)?;
        let (_, node) = self.pairs.swap_remove(at);
        Some(node).filter(|node| node.value != Value::Empty)
    }

    /// Takes one text. Anything else is complained about.
    pub(super) fn text(&mut self, report: &mut Report<'_>, key: &str) -> Option<Placed> {
        let node = self.take(key)?;
        if let Value::Text(text) = &node.value {
            return placed(text, node.span);
        }
        let wrong = wrong_shape(key, Shape::Text, &node, None);
        report.at(node.span, wrong);
        None
    }

    /// Takes a list of texts. A single text counts as a list of one, and is complained about.
    pub(super) fn list(&mut self, report: &mut Report<'_>, key: &str) -> Vec<Placed> {
        let Some(node) = self.take(key) else {
            return Vec::new();
        };
        match &node.value {
            Value::List(items) => items
                .iter()
                .filter_map(|item| list_item(report, key, item))
                .collect(),
            Value::Text(text) => {
                let instead = format!("{key}: [{text}]");
                let wrong = wrong_shape(key, Shape::List, &node, Some(instead));
                report.at(node.span.clone(), wrong);
                placed(text, node.span).into_iter().collect()
            }
            Value::Empty | Value::Group(_) => {
                let wrong = wrong_shape(key, Shape::List, &node, None);
                report.at(node.span, wrong);
                Vec::new()
            }
        }
    }

    /// Takes one text, or a group with these names of which each holds one text.
    pub(super) fn text_or_group(
        &mut self,
        report: &mut Report<'_>,
        key: &str,
        names: &[&str],
    ) -> Option<Result<Placed, Self>> {
        let node = self.take(key)?;
        match node.value {
            Value::Group(pairs) => Some(Err(Self {
                pairs: known_pairs(report, pairs, names),
                body: node.span.start,
            })),
            Value::Text(text) => placed(&text, node.span).map(Ok),
            Value::Empty | Value::List(_) => {
                let wrong = wrong_shape(key, Shape::Text, &node, None);
                report.at(node.span, wrong);
                None
            }
        }
    }
}

/// One text of a list. A text with a colon in it is read by YAML as a name with a value; it is
/// complained about and used as it was meant.
fn list_item(report: &mut Report<'_>, key: &str, item: &Node) -> Option<Placed> {
    match &item.value {
        Value::Text(text) => placed(text, item.span.clone()),
        Value::Empty => None,
        Value::Group(_) => {
            let raw = report.file.text.get(item.span.clone()).unwrap_or("").trim();
            let instead = format!("- {}", yaml::quote(raw));
            let raw = placed(raw, item.span.clone());
            report.at(item.span.clone(), ComplaintKind::ColonInItem { instead });
            raw
        }
        Value::List(_) => {
            report.at(item.span.clone(), wrong_shape(key, Shape::Text, item, None));
            None
        }
    }
}

fn wrong_shape(key: &str, wanted: Shape, node: &Node, instead: Option<String>) -> ComplaintKind {
    let found = match node.value {
        Value::List(_) => Shape::List,
        Value::Group(_) => Shape::Group,
        Value::Text(_) | Value::Empty => Shape::Text,
    };
    ComplaintKind::WrongShape {
        key: key.to_owned(),
        wanted,
        found,
        instead,
    }
}

fn placed(text: &str, span: Range<usize>) -> Option<Placed> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(Placed { text, span })
}

/// The pairs with a known name, in lower case; complains about the others and about doubles.
fn known_pairs(
    report: &mut Report<'_>,
    pairs: Vec<(Key, Node)>,
    known: &[&str],
) -> Vec<(Key, Node)> {
    let mut kept: Vec<(Key, Node)> = Vec::new();
    for (mut key, node) in pairs {
        let name = key.text.to_lowercase();
        if !known.contains(&name.as_str()) {
            report.at(
                key.span,
                ComplaintKind::UnknownKey {
                    meant: nearest(&name, known.iter().copied()).map(str::to_owned),
                    key: key.text,
                    known: known.join(", "),
                },
            );
        } else if kept.iter().any(|(other, _)| other.text == name) {
            report.at(key.span, ComplaintKind::DoubleKey { key: name });
        } else {
            key.text = name;
            kept.push((key, node));
        }
    }
    kept
}

fn split(report: &mut Report<'_>, known: &[&str]) -> Option<Split> {
    let text = report.file.text.as_str();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut lines = text
        .get(start..)
        .unwrap_or("")
        .split_inclusive('\n')
        .scan(start, |at, line| {
            let from = *at;
            *at += line.len();
            Some((from, line))
        })
        .skip_while(|(_, line)| line.trim().is_empty());
    let Some((first, opening)) = lines.next() else {
        report.whole(ComplaintKind::EmptyFile);
        return None;
    };
    let names_a_key = |line: &str| {
        line.split_once(':')
            .is_some_and(|(name, _)| known.contains(&name.trim().to_lowercase().as_str()))
    };
    if opening.trim() != "---" {
        let span = first..first + opening.len();
        if names_a_key(opening) {
            report.at(span, ComplaintKind::UnopenedFrontMatter);
            return None;
        }
        if is_fence_typo(opening) && lines.next().is_some_and(|(_, line)| names_a_key(line)) {
            fence_typo(report, span);
            return None;
        }
        return Some(Split::None(first));
    }
    let yaml = first + opening.len();
    let mut typo = None;
    for (at, line) in lines {
        let span = at..at + line.len();
        if matches!(line.trim(), "---" | "...") {
            return Some(Split::Found(yaml..at, span.end, typo));
        }
        if typo.is_none() && is_fence_typo(line) {
            typo = Some(span);
        }
    }
    match typo {
        Some(typo) => fence_typo(report, typo),
        None => report.at(
            first..first + opening.len(),
            ComplaintKind::UnclosedFrontMatter,
        ),
    }
    None
}

/// A line of dashes that is not `---`: two or four of them, or the long ones that word processors
/// make.
fn is_fence_typo(line: &str) -> bool {
    let line = line.trim();
    line.chars().all(|c| "-–—−‐‑_".contains(c)) && !matches!(line, "" | "-" | "---")
}

fn fence_typo(report: &mut Report<'_>, span: Range<usize>) {
    let found = report.file.text.get(span.clone()).unwrap_or("").trim();
    let found = found.chars().take(20).collect();
    report.at(span, ComplaintKind::FenceTypo { found });
}

fn moved(span: &Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}

fn shift(node: &mut Node, by: usize) {
    node.span = moved(&node.span, by);
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Group(pairs) => {
            for (key, value) in pairs {
                key.span = moved(&key.span, by);
                shift(value, by);
            }
        }
        Value::Empty | Value::Text(_) => {}
    }
}
