//! All rows of a file that is larger than memory, scored in a thread of their own when the recipe is done or when the user asks.
//! Training goes on beside it, of which the networks are copies; hanging up ends it at the next blocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::{self, JoinHandle, available_parallelism};
use std::time::{Duration, Instant};

use super::fetching::Read;
use super::{Phase, Reporter, Session};
use crate::browse::{Errand, Store};
use crate::error::{Error, Result};
use crate::message::{Report, Scoring as Told};
use crate::score::ranking::{By, Standing};
use crate::stream::Scorer;
use crate::train::whole::Whole;

/// How often it is told how far it has come.
const TELLING: Duration = Duration::from_millis(250);

/// A pass through all rows, in a thread. Dropping it breaks that off.
pub(super) struct Scoring {
    stop: Arc<AtomicBool>,
    passed: Receiver<Result<Passed>>,
    thread: Option<JoinHandle<()>>,
}

/// What a pass came to.
pub(super) enum Passed {
    /// All rows are scored.
    All(Box<Whole>),
    /// Some were looked for.
    Some(Box<Read>),
}

/// How far a pass has come, told now and then.
pub(super) struct Going {
    reports: Reporter,
    stopped: Arc<AtomicBool>,
    /// How it is told.
    says: fn(u8) -> Told,
    rows: usize,
    done: usize,
    told: Instant,
}

impl Going {
    /// So many rows more went by; an error where the pass is to end.
    pub(super) fn passed(&mut self, rows: usize) -> Result<()> {
        self.done += rows;
        if self.stopped.load(Ordering::Relaxed) {
            return Err(Error::Stopped);
        }
        if self.told.elapsed() >= TELLING {
            self.told = Instant::now();
            let percent = (100 * self.done / self.rows.max(1)).min(99) as u8;
            self.reports.send(Report::Scoring((self.says)(percent)));
        }
        Ok(())
    }
}

impl Drop for Scoring {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // If it panicked, nobody will hear of it any more.
            let _ = thread.join();
        }
    }
}

impl Session {
    /// The recipe is done: scores all rows where the table is larger than memory and only the network ranks.
    pub(super) fn score_all_at_the_end(&mut self) {
        let trainer = self.trainer();
        let larger = trainer.data().provenance.all.is_some();
        if larger && trainer.recipe().by == By::Network && self.scoring.is_none() {
            self.score_all();
        }
    }

    /// Begins to score all rows with the networks as they are, or breaks off whatever passes through them.
    pub(super) fn toggle_scoring(&mut self) {
        if self.scoring.take().is_some() {
            self.send(Report::Scoring(Told::Stopped));
        } else {
            self.score_all();
        }
    }

    fn score_all(&mut self) {
        let begun = self.begin_scoring();
        self.passes(begun, Told::Percent);
    }

    fn begin_scoring(&mut self) -> Result<Scoring> {
        let (jury, found) = self.trainer().jury()?;
        let rows = Scorer::check(&found.grounds.data)?.again.rows;
        let threads = self.threads_of_pass();
        self.pass(rows, Told::Percent, move |mut going| {
            let data = Arc::clone(&found.grounds.data);
            let scorer = Scorer {
                data: &data,
                jury,
                threshold: found.threshold(),
                threads,
                names: false,
                picks: None,
            };
            let outcome = scorer.pass(&mut |scored| going.passed(scored.scores.len()))?;
            Ok(Passed::All(Box::new(outcome.whole(found))))
        })
    }

    /// Threads of a pass: what is trained gets half of the cores.
    pub(super) fn threads_of_pass(&self) -> usize {
        let cores = available_parallelism().map_or(1, Into::into);
        match self.phase {
            Phase::Training => (cores / 2).max(1),
            _ => cores,
        }
    }

