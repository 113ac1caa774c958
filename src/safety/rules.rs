//! The rules for danger: detect it, and find the words of help.

use std::sync::{Arc, LazyLock};

use crate::domain::{Block, Danger, DangerCategory, DangerStrength, DangerWho, Reply, Span as Run};

use super::build;
use super::learnt::{Learnt, Likeness};
use super::lexicon::{Atom, Lexicon};
use super::matching::{Rule, Span, Text};
use super::read::{Files, RuleProblem};

/// How near a word like "boek" or "cursus" must stand to silence a loose rule, in places.
const CONTEXT: u32 = 7;

/// Which danger goes first when a message has several: what can cost a life within minutes or hours
/// before what can wait for an hour, what needs a person today last.
pub const URGENCY: [DangerCategory; 13] = {
    use DangerCategory::{A, B, C, D, E, F, G, H, I, J, K, L, M};
    [A, B, I, E, F, H, J, D, G, M, K, C, L]
};

/// The files of our own `knowledge/veiligheid/`, compiled in: help never depends on a file.
const BUILT_IN: [(&str, &str); 14] = {
    macro_rules! file {
        ($name:literal) => {
            (
                concat!("veiligheid/", $name),
                include_str!(concat!("../../knowledge/veiligheid/", $name)),
            )
        };
    }
    [
        file!("woorden.toml"),
        file!("a-zelfdoding.toml"),
        file!("b-levensgevaar.toml"),
        file!("c-huisartsenpost.toml"),
        file!("d-verward.toml"),
        file!("e-geweld-thuis.toml"),
        file!("f-seksueel-geweld.toml"),
        file!("g-kind-in-nood.toml"),
        file!("h-misdrijf.toml"),
        file!("i-brand-en-gas.toml"),
        file!("j-vermist.toml"),
        file!("k-oplichting.toml"),
        file!("l-bestaansnood.toml"),
        file!("m-uitbuiting.toml"),
    ]
};

static BUILT_IN_RULES: LazyLock<(Rules, Vec<RuleProblem>)> =
    LazyLock::new(|| build::assemble(None, &BUILT_IN));

/// What a rule adds to what the examples say. Fitted on messages by people who knew neither.
const STRONG_RULE: f32 = 0.8;
/// The same for a rule for weak signals.
const WEAK_RULE: f32 = 0.55;

/// From which score on one clause makes the whole message a weak signal.
const CLEAR_IN_PART: f32 = 1.0;

/// A message of fewer words is only compared with the examples when it is nearly the same as one.
const FEWEST_WORDS: usize = 3;

/// What [`Rules::why`] says when no rule but the examples told.
const LIKE_EXAMPLES: &str = "lijkt op de voorbeelden";

/// The rules for danger, with their help texts. Cheap to copy.
#[derive(Clone, Debug)]
pub struct Rules(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) lexicon: Lexicon,
    pub(super) categories: Vec<Category>,
    pub(super) harmless: Vec<Rule>,
    pub(super) for_child: Vec<Rule>,
    pub(super) niet: Atom,
    pub(super) filler: Atom,
    pub(super) context: Atom,
    pub(super) learnt: Arc<Learnt>,
    /// The files behind it, kept so that a next reading can fall back on them.
    pub(super) files: Files,
}

#[derive(Debug)]
pub(super) struct Category {
    pub(super) category: DangerCategory,
    pub(super) signs: Vec<Sign>,
    pub(super) not: Vec<Rule>,
    pub(super) for_other: Vec<Rule>,
}

#[derive(Debug)]
pub(super) struct Sign {
    pub(super) rule: Rule,
    pub(super) language: String,
    pub(super) strength: DangerStrength,
    /// A word like "boek" nearby silences it.
    pub(super) loose: bool,
    pub(super) written: String,
}

impl Rules {
    /// The rules that are compiled into the program.
    pub fn built_in() -> Self {
        BUILT_IN_RULES.0.clone()
    }

