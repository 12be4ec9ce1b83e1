//! The thread around a [`Trainer`], and its handle.
//!
//! The thread reads the table, then trains batch after batch. Between two batches it obeys every command that waits. It
//! sleeps on the command channel while there is nothing to train: the run is paused or done, the screen has granted no
//! further steps, or looks at a moment that was kept. A command wakes it, and so do references that are still awaited (they
//! are looked for) and a ranking that has fallen due.
//!
//! It never waits for the screen: reports are sent at most a few times a second, whatever the speed of training, and bundle
//! what lies between; to a screen that is stuck, none are. Before it falls asleep it has told all there is to tell: the
//! curves, the ranking and why, what each snapshot's ranking was worth, the layers' numbers. It ends when its handle is
//! dropped: hanging up is the stop signal.

mod awaited;
mod comparing;
mod pace;
mod record;
mod schedule;
mod session;
mod tally;

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};

use crate::browse::{self, Errand, Store};
use crate::data::read::{Advance, News};
use crate::error::{Error, Result};
use crate::message::{Change, Command, Loaded, Report};
use crate::store::run::Keeping;
use crate::train::trainer::Trainer;
use record::Record;
use session::Session;

/// What the thread starts with, and again when the user wants other columns: reads the table and builds the trainer,
/// telling how far it has come.
pub trait Prepare:
    FnMut(&[Change], &mut Advance<'_>) -> Result<(Loaded, Trainer)> + Send + 'static
{
}

impl<F> Prepare for F where
    F: FnMut(&[Change], &mut Advance<'_>) -> Result<(Loaded, Trainer)> + Send + 'static
{
}

/// The handle of the worker thread, and of the browser beside it.
pub struct Worker {
    commands: Option<Sender<Command>>,
    browser: Sender<Errand>,
    reports: Receiver<Report>,
    /// Reports sent and not yet taken.
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread, which keeps no run. `preset` is the name that reports carry.
    pub fn spawn(preset: String, prepare: impl Prepare) -> Result<Self> {
        Self::keeping(preset, prepare, Keeping::off())
    }

    /// Starts the thread, whose training is kept so. What is prepared first is what was asked for when the run began.
    pub fn keeping(preset: String, prepare: impl Prepare, keeping: Keeping) -> Result<Self> {
        let (command_sender, commands) = channel();
        let (sender, reports) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let sender = Reporter {
            sender,
            waiting: Arc::clone(&waiting),
        };
        let tells = sender.clone();
        let browser = browse::spawn(move |report| tells.send(report))?;
        let browsing = browser.clone();
        let body = move || {
            let last_words = sender.clone();
            let work = catch_unwind(AssertUnwindSafe(|| {
                work((preset, keeping), prepare, &commands, (&sender, &browsing))
            }));
            // The reports end when both threads have.
            let _ = browsing.send(Errand::End);
            let failure = match work {
                Ok(Ok(()) | Err(Error::Stopped)) => return,
                Ok(Err(error)) => error.chain(),
                Err(panic) => format!("the training thread panicked: {}", panic_text(&*panic)),
            };
            last_words.send(Report::Ended(failure));
        };
        let thread = thread::Builder::new()
            .name("trainer".into())
            .spawn(body)
            .map_err(Error::io("start a thread"))?;
        Ok(Self {
            commands: Some(command_sender),
            browser,
            reports,
            waiting,
            thread: Some(thread),
        })
    }

    /// Hands a command over. A worker that has ended ignores it; its last report says why it ended.
    pub fn send(&self, command: Command) {
        let command = match command {
            // It does not wait for the batch that is on.
            Command::Browse(ask) => {
                let _ = self.browser.send(Errand::Ask(ask));
                return;
            }
            command => command,
        };
        if let Some(commands) = &self.commands {
            let _ = commands.send(command);
        }
    }

    /// The next report, if one waits.
    pub fn try_report(&self) -> Option<Report> {
        self.reports.try_recv().ok().inspect(|_| self.took_one())
    }

    /// Waits for the next report; none when the worker has ended.
    pub fn report(&self) -> Option<Report> {
        self.reports.recv().ok().inspect(|_| self.took_one())
    }

    fn took_one(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// Lets go of a thread that may be waiting for a file that never comes.
    pub fn abandon(mut self) {
        self.thread = None;
    }
}

/// The worker's side of the reports.
#[derive(Clone)]
struct Reporter {
    sender: Sender<Report>,
    waiting: Arc<AtomicUsize>,
}

impl Reporter {
    /// More reports than this wait only where the screen is stuck, on a stalled line perhaps.
    const PATIENCE: usize = 64;

    /// Nobody listens when the screen has hung up; the next look at the commands ends the work then.
    fn send(&self, report: Report) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _ = self.sender.send(report);
    }

    /// Whether the screen still takes what it is told. What can be told later as well is kept back until it does.
    fn is_heard(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) < Self::PATIENCE
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
    (preset, keeping): (String, Keeping),
    mut prepare: impl Prepare,
    commands: &Receiver<Command>,
    (reports, browser): (&Reporter, &Sender<Errand>),
) -> Result<()> {
    let (loaded, trainer, early) = read(&mut prepare, &[], commands, reports)?;
    let (trainer, keeper, history) = keeping.take_up(trainer)?;
    hand_over(&loaded, &trainer, browser);
    reports.send(Report::Loaded(loaded));
    let record = Record::new(keeper, history);
    let told = (reports.clone(), browser.clone());
    let mut session = Session::new(preset, trainer, record, told);
    let mut waiting = early;
    loop {
        // What was asked for during the reading comes first.
        let changes = match session.obey_all(waiting)? {
            Some(changes) => changes,
            None => match session.run(commands)? {
                Some(changes) => changes,
                None => return Ok(()),
            },
        };
        waiting = Vec::new();
        match read(&mut prepare, &changes, commands, reports) {
            Ok((loaded, trainer, early)) => {
                hand_over(&loaded, &trainer, browser);
                reports.send(Report::Loaded(loaded));
                session.take_over(trainer)?;
                waiting = early;
            }
            Err(Error::Stopped) => return Err(Error::Stopped),
            Err(error) => {
                reports.send(Report::Refused(error.chain()));
                session.tell_phase();
            }
        }
    }
}

/// Hands the table to the browser.
fn hand_over(loaded: &Loaded, trainer: &Trainer, browser: &Sender<Errand>) {
    let store = Store {
        rows: loaded.rows,
        columns: loaded.columns.len(),
        data: Some(Arc::clone(trainer.data())),
        outlier: trainer.outlier().map(Arc::clone),
        numbers: loaded.numbers.clone(),
    };
    // The browser ends only after everybody else.
    let _ = browser.send(Errand::Table(store));
}

/// Reads the table; the third value is what was asked for meanwhile.
fn read(
    prepare: &mut impl Prepare,
    changes: &[Change],
    commands: &Receiver<Command>,
    reports: &Reporter,
) -> Result<(Loaded, Trainer, Vec<Command>)> {
    let mut early = Vec::new();
    let (loaded, trainer) = prepare(changes, &mut |news| {
        match news {
            News::Progress(progress) => reports.send(Report::Reading(progress)),
            News::First(show) => {
                if let Some(first) = show() {
                    reports.send(Report::First(first));
                }
            }
        }
        loop {
            match commands.try_recv() {
                Ok(command) => early.push(command),
                Err(TryRecvError::Empty) => return ControlFlow::Continue(()),
                Err(TryRecvError::Disconnected) => return ControlFlow::Break(()),
            }
        }
    })?;
    Ok((loaded, trainer, early))
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".into())
}
