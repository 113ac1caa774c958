//! Files in `organisaties/` and `plaatsen/<municipality>/`.

use crate::domain::{ArticleId, MunicipalityId, Organisation, OrganisationId, Place, PlaceId};

use super::ComplaintKind;
use super::complaint::Report;
use super::front::{Front, Placed};
use super::values::{check_url, is_phone, postcode};

/// Reads an organisation. `None` when it cannot be used; the report says why.
pub(super) fn organisation(report: &mut Report<'_>) -> Option<Organisation> {
    let mut front = Front::read(report, &["naam", "telefoon", "website"])?;
    let name = name(report, &mut front)?;
    Some(Organisation {
        id: OrganisationId::new(report.file.stem()),
        name,
        phone: phone(report, &mut front),
        website: website(report, &mut front),
        text: text(report, &front),
    })
}

/// Reads a place. `None` when it cannot be used; the report says why. The ids of its articles come
/// along with where they stand.
pub(super) fn place(report: &mut Report<'_>, municipality: &str) -> Option<(Place, Vec<Placed>)> {
    const KEYS: &[&str] = &[
        "naam",
        "adres",
        "postcode",
        "plaats",
        "telefoon",
        "website",
        "positie",
        "openingstijden",
        "artikelen",
    ];
    let mut front = Front::read(report, KEYS)?;
    let name = name(report, &mut front)?;
    let articles = front.list(report, "artikelen");
    let place = Place {
        id: PlaceId::new(report.file.stem()),
        municipality: MunicipalityId::new(municipality),
        name,
        address: wanted(report, &mut front, "adres"),
        postcode: postcode_of(report, &mut front),
        town: wanted(report, &mut front, "plaats"),
        phone: phone(report, &mut front),
        website: website(report, &mut front),
        position: position(report, &mut front),
        hours: front.text(report, "openingstijden").map(|p| p.text),
        articles: articles
            .iter()
            .map(|placed| ArticleId::new(placed.text.clone()))
            .collect(),
        text: text(report, &front),
    };
    Some((place, articles))
}

fn name(report: &mut Report<'_>, front: &mut Front) -> Option<String> {
    let name = front.text(report, "naam");
    if name.is_none() {
        let kind = ComplaintKind::MissingKey {
            key: "naam",
            fatal: true,
        };
        report.at(0..report.file.text.len(), kind);
    }
    name.map(|placed| placed.text)
}

fn wanted(report: &mut Report<'_>, front: &mut Front, key: &'static str) -> String {
    match front.text(report, key) {
        Some(placed) => placed.text,
        None => {
            let kind = ComplaintKind::MissingKey { key, fatal: false };
            report.at(0..report.file.text.len(), kind);
            String::new()
        }
    }
}

/// A phone number that cannot be right is left out: no number is better than a wrong one.
fn phone(report: &mut Report<'_>, front: &mut Front) -> Option<String> {
    let phone = front.text(report, "telefoon")?;
    if is_phone(&phone.text) {
        return Some(phone.text);
    }
    report.at(phone.span, ComplaintKind::BadPhone { phone: phone.text });
    None
}

fn website(report: &mut Report<'_>, front: &mut Front) -> Option<String> {
    let url = front.text(report, "website")?;
    match check_url(&url.text) {
        Ok(()) => Some(url.text),
        Err(fault) => {
            let kind = ComplaintKind::BadUrl {
                key: "website",
                url: url.text,
                fault,
            };
            report.at(url.span, kind);
            None
        }
    }
}

fn postcode_of(report: &mut Report<'_>, front: &mut Front) -> Option<String> {
    let text = front.text(report, "postcode")?;
    let found = postcode(&text.text);
    if found.is_none() {
        let kind = ComplaintKind::BadPostcode {
            postcode: text.text,
        };
        report.at(text.span, kind);
    }
    found
}

/// Latitude and longitude. A position outside the European Netherlands is used, with a warning.
fn position(report: &mut Report<'_>, front: &mut Front) -> Option<(f64, f64)> {
    let numbers = front.list(report, "positie");
    let span = numbers.first()?.span.start..numbers.last()?.span.end;
    let parsed: Vec<f64> = numbers
        .iter()
        .filter_map(|placed| placed.text.parse().ok())
        .collect();
    let (&[latitude, longitude], 2) = (parsed.as_slice(), numbers.len()) else {
        report.at(span, ComplaintKind::BadPosition);
        return None;
    };
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        report.at(span, ComplaintKind::BadPosition);
        return None;
    }
    let inside = |latitude: f64, longitude: f64| {
        (50.7..=53.6).contains(&latitude) && (3.3..=7.3).contains(&longitude)
    };
    if !inside(latitude, longitude) {
        let swapped = inside(longitude, latitude);
        report.at(span, ComplaintKind::PositionAbroad { swapped });
    }
    Some((latitude, longitude))
}

fn text(report: &Report<'_>, front: &Front) -> String {
    let text = report.file.text.get(front.body..).unwrap_or("");
    text.trim().replace("\r\n", "\n")
}
