//! A reply as Telegram's HTML with a keyboard below it.
//!
//! Of Telegram's closed list of tags we use `<b>`, `<i>` and `<a href>`. Every inserted text is escaped.

use teloxide::types::{InlineKeyboardButton, InlineKeyboardButtonKind, InlineKeyboardMarkup};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::{Action, Block, Button, Reply, Span};

/// The most buttons below one message.
const MAX_BUTTONS: usize = 100;
/// The most buttons in one row.
const MAX_ROW: usize = 8;
/// The longest label, in characters as people count them.
const MAX_LABEL: usize = 60;
/// The longest address that we pass on, in bytes.
const MAX_URL: usize = 2048;

/// One message, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// The text with markup.
    pub html: String,
    /// The same text without markup, as the person reads it.
    pub plain: String,
    /// The buttons, when there are any.
    pub keyboard: Option<InlineKeyboardMarkup>,
}

impl Rendered {
    /// The buttons without those that open a page.
    pub fn keyboard_without_links(&self) -> Option<InlineKeyboardMarkup> {
        let rows = self.keyboard.as_ref()?.inline_keyboard.iter().map(|row| {
            row.iter()
                .filter(|button| !matches!(button.kind, InlineKeyboardButtonKind::Url(_)))
                .cloned()
                .collect()
        });
        markup(rows.collect())
    }
}

/// Draws a reply; `data` writes what a button that does something must carry. Does not look at its length: see
/// [`parts`](super::parts()).
pub fn render(reply: &Reply, data: &dyn Fn(&Action) -> String) -> Rendered {
    let mut html = Page::default();
    let mut plain = Page::default();
    for block in &reply.blocks {
        html.block(block, Markup::Html);
        plain.block(block, Markup::None);
    }
    Rendered {
        html: html.0,
        plain: plain.0,
        keyboard: keyboard(&reply.buttons, data),
    }
}

/// True when there is something to read in the block.
pub(super) fn has_words(block: &Block) -> bool {
    let spans = |spans: &[Span]| spans.iter().any(|span| !shown(span).trim().is_empty());
    match block {
        Block::Heading(text) => !clean(text).trim().is_empty(),
        Block::Paragraph(line) | Block::Note(line) => spans(line),
        Block::Bullets(items) | Block::Steps(items) => items.iter().any(|item| spans(item)),
    }
}

/// What a person reads of a span.
pub(super) fn shown(span: &Span) -> String {
    match span {
        Span::Text(text) | Span::Strong(text) | Span::Emphasis(text) => clean(text),
        Span::Link { text, url } if text.is_empty() => clean(url),
        Span::Link { text, .. } => clean(text),
    }
}

/// What a span looks like in HTML; within small print, stress does not show a second time.
pub(super) fn html(span: &Span, in_note: bool) -> String {
    let text = escape(&shown(span));
    match span {
        _ if text.trim().is_empty() => text,
        Span::Text(_) => text,
        Span::Strong(_) => format!("<b>{text}</b>"),
        Span::Emphasis(_) if in_note => text,
        Span::Emphasis(_) => format!("<i>{text}</i>"),
        Span::Link { url, .. } => match page(url) {
            Some(_) => format!("<a href=\"{}\">{text}</a>", escape(url)),
            None => text,
        },
    }
}

/// Cuts a text that is longer than `max` characters (as people count them), between words when that
/// leaves at least half, and puts "…" behind it.
fn cut(text: &str, max: usize) -> String {
    if text.graphemes(true).count() <= max {
        return text.to_owned();
    }
    let start: String = text.graphemes(true).take(max.saturating_sub(1)).collect();
    let between_words = start
        .rsplit_once(char::is_whitespace)
        .map(|(before, _)| before)
        .filter(|before| before.graphemes(true).count() * 2 >= max);
    format!("{}…", between_words.unwrap_or(&start).trim_end())
}

/// The start of a text: as many whole signs as fit in `max` UTF-16 units.
pub(super) fn start(text: &str, max: usize) -> String {
    let mut left = max;
    text.graphemes(true)
        .take_while(|sign| {
            let size = sign.encode_utf16().count();
            let fits = size <= left;
            left = left.saturating_sub(size);
            fits
        })
        .collect()
}