    /// Begins a pass through so many rows.
    pub(super) fn pass(
        &self,
        rows: usize,
        says: fn(u8) -> Told,
        work: impl FnOnce(Going) -> Result<Passed> + Send + 'static,
    ) -> Result<Scoring> {
        let (stop, (answer, passed)) = (Arc::new(AtomicBool::new(false)), channel());
        let going = Going {
            reports: self.reports.clone(),
            stopped: Arc::clone(&stop),
            says,
            rows,
            done: 0,
            told: Instant::now(),
        };
        let thread = thread::Builder::new()
            .name("all rows".into())
            .spawn(move || {
                let _ = answer.send(work(going));
            })
            .map_err(Error::io("start a thread"))?;
        Ok(Scoring {
            stop,
            passed,
            thread: Some(thread),
        })
    }

    /// Tells that a pass has begun, or why it has not.
    pub(super) fn passes(&mut self, begun: Result<Scoring>, says: fn(u8) -> Told) {
        match begun {
            Ok(scoring) => {
                self.scoring = Some(scoring);
                self.send(Report::Scoring(says(0)));
            }
            Err(error) => self.send(Report::Scoring(Told::Failed(error.chain()))),
        }
    }

    /// Takes what a pass came to once it is there.
    pub(super) fn take_scored(&mut self) {
        let Some(scoring) = &self.scoring else {
            return;
        };
        let passed = match scoring.passed.try_recv() {
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {
                Err(Error::Told("the thread that reads all rows died".into()))
            }
            Ok(passed) => passed,
        };
        self.scoring = None;
        match passed {
            Ok(Passed::All(whole)) => self.take_all(*whole),
            Ok(Passed::Some(read)) => self.take_read(*read),
            Err(error) => self.send(Report::Scoring(Told::Failed(error.chain()))),
        }
    }

    /// Takes the ranking of all rows, and shows it unless the training goes on.
    fn take_all(&mut self, whole: Whole) {
        let told = whole.told();
        let stands = self.phase != Phase::Training;
        // The user may have asked for another rule meanwhile.
        let rule = self.trainer().recipe().flag;
        self.trainer().set_whole(whole);
        self.trainer().set_flag(rule);
        self.hand_over();
        self.send(Report::Scoring(Told::Done(told)));
        self.trainer().show_whole(stands);
        self.send(Report::ShowsWhole(stands));
        self.show();
    }

    /// Shows the ranking of all rows, or else the sample's.
    pub(super) fn show_whole(&mut self, on: bool) {
        if self.trainer().show_whole(on) {
            self.send(Report::ShowsWhole(on));
            self.show();
        }
    }

    /// Another run: what was scored belongs to the one before.
    pub(super) fn forget_whole(&mut self) {
        if self.scoring.take().is_some() {
            self.send(Report::Scoring(Told::Stopped));
        }
        if self.trainer().whole().is_some() {
            self.trainer().forget_whole();
            self.hand_over();
            self.send(Report::Scoring(Told::Forgotten));
        }
    }

    /// Hands the rows that are here to the browser, with the first of the file behind the sample where they are known.
    pub(super) fn hand_over(&mut self) {
        let trainer = self.trainer();
        let (data, outlier) = match trainer.whole() {
            Some(whole) => (whole.data(), whole.outlier()),
            None => (trainer.data(), trainer.outlier()),
        };
        let numbers = data.provenance.numbers.as_ref();
        let store = Store {
            rows: data.matrix.rows(),
            columns: data.provenance.header.len(),
            outlier: outlier.map(Arc::clone),
            numbers: numbers.map(|numbers| numbers.to_vec()),
            data: Some(Arc::clone(data)),
        };
        let _ = self.browser.send(Errand::Grown(store));
    }

    /// How the rows rank that the browser has: those that are not in the ranking that is shown have no rank.
    pub(super) fn standing(&mut self) -> Option<Standing> {
        let trainer = self.trainer();
        let here = trainer.whole().map(|whole| whole.data().matrix.rows());
        let mut standing = trainer.standing()?;
        let rows = here.unwrap_or(standing.ranks.len());
        standing.ranks.resize(rows, Standing::UNRANKED);
        standing.scores.resize(rows, f32::NAN);
        Some(standing)
    }
}
