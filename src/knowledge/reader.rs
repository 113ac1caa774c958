//! All files together: each is read by what its path says it is, then what they say about each
//! other is checked.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::domain::{Article, Organisation, Place, Theme, ThemeId};

use super::article::Draft;
use super::complaint::{Report, locate};
use super::front::Placed;
use super::values::{is_id, nearest, to_id, words};
use super::{
    CheckSettings, Complaint, ComplaintKind, Knowledge, Lines, SourceFile, Texts, article, partner,
    texts, themes,
};

/// Articles right below `artikelen/` belong to this theme.
const NO_THEME: &str = "overig";

/// How many mistyped ids get a "bedoelde je": each is compared with every id there is.
const SUGGESTIONS: usize = 200;

/// Reads all files into a snapshot and all complaints, sorted by file and place.
///
/// Of two files with the same path the last one counts; of two with the same id the first by path.
pub fn read(files: &[SourceFile], settings: &CheckSettings) -> (Knowledge, Vec<Complaint>) {
    let mut complaints = Vec::new();
    let latest: HashMap<&str, usize> = files
        .iter()
        .enumerate()
        .map(|(at, file)| (file.path.as_str(), at))
        .collect();
    let mut order: Vec<usize> = latest.into_values().collect();
    order.sort_by(|a, b| {
        files
            .get(*a)
            .map(|f| &f.path)
            .cmp(&files.get(*b).map(|f| &f.path))
    });
    let mut reader = Reader::default();
    for file in order.into_iter().filter_map(|at| files.get(at)) {
        reader.take(file, settings, &mut complaints);
    }
    let knowledge = reader.finish(&mut complaints);
    locate(&mut complaints, files);
    (knowledge, complaints)
}

/// What a file is, by its path.
enum Role<'a> {
    Article {
        theme: &'a str,
    },
    Organisation,
    Place {
        municipality: &'a str,
    },
    Themes,
    Texts,
    /// Read by another room.
    Other,
    /// A note for people: `README.md`.
    Ignored,
    Misplaced,
}

fn role(path: &str) -> Role<'_> {
    let lower = path.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let markdown = lower.ends_with(".md");
    let folders: Vec<&str> = path.split('/').collect();
    match folders.as_slice() {
        _ if matches!(name, "readme.md" | "leesmij.md" | "lees-mij.md") => Role::Ignored,
        ["artikelen", _] if markdown => Role::Article { theme: NO_THEME },
        ["artikelen", theme, ..] if markdown => Role::Article { theme },
        ["organisaties", ..] if markdown => Role::Organisation,
        ["plaatsen", municipality, _, ..] if markdown => Role::Place { municipality },
        ["themas.toml"] => Role::Themes,
        [texts::FILE] => Role::Texts,
        ["taal" | "veiligheid", _, ..] => Role::Other,
        [_] if lower.ends_with(".toml") => Role::Other,
        _ => Role::Misplaced,
    }
}

/// An article, and the file that it came from.
struct Taken<'a> {
    file: &'a SourceFile,
    draft: Draft,
}

#[derive(Default)]
struct Reader<'a> {
    articles: Vec<Taken<'a>>,
    organisations: Vec<Organisation>,
    places: Vec<(&'a SourceFile, Place, Vec<Placed>)>,
    themes: Option<Vec<Theme>>,
    texts: Option<Texts>,
    others: Vec<SourceFile>,
    /// Kind of file and id, with the path of the file that has it.
    ids: HashMap<(&'static str, &'a str), &'a str>,
}

impl<'a> Reader<'a> {
    fn take(
        &mut self,
        file: &'a SourceFile,
        settings: &CheckSettings,
        complaints: &mut Vec<Complaint>,
    ) {
        let mut report = Report::new(file, complaints);
        match role(&file.path) {
            Role::Article { theme } => {
                if theme == NO_THEME && file.path.matches('/').count() == 1 {
                    report.whole(ComplaintKind::Misplaced);
                }
                if self.claim("artikel", file, &mut report)
                    && let Some(draft) = article::read(&mut report, theme, settings)
                {
                    self.articles.push(Taken { file, draft });
                }
            }
            Role::Organisation => {
                if self.claim("organisatie", file, &mut report) {
                    self.organisations
                        .extend(partner::organisation(&mut report));
                }
            }
            Role::Place { municipality } => {
                if self.claim("plaats", file, &mut report)
                    && let Some((place, articles)) = partner::place(&mut report, municipality)
                {
                    self.places.push((file, place, articles));
                }
            }
            Role::Themes => self.themes = themes::read(&mut report),
            Role::Texts => self.texts = Some(texts::read(&mut report)),
            Role::Other => self.others.push(file.clone()),
            Role::Ignored => {}
            Role::Misplaced => report.whole(ComplaintKind::Misplaced),
        }
    }