    /// Reads the files of a folder `veiligheid/`, each as path and text. For what is missing or wrong
    /// the built-in rules stay; without any file there is nothing to complain about.
    pub fn read<P: AsRef<str>, T: AsRef<str>>(files: &[(P, T)]) -> (Self, Vec<RuleProblem>) {
        Self::built_in().reread(files)
    }

    /// As [`Self::read`], with these rules as the last good ones.
    pub fn reread<P: AsRef<str>, T: AsRef<str>>(
        &self,
        files: &[(P, T)],
    ) -> (Self, Vec<RuleProblem>) {
        if files.is_empty() {
            return (self.clone(), Vec::new());
        }
        build::assemble(Some(&self.0.files), files)
    }

    /// The danger in a message; the most urgent one when there are several.
    ///
    /// A strong signal goes before a weak one, and then the order of [`URGENCY`] decides. The time is
    /// linear in the length of the text.
    pub fn detect(&self, text: &str) -> Option<Danger> {
        self.detect_all(text).into_iter().next()
    }

    /// All dangers in a message, at most one per category, the most urgent first.
    pub fn detect_all(&self, text: &str) -> Vec<Danger> {
        self.signals(text)
            .into_iter()
            .map(|(danger, _)| danger)
            .collect()
    }

    /// The danger in a message, or in it together with the message before it ("ik wil niet meer" and then
    /// "leven"). What the earlier message says on its own does not count again.
    pub fn detect_across(&self, previous: &str, now: &str) -> Option<Danger> {
        if let Some(danger) = self.detect(now) {
            return Some(danger);
        }
        let earlier = self.text(previous).len();
        // Without a full stop: the sentence goes on in the second message.
        let both = format!("{previous} {now}");
        let likeness = self.0.learnt.weigh(&both);
        let found = self.found(self.text(&both), earlier, true);
        self.confirmed(found, &likeness)
            .into_iter()
            .map(|(danger, _)| danger)
            .next()
    }

    /// The rule, as the editor wrote it, by which a message counts as this category.
    pub fn why(&self, text: &str, category: DangerCategory) -> Option<&str> {
        self.signals(text)
            .into_iter()
            .find(|(danger, _)| danger.category == category)
            .map(|(_, written)| written)
    }

    fn text(&self, text: &str) -> Text {
        let inner = &*self.0;
        let mut text = Text::new(text, &inner.lexicon, inner.niet, inner.filler);
        silence(&mut text, &inner.harmless);
        text
    }

    /// Matches with their last word at or after word `from`. Unless `heed_context`, a word like "boek" silences none.
    fn found(&self, mut text: Text, from: usize, heed_context: bool) -> Vec<(Danger, &str)> {
        let mut found: Vec<(Danger, &str)> = Vec::new();
        let silent = text.silent.clone();
        for category in &self.0.categories {
            text.silent.clone_from(&silent);
            silence(&mut text, &category.not);
            let mut best: Option<&Sign> = None;
            for sign in &category.signs {
                if best.is_some_and(|best| best.strength >= sign.strength) {
                    continue;
                }
                text.each_match(&sign.rule, |taken| {
                    let Some(span) = span(taken) else { return true };
                    let counts = span.last >= from
                        && !(heed_context
                            && sign.loose
                            && text.near(self.0.context, span, CONTEXT));
                    if counts {
                        best = Some(sign);
                    }
                    counts
                });
            }
            if let Some(sign) = best {
                let danger = Danger {
                    category: category.category,
                    strength: sign.strength,
                    language: sign.language.clone(),
                    who: self.who(&text, category.category),
                };
                found.push((danger, sign.written.as_str()));
            }
        }
        found
    }

