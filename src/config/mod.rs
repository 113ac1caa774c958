//! Settings: one small struct per concern, from `aanzet.toml` and the environment. The environment wins.
//! A wrong setting is named together with what is allowed; secrets never show in any output.

mod error;
mod file;

pub use error::ConfigError;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::domain::Keeping;

use file::Source;

/// The file that is read when no other is named.
pub const DEFAULT_FILE: &str = "aanzet.toml";

/// All settings of the program.
#[derive(Clone, Debug)]
pub struct Config {
    /// `[bibliotheek]`
    pub library: LibrarySettings,
    /// `[kennis]`
    pub knowledge: KnowledgeSettings,
    /// `[telegram]`
    pub telegram: TelegramSettings,
    /// `[database]`
    pub database: DatabaseSettings,
    /// `[web]`
    pub web: WebSettings,
    /// `[gesprek]`
    pub engine: EngineSettings,
    /// `[verzenden]`
    pub sending: SendingSettings,
    /// `[grenzen]`
    pub limits: LimitSettings,
    /// `[bewaren]`: one term for each kind of row. Counts have none, they stay for ever.
    ///
    /// - `bewaren.berichten` or `AANZET_KEEP_EVENTS_HOURS`: handled events, 24 to 720 hours (24). Telegram
    ///   may deliver an update again for a day, hence the lower bound.
    /// - `bewaren.antwoorden` or `AANZET_KEEP_MESSAGES_HOURS`: sent messages, 1 to 720 hours (24).
    /// - `bewaren.mislukt` or `AANZET_KEEP_GIVEN_UP_DAYS`: events and messages that were given up, 1 to 90
    ///   days (7).
    /// - `bewaren.gesprek` or `AANZET_KEEP_CONVERSATION_HOURS`: a conversation after its last message, 1 to
    ///   720 hours (24).
    /// - `bewaren.vraag_met_persoon` or `AANZET_KEEP_QUESTION_PERSON_DAYS`: who asked a question that waits,
    ///   1 to 365 days (30).
    /// - `bewaren.vraag` or `AANZET_KEEP_QUESTION_DAYS`: the question itself, masked, 1 to 3650 days (180),
    ///   and no shorter than the one above.
    /// - `bewaren.vergeetlijst` or `AANZET_KEEP_FORGOTTEN_DAYS`: lines on the list of people who were
    ///   forgotten, 31 to 3650 days (365). As long as a copy of the database may be put back.
    pub retention: Keeping,
}

/// Whose bot it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LibrarySettings {
    /// `bibliotheek.id` or `AANZET_LIBRARY_ID`: short name that stands on every row (`bibliotheek`).
    pub id: String,
    /// `bibliotheek.naam` or `AANZET_LIBRARY_NAME`: the name that residents see (`de bibliotheek`).
    pub name: String,
    /// `bibliotheek.gemeente` or `AANZET_MUNICIPALITY`: the municipality of people who did not choose one.
    pub municipality: Option<String>,
    /// `bibliotheek.privacy_contact` or `AANZET_PRIVACY_CONTACT`: how the privacy officer is reached, as
    /// residents read it in `/privacy` (`privacy@bibliotheek.nl`).
    pub privacy_contact: Option<String>,
}

/// Where the knowledge is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgeSettings {
    /// `kennis.map` or `AANZET_KNOWLEDGE_DIR`: the folder with `artikelen/` (`knowledge`).
    pub dir: PathBuf,
}

/// How Telegram is reached.
#[derive(Clone, Debug)]
pub struct TelegramSettings {
    /// `AANZET_TELEGRAM_TOKEN` or `TELOXIDE_TOKEN`; not read from the file, which is easily shared by accident.
    pub token: Option<SecretString>,
    /// `telegram.api_url` or `AANZET_TELEGRAM_API_URL`: address of the Bot API (`https://api.telegram.org`).
    pub api_url: String,
    /// `telegram.wachttijd` or `AANZET_TELEGRAM_POLL_SECONDS`: how long one poll waits, 0 to 50 seconds (30).
    pub poll_timeout: Duration,
}

