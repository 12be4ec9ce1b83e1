//! One trainer at work: obeys commands between batches, reports at a bounded rate, ranks now and then.
//!
//! While there is a batch to train, the commands are looked at between two batches and the screen is told what the schedule
//! allows. Where there is none, because the screen has granted no further steps, or the run is paused or done, the screen is
//! told what it does not know yet, and the thread sleeps until the next command; references that are still on their way
//! are looked for now and then, and a ranking that the schedule did not allow yet is made when it does. So it is while a
//! kept moment is looked at, when nothing is trained either.

mod fetching;
mod obedience;
mod scoring;
mod taking;
mod telling;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use super::Reporter;
use super::awaited::Awaited;
use super::comparing::Comparing;
use super::pace::Pace;
use super::record::Record;
use super::schedule::Schedule;
use super::tally::Tally;
use crate::browse::Errand;
use crate::error::{Error, Result};
use crate::message::{Change, Command, Event, Mark, Moment, Referenced, Report, Watch};
use crate::score::ranking::By;
use crate::train::trainer::Trainer;
use scoring::Scoring;
use taking::Exporting;

/// While nothing is trained and something is still awaited, references or the end of an export that another one waits for, it
/// is looked for this often.
const LOOKING_GAP: Duration = Duration::from_millis(50);

/// Bytes of former moments that are kept for looking back and branching.
const KEPT: usize = 256 << 20;

/// What the session is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Training,
    Paused,
    Finished,
    Failed,
}

pub(super) struct Session {
    preset: String,
    /// Only while a restart swaps it is there none.
    trainer: Option<Trainer>,
    reports: Reporter,
    browser: Sender<Errand>,
    /// Whether the screen shows how the scores are spread.
    spreading: bool,
    /// The rows of which the table shows every column's share, while it is open.
    weighing: Option<Vec<u32>>,
    phase: Phase,
    watch: Watch,
    tally: Tally,
    schedule: Schedule,
    pace: Pace,
    /// Whether the last ranking no longer tells the present.
    stale: bool,
    /// Whether the layers' numbers have changed since they were told.
    layers_stale: bool,
    /// What is kept, as it was told last.
    kept: Vec<Moment>,
    comparing: Comparing,
    awaited: Awaited,
    /// What the user wants to take along.
    wishes: VecDeque<Command>,
    /// Rows that are being written.
    exporting: Option<Exporting>,
    /// All rows of a larger file that are being scored.
    scoring: Option<Scoring>,
    /// What is kept on the disk.
    record: Record,
}

impl Session {
    pub(super) fn new(
        preset: String,
        mut trainer: Trainer,
        record: Record,
        (reports, browser): (Reporter, Sender<Errand>),
    ) -> Self {
        trainer.keep(KEPT);
        let tally = Tally::new(trainer.limit().unwrap_or_default());
        let awaited = Awaited::begin(&trainer);
        // A model that was trained elsewhere is looked through until somebody asks for more, and has no steps to tell of.
        let (phase, told, from) = if trainer.is_given() {
            (Phase::Finished, Vec::new(), None)
        } else {
            let from = (trainer.step() > 0).then(|| trainer.moment());
            (Phase::Training, record.told(&trainer), from)
        };
        let session = Self {
            preset,
            trainer: Some(trainer),
            reports,
            browser,
            spreading: false,
            weighing: None,
            phase,
            watch: Watch::default(),
            tally,
            schedule: Schedule::new(),
            pace: Pace::new(),
            stale: true,
            layers_stale: true,
            kept: Vec::new(),
            comparing: Comparing::default(),
            awaited,
            wishes: VecDeque::new(),
            exporting: None,
            scoring: None,
            record,
        };
        session.started(from);
        for report in told {
            session.send(report);
        }
        if phase == Phase::Finished {
            session.tell_phase();
        }
        session
    }

