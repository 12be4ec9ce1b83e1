//! One trainer at work: obeys commands between batches, reports at a bounded rate, ranks now and then.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use super::Reporter;
use super::awaited::Awaited;
use super::comparing::Comparing;
use super::schedule::Schedule;
use super::tally::Tally;
use crate::error::{Error, Result};
use crate::format;
use crate::message::{Change, Command, Event, Mark, Referenced, Report, Started, Watch};
use crate::score::ranking::By;
use crate::train::trainer::Trainer;

/// While nothing is trained and references are still awaited, they are looked for this often.
const REFERENCE_GAP: Duration = Duration::from_millis(50);

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
    phase: Phase,
    watch: Watch,
    tally: Tally,
    schedule: Schedule,
    /// Whether the last ranking no longer tells the present.
    stale: bool,
    comparing: Comparing,
    awaited: Awaited,
}

impl Session {
    pub(super) fn new(preset: String, trainer: Trainer, reports: Reporter) -> Self {
        let tally = Tally::new(trainer.limit().unwrap_or_default());
        let awaited = Awaited::begin(&trainer);
        let session = Self {
            preset,
            trainer: Some(trainer),
            reports,
            phase: Phase::Training,
            watch: Watch::default(),
            tally,
            schedule: Schedule::new(),
            stale: true,
            comparing: Comparing::default(),
            awaited,
        };
        session.started();
        session
    }

