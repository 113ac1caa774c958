//! Front matter as a tree of texts with their places. The only file that names the YAML parser.
//!
//! Every scalar stays the text that the editor typed: `112`, `nee` and `2026-11` are no numbers,
//! truth values or dates here. Anchors, aliases and tags are refused, since a line that begins
//! with `&`, `*` or `!` was meant as text.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Marker, Parser, Placement, ScalarStyle, ScanError};

use super::YamlFault;

/// A value and the bytes that it stands in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// The bytes, without the blanks around it.
    pub(super) span: Range<usize>,
    /// What stands there.
    pub(super) value: Value,
}

/// What stands at a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Nothing, or `~`.
    Empty,
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Names with values, in the order of the file, doubles included.
    Group(Vec<(Key, Node)>),
}

/// A name in front of a colon.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    /// The name.
    pub(super) text: String,
    /// Its bytes.
    pub(super) span: Range<usize>,
}

/// A tree, and the bytes of remarks (`# …`) that cut a text short.
#[derive(Debug)]
pub(super) struct Tree {
    /// The whole.
    pub(super) root: Node,
    /// A text, and the remark right behind it.
    pub(super) cuts: Vec<(Range<usize>, Range<usize>)>,
}

enum Frame {
    List(usize, Vec<Node>),
    Group(usize, Vec<(Key, Node)>, Option<Key>),
}

/// Reads one YAML document.
///
/// # Errors
/// What is wrong, and the bytes of `source` that it is about.
pub(super) fn parse(source: &str) -> Result<Tree, (YamlFault, Range<usize>)> {
    let mut stack: Vec<Frame> = Vec::new();
    let mut root = None;
    let mut cuts = Vec::new();
    let mut last_text: Option<Range<usize>> = None;
    for event in Parser::new_from_str(source) {
        let (event, span) = event.map_err(|error| diagnose(source, &error))?;
        let bytes = byte(source, span.start)..byte(source, span.end);
        let special = |sign| Err((YamlFault::Special(sign), bytes.clone()));
        let done = match event {
            Event::Scalar(_, _, anchor, _) if anchor != 0 => return special('&'),
            Event::Scalar(_, _, _, Some(_)) => return special('!'),
            Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _)
                if anchor != 0 =>
            {
                return special('&');
            }
            Event::SequenceStart(_, _, Some(_)) | Event::MappingStart(_, _, Some(_)) => {
                return special('!');
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => return special('*'),
            Event::DocumentStart(..) if root.is_some() => {
                return Err((YamlFault::Other, bytes));
            }
            Event::Comment(_, Placement::Right) => {
                if let Some(text) = last_text.take()
                    && source
                        .get(text.end..bytes.start)
                        .is_some_and(|gap| !gap.contains('\n'))
                {
                    cuts.push((text, bytes));
                }
                continue;
            }
            Event::SequenceStart(..) => {
                stack.push(Frame::List(bytes.start, Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                stack.push(Frame::Group(bytes.start, Vec::new(), None));
                None
            }
            Event::Scalar(text, style, _, _) => {
                let plain = style == ScalarStyle::Plain;
                let empty = plain && (text.is_empty() || text == "~");
                last_text = (plain && !empty).then(|| bytes.clone());
                let value = if empty {
                    Value::Empty
                } else {
                    Value::Text(text.into_owned())
                };
                Some((Node { span: bytes, value }, true))
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                Some(Frame::List(start, items)) => {
                    let end = items.last().map_or(bytes.end, |item| item.span.end);
                    let span = start..end.max(start);
                    let value = Value::List(items);
                    Some((Node { span, value }, false))
                }
                Some(Frame::Group(start, pairs, _)) => {
                    let start = pairs.first().map_or(start, |(key, _)| key.span.start);
                    let end = pairs.last().map_or(bytes.end, |(_, node)| node.span.end);
                    let span = start..end.max(start);
                    let value = Value::Group(pairs);
                    Some((Node { span, value }, false))
                }
                None => None,
            },
            _ => None,
        };
        if !matches!(done, Some((_, true))) {
            last_text = None;
        }
        let Some((node, _)) = done else { continue };
        match stack.last_mut() {
            None => root = Some(node),
            Some(Frame::List(_, items)) => items.push(node),
            Some(Frame::Group(_, pairs, pending)) => match (pending.take(), node.value) {
                (Some(key), value) => pairs.push((
                    key,
                    Node {
                        span: node.span,
                        value,
                    },
                )),
                (None, Value::Text(text)) => {
                    last_text = None;
                    *pending = Some(Key {
                        text,
                        span: node.span,
                    });
                }
                (None, Value::Empty) => return Err((YamlFault::NoName, node.span)),
                (None, Value::List(_) | Value::Group(_)) => {
                    return Err((YamlFault::Special('['), node.span));
                }
            },
        }
    }
    let root = root.unwrap_or(Node {
        span: 0..0,
        value: Value::Empty,
    });
    Ok(Tree { root, cuts })
}

/// The byte that a marker points at.
fn byte(source: &str, marker: Marker) -> usize {
    let at = marker.byte_offset().unwrap_or_else(|| {
        source
            .char_indices()
            .nth(marker.index())
            .map_or(source.len(), |(at, _)| at)
    });
    source.floor_char_boundary(at)
}

/// One line of the front matter, taken apart as an editor sees it: `  - name: value`.
struct Line<'a> {
    text: &'a str,
    start: usize,
    /// The name before the first colon, when it looks like one.
    name: Option<&'a str>,
    /// What stands behind it (or the whole line), without blanks and the dash of a list.
    value: &'a str,
}

impl<'a> Line<'a> {
    fn at(source: &'a str, offset: usize) -> Self {
        let offset = source.floor_char_boundary(offset);
        let start = source
            .get(..offset)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let text = source
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or("");
        let inner = text.trim();
        let inner = inner.strip_prefix("- ").map_or(inner, str::trim_start);
        let named = inner.split_once(':').filter(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        });
        Self {
            text,
            start,
            name: named.map(|(name, _)| name),
            value: named.map_or(inner, |(_, value)| value).trim(),
        }
    }

    /// The line without the blanks around it.
    fn span(&self) -> Range<usize> {
        let lead = self.text.len() - self.text.trim_start().len();
        self.start + lead..self.start + lead + self.text.trim().len()
    }

    /// The bytes of the value.
    fn value_span(&self) -> Range<usize> {
        match self.text.rfind(self.value) {
            Some(at) if !self.value.is_empty() => {
                self.start + at..self.start + at + self.value.len()
            }
            _ => self.span(),
        }
    }

    /// The line with its value between quotes.
    fn quoted(&self) -> String {
        let value = quote(self.value);
        let dash = if self.text.trim().starts_with("- ") {
            "- "
        } else {
            ""
        };
        match self.name {
            Some(name) => format!("{dash}{name}: {value}"),
            None => format!("{dash}{value}"),
        }
    }
}