    /// Whether a file may have its id: the first file by path keeps it.
    fn claim(&mut self, kind: &'static str, file: &'a SourceFile, report: &mut Report<'_>) -> bool {
        let id = file.stem();
        if let Some(other) = self.ids.get(&(kind, id)) {
            report.whole(ComplaintKind::DoubleId {
                id: id.to_owned(),
                other: (*other).to_owned(),
            });
            return false;
        }
        self.ids.insert((kind, id), &file.path);
        if !is_id(id) {
            report.whole(ComplaintKind::NameNotId {
                name: id.to_owned(),
                better: to_id(id),
            });
        }
        true
    }

    fn finish(mut self, complaints: &mut Vec<Complaint>) -> Knowledge {
        self.check_references(complaints);
        self.check_questions(complaints);
        let themes = self.themes(complaints);
        let texts = self.texts.unwrap_or_default();
        let articles: Vec<Article> = self.articles.into_iter().map(|a| a.draft.article).collect();
        let places = self.places.into_iter().map(|(_, place, _)| place).collect();
        Knowledge::new(
            articles,
            themes,
            self.organisations,
            places,
            texts,
            self.others,
        )
    }

    /// Takes out what refers to nothing, and complains about it.
    fn check_references(&mut self, complaints: &mut Vec<Complaint>) {
        let articles: BTreeSet<String> = self
            .articles
            .iter()
            .map(|taken| taken.draft.article.id.as_str().to_owned())
            .collect();
        let organisations: BTreeSet<String> = self
            .organisations
            .iter()
            .map(|organisation| organisation.id.as_str().to_owned())
            .collect();
        let mut left = SUGGESTIONS;
        let mut meant = |id: &str, known: &BTreeSet<String>| {
            left = left.checked_sub(1)?;
            nearest(id, known.iter().map(String::as_str)).map(str::to_owned)
        };
        for Taken { file, draft } in &mut self.articles {
            let mut report = Report::new(file, complaints);
            for placed in &draft.related {
                if placed.text == draft.article.id.as_str() {
                    report.at(placed.span.clone(), ComplaintKind::SelfReference);
                } else if !articles.contains(&placed.text) {
                    let kind = ComplaintKind::UnknownArticle {
                        key: "verder",
                        meant: meant(&placed.text, &articles),
                        id: placed.text.clone(),
                    };
                    report.at(placed.span.clone(), kind);
                }
            }
            let own = draft.article.id.clone();
            draft
                .article
                .related
                .retain(|id| *id != own && articles.contains(id.as_str()));
            if let Some(placed) = draft
                .organisation
                .as_ref()
                .filter(|placed| !organisations.contains(&placed.text))
            {
                let kind = ComplaintKind::UnknownOrganisation {
                    meant: meant(&placed.text, &organisations),
                    id: placed.text.clone(),
                };
                report.at(placed.span.clone(), kind);
                draft.article.organisation = None;
            }
        }
        for (file, place, named) in &mut self.places {
            let mut report = Report::new(file, complaints);
            for placed in named.iter().filter(|p| !articles.contains(&p.text)) {
                let kind = ComplaintKind::UnknownArticle {
                    key: "artikelen",
                    meant: meant(&placed.text, &articles),
                    id: placed.text.clone(),
                };
                report.at(placed.span.clone(), kind);
            }
            place.articles.retain(|id| articles.contains(id.as_str()));
        }
    }

    /// The same question twice teaches the search nothing, or two things that contradict.
    fn check_questions(&self, complaints: &mut Vec<Complaint>) {
        let mut first: HashMap<String, (&SourceFile, usize)> = HashMap::new();
        let mut lines: HashMap<&str, Lines<'_>> = HashMap::new();
        for Taken { file, draft } in &self.articles {
            for question in &draft.questions {
                let normal = words(&question.text);
                if normal.is_empty() {
                    continue;
                }
                match first.get(&normal) {
                    Some((other, at)) => {
                        let lines = lines
                            .entry(&other.path)
                            .or_insert_with(|| Lines::new(&other.text));
                        let line = lines.position(*at).line;
                        let other = format!("{}, regel {line}", other.path);
                        Report::new(file, complaints)
                            .at(question.span.clone(), ComplaintKind::SameQuestion { other });
                    }
                    None => {
                        first.insert(normal, (file, question.span.start));
                    }
                }
            }
        }
    }

