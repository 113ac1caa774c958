//! The secret key of an installation: from the settings, or from a file made at first start.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use secrecy::ExposeSecret;

use crate::config::DatabaseSettings;
use crate::store::{SecretKey, Vault};

/// Finds the key, and makes one at first start.
pub(super) fn find_or_make(settings: &DatabaseSettings) -> anyhow::Result<SecretKey> {
    if let Some(key) = &settings.key {
        return SecretKey::from_hex(key.expose_secret())
            .context("AANZET_SECRET_KEY must be 64 hexadecimal digits");
    }
    let path = &settings.key_file;
    match std::fs::read_to_string(path) {
        Ok(text) => SecretKey::from_hex(text.trim()).with_context(|| {
            format!(
                "{} holds no key of 64 hexadecimal digits; put back a copy of it (without it nobody \
                 who waits for an answer can be reached)",
                path.display()
            )
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(path),
        Err(error) => bail!("the key file {} cannot be read: {error}", path.display()),
    }
}

/// Finds the key, and makes none: without the right one nobody who is known can be found.
pub(super) fn find(settings: &DatabaseSettings) -> anyhow::Result<SecretKey> {
    if settings.key.is_none() && matches!(settings.key_file.try_exists(), Ok(false)) {
        bail!(
            "there is no key file {}; set AANZET_KEY_FILE to where it is, or AANZET_SECRET_KEY",
            settings.key_file.display()
        );
    }
    find_or_make(settings)
}

/// Makes a key file that only its owner can read.
fn make(path: &Path) -> anyhow::Result<SecretKey> {
    let key = Vault::generate_key();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let write = || -> std::io::Result<()> {
        let mut file = options.open(path)?;
        writeln!(file, "{}", key.to_hex().expose_secret())?;
        file.sync_all()
    };
    write().with_context(|| {
        format!(
            "the key file {} cannot be made; set AANZET_KEY_FILE to a place that can be written, or AANZET_SECRET_KEY",
            path.display()
        )
    })?;
    tracing::info!(
        "made the key file {}; keep a copy of it apart from the copies of the database",
        path.display()
    );
    Ok(key)
}
