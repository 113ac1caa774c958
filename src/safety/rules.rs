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
    use super::*;

    #[test]
    fn the_built_in_files_have_no_problems() {
        assert_eq!(BUILT_IN_RULES.1, []);
        assert_eq!(Rules::built_in().0.files.len(), DangerCategory::ALL.len());
    }
}
