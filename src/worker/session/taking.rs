//! What the user takes along: rows to a file or to the clipboard, a page about the run. Training stands still meanwhile, and what
//! else is asked for waits, so that everything written is of one moment; hanging up ends it at once.

use std::env;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use super::{Phase, Session};
use crate::error::{Error, Result};
use crate::export;
use crate::export::clipboard;
use crate::export::target::Refusal;
use crate::message::{Command, Copied, Export, Exported, Publish, Report};
use crate::report;

/// What the user would say to make text of formulas.
const QUOTING: &str = ":formulas quote";
/// How often it is told how far writing has come.
const TELLING: Duration = Duration::from_millis(250);

impl Session {
    /// Does what was wished for; returns what else was asked for meanwhile.
    pub(super) fn take_along(
        &mut self,
        wish: Command,
        commands: &Receiver<Command>,
    ) -> Result<Vec<Command>> {
        if self.stale && !self.looks() && self.phase != Phase::Failed {
            self.rank();
        }
        let mut early = Vec::new();
        let report = match wish {
            Command::Export(asked) => {
                let mut told = Instant::now();
                let reports = self.reports.clone();
                let mut heard = |done: usize, of: usize| {
                    if told.elapsed() >= TELLING {
                        told = Instant::now();
                        let percent = (100 * done / of.max(1)) as u8;
                        reports.send(Report::Exported(Exported::Percent(percent)));
                    }
                    loop {
                        match commands.try_recv() {
                            Ok(command) => early.push(command),
                            Err(TryRecvError::Empty) => return ControlFlow::Continue(()),
                            Err(TryRecvError::Disconnected) => return ControlFlow::Break(()),
                        }
                    }
                };
                let asked = Export {
                    path: from_home(&asked.path),
                    ..asked
                };
                let written = export::export(self.trainer(), &asked, &mut heard);
                told_of(written.map(|written| written.sentence(QUOTING)))?
            }
            Command::Publish(asked) => {
                let Publish {
                    path,
                    overwrite,
                    story,
                } = *asked;
                let path = from_home(&path);
                told_of(report::publish(self.trainer(), story, &path, overwrite))?
            }
            Command::CopyCell(asked) => {
                Report::Copied(clipboard::copy_cell(self.trainer().data(), &asked, QUOTING))
            }
            Command::Copy(asked) => match clipboard::copy(self.trainer(), &asked, QUOTING) {
                Ok(copied) => Report::Copied(copied),
                Err(error) => Report::Copied(Copied {
                    text: String::new(),
                    sentence: error.chain(),
                }),
            },
            _ => return Ok(early),
        };
        self.send(report);
        Ok(early)
    }
}

fn told_of(written: Result<String, Refusal>) -> Result<Report> {
    Ok(Report::Exported(match written {
        Ok(sentence) => Exported::Done(sentence),
        Err(Refusal::Exists) => Exported::Exists,
        Err(Refusal::Failed(Error::Stopped)) => return Err(Error::Stopped),
        Err(Refusal::Failed(error)) => Exported::Failed(error.chain()),
    }))
}

/// A path as a shell would take it: `~/` is the user's own folder.
fn from_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
