//! The text of an article: the short answer, and the sections below it.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::domain::{Section, SectionKind};

use super::ComplaintKind;
use super::complaint::Report;
use super::values::{check_url, words};

/// How many words the short answer may have.
pub const ANSWER_LIMIT: usize = 80;

/// What stands below the front matter.
#[derive(Debug)]
pub(super) struct Body {
    /// The Markdown before the first heading.
    pub(super) answer: String,
    /// The sections after it.
    pub(super) sections: Vec<Section>,
    /// The `# heading` that the body begins with, and where.
    pub(super) title: Option<(String, Range<usize>)>,
}

struct Heading {
    text: String,
    span: Range<usize>,
    level: HeadingLevel,
}

/// Takes a body apart and complains about what residents would see wrong.
pub(super) fn read(report: &mut Report<'_>, start: usize) -> Body {
    let source = report.file.text.get(start..).unwrap_or("");
    let (mut headings, counted) = scan(report, source, start);
    let mut title = None;
    let mut answer_start = start;
    if let Some(first) = headings.first()
        && first.level == HeadingLevel::H1
        && report
            .file
            .text
            .get(start..first.span.start)
            .is_some_and(|before| before.trim().is_empty())
    {
        let first = headings.remove(0);
        answer_start = first.span.end;
        title = Some((first.text, first.span));
    }
    let end = report.file.text.len();
    let answer_end = headings.first().map_or(end, |heading| heading.span.start);
    check_answer(report, answer_start..answer_end, &counted);
    let mut sections = Vec::with_capacity(headings.len());
    for (at, heading) in headings.iter().enumerate() {
        let until = headings.get(at + 1).map_or(end, |next| next.span.start);
        sections.push(section(report, heading, until));
    }
    Body {
        answer: cut(&report.file.text, answer_start..answer_end),
        sections,
        title,
    }
}

fn cut(text: &str, range: Range<usize>) -> String {
    text.get(range).unwrap_or("").trim().replace("\r\n", "\n")
}

fn section(report: &mut Report<'_>, heading: &Heading, until: usize) -> Section {
    let kind = section_kind(&heading.text);
    let text = cut(&report.file.text, heading.span.end..until);
    let name = heading.text.clone();
    if heading.level == HeadingLevel::H1 {
        report.at(
            heading.span.clone(),
            ComplaintKind::TitleInText {
                heading: name.clone(),
            },
        );
    }
    if kind.is_none() {
        report.at(
            heading.span.clone(),
            ComplaintKind::UnknownHeading {
                heading: name.clone(),
            },
        );
    }
    if text.is_empty() {
        report.at(
            heading.span.clone(),
            ComplaintKind::EmptySection {
                heading: name.clone(),
            },
        );
    }
    Section {
        kind,
        heading: name,
        text,
    }
}

/// Where each visible word of the body begins, as a byte of the file.
type WordStarts = Vec<usize>;

fn check_answer(report: &mut Report<'_>, range: Range<usize>, words: &WordStarts) {
    let from = words.partition_point(|&at| at < range.start);
    let to = words.partition_point(|&at| at < range.end);
    let count = to.saturating_sub(from);
    if count == 0 {
        report.at(
            place_of_nothing(&report.file.text, range.start),
            ComplaintKind::EmptyAnswer,
        );
    } else if count > ANSWER_LIMIT {
        let first = words.get(from + ANSWER_LIMIT).copied();
        report.at(
            first.unwrap_or(range.start)..range.end,
            ComplaintKind::LongAnswer {
                words: count,
                limit: ANSWER_LIMIT,
            },
        );
    }
}

/// The line that stands where an answer should be; at the end of the file the last line with text.
fn place_of_nothing(text: &str, from: usize) -> Range<usize> {
    let rest = text.get(from..).unwrap_or("");
    let start = from + (rest.len() - rest.trim_start().len());
    if start < text.len() {
        return start..text.len();
    }
    let end = text.trim_end().len();
    let line = text.get(..end).and_then(|text| text.rfind('\n'));
    line.map_or(0, |at| at + 1)..end
}

