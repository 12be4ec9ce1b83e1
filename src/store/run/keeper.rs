//! Keeps a run on the disk while it trains. Between two batches the numbers are copied; a thread makes bytes of them and writes.
//! The thread wakes for what is handed over, one checkpoint at a time, answers when it is written, and ends when it is hung up
//! on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::about::{About, Outcome, State, now, replace};
use super::checkpoint::{Looks, Progress, Saved, checkpoint_bytes, looks_bytes};
use super::fingerprint::Subject;
use super::settings::settings;
use super::{CHECKPOINT, Held, Input, LOOKS, Opened, shelf};
use crate::error::{Error, Result};
use crate::format;
use crate::train::checkpoint::{Checkpoint, Look};
use crate::train::history::History;
use crate::train::trainer::Trainer;

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

/// A thread that writes.
struct Thread {
    jobs: Sender<Job>,
    done: Receiver<Result<Duration>>,
    handle: JoinHandle<()>,
    /// Jobs that were not answered yet.
    waiting: usize,
    folder: PathBuf,
}

/// What the thread is asked to do.
enum Job {
    /// Write a checkpoint.
    Keep(Box<Moment>),
    /// The run is over, or fails.
    End(Box<About>),
}

/// A training between two batches.
struct Moment {
    checkpoint: Checkpoint,
    history: History,
    progress: Progress,
    /// How many of the looks so far stay.
    looks_before: usize,
    looks: Vec<Look>,
}

/// A run's folder, as whoever writes to it knows it.
struct Folder {
    held: Held,
    looks: Vec<Looks>,
    /// Number of the next file of looks.
    serial: u64,
    fingerprint: Option<String>,
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
        !matches!(self.work, Work::Off)
    }

    /// Where the run is kept, once it is.
    pub fn folder(&self) -> Option<&Path> {
        match &self.work {
            Work::On(thread) => Some(&thread.folder),
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
        if short || now < self.next || matches!(self.work, Work::Off) {
            return false;
        }
        self.hear();
        match &self.work {
            Work::Off => false,
            Work::Waiting(_) => true,
            Work::On(thread) => thread.waiting == 0 && now >= self.next,
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
        if matches!(self.work, Work::Off) {
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
                Some(folder)
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
            Err(error) => self.give_up(error.chain()),
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

impl Thread {
    fn begin(folder: Option<Box<Folder>>, about: &About, subject: Subject) -> Result<Self> {
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
                        about.write(folder.held.folder())
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

    fn send(&mut self, job: Job) {
        self.waiting += 1;
        // If it is gone, that is heard of soon.
        let _ = self.jobs.send(job);
    }

    fn join(self) {
        drop(self.jobs);
        // If it panicked, it has said so.
        let _ = self.handle.join();
    }
}

impl Folder {
    /// A new one in the shelf, after some of the old have gone.
    fn on_shelf(path: &Path) -> Result<Self> {
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
    fn keep(&mut self, moment: Moment) -> Result<()> {
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

/// Bytes of a checkpoint, about.
fn size(trainer: &Trainer) -> usize {
    let numbers: u64 = trainer
        .kinds()
        .map(|(spec, _)| crate::model::ledger::Ledger::new(spec).total().total())
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
