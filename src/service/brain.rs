//! Everything that the bot knows at one moment, made from the files and swapped whole.

use std::path::PathBuf;
use std::sync::Arc;

use crate::answer::{self, Decision, Verdict};
use crate::conversation::{Assessment, Mind};
use crate::domain::Question;
use crate::knowledge::{CheckSettings, Complaint, Knowledge, LoadError};
use crate::language::Lexicon;
use crate::safety::{Rules, without_remarks};
use crate::search::{BuildError, Found, Index};

use super::reading::{self, load_checked};

/// Knowledge, its index, and what recognises danger.
pub struct Brain {
    /// What editors wrote.
    pub knowledge: Knowledge,
    /// What recognises danger.
    pub rules: Rules,
    lexicon: Arc<Lexicon>,
    index: Index,
}

/// Why there is no brain.
#[derive(Debug, thiserror::Error)]
pub enum BrainError {
    /// The files could not be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The index could not be made.
    #[error(transparent)]
    Index(#[from] BuildError),
}

impl Brain {
    /// Reads the folders (a later one is laid over an earlier one) and makes the index. The complaints are
    /// those of all files; what could be used is used.
    pub fn load(dirs: &[PathBuf]) -> Result<(Self, Vec<Complaint>), BrainError> {
        let loaded = load_checked(dirs, &CheckSettings::default())?;
        let brain = Self::new(loaded.knowledge)?;
        Ok((brain, loaded.complaints))
    }

    /// Makes the index of this knowledge. Word lists and danger rules that the knowledge does not have, or
    /// that cannot be used, are the built-in ones.
    pub fn new(knowledge: Knowledge) -> Result<Self, BrainError> {
        let lexicon = Arc::new(reading::lexicon(&knowledge));
        let rules = reading::rules(&knowledge);
        let index = Index::build(knowledge.articles(), Arc::clone(&lexicon))?;
        Ok(Self {
            rules,
            lexicon,
            index,
            knowledge,
        })
    }

    /// The articles that may answer a question, with what each is judged by.
    pub fn search(&self, question: &Question) -> Found {
        self.index.search(question)
    }

    /// What the knowledge base has for a question. First it is taken for a question of its own; only where
    /// that gives no answer are the questions before it looked at, the last one first. Otherwise a resident
    /// who asks something new would get the answer to the question before.
    pub fn verdict(&self, question: &Question) -> Verdict {
        let alone = self.verdict_after(question, None);
        if let Decision::Answer(_) = alone.decision {
            return alone;
        }
        let mut best = alone;
        for earlier in question.context.iter().rev() {
            let verdict = self.verdict_after(question, Some(earlier));
            match (&verdict.decision, &best.decision) {
                (Decision::Answer(_), _) => return verdict,
                (Decision::Choose(_), Decision::HandOff) => best = verdict,
                _ => {}
            }
        }
        best
    }

    fn verdict_after(&self, question: &Question, earlier: Option<&String>) -> Verdict {
        let found = self.search(&Question {
            text: without_remarks(&question.text),
            context: earlier
                .map(|text| without_remarks(text))
                .into_iter()
                .collect(),
            municipality: question.municipality.clone(),
        });
        answer::decide(&found.hits, &found.shape)
    }
}

impl Mind for Brain {
    fn assess(&self, question: &Question) -> Assessment {
        Assessment {
            intent: self.lexicon.intent(&question.text),
            verdict: self.verdict(question),
        }
    }
}
