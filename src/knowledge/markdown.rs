//! Markdown becomes blocks without markup, so that every edge can draw it its own way.
//!
//! Headings, paragraphs, lists, stress and links to `https://` keep their shape. Everything else
//! (HTML, images, code, quotes) becomes the plain words in it; no visible word is lost.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use crate::domain::{Block, Span};

use super::values::check_url;

/// Reads Markdown as blocks.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let mut drawing = Drawing::default();
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        // Text with a line of dashes below it is a heading to Markdown, but not to an editor.
        let signs = markdown.get(range).map(str::trim_start);
        drawing.signs = signs.is_some_and(|source| source.starts_with('#'));
        drawing.take(event);
    }
    drawing.end_block();
    drawing.blocks
}

/// The words of Markdown on one line: for titles, lists of results and searching.
pub fn plain(markdown: &str) -> String {
    let mut words = String::new();
    for block in blocks(markdown) {
        let lines = match block {
            Block::Heading(text) => vec![vec![Span::Text(text)]],
            Block::Paragraph(spans) | Block::Note(spans) => vec![spans],
            Block::Bullets(items) | Block::Steps(items) => items,
        };
        for line in lines {
            for span in line {
                let (Span::Text(text)
                | Span::Strong(text)
                | Span::Emphasis(text)
                | Span::Link { text, .. }) = span;
                words.push_str(&text);
            }
            words.push(' ');
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts a backslash before the signs that mean something in Markdown, so that a text stands there
/// as it is.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>#&!~|".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The list that is being read: its blocks' items, and whether they are numbered.
struct List {
    numbered: bool,
    items: Vec<Vec<Span>>,
}

#[derive(Default)]
struct Drawing {
    blocks: Vec<Block>,
    /// What is being written: a paragraph, a heading or an item.
    line: Vec<Span>,
    /// The outermost list.
    list: Option<List>,
    /// How many lists deep this is; inner lists become lines of the outer item.
    depth: usize,
    strong: usize,
    emphasis: usize,
    link: Option<(String, String)>,
    heading: bool,
    /// Whether the source of this event begins with `#`.
    signs: bool,
}

impl Drawing {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.write(&text),
            Event::Html(text) | Event::InlineHtml(text) => self.write(&text),
            Event::SoftBreak => self.write(" "),
            Event::HardBreak => self.write("\n"),
            Event::Rule => self.end_block(),
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.write(&text);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::BlockQuote(_) | Tag::HtmlBlock => self.new_line(),
            Tag::CodeBlock(kind) => {
                self.new_line();
                if let CodeBlockKind::Fenced(info) = kind
                    && !info.is_empty()
                {
                    self.write(&info);
                    self.write("\n");
                }
            }
            Tag::Heading { .. } => {
                self.new_line();
                self.heading = self.depth == 0 && self.signs;
            }
            Tag::List(number) => {
                if self.depth == 0 {
                    self.end_block();
                    self.list = Some(List {
                        numbered: number.is_some(),
                        items: Vec::new(),
                    });
                }
                self.depth += 1;
            }
            Tag::Item if self.depth > 1 => {
                self.new_line();
                self.write("– ");
            }
            Tag::Item => self.end_item(),
            Tag::Strong => self.strong += 1,
            Tag::Emphasis => self.emphasis += 1,
            Tag::Link { dest_url, .. } => {
                self.link = Some((dest_url.to_string(), String::new()));
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::BlockQuote(_)
                if self.depth == 0 =>
            {
                self.end_block();
            }
            TagEnd::Item if self.depth == 1 => self.end_item(),
            TagEnd::List(_) => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.end_block();
                }
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Emphasis => self.emphasis = self.emphasis.saturating_sub(1),
            TagEnd::Link => {
                if let Some((url, text)) = self.link.take() {
                    if check_url(&url).is_ok() && !text.trim().is_empty() {
                        self.line.push(Span::Link { text, url });
                    } else {
                        self.write(&text);
                    }
                }
            }
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if let Some((_, label)) = &mut self.link {
            label.push_str(text);
            return;
        }
        let span = match (self.strong, self.emphasis) {
            (0, 0) => Span::Text,
            (0, _) => Span::Emphasis,
            _ => Span::Strong,
        };
        match (self.line.last_mut(), span(String::new())) {
            (Some(Span::Text(last)), Span::Text(_))
            | (Some(Span::Strong(last)), Span::Strong(_))
            | (Some(Span::Emphasis(last)), Span::Emphasis(_)) => last.push_str(text),
            _ => self.line.push(span(text.to_owned())),
        }
    }

    /// A new block begins: within an item that is a new line of the item.
    fn new_line(&mut self) {
        if self.depth == 0 {
            self.end_block();
        } else if !self.line.is_empty() {
            let dash = matches!(self.line.last(), Some(Span::Text(last)) if last.ends_with("– "));
            if !dash {
                self.line.push(Span::Text("\n".to_owned()));
            }
        }
    }

    fn end_item(&mut self) {
        let line = trimmed(std::mem::take(&mut self.line));
        if let Some(list) = &mut self.list
            && !line.is_empty()
        {
            list.items.push(line);
        }
    }

    fn end_block(&mut self) {
        if let Some(list) = &self.list {
            let numbered = list.numbered;
            self.end_item();
            if let Some(List { items, .. }) = self.list.take().filter(|l| !l.items.is_empty()) {
                self.blocks.push(if numbered {
                    Block::Steps(items)
                } else {
                    Block::Bullets(items)
                });
            }
            return;
        }
        let line = trimmed(std::mem::take(&mut self.line));
        let heading = std::mem::take(&mut self.heading);
        if line.is_empty() {
            return;
        }
        self.blocks.push(if heading {
            Block::Heading(line.into_iter().map(text_of).collect())
        } else {
            Block::Paragraph(line)
        });
    }
}

fn text_of(span: Span) -> String {
    match span {
        Span::Text(text) | Span::Strong(text) | Span::Emphasis(text) | Span::Link { text, .. } => {
            text
        }
    }
}

/// Takes the blanks off both ends of a line, joins what can be joined and drops what is empty.
fn trimmed(line: Vec<Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::with_capacity(line.len());
    for span in line {
        match (spans.last_mut(), span) {
            (Some(Span::Text(last)), Span::Text(text)) => last.push_str(&text),
            (_, span) => spans.push(span),
        }
    }
    if let Some(Span::Text(first)) = spans.first_mut() {
        *first = first.trim_start().to_owned();
    }
    if let Some(Span::Text(last)) = spans.last_mut() {
        last.truncate(last.trim_end().len());
    }
    spans.retain(|span| match span {
        Span::Text(text) | Span::Strong(text) | Span::Emphasis(text) | Span::Link { text, .. } => {
            !text.is_empty()
        }
    });
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn text(text: &str) -> Span {
        Span::Text(text.to_owned())
    }

    #[test]
    fn an_answer_keeps_its_shape() {
        let drawn = blocks(
            "Bel **eerst** even.\nDat is *handig*.\n\n## Hoe?\n1. Ga naar [Toeslagen](https://www.toeslagen.nl).\n2. Log in.\n\n- Een\n- Twee",
        );
        assert_eq!(
            drawn,
            [
                Block::Paragraph(vec![
                    text("Bel "),
                    Span::Strong("eerst".into()),
                    text(" even. Dat is "),
                    Span::Emphasis("handig".into()),
                    text("."),
                ]),
                Block::Heading("Hoe?".into()),
                Block::Steps(vec![
                    vec![
                        text("Ga naar "),
                        Span::Link {
                            text: "Toeslagen".into(),
                            url: "https://www.toeslagen.nl".into(),
                        },
                        text("."),
                    ],
                    vec![text("Log in.")],
                ]),
                Block::Bullets(vec![vec![text("Een")], vec![text("Twee")]]),
            ]
        );
    }

    #[rstest]
    #[case("[klik](javascript:alert(1))", "klik")]
    #[case("[bel](tel:112)", "bel")]
    #[case("<b>vet</b>", "<b>vet</b>")]
    #[case("![een kaart](https://x.nl/a.png)", "een kaart")]
    #[case("`code`", "code")]
    fn what_is_not_known_becomes_plain_text(#[case] markdown: &str, #[case] wanted: &str) {
        assert_eq!(blocks(markdown), [Block::Paragraph(vec![text(wanted)])]);
    }

    #[test]
    fn a_line_of_dashes_makes_no_heading() {
        assert_eq!(
            blocks("Neem mee:\n-\n# Wat?"),
            [
                Block::Paragraph(vec![text("Neem mee:")]),
                Block::Heading("Wat?".into()),
            ]
        );
    }

    #[test]
    fn an_inner_list_becomes_lines_of_its_item() {
        assert_eq!(
            blocks("1. Neem mee:\n   - je pas\n   - een brief\n2. Ga."),
            [Block::Steps(vec![
                vec![text("Neem mee:\n– je pas\n– een brief")],
                vec![text("Ga.")],
            ])]
        );
    }

    #[test]
    fn plain_words_stand_on_one_line() {
        assert_eq!(
            plain("**Let op:**\n\n- een\n- [twee](https://x.nl)"),
            "Let op: een twee"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_drawn_without_a_panic(markdown in "(?s:.{0,200})") {
            blocks(&markdown);
        }

        #[test]
        fn no_block_is_empty(markdown in r"([a-z *_#>`\-\n\[\]()!<1.]){0,80}") {
            for block in blocks(&markdown) {
                let empty = match &block {
                    Block::Heading(text) => text.is_empty(),
                    Block::Paragraph(spans) | Block::Note(spans) => spans.is_empty(),
                    Block::Bullets(items) | Block::Steps(items) => {
                        items.is_empty() || items.iter().any(Vec::is_empty)
                    }
                };
                prop_assert!(!empty, "{block:?}");
            }
        }

        // Without links, whose addresses are not visible, and `&`, which begins a name of a sign.
        #[test]
        fn every_word_survives_in_its_order(markdown in r"([a-z]{1,5}|[ *_#>`~\-\n(){}!|<+=.\\]|[0-9]\. |\n\n|    |```\n){0,80}") {
            let words = |text: &str| -> String { text.chars().filter(char::is_ascii_lowercase).collect() };
            prop_assert_eq!(words(&plain(&markdown)), words(&markdown));
        }

        #[test]
        fn an_escaped_text_stands_there_as_it_is(text in r"[a-z][a-z *_#>`~()\[\]{}!|<&;\\]{0,40}[a-z]") {
            let wanted = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(plain(&escape(&text)), wanted);
        }
    }
}
