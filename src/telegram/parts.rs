//! A reply that does not fit in one message becomes several.
//!
//! A part is as full as it can be, but a block or list item stays whole when it fits in one message; a
//! heading goes with what follows it. Text is cut only at white space, a word that is too long by itself
//! only between signs, and a link not at all unless it is too long by itself.

use unicode_segmentation::UnicodeSegmentation;

use super::render::{has_words, html, shown};
use crate::domain::{Block, Reply, Span};

/// What fits in one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// UTF-16 units of the text that people see. Telegram takes 4096; we stay well below, since long
    /// messages read badly. At least 64 is used.
    pub units: usize,
    /// Bytes of the text with markup. Telegram takes 32 KB. At least 16,000 is used: room for one long link.
    pub bytes: usize,
    /// Bold, italic and linked pieces. Telegram drops the markup of what comes after the hundredth.
    /// At least 4 is used.
    pub entities: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            units: 3500,
            bytes: 30_000,
            entities: 100,
        }
    }
}

/// Splits a reply into parts that each fit in one message; the buttons come below the last. A reply
/// with nothing to read has no parts, unless it has buttons: those get an ellipsis to stand under.
pub fn parts(reply: &Reply, limits: &Limits) -> Vec<Reply> {
    let limit = Size::limit(limits);
    let mut pages: Vec<Vec<Block>> = Vec::new();
    let mut page: Vec<Block> = Vec::new();
    for block in pieces(&reply.blocks, limit) {
        if fits(&page, &block, limit) {
            page.push(block);
            continue;
        }
        // A heading at the foot of a message belongs above what follows it.
        let heading = match page.last() {
            Some(Block::Heading(_)) if page.len() > 1 => page.pop(),
            _ => None,
        };
        pages.push(std::mem::take(&mut page));
        if let Some(heading) = heading {
            page.push(heading);
            if !fits(&page, &block, limit) {
                pages.push(std::mem::take(&mut page));
            }
        }
        page.push(block);
    }
    if page.is_empty() && pages.is_empty() && reply.buttons.iter().any(|row| !row.is_empty()) {
        page.push(Block::Paragraph(vec![Span::Text("…".into())]));
    }
    if !page.is_empty() {
        pages.push(page);
    }
    let mut parts: Vec<Reply> = pages
        .into_iter()
        .map(|blocks| Reply {
            blocks,
            buttons: Vec::new(),
        })
        .collect();
    if let Some(last) = parts.last_mut() {
        last.buttons.clone_from(&reply.buttons);
    }
    parts
}

/// How much of a message something takes.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    units: usize,
    bytes: usize,
    entities: usize,
}

impl Size {
    fn limit(limits: &Limits) -> Self {
        Self {
            units: limits.units.clamp(64, 4096),
            bytes: limits.bytes.clamp(16_000, 32_000),
            entities: limits.entities.clamp(4, 100),
        }
    }

    fn plain(text: &str) -> Self {
        Self::span(&Span::Text(text.to_owned()))
    }

    fn span(span: &Span) -> Self {
        Self {
            units: shown(span).encode_utf16().count(),
            bytes: html(span, false).len(),
            entities: usize::from(!matches!(span, Span::Text(_)) && !is_blank(span)),
        }
    }

    /// What the looks of a span cost, whatever its text.
    fn looks(span: &Span) -> Self {
        Self::span(&with_text(span, "x")).minus(Self::plain("x"))
    }

    fn spans(spans: &[Span]) -> Self {
        spans
            .iter()
            .map(Self::span)
            .fold(Self::default(), Self::plus)
    }

    fn block(block: &Block) -> Self {
        let items = |items: &[Vec<Span>], lead: fn(usize) -> String| {
            items
                .iter()
                .enumerate()
                .map(|(index, item)| Self::spans(item).plus(Self::plain(&lead(index + 1))))
                .fold(Self::default(), Self::plus)
        };
        match block {
            Block::Heading(text) => Self::span(&Span::Strong(text.clone())),
            Block::Paragraph(line) => Self::spans(line),
            Block::Bullets(list) => items(list, |_| "• \n".into()),
            Block::Steps(list) => items(list, |n| format!("{n}. \n")),
            Block::Note(line) => Self::spans(line).plus(Self::NOTE),
        }
    }

    /// The tags round small print.
    const NOTE: Self = Self {
        units: 0,
        bytes: 7,
        entities: 1,
    };

