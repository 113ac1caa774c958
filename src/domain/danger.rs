//! Danger in a message: which kind, and how sure.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of danger, in the order of `veiligheid/`: earlier letters go first when a message has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DangerCategory {
    /// Suicide or self-harm.
    A,
    /// Immediate danger to life, medical.
    B,
    /// Urgent medical, not life-threatening.
    C,
    /// Acute mental distress or confusion.
    D,
    /// Violence or unsafety at home.
    E,
    /// Sexual violence.
    F,
    /// A child or youngster in need.
    G,
    /// Crime or threat.
    H,
    /// Fire, gas, carbon monoxide, explosion.
    I,
    /// Missing or run away.
    J,
    /// A fraud that is going on now.
    K,
    /// Acute need: no roof, no food, an eviction.
    L,
    /// Exploitation.
    M,
}

impl DangerCategory {
    /// Every category, in order.
    pub const ALL: [Self; 13] = [
        Self::A,
        Self::B,
        Self::C,
        Self::D,
        Self::E,
        Self::F,
        Self::G,
        Self::H,
        Self::I,
        Self::J,
        Self::K,
        Self::L,
        Self::M,
    ];

    /// The category with this letter, upper or lower case.
    pub fn from_letter(letter: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.to_string().eq_ignore_ascii_case(letter))
    }
}

impl fmt::Display for DangerCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// How sure the signal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DangerStrength {
    /// A weak signal: "you may always call", and one gentle question.
    Weak,
    /// A clear signal: the help text at once.
    Strong,
}

/// A danger found in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Danger {
    /// Which kind.
    pub category: DangerCategory,
    /// How sure.
    pub strength: DangerStrength,
    /// The language that the signal was in (ISO 639-1), so that the help text can follow it.
    pub language: String,
    /// Whom it is about.
    pub who: DangerWho,
}

/// Whom a danger is about, so that the help text can speak to the right person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DangerWho {
    /// The writer.
    #[default]
    Writer,
    /// Somebody else.
    Other,
    /// A writer who is a child or youngster.
    Child,
}
