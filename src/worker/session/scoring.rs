//! All rows of a file that is larger than memory, scored in a thread of their own when the recipe is done or when the user asks.
//! Training goes on beside it, of which the networks are copies; hanging up ends it at the next blocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread::{self, JoinHandle, available_parallelism};
use std::time::{Duration, Instant};

use super::{Phase, Session};
use crate::browse::{Errand, Store};
use crate::error::{Error, Result};
use crate::message::{Report, Scoring as Told};
use crate::score::ranking::{By, Standing};
use crate::stream::Scorer;
use crate::train::whole::Whole;

/// How often it is told how far it has come.
const TELLING: Duration = Duration::from_millis(250);

/// Rows being scored. Dropping it breaks that off.
pub(super) struct Scoring {
    stop: Arc<AtomicBool>,
    scored: Receiver<Result<Whole>>,
    thread: Option<JoinHandle<()>>,
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

    /// Begins to score all rows with the networks as they are, or breaks it off.
    pub(super) fn toggle_scoring(&mut self) {
        if self.scoring.take().is_some() {
            self.send(Report::Scoring(Told::Stopped));
        } else {
            self.score_all();
        }
    }

    fn score_all(&mut self) {
        match self.begin_scoring() {
            Ok(scoring) => {
                self.scoring = Some(scoring);
                self.send(Report::Scoring(Told::Percent(0)));
            }
            Err(error) => self.send(Report::Scoring(Told::Failed(error.chain()))),
        }
    }

    fn begin_scoring(&mut self) -> Result<Scoring> {
        let (jury, found) = self.trainer().jury()?;
        let rows = Scorer::check(&found.grounds.data)?.again.rows;
        // What is trained gets half of the cores.
        let cores = available_parallelism().map_or(1, Into::into);
        let threads = match self.phase {
            Phase::Training => (cores / 2).max(1),
            _ => cores,
        };
        let (stop, reports) = (Arc::new(AtomicBool::new(false)), self.reports.clone());
        let (stopped, (answer, whole)) = (Arc::clone(&stop), channel());
        let work = move || {
            let data = Arc::clone(&found.grounds.data);
            let scorer = Scorer {
                data: &data,
                jury,
                threshold: found.threshold(),
                threads,
                names: false,
            };
            let (mut told, mut done) = (Instant::now(), 0);
            let outcome = scorer.pass(&mut |scored| {
                done += scored.scores.len();
                if stopped.load(Ordering::Relaxed) {
                    return Err(Error::Stopped);
                }
                if told.elapsed() >= TELLING {
                    told = Instant::now();
                    let percent = (100 * done / rows.max(1)).min(99) as u8;
                    reports.send(Report::Scoring(Told::Percent(percent)));
                }
                Ok(())
            });
            let _ = answer.send(outcome.map(|outcome| outcome.whole(found)));
        };
        let thread = thread::Builder::new()
            .name("score all".into())
            .spawn(work)
            .map_err(Error::io("start a thread"))?;
        Ok(Scoring {
            stop,
            scored: whole,
            thread: Some(thread),
        })
    }

    /// Takes the ranking of all rows once it is there, and shows it unless the training goes on.
    pub(super) fn take_scored(&mut self) {
        let Some(scoring) = &self.scoring else {
            return;
        };
        let scored = match scoring.scored.try_recv() {
            Err(TryRecvError::Empty) => return,
            Err(TryRecvError::Disconnected) => {
                Err(Error::Told("the thread that scores all rows died".into()))
            }
            Ok(scored) => scored,
        };
        self.scoring = None;
        let whole = match scored {
            Ok(whole) => whole,
            Err(error) => return self.send(Report::Scoring(Told::Failed(error.chain()))),
        };
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
    fn hand_over(&mut self) {
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
