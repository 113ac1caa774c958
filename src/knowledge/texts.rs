//! The bot's own sentences, from `teksten.toml`.
//!
//! Every sentence has a method, a key in the file, and a fixed list of words that it may fill in:
//! `{bibliotheek}`. A sentence is Markdown (see [`super::markdown`]); a label, for a button, is
//! plain. What fails to read keeps the built-in sentence, so the bot always has something to say.

use std::sync::LazyLock;
use std::time::Duration;

use super::complaint::Report;
use super::markdown::escape;
use super::toml_file::Table;
use super::values::nearest;
use super::{ComplaintKind, SourceFile};

/// The built-in file: that of our own `knowledge/`.
const BUILT_IN: &str = include_str!("../../knowledge/teksten.toml");

/// Name of the file below the folder.
pub(super) const FILE: &str = "teksten.toml";

/// What the file knows of a sentence.
struct Known {
    key: &'static str,
    slots: &'static [&'static str],
}

/// Whether a sentence is Markdown, in which what is filled in must stand as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Sentence,
    Label,
}

macro_rules! texts {
    ($($(#[$doc:meta])+ $form:ident $name:ident = $key:literal ($($arg:ident = $slot:literal),*);)+) => {
        /// The bot's own sentences, each with a method that fills it in.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Texts { $($name: String,)+ }

        impl Texts {
            $(
                $(#[$doc])+
                pub fn $name(&self $(, $arg: &str)*) -> String {
                    fill(&self.$name, Form::$form, &[$(($slot, $arg)),*])
                }
            )+

            /// Texts without any text, to be filled from a file.
            fn empty() -> Self {
                Self { $($name: String::new(),)+ }
            }

            /// The place for the sentence with this key.
            fn by_key(&mut self, key: &str) -> Option<&mut String> {
                match key {
                    $($key => Some(&mut self.$name),)+
                    _ => None,
                }
            }
        }

        /// Every sentence, in the order of this file.
        const KNOWN: &[Known] = &[$(Known { key: $key, slots: &[$($slot),*] }),+];
    };
}

texts! {
    // beginning
    /// The first thing that a resident reads after `/start`.
    Sentence welcome = "welkom" (library = "bibliotheek");
    /// Who is speaking, in two lines, for somebody who begins without `/start`.
    Sentence introduction = "kennismaking" (library = "bibliotheek");
    /// What one can do here.
    Sentence help = "hulp" ();
    /// The conversation is over and forgotten; how long the rest is kept.
    Sentence stopped = "gestopt" (messages = "berichten", given_up = "mislukt");
    /// Above the buttons of the themes.
    Sentence topics = "onderwerpen" ();
    /// Above the articles of a theme.
    Sentence theme = "thema" (theme = "thema");
    // answering
    /// Below an answer.
    Sentence feedback_question = "klopt_dit" ();
    /// Above the answer to a question that was changed.
    Sentence corrected = "gecorrigeerd" ();
    /// Whom to call.
    Label organisation = "organisatie" (name = "naam", phone = "telefoon");
    /// A place near the resident.
    Label place = "plaats" (name = "naam", address = "adres");
    /// A place near the resident that can be called.
    Label place_with_phone = "plaats_met_telefoon" (name = "naam", address = "adres", phone = "telefoon");
    /// In small print: where it comes from.
    Label source = "bron" (host = "website");
    /// In small print: no library has reviewed it.
    Label not_reviewed = "niet_nagekeken" ();
    /// In small print: who reviewed it, and when.
    Label reviewed = "nagekeken" (by = "door", date = "datum");
    /// Above the answers that a question may have meant.
    Sentence choose = "kies" ();
    /// The same, after an answer that did not fit.
    Sentence choose_after_no = "kies_na_nee" ();
    /// After "Klopt dit? Ja".
    Sentence feedback_thanks = "dank_terug" ();
    // to a person
    /// The bot does not know; the question is kept for a librarian.
    Sentence kept_unsure = "bewaard_onzeker" ();
    /// The resident asked for a person; the question is kept.
    Sentence kept_asked = "bewaard_mens" ();
    /// The answer did not help; the question is kept.
    Sentence kept_not_helpful = "bewaard_niet_goed" ();
    /// A spoken message; that there was one is kept.
    Sentence kept_voice = "bewaard_spraak" ();
    /// The program failed on it; the question is kept.
    Sentence kept_failure = "bewaard_storing" ();
    /// Offers to keep the question for a librarian.
    Sentence offer_person = "aanbod_mens" ();
    /// Asks for other words.
    Sentence ask_otherwise = "aanbod_anders" ();
    /// The offer of a person was declined.
    Sentence person_declined = "geen_mens" ();
    /// Asks what the librarian should be asked.
    Sentence ask_question_for_person = "vraag_voor_mens" ();
    // what is kept
    /// What is kept, why and how long.
    Sentence privacy_terms = "privacy_termijnen" (
        messages = "berichten",
        given_up = "mislukt",
        conversations = "gesprek",
        question_person = "vraag_met_persoon",
        questions = "vraag"
    );
    /// Below that: who can see it, and what one may do about it.
    Sentence privacy = "privacy" (library = "bibliotheek", contact = "contact");
    /// How the privacy officer is reached.
    Label privacy_contact = "privacy_contact" (contact = "contact");
    /// The same, when nobody said how.
    Label privacy_without_contact = "privacy_zonder_contact" (library = "bibliotheek");
    /// What is held is on its way.
    Sentence my_data_coming = "gegevens_komen" ();
    /// Above the list of what is held.
    Sentence my_data = "gegevens" (library = "bibliotheek");
    /// Nothing is held.
    Sentence my_data_nothing = "gegevens_niets" ();
    /// Messages of the resident that are held.
    Label my_data_events = "gegevens_berichten" (count = "aantal", since = "sinds", until = "tot");
    /// Messages of the bot that are held.
    Label my_data_messages = "gegevens_antwoorden" (count = "aantal", since = "sinds", until = "tot");
    /// The conversation that is remembered.
    Label my_data_conversation = "gegevens_gesprek" (since = "sinds", until = "tot");
    /// A question for a librarian.
    Label my_data_question = "gegevens_vraag" (
        question = "vraag",
        since = "sinds",
        until_person = "los",
        until = "tot"
    );
    /// More questions than are shown.
    Label my_data_more_questions = "gegevens_meer_vragen" (count = "aantal");
    /// The sealed address.
    Label my_data_address = "gegevens_chat" ();
    /// Below the list.
    Sentence my_data_file = "gegevens_bestand" ();
    /// Below the file.
    Label my_data_caption = "gegevens_bijschrift" ();
    /// What being forgotten means, and whether to go on.
    Sentence ask_erase = "wis_vraag" (question_person = "vraag_met_persoon");
    /// Everything is erased.
    Sentence erased = "gewist" (forgotten = "vergeetlijst");
    /// Nothing is erased, as the resident wishes.
    Sentence erase_declined = "wis_nee" ();
    /// Nothing is erased, because the resident said something else.
    Sentence not_erased = "wis_niet_gedaan" ();
    /// A number of hours.
    Label term_hours = "termijn_uur" (count = "aantal");
    /// A number of days.
    Label term_days = "termijn_dagen" (count = "aantal");
    /// A year.
    Label term_year = "termijn_jaar" ();
    // care
    /// Personal data was taken out of a message.
    Sentence masked = "gemaskeerd" (kinds = "soorten");
    // at the door
    /// A message was too long: only its beginning is used.
    Sentence cut = "te_lang" ();
    /// So many messages that not all are read; says when to go on.
    Sentence too_many = "te_veel" (wait = "wachttijd");
    /// So busy that this message is not kept; says when to try again.
    Sentence very_busy = "heel_druk" (wait = "wachttijd");
    /// A time to wait: up to a minute.
    Label wait_one_minute = "wachttijd_minuut" ();
    /// A time to wait in minutes, two or more.
    Label wait_minutes = "wachttijd_minuten" (count = "aantal");
    /// A time to wait in hours, one or more.
    Label wait_hours = "wachttijd_uur" (count = "aantal");
    // messages that are no question
    /// A spoken message: offers a person.
    Sentence voice = "spraak" ();
    /// A photo.
    Sentence photo = "foto" ();
    /// A film.
    Sentence video = "video" ();
    /// A file.
    Sentence document = "bestand" ();
    /// A sticker.
    Sentence sticker = "sticker" ();
    /// Somebody's contact details.
    Sentence contact = "contact" ();
    /// A place on the map.
    Sentence location = "locatie" ();
    /// A game, a poll, a dice.
    Sentence game = "spel" ();
    /// Anything else.
    Sentence other_media = "ander_bericht" ();
    /// A message without any word in it.
    Sentence no_words = "geen_woorden" ();
    /// A button that no longer works.
    Sentence old_button = "oude_knop" ();
    /// A command that we do not have.
    Sentence unknown_command = "onbekende_opdracht" ();
    /// A yes or no while no question stands open.
    Sentence nothing_open = "niets_open" ();
    /// Somebody says hello.
    Sentence greeting = "groet" ();
    /// Somebody says thanks.
    Sentence thanks = "graag_gedaan" ();
    /// Somebody says goodbye.
    Sentence goodbye = "dag" ();
    /// Somebody asks whether this is a person.
    Sentence are_you_human = "ben_je_een_mens" (library = "bibliotheek");
    /// Somebody swears.
    Sentence swearing = "schelden" ();
    /// The bot was put in a group.
    Sentence group_goodbye = "groep" ();
    // buttons
    /// Yes.
    Label button_yes = "knop_ja" ();
    /// No.
    Label button_no = "knop_nee" ();
    /// "Klopt dit?" Yes.
    Label button_helpful = "knop_klopt" ();
    /// "Klopt dit?" No.
    Label button_not_helpful = "knop_klopt_niet" ();
    /// Ask a person.
    Label button_person = "knop_medewerker" ();
    /// The themes.
    Label button_menu = "knop_onderwerpen" ();
    /// None of these.
    Label button_something_else = "knop_iets_anders" ();
    /// Opens the official page.
    Label button_read_more = "knop_lees_meer" (host = "website");
    /// The next page.
    Label button_more = "knop_meer" ();
    /// The page before.
    Label button_back = "knop_terug" ();
    /// A related article.
    Label button_also = "knop_ook" (title = "titel");
    /// Show what is held.
    Label button_my_data = "knop_mijn_gegevens" ();
    /// Ask to be forgotten.
    Label button_ask_erase = "knop_wis" ();
    /// Yes, erase everything.
    Label button_erase = "knop_wis_alles" ();
    // kinds of personal data
    /// A citizen service number.
    Label kind_bsn = "soort_bsn" ();
    /// A bank account number.
    Label kind_iban = "soort_iban" ();
    /// A payment card number.
    Label kind_card = "soort_kaart" ();
    /// The number of a passport or licence.
    Label kind_document = "soort_document" ();
    /// A password or code.
    Label kind_password = "soort_wachtwoord" ();
    /// A phone number.
    Label kind_phone = "soort_telefoon" ();
    /// An e-mail address.
    Label kind_email = "soort_email" ();
    /// An address.
    Label kind_address = "soort_adres" ();
    /// A date of birth.
    Label kind_birthdate = "soort_geboortedatum" ();
    /// A name.
    Label kind_name = "soort_naam" ();
    // the list of commands in Telegram
    /// `/start`
    Label command_start = "opdracht_start" ();
    /// `/onderwerpen`
    Label command_menu = "opdracht_onderwerpen" ();
    /// `/medewerker`
    Label command_person = "opdracht_medewerker" ();
    /// `/hulp`
    Label command_help = "opdracht_hulp" ();
    /// `/privacy`
    Label command_privacy = "opdracht_privacy" ();
    /// `/mijngegevens`
    Label command_my_data = "opdracht_mijngegevens" ();
    /// `/wis`
    Label command_erase = "opdracht_wis" ();
    /// `/stop`
    Label command_stop = "opdracht_stop" ();
}

impl Texts {
    /// The sentences of our own `knowledge/teksten.toml`.
    pub fn built_in() -> &'static Self {
        static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
            let file = SourceFile::new(FILE, BUILT_IN);
            read_over(&mut Report::new(&file, &mut Vec::new()), Texts::empty())
        });
        &TEXTS
    }

    /// How long something is kept, in words: hours up to two days, then days.
    pub fn term(&self, term: Duration) -> String {
        let hours = term.as_secs().div_ceil(3600);
        match (hours / 24, hours % 24) {
            (365, 0) => self.term_year(),
            (days, 0) if days > 1 => self.term_days(&days.to_string()),
            _ => self.term_hours(&hours.to_string()),
        }
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::built_in().clone()
    }
}