    /// Trains until the other side hangs up, or wants other columns.
    pub(super) fn run(&mut self, commands: &Receiver<Command>) -> Result<Option<Vec<Change>>> {
        let resumed = self.record.begin();
        if resumed || (self.trainer().step() == 0 && self.stale) {
            self.rank_first();
        } else if self.trainer().is_given() && self.stale {
            self.rank_first();
            self.score_all_at_the_end();
        }
        // It was done when it was left, or its network was.
        if resumed && self.phase == Phase::Training && self.trainer().finished() {
            self.finish();
        }
        loop {
            self.tell_moved();
            self.take_references();
            self.take_scored();
            if let Some(wish) = self.next_wish() {
                self.take_along(wish);
                continue;
            }
            let goes_on = self.comparing.goes_on() || self.trains();
            let waiting = if goes_on || self.catch_up() {
                commands.try_recv()
            } else {
                self.wait(commands)
            };
            match waiting {
                Ok(command) => {
                    if let Some(changes) = self.obey_all([command])? {
                        return Ok(Some(changes));
                    }
                }
                Err(TryRecvError::Empty) if self.comparing.goes_on() => self.compare(),
                Err(TryRecvError::Empty) if goes_on => self.train(),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => {
                    self.leave();
                    return Ok(None);
                }
            }
        }
    }

    /// The screen has hung up: what was trained is written down, where it is kept.
    fn leave(&mut self) {
        let Some(trainer) = &self.trainer else {
            return;
        };
        if self.phase == Phase::Failed {
            return;
        }
        self.record.settle(trainer);
        if self.phase == Phase::Finished {
            self.record.finish(trainer, trainer.shown());
        }
    }

    /// Whether a batch is to be trained now.
    fn trains(&self) -> bool {
        if self.looks() {
            return false;
        }
        let step = self.trainer.as_ref().map_or(0, Trainer::step);
        match self.phase {
            Phase::Training => self.pace.grants(step),
            Phase::Paused => self.pace.asks(step),
            Phase::Finished | Phase::Failed => false,
        }
    }

    /// Sleeps until the next command, or until there is something to look for.
    fn wait(&self, commands: &Receiver<Command>) -> Result<Command, TryRecvError> {
        let awaits = self.awaited.pending() || !self.wishes.is_empty() || self.scoring.is_some();
        let awaited = awaits.then_some(LOOKING_GAP);
        let waits = self.phase == Phase::Training && !self.looks();
        let ranking = (waits && self.stale).then(|| self.schedule.ranking.left());
        let layers = (waits && self.layers_stale).then(|| self.schedule.layers.left());
        match [awaited, ranking, layers].into_iter().flatten().min() {
            None => commands.recv().map_err(|_| TryRecvError::Disconnected),
            Some(time) => commands.recv_timeout(time).map_err(|error| match error {
                RecvTimeoutError::Timeout => TryRecvError::Empty,
                RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
            }),
        }
    }

    /// Obeys commands in order. The columns that the last one of them wants cannot be had here.
    pub(super) fn obey_all(
        &mut self,
        commands: impl IntoIterator<Item = Command>,
    ) -> Result<Option<Vec<Change>>> {
        let mut wanted = None;
        for command in commands {
            match command {
                Command::Reread(changes) => wanted = Some(changes),
                command => self.obey(command)?,
            }
        }
        Ok(wanted)
    }

    /// Goes on with another trainer, from its start.
    pub(super) fn take_over(&mut self, mut trainer: Trainer) -> Result<()> {
        // Biases that were switched stay so, where the network still has such layers.
        if let Some(before) = self.trainer.take() {
            let spec = trainer.spec().clone();
            if spec.len() == before.spec().len() && spec.wired_like(before.spec()) != spec {
                trainer = trainer.restarted(spec.wired_like(before.spec()))?;
            }
        }
        trainer.keep(KEPT);
        self.record.part();
        self.awaited = Awaited::begin(&trainer);
        self.trainer = Some(trainer);
        self.comparing.stop();
        self.scoring = None;
        self.phase = Phase::Training;
        self.watch = Watch::default();
        self.stale = true;
        self.begin(None);
        Ok(())
    }

