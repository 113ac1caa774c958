//! Everything that the bot knows at one moment, made from the files and swapped whole.

use std::path::PathBuf;
use std::sync::Arc;

use crate::answer::{self, Verdict};
use crate::conversation::{Assessment, Mind};
use crate::domain::Question;
use crate::knowledge::{CheckSettings, Complaint, Knowledge, LoadError};
use crate::language::Lexicon;
use crate::safety::Rules;
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

    /// What the knowledge base has for a question.
    pub fn verdict(&self, question: &Question) -> Verdict {
        let found = self.search(question);
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
