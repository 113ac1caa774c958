//! The file of the database: its folder, its rights, and the lock beside it.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

use super::failure::explain;

/// Makes the folder and the file when they are absent, both for the owner only, and takes the lock.
/// Returns the full path, and the lock, which holds as long as it is kept.
///
/// The lock is a file of its own: SQLite locks parts of the database itself, and on some systems the
/// two would be in each other's way. It is left behind when the program ends; taking it away would let
/// a third program in while a second holds it.
pub(super) fn prepare(path: &Path) -> Result<(PathBuf, File), StoreError> {
    let failed = |error| explain(&path.display().to_string(), sqlx::Error::Io(error));
    let file = full_path(path).map_err(failed)?;
    if file.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }

    let mut name = file.clone().into_os_string();
    name.push(".lock");
    let lock = for_owner_only().open(name).map_err(failed)?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => StoreError::InUse {
            path: file.display().to_string(),
        },
        TryLockError::Error(error) => failed(error),
    })?;
    // Made here, because SQLite would make it readable for everyone; its log takes over these rights.
    for_owner_only().open(&file).map_err(failed)?;
    Ok((file, lock))
}

/// The path without links, so that two names of one file give one lock.
fn full_path(path: &Path) -> io::Result<PathBuf> {
    if let Ok(file) = fs::canonicalize(path) {
        return Ok(file);
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    make_folder(folder)?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    Ok(fs::canonicalize(folder)?.join(name))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn for_owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
