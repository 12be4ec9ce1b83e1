//! How far the work is, on stderr: a bar on a terminal, a line now and then elsewhere, nothing where all is done within
//! about a second.
//!
//! The work only notes where it is. A thread looks at the note and draws, so that a note costs next to nothing, and work
//! that cannot say how far it is can be seen to go on.

mod display;
mod moment;
pub(super) mod workload;

use std::mem;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::data::read::News;
use crate::format;

use display::Display;
use moment::Moment;

/// Between two looks at the note.
const TICK: Duration = Duration::from_millis(100);

/// Shows how far the work is until it is dropped.
pub struct Progress {
    note: Arc<Note>,
    /// Hung up to end the thread.
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

/// Where the work is.
struct Note {
    began: Instant,
    stage: Mutex<Stage>,
    /// Units of work done in this stage.
    done: AtomicU64,
    /// Whether the details should be written down at the next chance.
    asked: AtomicBool,
}

/// One kind of work after another.
struct Stage {
    name: &'static str,
    /// Stages before it.
    number: usize,
    began: Instant,
    /// Units of work in all, where that is known.
    total: Option<u64>,
    detail: String,
    /// What is still to be said.
    said: Vec<String>,
}

impl Progress {
    /// Begins to look; shows nothing where the user wants it quiet.
    pub fn new(quiet: bool) -> Self {
        let now = Instant::now();
        let note = Arc::new(Note {
            began: now,
            stage: Mutex::new(Stage {
                name: "",
                number: 0,
                began: now,
                total: None,
                detail: String::new(),
                said: Vec::new(),
            }),
            done: AtomicU64::new(0),
            asked: AtomicBool::new(true),
        });
        let thread = (!quiet).then(|| {
            let (sender, over) = channel();
            let note = Arc::clone(&note);
            let watch = move || watch(&note, &over);
            let thread = thread::Builder::new().name("progress".into()).spawn(watch);
            // Without a thread there is nothing to see, and the work is done all the same.
            thread.ok().map(|thread| (sender, thread))
        });
        Self {
            note,
            thread: thread.flatten(),
        }
    }

    /// Another kind of work begins, of so many units where that is known.
    pub fn begin(&self, name: &'static str, total: Option<u64>) {
        let mut stage = self.note.stage();
        *stage = Stage {
            name,
            number: stage.number + 1,
            began: Instant::now(),
            total,
            detail: String::new(),
            said: mem::take(&mut stage.said),
        };
        self.note.done.store(0, Ordering::Relaxed);
        self.note.asked.store(true, Ordering::Relaxed);
    }

    /// So many units are done. What there is to say beyond that is asked for now and then.
    pub fn at(&self, done: u64, detail: impl FnOnce() -> String) {
        self.note.done.store(done, Ordering::Relaxed);
        if self.note.asked.load(Ordering::Relaxed) {
            self.note.asked.store(false, Ordering::Relaxed);
            self.note.stage().detail = detail();
        }
    }

    /// So many more units are done, on whatever thread.
    pub fn add(&self, more: u64) {
        self.note.done.fetch_add(more, Ordering::Relaxed);
    }

    /// Says something at once, whatever is shown beside it and however quiet the user wants it.
    pub fn say(&self, text: &str) {
        let line = format!("misfit: {text}");
        if self.thread.is_some() {
            self.note.stage().said.push(line);
        } else {
            display::write(&line);
        }
    }

    /// Follows the reading of a table, and what is made of it once all of it is read.
    pub fn reading(&self) -> impl FnMut(News<'_>) -> ControlFlow<()> + '_ {
        self.begin("reading", None);
        let (mut before, mut whole) = (0, false);
        move |news: News<'_>| {
            let News::Progress(now) = news else {
                return ControlFlow::Continue(());
            };
            // Where columns turn out to be something else than they seemed, the file is read again.
            if now.bytes < before {
                self.begin("reading", None);
                whole = false;
            }
            before = now.bytes;
            if whole {
                return ControlFlow::Continue(());
            }
            self.note.stage().total = now.total;
            self.at(now.bytes, || {
                let (rows, bytes) = (format::group(now.rows), format::bytes(now.bytes));
                match now.total {
                    None if now.is_waiting() => "waiting for data".into(),
                    Some(total) => format!("{bytes} of {}, {rows} rows", format::bytes(total)),
                    None => format!("{bytes}, {rows} rows"),
                }
            });
            whole = now.total.is_some_and(|total| now.bytes >= total);
            if whole {
                self.begin("encoding", None);
            }
            ControlFlow::Continue(())
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.thread.take() {
            drop(sender);
            // If it panicked, it has said so, and the work is done.
            let _ = thread.join();
        }
    }
}

impl Note {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> Moment {
        let stage = self.stage();
        let moment = Moment {
            name: stage.name,
            stage: stage.number,
            running: self.began.elapsed(),
            elapsed: stage.began.elapsed(),
            done: self.done.load(Ordering::Relaxed),
            total: stage.total,
            detail: stage.detail.clone(),
        };
        self.asked.store(true, Ordering::Relaxed);
        moment
    }
}

fn watch(note: &Note, over: &Receiver<()>) {
    let mut display = Display::new();
    while over.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        display.say(&mem::take(&mut note.stage().said));
        display.show(&note.look());
    }
    display.say(&mem::take(&mut note.stage().said));
    display.clear();
}
