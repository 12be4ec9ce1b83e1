//! Where runs lie that nobody gave a place: a folder each under the user's state folder. There are only so many; the oldest
//! finished ones go first, and one that is at work never.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::checkpoint::progress;
use super::held::{Holder, holder, mark};
use super::{ABOUT, About, CHECKPOINT, Held, Progress};
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::store::run::about::State;

/// Runs that are kept, and the bytes that they may take.
pub const MOST: usize = 20;
/// The same in bytes.
pub const MOST_BYTES: u64 = 1_000_000_000;

/// Letters of a table's name in that of its run.
const NAMED: usize = 40;

/// A run that is there.
pub struct Entry {
    /// How it is called.
    pub name: String,
    /// Where it is.
    pub folder: PathBuf,
    /// What it is, or what is wrong with it.
    pub about: Result<About>,
    /// How far it is; none before its first checkpoint.
    pub progress: Option<Progress>,
    /// How it stands.
    pub standing: Standing,
    /// What it takes on the disk.
    pub bytes: u64,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The process of this number is at work on it.
    Running(Option<u32>),
    /// It can go on.
    Interrupted,
    /// It is done.
    Finished,
    /// It cannot go on.
    Failed,
    /// It cannot be read.
    Damaged,
}

impl Standing {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Running(_) => "running",
            Self::Interrupted => "interrupted",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Damaged => "damaged",
        }
    }
}

/// The folder of the runs; none where there is no home.
pub fn folder() -> Option<PathBuf> {
    // A relative path is to be ignored, says the specification of the XDG folders.
    let said = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let state = said.filter(|path| path.is_absolute()).or_else(|| {
        let home = env::home_dir().filter(|home| home.is_absolute())?;
        Some(home.join(".local").join("state"))
    })?;
    Some(state.join("misfit").join("runs"))
}

/// How a run in a folder is called: by its name where it lies in the shelf, by its path elsewhere.
pub fn name(run: &Path) -> String {
    let on_shelf = folder().is_some_and(|shelf| run.parent() == Some(&*shelf));
    let name = run.file_name().filter(|_| on_shelf);
    sanitize(&name.unwrap_or(run.as_os_str()).to_string_lossy())
}

/// A folder for a new run.
pub(super) fn place(about: &About) -> Result<PathBuf> {
    let shelf = folder().ok_or_else(|| {
        Error::Told("there is no home folder to keep the run in; --run DIR names a place".into())
    })?;
    let time: String = about.begun.chars().filter(char::is_ascii_digit).collect();
    let (day, hour) = time.split_at(time.len().min(8));
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || "._".contains(c) {
            c
        } else {
            '-'
        }
    };
    let stem = about.table.split(['.', ' ']).next().unwrap_or_default();
    let table: String = stem.chars().map(plain).take(NAMED).collect();
    let name = format!("{day}-{hour}-{table}");
    let name = name.trim_end_matches('-');
    let free = |number: &u32| {
        let path = match number {
            1 => shelf.join(name),
            _ => shelf.join(format!("{name}-{number}")),
        };
        (!path.exists()).then_some(path)
    };
    let free = (1..1_000).find_map(|number| free(&number));
    free.ok_or_else(|| Error::Told("there are too many runs of this second".into()))
}

impl Entry {
    /// The run in a folder.
    pub fn at(folder: &Path) -> Self {
        let about = About::read(folder);
        let standing = match (holder(folder), &about) {
            (Holder::Process(process), _) => Standing::Running(process),
            (_, Err(_)) => Standing::Damaged,
            (_, Ok(about)) => match about.state {
                State::Running => match mark(folder) {
                    None | Some(State::Running) => Standing::Interrupted,
                    Some(State::Finished) => Standing::Finished,
                    Some(State::Failed) => Standing::Failed,
                },
                State::Finished => Standing::Finished,
                State::Failed => Standing::Failed,
            },
        };
        let files = folder.read_dir().into_iter().flatten().flatten();
        let sizes = files.filter_map(|entry| Some(entry.metadata().ok()?.len()));
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        Self {
            name: sanitize(&name.to_string_lossy()),
            folder: folder.to_owned(),
            about,
            progress: progress(&folder.join(CHECKPOINT)),
            standing,
            bytes: sizes.sum(),
        }
    }
}

