//! The rules for danger: detect it, and find the words of help.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::domain::{Block, Danger, DangerCategory, DangerStrength, DangerWho, Reply, Span as Run};

use super::lexicon::{Atom, Lexicon};
use super::matching::{Rule, Span, Text};
use super::pattern::{Pattern, Term};
use super::read::{CategoryFile, Content, RuleProblem, Source, WordsFile};

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
    LazyLock::new(|| Rules::assemble(&BTreeMap::new(), None, &BUILT_IN));

/// The rules for danger, with their help texts. Cheap to copy.
#[derive(Clone, Debug)]
pub struct Rules(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lexicon: Lexicon,
    categories: Vec<Category>,
    harmless: Vec<Rule>,
    for_child: Vec<Rule>,
    niet: Atom,
    filler: Atom,
    context: Atom,
    /// The files behind it, kept so that a next reading can fall back on them.
    words: (Source, WordsFile),
    files: BTreeMap<DangerCategory, (Source, CategoryFile)>,
}

#[derive(Debug)]
struct Category {
    category: DangerCategory,
    signs: Vec<Sign>,
    not: Vec<Rule>,
    for_other: Vec<Rule>,
}

#[derive(Debug)]
struct Sign {
    rule: Rule,
    language: String,
    strength: DangerStrength,
    /// A word like "boek" nearby silences it.
    loose: bool,
    written: String,
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
        Self::assemble(&self.0.files, Some(&self.0.words), files)
    }

    fn assemble<P: AsRef<str>, T: AsRef<str>>(
        last_good: &BTreeMap<DangerCategory, (Source, CategoryFile)>,
        last_words: Option<&(Source, WordsFile)>,
        files: &[(P, T)],
    ) -> (Self, Vec<RuleProblem>) {
        let mut problems = Vec::new();
        let mut words = None;
        let mut found: BTreeMap<DangerCategory, (Source, CategoryFile)> = BTreeMap::new();
        let mut unread = 0;
        for (path, text) in files {
            let source = Source {
                path: path.as_ref().to_owned(),
                text: text.as_ref().to_owned(),
            };
            match source.read() {
                Ok(Content::Words(file)) => words = Some((source, file)),
                Ok(Content::Category(category, file)) => {
                    if let Some((earlier, _)) = found.get(&category) {
                        problems.push(source.problem(
                            source.find("letter"),
                            format!("De letter {category} staat ook al in {}.", earlier.path),
                            "Houd per letter één bestand over.",
                        ));
                        continue;
                    }
                    let wrong = source.check_texts(&file);
                    if wrong.is_empty() {
                        found.insert(category, (source, file));
                    } else {
                        unread += 1;
                        problems.extend(wrong);
                    }
                }
                Err(problem) => {
                    unread += 1;
                    problems.push(*problem);
                }
            }
        }
        for category in DangerCategory::ALL {
            if !found.contains_key(&category) {
                if unread == 0 {
                    problems.push(missing(files, category));
                }
                if let Some(kept) = last_good.get(&category) {
                    found.insert(category, kept.clone());
                }
            }
        }
        let words = words.or_else(|| last_words.cloned()).unwrap_or_else(|| {
            (
                Source {
                    path: String::new(),
                    text: String::new(),
                },
                WordsFile::default(),
            )
        });

        let (mut rules, wrong) = Self::compile(words.clone(), found.clone());
        problems.extend(wrong);
        let failed: Vec<(DangerCategory, Vec<RuleProblem>)> = rules
            .0
            .files
            .keys()
            .map(|category| (*category, rules.try_out(*category)))
            .filter(|(_, wrong)| !wrong.is_empty())
            .collect();
        if !failed.is_empty() {
            for (category, wrong) in failed {
                problems.extend(wrong);
                if let Some(kept) = last_good.get(&category) {
                    found.insert(category, kept.clone());
                }
            }
            (rules, _) = Self::compile(words.clone(), found.clone());
            // A category may also fail by what another file, or woorden.toml, says: then all of the
            // last good rules stay together.
            let whole = !last_good.is_empty()
                && last_good
                    .keys()
                    .any(|category| !rules.try_out(*category).is_empty());
            if whole && let Some(words) = last_words {
                (rules, _) = Self::compile(words.clone(), last_good.clone());
            }
        }
        (rules, problems)
    }

    fn compile(
        words: (Source, WordsFile),
        files: BTreeMap<DangerCategory, (Source, CategoryFile)>,
    ) -> (Self, Vec<RuleProblem>) {
        let mut problems = Vec::new();
        let mut lexicon = Lexicon::default();
        lexicon.add_glue(&words.1.glue);
        lexicon.add_ordinary(&words.1.ordinary);
        for wrong in lexicon.add_classes(&words.1.classes) {
            problems.push(words.0.problem(
                words.0.find(wrong.rsplit(": ").next().unwrap_or_default()),
                format!("In de klassen staat iets dat geen woord is: {wrong}"),
                "Schrijf een woord, een begin met een sterretje, of de naam van een andere klasse.",
            ));
        }
        let mut compile = |source: &Source, lexicon: &mut Lexicon, lines: &[String]| {
            let mut rules = Vec::new();
            for line in lines {
                match read_rules(line, lexicon) {
                    Ok(read) => rules.extend(read.into_iter().map(|rule| (line.clone(), rule))),
                    Err(message) => problems.push(source.problem(
                        source.find(line),
                        format!("Deze regel klopt niet: {message}."),
                        "Kijk in de uitleg bovenaan woorden.toml hoe je een regel schrijft.",
                    )),
                }
            }
            rules
        };
        let bare = |rules: Vec<(String, Rule)>| rules.into_iter().map(|(_, rule)| rule).collect();
        let harmless = bare(compile(&words.0, &mut lexicon, &words.1.harmless));
        let for_child = bare(compile(&words.0, &mut lexicon, &words.1.for_child));
        let mut categories = Vec::new();
        for category in URGENCY {
            let Some((source, file)) = files.get(&category) else {
                continue;
            };
            let mut signs = Vec::new();
            let mut not = Vec::new();
            for (language, own) in file.signs.all() {
                for (lines, strength, loose) in [
                    (&own.strong, DangerStrength::Strong, false),
                    (&own.loose, DangerStrength::Strong, true),
                    (&own.weak, DangerStrength::Weak, true),
                ] {
                    for (written, rule) in compile(source, &mut lexicon, lines) {
                        signs.push(Sign {
                            rule,
                            language: language.clone(),
                            strength,
                            loose,
                            written,
                        });
                    }
                }
                let own_not = compile(source, &mut lexicon, &own.not);
                not.extend(own_not.into_iter().map(|(_, rule)| rule));
            }
            categories.push(Category {
                category,
                signs,
                not,
                for_other: bare(compile(source, &mut lexicon, &file.signs.for_other)),
            });
        }
        let mut class = |name: &str| lexicon.atom(&Term::Class(name.to_owned()));
        let (niet, filler, context) = (class("niet"), class("vulwoord"), class("context"));
        let rules = Self(Arc::new(Inner {
            lexicon,
            categories,
            harmless,
            for_child,
            niet,
            filler,
            context,
            words,
            files,
        }));
        (rules, problems)
    }

    /// The file's own examples and near misses that come out wrong.
    fn try_out(&self, category: DangerCategory) -> Vec<RuleProblem> {
        let Some((source, file)) = self.0.files.get(&category) else {
            return Vec::new();
        };
        let mut problems = Vec::new();
        for example in &file.trial.hits {
            let found = self.detect_all(example);
            if !found.iter().any(|danger| danger.category == category) {
                problems.push(source.problem(
                    source.find(example),
                    format!("Het voorbeeld '{example}' wordt niet herkend als {category}."),
                    "Voeg bij [herkennen] een regel toe die dit voorbeeld herkent.",
                ));
            }
        }
        for example in &file.trial.misses {
            if let Some(written) = self.why(example, category) {
                problems.push(source.problem(
                    source.find(example),
                    format!(
                        "'{example}' is geen gevaar, maar de regel '{written}' slaat erop aan."
                    ),
                    "Maak die regel nauwer, of voeg onder 'geen' de uitdrukking toe.",
                ));
            }
        }
        problems
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
        self.found(self.text(text), 0)
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
        let both = self.text(&format!("{previous} {now}"));
        self.found(both, earlier)
            .into_iter()
            .map(|(danger, _)| danger)
            .next()
    }

    /// The rule, as the editor wrote it, by which a message counts as this category.
    pub fn why(&self, text: &str, category: DangerCategory) -> Option<&str> {
        self.found(self.text(text), 0)
            .into_iter()
            .find(|(danger, _)| danger.category == category)
            .map(|(_, sign)| sign.written.as_str())
    }

    fn text(&self, text: &str) -> Text {
        let inner = &*self.0;
        let mut text = Text::new(text, &inner.lexicon, inner.niet, inner.filler);
        silence(&mut text, &inner.harmless);
        text
    }

    /// Matches with their last word at or after word `from`.
    fn found(&self, mut text: Text, from: usize) -> Vec<(Danger, &Sign)> {
        let mut found: Vec<(Danger, &Sign)> = Vec::new();
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
                        && !(sign.loose && text.near(self.0.context, span, CONTEXT));
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
                    who: self.who(&text, category),
                };
                found.push((danger, sign));
            }
        }
        // Stable: within one strength the order of urgency stays.
        found.sort_by(|(left, _), (right, _)| right.strength.cmp(&left.strength));
        found
    }

    /// Whom a danger in this message is about.
    fn who(&self, text: &Text, category: &Category) -> DangerWho {
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
        if any(&category.for_other) {
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
        let kept = self.0.files.get(&danger.category);
        let Some((_, file)) = kept.or_else(|| BUILT_IN_RULES.0.0.files.get(&danger.category))
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
        Reply {
            blocks: vec![Block::Paragraph(with_numbers(text.trim(), &file.numbers))],
            buttons: Vec::new(),
        }
    }

    /// Name of a category, as librarians read it.
    pub fn name(&self, category: DangerCategory) -> &str {
        self.0
            .files
            .get(&category)
            .map_or("gevaar", |(_, file)| file.name.as_str())
    }
}

