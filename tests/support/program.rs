//! The real program as a child process: started, watched, stopped and killed.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::bot_api::{BotApi, PATIENCE};

/// The program under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_aanzet");

/// The small knowledge base of the tests.
pub(crate) fn knowledge() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/knowledge")
}

/// A place to run in: a folder of its own with a database and a key, and the settings.
pub(crate) struct Home {
    dir: TempDir,
    variables: HashMap<&'static str, String>,
}

impl Home {
    /// A place that talks to this Telegram, fast enough for a test.
    pub(crate) fn with(api: &BotApi) -> Self {
        let mut home = Self::bare();
        home.set("AANZET_TELEGRAM_TOKEN", &api.token());
        home.set("AANZET_TELEGRAM_API_URL", &api.url());
        home
    }

    /// A place without a token.
    pub(crate) fn bare() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        let variables = HashMap::from([
            ("AANZET_DATABASE_URL", format!("sqlite:{}", at("aanzet.db"))),
            ("AANZET_KEY_FILE", at("aanzet.key")),
            ("AANZET_KNOWLEDGE_DIR", knowledge().display().to_string()),
            ("AANZET_SEND_PER_CHAT", "30".to_owned()),
            ("AANZET_SEND_OVERALL", "1000".to_owned()),
            ("AANZET_SEND_BURST", "20".to_owned()),
            ("AANZET_LOG", "info".to_owned()),
        ]);
        Self { dir, variables }
    }

    /// Changes a setting for the programs that start after this.
    pub(crate) fn set(&mut self, variable: &'static str, value: &str) -> &mut Self {
        self.variables.insert(variable, value.to_owned());
        self
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The settings as variables and nothing else of ours.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let ours = name.to_string_lossy();
            if ours.starts_with("AANZET_") || ours.starts_with("TELOXIDE_") {
                command.env_remove(&name);
            }
        }
        command.envs(&self.variables).current_dir(self.dir.path());
        command
    }

    /// Runs a command of the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, b"")
    }

    /// Runs a command of the program to its end, with this as standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = self
            .command(BINARY)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // Beside the reading, so that neither side waits for the other with full pipes.
        let writer = std::thread::spawn(move || {
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    /// Starts `aanzet serve`.
    pub(crate) fn serve(&self) -> Program {
        let mut command = self.command(BINARY);
        command.arg("serve");
        Program::start(command)
    }

    /// Starts `aanzet serve` so that a full disk can be played: a limit on the size of files gives an
    /// error then, not a signal that ends the program.
    pub(crate) fn serve_on_small_disk(&self) -> Program {
        let mut command = self.command("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$0\" serve", BINARY]);
        Program::start(command)
    }

    /// Starts `aanzet serve` and waits until it asks for updates.
    pub(crate) fn serving(&self, api: &BotApi) -> Program {
        let before = api.calls("getupdates").len();
        self.until_polling(api, before, self.serve())
    }

    /// The same, with a disk that can be full.
    pub(crate) fn serving_on_small_disk(&self, api: &BotApi) -> Program {
        let before = api.calls("getupdates").len();
        self.until_polling(api, before, self.serve_on_small_disk())
    }

    fn until_polling(&self, api: &BotApi, before: usize, mut program: Program) -> Program {
        let polled = api.wait(PATIENCE, |api| {
            (api.calls("getupdates").len() > before || program.ended().is_some()).then_some(())
        });
        let ended = program.ended();
        assert!(
            polled.is_some() && ended.is_none(),
            "the program must start and ask for updates; ended: {ended:?}\n{}",
            program.log()
        );
        program
    }

    /// Every byte of every file in the folder: database, write-ahead log, key and whatever else.
    pub(crate) fn all_bytes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        std::fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| {
                let bytes = std::fs::read(&path).unwrap();
                (path, bytes)
            })
            .collect()
    }

    /// What `aanzet queue` prints.
    pub(crate) fn queue(&self) -> String {
        let output = self.run(&["queue"]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A running program.
pub(crate) struct Program {
    child: Child,
    said: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Program {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let readers = vec![
            gather(child.stdout.take().unwrap(), said.clone()),
            gather(child.stderr.take().unwrap(), said.clone()),
        ];
        Self {
            child,
            said,
            readers,
        }
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything that it wrote, standard output and error together.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned()
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        let sent = shell(&["kill", "-TERM", &self.id().to_string()]);
        assert!(sent.success());
    }

    /// Its end, when it came to one.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for its end, and gives that together with all it wrote.
    pub(crate) fn wait(&mut self, patience: Duration) -> (Option<i32>, String) {
        let end = Instant::now() + patience;
        while self.ended().is_none() {
            assert!(
                Instant::now() < end,
                "the program must end within {patience:?}; it wrote:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        (self.child.wait().unwrap().code(), self.log())
    }

    /// From now on no file can be written: the disk is full.
    pub(crate) fn disk_is_full(&self) {
        self.file_size("0:");
    }

    /// There is room on the disk again.
    pub(crate) fn disk_has_room(&self) {
        self.file_size("unlimited:");
    }

    fn file_size(&self, limit: &str) {
        let fsize = format!("--fsize={limit}");
        let set = shell(&["prlimit", "--pid", &self.id().to_string(), &fsize]);
        assert!(set.success(), "prlimit is needed (Debian: util-linux)");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            // A log at its most talkative would bury what went wrong.
            let log = self.log();
            let lines: Vec<String> = log
                .lines()
                .map(|line| line.chars().take(300).collect())
                .collect();
            let last = lines.len().saturating_sub(40);
            eprintln!(
                "--- the program wrote last:\n{}\n---",
                lines[last..].join("\n")
            );
        }
    }
}

fn gather(mut from: impl Read + Send + 'static, into: Arc<Mutex<Vec<u8>>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(n @ 1..) = from.read(&mut bytes) {
            into.lock().unwrap().extend_from_slice(&bytes[..n]);
        }
    })
}

/// Runs a small tool. Through the shell, which has `kill` built in.
fn shell(words: &[&str]) -> ExitStatus {
    let mut arguments: Vec<OsString> = vec!["-c".into(), "\"$@\"".into(), "sh".into()];
    arguments.extend(words.iter().map(Into::into));
    Command::new("sh").args(arguments).status().unwrap()
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