    /// Begins another run, from a kept moment perhaps.
    fn begin(&mut self, from: Option<Moment>) {
        self.pace.begin();
        self.tally = Tally::new(self.trainer().limit().unwrap_or_default());
        self.layers_stale = true;
        if let Some(trainer) = &self.trainer {
            self.record.rejoin(trainer);
        }
        self.started(from);
        self.tell_kept();
    }

    /// Whether the screen shows a kept moment instead of the present.
    fn looks(&self) -> bool {
        let trainer = self.trainer.as_ref();
        trainer.is_some_and(|trainer| trainer.looks_at().is_some())
    }

    /// Takes the scores without a network once they are there.
    fn take_references(&mut self) {
        let Some(references) = self.awaited.take() else {
            return;
        };
        let trainer = self.trainer();
        let outlier = trainer.outlier().map(Arc::clone);
        let quality = outlier.map_or_else(Vec::new, |outlier| references.judge(&outlier));
        let seems_local = references.seems_local();
        trainer.set_references(Arc::new(references));
        let ranks_by_them = trainer.recipe().by != By::Network;
        self.send(Report::Referenced(Referenced {
            quality,
            seems_local,
        }));
        if ranks_by_them {
            self.rank_anew();
        }
    }

    /// Advances the experiment, and tells how it stands as often as of a training.
    fn compare(&mut self) {
        if let Some(report) = self.comparing.advance(self.schedule.report_due()) {
            self.schedule.reported();
            self.send(report);
        }
    }

    fn train(&mut self) {
        let before = Instant::now();
        let step = match self.trainer().advance() {
            Ok(step) => step,
            Err(error) => return self.fail(&error),
        };
        let took = before.elapsed();
        self.tally.add(step, took);
        let review = self.trainer().review();
        if let Some(trainer) = &self.trainer {
            self.record.add(trainer, (step, review), took);
        }
        if let Some(news) = self.record.news() {
            self.send(news);
        }
        if let Some(mean) = review.valid {
            self.tally.add_valid(step.step, mean);
        }
        if review.snapshot {
            self.send(Report::Marked(Mark {
                step: step.step,
                event: Event::Snapshot,
            }));
        }
        if review.kept {
            self.tell_kept();
        }
        self.stale |= review.snapshot || !self.trainer().ranks_by_snapshots();
        self.layers_stale = true;
        if self.trainer().finished() {
            self.finish();
            return;
        }
        if !self.reports.is_heard() {
            return;
        }
        if self.schedule.report_due() {
            self.report();
        }
        self.refresh_what_is_due();
    }

    /// The network is done: goes on with the next of the recipe, or rests.
    fn finish(&mut self) {
        self.settle();
        if self.phase == Phase::Failed {
            return;
        }
        match self.trainer().begin_next() {
            Ok(true) => {
                self.begin(None);
                self.tell_layers();
                // Whoever asked for single steps wants no others.
                if self.phase == Phase::Paused {
                    self.send(Report::Paused);
                }
            }
            Ok(false) => {
                self.phase = Phase::Finished;
                if let Some(trainer) = &self.trainer {
                    self.record.settle(trainer);
                }
                self.send(Report::Finished);
                self.score_all_at_the_end();
            }
            Err(error) => self.fail(&error),
        }
    }

    fn trainer(&mut self) -> &mut Trainer {
        self.trainer
            .as_mut()
            .expect("a failed restart ends the session")
    }

    fn send(&self, report: Report) {
        self.reports.send(report);
    }

    fn fail(&mut self, error: &Error) {
        self.phase = Phase::Failed;
        self.send(Report::Failed(error.chain()));
    }
}