/// The text without characters that Telegram drops or that cannot be seen but disturb.
fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| *c != '\r')
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// An address that Telegram will take: `https`, a host with a dot, nothing odd in it.
fn page(url: &str) -> Option<InlineKeyboardButtonKind> {
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if !url.starts_with("https://") || url.len() > MAX_URL || url.contains(odd) {
        return None;
    }
    let kind = InlineKeyboardButtonKind::Url(url.parse().ok()?);
    match &kind {
        InlineKeyboardButtonKind::Url(url) if url.domain()?.contains('.') => Some(kind),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Markup {
    Html,
    None,
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn block(&mut self, block: &Block, markup: Markup) {
        if !has_words(block) {
            return;
        }
        if !self.0.is_empty() {
            self.0.push_str("\n\n");
        }
        match block {
            Block::Heading(text) => {
                self.spans(&[Span::Strong(text.clone())], markup, false);
            }
            Block::Paragraph(line) => self.spans(line, markup, false),
            Block::Bullets(items) => self.items(items, markup, |_| "• ".into()),
            Block::Steps(items) => self.items(items, markup, |n| format!("{n}. ")),
            Block::Note(line) => {
                self.tag("<i>", markup);
                self.spans(line, markup, true);
                self.tag("</i>", markup);
            }
        }
    }

    fn items(&mut self, items: &[Vec<Span>], markup: Markup, lead: impl Fn(usize) -> String) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.0.push('\n');
            }
            self.0.push_str(&lead(index + 1));
            self.spans(item, markup, false);
        }
    }

    fn spans(&mut self, spans: &[Span], markup: Markup, in_note: bool) {
        for span in spans {
            match markup {
                Markup::Html => self.0.push_str(&html(span, in_note)),
                Markup::None => self.0.push_str(&shown(span)),
            }
        }
    }

    fn tag(&mut self, tag: &str, markup: Markup) {
        if markup == Markup::Html {
            self.0.push_str(tag);
        }
    }
}

fn keyboard(
    rows: &[Vec<Button>],
    data: &dyn Fn(&Action) -> String,
) -> Option<InlineKeyboardMarkup> {
    let mut left = MAX_BUTTONS;
    let mut drawn = Vec::new();
    for row in rows {
        let buttons: Vec<_> = row
            .iter()
            .filter_map(|one| button(one, data))
            .take(left)
            .collect();
        left -= buttons.len();
        drawn.extend(buttons.chunks(MAX_ROW).map(<[_]>::to_vec));
    }
    markup(drawn)
}