    fn plus(self, other: Self) -> Self {
        Self {
            units: self.units + other.units,
            bytes: self.bytes + other.bytes,
            entities: self.entities + other.entities,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            units: self.units.saturating_sub(other.units),
            bytes: self.bytes.saturating_sub(other.bytes),
            entities: self.entities.saturating_sub(other.entities),
        }
    }

    fn within(self, limit: Self) -> bool {
        self.units <= limit.units && self.bytes <= limit.bytes && self.entities <= limit.entities
    }
}

fn fits(page: &[Block], block: &Block, limit: Size) -> bool {
    let gap = Size::plain("\n\n");
    page.iter()
        .map(|block| Size::block(block).plus(gap))
        .fold(Size::block(block), Size::plus)
        .within(limit)
}

/// The blocks with something to read, those that are too long in pieces.
fn pieces(blocks: &[Block], limit: Size) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    for block in blocks.iter().filter(|block| has_words(block)) {
        if Size::block(block).within(limit) {
            out.push(block.clone());
            continue;
        }
        // Room for the heading that goes with the first piece, when it is an ordinary one.
        let room = match out.last() {
            Some(heading @ Block::Heading(_)) => {
                let heading = Size::block(heading).plus(Size::plain("\n\n"));
                let short = heading.units * 4 < limit.units;
                if short { limit.minus(heading) } else { limit }
            }
            _ => limit,
        };
        match block {
            Block::Heading(text) => out.extend(
                split(&[Span::Strong(text.clone())], room)
                    .into_iter()
                    .map(|line| Block::Heading(line.iter().map(shown).collect())),
            ),
            Block::Paragraph(line) => {
                out.extend(split(line, room).into_iter().map(Block::Paragraph));
            }
            Block::Note(line) => out.extend(
                split(line, room.minus(Size::NOTE))
                    .into_iter()
                    .map(Block::Note),
            ),
            Block::Bullets(items) => out.extend(split_list(items, room, |_| "• ".into())),
            Block::Steps(items) => out.extend(split_list(items, room, |n| format!("{n}. "))),
        }
    }
    out
}

/// A list in pieces, as paragraphs with the marks written out: so the numbers of steps go on.
fn split_list(items: &[Vec<Span>], limit: Size, lead: fn(usize) -> String) -> Vec<Block> {
    let mut out = Vec::new();
    let mut lines: Vec<Span> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let lead = lead(index + 1);
        let whole: Vec<Span> = std::iter::once(Span::Text(lead.clone()))
            .chain(item.iter().cloned())
            .collect();
        let fresh = lines.is_empty();
        let size = Size::spans(&lines)
            .plus(Size::plain("\n"))
            .plus(Size::spans(&whole));
        if !fresh && !size.within(limit) {
            out.push(Block::Paragraph(std::mem::take(&mut lines)));
        }
        if Size::spans(&whole).within(limit) {
            if !lines.is_empty() {
                lines.push(Span::Text("\n".into()));
            }
            lines.extend(whole);
            continue;
        }
        let mut chunks = split(item, limit.minus(Size::plain(&lead)));
        match chunks.first_mut() {
            Some(first) => first.insert(0, Span::Text(lead)),
            None => chunks.push(vec![Span::Text(lead)]),
        }
        out.extend(chunks.into_iter().map(Block::Paragraph));
    }
    if !lines.is_empty() {
        out.push(Block::Paragraph(lines));
    }
    out
}

/// A line in pieces that each stay within the limit. White space at a cut is dropped.
fn split(line: &[Span], limit: Size) -> Vec<Vec<Span>> {
    let mut out: Vec<Vec<Span>> = Vec::new();
    let mut piece = Piece::default();
    for token in tokens(line) {
        match token {
            Token::Space(space) => piece.space.push(space),
            Token::Word(word) if Size::spans(&word).within(limit) => {
                if !piece.takes(&word, limit) {
                    piece.finish(&mut out);
                }
                piece.push(word);
            }
            Token::Word(word) => {
                piece.finish(&mut out);
                for fragment in fragments(&word) {
                    let fragment = vec![fragment];
                    if !piece.takes(&fragment, limit) {
                        piece.finish(&mut out);
                    }
                    piece.push(fragment);
                }
            }
        }
    }
    piece.finish(&mut out);
    out
}

