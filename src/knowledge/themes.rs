//! `themas.toml`: the themes in the order of the menu.

use crate::domain::{Theme, ThemeId};

use super::ComplaintKind;
use super::complaint::Report;
use super::toml_file::Table;

/// Reads the themes. Those that cannot be used are left out; the report says why. `None` when the
/// file cannot be read at all.
pub(super) fn read(report: &mut Report<'_>) -> Option<Vec<Theme>> {
    const KEYS: &[&str] = &["id", "titel", "omschrijving"];
    let mut file = Table::read(report)?;
    let mut themes: Vec<Theme> = Vec::new();
    for mut table in file.tables(report, "thema") {
        let span = table.span.clone();
        let id = table.text(report, "id");
        let title = table.text(report, "titel");
        let description = table.text(report, "omschrijving");
        table.finish(report, KEYS);
        let missing = |key| ComplaintKind::MissingInTheme { key };
        let Some(id) = id.filter(|id| !id.text.trim().is_empty()) else {
            report.at(span, missing("id"));
            continue;
        };
        if themes.iter().any(|theme| theme.id.as_str() == id.text) {
            let kind = ComplaintKind::DoubleId {
                id: id.text,
                other: "een thema hierboven".to_owned(),
            };
            report.at(id.span, kind);
            continue;
        }
        let title = title.filter(|title| !title.text.trim().is_empty());
        if title.is_none() {
            report.at(span, missing("titel"));
        }
        themes.push(Theme {
            title: title.map_or_else(|| title_of(&id.text), |title| title.text),
            id: ThemeId::new(id.text),
            description: description.map(|d| d.text).unwrap_or_default(),
        });
    }
    file.finish(report, &["thema"]);
    Some(themes)
}

/// A title made from the name of a folder: `zorg-thuis` becomes "Zorg thuis".
pub(super) fn title_of(folder: &str) -> String {
    let spaced = folder.replace(['-', '_'], " ");
    let mut letters = spaced.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => folder.to_owned(),
    }
}
