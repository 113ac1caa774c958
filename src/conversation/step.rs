//! One step of a conversation.

mod privacy;

use sha2::{Digest, Sha256};

use crate::answer::{Candidate, Decision, Verdict};
use crate::domain::{
    Action, ArticleId, Command, Danger, DangerStrength, Event, MediaKind, MessageId,
    MunicipalityId, PersonalDataKind, Question,
};
use crate::knowledge::Knowledge;
use crate::language::Intent;

use super::{Effect, KeepReason, Phase, State, Utterance};

/// How many articles "Bedoel je …?" offers at most.
const MOST_OPTIONS: usize = 4;

/// A message with more words than this says something of its own, and is no reply to help in danger.
const SHORT_REPLY: usize = 6;

/// Understands questions. Handed in, so that a step can be played with any understanding.
pub trait Mind {
    /// What this question is about.
    fn assess(&self, question: &Question) -> Assessment;
}

/// What a message is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Set when the message is no question but a greeting, a yes, a wish for a person …
    pub intent: Option<Intent>,
    /// What the knowledge base has for it.
    pub verdict: Verdict,
}

/// What a step may look at.
pub struct Facts<'a> {
    /// What editors wrote.
    pub knowledge: &'a Knowledge,
    /// What understands questions.
    pub mind: &'a dyn Mind,
    /// The municipality that the resident chose.
    pub municipality: Option<MunicipalityId>,
    /// What a message in which there is danger says besides: its clauses without danger.
    pub beside_danger: Option<String>,
}

/// What a step leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The new state; `None` forgets the conversation.
    pub state: Option<State>,
    /// What must happen, in order.
    pub effects: Vec<Effect>,
    /// What was decided about a text; `None` for everything else.
    pub decided: Option<Decided>,
}

/// What was decided about a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// The decision in one word.
    pub kind: DecisionKind,
    /// The article that answers, when the decision is to answer.
    pub article: Option<ArticleId>,
    /// The best candidates, at most five.
    pub candidates: Vec<Candidate>,
    /// The danger that was recognised.
    pub danger: Option<Danger>,
    /// Why, in words for the operator.
    pub reasons: Vec<String>,
}

/// The decisions of the `ask --jsonl` contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DecisionKind {
    /// An article answers it.
    Answer,
    /// "Bedoel je …?"
    Choose,
    /// The bot does not know.
    HandOff,
    /// There is danger.
    Crisis,
    /// The resident asks for a person.
    Human,
    /// A greeting, thanks, and the like.
    SmallTalk,
}

impl DecisionKind {
    /// The name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Choose => "choose",
            Self::HandOff => "handoff",
            Self::Crisis => "crisis",
            Self::Human => "human",
            Self::SmallTalk => "smalltalk",
        }
    }
}

/// Takes one event of a resident and says what must happen. Never fails: what it does not know it says so.
pub fn step(state: State, event: &Event, facts: &Facts<'_>) -> Step {
    let mut turn = Turn {
        state,
        event,
        facts,
        effects: Vec::new(),
        decided: None,
        erased: false,
    };
    match event {
        Event::Text {
            text,
            message,
            edited,
            masked,
            cut,
            danger,
            help_sent,
        } => turn.text(&Text {
            text,
            message: *message,
            edited: *edited,
            masked,
            cut: *cut,
            danger: danger.as_ref(),
            help_sent: *help_sent,
        }),
        Event::Command {
            command,
            message,
            masked,
        } => {
            if let Command::Stop = command {
                turn.tell_masked(masked, *message);
                return turn.stop();
            }
            turn.command(command);
            turn.tell_masked(masked, *message);
        }
        Event::Button { action, callback } => {
            turn.effects.push(Effect::AnswerButton {
                callback: callback.clone(),
            });
            turn.button(action.as_ref());
        }
        Event::Media { media, .. } => turn.media(*media),
        Event::Blocked => turn.effects.push(Effect::Blocked(true)),
        Event::Unblocked => turn.effects.push(Effect::Blocked(false)),
        Event::AddedToGroup => {
            turn.say(Utterance::GroupGoodbye);
            turn.effects.push(Effect::LeaveGroup);
            return Step {
                state: None,
                effects: turn.effects,
                decided: None,
            };
        }
    }
    Step {
        state: (!turn.erased).then_some(turn.state),
        effects: turn.effects,
        decided: turn.decided,
    }
}

