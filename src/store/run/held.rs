//! A run's folder that nobody else may write to: its lock is held, and the system lets go of that when the process ends.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::Duration;

use super::about::State;
use super::{ABOUT, LOCK, refuse};
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::export::target::failed;

/// Somebody who only looks whether a run is held holds it for a moment.
const ATTEMPTS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(5);

/// What stands in the lock of a run whose end could not be written down.
const FINISHED: &[u8] = b"finished\n";
const FAILED: &[u8] = b"failed\n";

/// A run's folder, locked.
#[derive(Debug)]
pub struct Held {
    folder: PathBuf,
    /// Closed, it is let go.
    lock: File,
}

/// Whether somebody holds a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// Nobody does.
    Nobody,
    /// The process of this number, where it could be read.
    Process(Option<u32>),
}

impl Held {
    /// A folder for a new run, which must be empty or not there yet.
    pub fn begin(folder: &Path) -> Result<Self> {
        if folder.join(ABOUT).exists() {
            return match holder(folder) {
                Holder::Process(process) => Err(taken(folder, process)),
                Holder::Nobody => {
                    let name = sanitize(&folder.to_string_lossy());
                    let advice = format!(
                        "misfit resume {name} goes on with it, misfit runs delete {name} takes it away; or name another folder"
                    );
                    Err(refuse(folder, "there is a run in it already", &advice))
                }
            };
        }
        let entries = match folder.read_dir() {
            Ok(mut entries) => entries.next().is_some(),
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => return Err(failed(&folder.join(ABOUT), &error)),
        };
        // What was begun and killed before anything was written.
        let only_lock = || {
            let mut entries = folder.read_dir().into_iter().flatten().flatten();
            entries.all(|entry| entry.file_name() == LOCK)
        };
        if entries && !only_lock() {
            return Err(refuse(
                folder,
                "the folder is not empty",
                "name a new one for the run",
            ));
        }
        make(folder).map_err(|error| failed(&folder.join(ABOUT), &error))?;
        Self::lock(folder)
    }

    /// The folder of a run that there is.
    pub fn open(folder: &Path) -> Result<Self> {
        if !folder.join(ABOUT).is_file() {
            return Err(refuse(
                folder,
                "this is no run",
                "misfit runs lists those that there are",
            ));
        }
        let held = Self::lock(folder)?;
        held.sweep();
        Ok(held)
    }

    fn lock(folder: &Path) -> Result<Self> {
        let path = folder.join(LOCK);
        let doing = || Error::io(format!("lock {}", sanitize(&path.to_string_lossy())));
        let mut lock = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| failed(&path, &error))?;
        let mut attempts = 0;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if attempts < ATTEMPTS => attempts += 1,
                Err(TryLockError::WouldBlock) => return Err(taken(folder, process_in(&mut lock))),
                Err(TryLockError::Error(error)) => return Err(doing()(error)),
            }
            thread::sleep(BETWEEN);
        }
        let written = lock
            .set_len(0)
            .and_then(|()| lock.rewind())
            .and_then(|()| writeln!(lock, "{}", process::id()));
        written.map_err(|error| failed(&path, &error))?;
        Ok(Self {
            folder: folder.to_owned(),
            lock,
        })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Notes how the run ended where there is no room to write that down: in the lock, which takes none that it did not have.
    pub fn mark(&mut self, state: State) {
        let word: &[u8] = match state {
            State::Running => return,
            State::Finished => FINISHED,
            State::Failed => FAILED,
        };
        // Not cut first: what is given back to a full disk may be gone. If this cannot be written either, nothing can.
        let lock = &mut self.lock;
        let _ = lock
            .rewind()
            .and_then(|()| lock.write_all(word))
            .and_then(|()| lock.set_len(word.len() as u64));
    }

    /// Takes away what a process that was killed had begun to write.
    fn sweep(&self) {
        let entries = self.folder.read_dir().into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(".misfit-") && name.ends_with(".part") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Takes the run away. Only files that a run has are removed, and the folder where nothing else is in it.
    pub fn delete(self) -> Result<()> {
        self.sweep();
        let doing = || {
            Error::io(format!(
                "delete {}",
                sanitize(&self.folder.to_string_lossy())
            ))
        };
        // First what makes it a run: whatever happens then, it is none any more.
        let about = self.folder.join(ABOUT);
        fs::remove_file(&about).map_err(doing())?;
        for entry in self.folder.read_dir().map_err(doing())?.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name == super::CHECKPOINT || name.starts_with(super::LOOKS) {
                fs::remove_file(entry.path()).map_err(doing())?;
            }
        }
        fs::remove_file(self.folder.join(LOCK)).map_err(doing())?;
        // Somebody may have put something else there.
        let _ = fs::remove_dir(&self.folder);
        drop(self.lock);
        Ok(())
    }
}

/// How a run ended of which that could only be noted.
pub fn mark(folder: &Path) -> Option<State> {
    let mut word = Vec::new();
    let lock = File::open(folder.join(LOCK)).ok()?;
    lock.take(32).read_to_end(&mut word).ok()?;
    match &word[..] {
        FINISHED => Some(State::Finished),
        FAILED => Some(State::Failed),
        _ => None,
    }
}

/// Whether somebody holds the run in a folder.
pub fn holder(folder: &Path) -> Holder {
    let Ok(mut lock) = File::open(folder.join(LOCK)) else {
        return Holder::Nobody;
    };
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Holder::Process(process_in(&mut lock)),
        _ => Holder::Nobody,
    }
}

fn process_in(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.rewind().ok()?;
    lock.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn taken(folder: &Path, process: Option<u32>) -> Error {
    let who = process.map_or_else(
        || "another program".to_owned(),
        |process| format!("another program (process {process})"),
    );
    refuse(
        folder,
        format!("{who} is at work on this run"),
        "wait until it is done",
    )
}

/// Makes a folder that is its owner's alone: what was learned tells of the table.
fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_run_is_noted_where_it_cannot_be_written_down() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let mut held = Held::begin(&path).unwrap();
        assert_eq!(mark(&path), None, "there is the number of the process");
        held.mark(State::Finished);
        assert_eq!(mark(&path), Some(State::Finished));
        drop(held);
        assert_eq!(holder(&path), Holder::Nobody);
        drop(Held::lock(&path).unwrap());
        assert_eq!(mark(&path), None, "it was gone on with");
    }
}
