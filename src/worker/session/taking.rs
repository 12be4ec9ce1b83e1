//! What the user takes along: rows to a file or to the clipboard, a page about the run. All that is written is of one moment.
//! A page and a clipboard are filled between two batches. Rows for a file are copied with all that it takes to explain them,
//! and written in a thread of their own, so that training and commands go on; hanging up ends it at once.

use std::env;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle, available_parallelism};
use std::time::{Duration, Instant};

use super::Phase;
use super::Session;
use crate::error::{Error, Result};
use crate::export::Job;
use crate::export::clipboard;
use crate::export::target::Refusal;
use crate::message::{Command, Copied, Export, Exported, Publish, Report, Save};
use crate::report;
use crate::store::model;

/// What the user would say to make text of formulas.
const QUOTING: &str = ":formulas quote";
/// How often it is told how far writing has come.
const TELLING: Duration = Duration::from_millis(250);

/// Rows being written. Dropping it breaks that off, and nothing is left of it.
pub(super) struct Exporting {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Exporting {
    fn is_over(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // If it panicked, it has said so, and there is no file.
            let _ = thread.join();
        }
    }
}

impl Session {
    /// The next wish that can be granted now. Only one file is written at a time.
    pub(super) fn next_wish(&mut self) -> Option<Command> {
        if self.exporting.as_ref().is_some_and(Exporting::is_over) {
            self.exporting = None;
        }
        let waits = |wish: &Command| {
            let writes = matches!(wish, Command::Export(_) | Command::Save(_));
            self.exporting.is_some() && writes
        };
        let next = self.wishes.iter().position(|wish| !waits(wish))?;
        self.wishes.remove(next)
    }

    /// Does what was wished for, or begins it.
    pub(super) fn take_along(&mut self, wish: Command) {
        if self.stale && !self.looks() && self.phase != Phase::Failed {
            self.rank();
        }
        let report = match wish {
            Command::Export(asked) => match self.export(asked) {
                Ok(()) => return,
                Err(error) => Report::Exported(Exported::Failed(error.chain())),
            },
            Command::Save(asked) => match self.save(&asked) {
                Ok(()) => return,
                Err(error) => Report::Exported(Exported::Failed(error.chain())),
            },
            Command::Publish(asked) => {
                let Publish {
                    path,
                    overwrite,
                    story,
                } = *asked;
                let path = from_home(&path);
                Report::Exported(told_of(report::publish(
                    self.trainer(),
                    story,
                    &path,
                    overwrite,
                )))
            }
            Command::CopyCell(asked) => Report::Copied(clipboard::copy_cell(
                self.trainer().shown_data(),
                &asked,
                QUOTING,
            )),
            Command::Copy(asked) => match clipboard::copy(self.trainer(), &asked, QUOTING) {
                Ok(copied) => Report::Copied(copied),
                Err(error) => Report::Copied(Copied {
                    text: String::new(),
                    sentence: error.chain(),
                }),
            },
            _ => return,
        };
        self.send(report);
    }

    /// Begins to write rows.
    fn export(&mut self, asked: Export) -> Result<()> {
        let path = from_home(&asked.path);
        let job = Job::new(self.trainer(), Export { path, ..asked })?;
        let reports = self.reports.clone();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let mut told = Instant::now();
            let mut heard = |done: usize, of: usize| {
                if told.elapsed() >= TELLING {
                    told = Instant::now();
                    let percent = (100 * done / of.max(1)) as u8;
                    reports.send(Report::Exported(Exported::Percent(percent)));
                }
                if stopped.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            };
            // Half of the cores are left to the training.
            let threads = available_parallelism().map_or(1, Into::into) / 2;
            let written = job.run(threads, &mut heard);
            let told = told_of(written.map(|written| written.sentence(QUOTING)));
            reports.send(Report::Exported(told));
        };
        self.write_beside(stop, work)
    }

    /// Begins to write what was learned, all of which is put together now.
    fn save(&mut self, asked: &Save) -> Result<()> {
        let (path, overwrite) = (from_home(&asked.path), asked.overwrite);
        let job = model::Job::new(self.trainer())?;
        let table = self.trainer().data().provenance.path.clone();
        let reports = self.reports.clone();
        self.write_beside(Arc::default(), move || {
            let written = job.write(&path, overwrite, table.as_deref());
            reports.send(Report::Exported(told_of(written)));
        })
    }

    /// Writes in a thread of its own.
    fn write_beside(
        &mut self,
        stop: Arc<AtomicBool>,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<()> {
        let thread = thread::Builder::new()
            .name("export".into())
            .spawn(work)
            .map_err(Error::io("start a thread"))?;
        self.exporting = Some(Exporting {
            stop,
            thread: Some(thread),
        });
        Ok(())
    }
}

fn told_of(written: Result<String, Refusal>) -> Exported {
    match written {
        Ok(sentence) => Exported::Done(sentence),
        Err(Refusal::Exists) => Exported::Exists,
        Err(Refusal::Failed(error)) => Exported::Failed(error.chain()),
    }
}

/// A path as a shell would take it: `~/` is the user's own folder.
fn from_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
