//! What can be wrong with the way front matter is typed.

use thiserror::Error;

/// A mistake in the front matter, as an editor made it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum YamlFault {
    /// A tab in front of a line.
    #[error("Deze regel begint met een tab.")]
    Tab,
    /// A second colon in a value. Holds the line as it should be.
    #[error("In deze tekst staat een dubbele punt. Daardoor is niet duidelijk waar hij begint.")]
    Colon(String),
    /// A quote that is not closed. Holds the line as it should be.
    #[error("Dit aanhalingsteken wordt niet gesloten.")]
    UnclosedQuote(String),
    /// A value that needs quotes because of a sign in it.
    #[error("Deze tekst begint met {sign}. Dat teken heeft hier een eigen betekenis.")]
    Quotes {
        /// The sign.
        sign: char,
        /// The line as it should be.
        instead: String,
    },
    /// A sign with a meaning of its own, where the line cannot be repaired for the editor.
    #[error("Het teken {0} heeft hier een eigen betekenis.")]
    Special(char),
    /// A backslash between double quotes.
    #[error("Tussen dubbele aanhalingstekens heeft \\ een eigen betekenis.")]
    Backslash,
    /// A list in brackets that is not closed, or closed twice.
    #[error("Een haakje van deze lijst klopt niet.")]
    Bracket,
    /// No blank behind a colon or a dash. Holds the line as it should be.
    #[error("Hier ontbreekt een spatie.")]
    NoSpace(String),
    /// A line without a name.
    #[error("Deze regel heeft geen naam met een dubbele punt ervoor.")]
    NoName,
    /// A line that stands too far to the right or to the left.
    #[error("Deze regel is anders ingesprongen dan de regels erboven.")]
    Indent,
    /// Lists in lists in lists.
    #[error("Hier zitten te veel lijsten in elkaar.")]
    TooDeep,
    /// Anything else.
    #[error("De kop is vanaf hier niet te lezen.")]
    Other,
}

impl YamlFault {
    /// A short, stable name for tools.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Tab => "tab",
            Self::Colon(_) => "dubbele-punt",
            Self::UnclosedQuote(_) => "aanhalingsteken",
            Self::Quotes { .. } | Self::Special(_) => "bijzonder-teken",
            Self::Backslash => "backslash",
            Self::Bracket => "haakje",
            Self::NoSpace(_) => "spatie",
            Self::NoName => "regel-zonder-naam",
            Self::Indent => "inspringen",
            Self::TooDeep => "te-diep",
            Self::Other => "kop",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Tab => "Gebruik spaties in plaats van een tab.".into(),
            Self::Colon(instead) => format!("Zet aanhalingstekens: {instead}"),
            Self::UnclosedQuote(instead) => {
                format!("Zet er aan het eind ook een, of haal het weg: {instead}")
            }
            Self::Quotes { instead, .. } => format!("Zet aanhalingstekens: {instead}"),
            Self::Special(_) => "Zet de hele tekst tussen aanhalingstekens: \"…\"".into(),
            Self::Backslash => "Gebruik enkele aanhalingstekens: '…'".into(),
            Self::Bracket => "Schrijf een lijst zo: [eerste, tweede]".into(),
            Self::NoSpace(instead) => format!("Schrijf: {instead}"),
            Self::NoName => "Schrijf: naam: tekst. Hoort deze regel bij het antwoord? Zet hem dan \
                onder de tweede regel met ---."
                .into(),
            Self::Indent => "Laat elke naam helemaal links beginnen, en elke vraag in een lijst \
                met twee spaties, een streepje en een spatie."
                .into(),
            Self::TooDeep => "Maak er één lijst van.".into(),
            Self::Other => "Kijk op deze regel en de regel erboven of er een aanhalingsteken, een \
                haakje of een dubbele punt te veel of te weinig staat."
                .into(),
        }
    }
}
