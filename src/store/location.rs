//! Where the database is: reads the address that an operator wrote.

use std::path::PathBuf;
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::StoreError;

/// An address of a database that we know.
#[derive(Debug)]
pub(super) enum Location {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for Location {
    type Err = StoreError;

    fn from_str(url: &str) -> Result<Self, StoreError> {
        let unknown = || StoreError::UnknownUrl { url: shown(url) };
        let (scheme, rest) = url.split_once(':').ok_or_else(unknown)?;
        match scheme {
            "sqlite" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                // What sqlx's own addresses often end in; we always read, write and create.
                let path = path.strip_suffix("?mode=rwc").unwrap_or(path);
                // A database in memory loses everything, which is what this room is there against.
                let is_file = !path.is_empty() && path != ":memory:" && !path.contains('?');
                is_file
                    .then(|| Self::Sqlite(PathBuf::from(path)))
                    .ok_or_else(unknown)
            }
            "postgres" | "postgresql" => PgConnectOptions::from_str(url)
                .map(|options| Self::Postgres(Box::new(options)))
                .map_err(|_| unknown()),
            _ => Err(unknown()),
        }
    }
}

/// The address as it may be shown: without what could be a password.
fn shown(url: &str) -> String {
    if !url.contains(['@', '?']) {
        return url.to_owned();
    }
    match url.split_once("://") {
        Some((scheme, _)) if !scheme.contains(['@', '?', ':']) => format!("{scheme}://…"),
        _ => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn file(url: &str) -> PathBuf {
        match url.parse() {
            Ok(Location::Sqlite(path)) => path,
            other => panic!("{url} is no file: {other:?}"),
        }
    }

    #[test]
    fn a_file_is_written_in_several_ways() {
        assert_eq!(file("sqlite:aanzet.db"), Path::new("aanzet.db"));
        assert_eq!(file("sqlite://data/a b.db"), Path::new("data/a b.db"));
        assert_eq!(file("sqlite:///var/a.db"), Path::new("/var/a.db"));
        assert_eq!(file("sqlite:/var/a.db?mode=rwc"), Path::new("/var/a.db"));
    }

    #[test]
    fn a_server_is_known_by_both_its_names() {
        for url in ["postgres://u:p@h/aanzet", "postgresql://h/aanzet"] {
            assert!(matches!(url.parse(), Ok(Location::Postgres(_))), "{url}");
        }
    }

    #[test]
    fn what_is_unknown_is_refused_and_shows_no_password() {
        for url in [
            "",
            "aanzet.db",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:a.db?mode=ro",
            "mysql://user:geheim@host/db",
            "postgres://user:geheim@host:poort/db",
            "postgres://host:poort/db?password=geheim@x",
            "user:geheim@host",
        ] {
            let error = url.parse::<Location>().unwrap_err();
            assert!(matches!(error, StoreError::UnknownUrl { .. }), "{url}");
            assert!(!error.to_string().contains("geheim"), "{error}");
        }
        let error = "mysql://localhost/x".parse::<Location>().unwrap_err();
        assert!(error.to_string().contains("mysql://localhost/x"));
    }
}
