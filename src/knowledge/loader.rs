//! Reads the folders of a knowledge base. The only file of this room with I/O.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{CheckSettings, Complaint, ComplaintKind, Knowledge, Lines, SourceFile, read};

/// The largest file that is read, in bytes.
pub const FILE_LIMIT: u64 = 1024 * 1024;

/// How deep folders are followed; ours are three deep.
const DEPTH_LIMIT: usize = 16;

/// What came of reading the folders.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What can be used.
    pub knowledge: Knowledge,
    /// Everything that is wrong, by file and place.
    pub complaints: Vec<Complaint>,
    /// The files as they were read, by path.
    pub files: Vec<SourceFile>,
    /// How many files below `artikelen/` were found, those that could not be read included.
    pub article_files: usize,
}

/// Why there is nothing to work with.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A folder is not there, or is no folder.
    #[error(
        "De map {} is er niet. Geef de goede map op, of zet AANZET_KNOWLEDGE_DIR op de map met artikelen.",
        .0.display()
    )]
    NoFolder(PathBuf),
    /// A folder cannot be opened.
    #[error("De map {} is niet te openen: {reason}. Kijk of Aanzet deze map mag lezen.", .dir.display())]
    Closed {
        /// The folder.
        dir: PathBuf,
        /// Why, in Dutch.
        reason: &'static str,
    },
    /// Not one article.
    #[error(
        "In {} staan geen artikelen. Zet ze in de map artikelen/<thema>/ daaronder, met namen die eindigen op .md, of zet AANZET_KNOWLEDGE_DIR op een andere map.",
        .0.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(" en ")
    )]
    NoArticles(Vec<PathBuf>),
}

/// Reads these folders, laid over each other: where two have a file with the same path, the later
/// folder's counts.
///
/// # Errors
/// A folder that is not there, and folders without a single article. A file that cannot be read is
/// a complaint.
pub fn load(dirs: &[PathBuf], settings: &CheckSettings) -> Result<Loaded, LoadError> {
    let mut found: BTreeMap<String, Result<SourceFile, Complaint>> = BTreeMap::new();
    for dir in dirs {
        if !dir.is_dir() {
            return Err(LoadError::NoFolder(dir.clone()));
        }
        let mut walk = Walk {
            found: BTreeMap::new(),
            seen: HashSet::new(),
        };
        walk.folder(dir, "", 0).map_err(|error| LoadError::Closed {
            dir: dir.clone(),
            reason: reason(&error),
        })?;
        found.append(&mut walk.found);
    }
    let article_files = found
        .keys()
        .filter(|path| path.starts_with("artikelen/") && has_ending(path, &["md"]))
        .count();
    if article_files == 0 {
        return Err(LoadError::NoArticles(dirs.to_vec()));
    }
    let mut files = Vec::new();
    let mut complaints = Vec::new();
    for entry in found.into_values() {
        match entry {
            Ok(file) => files.push(file),
            Err(complaint) => complaints.push(complaint),
        }
    }
    let (knowledge, from_reading) = read(&files, settings);
    complaints.extend(from_reading);
    // Stable: within a file the order of reading is the order of the places.
    complaints.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(Loaded {
        knowledge,
        complaints,
        files,
        article_files,
    })
}

struct Walk {
    found: BTreeMap<String, Result<SourceFile, Complaint>>,
    /// Folders that were walked already, by their real path: a link may lead back up.
    seen: HashSet<PathBuf>,
}

