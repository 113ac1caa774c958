//! Passwords, PINs and codes: the secret goes, the word before it stays.

use std::ops::Range;

use super::reading::{MASKED_SECRET, Reading, is_masked};

/// What the word before a secret says about how the secret looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Anything: "wachtwoord".
    Password,
    /// Anything, but the word has another meaning: "ww" is also unemployment benefit.
    Ww,
    /// Digits.
    Pin,
    /// Digits, perhaps with letters: "inlogcode".
    Code,
    /// Only after "is" or a colon: "code".
    AnyCode,
}

/// The longest secret; what is longer is no secret but a text without spaces.
const LONGEST: usize = 128;

/// How many words may stand between the word and the secret.
const FURTHEST: usize = 9;

/// Where secrets stand.
pub(super) fn find(reading: &Reading) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    for at in 0..reading.tokens.len() {
        if let Some(sort) = sort(reading, at) {
            after(reading, at, sort, &mut places);
            places.extend(before(reading, at, sort));
        }
    }
    places
}

fn sort(reading: &Reading, at: usize) -> Option<Sort> {
    const PASSWORDS: [&str; 9] = [
        "wachtwoor",
        "wagtwoor",
        "wachwoor",
        "watchwoor",
        "wachtword",
        "paswoor",
        "passwoor",
        "password",
        "wachtwrd",
    ];
    const CODES: [&str; 17] = [
        "activatie",
        "activering",
        "activerings",
        "beveiligings",
        "bevestigings",
        "controle",
        "digid",
        "herstel",
        "inlog",
        "koppel",
        "login",
        "mail",
        "puk",
        "sms",
        "tan",
        "toegangs",
        "verificatie",
    ];
    let word = reading.word(at);
    if PASSWORDS.iter().any(|part| word.contains(part)) || word == "pw" {
        return Some(Sort::Password);
    }
    let named = |word: &str| CODES.contains(&word);
    match word {
        "ww" => Some(Sort::Ww),
        "woord" if reading.word_before(at, 1) == "wacht" => Some(Sort::Password),
        "pin" | "cvc" | "cvv" | "pinkode" | "pincodes" => Some(Sort::Pin),
        "puk" => Some(Sort::Code),
        _ if word.ends_with("pincode") => Some(Sort::Pin),
        "code" | "kode" | "codes" => {
            let dash = reading.word_before(at, 1) == "-";
            let before = reading.word_before(at, if dash { 2 } else { 1 });
            match before {
                "fout" | "foutmelding" | "error" | "product" | "post" | "kortings" | "qr" => None,
                "pin" => None,
                _ if named(before) => Some(Sort::Code),
                _ => Some(Sort::AnyCode),
            }
        }
        _ => ["code", "kode"]
            .into_iter()
            .filter_map(|end| word.strip_suffix(end))
            .any(named)
            .then_some(Sort::Code),
    }
}

/// How sure the words before a value make that it is the secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Marker {
    /// "wachtwoord Welkom1"
    None,
    /// "wachtwoord is …"
    Is,
    /// "wachtwoord: …"
    Sign,
}

/// Secrets after the word; more than one when "en" goes on ("1234 en die van mijn man 4321").
fn after(reading: &Reading, at: usize, sort: Sort, places: &mut Vec<Range<usize>>) {
    let mut marker = Marker::None;
    let mut first = true;
    let mut bare = true;
    let mut at = at + 1;
    let mut steps = 0;
    while steps < FURTHEST
        && let Some(token) = reading.tokens.get(at)
    {
        steps += 1;
        if token.text.starts_with(MASKED_SECRET) {
            (first, steps) = (false, 0);
            at += 1;
            continue;
        }
        let filler = is_filler(&token.text) && !matches!(token.text.as_str(), "\"" | "'");
        if !filler && let Some(signs) = secret(reading, at, sort, marker, first && bare) {
            at = reading.token_from(signs.end);
            if matches!(reading.word(at), "\"" | "'") {
                at += 1;
            }
            places.push(signs);
            (first, steps) = (false, 0);
            continue;
        }
        match token.text.as_str() {
            "is" | "was" | "luidt" | "wordt" | "blijft" => marker = marker.max(Marker::Is),
            ":" | "=" | ">" => marker = Marker::Sign,
            "en" | "of" if !first => {}
            word if is_filler(word) => bare &= !is_adverb(word),
            _ => return,
        }
        at += 1;
    }
}

