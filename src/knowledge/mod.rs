//! What editors keep, read into values and complaints.
//!
//! [`read`] is pure: files in, the value *and* every complaint out. A file that cannot be used is
//! left out and complained about; it never stops the others. [`loader`] is the only file with I/O.

mod article;
mod body;
mod complaint;
mod fault;
mod front;
mod hint;
mod kind;
pub mod loader;
pub mod markdown;
mod partner;
mod reader;
mod source;
mod texts;
mod themes;
mod toml_file;
mod values;
mod yaml;

use std::collections::HashMap;

use jiff::civil::Date;

use crate::domain::{
    Article, ArticleId, Organisation, OrganisationId, Place, PlaceId, Theme, ThemeId,
};

pub use body::ANSWER_LIMIT;
pub use complaint::{Complaint, Weight};
pub use fault::YamlFault;
pub use kind::{ComplaintKind, Shape, UrlFault};
pub use loader::{LoadError, Loaded, load};
pub use reader::read;
pub use source::{Lines, Position, SourceFile};
pub use texts::Texts;

/// What reading depends on besides the files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckSettings {
    /// Today, where the library is. Without it no date is in the future or long ago.
    pub today: Option<Date>,
}

/// A checked snapshot of all files.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    articles: Vec<Article>,
    article_places: HashMap<ArticleId, usize>,
    themes: Vec<Theme>,
    organisations: Vec<Organisation>,
    places: Vec<Place>,
    texts: Texts,
    others: Vec<SourceFile>,
}

impl Knowledge {
    fn new(
        mut articles: Vec<Article>,
        themes: Vec<Theme>,
        mut organisations: Vec<Organisation>,
        mut places: Vec<Place>,
        texts: Texts,
        others: Vec<SourceFile>,
    ) -> Self {
        articles.sort_by(|a, b| a.id.cmp(&b.id));
        organisations.sort_by(|a, b| a.id.cmp(&b.id));
        places.sort_by(|a, b| a.id.cmp(&b.id));
        // A file may be named like a short reference; the file goes before the reference.
        let mut article_places: HashMap<_, _> = articles
            .iter()
            .enumerate()
            .map(|(at, article)| (ArticleId::new(article.id.short_reference()), at))
            .collect();
        article_places.extend(
            articles
                .iter()
                .enumerate()
                .map(|(at, article)| (article.id.clone(), at)),
        );
        Self {
            articles,
            article_places,
            themes,
            organisations,
            places,
            texts,
            others,
        }
    }

    /// Every article, by id.
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// The article with this id, or with this short reference (`~` and 16 hexadecimal digits).
    pub fn article(&self, id: &ArticleId) -> Option<&Article> {
        self.articles.get(*self.article_places.get(id)?)
    }

    /// The themes in the order of the menu. A theme without articles is left out: a button must
    /// lead somewhere.
    pub fn themes(&self) -> &[Theme] {
        &self.themes
    }

    /// The theme with this id, or with this short reference.
    pub fn theme(&self, id: &ThemeId) -> Option<&Theme> {
        self.themes
            .iter()
            .find(|theme| &theme.id == id)
            .or_else(|| {
                let referred = |theme: &&Theme| theme.id.short_reference() == id.as_str();
                self.themes.iter().find(referred)
            })
    }

    /// The articles of a theme, by title.
    pub fn articles_of(&self, theme: &ThemeId) -> Vec<&Article> {
        let mut articles: Vec<_> = self
            .articles
            .iter()
            .filter(|article| &article.theme == theme)
            .collect();
        articles.sort_by_cached_key(|article| values::words(&article.title));
        articles
    }

    /// Every organisation, by id.
    pub fn organisations(&self) -> &[Organisation] {
        &self.organisations
    }

    /// The organisation with this id.
    pub fn organisation(&self, id: &OrganisationId) -> Option<&Organisation> {
        let at = self.organisations.binary_search_by(|o| o.id.cmp(id)).ok()?;
        self.organisations.get(at)
    }

    /// Every place, by id.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The place with this id.
    pub fn place(&self, id: &PlaceId) -> Option<&Place> {
        let at = self.places.binary_search_by(|p| p.id.cmp(id)).ok()?;
        self.places.get(at)
    }

    /// The bot's own sentences.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// How many articles no library has reviewed.
    pub fn unreviewed(&self) -> usize {
        self.articles
            .iter()
            .filter(|article| article.reviewed.is_none())
            .count()
    }

    /// The files that other rooms read (`taal/…`, `veiligheid/…`, other settings at the top),
    /// whose path begins with `prefix`, by path.
    pub fn files_of<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a SourceFile> {
        self.others
            .iter()
            .filter(move |file| file.path.starts_with(prefix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knowledge(files: &[(&str, &str)]) -> (Knowledge, Vec<Complaint>) {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| SourceFile::new(*path, *text))
            .collect();
        read(&files, &CheckSettings::default())
    }

    #[test]
    fn an_article_is_found_by_its_short_reference() {
        let (knowledge, _) = knowledge(&[("artikelen/t/digid-aanvragen.md", "# DigiD\n\nBel.")]);
        // printf digid-aanvragen | sha256sum
        let short = ArticleId::new("~5d9cf1a485e55523");
        let article = knowledge.article(&short).unwrap();
        assert_eq!(article.title, "DigiD");
        assert_eq!(article.id.short_reference(), short.as_str());
    }

    #[test]
    fn a_bare_title_and_text_is_a_usable_article() {
        let (knowledge, _) = knowledge(&[(
            "artikelen/t/a.md",
            "\u{feff}---\r\ntitel: Huur\r\n---\r\nBel ons.\r\n",
        )]);
        let article = &knowledge.articles()[0];
        assert_eq!(
            (article.title.as_str(), article.answer.as_str()),
            ("Huur", "Bel ons.")
        );
    }

    #[test]
    fn themes_keep_the_order_of_their_file_and_empty_ones_are_left_out() {
        let (knowledge, complaints) = knowledge(&[
            ("artikelen/wonen/a.md", "# A\n\nA."),
            ("artikelen/zorg-thuis/b.md", "# B\n\nB."),
            ("artikelen/geld/c.md", "# C\n\nC."),
            (
                "themas.toml",
                "[[thema]]\nid='wonen'\ntitel='Wonen'\n[[thema]]\nid='geld'\ntitel='Geld'\n[[thema]]\nid='leeg'\ntitel='Leeg'\n",
            ),
        ]);
        let titles: Vec<_> = knowledge
            .themes()
            .iter()
            .map(|t| t.title.as_str())
            .collect();
        assert_eq!(titles, ["Wonen", "Geld", "Zorg thuis"]);
        assert!(complaints.iter().any(|c| matches!(&c.kind, ComplaintKind::UnknownTheme { theme, .. } if theme == "zorg-thuis")));
    }

    #[test]
    fn other_rooms_find_their_files() {
        let (knowledge, complaints) = knowledge(&[
            ("taal/synoniemen.toml", "a = 1"),
            ("veiligheid/zinnen.toml", "b = 2"),
            ("gemeenten.toml", "c = 3"),
        ]);
        let paths: Vec<_> = knowledge
            .files_of("taal/")
            .map(|f| f.path.as_str())
            .collect();
        assert_eq!(paths, ["taal/synoniemen.toml"]);
        assert_eq!(knowledge.files_of("").count(), 3);
        assert_eq!(complaints, []);
    }
}
