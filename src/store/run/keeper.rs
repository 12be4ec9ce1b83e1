//! Keeps a run on the disk while it trains. Between two batches the numbers are copied; a thread makes bytes of them and writes.

mod writer;

use std::path::{Path, PathBuf};
use std::sync::mpsc::TryRecvError;
use std::time::{Duration, Instant};

use super::about::{About, Outcome, State, now};
use super::checkpoint::{Looks, Progress};
use super::fingerprint::Subject;
use super::settings::settings;
use super::{Held, LOOKS, Opened, shelf};
use crate::error::{Error, Result};
use crate::format;
use crate::model::ledger::Ledger;
use crate::train::history::History;
use crate::train::trainer::Trainer;
use writer::{Folder, Job, Moment, Thread};

/// From one checkpoint to the next.
const EVERY: Duration = Duration::from_secs(2);
/// Copying the numbers holds the training up; it may take one part in this many of the time.
const COPYING_SHARE: u32 = 100;
/// Writing takes place beside it; it may take one part in this many.
const WRITING_SHARE: u32 = 10;
/// Bytes of a checkpoint that is written without being asked for.
const UNASKED: usize = 256 << 20;

/// Keeps a run, or not.
pub struct Keeper {
    about: About,
    place: Place,
    work: Work,
    /// From one checkpoint to the next.
    every: Duration,
    /// When the next one is due.
    next: Instant,
    /// Looks that were handed over.
    looks: usize,
    /// Looks before these are others than those that were handed over: the training went on from an earlier moment.
    rejoined: Option<usize>,
    trouble: Option<String>,
    /// Whether a checkpoint could not be written: there is no other, only how the run ends is still written down.
    broken: bool,
}

/// Where a run is kept.
enum Place {
    /// In the folder that the user named.
    Named,
    /// In the shelf, once it has lasted long enough.
    Shelf,
}

/// Who writes.
enum Work {
    /// Nobody: no run is kept, or none any more.
    Off,
    /// Nobody yet.
    Waiting(Option<Box<Folder>>),
    /// A thread.
    On(Thread),
}

impl Keeper {
    /// Keeps nothing.
    pub fn off() -> Self {
        let about = About::new(Default::default(), Default::default(), Vec::new());
        Self::new(about, Place::Shelf, Work::Off)
    }

    /// Keeps a run in a folder, which is made and taken hold of at once.
    pub fn named(folder: &Path, about: About) -> Result<Self> {
        let held = Held::begin(folder)?;
        about.write(folder)?;
        let folder = Folder {
            held,
            looks: Vec::new(),
            serial: 1,
            fingerprint: None,
        };
        Ok(Self::new(
            about,
            Place::Named,
            Work::Waiting(Some(Box::new(folder))),
        ))
    }

    /// Keeps a run in the shelf if it lasts longer than a moment.
    pub fn unnamed(about: About) -> Self {
        Self::new(about, Place::Shelf, Work::Waiting(None))
    }

    /// Goes on keeping a run.
    pub fn resumed(opened: Opened) -> Self {
        let Opened {
            held,
            mut about,
            saved,
        } = opened;
        about.end(State::Running);
        let (looks, fingerprint) = saved.map_or_else(Default::default, |saved| {
            (saved.looks, Some(saved.fingerprint))
        });
        let number = |looks: &Looks| looks.file.strip_prefix(LOOKS)?.parse().ok();
        let last: Option<u64> = looks.iter().filter_map(number).max();
        let count = looks.iter().map(|looks| looks.count).sum();
        let folder = Folder {
            held,
            looks,
            serial: last.map_or(1, |last| last.saturating_add(1)),
            fingerprint,
        };
        let work = Work::Waiting(Some(Box::new(folder)));
        let mut keeper = Self::new(about, Place::Named, work);
        keeper.looks = count;
        keeper
    }

    fn new(about: About, place: Place, work: Work) -> Self {
        Self {
            about,
            place,
            work,
            every: EVERY,
            next: Instant::now() + EVERY,
            looks: 0,
            rejoined: None,
            trouble: None,
            broken: false,
        }
    }

    /// So long from one checkpoint to the next.
    #[must_use]
    pub fn every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// Whether a run is kept, or will be if it lasts.
    pub fn is_on(&self) -> bool {
        !self.broken && !matches!(self.work, Work::Off)
    }

    /// Where the run is kept, once it is.
    pub fn folder(&self) -> Option<&Path> {
        match &self.work {
            Work::On(thread) if !self.broken => Some(&thread.folder),
            _ => None,
        }
    }

    /// The training begins now.
    pub fn begin(&mut self) {
        self.next = Instant::now() + self.every;
    }

    /// Whether it is time for a checkpoint of a training that has taken so long, and the one before is written. A training that
    /// would be over in a moment is not kept unasked, however slowly it is shown.
    pub fn is_due(&mut self, now: Instant, trained: Duration) -> bool {
        let asked = matches!(self.place, Place::Named);
        let short = matches!(self.work, Work::Waiting(_)) && !asked && trained < self.every;
        if short || now < self.next || !self.is_on() {
            return false;
        }
        self.hear();
        match &self.work {
            Work::Off => false,
            Work::Waiting(_) => true,
            Work::On(thread) => !self.broken && thread.waiting == 0 && now >= self.next,
        }
    }

    /// The training went back to where so many looks were taken, and takes others from there on.
    pub fn rejoin(&mut self, looks: usize) {
        let before = self.rejoined.unwrap_or(self.looks);
        self.rejoined = Some(before.min(looks));
    }

