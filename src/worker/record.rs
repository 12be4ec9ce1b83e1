//! What is kept of the training on the disk: what came of it so far, and who writes that.

use std::time::{Duration, Instant};

use crate::message::{Advanced, Curve, Event, Mark, Point, Report, Sample};
use crate::score::ranking::Ranking;
use crate::store::run::about::Outcome;
use crate::store::run::{Keeper, shelf};
use crate::train::history::History;
use crate::train::trainer::{Review, Step, Trainer};

/// The run so far, and who keeps it.
pub struct Record {
    keeper: Keeper,
    history: History,
    train: Curve,
    validated: Curve,
    /// Whether it goes on where a former session left it, and has not begun to.
    resumed: bool,
    /// Whether the screen knows where the run is kept.
    named: bool,
}

impl Record {
    /// A run that came so far.
    pub fn new(keeper: Keeper, history: History) -> Self {
        Self {
            keeper,
            train: Curve::restored(&history.train),
            validated: Curve::restored(&history.validated),
            resumed: history.steps > 0,
            named: false,
            history,
        }
    }

    /// What the screen is told of a run that goes on: its curves, and what happened on the way.
    pub fn told(&self, trainer: &Trainer) -> Vec<Report> {
        let step = trainer.step();
        if step == 0 {
            return Vec::new();
        }
        let samples = |curve: &Curve| -> Vec<Sample> {
            let samples = curve.points().map(|(step, mean)| Sample {
                step: step as u64,
                rows: 1,
                mean,
            });
            samples.collect()
        };
        let (train, valid) = (samples(&self.train), samples(&self.validated));
        let latest = train.last().map(|sample| sample.mean).unwrap_or_default();
        let headline = self.history.last_epoch.map_or(latest, Point::from);
        let seconds = self.history.seconds;
        let mut told = vec![Report::Advanced(Advanced {
            step,
            train,
            valid,
            headline,
            rows_per_second: self.history.rows as f64 / seconds.max(1e-9),
            seconds,
        })];
        let changes = self.history.marks.iter().map(|(step, change)| Mark {
            step: *step,
            event: Event::Change(change.clone()),
        });
        let looks = trainer.snapshot_steps(trainer.network());
        let snapshots = looks.into_iter().map(|step| Mark {
            step,
            event: Event::Snapshot,
        });
        let mut marks: Vec<Mark> = changes.chain(snapshots).collect();
        marks.sort_by_key(|mark| mark.step);
        told.extend(marks.into_iter().map(Report::Marked));
        told
    }

    /// The training begins; whether a former session had left it in mid-run, told once.
    pub fn begin(&mut self) -> bool {
        self.keeper.begin();
        std::mem::take(&mut self.resumed)
    }

    /// Adds a step and what was looked at after it, and hands a checkpoint over where one is due.
    pub fn add(&mut self, trainer: &Trainer, (step, review): (Step, Review), took: Duration) {
        if !self.keeper.is_on() {
            return;
        }
        let point = Point::from(step.metrics);
        self.train.push(step.step, step.rows as u64, point);
        if let Some(valid) = review.valid {
            self.validated.push(step.step, 1, valid.into());
        }
        let history = &mut self.history;
        history.seconds += took.as_secs_f64();
        history.rows += step.rows as u64;
        history.steps += 1;
        history.last_epoch = step.epoch.or(history.last_epoch);
        history.valid = review.valid.or(history.valid);
        let spent = Duration::try_from_secs_f64(history.seconds).unwrap_or_default();
        if self.keeper.is_due(Instant::now(), spent) {
            let history = self.history();
            self.keeper.keep(trainer, history);
        }
    }

    /// Something was changed in mid-run.
    pub fn mark(&mut self, step: u64, change: &str) {
        self.history.marks.push((step, change.to_owned()));
    }

    /// Another network is trained from now on, or the same from its start or from an earlier step.
    pub fn rejoin(&mut self, trainer: &Trainer) {
        let step = trainer.step();
        self.train.truncate(step);
        self.validated.truncate(step);
        self.history.marks.retain(|(at, _)| *at <= step);
        self.history.last_epoch = None;
        self.keeper.rejoin(trainer.looks());
    }

    /// The table is read otherwise: that is another run, and it is not kept.
    pub fn part(&mut self) {
        self.keeper.part();
    }

    /// The training stops: writes how it stands, and waits for that.
    pub fn settle(&mut self, trainer: &Trainer) {
        let history = self.history();
        self.keeper.settle(trainer, history);
    }

    /// The training is done and left.
    pub fn finish(&mut self, trainer: &Trainer, ranking: Option<&Ranking>) {
        let history = &self.history;
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let last = history.last_epoch.or_else(|| trainer.epoch_so_far());
        let quality = ranking.and_then(|ranking| ranking.quality);
        self.keeper.finish(Outcome {
            loss: last.and_then(|metrics| finite(metrics.loss)),
            mse: last.and_then(|metrics| finite(metrics.mse)),
            valid_loss: history.valid.and_then(|metrics| finite(metrics.loss)),
            train_seconds: history.seconds,
            rows: ranking.map_or(0, |ranking| ranking.total as u64),
            flagged: ranking.map_or(0, |ranking| ranking.flag.count as u64),
            threshold: ranking.and_then(|ranking| finite(ranking.flag.threshold)),
            roc_auc: quality.map(|quality| quality.roc_auc),
            average_precision: quality.map(|quality| quality.average_precision),
        });
    }

    /// What there is to tell, once: how the run is called that is kept, or why it is not kept any more.
    pub fn news(&mut self) -> Option<Report> {
        if let Some(trouble) = self.keeper.trouble() {
            return Some(Report::Refused(format!("the run is not kept: {trouble}")));
        }
        let folder = self.keeper.folder().filter(|_| !self.named)?;
        self.named = true;
        Some(Report::KeptAs(shelf::name(folder)))
    }

    fn history(&self) -> History {
        History {
            train: self.train.traced(),
            validated: self.validated.traced(),
            ..self.history.clone()
        }
    }
}
