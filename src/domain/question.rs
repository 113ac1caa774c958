//! A question to the knowledge base.

use serde::{Deserialize, Serialize};

use super::MunicipalityId;

/// What is asked, and what is known about who asks. Personal data has been masked before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The text of this message.
    pub text: String,
    /// Earlier questions of the same conversation, oldest first.
    pub context: Vec<String>,
    /// The municipality that the resident chose.
    pub municipality: Option<MunicipalityId>,
}

impl Question {
    /// A question on its own, without anything known.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            context: Vec::new(),
            municipality: None,
        }
    }
}
