//! A look into the database beside the program: every table as text.

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

/// Where the database is.
pub(crate) enum Database {
    Sqlite(String),
    Postgres(String),
}

/// What is not handled or sent yet.
const WAITING: &str = "SELECT (SELECT count(*) FROM inbox WHERE state = 'new') \
     + (SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending'))";

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

impl Database {
    /// How many events and messages wait.
    pub(crate) fn waiting(&self) -> i64 {
        block_on(async {
            match self {
                Self::Sqlite(url) => {
                    let mut connection = SqliteConnection::connect(url).await.unwrap();
                    sqlx::query_scalar(WAITING)
                        .fetch_one(&mut connection)
                        .await
                        .unwrap()
                }
                Self::Postgres(url) => {
                    let mut connection = PgConnection::connect(url).await.unwrap();
                    sqlx::query_scalar(WAITING)
                        .fetch_one(&mut connection)
                        .await
                        .unwrap()
                }
            }
        })
    }

    /// Every table with every row as text; bytes stand there as hexadecimal digits.
    pub(crate) fn tables(&self) -> Vec<(String, String)> {
        block_on(async {
            match self {
                Self::Sqlite(url) => sqlite(url).await,
                Self::Postgres(url) => postgres(url).await,
            }
        })
    }
}

async fn sqlite(url: &str) -> Vec<(String, String)> {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let mut tables = Vec::new();
    for name in names {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info($1)")
            .bind(&name)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        let quoted: Vec<String> = columns
            .iter()
            .map(|column| format!("coalesce(quote(\"{column}\"), '')"))
            .collect();
        let sql = format!("SELECT {} FROM \"{name}\"", quoted.join(" || '|' || "));
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        tables.push((name, rows.join("\n|")));
    }
    tables
}

async fn postgres(url: &str) -> Vec<(String, String)> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut tables = Vec::new();
    for name in names {
        let sql = format!("SELECT t::text FROM \"{name}\" t");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        tables.push((name, rows.join("\n|")));
    }
    tables
}
