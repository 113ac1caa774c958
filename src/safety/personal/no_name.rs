//! What stands where a name could stand and is none: what somebody is, a title of a book, a saying.

use super::given::is_given;
use super::name_words::{NO_NAMES, PEOPLES};
use super::reading::Reading;

/// Words that are no name even with a capital.
pub(super) fn is_no_name(word: &str) -> bool {
    NO_NAMES.binary_search(&word).is_ok()
        || PEOPLES.iter().any(|people| word.starts_with(people))
        || word.ends_with("nummer")
        || word.ends_with("bank")
        || word.ends_with("dienst")
}

/// What people say about a name: "mijn naam is veranderd".
pub(super) fn is_verb_like(word: &str) -> bool {
    (word.starts_with("ge") || word.starts_with("ver"))
        && (word.ends_with('d') || word.ends_with('t') || word.ends_with("en"))
}

/// What somebody is, in a language other than Dutch: German nouns always have a capital, and people who learn English
/// give one to more words than needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    German,
    English,
    French,
    Spanish,
    Polish,
}

/// The language of words such as "ich bin", when it is not Dutch.
pub(super) fn tongue(reading: &Reading, at: usize) -> Option<Tongue> {
    match (reading.word(at), reading.word(at + 1)) {
        ("ich", "bin") => Some(Tongue::German),
        ("i", "am" | "'") | ("im", _) | ("this", "is") => Some(Tongue::English),
        ("je", "suis") => Some(Tongue::French),
        ("soy", _) => Some(Tongue::Spanish),
        ("jestem", _) => Some(Tongue::Polish),
        _ => None,
    }
}

/// Whether a word says what somebody is, in that language. A given name never does.
pub(super) fn is_state(word: &str, tongue: Tongue) -> bool {
    let (words, ends): (&[&str], &[&str]) = match tongue {
        Tongue::German => (
            &[
                "mutter",
                "vater",
                "student",
                "arzt",
                "rentner",
                "witwe",
                "hausfrau",
                "single",
                "mama",
                "papa",
                "oma",
                "opa",
                "gast",
                "azubi",
                "frau",
                "mann",
                "christ",
                "jude",
                "moslem",
                "muslim",
                "mitglied",
                "angestellte",
                "angestellter",
                "arbeitslos",
                "neu",
            ],
            &[
                "in", "er", "ist", "ent", "ant", "eur", "or", "ling", "mann", "frau", "loge", "at",
                "eter", "los",
            ],
        ),
        Tongue::English => (
            &[
                "muslim",
                "christian",
                "jewish",
                "hindu",
                "vegan",
                "vegetarian",
                "deaf",
                "blind",
                "sick",
                "ill",
                "new",
                "here",
                "mother",
                "father",
                "single",
                "widow",
                "nurse",
                "teacher",
                "student",
                "refugee",
                "immigrant",
                "expat",
                "urgent",
                "great",
                "good",
                "bad",
                "wrong",
                "important",
                "fine",
                "nice",
                "what",
                "why",
                "how",
                "where",
                "when",
                "true",
                "false",
                "because",
                "about",
                "for",
                "from",
                "old",
                "young",
                "homeless",
                "alone",
                "pensioner",
                "autistic",
                "diabetic",
                "adult",
                "senior",
                "member",
                "human",
                "legend",
                "number",
                "real",
                "serious",
                "spam",
                "fake",
                "english",
                "library",
                "it",
                "my",
                "your",
                "our",
                "all",
                "hard",
                "easy",
                "free",
                "ready",
                "late",
                "mum",
                "mom",
                "dad",
                "fun",
                "art",
                "life",
                "me",
                "us",
                "europe",
                "amsterdam",
                "holland",
            ],
            &[
                "ed", "ing", "ful", "ish", "able", "ible", "ous", "less", "ant", "tic", "ese",
                "ican", "ly", "ist", "tion", "ness", "ment", "er",
            ],
        ),
        Tongue::French => (
            &[
                "malade",
                "veuf",
                "veuve",
                "mere",
                "pere",
                "maman",
                "papa",
                "belge",
                "suisse",
                "eleve",
                "medecin",
                "nouveau",
                "nouvelle",
                "seul",
                "seule",
                "enceinte",
                "handicape",
                "handicapee",
                "professeur",
            ],
            &[
                "iere", "ier", "ante", "ant", "ente", "eur", "euse", "rice", "ien", "ienne", "ais",
                "aise", "iste", "ain", "aine",
            ],
        ),
        Tongue::Spanish => (
            &[
                "madre",
                "padre",
                "mujer",
                "hombre",
                "estudiante",
                "nuevo",
                "nueva",
                "viudo",
                "viuda",
            ],
            &[
                "or", "ora", "ano", "ense", "ero", "era", "ista", "ado", "ada", "ante", "ente",
                "ico", "ica", "ol",
            ],
        ),
        Tongue::Polish => (
            &[
                "mama", "tata", "polka", "polak", "chory", "chora", "nowy", "nowa", "sam",
                "kierowca",
            ],
            &[
                "iem", "em", "arka", "ica", "owca", "anka", "tka", "ny", "na",
            ],
        ),
    };
    !is_given(word)
        && (words.contains(&word)
            || ends
                .iter()
                .filter_map(|end| word.strip_suffix(end))
                .any(|front| front.chars().count() >= 3))
}

