//! The words for an utterance: sentences from `teksten.toml`, answers from articles.

use std::time::Duration;

use crate::answer::{self, Answered};
use crate::domain::{
    Action, Article, ArticleId, Block, Button, Danger, DangerStrength, Keeping, MediaKind,
    MunicipalityId, PersonalDataKind, Reply, Span, ThemeId,
};
use crate::knowledge::{Knowledge, Texts, markdown};
use crate::safety::Rules;

use super::{KeepReason, Utterance};

/// How many articles of a theme stand on one page.
const PAGE: usize = 8;

/// Knows the words.
pub struct Speech<'a> {
    /// What editors wrote.
    pub knowledge: &'a Knowledge,
    /// The help texts for danger.
    pub rules: &'a Rules,
    /// The name of the library, as residents see it.
    pub library_name: &'a str,
    /// The municipality of the resident.
    pub municipality: Option<&'a MunicipalityId>,
    /// How long what is stored is kept.
    pub keeping: &'a Keeping,
    /// How the privacy officer of the library is reached.
    pub privacy_contact: Option<&'a str>,
    /// The number of the question that stands open, for "Ja" and "Nee".
    pub ask: u32,
}

impl Speech<'_> {
    fn texts(&self) -> &Texts {
        self.knowledge.texts()
    }

    /// The reply for an utterance.
    pub fn reply(&self, utterance: &Utterance) -> Reply {
        let texts = self.texts();
        let library = self.library_name;
        match utterance {
            Utterance::Welcome => self.with_menu(&texts.welcome(library)),
            Utterance::Introduction => said(&texts.introduction(library)),
            Utterance::Help => self.with_menu(&texts.help()),
            Utterance::Privacy => self.privacy(),
            Utterance::Stopped => self.stopped(),
            Utterance::MyData => said(&texts.my_data_coming()),
            Utterance::AskErase => self.ask_erase(),
            Utterance::Erased => said(&texts.erased(&texts.term(self.keeping.forgotten))),
            Utterance::EraseDeclined => said(&texts.erase_declined()),
            Utterance::NotErased => said(&texts.not_erased()),
            Utterance::Menu => self.menu(),
            Utterance::Theme { theme, page } => self.theme(theme, usize::from(*page)),
            Utterance::Answer { article, corrected } => self.answer(article, *corrected),
            Utterance::Section { article, section } => self.section(article, *section),
            Utterance::Choose { options, after_no } => self.choose(options, *after_no),
            Utterance::Kept { reason } => self.kept(*reason),
            Utterance::OfferPerson { .. } => self.with_yes_no(&texts.offer_person()),
            Utterance::PersonDeclined => self.with_menu(&texts.person_declined()),
            Utterance::AskQuestionForPerson => said(&texts.ask_question_for_person()),
            Utterance::AskOtherwise => self.with_menu_and_person(&texts.ask_otherwise()),
            Utterance::FeedbackThanks => said(&texts.feedback_thanks()),
            Utterance::Danger(danger) => self.rules.help(danger),
            Utterance::AfterWeakHelp { danger, yes } => {
                let full = || {
                    self.rules.help(&Danger {
                        strength: DangerStrength::Strong,
                        ..danger.clone()
                    })
                };
                self.rules.after_weak(danger, *yes).unwrap_or_else(full)
            }
            Utterance::Masked(kinds) => said(&texts.masked(&self.kinds(kinds))),
            Utterance::Cut => said(&texts.cut()),
            Utterance::TooMany { wait } => said(&texts.too_many(&self.wait(*wait))),
            Utterance::VeryBusy { wait } => said(&texts.very_busy(&self.wait(*wait))),
            Utterance::Media(media) => self.media(*media),
            Utterance::OldButton => self.with_menu(&texts.old_button()),
            Utterance::UnknownCommand => self.with_menu(&texts.unknown_command()),
            Utterance::NoWords => self.with_menu(&texts.no_words()),
            Utterance::Greeting => self.with_menu(&texts.greeting()),
            Utterance::Thanks => said(&texts.thanks()),
            Utterance::Goodbye => said(&texts.goodbye()),
            Utterance::AreYouHuman => self.with_person(&texts.are_you_human(library)),
            Utterance::Swearing => self.with_menu_and_person(&texts.swearing()),
            Utterance::NothingOpen => self.with_menu(&texts.nothing_open()),
            Utterance::GroupGoodbye => said(&texts.group_goodbye()),
        }
    }

    fn button(&self, label: String, action: Action) -> Button {
        Button::Do { label, action }
    }

    fn menu_button(&self) -> Button {
        self.button(self.texts().button_menu(), Action::Menu)
    }

    fn person_button(&self) -> Button {
        self.button(self.texts().button_person(), Action::Person)
    }

    fn with_menu(&self, text: &str) -> Reply {
        said(text).with_row(vec![self.menu_button()])
    }

    fn with_person(&self, text: &str) -> Reply {
        said(text).with_row(vec![self.person_button()])
    }

    fn with_menu_and_person(&self, text: &str) -> Reply {
        self.with_menu(text).with_row(vec![self.person_button()])
    }

    fn with_yes_no(&self, text: &str) -> Reply {
        said(text).with_row(vec![
            self.button(self.texts().button_yes(), Action::Yes { ask: self.ask }),
            self.button(self.texts().button_no(), Action::No { ask: self.ask }),
        ])
    }

    fn menu(&self) -> Reply {
        let themes: Vec<_> = self
            .knowledge
            .themes()
            .iter()
            .map(|theme| {
                self.button(
                    theme.title.clone(),
                    Action::Theme {
                        theme: theme.id.clone(),
                        page: 0,
                    },
                )
            })
            .collect();
        let mut reply = said(&self.texts().topics());
        for pair in themes.chunks(2) {
            reply = reply.with_row(pair.to_vec());
        }
        reply.with_row(vec![self.person_button()])
    }

    fn theme(&self, id: &ThemeId, page: usize) -> Reply {
        let texts = self.texts();
        let Some(theme) = self.knowledge.theme(id) else {
            return self.with_menu(&texts.old_button());
        };
        let articles = self.knowledge.articles_of(&theme.id);
        let last_page = articles.len().saturating_sub(1) / PAGE;
        let page = page.min(last_page);
        let mut reply = said(&texts.theme(&theme.title));
        for article in articles.iter().skip(page * PAGE).take(PAGE) {
            reply = reply.with_row(vec![
                self.button(article.title.clone(), Action::Article(article.id.clone())),
            ]);
        }
        let mut turn = Vec::new();
        if page > 0 {
            turn.push(self.page_button(texts.button_back(), id, page - 1));
        }
        if page < last_page {
            turn.push(self.page_button(texts.button_more(), id, page + 1));
        }
        reply.with_row(turn).with_row(vec![self.menu_button()])
    }

    fn page_button(&self, label: String, theme: &ThemeId, page: usize) -> Button {
        self.button(
            label,
            Action::Theme {
                theme: theme.clone(),
                page: u8::try_from(page).unwrap_or(u8::MAX),
            },
        )
    }

    fn answer(&self, id: &ArticleId, corrected: bool) -> Reply {
        let texts = self.texts();
        let Some(article) = self.knowledge.article(id) else {
            return self.with_menu(&texts.old_button());
        };
        let mut reply =
            answer::article(self.knowledge, article, Answered::Short, self.municipality);
        if corrected {
            reply
                .blocks
                .insert(0, Block::Paragraph(vec![Span::Text(texts.corrected())]));
        }
        reply.blocks.push(Block::Paragraph(vec![Span::Text(
            texts.feedback_question(),
        )]));
        reply.buttons.insert(
            0,
            vec![
                self.feedback_button(texts.button_helpful(), article, true),
                self.feedback_button(texts.button_not_helpful(), article, false),
            ],
        );
        reply
    }

    fn feedback_button(&self, label: String, article: &Article, helpful: bool) -> Button {
        self.button(
            label,
            Action::Feedback {
                article: article.id.clone(),
                helpful,
            },
        )
    }

    fn section(&self, id: &ArticleId, section: u8) -> Reply {
        match self.knowledge.article(id) {
            Some(article) => answer::article(
                self.knowledge,
                article,
                Answered::Section(section),
                self.municipality,
            ),
            None => self.with_menu(&self.texts().old_button()),
        }
    }

    fn choose(&self, options: &[ArticleId], after_no: bool) -> Reply {
        let texts = self.texts();
        let mut reply = said(&if after_no {
            texts.choose_after_no()
        } else {
            texts.choose()
        });
        for article in options.iter().filter_map(|id| self.knowledge.article(id)) {
            reply = reply.with_row(vec![
                self.button(article.title.clone(), Action::Choose(article.id.clone())),
            ]);
        }
        reply.with_row(vec![
            self.button(texts.button_something_else(), Action::SomethingElse),
        ])
    }

    fn kept(&self, reason: KeepReason) -> Reply {
        let texts = self.texts();
        let mut reply = match reason {
            KeepReason::Unsure => self.with_menu(&texts.kept_unsure()),
            KeepReason::AskedForPerson => said(&texts.kept_asked()),
            KeepReason::NotHelpful => said(&texts.kept_not_helpful()),
            KeepReason::Voice => said(&texts.kept_voice()),
            KeepReason::Failure => said(&texts.kept_failure()),
        };
        reply
            .blocks
            .extend(answer::library_nearby(self.knowledge, self.municipality));
        reply
    }

    fn media(&self, media: MediaKind) -> Reply {
        let texts = self.texts();
        match media {
            MediaKind::Voice => self.with_yes_no(&texts.voice()),
            MediaKind::Photo => said(&texts.photo()),
            MediaKind::Video => said(&texts.video()),
            MediaKind::Document => said(&texts.document()),
            MediaKind::Sticker => said(&texts.sticker()),
            MediaKind::Contact => said(&texts.contact()),
            MediaKind::Location => said(&texts.location()),
            MediaKind::Game => said(&texts.game()),
            MediaKind::Other => said(&texts.other_media()),
        }
    }

    fn privacy(&self) -> Reply {
        let texts = self.texts();
        let keeping = self.keeping;
        let contact = match self.privacy_contact {
            Some(contact) => texts.privacy_contact(contact),
            None => texts.privacy_without_contact(self.library_name),
        };
        let terms = texts.privacy_terms(
            &texts.term(keeping.events.max(keeping.messages)),
            &texts.term(keeping.given_up),
            &texts.term(keeping.conversations),
            &texts.term(keeping.question_person),
            &texts.term(keeping.questions),
        );
        let rest = texts.privacy(self.library_name, &contact);
        said(&format!("{terms}\n\n{rest}")).with_row(vec![
            self.button(texts.button_my_data(), Action::MyData),
            self.button(texts.button_ask_erase(), Action::AskErase),
        ])
    }

    fn stopped(&self) -> Reply {
        let texts = self.texts();
        let keeping = self.keeping;
        said(&texts.stopped(
            &texts.term(keeping.events.max(keeping.messages)),
            &texts.term(keeping.given_up),
        ))
    }

    fn ask_erase(&self) -> Reply {
        let texts = self.texts();
        said(&texts.ask_erase(&texts.term(self.keeping.question_person))).with_row(vec![
            self.button(texts.button_erase(), Action::Erase { ask: self.ask }),
            self.button(texts.button_no(), Action::No { ask: self.ask }),
        ])
    }

    /// A time to wait, rounded up to whole minutes or hours.
    fn wait(&self, wait: Duration) -> String {
        let texts = self.texts();
        match wait.as_secs().div_ceil(60) {
            0 | 1 => texts.wait_one_minute(),
            minutes if minutes < 60 => texts.wait_minutes(&minutes.to_string()),
            minutes => texts.wait_hours(&minutes.div_ceil(60).to_string()),
        }
    }

    fn kinds(&self, kinds: &[PersonalDataKind]) -> String {
        let texts = self.texts();
        let names: Vec<String> = kinds
            .iter()
            .map(|kind| match kind {
                PersonalDataKind::Bsn => texts.kind_bsn(),
                PersonalDataKind::Iban => texts.kind_iban(),
                PersonalDataKind::Card => texts.kind_card(),
                PersonalDataKind::Document => texts.kind_document(),
                PersonalDataKind::Password => texts.kind_password(),
                PersonalDataKind::Phone => texts.kind_phone(),
                PersonalDataKind::Email => texts.kind_email(),
                PersonalDataKind::Address => texts.kind_address(),
                PersonalDataKind::Birthdate => texts.kind_birthdate(),
                PersonalDataKind::Name => texts.kind_name(),
            })
            .collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} en {last}", first.join(", ")),
        }
    }
}