    /// Trains until the other side hangs up, or wants other columns.
    pub(super) fn run(&mut self, commands: &Receiver<Command>) -> Result<Option<Vec<Change>>> {
        if self.trainer().step() == 0 && self.stale {
            self.rank_first();
        }
        loop {
            self.take_references();
            let waiting = if self.phase == Phase::Training || self.comparing.goes_on() {
                commands.try_recv()
            } else if self.awaited.pending() {
                commands
                    .recv_timeout(REFERENCE_GAP)
                    .map_err(|error| match error {
                        RecvTimeoutError::Timeout => TryRecvError::Empty,
                        RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
                    })
            } else {
                commands.recv().map_err(|_| TryRecvError::Disconnected)
            };
            match waiting {
                Ok(command) => {
                    if let Some(changes) = self.obey_all([command])? {
                        return Ok(Some(changes));
                    }
                }
                Err(TryRecvError::Empty) if self.comparing.goes_on() => self.compare(),
                Err(TryRecvError::Empty) if self.phase == Phase::Training => self.train(),
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return Ok(None),
            }
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
    pub(super) fn take_over(&mut self, trainer: Trainer) {
        self.tally = Tally::new(trainer.limit().unwrap_or_default());
        self.awaited = Awaited::begin(&trainer);
        self.trainer = Some(trainer);
        self.comparing.stop();
        self.phase = Phase::Training;
        self.watch = Watch::default();
        self.stale = true;
        self.started();
    }

    /// Says again what it is doing.
    pub(super) fn tell_phase(&self) {
        match self.phase {
            Phase::Training => self.send(Report::Resumed),
            Phase::Paused => self.send(Report::Paused),
            Phase::Finished => self.send(Report::Finished),
            Phase::Failed => self.send(Report::Failed("the run before had failed".into())),
        }
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
        if ranks_by_them && self.phase != Phase::Failed {
            self.rank();
        }
    }

    fn obey(&mut self, command: Command) -> Result<()> {
        match command {
            Command::Pause if self.phase == Phase::Training => {
                self.phase = Phase::Paused;
                self.send(Report::Paused);
                self.settle();
            }
            Command::Resume if matches!(self.phase, Phase::Paused | Phase::Finished) => {
                if self.phase == Phase::Finished {
                    self.trainer().extend();
                }
                self.phase = Phase::Training;
                self.send(Report::Resumed);
            }
            // Whoever owns the session reads.
            Command::Pause | Command::Resume | Command::Reread(_) => {}
            Command::Allow(_) | Command::Advance(_) | Command::LookAt(_) | Command::Branch(_) => {}
            Command::SetBias(wanted) => {
                if let Some(change) = self.trainer().set_bias(&wanted) {
                    self.changed(change);
                }
            }
            Command::SetRate(rate) if rate == self.trainer().recipe().rate => {}
            Command::SetRate(rate) => {
                self.trainer().set_rate(rate);
                self.changed(format!("learning rate {}", format::rate(rate)));
            }
            Command::Restart(spec) => {
                if let Some(trainer) = self.trainer.take() {
                    self.trainer = Some(trainer.restarted(spec)?);
                }
                self.phase = Phase::Training;
                self.tally = Tally::new(self.trainer().limit().unwrap_or_default());
                self.started();
                self.rank_first();
            }
            Command::Compare => {
                let trainer = self.trainer.as_ref();
                if let Some(refusal) = trainer.and_then(|trainer| self.comparing.begin(trainer)) {
                    self.send(refusal);
                }
            }
            Command::StopComparing => self.comparing.stop(),
            Command::RankBy(by) => {
                self.trainer().set_by(by);
                if self.phase != Phase::Failed {
                    self.rank();
                }
            }
            Command::Watch(watch) => {
                self.watch = watch;
                self.explain();
            }
        }
        Ok(())
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
        self.tally.add(step, before.elapsed());
        let review = self.trainer().review();
        if let Some(mean) = review.valid {
            self.tally.add_valid(step.step, mean);
        }
        if review.snapshot {
            self.send(Report::Marked(Mark {
                step: step.step,
                event: Event::Snapshot,
            }));
        }
        self.stale |= review.snapshot || !self.trainer().ranks_by_snapshots();
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
        if self.stale && self.schedule.ranking_due() {
            self.rank();
        }
    }

    /// The network is done: goes on with the next of the recipe, or rests.
    fn finish(&mut self) {
        self.settle();
        if self.phase == Phase::Failed {
            return;
        }
        match self.trainer().begin_next() {
            Ok(true) => {
                self.tally = Tally::new(self.trainer().limit().unwrap_or_default());
                self.started();
            }
            Ok(false) => {
                self.phase = Phase::Finished;
                self.send(Report::Finished);
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

    fn changed(&mut self, change: String) {
        let step = self.trainer().step();
        self.send(Report::Marked(Mark {
            step,
            event: Event::Change(change),
        }));
    }

    /// Brings curves and ranking up to the present.
    fn settle(&mut self) {
        self.report();
        if self.stale {
            self.rank();
        }
    }

    fn started(&self) {
        let Some(trainer) = &self.trainer else { return };
        let name = trainer.engine_name();
        self.send(Report::Started(Started {
            run: 1,
            from: None,
            spec: trainer.spec().clone(),
            preset: self.preset.clone(),
            loss: trainer.recipe().loss.name(),
            engine: name.engine,
            device: name.device,
            threads: name.threads,
            rate: trainer.recipe().rate,
            batch: trainer.recipe().batch,
            steps_per_epoch: trainer.steps_per_epoch(),
            steps: trainer.limit().unwrap_or_default(),
            network: trainer.network(),
            networks: trainer.recipe().networks,
        }));
    }

    fn report(&mut self) {
        let step = self.trainer().step();
        if let Some(advanced) = self.tally.take(step) {
            self.send(Report::Advanced(advanced));
            self.schedule.reported();
        }
    }

    /// A ranking before the first step: an untrained network already ranks like the distance from the mean. It warms the
    /// engine up, so its time tells nothing about the next one.
    fn rank_first(&mut self) {
        self.rank();
        self.schedule.forget_cost();
    }

    fn rank(&mut self) {
        let before = Instant::now();
        let ranking = match self.trainer().rank() {
            Ok(ranking) => ranking.clone(),
            Err(error) => return self.fail(&error),
        };
        self.stale = false;
        self.send(Report::Ranked(ranking));
        self.explain();
        self.schedule.ranked(before);
    }

    fn explain(&mut self) {
        let watch = self.watch;
        let explained = self.trainer().explain(watch);
        self.send(Report::Explained(explained));
    }
}
