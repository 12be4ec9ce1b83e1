//! One trainer at work: obeys commands between batches, reports at a bounded rate, ranks now and then.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{REPORTS_PER_SECOND, Reporter};
use crate::compare::variant::Variant;
use crate::compare::{Experiment, SEEDS};
use crate::error::{Error, Result};
use crate::format;
use crate::message::{
    Advanced, Change, Command, Event, Mark, Point, Referenced, Report, Sample, Started, Watch,
};
use crate::score::ranking::By;
use crate::score::reference::References;
use crate::train::engine::Metrics;
use crate::train::sum::Sum;
use crate::train::trainer::{Step, Trainer};

/// Shortest time between two rankings: nobody reads faster.
const RANKING_GAP: Duration = Duration::from_millis(400);
/// A ranking may take one part in this many of the time.
const RANKING_SHARE: u32 = 50;

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
    reported: Instant,
    ranked: Instant,
    ranking_took: Duration,
    /// Whether the last ranking no longer tells the present.
    stale: bool,
    /// What goes on instead of the training.
    experiment: Option<Experiment>,
    /// Where the scores without a network come from, until they have.
    references: Option<Receiver<References>>,
}

/// What has gathered since the last report, and since the start.
struct Tally {
    /// The sample in the making, and its rows.
    recent: (Sum, u64),
    /// Steps in a sample.
    resolution: u64,
    train: Vec<Sample>,
    valid: Vec<Sample>,
    epoch: Option<Metrics>,
    rows: usize,
    time: Duration,
}

impl Tally {
    /// Samples over a whole recipe: several for each column of any screen.
    const SAMPLES: u64 = 512;
    /// Most samples in one report. A run that makes more, far beyond its recipe, is sampled more coarsely.
    const MOST: usize = 256;

    fn new(steps: u64) -> Self {
        Self {
            recent: (Sum::default(), 0),
            resolution: (steps / Self::SAMPLES).max(1),
            train: Vec::new(),
            valid: Vec::new(),
            epoch: None,
            rows: 0,
            time: Duration::ZERO,
        }
    }

    fn add(&mut self, step: Step, time: Duration) {
        self.time += time;
        self.rows += step.rows;
        self.recent.0.add(step.metrics, step.rows);
        self.recent.1 += step.rows as u64;
        self.epoch = step.epoch.or(self.epoch);
        if step.step.is_multiple_of(self.resolution) {
            self.close_sample(step.step);
        }
        if self.train.len() >= Self::MOST {
            self.train = self.train.chunks(2).map(merge).collect();
            self.resolution *= 2;
        }
    }

    fn close_sample(&mut self, step: u64) {
        let (sum, rows) = &mut self.recent;
        if let Some(mean) = sum.take() {
            self.train.push(Sample {
                step,
                rows: std::mem::take(rows),
                mean: mean.into(),
            });
        }
    }
}

/// The mean of neighbouring samples.
fn merge(samples: &[Sample]) -> Sample {
    let mut sum = Sum::default();
    for Sample { rows, mean, .. } in samples {
        sum.add(
            Metrics {
                loss: mean.loss,
                mse: mean.mse,
            },
            *rows as usize,
        );
    }
    let rows = samples.iter().map(|sample| sample.rows).sum();
    let step = samples.last().map_or(0, |sample| sample.step);
    Sample {
        step,
        rows,
        mean: sum.take().unwrap_or_default().into(),
    }
}

impl From<Metrics> for Point {
    fn from(Metrics { loss, mse }: Metrics) -> Self {
        Self { loss, mse }
    }
}