/// Words that may stand between the word and the secret.
fn is_filler(word: &str) -> bool {
    is_adverb(word)
        || matches!(
            word,
            "van"
                | "voor"
                | "mijn"
                | "me"
                | "m"
                | "mn"
                | "n"
                | "de"
                | "het"
                | "die"
                | "dat"
                | "op"
                | "bij"
                | "digid"
                | "mail"
                | "email"
                | "e"
                | "wifi"
                | "app"
                | "pas"
                | "pasje"
                | "bank"
                | "bankpas"
                | "code"
                | "kode"
                | "nummer"
                | "nr"
                | "computer"
                | "telefoon"
                | "tablet"
                | "laptop"
                | "ipad"
                | "account"
                | "facebook"
                | "gmail"
                | "hotmail"
                | "outlook"
                | "ing"
                | "rabo"
                | "rabobank"
                | "man"
                | "vrouw"
                | "moeder"
                | "vader"
                | "zoon"
                | "dochter"
                | "mijnoverheid"
                | "bieb"
                | "bibliotheek"
                | "-"
                | "("
                | "'"
                | "\""
                | "mij"
                | "haar"
                | "zijn"
                | "hem"
                | "ontvangen"
                | "gekregen"
        )
}

fn is_adverb(word: &str) -> bool {
    matches!(
        word,
        "gewoon"
            | "namelijk"
            | "dus"
            | "nu"
            | "nog"
            | "altijd"
            | "toch"
            | "vroeger"
            | "steeds"
            | "ook"
            | "als"
            | "eerst"
            | "volgens"
            | "denk"
            | "ik"
    )
}

/// The stretch of a secret that begins at this token.
fn secret(
    reading: &Reading,
    at: usize,
    sort: Sort,
    marker: Marker,
    plain: bool,
) -> Option<Range<usize>> {
    if matches!(reading.word(at), "\"" | "'") {
        return quoted(reading, at, sort);
    }
    let ends = reading.tokens.get(at).is_none_or(|token| token.ends_part());
    if ends || sort == Sort::AnyCode && marker == Marker::None {
        return None;
    }
    if let Some((signs, count)) = digits(reading, at) {
        let fewest = match (sort, marker) {
            (Sort::Pin, Marker::Is | Marker::Sign) => 3,
            (Sort::Ww, Marker::None | Marker::Is) => return None,
            _ => 4,
        };
        return (fewest..=12).contains(&count).then_some(signs);
    }
    let run = run(reading, at)?;
    let shape = Shape::of(reading, &run);
    if is_address(reading, &run) {
        return None;
    }
    let secret = match sort {
        Sort::Pin | Sort::Code | Sort::AnyCode => {
            shape.characters >= 4
                && !shape.time
                && (shape.digits > 0 && (sort != Sort::Pin || shape.digits >= 3)
                    || sort == Sort::Code && shape.all_capitals && marker > Marker::None)
        }
        Sort::Password | Sort::Ww => {
            shape.characters >= 4
                && !shape.time
                && (shape.digits > 0 && shape.letters > 0
                    || marker > Marker::None
                        && shape.letters > 0
                        && (shape.symbols > 0 || shape.inner_capital))
                || plain
                    && marker
                        >= if sort == Sort::Ww {
                            Marker::Sign
                        } else {
                            Marker::Is
                        }
                    && is_plain_secret(reading, at)
        }
    };
    (secret && !has_unit(reading, reading.token_from(run.end))).then_some(run)
}