/// Where the data stands.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `database.url` or `AANZET_DATABASE_URL`: `sqlite:FILE` or `postgres://…` (`sqlite:aanzet.db`).
    /// May hold a password, hence a secret.
    pub url: SecretString,
    /// `AANZET_SECRET_KEY`: 64 hexadecimal digits. Without it a key file is made at first start.
    pub key: Option<SecretString>,
    /// `database.sleutelbestand` or `AANZET_KEY_FILE`: the key file (`aanzet.key`).
    pub key_file: PathBuf,
    /// `database.vergeetlijst` or `AANZET_FORGOTTEN_FILE`: the list of people who were forgotten
    /// (`aanzet.vergeten` beside the key file). Must not be put back from a copy together with the database.
    pub forgotten_file: PathBuf,
}

/// The web address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebSettings {
    /// `web.adres` or `AANZET_WEB_BIND`: `127.0.0.1:8080`; without it nothing listens.
    pub bind: Option<String>,
}

/// How turns are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineSettings {
    /// `gesprek.tegelijk` or `AANZET_TURNS_AT_ONCE`: turns of different people at once, 1 to 64 (8).
    pub parallel: usize,
    /// `gesprek.pogingen` or `AANZET_TURN_ATTEMPTS`: tries of one event before it goes to a person, 1 to 20 (3).
    pub attempts: u32,
    /// `gesprek.afsluiten` or `AANZET_SHUTDOWN_SECONDS`: how long a stop waits for what runs, 0 to 300 seconds (10).
    pub shutdown: Duration,
}

/// How fast messages leave, and how long they are tried.
#[derive(Clone, Debug, PartialEq)]
pub struct SendingSettings {
    /// `verzenden.per_chat` or `AANZET_SEND_PER_CHAT`: messages per second to one person, 0.1 to 30 (1).
    pub per_chat: f64,
    /// `verzenden.samen` or `AANZET_SEND_OVERALL`: messages per second in all, 2 to 1000 (30).
    pub overall: u32,
    /// `verzenden.stoot` or `AANZET_SEND_BURST`: messages that may go to one person at once, 1 to 20 (3).
    pub burst: u32,
    /// `verzenden.opgeven` or `AANZET_SEND_GIVE_UP_HOURS`: hours after which a message is given up, 1 to 168 (24).
    pub give_up: Duration,
}

/// How much may come in. A message about danger always gets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitSettings {
    /// `grenzen.stoot` or `AANZET_LIMIT_BURST`: messages that one person may send at once, 5 to 1000 (20).
    pub burst: u32,
    /// `grenzen.tussentijd` or `AANZET_LIMIT_SECONDS`: seconds until one more may follow, 1 to 600 (3).
    pub interval: Duration,
    /// `grenzen.per_dag` or `AANZET_LIMIT_PER_DAY`: messages of one person in 24 hours, 20 to 100000 (300).
    pub per_day: u32,
    /// `grenzen.wachtend` or `AANZET_LIMIT_WAITING`: messages of all people that may wait for an answer, 10 to
    /// 1000000 (10000). While more wait, a new one is not kept, and its sender hears so.
    pub waiting: u64,
}

