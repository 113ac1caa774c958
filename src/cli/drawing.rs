//! A complaint as the drawing library takes it: the line that it is about with its neighbours, and
//! what is underlined.

use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan,
    SpanContents,
};

use crate::knowledge::{Complaint, Lines, Weight};

/// Columns that a drawing needs beside the text of a line.
const MARGIN: usize = 12;

/// Stands where a line was cut.
const CUT: &str = "…";

/// The line of a complaint with one line on either side. An editor's paragraph is one long line,
/// so each is cut to the width of the screen, the middle one around what is underlined.
#[derive(Debug)]
pub(super) struct Excerpt {
    file: String,
    text: String,
    /// The line of the file, counted from zero, that the text begins with.
    first_line: usize,
    /// The column of the complaint in the file, counted from zero; the cut line has another one.
    column: usize,
    /// What is underlined, as bytes of the text.
    mark: Range<usize>,
}

impl Excerpt {
    /// The excerpt for a complaint, at most `width` columns wide. `None` when it is about the file
    /// as a whole.
    pub(super) fn of(
        complaint: &Complaint,
        lines: &Lines<'_>,
        file: &str,
        width: usize,
    ) -> Option<Self> {
        let span = complaint.span.as_ref()?;
        let at = complaint.position;
        let room = width.saturating_sub(MARGIN).max(20);
        let own = lines.line(at.line)?;
        let own = own.strip_prefix('\u{feff}').unwrap_or(own);
        let from: usize = own.chars().take(at.column - 1).map(char::len_utf8).sum();
        let (own, mark) = window(own, from..from + span.len(), room);
        let above = (at.line > 1).then(|| lines.line(at.line - 1)).flatten();
        let mut text = String::new();
        if let Some(above) = above {
            text.push_str(&window(above, 0..0, room).0);
            text.push('\n');
        }
        let mark = mark.start + text.len()..mark.end + text.len();
        text.push_str(&own);
        if let Some(below) = lines.line(at.line + 1) {
            text.push('\n');
            text.push_str(&window(below, 0..0, room).0);
        }
        Some(Self {
            file: file.to_owned(),
            text,
            first_line: at.line - 1 - usize::from(above.is_some()),
            column: at.column - 1,
            mark,
        })
    }
}

/// Cuts a line to `room` characters around `mark`, and says where the mark is afterwards.
fn window(line: &str, mark: Range<usize>, room: usize) -> (String, Range<usize>) {
    let length = line.chars().count();
    let mark = line.floor_char_boundary(mark.start)..line.floor_char_boundary(mark.end);
    let before = line
        .get(..mark.start)
        .map_or(0, |text| text.chars().count());
    if length <= room {
        return (line.to_owned(), mark);
    }
    // Keep some of what stands before the mark, so that an editor recognises the place.
    let from = if before + room / 3 < room {
        0
    } else {
        (before - room / 3).min(length - room)
    };
    let kept: String = line.chars().skip(from).take(room).collect();
    let cut_before = if from > 0 { CUT } else { "" };
    let cut_after = if from + room < length { CUT } else { "" };
    let skipped: usize = line.chars().take(from).map(char::len_utf8).sum();
    let moved = |at: usize| (at.saturating_sub(skipped)).min(kept.len()) + cut_before.len();
    let mark = moved(mark.start)..moved(mark.end);
    (format!("{cut_before}{kept}{cut_after}"), mark)
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        // The drawing asks without neighbours when it wants to know the place to name.
        let column = if before == 0 && after == 0 {
            self.column
        } else {
            inner.column()
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.clone(),
            inner.data(),
            *inner.span(),
            inner.line() + self.first_line,
            column,
            inner.line_count(),
        )))
    }
}

/// A complaint in the shape that the drawing library takes.
pub(super) struct Drawn<'a> {
    complaint: &'a Complaint,
    file: &'a str,
    excerpt: Option<Excerpt>,
}

impl<'a> Drawn<'a> {
    /// A complaint about `file`, with the lines that it is about.
    pub(super) fn new(complaint: &'a Complaint, file: &'a str, excerpt: Option<Excerpt>) -> Self {
        Self {
            complaint,
            file,
            excerpt,
        }
    }
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.complaint, f)
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.complaint.kind, f)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let at = self.complaint.position;
        // Without an excerpt nothing else names the file.
        let place = match (&self.excerpt, at.line, at.column) {
            (Some(_), _, _) => String::new(),
            (None, 1, 1) => format!(" in {}", self.file),
            (None, line, column) => format!(" in {}:{line}:{column}", self.file),
        };
        let weight = self.complaint.weight().word();
        let code = self.complaint.kind.code();
        Some(Box::new(format!("{weight} [{code}]{place}")))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.complaint.weight() {
            Weight::Refused | Weight::Error => Severity::Error,
            Weight::Warning => Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt
            .as_ref()
            .map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let mark = &self.excerpt.as_ref()?.mark;
        let label = LabeledSpan::new(None, mark.start, mark.len());
        Some(Box::new(std::iter::once(label)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_line_is_cut_around_what_is_underlined() {
        let line = format!("{}hier{}", "a".repeat(100), "b".repeat(100));
        let (cut, mark) = window(&line, 100..104, 30);
        assert_eq!(cut, format!("…{}hier{}…", "a".repeat(10), "b".repeat(16)));
        assert_eq!(&cut[mark], "hier");
    }

    proptest! {
        #[test]
        fn what_is_underlined_stays_in_sight(line in "[aé🙂]{0,80}", a in 0usize..400, b in 0usize..400, room in 5usize..60) {
            let (cut, mark) = window(&line, a.min(b)..a.max(b), room);
            prop_assert!(cut.chars().count() <= room + 2);
            prop_assert!(cut.get(mark).is_some());
        }
    }
}
