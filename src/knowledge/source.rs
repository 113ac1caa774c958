//! A file as text, and where in it a byte stands.

use std::ops::Range;

use serde::Serialize;

/// A file of the knowledge base: its place below the folder, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path below the folder, with `/` on every system: `artikelen/wonen/huurtoeslag.md`.
    pub path: String,
    /// The whole text, byte order mark and line ends as they are in the file.
    pub text: String,
}

impl SourceFile {
    /// A file with this path and text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// The file name without its ending: `huurtoeslag`.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        match name.rfind('.') {
            Some(dot) if dot > 0 => name.get(..dot).unwrap_or(name),
            _ => name,
        }
    }
}

/// A place in a file as an editor counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// Line, counted from one.
    pub line: usize,
    /// Column in characters, counted from one. A byte order mark counts for nothing.
    pub column: usize,
}

impl Position {
    /// The first character of a file.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// Where the lines of a text begin, so that a byte offset becomes a line and a column.
#[derive(Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Reads the line ends (`\n` and `\r\n`) of a text once.
    pub fn new(text: &'a str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        Self { text, starts }
    }

    /// Line and column of a byte. An offset inside a character counts as the start of that
    /// character, one beyond the end as the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        let marks = usize::from(line == 1 && before.starts_with('\u{feff}'));
        Position {
            line,
            column: before.chars().count() - marks + 1,
        }
    }

    /// [`Lines::position`] for a byte at or after one whose position is known, without counting the
    /// columns between the beginning of the line and there again.
    pub(super) fn position_after(&self, known: (usize, Position), offset: usize) -> Position {
        let (from, position) = known;
        let next_line = self.starts.get(position.line).copied();
        let same_line = next_line.is_none_or(|next| offset < next);
        match self.text.get(from..self.text.floor_char_boundary(offset)) {
            Some(between) if same_line => Position {
                line: position.line,
                column: position.column + between.chars().count(),
            },
            _ => self.position(offset),
        }
    }

    /// The text of a line, counted from one, without its line end.
    pub fn line(&self, line: usize) -> Option<&'a str> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        let text = self.text.get(start..end)?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        Some(text.strip_suffix('\r').unwrap_or(text))
    }

    /// The byte at which a line and column stand; the reverse of [`Lines::position`].
    pub fn offset(&self, position: Position) -> Option<usize> {
        let start = *self.starts.get(position.line.checked_sub(1)?)?;
        let rest = self.text.get(start..)?;
        let marks = usize::from(position.line == 1 && rest.starts_with('\u{feff}'));
        let wanted = position.column.checked_sub(1)? + marks;
        let line = rest.split('\n').next().unwrap_or(rest);
        line.char_indices()
            .map(|(at, _)| at)
            .chain([line.len()])
            .nth(wanted)
            .map(|at| start + at)
    }
}

/// The part of a range that stands on its first line, without the blanks around it. Complaints
/// underline one line.
pub(super) fn first_line(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(range.start);
    let end = text.floor_char_boundary(range.end.max(start));
    let Some(part) = text.get(start..end) else {
        return start..start;
    };
    if part.trim().is_empty() {
        // The blanks themselves are meant: a tab where none may stand.
        return start..start + part.find(['\r', '\n']).unwrap_or(part.len());
    }
    let lead = part.len() - part.trim_start().len();
    let line = part.trim_start().lines().next().unwrap_or("").trim_end();
    start + lead..start + lead + line.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let lines = Lines::new("één\r\ntwee");
        assert_eq!(lines.position(0), Position::START);
        assert_eq!(lines.position(5), Position { line: 1, column: 4 });
        assert_eq!(lines.position(7), Position { line: 2, column: 1 });
        assert_eq!(lines.position(999), Position { line: 2, column: 5 });
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        assert_eq!(Lines::new("\u{feff}ab").position(3), Position::START);
    }

    #[test]
    fn a_stem_is_the_name_without_its_last_ending() {
        assert_eq!(SourceFile::new("a/b/huur.v2.md", "").stem(), "huur.v2");
        assert_eq!(SourceFile::new(".md", "").stem(), ".md");
    }

    proptest! {
        #[test]
        fn every_character_survives_the_way_there_and_back(text in "(\u{feff})?(?s:.{0,60})") {
            let lines = Lines::new(&text);
            for (offset, _) in text.char_indices().filter(|&(_, c)| c != '\u{feff}') {
                prop_assert_eq!(lines.offset(lines.position(offset)), Some(offset));
            }
        }

        #[test]
        fn counting_on_gives_the_same_place(text in "(?s:[a\né]{0,60})", a in 0usize..90, b in 0usize..90) {
            let lines = Lines::new(&text);
            let from = text.floor_char_boundary(a.min(b));
            let known = (from, lines.position(from));
            prop_assert_eq!(lines.position_after(known, a.max(b)), lines.position(a.max(b)));
        }

        #[test]
        fn a_first_line_is_a_part_of_its_range(text in "(?s:.{0,40})", a in 0usize..60, b in 0usize..60) {
            let part = first_line(&text, a.min(b)..a.max(b));
            prop_assert!(!text[part].contains('\n'));
        }
    }
}