fn missing<P: AsRef<str>, T>(files: &[(P, T)], category: DangerCategory) -> RuleProblem {
    let folder = files
        .first()
        .and_then(|(path, _)| path.as_ref().rsplit_once(['/', '\\']))
        .map_or("veiligheid", |(folder, _)| folder);
    RuleProblem {
        file: folder.to_owned(),
        line: 1,
        message: format!("Er is geen bestand voor de letter {category}."),
        hint: "Zet het bestand terug. Tot dan gelden de ingebouwde regels voor deze letter."
            .to_owned(),
    }
}

/// Reads a line with a rule; its classes must be there already.
fn read_rules(line: &str, lexicon: &mut Lexicon) -> Result<Vec<Rule>, String> {
    let patterns = Pattern::read_all(line)?;
    let terms = patterns
        .iter()
        .flat_map(|pattern| pattern.groups.iter().flatten())
        .flat_map(|item| &item.terms);
    for term in terms {
        if let Term::Class(name) = term
            && !lexicon.has_class(name)
        {
            return Err(format!("de klasse <{name}> bestaat niet"));
        }
    }
    Ok(patterns
        .iter()
        .map(|pattern| Rule::new(pattern, lexicon))
        .collect())
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

    use super::*;
    use DangerCategory::{A, B, E, I, L};

    fn letter(text: &str) -> Option<DangerCategory> {
        Rules::built_in().detect(text).map(|danger| danger.category)
    }

    #[test]
    fn the_built_in_files_have_no_problems() {
        assert_eq!(BUILT_IN_RULES.1, []);
        assert_eq!(Rules::built_in().0.files.len(), DangerCategory::ALL.len());
    }

    #[rstest]
    #[case::plain("ik wil dood", Some(A))]
    #[case::no_spaces("ikwilnietmeerleven", Some(A))]
    #[case::by_ear("zelfmoort plegen", Some(A))]
    #[case::shouted("IK WIL NIET MEER LEEEEVEN", Some(A))]
    #[case::denied("ik ga geen zelfmoord plegen", None)]
    #[case::book("werkstuk over suïcidepreventie", None)]
    #[case::idiom("ik lach me dood om die film", None)]
    #[case::idiom_and_real("ik lach me dood om die film maar mijn man slaat mij", Some(E))]
    #[case::most_urgent("we staan op straat, mijn baby ademt niet", Some(B))]
    #[case::gas("ik ruik gas", Some(I))]
    #[case::no_gas("ik ruik geen gas", None)]
    fn danger_is_told_from_its_neighbours(
        #[case] text: &str,
        #[case] wanted: Option<DangerCategory>,
    ) {
        assert_eq!(letter(text), wanted);
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
        let dangers = Rules::built_in().detect_all(text);
        let danger = dangers.iter().find(|danger| danger.category == category);
        assert_eq!(danger.map(|danger| danger.who), Some(wanted));
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
                    for number in &rules.0.files[&category].1.numbers {
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