impl Walk {
    fn folder(&mut self, dir: &Path, below: &str, depth: usize) -> io::Result<()> {
        let real = dir.canonicalize()?;
        if depth > DEPTH_LIMIT || !self.seen.insert(real) {
            return Ok(());
        }
        let mut entries: Vec<_> = fs::read_dir(dir)?.filter_map(Result::ok).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            // Hidden files, and the copies that editors leave behind.
            if name.starts_with('.') || name.ends_with('~') || name.starts_with('#') {
                continue;
            }
            let path = if below.is_empty() {
                name
            } else {
                format!("{below}/{name}")
            };
            // Follows links: a folder or file of the system may be elsewhere.
            match fs::metadata(entry.path()) {
                Ok(meta) if meta.is_dir() => {
                    if let Err(error) = self.folder(&entry.path(), &path, depth + 1) {
                        self.complain(&path, unreadable(&error));
                    }
                }
                Ok(meta) if meta.is_file() => self.file(&entry.path(), path, meta.len()),
                Ok(_) => {}
                Err(error) => self.complain(&path, unreadable(&error)),
            }
        }
        Ok(())
    }

    fn file(&mut self, on_disk: &Path, path: String, size: u64) {
        let wanted: &[&str] = match path.split('/').next() {
            Some("taal" | "veiligheid") => &["toml", "md", "txt"],
            _ => &["toml", "md"],
        };
        if !has_ending(&path, wanted) {
            let kept = ["artikelen/", "organisaties/", "plaatsen/"];
            if kept.iter().any(|folder| path.starts_with(folder)) {
                self.complain(&path, ComplaintKind::WrongEnding);
            }
            return;
        }
        if size > FILE_LIMIT {
            return self.complain(&path, too_large(size));
        }
        let mut bytes = Vec::new();
        // The file may grow between the two looks at it.
        let read = fs::File::open(on_disk)
            .and_then(|file| file.take(FILE_LIMIT + 1).read_to_end(&mut bytes));
        if let Err(error) = read {
            return self.complain(&path, unreadable(&error));
        }
        if bytes.len() as u64 > FILE_LIMIT {
            return self.complain(&path, too_large(bytes.len() as u64));
        }
        let entry = match String::from_utf8(bytes) {
            Ok(text) => Ok(SourceFile::new(path.clone(), text)),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let readable = String::from_utf8_lossy(error.as_bytes().get(..at).unwrap_or(&[]));
                Err(Complaint {
                    position: Lines::new(&readable).position(at),
                    ..Complaint::about_file(path.clone(), ComplaintKind::NotUtf8)
                })
            }
        };
        self.found.insert(path, entry);
    }

    fn complain(&mut self, path: &str, kind: ComplaintKind) {
        let complaint = Complaint::about_file(path, kind);
        self.found.insert(path.to_owned(), Err(complaint));
    }
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, ending)| endings.iter().any(|e| ending.eq_ignore_ascii_case(e)))
}

fn too_large(size: u64) -> ComplaintKind {
    ComplaintKind::TooLarge {
        kibibytes: size.div_ceil(1024),
        limit: FILE_LIMIT / 1024,
    }
}

fn unreadable(error: &io::Error) -> ComplaintKind {
    ComplaintKind::Unreadable {
        reason: reason(error),
    }
}

