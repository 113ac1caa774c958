//! What is wrong with a file: how bad, where, and what to do.

use std::ops::Range;

use serde::Serialize;

use super::{ComplaintKind, Lines, Position, SourceFile};

/// How bad a complaint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Weight {
    /// The file (or this part of it) cannot be used; what was good before stays.
    #[serde(rename = "geweigerd")]
    Refused,
    /// It is used, but `check` fails.
    #[serde(rename = "fout")]
    Error,
    /// It is used; look at it when you can.
    #[serde(rename = "waarschuwing")]
    Warning,
}

impl Weight {
    /// The weight in one Dutch word: `geweigerd`, `fout`, `waarschuwing`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "geweigerd",
            Self::Error => "fout",
            Self::Warning => "waarschuwing",
        }
    }
}

/// One complaint about one place in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Path of the file below the folder.
    pub file: String,
    /// The bytes of the file that it is about; `None` when it is about the file as a whole.
    pub span: Option<Range<usize>>,
    /// Where the span begins.
    pub position: Position,
    /// What is wrong.
    pub kind: ComplaintKind,
}

impl Complaint {
    /// A complaint about a file as a whole.
    pub fn about_file(file: impl Into<String>, kind: ComplaintKind) -> Self {
        Self {
            file: file.into(),
            span: None,
            position: Position::START,
            kind,
        }
    }

    /// How bad it is.
    pub fn weight(&self) -> Weight {
        self.kind.weight()
    }
}

/// Collects the complaints about one file.
pub(super) struct Report<'a> {
    /// The file that is read.
    pub(super) file: &'a SourceFile,
    complaints: &'a mut Vec<Complaint>,
}

impl<'a> Report<'a> {
    /// A report on `file` that adds to `complaints`.
    pub(super) fn new(file: &'a SourceFile, complaints: &'a mut Vec<Complaint>) -> Self {
        Self { file, complaints }
    }

    /// Complains about a range of bytes of the file; its first line is what gets underlined.
    pub(super) fn at(&mut self, span: Range<usize>, kind: ComplaintKind) {
        let span = super::source::first_line(&self.file.text, span);
        self.complaints.push(Complaint {
            file: self.file.path.clone(),
            span: Some(span),
            position: Position::START,
            kind,
        });
    }

    /// Complains about the file as a whole.
    pub(super) fn whole(&mut self, kind: ComplaintKind) {
        self.complaints
            .push(Complaint::about_file(self.file.path.clone(), kind));
    }
}

/// Sorts complaints by file and place, and fills in their lines and columns. Every file's lines
/// are counted once, however many complaints it has.
pub(super) fn locate(complaints: &mut [Complaint], files: &[SourceFile]) {
    let texts: std::collections::HashMap<&str, &str> = files
        .iter()
        .map(|file| (file.path.as_str(), file.text.as_str()))
        .collect();
    complaints.sort_by(|a, b| {
        let start = |complaint: &Complaint| complaint.span.as_ref().map(|span| span.start);
        (&a.file, start(a), a.weight()).cmp(&(&b.file, start(b), b.weight()))
    });
    for group in complaints.chunk_by_mut(|a, b| a.file == b.file) {
        let Some(text) = group.first().and_then(|c| texts.get(c.file.as_str())) else {
            continue;
        };
        let lines = Lines::new(text);
        let mut last = (0, lines.position(0));
        for complaint in group {
            if let Some(span) = &complaint.span {
                complaint.position = lines.position_after(last, span.start);
                last = (span.start, complaint.position);
            }
        }
    }
}