    /// What the rules find and what the examples tell, together.
    fn signals(&self, text: &str) -> Vec<(Danger, &str)> {
        let learnt = &self.0.learnt;
        let likeness = learnt.weigh(text);
        let words = self.text(text);
        let mut found = self.confirmed(self.found(words.clone(), 0, true), &likeness);
        // "Ik ruik geen gas": to the examples that is nearly the same as without the last word.
        let denied = || {
            !self
                .found(words.clone().without_denials(), 0, true)
                .is_empty()
        };
        let clear = likeness.score >= learnt.strong_from && !(found.is_empty() && denied());
        // A word or two look like anything.
        let telling = words.len() >= FEWEST_WORDS || clear;
        let in_part = likeness.nearby >= CLEAR_IN_PART;
        if telling
            && let Some((category, language)) = learnt.kind(&likeness)
            && (clear
                || found.is_empty() && (in_part || likeness.score >= learnt.weak_from(category)))
            && !found.iter().any(|(danger, _)| danger.category == category)
        {
            // A rule that a word like "boek" silenced still knows better what it is about.
            let category = self
                .found(words.clone(), 0, false)
                .first()
                .map_or(category, |(danger, _)| danger.category);
            let danger = Danger {
                category,
                strength: if clear {
                    DangerStrength::Strong
                } else {
                    DangerStrength::Weak
                },
                language: language.to_owned(),
                who: self.who(&words, category),
            };
            found.push((danger, LIKE_EXAMPLES));
        }
        found.sort_by_key(|(danger, _)| {
            let urgency = URGENCY.iter().position(|other| *other == danger.category);
            (std::cmp::Reverse(danger.strength), urgency)
        });
        found
    }

    /// Only what the examples do not speak against: a rule sees a few words, the examples the whole message.
    /// A rule that the library added itself is never overruled.
    fn confirmed<'r>(
        &self,
        mut found: Vec<(Danger, &'r str)>,
        likeness: &Likeness,
    ) -> Vec<(Danger, &'r str)> {
        let learnt = &self.0.learnt;
        found.retain(|(danger, written)| {
            let rule = match danger.strength {
                DangerStrength::Strong => STRONG_RULE,
                DangerStrength::Weak => WEAK_RULE,
            };
            likeness.nearby + rule >= learnt.weak_from(danger.category) || !is_built_in(written)
        });
        for (danger, _) in &mut found {
            if likeness.score >= learnt.strong_from {
                danger.strength = DangerStrength::Strong;
            }
        }
        found
    }

    /// Whom a danger in this message is about.
    fn who(&self, text: &Text, category: DangerCategory) -> DangerWho {
        let any = |rules: &[Rule]| {
            rules.iter().any(|rule| {
                let mut hit = false;
                text.each_match(rule, |_| {
                    hit = true;
                    true
                });
                hit
            })
        };
        let own = self
            .0
            .categories
            .iter()
            .find(|own| own.category == category);
        if own.is_some_and(|own| any(&own.for_other)) {
            DangerWho::Other
        } else if any(&self.0.for_child) {
            DangerWho::Child
        } else {
            DangerWho::Writer
        }
    }

    /// The words of help for a danger, in its language. Where there is no text of its own for whom it
    /// is about or for a weak signal, it is the text for the writer.
    pub fn help(&self, danger: &Danger) -> Reply {
        let kept = self.0.files.categories.get(&danger.category);
        let Some((_, file)) =
            kept.or_else(|| BUILT_IN_RULES.0.0.files.categories.get(&danger.category))
        else {
            return Reply::text("Is er nu gevaar? Bel 112.");
        };
        let texts = &file.texts;
        let text = match texts.languages.get(&danger.language) {
            Some(translated) => translated,
            None => {
                let fitting = match (danger.who, danger.strength) {
                    (DangerWho::Other, _) => texts.other.as_ref(),
                    (DangerWho::Child, _) => texts.child.as_ref(),
                    (DangerWho::Writer, DangerStrength::Weak) => texts.weak.as_ref(),
                    (DangerWho::Writer, DangerStrength::Strong) => None,
                };
                fitting.unwrap_or(&texts.own)
            }
        };
        paragraph(text, &file.numbers)
    }