/// Digits in one or more groups ("4 8 2 1", "902-114"), and how many.
fn digits(reading: &Reading, at: usize) -> Option<(Range<usize>, usize)> {
    let first = reading.tokens.get(at).filter(|token| token.is_digits())?;
    let (mut count, mut last) = (first.text.len(), at);
    loop {
        let dash = reading.word(last + 1) == "-" && reading.touch(last, last + 1);
        let next = if dash { last + 2 } else { last + 1 };
        match reading.tokens.get(next) {
            Some(token)
                if token.is_digits()
                    && count < 12
                    && !reading.on_new_line(next)
                    && !has_unit(reading, next + 1) =>
            {
                count += token.text.len();
                last = next;
            }
            _ => break,
        }
    }
    // A letter, a dot or a slash right after it: this is a part of something else, such as a date.
    let end = reading.tokens.get(last)?.signs.end;
    let goes_on = matches!(
        reading.plain(end),
        '/' | '.' | ':' | '-' | '@' | '_' | '#' | '!' | '$' | '%' | '&' | '*'
    ) && !reading.plain(end + 1).is_whitespace();
    let date = count == 8 && last == at + 4;
    (!goes_on && !date && !has_unit(reading, last + 1)).then(|| (reading.span(at, last), count))
}

/// Whether a number is followed by what it counts: "5 cijfers", "3 keer".
fn has_unit(reading: &Reading, at: usize) -> bool {
    matches!(
        reading.word(at),
        "cijfers"
            | "cijfer"
            | "letters"
            | "tekens"
            | "keer"
            | "x"
            | "maal"
            | "dagen"
            | "dag"
            | "weken"
            | "week"
            | "maanden"
            | "maand"
            | "jaar"
            | "uur"
            | "minuten"
            | "min"
            | "euro"
            | "eur"
            | "€"
            | "procent"
            | "%"
            | "pogingen"
            | "mensen"
            | "accounts"
            | "wachtwoorden"
            | "codes"
    )
}

/// What stands between quotes right after the word.
fn quoted(reading: &Reading, at: usize, sort: Sort) -> Option<Range<usize>> {
    let open = reading.tokens.get(at)?.signs.end;
    let quote = reading.plain(open - 1);
    let length = reading
        .signs
        .iter()
        .skip(open)
        .take(LONGEST)
        .take_while(|sign| sign.plain != '\n' && !is_masked(sign.plain))
        .position(|sign| sign.plain == quote)?;
    let inside = open..open + length;
    let shape = Shape::of(reading, &inside);
    let single = reading.token_from(inside.start) + 1 == reading.token_from(inside.end);
    let secret = match sort {
        Sort::Password | Sort::Ww => {
            shape.digits > 0 || single && !is_no_secret(reading.word(at + 1))
        }
        _ => shape.digits >= 3,
    };
    (secret && shape.characters >= 3).then_some(inside)
}

/// Everything up to the next white space, without the signs that end a sentence.
fn run(reading: &Reading, at: usize) -> Option<Range<usize>> {
    let start = reading.tokens.get(at)?.signs.start;
    let length = reading
        .signs
        .iter()
        .skip(start)
        .take(LONGEST + 1)
        .take_while(|sign| !sign.plain.is_whitespace() && !is_masked(sign.plain))
        .count();
    if length > LONGEST {
        return None;
    }
    let mut end = start + length;
    while end > start
        && matches!(
            reading.plain_before(end),
            '.' | ',' | ';' | ':' | '?' | ')' | '"' | '\''
        )
    {
        end -= 1;
    }
    (end > start).then_some(start..end)
}

