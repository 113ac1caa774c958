//! The words for an utterance: sentences from `teksten.toml`, answers from articles.

use crate::answer::{self, Answered};
use crate::domain::{
    Action, Article, ArticleId, Block, Button, MediaKind, MunicipalityId, PersonalDataKind, Reply,
    Span, ThemeId,
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
            Utterance::Privacy => said(&texts.privacy(library)),
            Utterance::Stopped => said(&texts.stopped()),
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
            Utterance::Masked(kinds) => said(&texts.masked(&self.kinds(kinds))),
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
            Utterance::Apology => said(&texts.apology()),
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
            self.button(self.texts().button_yes(), Action::Yes),
            self.button(self.texts().button_no(), Action::No),
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
        match reason {
            KeepReason::Unsure => self.with_menu(&texts.kept_unsure()),
            KeepReason::AskedForPerson => said(&texts.kept_asked()),
            KeepReason::NotHelpful => said(&texts.kept_not_helpful()),
            KeepReason::Voice => said(&texts.kept_voice()),
            KeepReason::Failure => said(&texts.kept_failure()),
        }
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
