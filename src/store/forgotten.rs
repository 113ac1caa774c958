//! The list of people who were forgotten at their wish: a file beside the database, so that a copy of the
//! database that is put back brings nobody back.
//!
//! One line for each erasure: the key of the person (a keyed hash, as in the database) and the moment
//! (RFC 3339), such as `ba92…eb05fb 2026-11-22T20:37:56.123Z`. Lines are only added; old ones are dropped
//! at the start of the program. A lock file beside it keeps programs apart.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::domain::{PersonKey, Timestamp};

/// Digits of a key of a person.
const KEY_DIGITS: usize = 32;

/// The list cannot be used. The message says what to do.
#[derive(Debug, thiserror::Error)]
#[error(
    "the list of forgotten people {path} cannot be {what}: {source}; check its rights and the free space of its disk, or set AANZET_FORGOTTEN_FILE to a place that can be written"
)]
pub struct ForgetListError {
    path: String,
    what: &'static str,
    source: io::Error,
}

/// One person who was forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// Who.
    pub person: PersonKey,
    /// Everything of up to this moment.
    pub until: Timestamp,
}

/// The list. A clone is the same file.
#[derive(Clone, Debug)]
pub struct ForgetList {
    path: PathBuf,
}

impl ForgetList {
    /// The list at `path`. Touches nothing yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the file when it is absent, for its owner only, and fails when no line could be added to it.
    pub fn prepare(&self) -> Result<(), ForgetListError> {
        let prepare = || {
            let _lock = self.lock()?;
            self.open_to_add().map(drop)
        };
        prepare().map_err(|error| self.failed("written", error))
    }

    /// Adds a person. When this returns `Ok` the line is on the disk.
    pub fn add(&self, forgotten: &Forgotten) -> Result<(), ForgetListError> {
        let add = || {
            let _lock = self.lock()?;
            let (mut file, made) = self.open_to_add()?;
            let mut line = written(forgotten)?;
            if !ends_in_line(&mut file)? {
                // A line that was cut off by a power cut stays alone.
                line.insert(0, '\n');
            }
            file.seek(SeekFrom::End(0))?;
            file.write_all(line.as_bytes())?;
            file.sync_all()?;
            if made {
                self.sync_folder()?;
            }
            Ok(())
        };
        add().map_err(|error| self.failed("written", error))
    }

    /// Everybody on the list, each with their last moment; nobody when there is no file. A line that cannot
    /// be read is passed over and logged.
    pub fn read(&self) -> Result<Vec<Forgotten>, ForgetListError> {
        let text = match fs::read(&self.path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed("read", error)),
        };
        let (lines, unreadable) = parse(&text);
        if unreadable > 0 {
            tracing::warn!(
                lines = unreadable,
                path = %self.path.display(),
                "the list of forgotten people has lines that cannot be read; they are passed over"
            );
        }
        let mut latest: BTreeMap<PersonKey, Timestamp> = BTreeMap::new();
        for Forgotten { person, until } in lines {
            let moment = latest.entry(person).or_insert(until);
            *moment = until.max(*moment);
        }
        Ok(latest
            .into_iter()
            .map(|(person, until)| Forgotten { person, until })
            .collect())
    }

    /// Drops the lines of before this moment, and those that cannot be read. Returns how many.
    pub fn drop_older(&self, before: Timestamp) -> Result<usize, ForgetListError> {
        let drop_older = || {
            let _lock = self.lock()?;
            let text = match fs::read(&self.path) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
                Err(error) => return Err(error),
            };
            let (lines, unreadable) = parse(&text);
            let all = lines.len() + unreadable;
            let kept: Vec<_> = lines
                .into_iter()
                .filter(|line| line.until >= before)
                .collect();
            if kept.len() == all {
                return Ok(0);
            }
            // Whole, beside the old one, so that a crash leaves one of the two.
            let new = self.beside(".nieuw");
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = for_owner_only().create_new(true).open(&new)?;
            for line in &kept {
                file.write_all(written(line)?.as_bytes())?;
            }
            file.sync_all()?;
            fs::rename(&new, &self.path)?;
            self.sync_folder()?;
            Ok(all - kept.len())
        };
        drop_older().map_err(|error| self.failed("written", error))
    }

    /// Size and time of the file, of which one changes when a line is added; `None` when there is no file.
    pub fn stamp(&self) -> Option<(u64, SystemTime)> {
        let file = fs::metadata(&self.path).ok()?;
        Some((file.len(), file.modified().ok()?))
    }

    fn failed(&self, what: &'static str, source: io::Error) -> ForgetListError {
        ForgetListError {
            path: self.path.display().to_string(),
            what,
            source,
        }
    }

    /// The path with something behind its name.
    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    /// Waits for others who write. The lock is a file of its own, because the list itself is replaced when
    /// old lines are dropped.
    fn lock(&self) -> io::Result<File> {
        let lock = for_owner_only().create(true).open(self.beside(".lock"))?;
        lock.lock()?;
        Ok(lock)
    }

    /// The file, and whether it was made now.
    fn open_to_add(&self) -> io::Result<(File, bool)> {
        let made = !self.path.try_exists()?;
        let file = for_owner_only().create(true).open(&self.path)?;
        Ok((file, made))
    }

    /// Makes the name of a new file survive a power cut.
    fn sync_folder(&self) -> io::Result<()> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if cfg!(unix) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

