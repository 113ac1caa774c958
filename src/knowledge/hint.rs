//! What an editor can do about a complaint.

use super::{ComplaintKind, Shape, UrlFault};

/// "Bedoelde je „…”?" when there is something to mean, and otherwise `other`.
fn meant_or(meant: Option<&str>, other: impl Into<String>) -> String {
    match meant {
        Some(meant) => format!("Bedoelde je „{meant}”?"),
        None => other.into(),
    }
}

impl ComplaintKind {
    /// What to do about it, in Dutch.
    pub fn hint(&self) -> String {
        match self {
            Self::TooLarge { .. } => {
                "Verdeel de tekst over meer artikelen, of haal plaatjes eruit.".into()
            }
            Self::NotUtf8 => {
                "Open het bestand in een teksteditor en kies „Opslaan als”, met codering UTF-8."
                    .into()
            }
            Self::Unreadable { .. } => {
                "Kijk of het bestand er nog is, en of Aanzet het mag lezen.".into()
            }
            Self::WrongEnding => {
                "Is het een artikel? Sla het op als gewone tekst, met een naam die eindigt op .md."
                    .into()
            }
            Self::Misplaced => "Artikelen staan in artikelen/<thema>/, organisaties in \
                organisaties/ en plaatsen in plaatsen/<gemeente>/."
                .into(),
            Self::NameNotId { better, .. } => format!("Noem het bestand {better}.md."),
            Self::EmptyFile => "Zet er een titel en een tekst in, of gooi het bestand weg.".into(),
            Self::WordList { unusable: true, .. } => {
                "Verbeter deze plek. Tot die tijd gebruikt de bot zijn eigen lijst.".into()
            }
            Self::WordList { .. } => "Verbeter deze regel; de rest van de lijst werkt wel.".into(),
            Self::DangerRule { hint, .. } => hint.clone(),
            Self::DoubleId { .. } => "Geef een van de twee bestanden een andere naam.".into(),
            Self::NoTitle => "Begin het bestand zo:\n---\ntitel: Huurtoeslag aanvragen\n---".into(),
            Self::MissingKey { key, .. } => {
                format!("Zet in de kop, tussen de regels met ---, een regel „{key}: …”.")
            }
            Self::UnopenedFrontMatter => "Zet boven deze regel een regel met alleen ---.".into(),
            Self::UnclosedFrontMatter => {
                "Zet onder de laatste regel van de kop een regel met alleen ---.".into()
            }
            Self::FenceTypo { .. } => "Typ op deze regel alleen --- (drie keer het min-teken). \
                Sommige programma's maken er zelf een lange streep van."
                .into(),
            Self::Yaml(fault) => fault.hint(),
            Self::NoKeys => "Schrijf bijvoorbeeld: titel: Huurtoeslag aanvragen".into(),
            Self::UnknownKey { meant, known, .. } => {
                meant_or(meant.as_deref(), format!("Deze namen kunnen wel: {known}."))
            }
            Self::DoubleKey { .. } => "Haal een van de twee regels weg.".into(),
            Self::WrongShape {
                key,
                wanted,
                instead,
                ..
            } => match (instead, wanted) {
                (Some(instead), _) => format!("Schrijf: {instead}"),
                (None, Shape::List) => format!("Schrijf: {key}: [eerste, tweede]"),
                (None, Shape::Group) => {
                    format!("Zet onder „{key}” per regel een naam met een waarde.")
                }
                (None, _) => {
                    format!("Zet achter „{key}” één tekst, zo nodig tussen aanhalingstekens.")
                }
            },
            Self::ColonInItem { instead } => format!("Schrijf: {instead}"),
            Self::CutByHash { whole } => {
                format!("Hoort het erbij? Zet dan aanhalingstekens: {whole}")
            }
            Self::BadDate { key, better, .. } => match (better, *key) {
                (Some(better), _) => format!("Schrijf: {better}"),
                (None, "nagekeken") => {
                    "Schrijf jaar, maand, dag en de naam: 2026-11-22 door Anneke".into()
                }
                (None, _) => "Schrijf jaar en maand, of ook de dag: 2026-11 of 2026-11-22".into(),
            },
            Self::FutureDate { .. } => "Kijk of het jaar en de maand kloppen.".into(),
            Self::ReviewWithoutName { instead } => {
                format!("Zet de naam erbij: {instead}")
            }
            Self::ReviewOld { .. } => {
                "Lees het artikel na en zet de nieuwe datum en je naam erbij.".into()
            }
            Self::BadUrl { url, fault, .. } | Self::BadLink { url, fault } => url_hint(url, *fault),
            Self::BadPhone { .. } => "Schrijf het hele nummer, bijvoorbeeld 0570 12 34 56, \
                0800 0543 of 14 0570. Zet uitleg in de tekst."
                .into(),
            Self::BadPostcode { .. } => "Schrijf vier cijfers en twee letters: 8101 AB".into(),
            Self::BadPosition => "Schrijf bijvoorbeeld: positie: [52.3851, 6.2795]".into(),
            Self::PositionAbroad { swapped: true } => {
                "Draai de twee getallen om: eerst de breedtegraad (rond 52), dan de lengtegraad \
                 (rond 6)."
                    .into()
            }
            Self::PositionAbroad { swapped: false } => "Kijk of de getallen kloppen.".into(),
            Self::EmptyAnswer => "Zet boven het eerste kopje in een paar zinnen het antwoord, en \
                eindig met wat iemand nu kan doen."
                .into(),
            Self::LongAnswer { .. } => {
                "Zet de uitleg onder een kopje, bijvoorbeeld „## Hoe doe je het?”.".into()
            }
            Self::EmptySection { .. } => "Zet er tekst onder, of haal het kopje weg.".into(),
            Self::UnknownHeading { .. } => "De bot herkent: Voor wie?, Wat heb je nodig?, Hoe doe \
                je het?, Wat kost het?, Hoe lang duurt het?, Waar?, Let op."
                .into(),
            Self::TitleInText { heading } => format!("Schrijf: ## {heading}"),
            Self::HeadingWithoutSpace { better } => format!("Schrijf: {better}"),
            Self::Html => "Haal het weg. Vet maak je met **sterretjes**, een link zo: \
                [tekst](https://…)"
                .into(),
            Self::Image => "Zeg in woorden wat er op het plaatje staat.".into(),
            Self::UnknownArticle { meant, .. } => meant_or(
                meant.as_deref(),
                "Gebruik de bestandsnaam van een artikel, zonder .md.",
            ),
            Self::SelfReference => "Haal deze verwijzing weg.".into(),
            Self::UnknownOrganisation { id, meant } => meant_or(
                meant.as_deref(),
                format!("Maak het bestand organisaties/{id}.md, of haal deze regel weg."),
            ),
            Self::UnknownTheme { theme, title } => {
                format!("Zet in themas.toml:\n[[thema]]\nid = \"{theme}\"\ntitel = \"{title}\"")
            }
            Self::FewQuestions { .. } => "Zet bij „vragen” minstens drie vragen zoals bewoners ze \
                stellen. Daarmee leert de bot dit artikel vinden."
                .into(),
            Self::SameQuestion { .. } => {
                "Laat de vraag staan bij het artikel dat het beste antwoord geeft.".into()
            }
            Self::Toml => {
                "Kijk op deze regel of erboven naar een aanhalingsteken, haakje of = dat \
                ontbreekt. Elke tekst staat tussen \"aanhalingstekens\"."
                    .into()
            }
            Self::DoubleInToml => "Haal een van de twee weg.".into(),
            Self::MissingInTheme { key } => {
                format!("Zet onder [[thema]] een regel: {key} = \"…\"")
            }
            Self::MissingSentences { keys } => format!(
                "Wil je ze zelf kiezen? Zet dan in teksten.toml: {}.",
                some_of(keys)
            ),
            Self::UnknownSentence { meant, .. } => {
                meant_or(meant.as_deref(), "Haal deze regel weg.")
            }
            Self::EmptySentence { .. } => "Zet er tekst in, of haal de regel weg.".into(),
            Self::UnknownPlaceholder { known, .. } => match known {
                [] => "In deze zin kan de bot niets invullen. Haal de accolades weg.".into(),
                known => format!(
                    "In deze zin kan: {}.",
                    known
                        .iter()
                        .map(|name| format!("{{{name}}}"))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            },
            Self::MissingPlaceholder { name, .. } => {
                format!("Zet {{{name}}} op de plek waar de bot het moet invullen.")
            }
        }
    }
}

fn some_of(keys: &[&str]) -> String {
    const SHOWN: usize = 6;
    let shown = keys
        .iter()
        .take(SHOWN)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match keys.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} en nog {more}"),
    }
}

fn url_hint(url: &str, fault: UrlFault) -> String {
    match fault {
        UrlFault::NoScheme if url.contains('.') && !url.starts_with(['/', '.', '#']) => {
            format!("Schrijf: https://{url}")
        }
        UrlFault::Insecure => match url.split_once("://") {
            Some((_, rest)) => format!("Schrijf: https://{rest}"),
            None => "Schrijf het adres met https:// ervoor.".into(),
        },
        UrlFault::NoScheme | UrlFault::OtherScheme | UrlFault::Blank | UrlFault::Host => {
            "Neem het adres over uit de adresbalk van je browser: https://…".into()
        }
    }
}