enum Token {
    /// White space, of the looks of the span it stands in.
    Space(Span),
    /// What must stay whole: a word, which may change its looks halfway, and whole links.
    Word(Vec<Span>),
}

fn tokens(line: &[Span]) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for span in line {
        if matches!(span, Span::Link { .. }) {
            add_to_word(&mut out, span.clone());
            continue;
        }
        // Sign by sign, so that a mark that sits on a space is not torn from it.
        let text = shown(span);
        let mut rest = text.graphemes(true).peekable();
        while let Some(first) = rest.next() {
            let space = is_break(first);
            let mut run = first.to_owned();
            while let Some(next) = rest.next_if(|next| is_break(next) == space) {
                run.push_str(next);
            }
            let run = with_text(span, &run);
            if space {
                out.push(Token::Space(run));
            } else {
                add_to_word(&mut out, run);
            }
        }
    }
    out
}

fn add_to_word(tokens: &mut Vec<Token>, span: Span) {
    match tokens.last_mut() {
        Some(Token::Word(word)) => word.push(span),
        _ => tokens.push(Token::Word(vec![span])),
    }
}

/// White space at which a line may be cut; a no-break space is none.
fn is_break(grapheme: &str) -> bool {
    grapheme
        .chars()
        .all(|c| c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}'))
}

/// The smallest pieces of a word that is too long by itself: its signs, and of a sign without end
/// (hundreds of marks on one letter) its code points.
fn fragments(word: &[Span]) -> Vec<Span> {
    let mut out = Vec::new();
    for span in word {
        for grapheme in shown(span).graphemes(true) {
            if grapheme.chars().count() <= 16 {
                out.push(with_text(span, grapheme));
            } else {
                out.extend(grapheme.chars().map(|c| with_text(span, &c.to_string())));
            }
        }
    }
    out
}

/// The piece that is being filled.
#[derive(Default)]
struct Piece {
    spans: Vec<Span>,
    size: Size,
    /// White space that counts only when something follows it.
    space: Vec<Span>,
}

impl Piece {
    /// The size with this word behind it. Neighbours of the same looks share their tags.
    fn size_with(&self, word: &[Span]) -> Size {
        if self.spans.is_empty() {
            return Size::spans(word);
        }
        let size = self
            .size
            .plus(Size::spans(&self.space))
            .plus(Size::spans(word));
        match (self.spans.last(), word.first()) {
            (Some(last), Some(first))
                if same_looks(last, first)
                    && self.space.iter().all(|space| same_looks(last, space)) =>
            {
                size.minus(Size::looks(first))
            }
            _ => size,
        }
    }

    fn takes(&self, word: &[Span], limit: Size) -> bool {
        self.size_with(word).within(limit)
    }

