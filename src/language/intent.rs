//! What a short message is about when it is no question: a greeting, a thank-you, asking for a person.
//!
//! The words stand in `taal/gesprek.toml`. A message counts only when *every* word of it belongs to such a
//! message, so "medewerker!!" asks for a person and "kan een medewerker helpen met digid" stays a question.

use std::collections::{HashMap, HashSet};

use strsim::osa_distance;

use super::common::is_common;
use super::lexicon_file::{ConversationFile, Report};
use super::words::words;

/// More words than this is no short message.
const MAX_WORDS: usize = 14;

/// What a short message means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// Wants to speak a person.
    Person,
    /// Asks whether or says that we are a machine: "ben je een robot?".
    AreYouHuman,
    /// Says hello.
    Greeting,
    /// Says thanks.
    Thanks,
    /// Says goodbye.
    Goodbye,
    /// Asks for help in general, or what the bot can do.
    Help,
    /// Swears, and nothing more.
    Swearing,
    /// Wants to be forgotten: "wis mijn gegevens".
    Erase,
    /// Wants to see what is held: "wat weet je van mij?".
    MyData,
    /// Yes, typed.
    Yes,
    /// No, typed.
    No,
    /// A number, typed: the choice from a list.
    Number(u8),
}

impl Intent {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "persoon" => Self::Person,
            "robotvraag" => Self::AreYouHuman,
            "groet" => Self::Greeting,
            "dank" => Self::Thanks,
            "afscheid" => Self::Goodbye,
            "hulp" => Self::Help,
            "schelden" => Self::Swearing,
            "ja" => Self::Yes,
            "nee" => Self::No,
            "wissen" => Self::Erase,
            "inzage" => Self::MyData,
            _ => return None,
        })
    }
}

/// What must stand in a message: of each slot one of the alternatives, and of that all words.
type Core = Vec<Vec<Vec<String>>>;

#[derive(Clone, Debug)]
struct Rule {
    intent: Intent,
    cores: Vec<Core>,
    allowed: HashSet<String>,
    refused: HashSet<String>,
    /// Words after which a topic may follow that need not be understood: "over", "omdat".
    topic: HashSet<String>,
    topic_cores: Vec<Core>,
}

/// The rules of `gesprek.toml`.
#[derive(Clone, Debug, Default)]
pub(super) struct IntentRules {
    everywhere: HashSet<String>,
    rules: Vec<Rule>,
    numbers: HashMap<String, u8>,
    choosing: HashSet<String>,
    /// Every word of the file, for typing errors.
    known: HashSet<String>,
    /// Known words without doubled letters, for "hallooo".
    squeezed: HashMap<String, String>,
}

impl IntentRules {
    pub(super) fn new(file: ConversationFile, report: &mut Report<'_>) -> Self {
        let groups: HashMap<String, Vec<Vec<String>>> = file
            .groepen
            .iter()
            .map(|(name, entries)| {
                let entries = entries.iter().map(|entry| tokens(entry)).collect();
                (name.clone(), entries)
            })
            .collect();
        let mut rules = Vec::new();
        for entry in file.soort {
            let Some(intent) = Intent::from_name(entry.naam.as_ref()) else {
                report.warn(
                    entry.naam.span(),
                    format!(
                        "De soort \"{}\" kent de bot niet. Gebruik: persoon, robotvraag, groet, dank, afscheid, hulp, schelden, ja, nee, wissen of inzage.",
                        entry.naam.as_ref()
                    ),
                );
                continue;
            };
            let mut slots = |text: &toml::Spanned<String>| -> Core {
                text.as_ref()
                    .split_whitespace()
                    .flat_map(|part| match part.strip_prefix('@') {
                        Some(group) => match groups.get(group) {
                            Some(entries) => vec![entries.clone()],
                            None => {
                                report.warn(
                                    text.span(),
                                    format!("De groep \"@{group}\" staat niet onder [groepen]."),
                                );
                                Vec::new()
                            }
                        },
                        None => tokens(part)
                            .into_iter()
                            .map(|word| vec![vec![word]])
                            .collect(),
                    })
                    .collect()
            };
            let cores: Vec<Core> = entry
                .kern
                .iter()
                .map(&mut slots)
                .filter(|core| !core.is_empty())
                .collect();
            let topic_cores: Vec<Core> = entry
                .onderwerp_kern
                .iter()
                .map(&mut slots)
                .filter(|core| !core.is_empty())
                .collect();
            let mut flat = |list: &[toml::Spanned<String>]| -> HashSet<String> {
                list.iter()
                    .flat_map(&mut slots)
                    .flatten()
                    .flatten()
                    .collect()
            };
            rules.push(Rule {
                intent,
                cores,
                topic_cores,
                allowed: flat(&entry.mag),
                refused: flat(&entry.weiger),
                topic: flat(&entry.onderwerp),
            });
        }
        let list = |words: &[String]| {
            words
                .iter()
                .flat_map(|word| tokens(word))
                .collect::<HashSet<_>>()
        };
        let everywhere = list(&file.overal.woorden);
        let mut known = everywhere.clone();
        for rule in &rules {
            known.extend(
                rule.allowed
                    .iter()
                    .chain(&rule.refused)
                    .chain(&rule.topic)
                    .cloned(),
            );
            known.extend(
                rule.cores
                    .iter()
                    .chain(&rule.topic_cores)
                    .flatten()
                    .flatten()
                    .flatten()
                    .cloned(),
            );
        }
        let mut sorted: Vec<&String> = known.iter().collect();
        sorted.sort();
        let mut squeezed_words = HashMap::new();
        for word in sorted {
            squeezed_words
                .entry(squeezed(word))
                .or_insert_with(|| word.clone());
        }
        Self {
            everywhere,
            rules,
            numbers: file
                .cijfers
                .iter()
                .flat_map(|(word, number)| tokens(word).into_iter().map(|word| (word, *number)))
                .collect(),
            choosing: list(&file.kiezen.woorden),
            known,
            squeezed: squeezed_words,
        }
    }