/// A reply of the blocks of a text in Markdown.
fn said(text: &str) -> Reply {
    Reply {
        blocks: markdown::blocks(text),
        buttons: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{CheckSettings, SourceFile, read};

    fn knowledge() -> Knowledge {
        let mut files = vec![
            SourceFile::new(
                "artikelen/wonen/huur.md",
                "---\ntitel: Huur betalen\norganisatie: hulp\nbron: https://www.hulp.nl/huur\n\
                 verder: [a0]\n---\nBel ons.\n\n## Wat kost het?\n\nNiets.\n\n## Waar?\n\nHier.\n",
            ),
            SourceFile::new(
                "organisaties/hulp.md",
                "---\nnaam: Hulp\ntelefoon: 0800 1234\n---\nZij helpen.",
            ),
            SourceFile::new(
                "plaatsen/dorp/bieb.md",
                "---\nnaam: Bieb Dorp\nadres: Plein 1\nplaats: Dorp\nartikelen: [huur]\n---\nKom binnen.",
            ),
        ];
        for n in 0..10 {
            files.push(SourceFile::new(
                format!("artikelen/geld/a{n}.md"),
                format!("# Vraag {n}\n\nBel ons."),
            ));
        }
        read(&files, &CheckSettings::default()).0
    }

    fn says(utterance: &Utterance, municipality: Option<&str>) -> Reply {
        let municipality = municipality.map(MunicipalityId::from);
        Speech {
            knowledge: &knowledge(),
            rules: &Rules::built_in(),
            library_name: "Bibliotheek Dorp",
            municipality: municipality.as_ref(),
            keeping: &Keeping::default(),
            privacy_contact: None,
            ask: 3,
        }
        .reply(utterance)
    }

    fn labels(reply: &Reply) -> Vec<String> {
        let buttons = reply.buttons.iter().flatten();
        buttons.map(|button| button.label().to_owned()).collect()
    }

    fn answer() -> Utterance {
        Utterance::Answer {
            article: "huur".into(),
            corrected: false,
        }
    }

    #[test]
    fn an_answer_has_the_text_whom_to_call_where_it_comes_from_and_what_next() {
        let reply = says(&answer(), None);
        let text = reply.plain();
        for part in ["Huur betalen", "Bel ons.", "Hulp: bel 0800 1234", "hulp.nl"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("Bieb Dorp"), "no municipality, no place");
        let buttons = [
            "Ja, klopt",
            "Nee",
            "Wat kost het?",
            "Waar?",
            "Lees meer op hulp.nl",
        ];
        assert_eq!(labels(&reply), buttons);
    }

    #[test]
    fn yes_and_no_carry_the_number_of_their_question() {
        let reason = KeepReason::NotHelpful;
        let reply = says(&Utterance::OfferPerson { reason }, None);
        let actions: Vec<_> = reply.buttons.iter().flatten().collect();
        assert!(
            matches!(
                actions[..],
                [
                    Button::Do {
                        action: Action::Yes { ask: 3 },
                        ..
                    },
                    Button::Do {
                        action: Action::No { ask: 3 },
                        ..
                    }
                ]
            ),
            "{actions:?}"
        );
    }

    #[test]
    fn a_time_to_wait_is_told_in_minutes_or_hours() {
        for (seconds, words) in [
            (3, "ver een minuut"),
            (61, "ver 2 minuten"),
            (3599, "ver 1 uur"),
            (80_000, "ver 23 uur"),
        ] {
            let wait = Duration::from_secs(seconds);
            let text = says(&Utterance::TooMany { wait }, None).plain();
            assert!(text.contains(words), "{words} in {text}");
            assert!(text.contains("112"), "{text}");
            let text = says(&Utterance::VeryBusy { wait }, None).plain();
            assert!(text.contains(words) && text.contains("112"), "{text}");
        }
    }

    #[test]
    fn a_resident_of_a_municipality_hears_the_place_nearby() {
        let text = says(&answer(), Some("dorp")).plain();
        assert!(text.contains("Bieb Dorp, Plein 1, Dorp"), "{text}");
        assert!(
            !says(&answer(), Some("elders"))
                .plain()
                .contains("Bieb Dorp")
        );
    }

    #[test]
    fn a_section_offers_the_other_sections_and_what_is_related() {
        let reply = says(
            &Utterance::Section {
                article: "huur".into(),
                section: 0,
            },
            None,
        );
        assert!(reply.plain().starts_with("Wat kost het?"));
        let buttons = ["Waar?", "Ook: Vraag 0", "Lees meer op hulp.nl"];
        assert_eq!(labels(&reply), buttons);
    }

    #[test]
    fn a_long_theme_is_shown_in_pages() {
        let page = |page| {
            says(
                &Utterance::Theme {
                    theme: "geld".into(),
                    page,
                },
                None,
            )
        };
        let first = labels(&page(0));
        assert!(first.contains(&"Meer".to_owned()) && !first.contains(&"Terug".to_owned()));
        let second = labels(&page(1));
        assert!(second.contains(&"Vraag 8".to_owned()) && second.contains(&"Terug".to_owned()));
        assert_eq!(labels(&page(200)), second, "past the end is the last page");
    }

    #[test]
    fn the_menu_has_every_theme_and_a_person() {
        let menu = labels(&says(&Utterance::Menu, None));
        assert_eq!(menu, ["Geld", "Wonen", "Vraag een medewerker"]);
    }

    #[test]
    fn what_was_hidden_is_named_in_a_sentence() {
        use PersonalDataKind::{Bsn, Iban, Password};
        let text = says(&Utterance::Masked(vec![Bsn, Iban, Password]), None).plain();
        let kinds = "een BSN, een rekeningnummer en een wachtwoord of code";
        assert!(text.contains(kinds), "{text}");
    }

    #[test]
    fn privacy_tells_how_long_each_thing_is_kept_and_what_one_may_do() {
        let knowledge = knowledge();
        let keeping = Keeping {
            conversations: std::time::Duration::from_secs(3 * 86_400),
            ..Keeping::default()
        };
        let told = |contact| {
            Speech {
                knowledge: &knowledge,
                rules: &Rules::built_in(),
                library_name: "Bibliotheek Dorp",
                municipality: None,
                keeping: &keeping,
                privacy_contact: contact,
                ask: 0,
            }
            .reply(&Utterance::Privacy)
        };
        let text = told(Some("privacy_a@dorp.nl")).plain();
        for must in [
            "24 uur",
            "7 dagen",
            "3 dagen",
            "30 dagen",
            "180 dagen",
            "/mijngegevens",
            "/wis",
            "Autoriteit Persoonsgegevens",
            "Telegram",
            "BSN",
            "privacy_a@dorp.nl",
            "Bibliotheek Dorp",
        ] {
            assert!(text.contains(must), "{must} in {text}");
        }
        let without = told(None);
        assert!(!without.plain().contains('@') && !without.plain().contains('{'));
        assert_eq!(labels(&without), ["Mijn gegevens", "Wis mijn gegevens"]);
    }

    #[test]
    fn an_article_that_is_gone_is_an_old_button_and_never_nothing() {
        let gone = Utterance::Answer {
            article: "weg".into(),
            corrected: false,
        };
        assert_eq!(says(&gone, None), says(&Utterance::OldButton, None));
    }
}