/// Reads `teksten.toml`. What is missing or cannot be used keeps the built-in sentence.
pub(super) fn read(report: &mut Report<'_>) -> Texts {
    read_over(report, Texts::default())
}

fn read_over(report: &mut Report<'_>, mut texts: Texts) -> Texts {
    let Some(table) = Table::read(report) else {
        return texts;
    };
    let mut missing: Vec<&'static str> = KNOWN.iter().map(|known| known.key).collect();
    for (key, text) in table.texts(report) {
        let Some(known) = KNOWN.iter().find(|known| known.key == key.text) else {
            let meant = nearest(&key.text, KNOWN.iter().map(|known| known.key));
            report.at(
                key.span,
                ComplaintKind::UnknownSentence {
                    meant: meant.map(str::to_owned),
                    key: key.text,
                },
            );
            continue;
        };
        missing.retain(|key| *key != known.key);
        let Ok(text) = text else { continue };
        if text.text.trim().is_empty() {
            report.at(text.span, ComplaintKind::EmptySentence { key: key.text });
            continue;
        }
        let raw = report.file.text.get(text.span.clone()).unwrap_or("");
        let used = slots(raw);
        let unknown: Vec<_> = used
            .iter()
            .filter(|(name, _)| !known.slots.contains(name))
            .collect();
        for (name, at) in &unknown {
            let at = text.span.start + at;
            report.at(
                at..at + name.len() + 2,
                ComplaintKind::UnknownPlaceholder {
                    name: (*name).to_owned(),
                    known: known.slots,
                },
            );
        }
        for name in known.slots {
            if !used.iter().any(|(used, _)| used == name) {
                let key = key.text.clone();
                report.at(
                    key_span(&key, &text.span, report),
                    ComplaintKind::MissingPlaceholder { key, name },
                );
            }
        }
        if unknown.is_empty()
            && let Some(place) = texts.by_key(known.key)
        {
            *place = text.text.trim().replace("\r\n", "\n");
        }
    }
    if !missing.is_empty() {
        report.whole(ComplaintKind::MissingSentences { keys: missing });
    }
    texts
}