/// A text and what is known about it.
struct Text<'a> {
    text: &'a str,
    message: MessageId,
    edited: bool,
    masked: &'a [PersonalDataKind],
    cut: bool,
    danger: Option<&'a Danger>,
    help_sent: bool,
}

/// A step in the making.
struct Turn<'a> {
    state: State,
    event: &'a Event,
    facts: &'a Facts<'a>,
    effects: Vec<Effect>,
    decided: Option<Decided>,
    /// The resident wants to be forgotten, and so is the state.
    erased: bool,
}

impl Turn<'_> {
    fn say(&mut self, utterance: Utterance) {
        self.effects.push(Effect::Say(utterance));
    }

    fn count(&mut self, name: &'static str, key: impl Into<String>) {
        self.effects.push(Effect::Count {
            name,
            key: key.into(),
        });
    }

    fn decide(&mut self, kind: DecisionKind, verdict: Verdict) {
        self.decided = Some(Decided {
            kind,
            article: match &verdict.decision {
                Decision::Answer(article) if kind == DecisionKind::Answer => Some(article.clone()),
                _ => None,
            },
            candidates: verdict.candidates,
            danger: None,
            reasons: verdict.reasons,
        });
    }

    /// Tells who is speaking, once in a conversation that began without `/start`.
    fn introduce(&mut self) {
        if !self.state.introduced {
            self.state.introduced = true;
            self.say(Utterance::Introduction);
        }
    }

    /// Tells what was hidden in a message, and takes that message out of the chat.
    fn tell_masked(&mut self, kinds: &[PersonalDataKind], message: MessageId) {
        if !kinds.is_empty() {
            self.say(Utterance::Masked(kinds.to_vec()));
            self.effects.push(Effect::DeleteMessage { message });
        }
    }

    /// Tells what became of a message at the door.
    fn tell_changes(&mut self, text: &Text<'_>) {
        self.tell_masked(text.masked, text.message);
        if text.cut {
            self.say(Utterance::Cut);
        }
    }

    /// Waits for a yes or no, under a number of its own: the buttons below any earlier question are worth
    /// nothing from now on. The number follows from the event, so that a turn that is played again asks under
    /// the same one, and from the number before it; so it is another one also after a conversation that was
    /// forgotten.
    fn ask(&mut self, phase: Phase) {
        let event = serde_json::to_string(self.event).unwrap_or_default();
        let hash = Sha256::new()
            .chain_update(self.state.ask.to_be_bytes())
            .chain_update(event)
            .finalize();
        self.state.ask = hash
            .iter()
            .take(4)
            .fold(0, |number, byte| number << 8 | u32::from(*byte));
        self.state.phase = phase;
    }

    fn stop(mut self) -> Step {
        self.say(Utterance::Stopped);
        Step {
            state: None,
            effects: self.effects,
            decided: None,
        }
    }

    fn command(&mut self, command: &Command) {
        if !matches!(command, Command::Start(_)) {
            self.introduce();
        }
        self.state.phase = Phase::Open;
        match command {
            Command::Start(payload) => self.start(payload.as_deref()),
            Command::Help => self.say(Utterance::Help),
            Command::Menu => self.say(Utterance::Menu),
            Command::Person => self.person(None),
            Command::Privacy => self.say(Utterance::Privacy),
            Command::MyData => self.my_data(),
            Command::Erase => self.ask_erase(),
            Command::Stop => {}
            Command::Unknown => self.say(Utterance::UnknownCommand),
        }
    }

    /// `/start`, perhaps from a poster: `artikel-<id>` shows that article, `thema-<id>` that theme.
    fn start(&mut self, payload: Option<&str>) {
        self.state.introduced = true;
        self.say(Utterance::Welcome);
        let Some(payload) = payload else { return };
        if let Some(id) = payload.strip_prefix("artikel-") {
            let id = ArticleId::new(id);
            if self.facts.knowledge.article(&id).is_some() {
                self.show(&id, false);
            }
        } else if let Some(id) = payload.strip_prefix("thema-")
            && self.facts.knowledge.theme(&id.into()).is_some()
        {
            self.say(Utterance::Theme {
                theme: id.into(),
                page: 0,
            });
        }
    }

    fn button(&mut self, action: Option<&Action>) {
        // A button that is still there was sent by us, so the resident knows who is speaking.
        self.state.introduced = true;
        let phase = std::mem::take(&mut self.state.phase);
        match action {
            None => self.say(Utterance::OldButton),
            Some(Action::Menu) => self.say(Utterance::Menu),
            Some(Action::Theme { theme, page }) => {
                if self.facts.knowledge.theme(theme).is_some() {
                    self.say(Utterance::Theme {
                        theme: theme.clone(),
                        page: *page,
                    });
                } else {
                    self.say(Utterance::OldButton);
                }
            }
            Some(Action::Article(id)) => self.show_or_old(id),
            Some(Action::Choose(id)) => self.chosen(id),
            Some(Action::Section { article, section }) => self.section(article, *section),
            Some(Action::Feedback { article, helpful }) => self.feedback(article, *helpful),
            Some(Action::SomethingElse) => {
                self.count("something_else", "");
                self.offer_last_question();
            }
            Some(Action::Person) => self.person(None),
            Some(Action::Yes { ask } | Action::No { ask })
                if *ask != self.state.ask || !waits_for_yes_or_no(&phase) =>
            {
                self.say(Utterance::OldButton);
            }
            Some(Action::Yes { .. }) => self.yes(phase),
            Some(Action::No { .. }) => self.no(phase),
            Some(Action::MyData) => self.my_data(),
            Some(Action::Erase { ask })
                if *ask == self.state.ask && phase == Phase::ConfirmingErase =>
            {
                self.erase();
            }
            // Below a message of long ago: what it means is told again first.
            Some(Action::AskErase | Action::Erase { .. }) => self.ask_erase(),
        }
    }

    fn media(&mut self, media: MediaKind) {
        self.introduce();
        self.count("media", media_name(media));
        if media == MediaKind::Voice {
            self.ask(Phase::OfferingPerson {
                question: "[spraakbericht]".into(),
                reason: KeepReason::Voice,
            });
        }
        self.say(Utterance::Media(media));
    }

    fn text(&mut self, text: &Text<'_>) {
        if let Some(danger) = text.danger {
            self.danger(danger, text);
            return;
        }
        let unchanged = text.edited && self.state.last_question() == Some(text.text);
        if unchanged {
            // What is hidden now may be another number than before.
            if !text.masked.is_empty() {
                self.effects.push(Effect::DeleteMessage {
                    message: text.message,
                });
            }
            return;
        }
        self.introduce();
        self.tell_changes(text);
        if text.edited && self.state.question_message == Some(text.message) {
            // Corrected away: it would mislead as what was asked before.
            self.state.forget_last();
        }
        let assessment = self.assess(text.text);
        let phase = std::mem::take(&mut self.state.phase);
        if self.reacts_to_phase(text, &assessment, phase) {
            return;
        }
        match assessment.intent {
            Some(intent) => self.small_talk(intent, assessment.verdict),
            None => self.question(text, assessment.verdict),
        }
    }

    fn assess(&self, text: &str) -> Assessment {
        self.facts.mind.assess(&Question {
            text: text.to_owned(),
            context: self.state.questions.clone(),
            municipality: self.facts.municipality.clone(),
        })
    }

    /// Help first. When the message also holds a question that we surely know, its answer follows;
    /// otherwise nothing more, and certainly no "dat weet ik niet".
    fn danger(&mut self, danger: &Danger, text: &Text<'_>) {
        if !text.help_sent {
            self.say(Utterance::Danger(danger.clone()));
        }
        self.count("danger", danger.category.to_string());
        self.tell_changes(text);
        let assessment = self.assess(text.text);
        self.state.phase = Phase::Open;
        self.state.remember(text.text, Some(text.message));
        self.decide(DecisionKind::Crisis, assessment.verdict.clone());
        if let Some(decided) = &mut self.decided {
            decided.danger = Some(danger.clone());
        }
        if let Some(article) = self.answer_beside_danger() {
            self.answer(&article, false);
        }
        self.state.phase = Phase::HelpGiven {
            danger: danger.clone(),
        };
    }

    /// The answer to what the message asks apart from the danger in it, judged alone: the words of danger and
    /// what was asked before would find something unfitting.
    fn answer_beside_danger(&self) -> Option<ArticleId> {
        let beside = self.facts.beside_danger.as_deref()?;
        let assessment = self.facts.mind.assess(&Question {
            text: beside.to_owned(),
            context: Vec::new(),
            municipality: self.facts.municipality.clone(),
        });
        match assessment.verdict.decision {
            Decision::Answer(article) if assessment.intent.is_none() => Some(article),
            _ => None,
        }
    }

    /// "Ja", "nee", "soms" after help: that reply may mean the worst. Editors say for which answer it does not;
    /// otherwise the full help is said, and never "dat weet ik niet".
    fn help_again(&mut self, danger: &Danger, intent: &Option<Intent>, verdict: Verdict) {
        let mut danger = danger.clone();
        match (danger.strength, intent) {
            (DangerStrength::Weak, Some(Intent::Yes | Intent::No)) => {
                let yes = *intent == Some(Intent::Yes);
                self.say(Utterance::AfterWeakHelp {
                    danger: danger.clone(),
                    yes,
                });
            }
            _ => {
                danger.strength = DangerStrength::Strong;
                self.say(Utterance::Danger(danger.clone()));
            }
        }
        self.decide(DecisionKind::Crisis, verdict);
        if let Some(decided) = &mut self.decided {
            decided.danger = Some(danger.clone());
        }
        self.state.phase = Phase::HelpGiven { danger };
    }

    /// Handles a text as the reply to what the bot asked. False when it is something new.
    fn reacts_to_phase(&mut self, text: &Text<'_>, assessment: &Assessment, phase: Phase) -> bool {
        match (&phase, &assessment.intent) {
            (Phase::HelpGiven { danger }, intent) if replies_to_help(text, intent, assessment) => {
                self.help_again(danger, intent, assessment.verdict.clone());
                return true;
            }
            (Phase::Confirming { article }, Some(Intent::Yes)) => self.feedback(article, true),
            (Phase::Confirming { article }, Some(Intent::No)) => self.feedback(article, false),
            (Phase::Choosing { options }, Some(Intent::Number(n))) => {
                let chosen = usize::from(*n).checked_sub(1).and_then(|n| options.get(n));
                match chosen.cloned() {
                    Some(id) => self.chosen(&id),
                    None => self.choose(options.clone(), false),
                }
            }
            (Phase::Choosing { options }, Some(Intent::Yes)) => match options.as_slice() {
                [only] => self.chosen(&only.clone()),
                _ => self.choose(options.clone(), false),
            },
            (Phase::Choosing { .. }, Some(Intent::No)) => self.offer_last_question(),
            (Phase::OfferingPerson { .. }, Some(Intent::Yes | Intent::Person)) => self.yes(phase),
            (Phase::OfferingPerson { .. }, Some(Intent::No)) => self.no(phase),
            (Phase::ConfirmingErase, Some(Intent::Yes | Intent::Erase)) => self.erase(),
            (Phase::ConfirmingErase, Some(Intent::No)) => self.say(Utterance::EraseDeclined),
            (Phase::ConfirmingErase, _) => {
                self.say(Utterance::NotErased);
                return false;
            }
            (Phase::AskingForPerson, Some(Intent::No | Intent::Goodbye)) => {
                self.say(Utterance::PersonDeclined);
            }
            (
                Phase::AskingForPerson,
                Some(Intent::Yes | Intent::Number(_) | Intent::Greeting | Intent::Help),
            ) => {
                self.state.phase = phase;
                self.say(Utterance::AskQuestionForPerson);
            }
            (Phase::AskingForPerson, None) if has_words(text.text) => {
                self.state.remember(text.text, Some(text.message));
                self.decide(DecisionKind::Human, assessment.verdict.clone());
                self.keep(text.text.to_owned(), KeepReason::AskedForPerson);
                return true;
            }
            (Phase::AskingForPerson, None) => {
                self.state.phase = phase;
                self.say(Utterance::AskQuestionForPerson);
            }
            _ => return false,
        }
        self.decide(DecisionKind::SmallTalk, assessment.verdict.clone());
        true
    }

    fn small_talk(&mut self, intent: Intent, verdict: Verdict) {
        let kind = match intent {
            Intent::Person => DecisionKind::Human,
            _ => DecisionKind::SmallTalk,
        };
        self.decide(kind, verdict);
        match intent {
            Intent::Person => self.person(None),
            Intent::Greeting => self.say(Utterance::Greeting),
            Intent::Thanks => self.say(Utterance::Thanks),
            Intent::Goodbye => self.say(Utterance::Goodbye),
            Intent::AreYouHuman => self.say(Utterance::AreYouHuman),
            Intent::Help => self.say(Utterance::Help),
            Intent::Swearing => self.say(Utterance::Swearing),
            Intent::Erase => self.ask_erase(),
            Intent::MyData => self.my_data(),
            Intent::Yes | Intent::No | Intent::Number(_) => self.say(Utterance::NothingOpen),
        }
    }

    fn question(&mut self, text: &Text<'_>, verdict: Verdict) {
        if !has_words(text.text) {
            self.decide(DecisionKind::SmallTalk, verdict);
            self.say(Utterance::NoWords);
            return;
        }
        self.state.remember(text.text, Some(text.message));
        self.state.answered = None;
        match verdict.decision.clone() {
            Decision::Answer(article) => {
                self.count("answer", article.as_str());
                self.state.alternatives = others(&verdict.candidates, &article);
                self.decide(DecisionKind::Answer, verdict);
                self.answer(&article, text.edited);
            }
            Decision::Choose(articles) => {
                self.count("choose", "");
                self.decide(DecisionKind::Choose, verdict);
                self.choose(articles, false);
            }
            Decision::HandOff => {
                self.count("handoff", "");
                self.decide(DecisionKind::HandOff, verdict);
                self.keep(text.text.to_owned(), KeepReason::Unsure);
            }
        }
    }

    fn choose(&mut self, mut options: Vec<ArticleId>, after_no: bool) {
        options.truncate(MOST_OPTIONS);
        self.state.phase = Phase::Choosing {
            options: options.clone(),
        };
        self.say(Utterance::Choose { options, after_no });
    }

    /// Gives an article as the answer to the last question.
    fn answer(&mut self, id: &ArticleId, corrected: bool) {
        self.state.answered = Some(id.clone());
        self.show(id, corrected);
    }

    /// One of the offered articles is what was meant, if it is still there.
    fn chosen(&mut self, id: &ArticleId) {
        match self.facts.knowledge.article(id).map(|a| a.id.clone()) {
            Some(article) => {
                // After the check: a press can be forged, and counts are kept for ever.
                self.count("chosen", article.as_str());
                self.answer(&article, false);
            }
            None => self.say(Utterance::OldButton),
        }
    }

    fn show(&mut self, id: &ArticleId, corrected: bool) {
        self.state.shown = Some(id.clone());
        self.state.phase = Phase::Confirming {
            article: id.clone(),
        };
        self.say(Utterance::Answer {
            article: id.clone(),
            corrected,
        });
    }

    /// Shows the article behind a button, if it is still there.
    fn show_or_old(&mut self, id: &ArticleId) {
        match self.facts.knowledge.article(id) {
            Some(article) => self.show(&article.id.clone(), false),
            None => self.say(Utterance::OldButton),
        }
    }

    fn section(&mut self, id: &ArticleId, section: u8) {
        let found = self
            .facts
            .knowledge
            .article(id)
            .filter(|article| article.sections.len() > usize::from(section))
            .map(|article| article.id.clone());
        match found {
            Some(article) => {
                self.state.shown = Some(article.clone());
                self.state.phase = Phase::Confirming {
                    article: article.clone(),
                };
                self.say(Utterance::Section { article, section });
            }
            None => self.say(Utterance::OldButton),
        }
    }

    fn feedback(&mut self, id: &ArticleId, helpful: bool) {
        let Some(article) = self.facts.knowledge.article(id).map(|a| a.id.clone()) else {
            self.say(Utterance::OldButton);
            return;
        };
        if helpful {
            self.count("helpful", article.as_str());
            self.say(Utterance::FeedbackThanks);
            return;
        }
        self.count("not_helpful", article.as_str());
        if self.state.answered.as_ref() != Some(&article) {
            // From the menu, or below an older answer: the last question was about something else.
            self.say(Utterance::AskOtherwise);
            return;
        }
        let mut options = self.state.alternatives.clone();
        options.retain(|option| *option != article);
        options.retain(|option| self.facts.knowledge.article(option).is_some());
        // Offered once: a second "Nee" goes on to a person.
        self.state.alternatives.clear();
        if options.is_empty() {
            self.offer_last_question();
        } else {
            self.choose(options, true);
        }
    }

    /// Offers to keep the last question for a librarian; without one, asks for other words.
    fn offer_last_question(&mut self) {
        match self.state.last_question() {
            Some(question) => {
                let question = question.to_owned();
                self.ask(Phase::OfferingPerson {
                    question,
                    reason: KeepReason::NotHelpful,
                });
                self.say(Utterance::OfferPerson {
                    reason: KeepReason::NotHelpful,
                });
            }
            None => self.say(Utterance::AskOtherwise),
        }
    }

    /// The resident asks for a person: the last question is kept, or asked for.
    fn person(&mut self, question: Option<String>) {
        self.count("asked_for_person", "");
        let question = question.or_else(|| self.state.last_question().map(str::to_owned));
        match question {
            Some(question) => self.keep(question, KeepReason::AskedForPerson),
            None => {
                self.state.phase = Phase::AskingForPerson;
                self.say(Utterance::AskQuestionForPerson);
            }
        }
    }

    fn keep(&mut self, question: String, reason: KeepReason) {
        self.state.phase = Phase::Open;
        if !(self.state.kept && self.state.last_question() == Some(question.as_str())) {
            self.state.kept = self.state.last_question() == Some(question.as_str());
            self.effects.push(Effect::Keep { question, reason });
        }
        self.say(Utterance::Kept { reason });
    }

    fn yes(&mut self, phase: Phase) {
        match phase {
            Phase::OfferingPerson { question, reason } => self.keep(question, reason),
            // A "Ja" below another message: too little to erase upon.
            Phase::ConfirmingErase => self.ask_erase(),
            _ => self.say(Utterance::NothingOpen),
        }
    }

    fn no(&mut self, phase: Phase) {
        match phase {
            Phase::OfferingPerson { .. } => self.say(Utterance::PersonDeclined),
            Phase::ConfirmingErase => self.say(Utterance::EraseDeclined),
            _ => self.say(Utterance::NothingOpen),
        }
    }
}

