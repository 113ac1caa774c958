//! What can be wrong with a setting.

/// A setting that cannot be used. The message names it, and says what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file of settings could not be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file of settings is no TOML.
    #[error("{path} is not valid TOML: {message}")]
    Syntax {
        /// The file.
        path: String,
        /// Where and why.
        message: String,
    },
    /// A value that is not allowed.
    #[error("{name} is {value:?}; allowed is {allowed}")]
    Value {
        /// The setting as it was given: a variable or a key of the file.
        name: String,
        /// What it was set to.
        value: String,
        /// What it may be.
        allowed: String,
    },
    /// A key that we do not have.
    #[error("{key} is no setting of aanzet{}", suggestion.as_ref().map(|s| format!("; did you mean {s}?")).unwrap_or_default())]
    UnknownKey {
        /// The key in the file.
        key: String,
        /// The nearest one that exists.
        suggestion: Option<String>,
    },
    /// A secret in the file.
    #[error("{key} does not belong in a file; put it in the variable {variable}")]
    SecretInFile {
        /// The key in the file.
        key: String,
        /// Where it belongs.
        variable: &'static str,
    },
}
