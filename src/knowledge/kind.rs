//! Everything that can be wrong with a file of the knowledge base, in the words of an editor.
//!
//! The words of a complaint say what is wrong; [`ComplaintKind::hint`] says what to type instead.
//! Nothing a library says in English comes through here.

use jiff::civil::Date;
use thiserror::Error;

use super::{Weight, YamlFault};

/// What is wrong. A closed list: tests and tools compare variants and codes, not sentences.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ComplaintKind {
    // ── the file itself ────────────────────────────────────────────────────────────────────
    /// The file is larger than the loader reads.
    #[error("Dit bestand is te groot: {kibibytes} KiB. Een bestand mag {limit} KiB groot zijn.")]
    TooLarge {
        /// Its size, rounded up.
        kibibytes: u64,
        /// The largest size that is read.
        limit: u64,
    },
    /// The bytes are no UTF-8.
    #[error("Hier staat een teken dat niet te lezen is. Dit bestand is niet opgeslagen als UTF-8.")]
    NotUtf8,
    /// The system would not give the file.
    #[error("Dit bestand is niet te openen: {reason}.")]
    Unreadable {
        /// Why, in Dutch.
        reason: &'static str,
    },
    /// A file with another ending than the ones that are read.
    #[error("Dit bestand wordt niet gelezen: de naam eindigt niet op .md.")]
    WrongEnding,
    /// A file in a folder that nothing is read from.
    #[error("Dit bestand staat niet op een plek waar Aanzet het verwacht.")]
    Misplaced,
    /// A file name with other characters than `a-z`, `0-9` and `-`.
    #[error("De bestandsnaam „{name}” heeft andere tekens dan a-z, 0-9 en -.")]
    NameNotId {
        /// The name without its ending.
        name: String,
        /// A name that would do.
        better: String,
    },
    /// Nothing in the file.
    #[error("Dit bestand is leeg.")]
    EmptyFile,
    /// Two files with one id.
    #[error("De naam „{id}” bestaat al: {other} heet ook zo.")]
    DoubleId {
        /// The id.
        id: String,
        /// The file that keeps it.
        other: String,
    },

    /// Something in a word list of `taal/`, in the words of the room that reads it.
    #[error("{message}")]
    WordList {
        /// What is wrong and what to do, in Dutch.
        message: String,
        /// True when nothing of the file can be used.
        unusable: bool,
    },
    /// Something in a file of `veiligheid/`, in the words of the room that reads it.
    #[error("{message}")]
    DangerRule {
        /// What is wrong, in Dutch.
        message: String,
        /// What to do, in Dutch.
        hint: String,
    },

    // ── the front matter ───────────────────────────────────────────────────────────────────
    /// No title.
    #[error("De titel ontbreekt.")]
    NoTitle,
    /// A key without which the file cannot be used, or not well.
    #[error("„{key}” ontbreekt.")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// Whether the file cannot be used without it.
        fatal: bool,
    },
    /// Keys at the top, but no `---` above them.
    #[error("Boven de kop ontbreekt de regel met ---.")]
    UnopenedFrontMatter,
    /// No `---` below the keys.
    #[error("De kop begint hier met ---, maar houdt nergens op.")]
    UnclosedFrontMatter,
    /// A line that was meant to be `---`.
    #[error("Hier staat „{found}”; dat zijn niet drie gewone streepjes.")]
    FenceTypo {
        /// The line.
        found: String,
    },
    /// The front matter cannot be read.
    #[error("{0}")]
    Yaml(YamlFault),
    /// The front matter is no list of keys and values.
    #[error("In de kop staan geen regels van de vorm „naam: waarde”.")]
    NoKeys,
    /// A key that nobody reads.
    #[error("De naam „{key}” is onbekend.")]
    UnknownKey {
        /// The key.
        key: String,
        /// What was probably meant.
        meant: Option<String>,
        /// The keys that are known here.
        known: String,
    },
    /// A key that stands there twice.
    #[error("„{key}” staat twee keer in de kop. Alleen de eerste telt.")]
    DoubleKey {
        /// The key.
        key: String,
    },
    /// A value of the wrong shape.
    #[error("Bij „{key}” hoort {wanted}, maar hier staat {found}.")]
    WrongShape {
        /// The key.
        key: String,
        /// What belongs there.
        wanted: Shape,
        /// What stands there.
        found: Shape,
        /// What to type instead, when that is clear.
        instead: Option<String>,
    },
    /// A text in a list with a colon in it.
    #[error("In deze tekst staat een dubbele punt. Daarom hoort hij tussen aanhalingstekens.")]
    ColonInItem {
        /// The line as it should be.
        instead: String,
    },
    /// The rest of a value was taken for a remark.
    #[error("Alles na het hekje (#) valt weg.")]
    CutByHash {
        /// The whole value as it was probably meant.
        whole: String,
    },

    // ── values ─────────────────────────────────────────────────────────────────────────────
    /// No date.
    #[error("„{text}” bij „{key}” is geen datum.")]
    BadDate {
        /// The key.
        key: &'static str,
        /// What stands there.
        text: String,
        /// The same date in the right form, when it can be guessed.
        better: Option<String>,
    },
    /// A date that has not come yet.
    #[error("De datum {text} bij „{key}” is nog niet geweest.")]
    FutureDate {
        /// The key.
        key: &'static str,
        /// What stands there.
        text: String,
    },
    /// A review that does not say by whom.
    #[error("Bij „nagekeken” staat niet wie het heeft nagekeken.")]
    ReviewWithoutName {
        /// What to write.
        instead: String,
    },
    /// A review of more than a year ago.
    #[error("Dit artikel is het laatst nagekeken op {date}. Dat is langer dan een jaar geleden.")]
    ReviewOld {
        /// When.
        date: Date,
    },
    /// No address of a page.
    #[error("„{url}” bij „{key}” is geen goed webadres: {fault}.")]
    BadUrl {
        /// The key.
        key: &'static str,
        /// What stands there.
        url: String,
        /// What is wrong with it.
        fault: UrlFault,
    },
    /// A phone number that cannot be right.
    #[error("„{phone}” kan geen telefoonnummer zijn.")]
    BadPhone {
        /// What stands there.
        phone: String,
    },
    /// No Dutch postcode.
    #[error("„{postcode}” is geen postcode.")]
    BadPostcode {
        /// What stands there.
        postcode: String,
    },
    /// No latitude and longitude.
    #[error("De positie is niet goed: twee getallen, eerst de breedtegraad en dan de lengtegraad.")]
    BadPosition,
    /// A position outside the Netherlands.
    #[error("Deze positie ligt niet in Nederland.")]
    PositionAbroad {
        /// Whether it would lie there with the numbers the other way round.
        swapped: bool,
    },

    // ── the text of an article ─────────────────────────────────────────────────────────────
    /// No answer above the first heading.
    #[error("Het korte antwoord ontbreekt: boven het eerste kopje staat geen tekst.")]
    EmptyAnswer,
    /// An answer that is too long.
    #[error(
        "Het korte antwoord heeft {words} woorden. Het mogen er {limit} zijn; vanaf hier is het te veel."
    )]
    LongAnswer {
        /// How many words it has.
        words: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A heading without text below it.
    #[error("Onder het kopje „{heading}” staat niets.")]
    EmptySection {
        /// The heading.
        heading: String,
    },
    /// A heading that does not say what it is about.
    #[error("Het kopje „{heading}” is niet een van de vaste kopjes.")]
    UnknownHeading {
        /// The heading.
        heading: String,
    },
    /// A heading with one `#` in the text.
    #[error("Het kopje „{heading}” heeft één hekje; in de tekst heeft een kopje er twee.")]
    TitleInText {
        /// The heading.
        heading: String,
    },
    /// `##Kopje`
    #[error("Dit wordt geen kopje, want achter de hekjes staat geen spatie.")]
    HeadingWithoutSpace {
        /// The line as it should be.
        better: String,
    },
    /// HTML in the text.
    #[error("Hier staat HTML. Dat is onveilig, en bewoners zien het als losse tekens.")]
    Html,
    /// An image in the text.
    #[error("Hier staat een plaatje. De bot kan alleen tekst laten zien.")]
    Image,
    /// A link that cannot be used.
    #[error("De link naar „{url}” werkt niet: {fault}.")]
    BadLink {
        /// Where it goes.
        url: String,
        /// What is wrong with it.
        fault: UrlFault,
    },

    // ── between files ──────────────────────────────────────────────────────────────────────
    /// An article that is referred to, but not there.
    #[error("Het artikel „{id}” bij „{key}” bestaat niet.")]
    UnknownArticle {
        /// The key.
        key: &'static str,
        /// The id that stands there.
        id: String,
        /// What was probably meant.
        meant: Option<String>,
    },
    /// An article that refers to itself.
    #[error("Dit artikel verwijst bij „verder” naar zichzelf.")]
    SelfReference,
    /// An organisation without a file.
    #[error("De organisatie „{id}” bestaat niet.")]
    UnknownOrganisation {
        /// The id that stands there.
        id: String,
        /// What was probably meant.
        meant: Option<String>,
    },
    /// A theme folder that `themas.toml` does not have.
    #[error("De map „{theme}” staat niet in themas.toml.")]
    UnknownTheme {
        /// The folder.
        theme: String,
        /// The title that it gets for now.
        title: String,
    },
    /// No example questions, or too few.
    #[error("{}", match count { 0 => "Dit artikel heeft geen voorbeeldvragen.".to_owned(), 1 => "Dit artikel heeft maar 1 voorbeeldvraag.".to_owned(), n => format!("Dit artikel heeft maar {n} voorbeeldvragen.") })]
    FewQuestions {
        /// How many there are.
        count: usize,
    },
    /// An example question that stands somewhere else as well.
    #[error("Deze vraag staat ook al in {other}.")]
    SameQuestion {
        /// The file (and line) that had it first.
        other: String,
    },

    // ── settings in TOML ───────────────────────────────────────────────────────────────────
    /// The file is no TOML.
    #[error("Dit bestand is hier niet te lezen.")]
    Toml,
    /// A name that stands twice in a TOML file.
    #[error("Deze naam staat twee keer in het bestand.")]
    DoubleInToml,
    /// A theme without a name or a title.
    #[error("Bij dit thema ontbreekt „{key}”.")]
    MissingInTheme {
        /// The key.
        key: &'static str,
    },
    /// Sentences that the file leaves to the built-in ones.
    #[error("{}", match keys.as_slice() { [key] => format!("De zin „{key}” ontbreekt; de bot gebruikt zijn eigen zin."), keys => format!("Er ontbreken {} zinnen; daarvoor gebruikt de bot zijn eigen zinnen.", keys.len()) })]
    MissingSentences {
        /// Their keys.
        keys: Vec<&'static str>,
    },
    /// A sentence that the bot does not know.
    #[error("De bot kent geen zin met de naam „{key}”.")]
    UnknownSentence {
        /// The key.
        key: String,
        /// What was probably meant.
        meant: Option<String>,
    },
    /// A sentence without text.
    #[error("De zin „{key}” is leeg; de bot gebruikt zijn eigen zin.")]
    EmptySentence {
        /// The key.
        key: String,
    },
    /// Words between braces that the bot cannot fill in.
    #[error("De bot weet niet wat hij bij {{{name}}} moet invullen, en gebruikt zijn eigen zin.")]
    UnknownPlaceholder {
        /// The name between the braces.
        name: String,
        /// The names that can be filled in here.
        known: &'static [&'static str],
    },
    /// A sentence that leaves out what should be in it.
    #[error("In de zin „{key}” ontbreekt {{{name}}}.")]
    MissingPlaceholder {
        /// The key.
        key: String,
        /// The name between the braces.
        name: &'static str,
    },
}

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Shape {
    /// A text.
    #[error("één tekst")]
    Text,
    /// A list.
    #[error("een lijst")]
    List,
    /// Names with values.
    #[error("een groepje van namen met waarden")]
    Group,
    /// A number, a truth value or a date of TOML.
    #[error("een getal, een datum of ja/nee")]
    Bare,
}

