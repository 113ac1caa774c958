//! From files to rules: everything is read and tried out first, and what is wrong is left out.

use std::sync::Arc;

use crate::domain::{DangerCategory, DangerStrength};

use super::learnt::{self, Learnt};
use super::lexicon::Lexicon;
use super::matching::Rule;
use super::pattern::{Pattern, Term};
use super::read::{Content, Files, RuleProblem, Source};
use super::rules::{Category, Inner, Rules, Sign, URGENCY};

/// Makes rules of these files; what is missing or wrong comes from the last good ones.
pub(super) fn assemble<P: AsRef<str>, T: AsRef<str>>(
    last_good: Option<&Files>,
    files: &[(P, T)],
) -> (Rules, Vec<RuleProblem>) {
    let (read, mut problems) = read(files);
    let wanting = DangerCategory::ALL
        .into_iter()
        .filter(|category| !read.categories.contains_key(category));
    // A file that could not be read has said so itself.
    if problems.is_empty() {
        problems.extend(wanting.map(|category| missing(files, category)));
    }
    let mut read = read.or(last_good);
    let (rules, wrong) = compile(read.clone());
    problems.extend(wrong);
    let failed: Vec<(DangerCategory, Vec<RuleProblem>)> = DangerCategory::ALL
        .into_iter()
        .map(|category| (category, try_out(&rules, category)))
        .filter(|(_, wrong)| !wrong.is_empty())
        .collect();
    let Some(good) = last_good.filter(|_| !failed.is_empty()) else {
        problems.extend(failed.into_iter().flat_map(|(_, wrong)| wrong));
        return (rules, problems);
    };
    for (category, wrong) in failed {
        problems.extend(wrong);
        if let Some(kept) = good.categories.get(&category) {
            read.categories.insert(category, kept.clone());
        }
    }
    let (mut rules, _) = compile(read);
    // A category may also fail by what woorden.toml or voorbeelden.toml says: then the last good rules
    // stay as they were.
    let fails = |category: &DangerCategory| !try_out(&rules, *category).is_empty();
    if good.categories.keys().any(fails) {
        (rules, _) = compile(good.clone());
    }
    (rules, problems)
}

/// Reads every file, and everything that is wrong with it.
fn read<P: AsRef<str>, T: AsRef<str>>(files: &[(P, T)]) -> (Files, Vec<RuleProblem>) {
    let mut problems = Vec::new();
    let mut found = Files::default();
    let source = |path: &P, text: &T| Source {
        path: path.as_ref().to_owned(),
        text: text.as_ref().to_owned(),
    };
    let (examples, files): (Vec<_>, Vec<_>) = files
        .iter()
        .partition(|(path, _)| learnt::is_examples(path.as_ref()));
    let texts: Vec<(&str, &str)> = examples
        .iter()
        .map(|(path, text)| (path.as_ref(), text.as_ref()))
        .collect();
    if !texts.is_empty() {
        match learnt::from_files(&texts) {
            Ok(learnt) => found.examples = Some(learnt),
            // Half of the examples teach the wrong things: then the last good ones stay.
            Err(error) => problems.extend(
                examples
                    .get(error.file)
                    .map(|(path, text)| source(path, text).unreadable(&error.source)),
            ),
        }
    }
    for (path, text) in files {
        let source = source(path, text);
        match source.read() {
            Ok(Content::Words(file)) => found.words = Some((source, file)),
            Ok(Content::Category(category, file)) => {
                let mut wrong = source.check_texts(&file);
                if let Some((earlier, _)) = found.categories.get(&category) {
                    wrong.push(source.problem(
                        source.find("letter"),
                        format!("De letter {category} staat ook al in {}.", earlier.path),
                        "Houd per letter één bestand over.",
                    ));
                }
                if wrong.is_empty() {
                    found.categories.insert(category, (source, *file));
                }
                problems.extend(wrong);
            }
            Err(problem) => problems.push(*problem),
        }
    }
    (found, problems)
}

fn compile(files: Files) -> (Rules, Vec<RuleProblem>) {
    let mut problems = Vec::new();
    let words = files.words.clone().unwrap_or_default();
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
        let Some((source, file)) = files.categories.get(&category) else {
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
    let learnt = files.examples.clone().unwrap_or_else(Learnt::shipped);
    let rules = Rules(Arc::new(Inner {
        lexicon,
        categories,
        harmless,
        for_child,
        niet,
        filler,
        context,
        learnt,
        files,
    }));
    (rules, problems)
}

/// The file's own examples and near misses that come out wrong.
fn try_out(rules: &Rules, category: DangerCategory) -> Vec<RuleProblem> {
    let Some((source, file)) = rules.0.files.categories.get(&category) else {
        return Vec::new();
    };
    let mut problems = Vec::new();
    for example in &file.trial.hits {
        let found = rules.detect_all(example);
        if !found.iter().any(|danger| danger.category == category) {
            problems.push(source.problem(
                source.find(example),
                format!("Het voorbeeld '{example}' wordt niet herkend als {category}."),
                "Voeg bij [herkennen] een regel toe die dit voorbeeld herkent.",
            ));
        }
    }
    for example in &file.trial.misses {
        if let Some(written) = rules.why(example, category) {
            problems.push(source.problem(
                source.find(example),
                format!("'{example}' is geen gevaar, maar de regel '{written}' slaat erop aan."),
                "Maak die regel nauwer, of voeg onder 'geen' de uitdrukking toe.",
            ));
        }
    }
    problems
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