/// A text between quotes of YAML: double ones, or single ones when it has double ones or a
/// backslash itself.
pub(super) fn quote(text: &str) -> String {
    let text: Cow<'_, str> = match text.strip_prefix('"').map(|rest| rest.find('"')) {
        Some(None) => Cow::Borrowed(text.trim_matches('"')),
        _ => Cow::Borrowed(text),
    };
    if text.contains(['"', '\\']) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        format!("\"{text}\"")
    }
}

/// Says in terms of what an editor typed where the parser got stuck.
fn diagnose(source: &str, error: &ScanError) -> (YamlFault, Range<usize>) {
    use ErrorKind as E;
    let at = byte(source, *error.marker());
    if let Some(tab) = leading_tab(source, at) {
        return (YamlFault::Tab, tab..tab + 1);
    }
    let here = Line::at(source, at);
    let whole = |fault| (fault, here.span());
    match error.kind() {
        E::UnclosedQuotedScalar
        | E::DocumentIndicatorInQuotedScalar
        | E::InvalidQuotedScalarIndent => unclosed_quote(source, at),
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            after_quote(source, at)
        }
        E::UnknownQuotedScalarEscape
        | E::InvalidQuotedScalarHexEscape
        | E::InvalidLowSurrogate
        | E::InvalidLowSurrogateHexEscape
        | E::MissingLowSurrogate
        | E::UnpairedLowSurrogate
        | E::InvalidUnicodeEscape => (YamlFault::Backslash, here.value_span()),
        E::UnclosedFlowCollection { .. }
        | E::UnexpectedEofFlowSequence
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping
        | E::ExpectedFlowSequenceSeparator
        | E::ExpectedFlowMappingSeparator
        | E::InvalidFlowScalarIndent
        | E::BlockEntryInFlowCollection => bracket(source, at),
        E::MisplacedFlowCollectionEnd | E::MismatchedFlowCollectionEnd { .. } => {
            (YamlFault::Bracket, sign_at(source, at))
        }
        E::UnexpectedCharacter { character } => special(&here, *character),
        E::UnknownAnchor | E::MissingAnchorOrAliasName => special(
            &here,
            if here.value.starts_with('&') {
                '&'
            } else {
                '*'
            },
        ),
        E::ExpectedTagBang
        | E::UndeclaredTagHandle
        | E::InvalidTagTerminator
        | E::InvalidGlobalTagCharacter
        | E::MissingTagUri
        | E::UnclosedVerbatimTag => special(&here, '!'),
        E::RecursionLimitExceeded => whole(YamlFault::TooDeep),
        _ => by_line(source, &here, at),
    }
}

