//! What went wrong, told in the kinds that somebody can do something about.

use std::io;
use std::sync::Arc;

use crate::store::StoreError;

/// Kinds of failure of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It cannot be written: rights, a full disk, a broken disk.
    ReadOnly,
    /// It is damaged, or something else than a database.
    Damaged,
    /// Anything else.
    Other,
}

impl Failure {
    /// Which kind an error is, from SQLite's primary result code (<https://sqlite.org/rescode.html>).
    pub(super) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(error) if error.kind() == io::ErrorKind::IsADirectory => Self::Damaged,
            sqlx::Error::Io(_) => Self::ReadOnly,
            sqlx::Error::Database(error) => {
                let code = error.code().and_then(|code| code.parse::<i32>().ok());
                match code.map(|code| code & 0xff) {
                    // PERM, READONLY, IOERR, FULL, CANTOPEN
                    Some(3 | 8 | 10 | 13 | 14) => Self::ReadOnly,
                    // CORRUPT, NOTADB
                    Some(11 | 26) => Self::Damaged,
                    _ => Self::Other,
                }
            }
            _ => Self::Other,
        }
    }

    fn tell(self, path: &str, source: sqlx::Error) -> StoreError {
        let path = path.to_owned();
        match self {
            Self::ReadOnly => StoreError::ReadOnly { path, source },
            Self::Damaged => StoreError::Damaged { path, source },
            Self::Other => StoreError::Database(source),
        }
    }
}

/// The error as this room tells it.
pub(super) fn explain(path: &str, error: sqlx::Error) -> StoreError {
    Failure::of(&error).tell(path, error)
}

/// The same for an error that several callers must hear of, each in a copy of its own.
pub(super) fn explain_shared(path: &str, error: &Arc<sqlx::Error>) -> StoreError {
    let copy = sqlx::Error::Io(io::Error::other(Arc::clone(error)));
    Failure::of(error).tell(path, copy)
}