fn for_owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether the file is empty or its last byte ends a line.
fn ends_in_line(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn written(forgotten: &Forgotten) -> io::Result<String> {
    let until = jiff::Timestamp::from_millisecond(forgotten.until.0).map_err(io::Error::other)?;
    Ok(format!("{} {until}\n", forgotten.person))
}

/// The lines, and how many cannot be read.
fn parse(text: &str) -> (Vec<Forgotten>, usize) {
    let mut unreadable = 0;
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match parse_line(line) {
            Some(forgotten) => lines.push(forgotten),
            None => unreadable += 1,
        }
    }
    (lines, unreadable)
}

fn parse_line(line: &str) -> Option<Forgotten> {
    let (person, until) = line.trim().split_once(' ')?;
    let key = person.len() == KEY_DIGITS && person.bytes().all(|b| b.is_ascii_hexdigit());
    let until: jiff::Timestamp = until.trim().parse().ok()?;
    key.then(|| Forgotten {
        person: PersonKey::new(person),
        until: Timestamp(until.as_millisecond()),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list() -> (ForgetList, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        (ForgetList::at(folder.path().join("lijst")), folder)
    }

    fn forgotten(digit: char, until: i64) -> Forgotten {
        Forgotten {
            person: PersonKey::new(digit.to_string().repeat(KEY_DIGITS)),
            until: Timestamp(until),
        }
    }

    #[test]
    fn who_was_added_is_on_the_list_with_the_last_moment() {
        let (list, _folder) = list();
        assert_eq!(list.read().unwrap(), []);
        list.add(&forgotten('a', 2_000)).unwrap();
        list.add(&forgotten('b', 1_000)).unwrap();
        list.add(&forgotten('a', 1_500)).unwrap();
        let all = [forgotten('a', 2_000), forgotten('b', 1_000)];
        assert_eq!(list.read().unwrap(), all);
    }

    #[test]
    fn a_line_is_a_key_and_a_moment() {
        let (list, _folder) = list();
        list.add(&forgotten('a', 1_795_000_000_123)).unwrap();
        assert_eq!(
            fs::read_to_string(list.path()).unwrap(),
            format!("{} 2026-11-18T11:06:40.123Z\n", "a".repeat(32))
        );
    }

    #[test]
    fn a_line_that_was_cut_off_harms_no_other() {
        let (list, _folder) = list();
        list.add(&forgotten('a', 1_000)).unwrap();
        let mut text = fs::read_to_string(list.path()).unwrap();
        text.push_str("bbbbbbbbbbbb");
        fs::write(list.path(), text).unwrap();
        list.add(&forgotten('c', 3_000)).unwrap();
        let all = [forgotten('a', 1_000), forgotten('c', 3_000)];
        assert_eq!(list.read().unwrap(), all);
    }

    #[test]
    fn old_lines_are_dropped_and_the_rest_stays() {
        let (list, _folder) = list();
        assert_eq!(list.drop_older(Timestamp(5_000)).unwrap(), 0);
        list.add(&forgotten('a', 1_000)).unwrap();
        list.add(&forgotten('b', 9_000)).unwrap();
        assert_eq!(list.drop_older(Timestamp(5_000)).unwrap(), 1);
        assert_eq!(list.drop_older(Timestamp(5_000)).unwrap(), 0);
        list.add(&forgotten('c', 9_500)).unwrap();
        let all = [forgotten('b', 9_000), forgotten('c', 9_500)];
        assert_eq!(list.read().unwrap(), all);
    }

    #[test]
    fn an_added_line_shows_in_the_stamp() {
        let (list, _folder) = list();
        assert_eq!(list.stamp(), None);
        list.prepare().unwrap();
        let before = list.stamp();
        assert!(before.is_some());
        list.add(&forgotten('a', 1)).unwrap();
        assert_ne!(list.stamp(), before);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named_with_what_to_do() {
        let (list, _folder) = list();
        fs::create_dir(list.path()).unwrap();
        let error = list.prepare().unwrap_err().to_string();
        assert!(
            error.contains("lijst") && error.contains("AANZET_FORGOTTEN_FILE"),
            "{error}"
        );
        assert!(list.add(&forgotten('a', 1)).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;

        let (list, _folder) = list();
        list.add(&forgotten('a', 1)).unwrap();
        list.drop_older(Timestamp(2)).unwrap();
        let mode = fs::metadata(list.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    proptest! {
        #[test]
        fn any_file_can_be_read_and_added_to(text in r"([0-9a-f]{30,33}|\PC| |\n|2026-11-22T20:37:56Z){0,20}") {
            let (list, _folder) = list();
            fs::write(list.path(), text).unwrap();
            let before = list.read().unwrap();
            list.add(&forgotten('e', 7_000_000_000_000)).unwrap();
            let after = list.read().unwrap();
            prop_assert!(after.contains(&forgotten('e', 7_000_000_000_000)));
            prop_assert!(after.len() >= before.len());
        }
    }
}