/// The cause as the line shows it, whatever the parser calls it.
fn by_line(source: &str, here: &Line<'_>, at: usize) -> (YamlFault, Range<usize>) {
    let whole = |fault| (fault, here.span());
    let first = here.value.chars().next();
    match (here.name, first) {
        (_, Some('"' | '\'')) => after_quote(source, at),
        (Some(name), Some(_)) if here.text.contains(&format!("{name}:{}", here.value)) => {
            whole(YamlFault::NoSpace(format!("{name}: {}", here.value)))
        }
        (Some(_), Some(sign @ ('@' | '`' | '%' | '&' | '*' | '!' | '|' | '>'))) => {
            special(here, sign)
        }
        (_, Some(_)) if here.value.contains(": ") || here.value.ends_with(':') => {
            (YamlFault::Colon(here.quoted()), here.value_span())
        }
        (None, Some('-')) if here.text.trim() != "-" => whole(YamlFault::NoSpace(format!(
            "- {}",
            here.value.trim_start_matches('-').trim_start()
        ))),
        (None, Some(_)) if !here.text.trim().starts_with("- ") => {
            // A value that runs on over lines may hold the colon further up.
            whole(YamlFault::NoName)
        }
        // A name within a list that was never closed looks like a name in the wrong place.
        _ => open_bracket(source, at).unwrap_or_else(|| whole(YamlFault::Indent)),
    }
}

fn special(line: &Line<'_>, sign: char) -> (YamlFault, Range<usize>) {
    (
        YamlFault::Quotes {
            sign,
            instead: line.quoted(),
        },
        line.value_span(),
    )
}

/// The byte of a tab among the blanks in front of a line, up to the line below that of `until`:
/// a value may be thought to go on there.
fn leading_tab(source: &str, until: usize) -> Option<usize> {
    let mut start = 0;
    let mut below = false;
    for line in source.split_inclusive('\n') {
        if start > until && std::mem::replace(&mut below, true) {
            return None;
        }
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(at) = line.get(..blanks).and_then(|lead| lead.find('\t'))
            && !line.trim().is_empty()
        {
            return Some(start + at);
        }
        start += line.len();
    }
    None
}

/// The last line up to `until` whose value opens a quote that it does not close.
fn unclosed_quote(source: &str, until: usize) -> (YamlFault, Range<usize>) {
    let mut found = None;
    let mut start = 0;
    for text in source.split_inclusive('\n') {
        if start > until {
            break;
        }
        let line = Line::at(source, start);
        if let Some(sign @ ('"' | '\'')) = line.value.chars().next()
            && line.value.matches(sign).count() % 2 == 1
        {
            found.get_or_insert((
                YamlFault::UnclosedQuote(format!("{}{sign}", line.text.trim())),
                line.value_span(),
            ));
        }
        start += text.len();
    }
    found.unwrap_or_else(|| (YamlFault::Other, sign_at(source, until)))
}

/// Text behind a closing quote: `titel: "DigiD" aanvragen`.
fn after_quote(source: &str, at: usize) -> (YamlFault, Range<usize>) {
    // An odd quote further up makes the next quote look like its end.
    if let (fault @ YamlFault::UnclosedQuote(_), span) = unclosed_quote(source, at) {
        return (fault, span);
    }
    let line = Line::at(source, at);
    (
        YamlFault::Quotes {
            sign: line.value.chars().next().unwrap_or('"'),
            instead: line.quoted(),
        },
        line.value_span(),
    )
}

/// The last line up to `until` with a bracket that is not closed on it.
fn open_bracket(source: &str, until: usize) -> Option<(YamlFault, Range<usize>)> {
    let mut found = None;
    let mut start = 0;
    for text in source.split_inclusive('\n') {
        if start > until {
            break;
        }
        let line = Line::at(source, start);
        for (open, close) in [('[', ']'), ('{', '}')] {
            if line.value.starts_with(open) && !line.value.ends_with(close) {
                found = Some((YamlFault::Bracket, line.value_span()));
            }
        }
        start += text.len();
    }
    found
}

fn bracket(source: &str, at: usize) -> (YamlFault, Range<usize>) {
    open_bracket(source, at).unwrap_or_else(|| (YamlFault::Bracket, sign_at(source, at)))
}

