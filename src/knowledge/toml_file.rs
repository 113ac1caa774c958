//! Settings in TOML as a table with places. The only file of this room that names the TOML parser.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::complaint::Report;
use super::front::Placed;
use super::values::nearest;
use super::{ComplaintKind, Shape};

/// A table that is taken apart name by name.
pub(super) struct Table<'a> {
    pairs: Vec<(Placed, Spanned<DeValue<'a>>)>,
    /// Where it stands.
    pub(super) span: Range<usize>,
}

impl<'a> Table<'a> {
    /// Reads a whole file. `None` when it is no TOML; the report says where.
    pub(super) fn read(report: &mut Report<'a>) -> Option<Self> {
        let text: &'a str = report.file.text.as_str();
        match DeTable::parse(text) {
            Ok(table) => Some(Self::new(table.into_inner(), 0..text.len())),
            Err(error) => {
                let at = error.span().unwrap_or(0..0);
                let from = at.start.min(text.trim_end().len());
                // An empty place (the end of a line) shows nothing: underline the line instead.
                let span = if at.is_empty() {
                    let line = text.get(..from).and_then(|before| before.rfind('\n'));
                    line.map_or(0, |line| line + 1)..from
                } else {
                    from..at.end
                };
                let kind = match error.message() {
                    message if message.starts_with("duplicate key") => ComplaintKind::DoubleInToml,
                    _ => ComplaintKind::Toml,
                };
                report.at(span, kind);
                None
            }
        }
    }

    fn new(table: DeTable<'a>, span: Range<usize>) -> Self {
        let mut pairs: Vec<_> = table
            .into_iter()
            .map(|(key, value)| {
                let span = key.span();
                let text = key.into_inner().into_owned();
                (Placed { text, span }, value)
            })
            .collect();
        // The parser sorts by name; complaints come in the order of the file.
        pairs.sort_by_key(|(key, _)| key.span.start);
        Self { pairs, span }
    }

    /// Takes every name with its text; complains about values that are no text.
    pub(super) fn texts(self, report: &mut Report<'_>) -> Vec<(Placed, Result<Placed, ()>)> {
        self.pairs
            .into_iter()
            .map(|(key, value)| {
                let text = text_of(report, &key, value).ok_or(());
                (key, text)
            })
            .collect()
    }

    /// Takes one text.
    pub(super) fn text(&mut self, report: &mut Report<'_>, key: &str) -> Option<Placed> {
        let at = self.pairs.iter().position(|(name, _)| name.text == key)?;
        let (key, value) = self.pairs.swap_remove(at);
        text_of(report, &key, value)
    }

    /// Takes the tables of `[[key]]`.
    pub(super) fn tables(&mut self, report: &mut Report<'_>, key: &str) -> Vec<Self> {
        let Some(at) = self.pairs.iter().position(|(name, _)| name.text == key) else {
            return Vec::new();
        };
        let (name, value) = self.pairs.swap_remove(at);
        let mut tables = Vec::new();
        if let DeValue::Array(items) = value.into_inner() {
            for item in items {
                let span = item.span();
                if let DeValue::Table(table) = item.into_inner() {
                    tables.push(Self::new(table, span));
                }
            }
        }
        if tables.is_empty() {
            report.at(
                name.span,
                ComplaintKind::WrongShape {
                    key: name.text,
                    wanted: Shape::List,
                    found: Shape::Group,
                    instead: Some(format!("[[{key}]]")),
                },
            );
        }
        tables
    }

    /// Complains about every name that has not been taken.
    pub(super) fn finish(self, report: &mut Report<'_>, known: &[&str]) {
        for (key, _) in self.pairs {
            report.at(
                key.span,
                ComplaintKind::UnknownKey {
                    meant: nearest(&key.text, known.iter().copied()).map(str::to_owned),
                    key: key.text,
                    known: known.join(", "),
                },
            );
        }
    }
}

fn text_of(report: &mut Report<'_>, key: &Placed, value: Spanned<DeValue<'_>>) -> Option<Placed> {
    let span = value.span();
    let found = match value.into_inner() {
        DeValue::String(text) => {
            return Some(Placed {
                text: text.into_owned(),
                span,
            });
        }
        DeValue::Array(_) => Shape::List,
        DeValue::Table(_) => Shape::Group,
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            Shape::Bare
        }
    };
    let raw = report.file.text.get(span.clone()).unwrap_or("");
    let instead = (found == Shape::Bare).then(|| format!("{} = \"{raw}\"", key.text));
    report.at(
        span,
        ComplaintKind::WrongShape {
            key: key.text.clone(),
            wanted: Shape::Text,
            found,
            instead,
        },
    );
    None
}