/// Whether this is an e-mail or web address: "wachtwoord van jan@voorbeeld.nl".
fn is_address(reading: &Reading, run: &Range<usize>) -> bool {
    let text: String = run.clone().map(|at| reading.plain(at)).collect();
    let dotted = |domain: &str| {
        domain
            .rsplit_once('.')
            .is_some_and(|(_, last)| last.len() >= 2 && last.chars().all(char::is_alphabetic))
    };
    text.starts_with("www.")
        || text.contains("://")
        || text
            .split_once('@')
            .is_some_and(|(_, domain)| dotted(domain))
}

struct Shape {
    characters: usize,
    digits: usize,
    letters: usize,
    /// Signs that people put in a password, not only at the end.
    symbols: usize,
    inner_capital: bool,
    all_capitals: bool,
    /// A time, a date or an amount: digits with dots, slashes, dashes or colons in between and nothing else.
    time: bool,
}

impl Shape {
    fn of(reading: &Reading, run: &Range<usize>) -> Self {
        let signs = reading.signs.get(run.clone()).unwrap_or_default();
        let count =
            |wanted: fn(char) -> bool| signs.iter().filter(|sign| wanted(sign.plain)).count();
        let letters = count(char::is_alphabetic);
        let digits = count(|c| c.is_ascii_digit());
        let last = signs.len().saturating_sub(1);
        Self {
            characters: letters + digits,
            digits,
            letters,
            symbols: signs
                .iter()
                .take(last)
                .filter(|sign| {
                    matches!(
                        sign.plain,
                        '!' | '?' | '@' | '#' | '$' | '%' | '&' | '*' | '_' | '+' | '^'
                    )
                })
                .count(),
            inner_capital: signs.iter().skip(1).any(|sign| sign.capital)
                && signs
                    .iter()
                    .any(|sign| sign.plain.is_alphabetic() && !sign.capital),
            all_capitals: letters >= 4 && signs.iter().all(|sign| sign.capital),
            time: signs.iter().all(|sign| {
                sign.plain.is_ascii_digit() || matches!(sign.plain, '.' | ':' | '/' | '-' | ',')
            }),
        }
    }
}

/// Whether one plain word is the secret: "mijn wachtwoord is zonnebloem". It has to close its part of the sentence
/// and may not be what people say about a password ("kwijt", "verlopen").
fn is_plain_secret(reading: &Reading, at: usize) -> bool {
    let Some(token) = reading.tokens.get(at) else {
        return false;
    };
    let closes = match reading.tokens.get(at + 1) {
        None => true,
        Some(next) => {
            next.ends_part()
                || reading.on_new_line(at + 1)
                || matches!(
                    next.text.as_str(),
                    "en" | "maar"
                        | "dus"
                        | "want"
                        | "wat"
                        | "hoe"
                        | "waarom"
                        | "kan"
                        | "help"
                        | "met"
                        | "klopt"
                        | "dat"
                )
        }
    };
    closes && token.is_letters() && token.text.chars().count() >= 3 && !is_no_secret(&token.text)
}

/// Whether a word says something about a password instead of being one.
fn is_no_secret(word: &str) -> bool {
    let participle = [
        "ge", "ver", "ont", "her", "be", "aange", "uitge", "opge", "afge", "inge", "door", "over",
    ]
    .into_iter()
    .any(|start| word.starts_with(start) && word.chars().count() >= 5)
        && ["d", "t", "en"].into_iter().any(|end| word.ends_with(end));
    let ending = ["lijk", "loos", "baar", "ig", "ige", "tijd"]
        .into_iter()
        .any(|end| word.ends_with(end));
    participle || ending || word.starts_with("on") || SAID.binary_search(&word).is_ok()
}