    /// What a message means, or `None` when it is (or may be) a question.
    pub(super) fn of(&self, text: &str) -> Option<Intent> {
        let raw = tokens(text);
        if raw.is_empty() {
            return None;
        }
        if let Some(number) = self.number(&raw) {
            return Some(Intent::Number(number));
        }
        let tokens: Vec<Option<&str>> = raw
            .iter()
            .take(4 * MAX_WORDS)
            .map(|word| self.resolve(word))
            .collect();
        if tokens.len() <= MAX_WORDS
            && let Some(all) = tokens.iter().copied().collect::<Option<Vec<&str>>>()
            && let Some(rule) = self
                .rules
                .iter()
                .find(|rule| self.fits(rule, &rule.cores, &all))
        {
            return Some(rule.intent);
        }
        self.rules
            .iter()
            .find(|rule| self.fits_with_topic(rule, &tokens))
            .map(|rule| rule.intent)
    }

    fn fits(&self, rule: &Rule, cores: &[Core], tokens: &[&str]) -> bool {
        if tokens.iter().any(|token| rule.refused.contains(*token)) {
            return false;
        }
        cores.iter().any(|core| {
            let mut used: HashSet<&str> = HashSet::new();
            let complete = core.iter().all(|slot| {
                let mut found = false;
                for words in slot {
                    if words.iter().all(|word| tokens.contains(&word.as_str())) {
                        used.extend(words.iter().map(String::as_str));
                        found = true;
                    }
                }
                found
            });
            complete
                && tokens.iter().all(|token| {
                    used.contains(token)
                        || rule.allowed.contains(*token)
                        || self.everywhere.contains(*token)
                })
        })
    }

    /// "Ik wil een medewerker spreken over …": what follows the word need not be understood.
    fn fits_with_topic(&self, rule: &Rule, tokens: &[Option<&str>]) -> bool {
        tokens
            .iter()
            .position(|token| token.is_some_and(|token| rule.topic.contains(token)))
            .and_then(|at| tokens.get(..at))
            .filter(|head| head.len() <= MAX_WORDS)
            .and_then(|head| head.iter().copied().collect::<Option<Vec<&str>>>())
            .is_some_and(|head| self.fits(rule, &rule.topic_cores, &head))
    }

    fn number(&self, tokens: &[String]) -> Option<u8> {
        if tokens.len() > 6 {
            return None;
        }
        let mut found = None;
        for token in tokens {
            let digits = token.trim_end_matches(['e', 'd', 's', 't']);
            let value = match digits.parse::<u8>() {
                Ok(value) if digits.bytes().all(|b| b.is_ascii_digit()) => Some(value),
                _ => self.numbers.get(token).copied().filter(|_| {
                    // "een" is an article too: it counts alone or after a word such as "nummer".
                    !self.everywhere.contains(token)
                        || tokens.len() == 1
                        || tokens
                            .first()
                            .is_some_and(|first| !self.everywhere.contains(first))
                }),
            };
            match value {
                Some(value) if found.is_none() => found = Some(value),
                Some(_) => return None,
                None if self.choosing.contains(token) => {}
                None => return None,
            }
        }
        found
    }