    /// The words after a plain "ja" (`yes`) or "nee" to what the text for a weak signal asked. `None` when
    /// that answer may mean danger: editors write these words only for the answer that sets at ease.
    pub fn after_weak(&self, danger: &Danger, yes: bool) -> Option<Reply> {
        if danger.strength == DangerStrength::Strong || danger.who != DangerWho::Writer {
            return None;
        }
        let (_, file) = self.0.files.categories.get(&danger.category)?;
        if file.texts.languages.contains_key(&danger.language) {
            return None;
        }
        let text = if yes {
            file.texts.after_yes.as_ref()
        } else {
            file.texts.after_no.as_ref()
        };
        text.map(|text| paragraph(text, &file.numbers))
    }

    /// Name of a category, as librarians read it.
    pub fn name(&self, category: DangerCategory) -> &str {
        self.0
            .files
            .categories
            .get(&category)
            .map_or("gevaar", |(_, file)| file.name.as_str())
    }
}

fn span(taken: &[usize]) -> Option<Span> {
    let first = taken.iter().min().copied()?;
    let last = taken.iter().max().copied()?;
    Some(Span { first, last })
}

/// Makes the words of every match deaf to further rules.
fn silence(text: &mut Text, rules: &[Rule]) {
    let mut silent = Vec::new();
    for rule in rules {
        text.each_match(rule, |taken| {
            silent.extend_from_slice(taken);
            false
        });
    }
    for at in silent {
        if let Some(word) = text.silent.get_mut(at) {
            *word = true;
        }
    }
}

/// Whether a rule is one of ours.
fn is_built_in(written: &str) -> bool {
    BUILT_IN.iter().any(|(_, text)| text.contains(written))
}

fn paragraph(text: &str, numbers: &[String]) -> Reply {
    Reply {
        blocks: vec![Block::Paragraph(with_numbers(text.trim(), numbers))],
        buttons: Vec::new(),
    }
}