    fn push(&mut self, word: Vec<Span>) {
        self.size = self.size_with(&word);
        let space = std::mem::take(&mut self.space);
        let space = if self.spans.is_empty() {
            Vec::new()
        } else {
            space
        };
        for span in space.into_iter().chain(word) {
            match self.spans.last_mut() {
                Some(last) if same_looks(last, &span) => append(last, &shown(&span)),
                _ => self.spans.push(span),
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<Vec<Span>>) {
        let done = std::mem::take(self);
        if !done.spans.is_empty() {
            out.push(done.spans);
        }
    }
}

fn is_blank(span: &Span) -> bool {
    shown(span).trim().is_empty()
}

fn same_looks(one: &Span, other: &Span) -> bool {
    match (one, other) {
        (Span::Link { url, .. }, Span::Link { url: other, .. }) => url == other,
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

fn with_text(span: &Span, text: &str) -> Span {
    let text = text.to_owned();
    match span {
        Span::Text(_) => Span::Text(text),
        Span::Strong(_) => Span::Strong(text),
        Span::Emphasis(_) => Span::Emphasis(text),
        Span::Link { url, .. } => Span::Link {
            text,
            url: url.clone(),
        },
    }
}

fn append(span: &mut Span, more: &str) {
    match span {
        Span::Text(text) | Span::Strong(text) | Span::Emphasis(text) => text.push_str(more),
        Span::Link { text, url } => {
            if text.is_empty() {
                text.clone_from(url);
            }
            text.push_str(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::callback::encode;
    use super::super::render::render;
    use super::*;
    use crate::domain::{Action, Button};

    fn words(text: &str) -> Vec<Span> {
        vec![Span::Text(text.into())]
    }

    fn reply(blocks: Vec<Block>) -> Reply {
        Reply {
            blocks,
            buttons: vec![],
        }
    }

    /// The smallest messages that are possible.
    fn small() -> Limits {
        Limits {
            units: 64,
            bytes: 0,
            entities: 4,
        }
    }

    fn texts(reply: &Reply, limits: &Limits) -> Vec<String> {
        let plain = |part: &Reply| render(part, &encode).plain;
        parts(reply, limits).iter().map(plain).collect()
    }

    fn without_space(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    #[test]
    fn an_ordinary_reply_stays_as_it_is() {
        let whole = reply(vec![
            Block::Heading("Huurtoeslag".into()),
            Block::Paragraph(words("Vraag het aan.")),
        ])
        .with_row(vec![Button::Do {
            label: "Menu".into(),
            action: Action::Menu,
        }]);
        assert_eq!(parts(&whole, &Limits::default()), vec![whole]);
    }

    #[test]
    fn buttons_come_below_the_last_part() {
        let row = vec![Button::Do {
            label: "Menu".into(),
            action: Action::Menu,
        }];
        let whole = reply(vec![Block::Paragraph(words(&"woord ".repeat(40)))]).with_row(row);
        let split = parts(&whole, &small());
        let (last, others) = split.split_last().unwrap();
        assert_eq!(last.buttons, whole.buttons);
        assert!(others.len() > 1 && others.iter().all(|part| part.buttons.is_empty()));
    }

    #[test]
    fn text_is_cut_between_words() {
        let whole = reply(vec![Block::Paragraph(words(
            "Je kunt huurtoeslag aanvragen bij de Dienst Toeslagen. Je hebt daar een DigiD voor nodig.",
        ))]);
        assert_eq!(
            texts(&whole, &small()),
            [
                "Je kunt huurtoeslag aanvragen bij de Dienst Toeslagen. Je hebt",
                "daar een DigiD voor nodig."
            ]
        );
    }

    #[test]
    fn a_heading_goes_with_what_follows_it() {
        let whole = reply(vec![
            Block::Paragraph(words("Dit is een eerste stuk van veertig letters.")),
            Block::Heading("Kosten".into()),
            Block::Paragraph(words("Het kost je helemaal niets.")),
        ]);
        assert_eq!(
            texts(&whole, &small()),
            [
                "Dit is een eerste stuk van veertig letters.",
                "Kosten\n\nHet kost je helemaal niets."
            ]
        );
    }

    #[test]
    fn the_numbers_of_steps_go_on_in_the_next_part() {
        let whole = reply(vec![Block::Steps(vec![
            words("Ga naar de site van de gemeente."),
            words("Log in met je DigiD en kies het formulier."),
            words("Vul alles in en stuur het weg."),
        ])]);
        let texts = texts(&whole, &small());
        assert_eq!(texts[0], "1. Ga naar de site van de gemeente.");
        assert_eq!(texts[1], "2. Log in met je DigiD en kies het formulier.");
        assert_eq!(texts[2], "3. Vul alles in en stuur het weg.");
    }

    #[test]
    fn a_link_is_never_cut() {
        let url = "https://www.voorbeeld.nl/een/heel/lang/adres";
        let link = Span::Link {
            text: "de site van de gemeente waar je woont".into(),
            url: url.into(),
        };
        let whole = reply(vec![Block::Paragraph(vec![
            Span::Text("Kijk eens rustig rond op ".into()),
            link.clone(),
            Span::Text(", daar staat nog meer over dit onderwerp.".into()),
        ])]);
        let found: Vec<Span> = parts(&whole, &small())
            .into_iter()
            .flat_map(|part| part.blocks)
            .flat_map(|block| match block {
                Block::Paragraph(line) => line,
                _ => vec![],
            })
            .filter(|span| matches!(span, Span::Link { .. }))
            .collect();
        assert_eq!(found, [link]);
    }

    #[test]
    fn a_word_without_end_is_cut_between_signs() {
        let family = "👨‍👩‍👧‍👦";
        let whole = reply(vec![Block::Paragraph(words(&family.repeat(30)))]);
        for text in texts(&whole, &small()) {
            assert!(
                without_space(&text)
                    .graphemes(true)
                    .all(|sign| sign == family)
            );
        }
    }

    #[test]
    fn marks_without_end_on_one_letter_still_fit() {
        let whole = reply(vec![Block::Paragraph(words(&format!(
            "e{}",
            "\u{301}".repeat(500)
        )))]);
        let texts = texts(&whole, &small());
        assert!(texts.iter().all(|text| text.encode_utf16().count() <= 64));
        assert_eq!(texts.concat().chars().count(), 501);
    }

    #[test]
    fn a_long_text_in_bold_counts_as_one_piece_of_markup() {
        let whole = reply(vec![Block::Paragraph(vec![Span::Strong(
            "goed ".repeat(1000),
        )])]);
        assert_eq!(parts(&whole, &Limits::default()).len(), 2);
    }

    #[test]
    fn nothing_to_say_is_no_message_but_buttons_need_something_to_stand_under() {
        assert!(parts(&Reply::default(), &Limits::default()).is_empty());
        assert!(parts(&Reply::text("  "), &Limits::default()).is_empty());
        let buttons = Reply::default().with_row(vec![Button::Do {
            label: "Ja".into(),
            action: Action::Yes { ask: 1 },
        }]);
        let split = parts(&buttons, &Limits::default());
        assert_eq!(split.len(), 1);
        assert_eq!(render(&split[0], &encode).plain, "…");
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "([a-zé]{1,12} ){0,30}",
            2 => "([a-z]{1,9}[ \n,.&<>\"]{1,3}){0,20}",
            1 => "[a-z]{60,200}",
            1 => "(👩🏽‍🚀|🇳🇱|é|e\u{301}|שלום|مرحبا|  |\u{a0}){0,60}",
            1 => "\\PC{0,80}",
        ]
    }

    fn any_span() -> impl Strategy<Value = Span> {
        prop_oneof![
            3 => any_text().prop_map(Span::Text),
            1 => any_text().prop_map(Span::Strong),
            1 => any_text().prop_map(Span::Emphasis),
            1 => (any_text(), "(https://[a-z]{1,9}\\.nl/[a-z&?=\"]{0,30}|mailto:x)")
                .prop_map(|(text, url)| Span::Link { text, url }),
        ]
    }

    fn any_reply() -> impl Strategy<Value = Reply> {
        let line = || prop::collection::vec(any_span(), 0..5);
        let block = prop_oneof![
            any_text().prop_map(Block::Heading),
            line().prop_map(Block::Paragraph),
            line().prop_map(Block::Note),
            prop::collection::vec(line(), 0..5).prop_map(Block::Bullets),
            prop::collection::vec(line(), 0..12).prop_map(Block::Steps),
        ];
        prop::collection::vec(block, 0..6).prop_map(reply)
    }

    /// Counts opening tags, after checking that tags are closed in order.
    fn checked_tags(html: &str) -> Result<usize, String> {
        let mut open = Vec::new();
        let mut count = 0;
        for part in html.split('<').skip(1) {
            let (tag, _) = part.split_once('>').ok_or("a tag without end")?;
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop() != Some(name.to_owned()) {
                    return Err(format!("{name} is closed at the wrong place in {html}"));
                }
            } else {
                count += 1;
                open.push(tag.split(' ').next().unwrap_or_default().to_owned());
            }
        }
        if open.is_empty() {
            Ok(count)
        } else {
            Err(format!("{open:?} stay open"))
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn parts_keep_every_word_and_every_limit(whole in any_reply(), units in 64..400_usize, entities in 4..20_usize) {
            let limits = Limits { units, bytes: 16_000, entities };
            let split = parts(&whole, &limits);
            let mut together = String::new();
            for part in &split {
                let rendered = render(part, &encode);
                prop_assert!(rendered.plain.encode_utf16().count() <= units);
                prop_assert!(rendered.html.len() <= 16_000);
                prop_assert!(!rendered.plain.trim().is_empty());
                let tags = checked_tags(&rendered.html).map_err(TestCaseError::fail)?;
                prop_assert!(tags <= entities, "{tags} tags");
                together.push_str(&rendered.plain);
            }
            prop_assert_eq!(without_space(&together), without_space(&render(&whole, &encode).plain));
        }

        #[test]
        fn no_word_that_fits_is_cut(text in "([a-zé][a-zé\u{301}👍🏽]{0,19} ){0,60}") {
            let whole = reply(vec![Block::Paragraph(words(&text))]);
            let together = texts(&whole, &small()).join(" ");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(words(&together), words(&text));
        }
    }
}