/// "mijn naam is haas" knows of nothing.
pub(super) fn is_saying(word: &str) -> bool {
    matches!(
        word,
        "haas"
            | "hase"
            | "nobody"
            | "niemand"
            | "nemo"
            | "kort"
            | "lang"
            | "moeilijk"
            | "bekend"
            | "duidelijk"
            | "uniek"
            | "zeldzaam"
    )
}

/// A word for a work that has a title.
fn is_work(word: &str) -> bool {
    matches!(
        word,
        "boek"
            | "boekje"
            | "luisterboek"
            | "ebook"
            | "roman"
            | "thriller"
            | "strip"
            | "stripboek"
            | "titel"
            | "film"
            | "dvd"
            | "serie"
            | "musical"
            | "toneelstuk"
            | "liedje"
            | "lied"
            | "nummer"
            | "podcast"
            | "western"
            | "prentenboek"
            | "book"
            | "movie"
            | "buch"
    )
}

/// Whether "Ik ben Malala" is the title of a work: the word for it stands right before it, or right behind it, or the
/// one who made it is named with "van" where somebody asks for it. `name` is where the name would stand, in tokens.
pub(super) fn is_title(reading: &Reading, at: usize, name: &std::ops::Range<usize>) -> bool {
    // "het boek Ik ben Malala", "de film: I am Legend"
    // "mijn naam is …" is recognised by its second word.
    let mut before = if matches!(reading.word_before(at, 1), "mijn" | "my") {
        at - 1
    } else {
        at
    };
    for _ in 0..2 {
        let word = before.checked_sub(1).map_or("", |back| reading.word(back));
        if is_work(word) && word != "nummer" {
            return true;
        }
        if !matches!(word, ":" | "\"" | "'" | "heet" | "genaamd" | "getiteld") {
            break;
        }
        before -= 1;
    }
    // "titel in het Engels: I am Pilgrim"
    let titled = (1..=5)
        .map_while(|back| at.checked_sub(back))
        .map(|place| reading.word(place))
        .take_while(|word| !matches!(*word, "." | "!" | "?" | ","))
        .any(|word| word == "titel");
    if titled {
        return true;
    }
    // "…, is dat een boek", "…, staat dat boek bij jeugd", "…, western, dvd?"
    let leads = |word: &str| {
        matches!(
            word,
            "," | "\""
                | "'"
                | "("
                | "is"
                | "of"
                | "dat"
                | "dit"
                | "die"
                | "een"
                | "het"
                | "de"
                | "staat"
                | "als"
                | "welk"
                | "te"
                | "op"
                | "uit"
        )
    };
    let mut next = name.end;
    while next < name.end + 5 && leads(reading.word(next)) {
        next += 1;
    }
    if next > name.end && (is_work(reading.word(next)) || reading.word(next) == "leen") {
        return true;
    }
    // "mijn naam is Rood van Orhan Pamuk hebben jullie dat"
    let maker = name.clone().skip(1).any(|place| {
        reading.word(place) == "van"
            && reading
                .tokens
                .get(place + 1)
                .is_some_and(|token| token.capital)
            && reading
                .tokens
                .get(place + 2)
                .is_some_and(|token| token.capital)
            && place + 2 < name.end
    });
    maker
        && (name.end..name.end + 4).any(|place| {
            matches!(
                reading.word(place),
                "hebben" | "heeft" | "uitgeleend" | "leen" | "lenen" | "reserveren" | "beschikbaar"
            ) && !(name.end..place).any(|place| matches!(reading.word(place), "ik" | "en" | "."))
        })
}