/// The text in runs, with each number standing out.
fn with_numbers(text: &str, numbers: &[String]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut rest = text;
    loop {
        let next = numbers
            .iter()
            .filter_map(|number| rest.find(number.as_str()).map(|at| (at, number)))
            .min_by_key(|(at, number)| (*at, std::cmp::Reverse(number.len())));
        let Some((at, number)) = next.filter(|(_, number)| !number.is_empty()) else {
            break;
        };
        let (before, after) = rest.split_at(at);
        if !before.is_empty() {
            runs.push(Run::Text(before.to_owned()));
        }
        runs.push(Run::Strong(number.clone()));
        rest = after.split_at(number.len()).1;
    }
    if !rest.is_empty() {
        runs.push(Run::Text(rest.to_owned()));
    }
    runs
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::read::DUTCH;
    use super::*;
    use DangerCategory::{A, B, E, I, L};

    fn letter(text: &str) -> Option<DangerCategory> {
        Rules::built_in().detect(text).map(|danger| danger.category)
    }

    #[test]
    fn the_built_in_files_have_no_problems() {
        assert_eq!(BUILT_IN_RULES.1, []);
        assert_eq!(
            Rules::built_in().0.files.categories.len(),
            DangerCategory::ALL.len()
        );
    }

    #[rstest]
    #[case::plain("ik wil dood", Some(A))]
    #[case::no_spaces("ikwilnietmeerleven", Some(A))]
    #[case::by_ear("zelfmoort plegen", Some(A))]
    #[case::shouted("IK WIL NIET MEER LEEEEVEN", Some(A))]
    #[case::book("werkstuk over suïcidepreventie", None)]
    #[case::idiom("ik lach me dood om die film", None)]
    #[case::idiom_and_real("ik lach me dood om die film maar mijn man slaat mij", Some(E))]
    #[case::most_urgent("we staan op straat, mijn baby ademt niet", Some(B))]
    #[case::gas("ik ruik gas", Some(I))]
    fn danger_is_told_from_its_neighbours(
        #[case] text: &str,
        #[case] wanted: Option<DangerCategory>,
    ) {
        assert_eq!(letter(text), wanted);
    }

    #[rstest]
    #[case("ik ruik geen gas")]
    #[case("er is geen brand")]
    fn what_is_denied_is_at_most_a_weak_signal(#[case] text: &str) {
        let danger = Rules::built_in().detect(text);
        assert!(danger.is_none_or(|danger| danger.strength == DangerStrength::Weak));
    }

    #[test]
    fn all_dangers_are_listed_most_urgent_first() {
        let all = Rules::built_in().detect_all("we hebben niks te eten en ik wil niet meer leven");
        let letters: Vec<_> = all.iter().map(|danger| danger.category).collect();
        assert_eq!(letters, [A, L]);
    }

    #[test]
    fn the_language_of_the_signal_is_that_of_the_help() {
        let rules = Rules::built_in();
        let danger = rules.detect("nie chcę już żyć").unwrap();
        assert_eq!(danger.language, "pl");
        assert!(said(&rules.help(&danger)).contains("Zadzwoń: 113"));
    }

    #[test]
    fn a_signal_in_two_messages_is_one() {
        let rules = Rules::built_in();
        assert_eq!(rules.detect("ik wil"), None);
        assert_eq!(rules.detect("dood"), None);
        let across = rules.detect_across("ik wil", "dood").unwrap();
        assert_eq!(across.category, A);
        // What was said before does not come back with every next message.
        assert_eq!(
            rules.detect_across("ik wil dood", "hoe laat gaat de bieb open"),
            None
        );
    }

    #[rstest]
    #[case("mijn dochter zegt dat ze dood wil", A, DangerWho::Other)]
    #[case("ik wil dood", A, DangerWho::Writer)]
    #[case("ik ben 12 en mijn vader slaat mij", E, DangerWho::Child)]
    #[case("mijn man slaat mij", E, DangerWho::Writer)]
    #[case("de buren slaan hun kind", E, DangerWho::Other)]
    fn the_help_is_for_the_right_person(
        #[case] text: &str,
        #[case] category: DangerCategory,
        #[case] wanted: DangerWho,
    ) {
        let danger = Rules::built_in().detect(text).unwrap();
        assert_eq!((danger.category, danger.who), (category, wanted));
    }

    fn said(reply: &Reply) -> String {
        let mut text = String::new();
        for block in &reply.blocks {
            let Block::Paragraph(runs) = block else {
                panic!("a paragraph was expected");
            };
            for run in runs {
                match run {
                    Run::Text(words) | Run::Strong(words) => text.push_str(words),
                    other => panic!("unexpected {other:?}"),
                }
            }
        }
        text
    }

    #[test]
    fn every_help_text_has_its_numbers_and_is_short() {
        let rules = Rules::built_in();
        for category in DangerCategory::ALL {
            for language in ["nl", "en", "tr", "ar", "pl", "uk", "de", "es", "fr", "xx"] {
                for who in [DangerWho::Writer, DangerWho::Other, DangerWho::Child] {
                    let danger = Danger {
                        category,
                        strength: DangerStrength::Strong,
                        language: language.to_owned(),
                        who,
                    };
                    let text = said(&rules.help(&danger));
                    for number in &rules.0.files.categories[&category].1.numbers {
                        assert!(
                            text.contains(number.as_str()),
                            "{category} {language}: {number}"
                        );
                    }
                    assert!(text.lines().count() <= 6);
                }
            }
        }
    }

    #[test]
    fn an_answer_that_sets_at_ease_gets_no_second_alarm() {
        let rules = Rules::built_in();
        let weak = |category| Danger {
            category,
            strength: DangerStrength::Weak,
            language: DUTCH.to_owned(),
            who: DangerWho::Writer,
        };
        // "Denk je er wel eens aan om niet meer te leven?" "Nee."
        let calm = rules.after_weak(&weak(A), false).unwrap();
        assert!(said(&calm).contains("113"));
        assert_eq!(rules.after_weak(&weak(A), true), None);
        let of_other = Danger {
            who: DangerWho::Other,
            ..weak(A)
        };
        assert_eq!(rules.after_weak(&of_other, false), None);
    }

    fn files() -> Vec<(String, String)> {
        BUILT_IN
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_file_with_a_mistake_does_not_count_and_says_why() {
        let broken: [(&str, &str, &str); 4] = [
            (
                "Bel 113. Dat is gratis, anoniem",
                "Bel maar. Dat is gratis, anoniem",
                "ontbreekt het nummer 113",
            ),
            ("letter = \"A\"", "letter = ", "niet goed te lezen"),
            (
                "niet = [\"hebben jullie",
                "niet = [\"ik wil dood\", \"hebben jullie",
                "is geen gevaar, maar de regel",
            ),
            (
                "wel = [\"ik wil niet meer leven\"",
                "wel = [\"de zon schijnt\"",
                "wordt niet herkend als A",
            ),
        ];
        for (right, wrong, message) in broken {
            let mut files = files();
            assert!(files[1].1.contains(right), "{right}");
            files[1].1 = files[1]
                .1
                .replacen(right, wrong, 1)
                .replacen("Chat op 113.nl", "Chat", 1);
            let (rules, problems) = Rules::read(&files);
            assert!(
                problems
                    .iter()
                    .any(|problem| problem.message.contains(message) && problem.line > 0),
                "{message}: {problems:?}"
            );
            assert_eq!(rules.detect("ik wil dood").unwrap().category, A);
            assert_eq!(rules.detect("mijn man slaat mij").unwrap().category, E);
        }
    }

    #[test]
    fn a_folder_without_files_has_the_built_in_rules() {
        let none: [(&str, &str); 0] = [];
        let (rules, problems) = Rules::read(&none);
        assert_eq!(problems, []);
        assert!(rules.detect("ik wil dood").is_some());
        let (rules, problems) = Rules::read(&files()[..2]);
        assert_eq!(problems.len(), DangerCategory::ALL.len() - 1);
        assert!(rules.detect("mijn man slaat mij").is_some());
    }

    #[test]
    fn an_editor_adds_a_sentence() {
        let mut files = files();
        files[1].1 = files[1]
            .1
            .replacen("sterk = [", "sterk = [\"de lantaarn is uit\",", 1);
        let (rules, problems) = Rules::read(&files);
        assert_eq!(problems, []);
        assert_eq!(
            rules
                .detect("bij mij is het zo: de lantaarn is uit")
                .unwrap()
                .category,
            A
        );
    }

    #[test]
    fn the_time_is_linear_in_the_length() {
        let rules = Rules::built_in();
        for piece in [
            "ik wil niet ",
            "mijn man slaat mij niet de boek ",
            "dood ",
            "niet ",
            "xqzwv ",
            "ikwilniet",
            "a",
        ] {
            let text = piece.repeat(4_096 / piece.len());
            let begin = std::time::Instant::now();
            let _ = rules.detect(&text);
            assert!(
                begin.elapsed().as_millis() < 2_000,
                "{piece}: {:?}",
                begin.elapsed()
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_fine(text in "\\PC{0,200}") {
            let rules = Rules::built_in();
            let _ = rules.detect(&text);
            let _ = rules.detect_across(&text, &text);
        }

        #[test]
        fn a_signal_in_a_long_story_is_found(
            before in "(de |huur |toeslag |ik vraag |brief |gemeente ){0,80}",
            after in "(de |huur |toeslag |ik vraag |brief |gemeente ){0,80}",
        ) {
            let text = format!("{before}. Ik wil niet meer leven. {after}");
            proptest::prop_assert_eq!(letter(&text), Some(A));
        }
    }
}