fn markup(rows: Vec<Vec<InlineKeyboardButton>>) -> Option<InlineKeyboardMarkup> {
    let rows: Vec<_> = rows.into_iter().filter(|row| !row.is_empty()).collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

fn button(button: &Button, data: &dyn Fn(&Action) -> String) -> Option<InlineKeyboardButton> {
    let label = clean(button.label()).replace('\n', " ");
    let label = label.trim();
    if label.is_empty() {
        return None;
    }
    let kind = match button {
        Button::Do { action, .. } => InlineKeyboardButtonKind::CallbackData(data(action)),
        Button::Open { url, .. } => page(url)?,
    };
    Some(InlineKeyboardButton::new(cut(label, MAX_LABEL), kind))
}

#[cfg(test)]
mod tests {
    use super::super::callback::encode;
    use super::*;

    fn html_of(blocks: Vec<Block>) -> String {
        let reply = Reply {
            blocks,
            buttons: vec![],
        };
        render(&reply, &encode).html
    }

    fn words(text: &str) -> Vec<Span> {
        vec![Span::Text(text.into())]
    }

    fn link(text: &str, url: &str) -> Vec<Span> {
        vec![Span::Link {
            text: text.into(),
            url: url.into(),
        }]
    }

    #[test]
    fn a_reply_becomes_html_with_a_blank_line_between_its_blocks() {
        let html = html_of(vec![
            Block::Heading("Huurtoeslag".into()),
            Block::Paragraph(vec![
                Span::Text("Vraag het ".into()),
                Span::Strong("op tijd".into()),
                Span::Emphasis(" aan".into()),
            ]),
            Block::Bullets(vec![words("DigiD"), words("huurcontract")]),
            Block::Steps(vec![words("Log in"), words("Vul in")]),
            Block::Note(vec![
                Span::Text("Bron: ".into()),
                Span::Emphasis("toeslagen.nl".into()),
            ]),
        ]);
        assert_eq!(
            html,
            "<b>Huurtoeslag</b>\n\nVraag het <b>op tijd</b><i> aan</i>\n\n• DigiD\n• huurcontract\n\n\
             1. Log in\n2. Vul in\n\n<i>Bron: toeslagen.nl</i>"
        );
    }

    #[test]
    fn what_looks_like_markup_is_shown_as_written() {
        assert_eq!(
            html_of(vec![Block::Paragraph(words("a < b && <b>x</b> \"q\""))]),
            "a &lt; b &amp;&amp; &lt;b&gt;x&lt;/b&gt; &quot;q&quot;"
        );
        assert_eq!(
            html_of(vec![Block::Paragraph(link(
                "zoek",
                "https://a.nl/?q=1&b=\"><i>"
            ))]),
            "<a href=\"https://a.nl/?q=1&amp;b=&quot;&gt;&lt;i&gt;\">zoek</a>"
        );
    }

    #[test]
    fn only_a_good_https_address_becomes_a_link() {
        for url in [
            "http://a.nl",
            "javascript:alert(1)",
            "tel:112",
            "https://",
            "https://localhost/",
            "https://a.nl/een twee",
            "https:a.nl",
        ] {
            assert_eq!(
                html_of(vec![Block::Paragraph(link("kijk", url))]),
                "kijk",
                "{url}"
            );
        }
        assert_eq!(
            html_of(vec![Block::Paragraph(link("", "https://a.nl"))]),
            "<a href=\"https://a.nl\">https://a.nl</a>"
        );
    }

    #[test]
    fn empty_blocks_leave_no_gap() {
        let html = html_of(vec![
            Block::Paragraph(words("een")),
            Block::Paragraph(words("  ")),
            Block::Bullets(vec![]),
            Block::Paragraph(words("twee")),
        ]);
        assert_eq!(html, "een\n\ntwee");
    }

    fn do_button(label: &str) -> Button {
        Button::Do {
            label: label.into(),
            action: Action::Menu,
        }
    }

    fn open_button(url: &str) -> Button {
        Button::Open {
            label: "Open".into(),
            url: url.into(),
        }
    }

    #[test]
    fn buttons_keep_their_rows_and_bad_ones_are_left_out() {
        let reply = Reply::text("Kies")
            .with_row(vec![do_button("Ja"), do_button("Nee")])
            .with_row(vec![open_button("ftp://a.nl"), do_button("  ")])
            .with_row(vec![open_button("https://a.nl/x")]);
        let rendered = render(&reply, &encode);
        let json = serde_json::to_value(rendered.keyboard.as_ref().unwrap()).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"inline_keyboard": [
                [{"text": "Ja", "callback_data": "m"}, {"text": "Nee", "callback_data": "m"}],
                [{"text": "Open", "url": "https://a.nl/x"}],
            ]})
        );
        let without = rendered.keyboard_without_links().unwrap();
        assert_eq!(without.inline_keyboard.len(), 1);
    }

    #[test]
    fn there_are_never_more_than_a_hundred_buttons_and_eight_in_a_row() {
        let mut reply = Reply::text("Veel");
        for _ in 0..13 {
            reply = reply.with_row((0..9).map(|n| do_button(&n.to_string())).collect());
        }
        let keyboard = render(&reply, &encode).keyboard.unwrap().inline_keyboard;
        assert_eq!(keyboard.iter().map(Vec::len).sum::<usize>(), 100);
        assert!(keyboard.iter().all(|row| row.len() <= 8));
    }

    #[test]
    fn a_long_label_is_cut_between_words_and_never_inside_a_sign() {
        let label = "Een toeslag aanvragen voor de huur van mijn woning aan de singel in de stad";
        let short = cut(label, MAX_LABEL);
        assert_eq!(
            short,
            "Een toeslag aanvragen voor de huur van mijn woning aan de…"
        );
        let family = "👨‍👩‍👧‍👦".repeat(70);
        assert_eq!(cut(&family, 60), format!("{}…", "👨‍👩‍👧‍👦".repeat(59)));
    }
}