/// Why an address of a page is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UrlFault {
    /// No `https://` in front.
    #[error("het begint niet met https://")]
    NoScheme,
    /// `http://`
    #[error("het begint met http:// in plaats van https://")]
    Insecure,
    /// Something else than a page: `javascript:`, `file:` …
    #[error("alleen adressen met https:// zijn toegestaan")]
    OtherScheme,
    /// Blanks or unreadable characters.
    #[error("er staat een spatie of een vreemd teken in")]
    Blank,
    /// Nothing that looks like a host.
    #[error("de naam van de website klopt niet")]
    Host,
}

impl ComplaintKind {
    /// How bad it is.
    pub fn weight(&self) -> Weight {
        match self {
            Self::TooLarge { .. }
            | Self::NotUtf8
            | Self::Unreadable { .. }
            | Self::EmptyFile
            | Self::DoubleId { .. }
            | Self::NoTitle
            | Self::MissingKey { fatal: true, .. }
            | Self::UnopenedFrontMatter
            | Self::UnclosedFrontMatter
            | Self::FenceTypo { .. }
            | Self::Yaml(_)
            | Self::NoKeys
            | Self::Toml
            | Self::DoubleInToml
            | Self::WordList { unusable: true, .. } => Weight::Refused,
            Self::WordList {
                unusable: false, ..
            }
            | Self::DangerRule { .. }
            | Self::MissingKey { fatal: false, .. }
            | Self::UnknownKey { .. }
            | Self::DoubleKey { .. }
            | Self::WrongShape { .. }
            | Self::ColonInItem { .. }
            | Self::MissingInTheme { .. }
            | Self::BadDate { .. }
            | Self::FutureDate { .. }
            | Self::BadUrl { .. }
            | Self::BadPhone { .. }
            | Self::BadPostcode { .. }
            | Self::BadPosition
            | Self::EmptyAnswer
            | Self::LongAnswer { .. }
            | Self::HeadingWithoutSpace { .. }
            | Self::Html
            | Self::BadLink { .. }
            | Self::UnknownArticle { .. }
            | Self::UnknownOrganisation { .. }
            | Self::UnknownSentence { .. }
            | Self::EmptySentence { .. }
            | Self::UnknownPlaceholder { .. } => Weight::Error,
            Self::WrongEnding
            | Self::Misplaced
            | Self::NameNotId { .. }
            | Self::CutByHash { .. }
            | Self::ReviewWithoutName { .. }
            | Self::ReviewOld { .. }
            | Self::PositionAbroad { .. }
            | Self::EmptySection { .. }
            | Self::UnknownHeading { .. }
            | Self::TitleInText { .. }
            | Self::Image
            | Self::SelfReference
            | Self::UnknownTheme { .. }
            | Self::FewQuestions { .. }
            | Self::SameQuestion { .. }
            | Self::MissingSentences { .. }
            | Self::MissingPlaceholder { .. } => Weight::Warning,
        }
    }