/// All runs of the shelf, the newest first.
pub fn list() -> Vec<Entry> {
    let Some(shelf) = folder() else {
        return Vec::new();
    };
    let entries = shelf.read_dir().into_iter().flatten().flatten();
    let runs = entries
        .map(|entry| entry.path())
        .filter(|path| path.join(ABOUT).is_file());
    let mut runs: Vec<Entry> = runs.map(|path| Entry::at(&path)).collect();
    // The names begin with the time.
    runs.sort_by(|a, b| b.name.cmp(&a.name));
    runs
}

/// The folder of the run that is called so: a path, the beginning of a name in the shelf, or else a part of one, which no other
/// has.
pub fn find(word: &Path) -> Result<PathBuf> {
    if word.join(ABOUT).is_file() {
        return Ok(word.canonicalize().unwrap_or_else(|_| word.to_owned()));
    }
    let text = word.to_string_lossy();
    let said = sanitize(&text);
    let refuse = |what: String| Err(Error::Told(what));
    let names: Vec<String> = list().into_iter().map(|entry| entry.name).collect();
    if let Some(shelf) = folder().filter(|_| !text.is_empty()) {
        let exact: Vec<&String> = names.iter().filter(|name| **name == *text).collect();
        let begins: Vec<&String> = names
            .iter()
            .filter(|name| name.starts_with(&*text))
            .collect();
        let holds: Vec<&String> = names.iter().filter(|name| name.contains(&*text)).collect();
        for found in [exact, begins, holds] {
            match found[..] {
                [] => {}
                [name] => return Ok(shelf.join(name)),
                [first, second, ..] => {
                    return refuse(format!(
                        "“{said}” is not the name of one run alone: {first} and {second}{}",
                        if found.len() > 2 { " and others" } else { "" }
                    ));
                }
            }
        }
    }
    refuse(format!(
        "there is no run “{said}”; misfit runs lists those that there are"
    ))
}

/// Takes a run away, unless somebody is at work on it.
pub fn delete(folder: &Path) -> Result<()> {
    Held::open(folder)?.delete()
}

/// Deletes the oldest runs where there are too many; not `own`, and none that somebody is at work on.
pub(super) fn tidy(own: Option<&Path>) {
    let runs = list();
    let mut count = runs.len();
    let mut bytes: u64 = runs.iter().map(|run| run.bytes).sum();
    let turn = |run: &&Entry| match run.standing {
        Standing::Finished | Standing::Failed => Some(0),
        Standing::Interrupted => Some(1),
        // What cannot be read is not ours to judge.
        Standing::Running(_) | Standing::Damaged => None,
    };
    let may_go = runs.iter().rev().filter(|run| {
        let others = own.is_none_or(|own| own != run.folder);
        others && turn(run).is_some()
    });
    let mut may_go: Vec<&Entry> = may_go.collect();
    may_go.sort_by_key(turn);
    for run in may_go {
        if count <= MOST && bytes <= MOST_BYTES {
            return;
        }
        // Somebody may have taken hold of it meanwhile.
        if delete(&run.folder).is_ok() {
            count -= 1;
            bytes = bytes.saturating_sub(run.bytes);
        }
    }
    // What was begun and killed before it became a run is empty but for its lock.
    let entries = folder().and_then(|shelf| fs::read_dir(shelf).ok());
    for entry in entries.into_iter().flatten().flatten() {
        let path = entry.path();
        let abandoned = !path.join(ABOUT).exists() && holder(&path) == Holder::Nobody;
        if abandoned && own.is_none_or(|own| own != path) && is_old(&path) {
            let _ = fs::remove_file(path.join(super::LOCK));
            let _ = fs::remove_dir(&path);
        }
    }
}

/// Whether nothing has happened in a folder for an hour.
fn is_old(path: &Path) -> bool {
    let changed = path.metadata().and_then(|known| known.modified()).ok();
    let age = changed.and_then(|changed| changed.elapsed().ok());
    age.is_some_and(|age| age.as_secs() > 3_600)
}