impl Config {
    /// Reads `file` (or `aanzet.toml`, when it is there) and the environment of the process.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let text = match file {
            Some(path) => Some((path, std::fs::read_to_string(path))),
            None => match std::fs::read_to_string(DEFAULT_FILE) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                read => Some((Path::new(DEFAULT_FILE), read)),
            },
        };
        let table = match text {
            None => toml::Table::new(),
            Some((path, Ok(text))) => file::parse(&text, path)?,
            Some((path, Err(source))) => {
                return Err(ConfigError::Unreadable {
                    path: path.display().to_string(),
                    source,
                });
            }
        };
        Self::from_parts(table, variables(std::env::vars_os())?)
    }

    /// Builds the settings from a read file and variables.
    pub fn from_parts(
        table: toml::Table,
        variables: HashMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let source = Source::new(table, variables);
        let config = Self {
            library: LibrarySettings {
                id: source.text("bibliotheek.id", "AANZET_LIBRARY_ID", "bibliotheek")?,
                name: source.text("bibliotheek.naam", "AANZET_LIBRARY_NAME", "de bibliotheek")?,
                municipality: source.optional("bibliotheek.gemeente", "AANZET_MUNICIPALITY")?,
                privacy_contact: source
                    .optional("bibliotheek.privacy_contact", "AANZET_PRIVACY_CONTACT")?,
            },
            knowledge: KnowledgeSettings {
                dir: source
                    .text("kennis.map", "AANZET_KNOWLEDGE_DIR", "knowledge")?
                    .into(),
            },
            telegram: TelegramSettings {
                token: source
                    .variable("AANZET_TELEGRAM_TOKEN")
                    .or_else(|| source.variable("TELOXIDE_TOKEN"))
                    .map(SecretString::from),
                api_url: source.url(
                    "telegram.api_url",
                    "AANZET_TELEGRAM_API_URL",
                    "https://api.telegram.org",
                )?,
                poll_timeout: source.seconds(
                    "telegram.wachttijd",
                    "AANZET_TELEGRAM_POLL_SECONDS",
                    30,
                    0..=50,
                )?,
            },
            database: DatabaseSettings {
                forgotten_file: forgotten_file(&source)?,
                url: source
                    .text("database.url", "AANZET_DATABASE_URL", "sqlite:aanzet.db")?
                    .into(),
                key: source.variable("AANZET_SECRET_KEY").map(SecretString::from),
                key_file: source
                    .text(
                        "database.sleutelbestand",
                        "AANZET_KEY_FILE",
                        DEFAULT_KEY_FILE,
                    )?
                    .into(),
            },
            web: WebSettings {
                bind: source.optional("web.adres", "AANZET_WEB_BIND")?,
            },
            engine: EngineSettings {
                parallel: source.whole("gesprek.tegelijk", "AANZET_TURNS_AT_ONCE", 8, 1..=64)?
                    as usize,
                attempts: source.whole("gesprek.pogingen", "AANZET_TURN_ATTEMPTS", 3, 1..=20)?
                    as u32,
                shutdown: source.seconds(
                    "gesprek.afsluiten",
                    "AANZET_SHUTDOWN_SECONDS",
                    10,
                    0..=300,
                )?,
            },
            sending: SendingSettings {
                per_chat: source.number(
                    "verzenden.per_chat",
                    "AANZET_SEND_PER_CHAT",
                    1.0,
                    0.1..=30.0,
                )?,
                overall: source.whole("verzenden.samen", "AANZET_SEND_OVERALL", 30, 2..=1000)?
                    as u32,
                burst: source.whole("verzenden.stoot", "AANZET_SEND_BURST", 3, 1..=20)? as u32,
                give_up: source.hours(
                    "verzenden.opgeven",
                    "AANZET_SEND_GIVE_UP_HOURS",
                    24,
                    1..=168,
                )?,
            },
            limits: LimitSettings {
                burst: source.whole("grenzen.stoot", "AANZET_LIMIT_BURST", 20, 5..=1000)? as u32,
                interval: source.seconds(
                    "grenzen.tussentijd",
                    "AANZET_LIMIT_SECONDS",
                    3,
                    1..=600,
                )?,
                per_day: source.whole(
                    "grenzen.per_dag",
                    "AANZET_LIMIT_PER_DAY",
                    300,
                    20..=100_000,
                )? as u32,
                waiting: source.whole(
                    "grenzen.wachtend",
                    "AANZET_LIMIT_WAITING",
                    10_000,
                    10..=1_000_000,
                )?,
            },
            retention: keeping(&source)?,
        };
        source.finish()?;
        Ok(config)
    }
}

const DEFAULT_KEY_FILE: &str = "aanzet.key";

