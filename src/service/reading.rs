//! Reading everything that editors keep, held against every room that uses it.

use std::path::PathBuf;

use crate::knowledge::{
    self, CheckSettings, Complaint, ComplaintKind, Knowledge, Lines, LoadError, Loaded, Position,
    SourceFile,
};
use crate::language::Lexicon;
use crate::safety::Rules;

/// The folder of word lists below the knowledge.
const WORDS: &str = "taal/";

/// The folder of danger rules below the knowledge.
const DANGER: &str = "veiligheid/";

/// Reads the folders (a later one is laid over an earlier one), and adds what the word lists and the
/// danger rules are complained about by the rooms that use them.
pub fn load_checked(dirs: &[PathBuf], settings: &CheckSettings) -> Result<Loaded, LoadError> {
    let mut loaded = knowledge::load(dirs, settings)?;
    let more: Vec<Complaint> = about_words(&loaded.knowledge)
        .into_iter()
        .chain(about_danger(&loaded.knowledge))
        .collect();
    loaded.complaints.extend(more);
    loaded
        .complaints
        .sort_by(|a, b| (&a.file, a.position).cmp(&(&b.file, b.position)));
    Ok(loaded)
}

/// The word lists of this knowledge; those that it does not have are the built-in ones.
pub(super) fn lexicon(knowledge: &Knowledge) -> Lexicon {
    Lexicon::read(&files_below(knowledge, WORDS)).0
}

/// The danger rules of this knowledge; those that it does not have are the built-in ones.
pub(super) fn rules(knowledge: &Knowledge) -> Rules {
    Rules::read(&files_below(knowledge, DANGER)).0
}

fn about_words(knowledge: &Knowledge) -> Vec<Complaint> {
    let (_, problems) = Lexicon::read(&files_below(knowledge, WORDS));
    problems
        .into_iter()
        .map(|problem| {
            let file = format!("{WORDS}{}", problem.file);
            let position = text_of(knowledge, &file).map_or(Position::START, |text| {
                Lines::new(text).position(problem.span.start)
            });
            Complaint {
                file,
                span: Some(problem.span),
                position,
                kind: ComplaintKind::WordList {
                    message: problem.message,
                    unusable: problem.unusable,
                },
            }
        })
        .collect()
}

fn about_danger(knowledge: &Knowledge) -> Vec<Complaint> {
    let (_, problems) = Rules::read(&files_below(knowledge, DANGER));
    problems
        .into_iter()
        .map(|problem| {
            let file = format!("{DANGER}{}", problem.file);
            let position = Position {
                line: problem.line,
                column: 1,
            };
            let span = text_of(knowledge, &file).and_then(|text| {
                let lines = Lines::new(text);
                let start = lines.offset(position)?;
                Some(start..start + lines.line(problem.line)?.len())
            });
            Complaint {
                file,
                span,
                position,
                kind: ComplaintKind::DangerRule {
                    message: problem.message,
                    hint: problem.hint,
                },
            }
        })
        .collect()
}

fn text_of<'a>(knowledge: &'a Knowledge, path: &'a str) -> Option<&'a str> {
    knowledge
        .files_of(path)
        .find(|file| file.path == path)
        .map(|file| file.text.as_str())
}

/// Name and text of the files in a folder of the knowledge.
fn files_below<'a>(knowledge: &'a Knowledge, folder: &'a str) -> Vec<(&'a str, &'a str)> {
    let name = |file: &'a SourceFile| file.path.strip_prefix(folder).unwrap_or(&file.path);
    knowledge
        .files_of(folder)
        .map(|file| (name(file), file.text.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::knowledge::Weight;

    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<Complaint> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("artikelen/t/a.md", "# A\n\nBel ons."), (path, text)] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let loaded = load_checked(&[folder.path().to_path_buf()], &CheckSettings::default());
        let mut complaints = loaded.unwrap().complaints;
        complaints.retain(|complaint| complaint.file == path);
        complaints
    }

    #[test]
    fn a_word_list_that_cannot_be_read_is_refused_with_its_line() {
        let complaints = complaints("taal/synoniemen.toml", "\n[[groep]\n");
        assert_eq!(complaints[0].weight(), Weight::Refused);
        assert_eq!(complaints[0].position.line, 2);
    }

    #[test]
    fn a_danger_file_that_misses_something_is_an_error() {
        let complaints = complaints("veiligheid/a-zelfdoding.toml", "letter = \"A\"\n");
        assert_eq!(complaints[0].weight(), Weight::Error);
    }
}