/// What people say about a password or a code; sorted.
const SAID: &[&str] = &[
    "aanmaken",
    "aanpassen",
    "aanvragen",
    "actief",
    "af",
    "alles",
    "altijd",
    "anders",
    "beter",
    "bezet",
    "bijna",
    "blijven",
    "bloot",
    "daar",
    "dan",
    "dat",
    "deze",
    "die",
    "dit",
    "dood",
    "door",
    "dubbel",
    "echt",
    "een",
    "eenvoudig",
    "eigenlijk",
    "er",
    "eruit",
    "exact",
    "fout",
    "foute",
    "fouten",
    "foutief",
    "geheim",
    "goed",
    "goede",
    "haar",
    "hacked",
    "hem",
    "het",
    "hetzelfde",
    "hier",
    "hoe",
    "hoofdletters",
    "iets",
    "in",
    "inactief",
    "incorrect",
    "ingewikkeld",
    "invalid",
    "invullen",
    "je",
    "juist",
    "juiste",
    "kapot",
    "klaar",
    "kort",
    "krijgen",
    "kwijd",
    "kwijt",
    "kwyt",
    "lang",
    "lastig",
    "leeg",
    "maar",
    "makkelijk",
    "mijn",
    "mis",
    "misschien",
    "moeilijk",
    "na",
    "naar",
    "nep",
    "niemand",
    "niet",
    "niets",
    "nieuw",
    "nieuwe",
    "niks",
    "nodig",
    "nog",
    "nooit",
    "ok",
    "oke",
    "okee",
    "oud",
    "oude",
    "over",
    "passe",
    "plotseling",
    "precies",
    "prima",
    "raar",
    "resetten",
    "simpel",
    "slecht",
    "slim",
    "soms",
    "steeds",
    "sterk",
    "straks",
    "stuk",
    "te",
    "terug",
    "tijdelijk",
    "toch",
    "toe",
    "uit",
    "vaak",
    "van",
    "vandaag",
    "veel",
    "veilig",
    "vergeten",
    "verkeerd",
    "verplicht",
    "vol",
    "voor",
    "vreemd",
    "waar",
    "waardeloos",
    "wat",
    "weer",
    "weg",
    "welk",
    "welke",
    "wie",
    "wijzigen",
    "zo",
    "zoek",
    "zwak",
];

/// A secret before the word: "Welkom01 is mijn wachtwoord", "2580 als pincode".
fn before(reading: &Reading, at: usize, sort: Sort) -> Option<Range<usize>> {
    let mut verb = at.checked_sub(1)?;
    let mut steps = 0;
    while matches!(
        reading.word(verb),
        "mijn"
            | "me"
            | "mn"
            | "m"
            | "n"
            | "'"
            | "het"
            | "de"
            | "een"
            | "digid"
            | "oude"
            | "nieuwe"
            | "-"
            | "ons"
            | "onze"
            | "zijn"
            | "haar"
            | "wifi"
            | "sms"
    ) {
        steps += 1;
        if steps > 4 {
            return None;
        }
        verb = verb.checked_sub(1)?;
    }
    if !matches!(reading.word(verb), "is" | "als" | "was" | "=") {
        return None;
    }
    let last = verb.checked_sub(1)?;
    let end = reading.tokens.get(last)?.signs.end;
    let length = reading
        .signs
        .iter()
        .take(end)
        .rev()
        .take(LONGEST)
        .take_while(|sign| !sign.plain.is_whitespace() && !is_masked(sign.plain))
        .count();
    let run = end - length..end;
    let shape = Shape::of(reading, &run);
    let year = shape.digits == 4
        && shape.letters == 0
        && matches!(
            reading.word_before(last, 1),
            "in" | "sinds" | "van" | "vanaf" | "tot"
        );
    let secret = match sort {
        Sort::Password | Sort::Ww | Sort::Code => shape.digits > 0 && shape.characters >= 4,
        Sort::Pin | Sort::AnyCode => shape.letters == 0 && (4..=8).contains(&shape.digits),
    };
    let plain_digits = shape.letters == 0 && shape.time && length != shape.digits;
    (secret && !year && !plain_digits).then_some(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_can_be_searched() {
        assert!(SAID.is_sorted());
    }
}
