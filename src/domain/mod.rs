//! The words everyone uses. No room below this one, no I/O, no clock.
//!
//! Everything here is plain data: what a resident sent ([`Event`]), what an editor wrote
//! ([`Article`]), what goes back ([`Reply`]). Other rooms speak to each other in these words.

mod article;
mod danger;
mod event;
mod id;
mod keeping;
mod outgoing;
mod personal;
mod plain;
mod question;
mod reply;
mod time;

pub use article::{Article, Organisation, Place, Review, Section, SectionKind, Source, Theme};
pub use danger::{Danger, DangerCategory, DangerStrength, DangerWho};
pub use event::{Command, Event, Incoming, MediaKind, MessageId};
pub use id::{
    ArticleId, BotId, ChatAddress, LibraryId, MunicipalityId, OrganisationId, PersonKey, PlaceId,
    ThemeId,
};
pub use keeping::Keeping;
pub use outgoing::{DataForm, Outgoing, Priority};
pub use personal::PersonalDataKind;
pub use question::Question;
pub use reply::{Action, Block, Button, Reply, Span};
pub use time::Timestamp;
