//! What only SQLite has: settings, the shared transaction, a full disk.

use std::path::PathBuf;

use tempfile::TempDir;

use super::*;

async fn open() -> (SqliteStore, TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("aanzet.db");
    (SqliteStore::open(&path).await.unwrap(), folder, path)
}

/// Writes a row by this name.
async fn note(connection: &mut Connection, name: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO counts (library, day, name, key, n) VALUES ('', 0, $1, '', 1)")
        .bind(name)
        .execute(connection)
        .await?;
    Ok(())
}

/// Names of the rows that this connection sees.
async fn noted(connection: &mut Connection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT name FROM counts ORDER BY name")
        .fetch_all(connection)
        .await
}

async fn number(store: &SqliteStore, sql: &'static str) -> i64 {
    let read =
        store.write(move |c| Box::pin(async move { sqlx::query_scalar(sql).fetch_one(c).await }));
    read.await.unwrap()
}

/// Keeps the writer busy until the sender is used, so that what is asked meanwhile forms one batch.
async fn hold_up(store: &SqliteStore) -> oneshot::Sender<()> {
    let (go_on, wait) = oneshot::channel::<()>();
    let (begun, has_begun) = oneshot::channel();
    let busy = store.clone();
    tokio::spawn(async move {
        let held = busy.write(|_| {
            Box::pin(async move {
                let _heard = begun.send(());
                let _released = wait.await;
                Ok(())
            })
        });
        held.await.unwrap();
    });
    has_begun.await.unwrap();
    go_on
}

#[tokio::test]
async fn the_writer_is_durable_and_strict_and_readers_only_read() {
    let (store, _folder, _) = open().await;
    // 2 is FULL.
    assert_eq!(number(&store, "PRAGMA synchronous").await, 2);
    assert_eq!(number(&store, "PRAGMA foreign_keys").await, 1);
    assert_eq!(number(&store, "PRAGMA secure_delete").await, 1);
    let mode = store.read(|c| {
        Box::pin(async move { sqlx::query_scalar("PRAGMA journal_mode").fetch_one(c).await })
    });
    let mode: String = mode.await.unwrap();
    assert_eq!(mode, "wal");
    let written = store.read(|c| Box::pin(note(c, "van een lezer"))).await;
    assert!(matches!(written, Err(StoreError::ReadOnly { .. })));
}

#[tokio::test]
async fn what_stands_in_line_shares_a_transaction_and_a_failure_is_undone_alone() {
    let (store, _folder, _) = open().await;
    let go_on = hold_up(&store).await;
    let readers = store.readers.clone();
    let first = store.write(|c| Box::pin(note(c, "eerste")));
    let fails = store.write(|c| {
        Box::pin(async move {
            note(&mut *c, "mislukt").await?;
            note(c, "mislukt").await
        })
    });
    let last = store.write(|c| {
        Box::pin(async move {
            note(&mut *c, "laatste").await?;
            let outside = noted(&mut *readers.acquire().await?).await?;
            Ok((noted(c).await?, outside))
        })
    });
    let release = async {
        // After the three have been asked, which `join!` does in order.
        let _released = go_on.send(());
    };
    let (first, fails, last, ()) = tokio::join!(first, fails, last, release);
    first.unwrap();
    assert!(matches!(fails, Err(StoreError::Database(_))));
    let (inside, outside) = last.unwrap();
    assert_eq!(inside, ["eerste", "laatste"]);
    assert_eq!(outside, [""; 0], "nothing was committed before the last");
    let after = store.read(|c| Box::pin(noted(c))).await.unwrap();
    assert_eq!(after, ["eerste", "laatste"]);
}

#[tokio::test]
async fn when_the_transaction_is_lost_everybody_hears_it_and_the_next_one_works() {
    let (store, _folder, _) = open().await;
    let go_on = hold_up(&store).await;
    let innocent = store.write(|c| Box::pin(note(c, "onschuldig")));
    // As SQLite does by itself when the disk is full.
    let loses = store.write(|c| {
        Box::pin(async move {
            sqlx::query("ROLLBACK").execute(c).await?;
            Ok(())
        })
    });
    let release = async {
        let _released = go_on.send(());
    };
    let (innocent, loses, ()) = tokio::join!(innocent, loses, release);
    assert!(innocent.is_err() && loses.is_err());
    store.write(|c| Box::pin(note(c, "daarna"))).await.unwrap();
    let after = store.read(|c| Box::pin(noted(c))).await.unwrap();
    assert_eq!(after, ["daarna"]);
}

#[tokio::test]
async fn a_full_disk_says_so_and_loses_nothing() {
    let (store, _folder, _) = open().await;
    store.write(|c| Box::pin(note(c, "eerst"))).await.unwrap();
    // SQLite answers the same when its own limit is reached. A limit below the present size is that size.
    number(&store, "PRAGMA max_page_count = 1").await;
    let big = store.write(|c| {
        Box::pin(async move {
            sqlx::query("UPDATE counts SET key = CAST(zeroblob(100000) AS TEXT)")
                .execute(c)
                .await?;
            Ok(())
        })
    });
    let error = big.await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.to_string().contains("free space"), "{error}");

    number(&store, "PRAGMA max_page_count = 1000000").await;
    store.write(|c| Box::pin(note(c, "weer"))).await.unwrap();
    let after = store.read(|c| Box::pin(noted(c))).await.unwrap();
    assert_eq!(after, ["eerst", "weer"]);
}

#[tokio::test]
async fn what_was_asked_before_closing_is_written() {
    let (store, _folder, path) = open().await;
    let go_on = hold_up(&store).await;
    let asked = store.write(|c| Box::pin(note(c, "nog net")));
    let release = async {
        let _released = go_on.send(());
    };
    let (asked, (), ()) = tokio::join!(asked, store.close(), release);
    asked.unwrap();
    let late = store.write(|c| Box::pin(note(c, "te laat"))).await;
    assert!(matches!(
        late,
        Err(StoreError::Database(sqlx::Error::PoolClosed))
    ));
    let again = SqliteStore::open(&path).await.unwrap();
    let after = again.read(|c| Box::pin(noted(c))).await.unwrap();
    assert_eq!(after, ["nog net"]);
}

#[tokio::test]
async fn a_caller_that_goes_away_stops_nobody() {
    let (store, _folder, _) = open().await;
    let go_on = hold_up(&store).await;
    {
        let cancelled = store.write(|c| Box::pin(note(c, "weggelopen")));
        let cancelled = tokio::time::timeout(Duration::from_millis(20), cancelled).await;
        assert!(cancelled.is_err());
    }
    let _released = go_on.send(());
    store.write(|c| Box::pin(note(c, "zakt af"))).await.unwrap();
    let after = store.read(|c| Box::pin(noted(c))).await.unwrap();
    assert_eq!(after, ["weggelopen", "zakt af"]);
}