    /// The word of the file that a typed word stands for.
    fn resolve(&self, word: &str) -> Option<&str> {
        if let Some(known) = self.known.get(word) {
            return Some(known);
        }
        if is_common(word) {
            return None;
        }
        if let Some(known) = self
            .squeezed
            .get(&squeezed(word))
            .filter(|known| known.len() <= word.len())
        {
            return Some(known);
        }
        let length = word.chars().count();
        if !(5..=20).contains(&length) {
            return None;
        }
        let most = if length >= 8 { 2 } else { 1 };
        self.known
            .iter()
            .filter(|known| known.len() >= 5 && known.len().abs_diff(word.len()) <= most)
            .map(|known| (osa_distance(known, word), known))
            .filter(|(distance, _)| *distance <= most)
            .min()
            .map(|(_, known)| known.as_str())
    }
}

/// Folded words of a text; emoji that stand in it count as words too.
fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = words(text).into_iter().map(|word| word.folded).collect();
    if found.is_empty() || text.chars().count() <= 40 {
        found.extend(text.chars().filter(|c| is_emoji(*c)).map(String::from));
    }
    if found.len() > 1
        && found
            .iter()
            .any(|word| word.chars().any(char::is_alphanumeric))
    {
        found.retain(|word| word.chars().any(char::is_alphanumeric));
    }
    found
}

fn is_emoji(character: char) -> bool {
    matches!(character, '\u{2600}'..='\u{27BF}' | '\u{1F300}'..='\u{1F3FA}' | '\u{1F400}'..='\u{1FAFF}')
}