/// One pass of the Markdown parser: headings, words, and what may not be in the text.
fn scan(report: &mut Report<'_>, source: &str, base: usize) -> (Vec<Heading>, WordStarts) {
    let mut headings: Vec<Heading> = Vec::new();
    let mut starts = WordStarts::new();
    let mut depth = 0_usize;
    let mut open: Option<Heading> = None;
    let mut html_until = 0;
    let mut in_word = false;
    for (event, range) in Parser::new(source).into_offset_iter() {
        let range = range.start + base..range.end + base;
        match event {
            // Text with a line of dashes below it is a heading to Markdown, but not to an editor.
            Event::Start(Tag::Heading { level, .. })
                if depth == 0
                    && level <= HeadingLevel::H2
                    && has_signs(&report.file.text, range.start) =>
            {
                open = Some(Heading {
                    text: String::new(),
                    span: range,
                    level,
                });
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(open.take()),
            Event::Start(tag) => {
                check_tag(report, &tag, range);
                depth += usize::from(is_container(&tag));
                in_word = false;
            }
            Event::End(tag) => {
                if matches!(tag, TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item) {
                    depth = depth.saturating_sub(1);
                }
                in_word &= matches!(tag, TagEnd::Strong | TagEnd::Emphasis | TagEnd::Link);
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut open {
                    heading.text.push_str(&text);
                } else {
                    in_word = count_words(&text, &range, in_word, &mut starts);
                }
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                // One block of HTML is one complaint, however many lines and tags it has.
                if range.start >= html_until {
                    report.at(range.clone(), ComplaintKind::Html);
                }
                let line_end = report.file.text.get(range.end..).and_then(|t| t.find('\n'));
                html_until = range.end + line_end.map_or(0, |at| at + 1);
                in_word = false;
            }
            Event::SoftBreak | Event::HardBreak => {
                in_word = false;
                if let Some(heading) = &mut open {
                    heading.text.push(' ');
                }
            }
            _ => in_word = false,
        }
    }
    check_unspaced(report, source, base);
    (headings, starts)
}

/// Whether a heading is written with `#` in front.
fn has_signs(text: &str, at: usize) -> bool {
    text.get(at..)
        .is_some_and(|heading| heading.trim_start().starts_with('#'))
}

fn is_container(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::BlockQuote(_) | Tag::List(_) | Tag::Item)
}

fn check_tag(report: &mut Report<'_>, tag: &Tag<'_>, range: Range<usize>) {
    match tag {
        Tag::Image { .. } => report.at(range, ComplaintKind::Image),
        Tag::Link { dest_url, .. } => {
            if let Err(fault) = check_url(dest_url) {
                let url = dest_url.to_string();
                report.at(range, ComplaintKind::BadLink { url, fault });
            }
        }
        _ => {}
    }
}

/// Adds the beginning of each word of `text`; says whether the text ends inside a word.
fn count_words(
    text: &str,
    range: &Range<usize>,
    mut in_word: bool,
    starts: &mut WordStarts,
) -> bool {
    // An entity such as `&amp;` is shorter than its source; its words all begin where it begins.
    let exact = text.len() == range.len();
    for (at, c) in text.char_indices() {
        if c.is_whitespace() {
            in_word = false;
        } else if c.is_alphanumeric() && !in_word {
            in_word = true;
            starts.push(if exact { range.start + at } else { range.start });
        }
    }
    in_word
}

/// `##Kopje`: Markdown wants a blank there, and shows the signs otherwise.
fn check_unspaced(report: &mut Report<'_>, source: &str, base: usize) {
    let mut at = base;
    for line in source.split_inclusive('\n') {
        let rest = line.trim_start_matches('#');
        let signs = line.len() - rest.len();
        if (2..=6).contains(&signs) && rest.starts_with(char::is_alphabetic) {
            let better = format!("{} {}", "#".repeat(signs), rest.trim_end());
            report.at(
                at..at + line.len(),
                ComplaintKind::HeadingWithoutSpace { better },
            );
        }
        at += line.len();
    }
}

