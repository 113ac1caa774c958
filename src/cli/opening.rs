//! Opens the database at the start. One that is down for a while is waited for, and meanwhile help in danger
//! goes out all the same: updates are looked at without being confirmed, so that everything else comes again.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::service::Door;
use crate::store::{Store, StoreError};
use crate::telegram::poll::Updates;
use crate::telegram::{CallError, Telegram};

/// How long opening may take before updates are looked at.
const GRACE: Duration = Duration::from_secs(2);

/// The pause between two tries to open the database.
const TRY_AGAIN: Duration = Duration::from_secs(3);

/// The pause between two looks at the updates. Those that nobody confirmed come at once.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The pause after Telegram did not answer.
const PAUSE: Duration = Duration::from_secs(5);

/// The most updates that are looked at; the same that Telegram gives at most.
const BATCH: u8 = 100;

/// Why there is no database.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpeningError {
    /// Waiting does not help.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Telegram does not know us.
    #[error(transparent)]
    Telegram(#[from] CallError),
}

/// Opens the database, however long it takes. `None` when it was told to stop before that.
pub(super) async fn open(
    url: &str,
    telegram: &Telegram,
    door: &Door<Telegram>,
    stop: &CancellationToken,
) -> Result<Option<Store>, OpeningError> {
    let over = stop.child_token();
    let opening = async {
        let opened = try_to_open(url, &over).await;
        over.cancel();
        opened
    };
    let watching = async {
        let watched = watch(telegram, door, &over).await;
        over.cancel();
        watched
    };
    let (opened, watched) = tokio::join!(opening, watching);
    match (opened?, watched) {
        (None, Err(error)) => Err(error.into()),
        (opened, _) => Ok(opened),
    }
}

async fn try_to_open(url: &str, over: &CancellationToken) -> Result<Option<Store>, StoreError> {
    let mut tries = 0_u32;
    loop {
        let opened = tokio::select! {
            () = over.cancelled() => return Ok(None),
            opened = Store::open(url) => opened,
        };
        match opened {
            Ok(store) => {
                if tries > 0 {
                    tracing::info!("the database is open");
                }
                return Ok(Some(store));
            }
            Err(error) if error.may_pass() => {
                // The first is said aloud, and then one in ten.
                if tries.is_multiple_of(10) {
                    tracing::error!(%error, "the database cannot be opened yet; trying on. Until then only help in danger goes out");
                }
                tries = tries.saturating_add(1);
            }
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = over.cancelled() => return Ok(None),
            () = tokio::time::sleep(TRY_AGAIN) => {}
        }
    }
}

/// Sends help in danger until it is over. A batch that was begun is finished, so that nobody gets help twice.
async fn watch(
    telegram: &Telegram,
    door: &Door<Telegram>,
    over: &CancellationToken,
) -> Result<(), CallError> {
    let mut pause = GRACE;
    loop {
        tokio::select! {
            () = over.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
        let updates = tokio::select! {
            () = over.cancelled() => return Ok(()),
            updates = telegram.updates(0, BATCH) => updates,
        };
        pause = match updates {
            Ok(updates) => {
                let batch = updates.iter().filter_map(|update| telegram.read(update));
                door.watch(batch.collect()).await;
                LOOK_AGAIN
            }
            Err(CallError::TokenRefused) => return Err(CallError::TokenRefused),
            Err(error) => {
                tracing::warn!(%error, "no updates can be looked at");
                if error == CallError::Webhook
                    && let Err(error) = telegram.delete_webhook().await
                {
                    tracing::warn!(%error, "an old webhook could not be removed");
                }
                match error {
                    CallError::TooMany(wait) => wait,
                    _ => PAUSE,
                }
            }
        };
    }
}
