//! The bot's own sentences, from `teksten.toml`.
//!
//! Every sentence has a method, a key in the file, and a fixed list of words that it may fill in:
//! `{bibliotheek}`. A sentence is Markdown (see [`super::markdown`]); a label, for a button, is
//! plain. What fails to read keeps the built-in sentence, so the bot always has something to say.

use std::sync::LazyLock;

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
            fn place(&mut self, key: &str) -> Option<&mut String> {
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
    // ── beginning ──────────────────────────────────────────────────────────────────────────
    /// The first thing that a resident reads.
    Sentence welcome = "welkom" (library = "bibliotheek");
    /// Who comes back.
    Sentence welcome_back = "welkom_terug" (library = "bibliotheek");
    /// What the bot can do.
    Sentence help = "hulp" (library = "bibliotheek");
    /// What is kept, and for how long.
    Sentence privacy = "privacy" (library = "bibliotheek", days = "dagen");
    /// The bot stops and forgets.
    Sentence stop = "stop" (library = "bibliotheek");
    /// Above the buttons of the themes.
    Sentence menu_question = "menu_vraag" ();
    /// Above the articles of a theme.
    Sentence theme_question = "thema_vraag" (theme = "thema");

    // ── answering ──────────────────────────────────────────────────────────────────────────
    /// Above the answers that a question may have meant.
    Sentence choose_which = "kies_welke" ();
    /// None of the answers fits.
    Sentence nothing_found = "niets_gevonden" (library = "bibliotheek");
    /// Below an answer.
    Sentence feedback_question = "klopt_dit" ();
    /// After a yes.
    Sentence feedback_thanks = "klopt_dank" ();
    /// After a no.
    Sentence feedback_no_next = "klopt_niet" ();
    /// Offers a person.
    Sentence ask_person_offer = "mens_aanbod" (library = "bibliotheek");
    /// The question has been kept for a person, and nobody answers here yet.
    Sentence handoff_stored = "mens_bewaard" (library = "bibliotheek");
    /// In small print below an answer that the library has not reviewed.
    Sentence not_reviewed_note = "niet_nagekeken" ();
    /// In small print below an answer: where it comes from.
    Sentence source_note = "bron" (host = "website");

    // ── messages that are no question ──────────────────────────────────────────────────────
    /// Somebody says hello.
    Sentence greeting = "groet" ();
    /// Somebody says thanks.
    Sentence thanks = "graag_gedaan" ();
    /// Somebody says goodbye.
    Sentence goodbye = "dag" ();
    /// Somebody asks whether this is a person.
    Sentence are_you_human = "ben_je_een_mens" (library = "bibliotheek");
    /// A message without text.
    Sentence empty_message = "leeg_bericht" ();
    /// A message that is too long to read as one question.
    Sentence too_long = "te_lang" ();
    /// A spoken message.
    Sentence voice_offer = "spraak" (library = "bibliotheek");
    /// A sticker.
    Sentence sticker = "sticker" ();
    /// A photo.
    Sentence photo = "foto" ();
    /// A film.
    Sentence video = "video" ();
    /// A document.
    Sentence document = "document" ();
    /// Somebody's contact details.
    Sentence contact = "contact" ();
    /// A place on the map.
    Sentence location = "locatie" ();
    /// A game, a poll, a dice.
    Sentence game = "spel" ();
    /// Anything else.
    Sentence other_message = "ander_bericht" ();
    /// A message was changed after it had been read.
    Sentence edited_note = "bewerkt" ();
    /// A command that does not exist.
    Sentence unknown_command = "onbekende_opdracht" ();
    /// A button below an old message.
    Sentence old_button = "oude_knop" ();
    /// The bot was added to a group.
    Sentence group_goodbye = "groep" (library = "bibliotheek");

    // ── care ───────────────────────────────────────────────────────────────────────────────
    /// Personal data was taken out of a message.
    Sentence masked_notice = "gegevens_verborgen" (kinds = "soorten");
    /// Something went wrong.
    Sentence error_apology = "storing" (library = "bibliotheek");
    /// Too many messages at once.
    Sentence busy = "te_snel" ();

    // ── buttons ────────────────────────────────────────────────────────────────────────────
    /// Button: yes.
    Label button_yes = "knop_ja" ();
    /// Button: no.
    Label button_no = "knop_nee" ();
    /// Button: ask a person.
    Label button_person = "knop_mens" ();
    /// Button: the themes.
    Label button_menu = "knop_menu" ();
    /// Button: none of these.
    Label button_something_else = "knop_iets_anders" ();
    /// Button: the next page of themes or articles.
    Label button_more = "knop_meer" ();
    /// Button: the page before.
    Label button_back = "knop_terug" ();
    /// Button: opens the official page.
    Label button_read_more = "knop_lees_meer" (host = "website");
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
            && let Some(place) = texts.place(known.key)
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
            assert!(!texts.place(known.key).unwrap().is_empty(), "{}", known.key);
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
    fn a_sentence_of_the_library_replaces_ours_and_the_rest_stays() {
        let (texts, complaints) = read_text("groet = \"Moi!\"\r\n");
        assert_eq!(texts.greeting(), "Moi!");
        assert_eq!(texts.goodbye(), Texts::default().goodbye());
        assert_eq!(complaints.len(), 1);
        assert_eq!(complaints[0].weight(), Weight::Warning);
    }

    #[test]
    fn what_is_filled_in_stands_as_it_is() {
        let (texts, _) = read_text("bron = \"Van **{website}**\"\nknop_lees_meer = \"{website}\"");
        assert_eq!(
            blocks(&texts.source_note("a*b*_{website}")),
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