/// Why the system refused, in Dutch.
fn reason(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "het is er niet (meer)",
        io::ErrorKind::PermissionDenied => "Aanzet heeft geen toestemming",
        io::ErrorKind::Interrupted | io::ErrorKind::TimedOut => "het duurde te lang",
        _ => "het systeem geeft een fout",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{Position, Weight};

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        dir
    }

    fn load_one(dir: &tempfile::TempDir) -> Loaded {
        load(&[dir.path().to_owned()], &CheckSettings::default()).unwrap()
    }

    fn kinds(loaded: &Loaded, path: &str) -> Vec<ComplaintKind> {
        let of_file = loaded.complaints.iter().filter(|c| c.file == path);
        of_file.map(|c| c.kind.clone()).collect()
    }

    const GOOD: (&str, &[u8]) = ("artikelen/t/goed.md", b"# Goed\n\nBel ons.");

    #[test]
    fn a_folder_that_is_not_there_says_what_to_set() {
        let error = load(&["nergens".into()], &CheckSettings::default()).unwrap_err();
        assert!(error.to_string().contains("AANZET_KNOWLEDGE_DIR"));
        let error = load(&[folder(&[]).path().to_owned()], &CheckSettings::default());
        assert!(matches!(
            error,
            Err(LoadError::NoFolder(_) | LoadError::NoArticles(_))
        ));
    }

    #[test]
    fn a_folder_without_articles_says_where_they_belong() {
        let dir = folder(&[("organisaties/x.md", b"---\nnaam: X\n---\n")]);
        let error = load(&[dir.path().to_owned()], &CheckSettings::default()).unwrap_err();
        assert!(error.to_string().contains("artikelen/<thema>/"));
    }

    #[test]
    fn hidden_files_and_copies_of_editors_are_not_read() {
        let dir = folder(&[
            GOOD,
            ("artikelen/t/.goed.md.swp", b"x"),
            ("artikelen/t/goed.md~", b"x"),
            (".git/config.toml", b"x"),
        ]);
        assert_eq!(load_one(&dir).files.len(), 1);
    }

    #[test]
    fn bytes_that_are_no_text_have_a_place() {
        let dir = folder(&[GOOD, ("artikelen/t/fout.md", b"# T\xc3\xa9\nab\xff")]);
        let loaded = load_one(&dir);
        let complaint = loaded
            .complaints
            .iter()
            .find(|c| c.kind == ComplaintKind::NotUtf8)
            .unwrap();
        assert_eq!(complaint.position, Position { line: 2, column: 3 });
        assert_eq!(complaint.weight(), Weight::Refused);
        assert_eq!(loaded.article_files, 2);
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read() {
        let large = vec![b'x'; usize::try_from(FILE_LIMIT).unwrap() + 1];
        let dir = folder(&[GOOD, ("artikelen/t/groot.md", &large)]);
        let wanted = ComplaintKind::TooLarge {
            kibibytes: 1025,
            limit: 1024,
        };
        assert_eq!(kinds(&load_one(&dir), "artikelen/t/groot.md"), [wanted]);
    }

    #[test]
    fn a_document_of_a_word_processor_is_pointed_out() {
        let dir = folder(&[GOOD, ("artikelen/t/brief.docx", b"PK"), ("logo.png", b"x")]);
        let loaded = load_one(&dir);
        assert_eq!(
            kinds(&loaded, "artikelen/t/brief.docx"),
            [ComplaintKind::WrongEnding]
        );
        assert_eq!(kinds(&loaded, "logo.png"), []);
    }

    #[test]
    fn a_later_folder_lies_over_an_earlier_one() {
        let ours = folder(&[GOOD, ("artikelen/t/b.md", b"# B\n\nB.")]);
        let demo = folder(&[("artikelen/t/goed.md", b"# Beter\n\nBel ons.")]);
        let dirs = [ours.path().to_owned(), demo.path().to_owned()];
        let loaded = load(&dirs, &CheckSettings::default()).unwrap();
        let titles: Vec<_> = loaded
            .knowledge
            .articles()
            .iter()
            .map(|a| &a.title)
            .collect();
        assert_eq!(titles, ["B", "Beter"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_and_to_nothing_are_survived() {
        let dir = folder(&[GOOD]);
        let inside = dir.path().join("artikelen/t");
        std::os::unix::fs::symlink(dir.path(), inside.join("rond")).unwrap();
        std::os::unix::fs::symlink(inside.join("zelf.md"), inside.join("zelf.md")).unwrap();
        std::os::unix::fs::symlink("/nergens/x.md", inside.join("weg.md")).unwrap();
        let loaded = load_one(&dir);
        assert_eq!(loaded.knowledge.articles().len(), 1);
        assert_eq!(
            kinds(&loaded, "artikelen/t/weg.md"),
            [ComplaintKind::Unreadable {
                reason: "het is er niet (meer)"
            }]
        );
    }
}