/// Where the list of forgotten people is: by itself beside the key, which is kept apart from the copies of
/// the database too.
fn forgotten_file(source: &Source) -> Result<PathBuf, ConfigError> {
    let named = source.optional("database.vergeetlijst", "AANZET_FORGOTTEN_FILE")?;
    if let Some(path) = named {
        return Ok(path.into());
    }
    let key = source.text(
        "database.sleutelbestand",
        "AANZET_KEY_FILE",
        DEFAULT_KEY_FILE,
    )?;
    Ok(Path::new(&key).with_file_name("aanzet.vergeten"))
}

fn keeping(source: &Source) -> Result<Keeping, ConfigError> {
    let keeping = Keeping {
        events: source.hours(
            "bewaren.berichten",
            "AANZET_KEEP_EVENTS_HOURS",
            24,
            24..=720,
        )?,
        messages: source.hours(
            "bewaren.antwoorden",
            "AANZET_KEEP_MESSAGES_HOURS",
            24,
            1..=720,
        )?,
        given_up: source.days("bewaren.mislukt", "AANZET_KEEP_GIVEN_UP_DAYS", 7, 1..=90)?,
        conversations: source.hours(
            "bewaren.gesprek",
            "AANZET_KEEP_CONVERSATION_HOURS",
            24,
            1..=720,
        )?,
        question_person: source.days(
            "bewaren.vraag_met_persoon",
            "AANZET_KEEP_QUESTION_PERSON_DAYS",
            30,
            1..=365,
        )?,
        questions: source.days("bewaren.vraag", "AANZET_KEEP_QUESTION_DAYS", 180, 1..=3650)?,
        forgotten: source.days(
            "bewaren.vergeetlijst",
            "AANZET_KEEP_FORGOTTEN_DAYS",
            365,
            31..=3650,
        )?,
    };
    if keeping.questions < keeping.question_person {
        let days = |term: Duration| term.as_secs() / 86_400;
        return Err(ConfigError::Value {
            name: "bewaren.vraag".into(),
            value: days(keeping.questions).to_string(),
            allowed: format!(
                "no shorter than bewaren.vraag_met_persoon, which is {} days",
                days(keeping.question_person)
            ),
        });
    }
    Ok(keeping)
}