/// The character at a byte, or the last one.
fn sign_at(source: &str, at: usize) -> Range<usize> {
    let at = source.floor_char_boundary(at);
    match source.get(at..).and_then(|rest| rest.chars().next()) {
        Some(sign) => at..at + sign.len_utf8(),
        None => {
            let last = source.trim_end();
            let sign = last.chars().next_back().map_or(0, char::len_utf8);
            last.len() - sign..last.len()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn value_of(source: &str, wanted: &str) -> Value {
        let tree = parse(source).unwrap();
        let Value::Group(pairs) = tree.root.value else {
            panic!("no group in {source:?}");
        };
        pairs
            .into_iter()
            .find(|(key, _)| key.text == wanted)
            .map(|(_, node)| node.value)
            .unwrap()
    }

    #[rstest]
    #[case("titel: Kan ik 'n kaart krijgen?", text("Kan ik 'n kaart krijgen?"))]
    #[case("titel: nee", text("nee"))]
    #[case("titel: 0800 0543", text("0800 0543"))]
    #[case("titel: 0112", text("0112"))]
    #[case("titel: 2026-11", text("2026-11"))]
    #[case("titel: \"Let op: dit\"", text("Let op: dit"))]
    #[case("titel: https://www.toeslagen.nl", text("https://www.toeslagen.nl"))]
    #[case("titel:", Value::Empty)]
    #[case("titel: ~", Value::Empty)]
    #[case("titel: \"\"", text(""))]
    #[case("titel: twee\n  regels", text("twee regels"))]
    fn a_value_is_the_text_that_was_typed(#[case] source: &str, #[case] wanted: Value) {
        assert_eq!(value_of(source, "titel"), wanted);
    }

    #[test]
    fn spans_are_bytes_of_the_source() {
        let source = "één: twee\nvragen:\n  - Hoe?\n  - Wat?\n";
        let tree = parse(source).unwrap();
        let Value::Group(pairs) = &tree.root.value else {
            panic!()
        };
        assert_eq!(&source[pairs[0].0.span.clone()], "één");
        assert_eq!(&source[pairs[0].1.span.clone()], "twee");
        let Value::List(items) = &pairs[1].1.value else {
            panic!()
        };
        assert_eq!(&source[items[1].span.clone()], "Wat?");
    }

    #[test]
    fn a_remark_that_cuts_a_text_is_seen_and_one_behind_a_name_is_not() {
        let source = "a: een # twee\nb:   # uitleg\n  - c\nd: [] # leeg\n# los\n";
        let cuts = parse(source).unwrap().cuts;
        assert_eq!(cuts.len(), 1);
        assert_eq!(&source[cuts[0].1.clone()], "# twee");
    }

    #[rstest]
    #[case("a: b\n\tc: d", YamlFault::Tab, "\t")]
    #[case("vragen:\n\t- Hoe?", YamlFault::Tab, "\t")]
    #[case(
        "titel: Open: de bieb",
        YamlFault::Colon("titel: \"Open: de bieb\"".into()),
        "Open: de bieb"
    )]
    #[case(
        "titel: \"Open\nbron: x",
        YamlFault::UnclosedQuote("titel: \"Open\"".into()),
        "\"Open"
    )]
    #[case(
        "titel: \"Open\nbron: \"x\"",
        YamlFault::UnclosedQuote("titel: \"Open\"".into()),
        "\"Open"
    )]
    #[case(
        "titel: \"DigiD\" aanvragen",
        YamlFault::Quotes { sign: '"', instead: "titel: '\"DigiD\" aanvragen'".into() },
        "\"DigiD\" aanvragen"
    )]
    #[case(
        "titel: @home",
        YamlFault::Quotes { sign: '@', instead: "titel: \"@home\"".into() },
        "@home"
    )]
    #[case(
        "titel: *Nieuw* hier",
        YamlFault::Quotes { sign: '*', instead: "titel: \"*Nieuw* hier\"".into() },
        "*Nieuw* hier"
    )]
    #[case("trefwoorden: [een, twee", YamlFault::Bracket, "[een, twee")]
    #[case("trefwoorden: [een, twee\nbron: x", YamlFault::Bracket, "[een, twee")]
    #[case("trefwoorden: een]\nx: ]", YamlFault::Bracket, "]")]
    #[case("titel: x\nzomaar iets", YamlFault::NoName, "zomaar iets")]
    #[case("titel: x\nbron:y", YamlFault::NoSpace("bron: y".into()), "bron:y")]
    #[case("vragen:\n- Hoe?\n-Wat?", YamlFault::NoSpace("- Wat?".into()), "-Wat?")]
    #[case("titel: x\n  bron: y", YamlFault::Indent, "bron: y")]
    #[case("titel: \"a\\qb\"", YamlFault::Backslash, "\"a\\qb\"")]
    fn what_an_editor_did_is_named(
        #[case] source: &str,
        #[case] fault: YamlFault,
        #[case] underlined: &str,
    ) {
        let (found, span) = parse(source).unwrap_err();
        assert_eq!((found, &source[span]), (fault, underlined));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_tree_or_a_place(source in r#"([a-c:\-\[\]{}"'#&*!|>%@`?,~\\ \t\r\né]|: |\n- ){0,60}"#) {
            match parse(&source) {
                Ok(tree) => prop_assert!(source.get(tree.root.span).is_some()),
                Err((_, span)) => prop_assert!(source.get(span).is_some()),
            }
        }
    }
}
