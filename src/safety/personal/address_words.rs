//! Words in and around addresses.

/// Endings that nearly always make a street.
pub(super) const STREETS: [&str; 24] = [
    "straat",
    "str",
    "laan",
    "weg",
    "plein",
    "dijk",
    "kade",
    "singel",
    "gracht",
    "steeg",
    "dreef",
    "plantsoen",
    "allee",
    "boulevard",
    "dwarsweg",
    "pad",
    "hof",
    "ln",
    "markt",
    "steege",
    "straot",
    "wal",
    "einde",
    "straatweg",
];

/// Beginnings of streets that are named after something: "Laan van 't Loo".
pub(super) const NAMED_AFTER: [&str; 7] = ["laan", "weg", "plein", "kade", "dijk", "pad", "singel"];

/// Endings that streets share with other words: they need a capital, and a number right behind them.
pub(super) const PLACES: [&str; 22] = [
    "akker", "baan", "berg", "brink", "dam", "donk", "enk", "erf", "es", "esch", "haven", "hoek",
    "horst", "kamp", "maat", "meen", "meent", "oord", "park", "ring", "veld", "weide",
];

/// Words that end like a street and are none; sorted.
pub(super) const NO_STREETS: &[&str] = &[
    "arbeidsmarkt",
    "autoweg",
    "banenmarkt",
    "beweg",
    "boekenmarkt",
    "bungalowpark",
    "fietspad",
    "fietsweg",
    "gerechtshof",
    "halverweg",
    "halweg",
    "hardweg",
    "heenweg",
    "huizenmarkt",
    "kerstmarkt",
    "landweg",
    "markt",
    "omweg",
    "onderweg",
    "pretpark",
    "rommelmarkt",
    "schoolplein",
    "snelweg",
    "spoorweg",
    "supermarkt",
    "terugweg",
    "uitweg",
    "vakantiepark",
    "voetpad",
    "vrijmarkt",
    "waterweg",
    "weekmarkt",
    "woningmarkt",
    "zandpad",
    "zebrapad",
    "zijstraat",
    "zijweg",
];

/// Words with a capital at the beginning of a sentence that are no part of a street.
pub(super) fn is_plain(word: &str) -> bool {
    matches!(
        word,
        "ik" | "wij"
            | "we"
            | "de"
            | "het"
            | "een"
            | "mijn"
            | "onze"
            | "op"
            | "aan"
            | "in"
            | "naar"
            | "van"
            | "adres"
            | "er"
            | "hier"
            | "dit"
            | "dat"
            | "is"
            | "bij"
            | "hallo"
            | "hoi"
            | "welke"
            | "deze"
            | "die"
            | "wat"
            | "waar"
            | "bezorg"
            | "woon"
    )
}

/// Words after "ik woon op" that begin no street.
pub(super) fn is_no_place(word: &str) -> bool {
    matches!(
        word,
        "mezelf"
            | "mijzelf"
            | "mijn"
            | "kamers"
            | "kamer"
            | "een"
            | "met"
            | "sinds"
            | "al"
            | "ongeveer"
            | "nummer"
            | "nr"
            | "maar"
            | "en"
            | "flat"
            | "verdieping"
            | "camping"
            | "azc"
            | "boerderij"
            | "is"
            | "dat"
            | "die"
            | "voor"
            | "in"
            | "per"
            | "om"
            | "ik"
            | "niet"
            | "hoek"
            | "rand"
            | "zichzelf"
            | "andere"
            | "ander"
    )
}

/// Words with a capital and a number that are no street: cars, telephones, papers.
pub(super) fn is_thing(word: &str) -> bool {
    matches!(
        word,
        "peugeot"
            | "renault"
            | "citroen"
            | "volkswagen"
            | "iphone"
            | "samsung"
            | "galaxy"
            | "nokia"
            | "windows"
            | "android"
            | "formulier"
            | "artikel"
            | "hoofdstuk"
            | "telegraaf"
            | "volkskrant"
            | "playstation"
            | "nintendo"
            | "covid"
            | "europa"
            | "nederland"
            | "weekend"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_can_be_searched() {
        assert!(NO_STREETS.is_sorted());
    }
}