impl Session {
    pub(super) fn new(preset: String, trainer: Trainer, reports: Reporter) -> Self {
        let now = Instant::now();
        let tally = Tally::new(trainer.limit().unwrap_or_default());
        let references = Some(compute_references(&trainer));
        let session = Self {
            preset,
            trainer: Some(trainer),
            reports,
            phase: Phase::Training,
            watch: Watch::default(),
            tally,
            reported: now,
            ranked: now,
            ranking_took: Duration::ZERO,
            stale: true,
            experiment: None,
            references,
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
            let waiting = if self.phase == Phase::Training || self.experiment.is_some() {
                commands.try_recv()
            } else if self.references.is_some() {
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
                Err(TryRecvError::Empty) if self.experiment.is_some() => self.experiment(),
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
        self.references = Some(compute_references(&trainer));
        self.trainer = Some(trainer);
        self.experiment = None;
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
        let Some(receiver) = &self.references else {
            return;
        };
        let references = match receiver.try_recv() {
            Ok(references) => references,
            Err(TryRecvError::Empty) => return,
            // It ran out of memory perhaps; the network is judged alone then.
            Err(TryRecvError::Disconnected) => {
                self.references = None;
                return;
            }
        };
        self.references = None;
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
            Command::Compare => match Experiment::new(self.trainer(), &Variant::usual(), SEEDS) {
                Ok(experiment) => self.experiment = Some(experiment),
                Err(error) => self.send(Report::Refused(error.chain())),
            },
            Command::StopComparing => self.experiment = None,
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
    fn experiment(&mut self) {
        let Some(experiment) = &mut self.experiment else {
            return;
        };
        let advanced = experiment.advance();
        let finished = experiment.finished();
        let due = self.reported.elapsed() >= Duration::from_millis(1_000 / REPORTS_PER_SECOND);
        let report = match advanced {
            Err(error) => Report::Refused(error.chain()),
            Ok(()) if finished || due => Report::Compared(experiment.comparison().clone()),
            Ok(()) => return,
        };
        if finished || matches!(report, Report::Refused(_)) {
            self.experiment = None;
        }
        self.reported = Instant::now();
        self.send(report);
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
            self.tally.valid.push(Sample {
                step: step.step,
                rows: 1,
                mean: mean.into(),
            });
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
        if self.reported.elapsed() >= Duration::from_millis(1_000 / REPORTS_PER_SECOND) {
            self.report();
        }
        if self.stale && self.ranked.elapsed() >= RANKING_GAP.max(self.ranking_took * RANKING_SHARE)
        {
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
            shortened_from: trainer.shortened_from(),
            network: trainer.network(),
            networks: trainer.networks(),
        }));
    }

    fn report(&mut self) {
        let step = self.trainer().step();
        let tally = &mut self.tally;
        tally.close_sample(step);
        let Some(latest) = tally.train.last().map(|sample| sample.mean) else {
            return;
        };
        let seconds = tally.time.as_secs_f64();
        let advanced = Advanced {
            step,
            train: std::mem::take(&mut tally.train),
            valid: std::mem::take(&mut tally.valid),
            headline: tally.epoch.map_or(latest, Point::from),
            rows_per_second: tally.rows as f64 / seconds.max(1e-9),
            seconds,
        };
        self.send(Report::Advanced(advanced));
        self.reported = Instant::now();
    }

    /// A ranking before the first step: an untrained network already ranks like the distance from the mean. It warms the
    /// engine up, so its time tells nothing about the next one.
    fn rank_first(&mut self) {
        self.rank();
        self.ranking_took = Duration::ZERO;
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
        self.ranked = Instant::now();
        self.ranking_took = before.elapsed();
    }

    fn explain(&mut self) {
        let watch = self.watch;
        let explained = self.trainer().explain(watch);
        self.send(Report::Explained(explained));
    }
}

/// Scores the rows without a network on a thread of its own. One thread, so that the training keeps the other cores; it
/// ends with its work, and whoever no longer listens is not told.
fn compute_references(trainer: &Trainer) -> Receiver<References> {
    let (sender, receiver) = channel();
    let (data, seed) = (Arc::clone(trainer.data()), trainer.recipe().seed);
    let body = move || {
        if let Ok(references) = References::new(&data.matrix, seed, Some(1)) {
            let _ = sender.send(references);
        }
    };
    // Where no thread can be had the sender is dropped, and the receiver says so.
    let _ = thread::Builder::new().name("references".into()).spawn(body);
    receiver
}
