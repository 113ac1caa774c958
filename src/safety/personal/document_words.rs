//! Words around numbers of documents.

/// Beginnings of words for a document of which the number may have digits only: passport, identity card, driving
/// licence, residence permit, in the languages that residents write.
const DOCUMENTS: &[&str] = &[
    "passport",
    "pasport",
    "passeport",
    "pasaport",
    "paszport",
    "reisepass",
    "ausweis",
    "personalausw",
    "aufenthalt",
    "fuhrersch",
    "identiteits",
    "identity",
    "identite",
    "identidad",
    "legitimatie",
    "idkaart",
    "idbewijs",
    "idnummer",
    "verblijfs",
    "dowod",
    "kimlik",
    "ehliyet",
    "sejour",
    "jazdy",
    "cedula",
    "паспорт",
    "посвідч",
    "посвидч",
    "удостовер",
];

/// The same, as whole words.
const WHOLE: &[&str] = &["eid", "dni", "permit", "residence", "rijbewijs", "rybewijs"];

/// Whether a word is a document of which the number may have digits only.
pub(super) fn is_document(word: &str) -> bool {
    word.contains("paspoort")
        || word.contains("rijbew")
        || WHOLE.contains(&word)
        || DOCUMENTS.iter().any(|start| word.starts_with(start))
}

/// Whether a word may be a document, or a part of one: only a number with letters in it counts.
pub(super) fn is_perhaps_document(word: &str) -> bool {
    matches!(word, "id" | "ident" | "identiteit")
        || word.ends_with("document")
        || word.ends_with("documentje")
        || word.starts_with("documentn")
        || word.starts_with("vreemdeling")
        || is_document(word)
}

/// Whether a word says that what follows is a number.
pub(super) fn is_number_word(word: &str) -> bool {
    matches!(
        word,
        "nummer"
            | "number"
            | "nr"
            | "no"
            | "numer"
            | "numero"
            | "numara"
            | "numaram"
            | "numaraniz"
            | "numarasi"
            | "numarası"
            | "номер"
            | ":"
            | "="
            | "#"
    )
}

/// Whether a word may stand between a document and its number.
pub(super) fn is_between(word: &str) -> bool {
    is_number_word(word)
        || matches!(
            word,
            "is" | "was"
                | "es"
                | "est"
                | "ist"
                | "to"
                | "says"
                | "."
                | "°"
                | "n"
                | "-"
                | "("
                | "card"
                | "kaart"
                | "bewijs"
                | "osobisty"
                | "personal"
                | "de"
                | "het"
                | "van"
                | "mijn"
                | "my"
                | "me"
                | "mn"
                | "man"
                | "vrouw"
                | "moeder"
                | "vader"
                | "zoon"
                | "dochter"
                | "met"
                | "with"
                | "mit"
                | "daarop"
                | "staat"
                | "begint"
        )
}

/// Whether a word is about a document without naming it: how long it lasts, that it is gone.
pub(super) fn is_about(word: &str) -> bool {
    [
        "geldig",
        "verlop",
        "verloop",
        "verleng",
        "legitim",
        "kopie",
        "scan",
        "vermissing",
        "gestolen",
        "aangifte",
        "valid",
        "expire",
        "gultig",
        "wazn",
    ]
    .iter()
    .any(|start| word.starts_with(start))
}

/// Whether a word before letters and digits says that they are something else: a flight, a device, an amount.
pub(super) fn is_other_thing(word: &str) -> bool {
    matches!(
        word,
        "vlucht"
            | "boeking"
            | "boekingsnummer"
            | "ticket"
            | "pakket"
            | "flight"
            | "laptop"
            | "printer"
            | "telefoon"
            | "toestel"
            | "tablet"
            | "ipad"
            | "model"
            | "type"
            | "versie"
            | "update"
            | "formulier"
            | "postcode"
            | "wifi"
            | "wachtwoord"
            | "code"
            | "kenteken"
            | "btw"
            | "isbn"
            | "order"
            | "bestelling"
            | "kenmerk"
            | "factuur"
    )
}
