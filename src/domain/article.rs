//! What editors keep: articles and what they refer to.

use serde::{Deserialize, Serialize};

use super::{ArticleId, MunicipalityId, OrganisationId, PlaceId, ThemeId};

/// One answer: a file in `artikelen/<theme>/`. A bare title and text is a usable article.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Article {
    /// File name without `.md`.
    pub id: ArticleId,
    /// The folder that the file stands in.
    pub theme: ThemeId,
    /// Title, as a resident would say it.
    pub title: String,
    /// Example questions in residents' words.
    pub questions: Vec<String>,
    /// Extra words that people use for this, old names included.
    pub keywords: Vec<String>,
    /// The organisation that does it.
    pub organisation: Option<OrganisationId>,
    /// Municipalities that it is for; empty means everywhere.
    pub municipalities: Vec<MunicipalityId>,
    /// The official page, and when it was seen.
    pub source: Option<Source>,
    /// Checked by the library: when and by whom.
    pub reviewed: Option<Review>,
    /// Related articles.
    pub related: Vec<ArticleId>,
    /// The short answer: the Markdown before the first heading.
    pub answer: String,
    /// The sections after it, in the order of the file.
    pub sections: Vec<Section>,
}

/// One `##` section of an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// What the heading is about, when it is one of the known ones.
    pub kind: Option<SectionKind>,
    /// The heading as written.
    pub heading: String,
    /// The Markdown below it.
    pub text: String,
}

/// The headings that answer follow-up questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SectionKind {
    /// "Voor wie?"
    ForWhom,
    /// "Wat heb je nodig?"
    Needed,
    /// "Hoe doe je het?"
    How,
    /// "Wat kost het?"
    Cost,
    /// "Hoe lang duurt het?"
    Duration,
    /// "Waar?"
    Where,
    /// "Let op"
    Beware,
}

/// The official page behind an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Address of the page (`https://…`).
    pub url: String,
    /// Year and month (`2026-11`) or date in which somebody saw it.
    pub seen: Option<String>,
}

/// A review by a library. Never filled in by us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Review {
    /// Date, `2026-11-22`.
    pub date: String,
    /// Who reviewed it.
    pub by: String,
}

/// A theme: a group of articles with a button of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Theme {
    /// Name of the folder.
    pub id: ThemeId,
    /// What the button says.
    pub title: String,
    /// One sentence on what belongs here.
    pub description: String,
}

/// A partner organisation: a file in `organisaties/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// File name without `.md`.
    pub id: OrganisationId,
    /// Full name.
    pub name: String,
    /// Phone number, grouped to be read aloud.
    pub phone: Option<String>,
    /// Address of its site.
    pub website: Option<String>,
    /// What it does, in plain Dutch.
    pub text: String,
}

/// A branch, counter or consulting hour: a file in `plaatsen/<municipality>/`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Place {
    /// File name without `.md`.
    pub id: PlaceId,
    /// The folder that the file stands in.
    pub municipality: MunicipalityId,
    /// Name, as people know it.
    pub name: String,
    /// Street and house number.
    pub address: String,
    /// Postcode, `8101 AB`.
    pub postcode: Option<String>,
    /// Town or village.
    pub town: String,
    /// Phone number.
    pub phone: Option<String>,
    /// Address of its site.
    pub website: Option<String>,
    /// Latitude and longitude in degrees (WGS 84).
    pub position: Option<(f64, f64)>,
    /// Opening hours in OpenStreetMap syntax.
    pub hours: Option<String>,
    /// Articles that this place helps with.
    pub articles: Vec<ArticleId>,
    /// What one can do there, in plain Dutch.
    pub text: String,
}
