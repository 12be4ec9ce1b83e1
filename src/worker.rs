//! The thread around a [`Trainer`], and its handle.
//!
//! The thread reads the table, then trains batch after batch. Between two batches it obeys every command that waits;
//! while it is paused or done it sleeps on the command channel. It never waits for the screen: reports are sent at most a few
//! times a second, whatever the speed of training, and coalesce what lies between. It ends when its
//! handle is dropped: hanging up is the stop signal.

mod session;

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};

use crate::data::read::Advance;
use crate::error::{Error, Result};
use crate::message::{Command, Loaded, Report};
use crate::train::trainer::Trainer;
use session::Session;

/// How often the screen hears of the training. Curves look smooth, and drawing costs the trainer almost nothing.
const REPORTS_PER_SECOND: u64 = 15;

/// What the thread starts with: reads the table and builds the trainer, telling how far it has come.
pub trait Prepare: FnOnce(&mut Advance<'_>) -> Result<(Loaded, Trainer)> + Send + 'static {}

impl<F: FnOnce(&mut Advance<'_>) -> Result<(Loaded, Trainer)> + Send + 'static> Prepare for F {}

/// The handle of the worker thread.
pub struct Worker {
    commands: Option<Sender<Command>>,
    reports: Receiver<Report>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread. `preset` is the name that reports carry.
    pub fn spawn(preset: String, prepare: impl Prepare) -> Result<Self> {
        let (command_sender, commands) = channel();
        let (sender, reports) = channel();
        let body = move || {
            let last_words = sender.clone();
            let work = catch_unwind(AssertUnwindSafe(|| {
                work(preset, prepare, &commands, sender)
            }));
            let failure = match work {
                Ok(Ok(()) | Err(Error::Stopped)) => return,
                Ok(Err(error)) => error.chain(),
                Err(panic) => format!("the training thread panicked: {}", panic_text(&*panic)),
            };
            // Nobody listens any more when the screen has hung up first.
            let _ = last_words.send(Report::Failed(failure));
        };
        let thread = thread::Builder::new()
            .name("trainer".into())
            .spawn(body)
            .map_err(Error::io("start a thread"))?;
        Ok(Self {
            commands: Some(command_sender),
            reports,
            thread: Some(thread),
        })
    }

    /// Hands a command over. A worker that has ended ignores it; its last report says why it ended.
    pub fn send(&self, command: Command) {
        if let Some(commands) = &self.commands {
            let _ = commands.send(command);
        }
    }

    /// The next report, if one waits.
    pub fn try_report(&self) -> Option<Report> {
        self.reports.try_recv().ok()
    }

    /// Waits for the next report; none when the worker has ended.
    pub fn report(&self) -> Option<Report> {
        self.reports.recv().ok()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // It cannot panic outside `catch_unwind`, and there is nothing to do if it did.
            let _ = thread.join();
        }
    }
}

fn work(
    preset: String,
    prepare: impl Prepare,
    commands: &Receiver<Command>,
    reports: Sender<Report>,
) -> Result<()> {
    let mut early = Vec::new();
    let (loaded, trainer) = prepare(&mut |progress| {
        let _ = reports.send(Report::Reading(progress));
        loop {
            match commands.try_recv() {
                Ok(command) => early.push(command),
                Err(TryRecvError::Empty) => return ControlFlow::Continue(()),
                Err(TryRecvError::Disconnected) => return ControlFlow::Break(()),
            }
        }
    })?;
    let _ = reports.send(Report::Loaded(loaded));
    let mut session = Session::new(preset, trainer, reports);
    for command in early {
        session.obey(command)?;
    }
    session.run(commands)
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}