    /// Hands a checkpoint over to be written.
    pub fn keep(&mut self, trainer: &Trainer, history: History) {
        let begun = Instant::now();
        let unasked = matches!(self.place, Place::Shelf);
        if !self.is_on() {
            return;
        }
        if unasked && size(trainer) > UNASKED {
            self.give_up(format!(
                "no run is kept of a network of {}; --run DIR keeps it",
                format::bytes(size(trainer) as u64)
            ));
            return;
        }
        let Some(checkpoint) = trainer.checkpoint() else {
            self.give_up("this engine's optimizer cannot be written down".into());
            return;
        };
        let looks_before = self.rejoined.take().unwrap_or(self.looks);
        let looks = trainer.looks_from(looks_before);
        self.looks = checkpoint.looks;
        let moment = Moment {
            progress: progress(trainer, &history),
            checkpoint,
            history,
            looks_before,
            looks,
        };
        if let Work::Waiting(folder) = &mut self.work {
            let folder = folder.take();
            self.about.settings = settings(trainer, &self.about.preset);
            match Thread::begin(folder, &self.about, Subject::new(trainer)) {
                Ok(thread) => self.work = Work::On(thread),
                Err(error) => return self.give_up(error.chain()),
            }
        }
        if let Work::On(thread) = &mut self.work {
            thread.send(Job::Keep(Box::new(moment)));
        }
        let copying = begun.elapsed() * COPYING_SHARE;
        self.next = Instant::now() + self.every.max(copying);
    }

    /// Writes how the training stands now that it stops, and waits until that is done. A run that nobody asked for and that has
    /// no folder yet stays without.
    pub fn settle(&mut self, trainer: &Trainer, history: History) {
        if matches!((&self.work, &self.place), (Work::Waiting(_), Place::Shelf)) {
            return;
        }
        self.keep(trainer, history);
        self.wait();
    }

    /// The run is done, and this came of it. Where it is kept, if it is.
    pub fn finish(&mut self, outcome: Outcome) -> Option<PathBuf> {
        self.about.result = Some(outcome);
        self.end(State::Finished)
    }

    /// The training is no longer the one that the run is of: what is written of it stays as it is.
    pub fn part(&mut self) {
        self.wait();
        self.work = Work::Off;
    }

    /// The run cannot go on.
    pub fn fail(&mut self, why: String) {
        self.about.why = Some(why);
        self.end(State::Failed);
    }

    fn end(&mut self, state: State) -> Option<PathBuf> {
        self.about.end(state);
        let about = Box::new(self.about.clone());
        match &mut self.work {
            Work::Off => return None,
            Work::Waiting(folder) => {
                let folder = folder.take()?;
                let path = folder.held.folder().to_owned();
                self.work = Work::Off;
                return match about.write(&path) {
                    Ok(()) => Some(path),
                    Err(error) => {
                        self.trouble = Some(error.chain());
                        None
                    }
                };
            }
            Work::On(thread) => thread.send(Job::End(about)),
        }
        self.wait();
        match std::mem::replace(&mut self.work, Work::Off) {
            Work::On(thread) => {
                let folder = thread.folder.clone();
                thread.join();
                if matches!(self.place, Place::Shelf) {
                    shelf::tidy(Some(&folder));
                }
                Some(folder).filter(|_| !self.broken)
            }
            _ => None,
        }
    }

    /// Why no run is kept any more, told once.
    pub fn trouble(&mut self) -> Option<String> {
        self.hear();
        self.trouble.take()
    }

    fn give_up(&mut self, why: String) {
        self.trouble = Some(why);
        self.work = Work::Off;
    }

    /// Takes the thread's answers, as far as there are any.
    fn hear(&mut self) {
        while let Work::On(thread) = &mut self.work {
            let answer = match thread.done.try_recv() {
                Ok(answer) => answer,
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) if thread.waiting == 0 => return,
                Err(TryRecvError::Disconnected) => Err(lost()),
            };
            self.heard(answer);
        }
    }

    /// Waits until all is written.
    fn wait(&mut self) {
        while let Work::On(thread) = &mut self.work {
            if thread.waiting == 0 {
                return;
            }
            let answer = thread.done.recv().unwrap_or_else(|_| Err(lost()));
            self.heard(answer);
        }
    }

    fn heard(&mut self, answer: Result<Duration>) {
        let Work::On(thread) = &mut self.work else {
            return;
        };
        thread.waiting = thread.waiting.saturating_sub(1);
        match answer {
            Ok(took) => self.next = self.next.max(Instant::now() + took * WRITING_SHARE),
            // What is wrong after that follows from it.
            Err(_) if self.broken => {}
            Err(error) => {
                self.trouble = Some(error.chain());
                self.broken = true;
            }
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Work::On(thread) = std::mem::replace(&mut self.work, Work::Off) {
            thread.join();
        }
    }
}

fn lost() -> Error {
    Error::Told("the thread that writes the run is gone".into())
}

/// Bytes of a checkpoint, about.
fn size(trainer: &Trainer) -> usize {
    let numbers: u64 = trainer
        .kinds()
        .map(|(spec, _)| Ledger::new(spec).total().total())
        .max()
        .unwrap_or_default();
    3 * size_of::<f32>() * numbers as usize
}

fn progress(trainer: &Trainer, history: &History) -> Progress {
    let latest = history.last_epoch.or_else(|| trainer.epoch_so_far());
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    Progress {
        at: now(),
        network: trainer.network(),
        networks: trainer.networks(),
        step: trainer.step(),
        steps: trainer.limit(),
        loss: latest.and_then(|metrics| finite(metrics.loss)),
        mse: latest.and_then(|metrics| finite(metrics.mse)),
        seconds: history.seconds,
    }
}
