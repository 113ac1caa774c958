//! Looks settings up in a TOML table and in variables, and remembers which keys exist.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use super::ConfigError;

/// How alike an unknown key and a known one must be to be suggested (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.8;

/// Reads the text of a file of settings.
pub(super) fn parse(text: &str, path: &Path) -> Result<toml::Table, ConfigError> {
    text.parse()
        .map_err(|error: toml::de::Error| ConfigError::Syntax {
            path: path.display().to_string(),
            message: place_and_reason(text, &error),
        })
}

/// The line and what is wrong there. Without the line itself, which the error's own text quotes: it may be
/// a secret that somebody wrote in the file.
fn place_and_reason(text: &str, error: &toml::de::Error) -> String {
    let start = error.span().map_or(0, |span| span.start);
    let line = text.bytes().take(start).filter(|b| *b == b'\n').count() + 1;
    let reason = error.message().lines().next().unwrap_or_default();
    format!("line {line}: {reason}; a text needs quotes: key = \"text\"")
}

/// Where settings come from.
pub(super) struct Source {
    values: HashMap<String, String>,
    variables: HashMap<String, String>,
    known: RefCell<BTreeSet<&'static str>>,
}

impl Source {
    pub(super) fn new(table: toml::Table, variables: HashMap<String, String>) -> Self {
        let mut values = HashMap::new();
        flatten("", table, &mut values);
        Self {
            values,
            variables,
            known: RefCell::default(),
        }
    }

    /// A variable that is set and not empty.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.variables
            .get(name)
            .filter(|value| !value.trim().is_empty())
            .cloned()
    }

    /// The value, and under which name it was given.
    fn find(&self, key: &'static str, variable: &str) -> Option<(String, String)> {
        self.known.borrow_mut().insert(key);
        self.variable(variable)
            .map(|value| (variable.to_owned(), value))
            .or_else(|| {
                self.values
                    .get(key)
                    .map(|value| (key.to_owned(), value.clone()))
            })
    }

    pub(super) fn text(
        &self,
        key: &'static str,
        variable: &str,
        default: &str,
    ) -> Result<String, ConfigError> {
        Ok(self
            .optional(key, variable)?
            .unwrap_or_else(|| default.to_owned()))
    }

    pub(super) fn optional(
        &self,
        key: &'static str,
        variable: &str,
    ) -> Result<Option<String>, ConfigError> {
        match self.find(key, variable) {
            Some((name, value)) if value.trim().is_empty() => Err(ConfigError::Value {
                name,
                value,
                allowed: "a text that is not empty".into(),
            }),
            found => Ok(found.map(|(_, value)| value)),
        }
    }

    pub(super) fn url(
        &self,
        key: &'static str,
        variable: &str,
        default: &str,
    ) -> Result<String, ConfigError> {
        let Some((name, value)) = self.find(key, variable) else {
            return Ok(default.to_owned());
        };
        if value.starts_with("http://") || value.starts_with("https://") {
            Ok(value)
        } else {
            Err(ConfigError::Value {
                name,
                value,
                allowed: "an address that starts with http:// or https://".into(),
            })
        }
    }

    fn parsed<T: FromStr + PartialOrd + Display>(
        &self,
        key: &'static str,
        variable: &str,
        default: T,
        range: RangeInclusive<T>,
        unit: &str,
    ) -> Result<T, ConfigError> {
        let Some((name, value)) = self.find(key, variable) else {
            return Ok(default);
        };
        match value.trim().parse::<T>() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => Err(ConfigError::Value {
                name,
                value,
                allowed: format!("{} to {} {unit}", range.start(), range.end())
                    .trim_end()
                    .to_owned(),
            }),
        }
    }

    pub(super) fn whole(
        &self,
        key: &'static str,
        variable: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<u64, ConfigError> {
        self.parsed(key, variable, default, range, "")
    }

    pub(super) fn number(
        &self,
        key: &'static str,
        variable: &str,
        default: f64,
        range: RangeInclusive<f64>,
    ) -> Result<f64, ConfigError> {
        self.parsed(key, variable, default, range, "")
    }

    pub(super) fn seconds(
        &self,
        key: &'static str,
        variable: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<Duration, ConfigError> {
        self.parsed(key, variable, default, range, "seconds")
            .map(Duration::from_secs)
    }

    pub(super) fn hours(
        &self,
        key: &'static str,
        variable: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<Duration, ConfigError> {
        self.parsed(key, variable, default, range, "hours")
            .map(|hours| Duration::from_secs(hours * 3600))
    }

    pub(super) fn days(
        &self,
        key: &'static str,
        variable: &str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Result<Duration, ConfigError> {
        self.parsed(key, variable, default, range, "days")
            .map(|days| Duration::from_secs(days * 86_400))
    }

    /// Complains about keys of the file that nobody asked for.
    pub(super) fn finish(&self) -> Result<(), ConfigError> {
        let known = self.known.borrow();
        let mut keys: Vec<&String> = self.values.keys().collect();
        keys.sort();
        for key in keys {
            if known.contains(key.as_str()) {
                continue;
            }
            match key.as_str() {
                "telegram.token" => {
                    return Err(ConfigError::SecretInFile {
                        key: key.clone(),
                        variable: "AANZET_TELEGRAM_TOKEN",
                    });
                }
                "database.sleutel" => {
                    return Err(ConfigError::SecretInFile {
                        key: key.clone(),
                        variable: "AANZET_SECRET_KEY",
                    });
                }
                _ => {}
            }
            let suggestion = known
                .iter()
                .map(|known| (strsim::jaro_winkler(known, key), known))
                .filter(|(alike, _)| *alike >= ALIKE)
                .max_by(|(a, _), (b, _)| a.total_cmp(b))
                .map(|(_, known)| (*known).to_owned());
            return Err(ConfigError::UnknownKey {
                key: key.clone(),
                suggestion,
            });
        }
        Ok(())
    }
}

fn flatten(prefix: &str, table: toml::Table, values: &mut HashMap<String, String>) {
    for (key, value) in table {
        let name = if prefix.is_empty() {
            key
        } else {
            format!("{prefix}.{key}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&name, inner, values),
            toml::Value::String(text) => {
                values.insert(name, text);
            }
            other => {
                values.insert(name, other.to_string());
            }
        }
    }
}
