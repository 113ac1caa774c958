//! Identifiers. Each has a type of its own, so that a theme can never stand where an article should.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps a text as this kind of identifier. The text is taken as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    )+};
}

text_id! {
    /// A library organisation (tenant). Stands on every row of the store.
    LibraryId,
    /// A bot account of Telegram: its numeric id as text, the part of the token before the colon.
    BotId,
    /// An article: its file name without `.md`.
    ArticleId,
    /// A theme: a folder below `artikelen/` and a key in `themas.toml`.
    ThemeId,
    /// A partner organisation: its file name without `.md`.
    OrganisationId,
    /// A branch or consulting hour: its file name without `.md`.
    PlaceId,
    /// A municipality, in lower case with hyphens: `hof-van-twente`.
    MunicipalityId,
    /// Who someone is to us: a keyed hash of bot and chat, 32 hexadecimal digits. It cannot be
    /// turned back into a Telegram id without the key of the installation.
    PersonKey,
}

impl ArticleId {
    /// A short stand-in for an id that is too long for a button: see [`short_reference`].
    pub fn short_reference(&self) -> String {
        short_reference(&self.0)
    }
}

impl ThemeId {
    /// A short stand-in for an id that is too long for a button: see [`short_reference`].
    pub fn short_reference(&self) -> String {
        short_reference(&self.0)
    }
}

/// `~` and the first 16 hexadecimal digits of the SHA-256 of `text`: 17 bytes, always the same for
/// the same text. Whoever looks up an id that starts with `~` compares it with the references of
/// the ids that exist.
fn short_reference(text: &str) -> String {
    let mut reference = String::with_capacity(17);
    reference.push('~');
    for byte in Sha256::digest(text.as_bytes()).iter().take(8) {
        reference.push_str(&format!("{byte:02x}"));
    }
    reference
}

/// Where a message must go: Telegram's chat id. Never logged, stored encrypted only; its `Debug`
/// shows nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChatAddress(pub i64);

impl fmt::Debug for ChatAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChatAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", ChatAddress(123_456)), "ChatAddress(…)");
    }

    #[test]
    fn a_short_reference_is_the_start_of_the_sha_256() {
        // `printf abc | sha256sum`
        assert_eq!(ArticleId::new("abc").short_reference(), "~ba7816bf8f01cfea");
        assert_eq!(ThemeId::new("abc").short_reference(), "~ba7816bf8f01cfea");
    }

    #[test]
    fn ids_are_plain_text_in_json() {
        let json = serde_json::to_string(&ArticleId::new("digid-aanvragen")).unwrap();
        assert_eq!(json, "\"digid-aanvragen\"");
    }
}