    /// A short, stable name for tools: `dubbele-naam`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "te-groot",
            Self::NotUtf8 => "geen-utf8",
            Self::Unreadable { .. } => "niet-te-openen",
            Self::WrongEnding => "andere-uitgang",
            Self::Misplaced => "verkeerde-plek",
            Self::NameNotId { .. } => "bestandsnaam",
            Self::EmptyFile => "leeg-bestand",
            Self::DoubleId { .. } => "dubbele-naam",
            Self::WordList { .. } => "woordenlijst",
            Self::DangerRule { .. } => "gevaarregel",
            Self::NoTitle => "geen-titel",
            Self::MissingKey { .. } => "ontbreekt",
            Self::UnopenedFrontMatter => "kop-zonder-begin",
            Self::UnclosedFrontMatter => "kop-zonder-eind",
            Self::FenceTypo { .. } => "streepjes",
            Self::Yaml(fault) => fault.code(),
            Self::NoKeys => "kop-zonder-namen",
            Self::UnknownKey { .. } => "onbekende-sleutel",
            Self::DoubleKey { .. } => "dubbele-sleutel",
            Self::WrongShape { .. } => "verkeerde-vorm",
            Self::ColonInItem { .. } => "dubbele-punt-in-lijst",
            Self::CutByHash { .. } => "hekje",
            Self::BadDate { .. } => "geen-datum",
            Self::FutureDate { .. } => "datum-in-toekomst",
            Self::ReviewWithoutName { .. } => "nagekeken-zonder-naam",
            Self::ReviewOld { .. } => "lang-niet-nagekeken",
            Self::BadUrl { .. } => "webadres",
            Self::BadPhone { .. } => "telefoon",
            Self::BadPostcode { .. } => "postcode",
            Self::BadPosition => "positie",
            Self::PositionAbroad { .. } => "positie-buitenland",
            Self::EmptyAnswer => "geen-antwoord",
            Self::LongAnswer { .. } => "lang-antwoord",
            Self::EmptySection { .. } => "leeg-kopje",
            Self::UnknownHeading { .. } => "onbekend-kopje",
            Self::TitleInText { .. } => "titel-in-tekst",
            Self::HeadingWithoutSpace { .. } => "kopje-zonder-spatie",
            Self::Html => "html",
            Self::Image => "plaatje",
            Self::BadLink { .. } => "link",
            Self::UnknownArticle { .. } => "onbekend-artikel",
            Self::SelfReference => "verwijst-naar-zichzelf",
            Self::UnknownOrganisation { .. } => "onbekende-organisatie",
            Self::UnknownTheme { .. } => "onbekend-thema",
            Self::FewQuestions { .. } => "weinig-vragen",
            Self::SameQuestion { .. } => "dubbele-vraag",
            Self::Toml => "toml",
            Self::DoubleInToml => "dubbel-in-toml",
            Self::MissingInTheme { .. } => "thema-onvolledig",
            Self::MissingSentences { .. } => "zin-ontbreekt",
            Self::UnknownSentence { .. } => "onbekende-zin",
            Self::EmptySentence { .. } => "lege-zin",
            Self::UnknownPlaceholder { .. } => "onbekend-invulwoord",
            Self::MissingPlaceholder { .. } => "invulwoord-ontbreekt",
        }
    }
}
