//! One file in `artikelen/<theme>/`.

use jiff::ToSpan;

use crate::domain::{Article, ArticleId, MunicipalityId, OrganisationId, Review, Source, ThemeId};

use super::complaint::Report;
use super::front::{Front, Placed};
use super::values::{better_date, check_url, date, month_or_date, words};
use super::{CheckSettings, ComplaintKind, body};

const KEYS: &[&str] = &[
    "titel",
    "vragen",
    "trefwoorden",
    "organisatie",
    "gemeenten",
    "bron",
    "bron_gezien",
    "nagekeken",
    "verder",
];

/// How many example questions an article should have at least.
const ENOUGH_QUESTIONS: usize = 3;

/// An article, and where in its file the things stand that other files must agree with.
#[derive(Debug)]
pub(super) struct Draft {
    /// The article.
    pub(super) article: Article,
    /// The example questions.
    pub(super) questions: Vec<Placed>,
    /// The ids behind `verder`.
    pub(super) related: Vec<Placed>,
    /// The id behind `organisatie`.
    pub(super) organisation: Option<Placed>,
}

/// Reads an article. `None` when it cannot be used; the report says why.
pub(super) fn read(
    report: &mut Report<'_>,
    theme: &str,
    settings: &CheckSettings,
) -> Option<Draft> {
    let mut front = Front::read(report, KEYS)?;
    let title = front.text(report, "titel");
    let questions = front.list(report, "vragen");
    let keywords = front.list(report, "trefwoorden");
    let organisation = front.text(report, "organisatie");
    let municipalities = front.list(report, "gemeenten");
    let source = source(report, &mut front, settings);
    let reviewed = review(report, &mut front, settings);
    let related = front.list(report, "verder");
    let body = body::read(report, front.body);
    let title = match (title, body.title) {
        (Some(title), Some((heading, span))) => {
            if words(&title.text) != words(&heading) {
                report.at(span, ComplaintKind::TitleInText { heading });
            }
            title.text
        }
        (Some(title), None) => title.text,
        (None, Some((heading, _))) if !heading.trim().is_empty() => heading.trim().to_owned(),
        (None, _) => {
            report.at(0..report.file.text.len(), ComplaintKind::NoTitle);
            return None;
        }
    };
    if questions.len() < ENOUGH_QUESTIONS {
        let count = questions.len();
        report.whole(ComplaintKind::FewQuestions { count });
    }
    let texts = |placed: &[Placed]| placed.iter().map(|p| p.text.clone()).collect::<Vec<_>>();
    let article = Article {
        id: ArticleId::new(report.file.stem()),
        theme: ThemeId::new(theme),
        title,
        questions: texts(&questions),
        keywords: texts(&keywords),
        organisation: organisation
            .as_ref()
            .map(|placed| OrganisationId::new(placed.text.clone())),
        municipalities: municipalities
            .iter()
            .map(|placed| MunicipalityId::new(words(&placed.text).replace(' ', "-")))
            .collect(),
        source,
        reviewed,
        related: related
            .iter()
            .map(|placed| ArticleId::new(placed.text.clone()))
            .collect(),
        answer: body.answer,
        sections: body.sections,
    };
    Some(Draft {
        article,
        questions,
        related,
        organisation,
    })
}

/// `bron` and `bron_gezien`. A page that has no good address is left out.
fn source(report: &mut Report<'_>, front: &mut Front, settings: &CheckSettings) -> Option<Source> {
    let url = front.text(report, "bron");
    let seen = front.text(report, "bron_gezien").filter(|seen| {
        let found = month_or_date(&seen.text);
        dated(report, "bron_gezien", seen, found, settings)
    });
    let url = url?;
    if let Err(fault) = check_url(&url.text) {
        let kind = ComplaintKind::BadUrl {
            key: "bron",
            url: url.text,
            fault,
        };
        report.at(url.span, kind);
        return None;
    }
    Some(Source {
        url: url.text,
        seen: seen.map(|seen| seen.text),
    })
}

/// Complains about what is no date, or a date to come. Says whether it can be used.
fn dated(
    report: &mut Report<'_>,
    key: &'static str,
    placed: &Placed,
    found: Option<jiff::civil::Date>,
    settings: &CheckSettings,
) -> bool {
    let text = placed.text.clone();
    let kind = match found {
        Some(date) if settings.today.is_some_and(|today| date > today) => {
            ComplaintKind::FutureDate { key, text }
        }
        Some(_) => return true,
        None => ComplaintKind::BadDate {
            key,
            better: better_date(&text),
            text,
        },
    };
    report.at(placed.span.clone(), kind);
    false
}

/// `nagekeken`: "2026-11-22 door Anneke", or a group of `datum` and `door`.
fn review(report: &mut Report<'_>, front: &mut Front, settings: &CheckSettings) -> Option<Review> {
    let mut instead = "door: Anneke".to_owned();
    let (day, by) = match front.text_or_group(report, "nagekeken", &["datum", "door"])? {
        Ok(placed) => {
            let (day, by) = match placed.text.split_once(" door ") {
                Some((day, by)) => (day.trim(), Some(by.trim())),
                None => (placed.text.as_str(), None),
            };
            let by = by.filter(|by| !by.is_empty()).map(str::to_owned);
            instead = format!("{day} door Anneke");
            let day = Placed {
                text: day.to_owned(),
                span: placed.span,
            };
            (day, by)
        }
        Err(mut group) => {
            let by = group.text(report, "door").map(|placed| placed.text);
            let start = group.body;
            let Some(day) = group.text(report, "datum") else {
                report.at(
                    start..start,
                    ComplaintKind::MissingKey {
                        key: "datum",
                        fatal: false,
                    },
                );
                return None;
            };
            (day, by)
        }
    };
    let found = date(&day.text);
    if !dated(report, "nagekeken", &day, found, settings) {
        return None;
    }
    if let (Some(found), Some(today)) = (found, settings.today)
        && today
            .checked_sub(12.months())
            .is_ok_and(|year_ago| found < year_ago)
    {
        report.at(day.span.clone(), ComplaintKind::ReviewOld { date: found });
    }
    if by.is_none() {
        report.at(day.span, ComplaintKind::ReviewWithoutName { instead });
    }
    Some(Review {
        date: day.text,
        by: by.unwrap_or_default(),
    })
}