/// A word with every run of the same letter made one letter.
fn squeezed(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    letters.dedup();
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::Lexicon;
    use super::*;

    #[track_caller]
    fn all(lexicon: &Lexicon, expected: Option<Intent>, messages: &[&str]) {
        let wrong: Vec<_> = messages
            .iter()
            .map(|message| (message, lexicon.intent(message)))
            .filter(|(_, found)| *found != expected)
            .collect();
        assert!(wrong.is_empty(), "expected {expected:?}: {wrong:#?}");
    }

    #[test]
    fn asking_for_a_person_in_many_ways() {
        all(
            &Lexicon::built_in(),
            Some(Intent::Person),
            &[
                "ik wil een mens",
                "medewerker",
                "MEDEWERKER!!!",
                "medwerker",
                "medewreker aub",
                "kan ik iemand spreken",
                "kan ik iemand spreken?",
                "kan ik met iemand praten",
                "mag ik een echt mens spreken",
                "ik wil iemand aan de telefoon spreken",
                "ik wil geen robot",
                "geen robot aub",
                "stop met die robot ik wil een mens",
                "kunt u mij doorverbinden",
                "doorverbinden graag",
                "verbind mij door met een medewerker",
                "wie kan ik bellen",
                "kan iemand mij helpen",
                "kan een medewerker mij helpen?",
                "ik wil liever met een persoon praten",
                "is er iemand die mij kan helpen",
                "laat mij met een medewerker praten",
                "kan iemand van de bibliotheek mij bellen",
                "ik wil een medewerker spreken over mijn huurtoeslag",
                "ik wil geen computer want die snapt mij niet",
                "hallo ik wil graag een mens spreken",
            ],
        );
    }

    #[test]
    fn a_question_that_only_holds_such_a_word_stays_a_question() {
        all(
            &Lexicon::built_in(),
            None,
            &[
                "kan een medewerker helpen met digid",
                "kan iemand mij helpen met mijn belasting",
                "ik zoek hulp bij het invullen van een formulier",
                "hoe vind ik een maatje om mee te praten",
                "met wie kan ik praten over mijn schulden",
                "ik wil met mensen nederlands praten",
                "ik heb geen computer, hoe vraag ik digid aan",
                "helpt de bibliotheek mensen met lezen",
                "bedankt maar hoe vraag ik dan huurtoeslag aan",
                "hallo, ik wil mijn paspoort verlengen",
                "mijn man is medewerker bij de gemeente en krijgt geen loon",
                "dag van de mantelzorg",
                "ja maar ik heb geen digid",
                "nee ik bedoel zorgtoeslag",
                "wanneer is de bieb open",
                "een cursus computer",
                "2 kinderen en geen werk",
                "waar kan ik scheiden",
                "waar blijft die kut uitkering van mij",
                "ik wil iemand anders machtigen",
                "goedemiddag ik wil graag lid worden",
                "hulp in de huishouding",
                "hoeveel kost een kopie",
                "",
                "???",
                "السلام عليكم",
            ],
        );
    }

    #[test]
    fn greetings_thanks_and_goodbyes() {
        let lexicon = Lexicon::built_in();
        all(
            &lexicon,
            Some(Intent::Greeting),
            &[
                "hallo",
                "Halloooo",
                "hoi hoi",
                "Goedemorgen!",
                "goeiemiddag",
                "moi",
                "hey bot",
                "hallo, ik heb een vraag",
                "goede avond",
                "👋",
            ],
        );
        all(
            &lexicon,
            Some(Intent::Thanks),
            &[
                "dank je wel",
                "Bedankt!",
                "bedankt voor de hulp",
                "dankjewel hoor",
                "super bedankt",
                "thanks",
                "dankuwel mevrouw",
                "top, dank je",
                "hartelijk dank voor uw antwoord",
                "bedankt doei",
                "bedankt ik weet genoeg",
            ],
        );
        all(
            &lexicon,
            Some(Intent::Goodbye),
            &[
                "doei",
                "doeiiii",
                "tot ziens",
                "fijne dag nog",
                "dag",
                "tot de volgende keer",
                "good goan",
                "groetjes",
            ],
        );
    }

    #[test]
    fn what_the_bot_is_and_what_it_can_do() {
        let lexicon = Lexicon::built_in();
        all(
            &lexicon,
            Some(Intent::AreYouHuman),
            &[
                "ben je een mens?",
                "ben jij een robot",
                "ben je echt",
                "praat ik met een computer",
                "bent u een echt persoon",
                "is dit een robot",
                "wie ben jij",
            ],
        );
        all(
            &lexicon,
            Some(Intent::Help),
            &[
                "help",
                "hulp nodig",
                "wat kan je allemaal",
                "hoe werkt dit",
                "ik snap het niet",
                "ik heb hulp nodig",
                "waar kan je mij mee helpen",
                "ik heb een vraag",
            ],
        );
        all(
            &lexicon,
            Some(Intent::Swearing),
            &[
                "kut bot",
                "klootzak",
                "stomme robot",
                "wat een waardeloos ding",
                "fuck you",
            ],
        );
    }

    #[test]
    fn wanting_to_be_forgotten_or_to_see_what_is_held() {
        let lexicon = Lexicon::built_in();
        all(
            &lexicon,
            Some(Intent::Erase),
            &[
                "wis mijn gegevens",
                "Wis alles!",
                "verwijder alles",
                "verwijder mijn gegevens aub",
                "kun je mijn gegevens wissen?",
                "vergeet mij",
                "vergeet me maar",
                "ik wil dat je alles over mij wist",
                "ja, wis alles",
                "wissen",
            ],
        );
        all(
            &lexicon,
            Some(Intent::MyData),
            &[
                "mijn gegevens",
                "welke gegevens heb je van mij",
                "wat weet je over mij?",
                "wat bewaar je van mij",
                "ik wil mijn gegevens zien",
            ],
        );
        all(
            &lexicon,
            None,
            &[
                "hoe wis ik mijn zoekgeschiedenis",
                "wachtwoord vergeten",
                "ik ben mijn wachtwoord vergeten",
                "ik heb mijn digid verwijderd",
                "mijn gegevens wijzigen bij de gemeente",
                "verwijder mijn boete",
                "wis alles niet",
                "hoe verwijder ik mijn gegevens bij google",
            ],
        );
    }

    #[test]
    fn yes_no_and_numbers_typed() {
        let lexicon = Lexicon::built_in();
        all(
            &lexicon,
            Some(Intent::Yes),
            &[
                "ja", "Ja!", "jaaaa", "jazeker", "ja hoor", "ja graag", "klopt", "oke", "yes",
                "👍", "👍🏽", "doe maar",
            ],
        );
        all(
            &lexicon,
            Some(Intent::No),
            &[
                "nee",
                "neeee",
                "nope",
                "nee hoor",
                "nee dank je",
                "nee bedankt",
                "dat klopt niet",
                "👎",
            ],
        );
        all(
            &lexicon,
            Some(Intent::Number(2)),
            &[
                "2",
                " 2. ",
                "nr 2",
                "optie 2",
                "de tweede",
                "nummer twee",
                "2e",
                "ik kies de 2e",
                "2)",
            ],
        );
        all(
            &lexicon,
            Some(Intent::Number(1)),
            &["een", "nummer een", "de eerste"],
        );
        all(
            &lexicon,
            None,
            &["300", "2 3", "ik wil een", "8011 pk zwolle"],
        );
    }
}