/// The bytes of a key, which stands on the line on which its text begins.
fn key_span(
    key: &str,
    text: &std::ops::Range<usize>,
    report: &Report<'_>,
) -> std::ops::Range<usize> {
    let before = report.file.text.get(..text.start).unwrap_or("");
    match before.rfind(key) {
        Some(at) => at..at + key.len(),
        None => text.clone(),
    }
}

/// The names between braces in a text, with the byte of the brace.
fn slots(text: &str) -> Vec<(&str, usize)> {
    text.match_indices('{')
        .filter_map(|(at, _)| {
            let (name, _) = text.get(at + 1..)?.split_once('}')?;
            let named = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            named.then_some((name, at))
        })
        .collect()
}

/// Puts values in the places for them, in one pass: a value with braces is no place itself.
fn fill(text: &str, form: Form, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut done = 0;
    for (name, at) in slots(text) {
        let Some((_, value)) = values.iter().find(|(slot, _)| *slot == name) else {
            continue;
        };
        filled.push_str(text.get(done..at).unwrap_or(""));
        match form {
            Form::Sentence => filled.push_str(&escape(value)),
            Form::Label => filled.push_str(value),
        }
        done = at + name.len() + 2;
    }
    filled.push_str(text.get(done..).unwrap_or(""));
    filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::markdown::{blocks, plain};
    use super::*;
    use crate::knowledge::{Complaint, Weight};

    fn read_text(text: &str) -> (Texts, Vec<Complaint>) {
        let file = SourceFile::new(FILE, text);
        let mut complaints = Vec::new();
        let texts = read(&mut Report::new(&file, &mut complaints));
        (texts, complaints)
    }

    #[test]
    fn our_own_file_has_every_sentence_and_no_complaint() {
        let (texts, complaints) = read_text(BUILT_IN);
        assert_eq!(complaints, []);
        let mut texts = texts;
        for known in KNOWN {
            assert!(
                !texts.by_key(known.key).unwrap().is_empty(),
                "{}",
                known.key
            );
        }
    }

    #[test]
    fn the_welcome_says_what_it_must() {
        let welcome = plain(&Texts::default().welcome("Bibliotheek Salland"));
        for must in [
            "Bibliotheek Salland",
            "computer",
            "fout",
            "medewerker",
            "BSN",
            "112",
        ] {
            assert!(welcome.contains(must), "{must} in {welcome}");
        }
    }

    #[test]
    fn a_term_is_told_in_words() {
        let texts = Texts::default();
        let term = |hours: u64| texts.term(Duration::from_secs(hours * 3600));
        assert_eq!(term(1), "1 uur");
        assert_eq!(term(24), "24 uur");
        assert_eq!(term(36), "36 uur");
        assert_eq!(term(48), "2 dagen");
        assert_eq!(term(365 * 24), "een jaar");
    }

    #[test]
    fn a_sentence_of_the_library_replaces_ours_and_the_rest_stays() {
        let (texts, complaints) = read_text("groet = \"Moi!\"\r\n");
        assert_eq!(texts.greeting(), "Moi!");
        assert_eq!(texts.goodbye(), Texts::default().goodbye());
        assert_eq!(complaints.len(), 1);
        assert_eq!(complaints[0].weight(), Weight::Warning);
    }

    #[test]
    fn what_is_filled_in_stands_as_it_is() {
        let (texts, _) = read_text("thema = \"Van **{thema}**\"\nknop_lees_meer = \"{website}\"");
        assert_eq!(
            blocks(&texts.theme("a*b*_{website}")),
            blocks("Van **a\\*b\\*\\_{website}**")
        );
        assert_eq!(texts.button_read_more("a*b"), "a*b");
    }

    #[test]
    fn a_place_that_cannot_be_filled_keeps_our_own_sentence() {
        let (texts, complaints) = read_text("groet = \"Dag {naam}\"");
        assert_eq!(texts.greeting(), Texts::default().greeting());
        assert!(complaints.iter().any(|c| c.kind
            == ComplaintKind::UnknownPlaceholder {
                name: "naam".into(),
                known: &[],
            }));
    }

    proptest! {
        #[test]
        fn any_file_leaves_every_sentence_usable(text in r#"(groet|welkom|=|"|'''|"""|\{bibliotheek\}|\{|\}|\[|\]|\n|\r|é|#| |1|true){0,30}"#) {
            let (texts, _) = read_text(&text);
            prop_assert!(!texts.greeting().is_empty());
            prop_assert!(!texts.welcome("x").is_empty());
        }
    }
}