/// True while the bot waits for the answer to a question with "Ja" and "Nee" below it.
fn waits_for_yes_or_no(phase: &Phase) -> bool {
    matches!(phase, Phase::OfferingPerson { .. } | Phase::ConfirmingErase)
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Whether a text after help in danger goes on about that, as far as we can tell: no question that we know,
/// and no talk of another kind.
fn replies_to_help(text: &Text<'_>, intent: &Option<Intent>, assessment: &Assessment) -> bool {
    match intent {
        Some(Intent::Yes | Intent::No | Intent::Help | Intent::Goodbye) => true,
        Some(_) => false,
        None => {
            assessment.verdict.decision == Decision::HandOff
                && text.text.split_whitespace().count() <= SHORT_REPLY
        }
    }
}

/// The candidates but for `article`, best first.
fn others(candidates: &[Candidate], article: &ArticleId) -> Vec<ArticleId> {
    candidates
        .iter()
        .map(|candidate| &candidate.article)
        .filter(|id| *id != article)
        .take(MOST_OPTIONS - 1)
        .cloned()
        .collect()
}

fn media_name(media: MediaKind) -> &'static str {
    match media {
        MediaKind::Voice => "voice",
        MediaKind::Photo => "photo",
        MediaKind::Video => "video",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
        MediaKind::Contact => "contact",
        MediaKind::Location => "location",
        MediaKind::Game => "game",
        MediaKind::Other => "other",
    }
}

#[cfg(test)]
mod tests;
