//! The thread that writes a run down: it wakes for what is handed over, one checkpoint at a time, answers when it is written, and
//! ends when it is hung up on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::store::run::about::{About, replace};
use crate::store::run::checkpoint::{Looks, Progress, Saved, checkpoint_bytes, looks_bytes};
use crate::store::run::fingerprint::Subject;
use crate::store::run::held::Held;
use crate::store::run::input::Input;
use crate::store::run::{CHECKPOINT, LOOKS, shelf};
use crate::train::checkpoint::{Checkpoint, Look};
use crate::train::history::History;

/// A thread that writes.
pub struct Thread {
    pub jobs: Sender<Job>,
    pub done: Receiver<Result<Duration>>,
    pub handle: JoinHandle<()>,
    /// Jobs that were not answered yet.
    pub waiting: usize,
    pub folder: PathBuf,
}

/// What the thread is asked to do.
pub enum Job {
    /// Write a checkpoint.
    Keep(Box<Moment>),
    /// The run is over, or fails.
    End(Box<About>),
}

/// A training between two batches.
pub struct Moment {
    pub checkpoint: Checkpoint,
    pub history: History,
    pub progress: Progress,
    /// How many of the looks so far stay.
    pub looks_before: usize,
    pub looks: Vec<Look>,
}

/// A run's folder, as whoever writes to it knows it.
pub struct Folder {
    pub held: Held,
    pub looks: Vec<Looks>,
    /// Number of the next file of looks.
    pub serial: u64,
    pub fingerprint: Option<String>,
}

impl Thread {
    pub fn begin(folder: Option<Box<Folder>>, about: &About, subject: Subject) -> Result<Self> {
        let (jobs, todo) = channel();
        let (answer, done) = channel();
        let mut about = about.clone();
        let path = match &folder {
            Some(folder) => folder.held.folder().to_owned(),
            None => shelf::place(&about)?,
        };
        let new = path.clone();
        let work = move || {
            let prepare = || {
                let mut folder = match folder {
                    Some(folder) => *folder,
                    None => Folder::on_shelf(&new)?,
                };
                let inputs = std::mem::take(&mut about.inputs);
                about.inputs = inputs.into_iter().map(Input::sealed).collect();
                about.write(folder.held.folder())?;
                let taken = || subject.fingerprint();
                folder.fingerprint.get_or_insert_with(taken);
                Ok::<_, Error>((folder, about.inputs.clone()))
            };
            let (mut folder, inputs) = match prepare() {
                Ok(prepared) => prepared,
                Err(error) => {
                    let _ = answer.send(Err(error));
                    return;
                }
            };
            while let Ok(job) = todo.recv() {
                let started = Instant::now();
                let written = match job {
                    Job::Keep(moment) => folder.keep(*moment),
                    Job::End(mut about) => {
                        about.inputs.clone_from(&inputs);
                        let written = about.write(folder.held.folder());
                        if written.is_err() {
                            folder.held.mark(about.state);
                        }
                        written
                    }
                };
                if answer.send(written.map(|()| started.elapsed())).is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("keeper".into()).spawn(work);
        Ok(Self {
            jobs,
            done,
            handle: thread.map_err(Error::io("start a thread"))?,
            waiting: 0,
            folder: path,
        })
    }

    pub fn send(&mut self, job: Job) {
        self.waiting += 1;
        // If it is gone, that is heard of soon.
        let _ = self.jobs.send(job);
    }

    pub fn join(self) {
        drop(self.jobs);
        // If it panicked, it has said so.
        let _ = self.handle.join();
    }
}

impl Folder {
    /// A new one in the shelf, after some of the old have gone.
    pub fn on_shelf(path: &Path) -> Result<Self> {
        let held = Held::begin(path)?;
        shelf::tidy(Some(path));
        Ok(Self {
            held,
            looks: Vec::new(),
            serial: 1,
            fingerprint: None,
        })
    }

    /// Writes a checkpoint: first the looks that it names, then itself, and then those go that it no longer names.
    pub fn keep(&mut self, moment: Moment) -> Result<()> {
        let folder = self.held.folder().to_owned();
        let mut left = moment.looks_before;
        for looks in &mut self.looks {
            looks.count = looks.count.min(left);
            left -= looks.count;
        }
        let gone = self.looks.extract_if(.., |looks| looks.count == 0);
        let gone: Vec<Looks> = gone.collect();
        if !moment.looks.is_empty() {
            let file = format!("{LOOKS}{:04}", self.serial);
            self.serial += 1;
            replace(&folder.join(&file), &looks_bytes(&moment.looks)?)?;
            self.looks.push(Looks {
                file,
                count: moment.looks.len(),
            });
        }
        let saved = Saved {
            checkpoint: moment.checkpoint,
            history: moment.history,
            looks: self.looks.clone(),
            fingerprint: self.fingerprint.clone().unwrap_or_default(),
            progress: moment.progress,
        };
        replace(&folder.join(CHECKPOINT), &checkpoint_bytes(&saved)?)?;
        for looks in gone {
            // What is left of it takes room and nothing else.
            let _ = fs::remove_file(folder.join(looks.file));
        }
        Ok(())
    }
}