    /// The themes of the file, then the folders that it does not have; those without articles are
    /// left out. Folders are complained about only where there is a file to put them in.
    fn themes(&mut self, complaints: &mut Vec<Complaint>) -> Vec<Theme> {
        let has_file = self.themes.is_some();
        let mut themes = self.themes.take().unwrap_or_default();
        let mut known: HashSet<ThemeId> = themes.iter().map(|theme| theme.id.clone()).collect();
        let mut used = HashSet::new();
        for Taken { file, draft } in &self.articles {
            let id = &draft.article.theme;
            used.insert(id.clone());
            if known.insert(id.clone()) {
                let title = themes::title_of(id.as_str());
                if has_file {
                    Report::new(file, complaints).whole(ComplaintKind::UnknownTheme {
                        theme: id.as_str().to_owned(),
                        title: title.clone(),
                    });
                }
                themes.push(Theme {
                    id: id.clone(),
                    title,
                    description: String::new(),
                });
            }
        }
        themes.retain(|theme| used.contains(&theme.id));
        themes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::knowledge::Weight;

    fn kinds(files: &[(&str, &str)]) -> Vec<ComplaintKind> {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| SourceFile::new(*path, *text))
            .collect();
        let (_, complaints) = read(&files, &CheckSettings::default());
        complaints
            .into_iter()
            .map(|complaint| complaint.kind)
            .collect()
    }

    #[test]
    fn a_file_of_a_later_folder_replaces_one_with_its_path() {
        let files = [
            SourceFile::new("artikelen/t/a.md", "# Eerst\n\nA."),
            SourceFile::new("artikelen/t/a.md", "# Later\n\nA."),
        ];
        let (knowledge, complaints) = read(&files, &CheckSettings::default());
        assert_eq!(knowledge.articles().len(), 1);
        assert_eq!(knowledge.articles()[0].title, "Later");
        assert!(complaints.iter().all(|c| c.weight() == Weight::Warning));
    }

    #[test]
    fn what_refers_to_nothing_is_taken_out() {
        let files = [
            SourceFile::new(
                "artikelen/t/a.md",
                "---\ntitel: A\nverder: [b, bb, a]\norganisatie: x\n---\nA.",
            ),
            SourceFile::new("artikelen/t/b.md", "# B\n\nB."),
        ];
        let (knowledge, _) = read(&files, &CheckSettings::default());
        let article = &knowledge.articles()[0];
        assert_eq!(article.related, ["b".into()]);
        assert_eq!(article.organisation, None);
    }

    #[test]
    fn a_readme_is_for_people() {
        assert_eq!(
            kinds(&[("README.md", ""), ("artikelen/LEESMIJ.md", "")]),
            []
        );
    }

    #[test]
    fn an_organisation_and_an_article_may_share_a_name() {
        let found = kinds(&[
            ("artikelen/t/cak.md", "# CAK\n\nBel."),
            ("organisaties/cak.md", "---\nnaam: CAK\n---\n"),
        ]);
        assert_eq!(found, [ComplaintKind::FewQuestions { count: 0 }]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_text_however_broken_stops_reading(
            text in r#"(---\n|titel: |vragen:\n|- |nagekeken: |positie: |naam: |[a-z]|[0-9]|2026-11-22|: |"|'|\[|\]|\{|\}|\t|\r|\n|#|## Waar\?\n|<b>|é|🙂|\u{feff}|&|\*|door | ){0,60}"#,
            raw in "(?s:.{0,80})",
        ) {
            let today = Some(jiff::civil::date(2026, 11, 22));
            for text in [text, raw] {
                let files: Vec<_> = ["artikelen/t/a.md", "organisaties/b.md", "plaatsen/g/c.md", "themas.toml", "teksten.toml"]
                    .map(|path| SourceFile::new(path, text.clone()))
                    .into();
                let (_, complaints) = read(&files, &CheckSettings { today });
                for complaint in complaints {
                    let span = complaint.span.clone().unwrap_or(0..0);
                    prop_assert!(text.get(span).is_some(), "{complaint:?}");
                    prop_assert!(!complaint.kind.to_string().is_empty() && !complaint.kind.hint().is_empty());
                }
            }
        }
    }
}