/// What a heading is about: its words, whatever the case and the question mark.
pub(super) fn section_kind(heading: &str) -> Option<SectionKind> {
    let heading = words(heading);
    let heading = heading
        .replace("hoelang", "hoe lang")
        .replace(" ik ", " je ")
        .replace(" u ", " je ")
        .replace("heeft", "heb");
    Some(match heading.as_str() {
        "voor wie" | "voor wie is dit" | "voor wie is het" => SectionKind::ForWhom,
        "nodig" | "wat heb je nodig" | "wat is nodig" | "wat neem je mee" => SectionKind::Needed,
        "hoe"
        | "hoe doe je het"
        | "hoe doe je dit"
        | "hoe doe je dat"
        | "hoe werkt het"
        | "hoe vraag je het aan" => SectionKind::How,
        "kost" | "kosten" | "wat kost het" | "wat kost dit" | "wat kost dat"
        | "wat zijn de kosten" => SectionKind::Cost,
        "hoe lang" | "hoe lang duurt het" | "hoe lang duurt dit" | "hoe lang duurt dat" => {
            SectionKind::Duration
        }
        "waar" | "waar is het" | "waar moet je zijn" | "waar kun je terecht" => SectionKind::Where,
        "let op" | "pas op" | "waar moet je op letten" => SectionKind::Beware,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::knowledge::SourceFile;

    fn body_of(text: &str) -> (Body, Vec<ComplaintKind>) {
        let file = SourceFile::new("artikelen/t/a.md", text);
        let mut complaints = Vec::new();
        let body = read(&mut Report::new(&file, &mut complaints), 0);
        (body, complaints.into_iter().map(|c| c.kind).collect())
    }

    #[rstest]
    #[case("Voor wie?", SectionKind::ForWhom)]
    #[case("WAT HEB JE NODIG", SectionKind::Needed)]
    #[case("Nodig", SectionKind::Needed)]
    #[case("Wat heeft u nodig?", SectionKind::Needed)]
    #[case("Hoe doe ik het?", SectionKind::How)]
    #[case("Kosten", SectionKind::Cost)]
    #[case("Hoelang duurt het?", SectionKind::Duration)]
    #[case("Waar?", SectionKind::Where)]
    #[case("Let op!", SectionKind::Beware)]
    fn headings_are_known_by_their_words(#[case] heading: &str, #[case] kind: SectionKind) {
        assert_eq!(section_kind(heading), Some(kind));
    }

    #[test]
    fn a_body_is_an_answer_and_sections() {
        let (body, complaints) =
            body_of("Bel ons.\n\n## Wat kost het?\r\nNiets.\n\n### Echt\nNiets.\n## Let op\nJa.");
        assert_eq!(body.answer, "Bel ons.");
        assert_eq!(body.sections.len(), 2);
        assert_eq!(body.sections[0].text, "Niets.\n\n### Echt\nNiets.");
        assert_eq!(body.sections[1].kind, Some(SectionKind::Beware));
        assert_eq!(complaints, []);
    }

    #[test]
    fn a_heading_within_code_or_a_list_is_no_section() {
        let (body, _) = body_of("Tekst.\n\n```\n## Waar?\n```\n\n- ## Kosten\n");
        assert_eq!(body.sections, []);
    }

    #[test]
    fn words_of_links_count_but_their_addresses_do_not() {
        let text = "[een **twee**drie](https://x.nl/vier/vijf) – zes ".to_owned();
        let (_, complaints) = body_of(&text.repeat(26));
        assert_eq!(complaints, []);
        let (_, complaints) = body_of(&text.repeat(27));
        assert_eq!(
            complaints,
            [ComplaintKind::LongAnswer {
                words: 81,
                limit: 80
            }]
        );
    }

    #[test]
    fn a_line_of_dashes_makes_no_heading_of_the_text_above_it() {
        let (body, complaints) = body_of("Neem mee:\n-\nJe pas.\n\nEn een brief.\n---\n");
        assert_eq!(body.sections, []);
        assert_eq!(complaints, []);
    }

    #[test]
    fn html_is_one_complaint_per_place() {
        let (_, complaints) = body_of("Een <b>vet</b> woord.\n\n<div>\n<p>x</p>\n</div>\n");
        assert_eq!(complaints, [ComplaintKind::Html, ComplaintKind::Html]);
    }

    #[test]
    fn a_first_heading_of_level_one_is_a_title() {
        let (body, _) = body_of("# Huurtoeslag\n\nBel ons.");
        assert_eq!(body.title.unwrap().0, "Huurtoeslag");
        assert_eq!(body.answer, "Bel ons.");
    }
}
