//! A PostgreSQL server for the tests of one program: that of `AANZET_TEST_DATABASE_URL`, or one that is
//! started in a temporary folder for as long as the program lives. Each test has a schema of its own.
//!
//! With `AANZET_REQUIRE_POSTGRES=1` a test without server fails; otherwise it is passed over, and says so.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// Starts the server, says `ready`, and waits until its standard input ends: then the test program is
/// no more, however it ended, and the server and its folder go too. PostgreSQL refuses to run as root.
const KEEPER: &str = r#"
set -eu
bin=$1 dir=$2
as_user() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    chown "$user" "$dir"
    if command -v setpriv >/dev/null; then
        as_user() { setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups "$@"; }
    elif command -v runuser >/dev/null; then
        as_user() { runuser -u "$user" -- "$@"; }
    else
        echo "neither setpriv nor runuser to leave root with" >&2
        exit 1
    fi
fi
cd "$dir"
trap 'as_user "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$dir"' EXIT
as_user "$bin/initdb" -D "$dir/data" -U aanzet -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 \
    || { cat "$dir/initdb.log" >&2; exit 1; }
as_user "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$dir' -c fsync=off -c max_connections=400" \
    start >/dev/null 2>&1 || { cat "$dir/data/log" >&2; exit 1; }
echo ready
read -r _ || true
"#;

/// A server, or why there is none.
static SERVER: LazyLock<Result<Server, String>> = LazyLock::new(|| {
    let server = Server::find();
    if let Err(reason) = &server {
        // Not `eprintln!`, which the test program swallows for tests that pass.
        let _shown = writeln!(
            std::io::stderr(),
            "PASSED OVER: the tests with PostgreSQL, because {reason}"
        );
    }
    server
});

struct Server {
    /// Ends with the database's name, or with `?` or `&` parameters.
    url: String,
    /// Kept for its standard input, which ends when this program does.
    _keeper: Option<Child>,
}

impl Server {
    fn find() -> Result<Self, String> {
        match std::env::var("AANZET_TEST_DATABASE_URL") {
            Ok(url) if !url.is_empty() => Ok(Self { url, _keeper: None }),
            _ => Self::start(),
        }
    }

    fn start() -> Result<Self, String> {
        let bin = bin_folder().ok_or("initdb is not on this machine")?;
        let dir = tempfile::Builder::new()
            .prefix("pg")
            .tempdir()
            .map_err(|error| format!("no temporary folder can be made: {error}"))?
            .keep();
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "keeper"])
            .args([&bin, &dir])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        // A group of its own, so that Ctrl-C reaches the tests only and the keeper can clean up.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut keeper = command
            .spawn()
            .map_err(|error| format!("no shell can be started: {error}"))?;
        let mut line = String::new();
        if let Some(output) = keeper.stdout.take() {
            BufReader::new(output)
                .read_line(&mut line)
                .map_err(|error| error.to_string())?;
        }
        if line.trim() != "ready" {
            return Err("the server did not start (its words stand above)".to_owned());
        }
        Ok(Self {
            url: format!(
                "postgres://aanzet@localhost/postgres?host={}",
                dir.display()
            ),
            _keeper: Some(keeper),
        })
    }
}

/// The folder of `initdb` and `pg_ctl`: on the path, or where Debian puts them, newest first.
fn bin_folder() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    debian.sort_by_key(|folder| {
        let version = folder.file_name().and_then(|name| name.to_str());
        std::cmp::Reverse(version.and_then(|name| name.parse::<u32>().ok()))
    });
    std::env::split_paths(&path)
        .chain(debian.into_iter().map(|folder| folder.join("bin")))
        // Links are followed, because the programs stand together only where they really are.
        .filter_map(|folder| folder.join("initdb").canonicalize().ok())
        .filter_map(|initdb| initdb.parent().map(Path::to_owned))
        .find(|folder| folder.join("pg_ctl").exists())
}

/// The address of an empty schema for one test. `None` when there is no server and none is required.
pub(crate) async fn empty_schema() -> Option<String> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = match &*SERVER {
        Ok(server) => server,
        Err(reason) => {
            let required = std::env::var("AANZET_REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
            assert!(!required, "PostgreSQL is required, but {reason}");
            return None;
        }
    };
    let schema = format!(
        "test_{}_{}",
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    let mut connection = PgConnection::connect(&server.url).await.unwrap();
    // The name is made of two numbers, so it needs no quotes.
    for sql in [
        format!("DROP SCHEMA IF EXISTS {schema} CASCADE"),
        format!("CREATE SCHEMA {schema}"),
    ] {
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
    let separator = if server.url.contains('?') { '&' } else { '?' };
    Some(format!(
        "{}{separator}options=-c%20search_path%3D{schema}",
        server.url
    ))
}