/// The variables that are text. Others may hold anything, as long as they are not ours.
fn variables(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> Result<HashMap<String, String>, ConfigError> {
    let mut variables = HashMap::new();
    for (name, value) in all {
        let Ok(name) = name.into_string() else {
            continue;
        };
        match value.into_string() {
            Ok(value) => {
                variables.insert(name, value);
            }
            Err(_) if name.starts_with("AANZET_") || name == "TELOXIDE_TOKEN" => {
                return Err(ConfigError::Value {
                    name,
                    value: "…".into(),
                    allowed: "a text in UTF-8".into(),
                });
            }
            Err(_) => {}
        }
    }
    Ok(variables)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn config(toml: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        let table = file::parse(toml, Path::new("aanzet.toml"))?;
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Config::from_parts(table, variables)
    }

    #[test]
    fn nothing_set_gives_the_defaults() {
        let config = config("", &[]).unwrap();
        assert_eq!(config.knowledge.dir, PathBuf::from("knowledge"));
        assert_eq!(config.telegram.api_url, "https://api.telegram.org");
        assert!(config.telegram.token.is_none());
        assert_eq!(config.database.url.expose_secret(), "sqlite:aanzet.db");
        assert_eq!(config.web.bind, None);
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let config = config("[kennis]\nmap = \"a\"\n", &[("AANZET_KNOWLEDGE_DIR", "b")]).unwrap();
        assert_eq!(config.knowledge.dir, PathBuf::from("b"));
    }

    #[test]
    fn either_name_of_the_token_will_do() {
        let config = config("", &[("TELOXIDE_TOKEN", "1:x")]).unwrap();
        assert_eq!(config.telegram.token.unwrap().expose_secret(), "1:x");
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        let config = config(
            "",
            &[
                ("AANZET_TELEGRAM_TOKEN", "1:hush"),
                ("AANZET_DATABASE_URL", "postgres://a:hush@b/c"),
                ("AANZET_SECRET_KEY", "hush"),
            ],
        )
        .unwrap();
        assert!(!format!("{config:?}").contains("hush"));
    }

    #[test]
    fn a_wrong_setting_is_named_with_what_is_allowed() {
        let error = config("", &[("AANZET_TURNS_AT_ONCE", "veel")]).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("AANZET_TURNS_AT_ONCE") && text.contains("1 to 64"),
            "{text}"
        );

        let error = config("[gesprek]\ntegelijk = 900\n", &[]).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("gesprek.tegelijk") && text.contains("1 to 64"),
            "{text}"
        );
    }

    #[test]
    fn limits_are_set_by_file_or_variable() {
        let config = config(
            "[grenzen]\nper_dag = 50\nwachtend = 20\n",
            &[("AANZET_LIMIT_BURST", "7")],
        )
        .unwrap();
        assert_eq!(
            config.limits,
            LimitSettings {
                burst: 7,
                interval: Duration::from_secs(3),
                per_day: 50,
                waiting: 20,
            }
        );
    }

    #[test]
    fn an_unknown_key_is_named_with_the_one_that_was_meant() {
        let text = config("[kennis]\nmapp = \"x\"\n", &[])
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("kennis.mapp") && text.contains("kennis.map"),
            "{text}"
        );
    }

    #[test]
    fn a_token_in_the_file_is_refused_with_the_reason() {
        let text = config("[telegram]\ntoken = \"1:x\"\n", &[])
            .unwrap_err()
            .to_string();
        assert!(text.contains("AANZET_TELEGRAM_TOKEN"), "{text}");
        assert!(!text.contains("1:x"));
    }

    #[test]
    fn a_token_without_quotes_does_not_show_in_the_complaint() {
        let text = config("[telegram]\ntoken = 123456:ABCsecret\n", &[])
            .unwrap_err()
            .to_string();
        assert!(text.contains("line 2"), "{text}");
        assert!(!text.contains("ABCsecret"), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_of_another_program_may_hold_anything() {
        use std::os::unix::ffi::OsStringExt;

        let odd = || OsString::from_vec(vec![0xff]);
        let read = |name: &str| variables([(OsString::from(name), odd())].into_iter());
        assert_eq!(read("LS_COLORS").unwrap(), HashMap::new());
        let text = read("AANZET_DATABASE_URL").unwrap_err().to_string();
        assert!(text.contains("AANZET_DATABASE_URL"), "{text}");
    }

    #[test]
    fn every_kind_of_row_has_a_term_of_its_own() {
        let config = config(
            "[bewaren]\nmislukt = 3\nvraag = 90\n",
            &[("AANZET_KEEP_EVENTS_HOURS", "48")],
        )
        .unwrap();
        let day = 86_400;
        let expected = Keeping {
            events: Duration::from_secs(2 * day),
            given_up: Duration::from_secs(3 * day),
            questions: Duration::from_secs(90 * day),
            ..Keeping::default()
        };
        assert_eq!(config.retention, expected);
    }

    #[test]
    fn a_question_is_not_kept_shorter_than_who_asked_it() {
        let text = config("[bewaren]\nvraag = 10\n", &[])
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("bewaren.vraag") && text.contains("30 days"),
            "{text}"
        );
    }

    #[test]
    fn the_list_of_forgotten_people_stands_beside_the_key() {
        let file = |toml: &str| config(toml, &[]).unwrap().database.forgotten_file;
        assert_eq!(file(""), PathBuf::from("aanzet.vergeten"));
        assert_eq!(
            file("[database]\nsleutelbestand = \"/etc/aanzet/sleutel\"\n"),
            PathBuf::from("/etc/aanzet/aanzet.vergeten")
        );
        assert_eq!(
            file("[database]\nvergeetlijst = \"/elders/lijst\"\n"),
            PathBuf::from("/elders/lijst")
        );
    }

    #[test]
    fn an_api_address_must_be_an_address() {
        let text = config("", &[("AANZET_TELEGRAM_API_URL", "localhost")])
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("AANZET_TELEGRAM_API_URL") && text.contains("http"),
            "{text}"
        );
    }
}
