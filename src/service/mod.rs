//! The use cases: take in what an edge received, run a turn, deliver what must be said.

mod ask;
mod brain;
pub mod delivery;
mod engine;
pub mod intake;
mod keeper;
pub mod limits;
pub mod my_data;
pub mod pace;
mod raw;
mod reading;
mod receive;
mod turn;

pub use ask::{Asked, Asking, ask};
pub use brain::{Brain, BrainError};
pub use delivery::{Channel, Clock, Delivery, DeliveryOutcome, DeliverySettings, OutgoingFile};
pub use engine::{Engine, EngineParts, EngineSettings, Splitter};
pub use intake::Intake;
pub use keeper::{Keeper, KeeperError, KeeperParts};
pub use limits::{LimitSettings, Limits};
pub use raw::{RawEvent, RawUpdate};
pub use reading::load_checked;
pub use receive::{Direct, Door, ReceiveError, Receiver};
pub use turn::{Host, Outcome, Said, turn};
