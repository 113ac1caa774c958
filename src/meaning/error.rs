//! What can be wrong with a model file.

/// A model that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The program was built without a model.
    #[error("this program was built without a model; build it with the feature `meaning`")]
    NotBuiltIn,
    /// The file is of another kind.
    #[error("this is no model file (GGUF, version 2 or 3); take the one from the folder `models`")]
    NotGguf,
    /// The file stops too early.
    #[error("the model file stops in the middle of {part}; copy it again")]
    Truncated {
        /// What was being read.
        part: String,
    },
    /// A setting or a matrix is not there.
    #[error("the model file has no {name}; take the one from the folder `models`")]
    Missing {
        /// Its name in the file.
        name: String,
    },
    /// A setting or a matrix has a form that this program does not know.
    #[error("{name} in the model file is not {expected}; take the one from the folder `models`")]
    Unfit {
        /// Its name in the file.
        name: String,
        /// What it should have been.
        expected: String,
    },
}

impl ModelError {
    pub(super) fn truncated(part: impl Into<String>) -> Self {
        Self::Truncated { part: part.into() }
    }

    pub(super) fn missing(name: impl Into<String>) -> Self {
        Self::Missing { name: name.into() }
    }

    pub(super) fn unfit(name: impl Into<String>, expected: impl Into<String>) -> Self {
        Self::Unfit {
            name: name.into(),
            expected: expected.into(),
        }
    }
}
