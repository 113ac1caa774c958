//! An article becomes a reply: the short answer, or one of its sections, with what helps further.

use crate::domain::{Action, Article, Block, Button, MunicipalityId, Place, Reply, Span};
use crate::knowledge::{Knowledge, markdown};

/// How many places are named below an answer.
const PLACES: usize = 1;

/// The article about branches and hours, which every branch of a library helps with.
const BRANCH_ARTICLE: &str = "openingstijden-vestiging";

/// How many related articles are offered below a section.
const RELATED: usize = 2;

/// Which part of an article is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// The short answer.
    Short,
    /// One section, counted from zero.
    Section(u8),
}

/// The reply for a part of an article. The words are the editor's; only contact, source and review are added.
pub fn article(
    knowledge: &Knowledge,
    article: &Article,
    part: Answered,
    municipality: Option<&MunicipalityId>,
) -> Reply {
    let shown = match part {
        Answered::Short => None,
        Answered::Section(section) => Some(usize::from(section)),
    };
    let mut reply = Reply::default();
    match shown.and_then(|section| article.sections.get(section)) {
        Some(section) => {
            reply.blocks.push(Block::Heading(section.heading.clone()));
            reply.blocks.extend(markdown::blocks(&section.text));
        }
        None => {
            reply.blocks.push(Block::Heading(article.title.clone()));
            reply.blocks.extend(markdown::blocks(&article.answer));
            reply.blocks.extend(contact(knowledge, article));
            reply
                .blocks
                .extend(places(knowledge, article, municipality));
            reply.blocks.extend(small_print(knowledge, article));
        }
    }
    for pair in section_buttons(article, shown).chunks(2) {
        reply.buttons.push(pair.to_vec());
    }
    if shown.is_some() {
        for related in article
            .related
            .iter()
            .filter_map(|id| knowledge.article(id))
            .take(RELATED)
        {
            reply.buttons.push(vec![Button::Do {
                label: knowledge.texts().button_also(&related.title),
                action: Action::Article(related.id.clone()),
            }]);
        }
    }
    if let Some(source) = &article.source {
        reply.buttons.push(vec![Button::Open {
            label: knowledge.texts().button_read_more(site(&source.url)),
            url: source.url.clone(),
        }]);
    }
    reply
}

/// One button for each section but the one that is shown.
fn section_buttons(article: &Article, shown: Option<usize>) -> Vec<Button> {
    article
        .sections
        .iter()
        .enumerate()
        .filter(|(n, _)| Some(*n) != shown)
        .filter_map(|(n, section)| {
            Some(Button::Do {
                label: section.heading.clone(),
                action: Action::Section {
                    article: article.id.clone(),
                    section: u8::try_from(n).ok()?,
                },
            })
        })
        .collect()
}

/// The phone number of the organisation, unless the answer has it already.
fn contact(knowledge: &Knowledge, article: &Article) -> Option<Block> {
    let organisation = knowledge.organisation(article.organisation.as_ref()?)?;
    let phone = organisation.phone.as_ref()?;
    if digits(&article.answer).contains(&digits(phone)) {
        return None;
    }
    let line = knowledge.texts().organisation(&organisation.name, phone);
    Some(Block::Paragraph(vec![Span::Text(line)]))
}

/// The places of the municipality that help with this.
fn places(
    knowledge: &Knowledge,
    article: &Article,
    municipality: Option<&MunicipalityId>,
) -> Vec<Block> {
    let Some(municipality) = municipality else {
        return Vec::new();
    };
    knowledge
        .places()
        .iter()
        .filter(|place| place.municipality == *municipality)
        .filter(|place| place.articles.contains(&article.id))
        .take(PLACES)
        .map(|place| Block::Paragraph(vec![Span::Text(place_line(knowledge, place))]))
        .collect()
}

/// The branch of the municipality that can be called, to go on with after a hand-off.
pub fn library_nearby(
    knowledge: &Knowledge,
    municipality: Option<&MunicipalityId>,
) -> Option<Block> {
    let place = knowledge
        .places()
        .iter()
        .filter(|place| Some(&place.municipality) == municipality)
        .filter(|place| place.phone.is_some())
        .find(|place| {
            place
                .articles
                .iter()
                .any(|id| id.as_str() == BRANCH_ARTICLE)
        })?;
    Some(Block::Paragraph(vec![Span::Text(place_line(
        knowledge, place,
    ))]))
}

fn place_line(knowledge: &Knowledge, place: &Place) -> String {
    let address = format!("{}, {}", place.address, place.town);
    match &place.phone {
        Some(phone) => knowledge
            .texts()
            .place_with_phone(&place.name, &address, phone),
        None => knowledge.texts().place(&place.name, &address),
    }
}

/// Where it comes from and who checked it.
fn small_print(knowledge: &Knowledge, article: &Article) -> Vec<Block> {
    let texts = knowledge.texts();
    let mut lines = Vec::new();
    if let Some(source) = &article.source {
        lines.push(texts.source(site(&source.url)));
    }
    lines.push(match &article.reviewed {
        Some(review) => texts.reviewed(&review.by, &in_words(&review.date)),
        None => texts.not_reviewed(),
    });
    vec![Block::Note(vec![Span::Text(lines.join(" "))])]
}

/// A date as people say it: `2026-11-02` is "2 november 2026". What is no date stays as it is.
fn in_words(date: &str) -> String {
    const MONTHS: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    let mut parts = date.splitn(3, '-');
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok());
    let (Some(year), Some(month), Some(day)) = (number(), number(), number()) else {
        return date.to_owned();
    };
    match month.checked_sub(1).and_then(|month| MONTHS.get(month)) {
        Some(month) => format!("{day} {month} {year}"),
        None => date.to_owned(),
    }
}

/// The site of an address, as people say it: `https://www.digid.nl/x` is `digid.nl`.
fn site(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.strip_prefix("www.").unwrap_or(host)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_people_say_it() {
        assert_eq!(in_words("2026-11-02"), "2 november 2026");
        assert_eq!(in_words("2026-13-02"), "2026-13-02");
        assert_eq!(in_words("vorige week"), "vorige week");
    }

    #[test]
    fn a_site_is_named_as_people_say_it() {
        assert_eq!(site("https://www.digid.nl/aanvragen?x=1"), "digid.nl");
        assert_eq!(site("https://mijn.overheid.nl"), "mijn.overheid.nl");
    }
}
