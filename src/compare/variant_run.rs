//! One variant learning from one seed: its trainer and what gathers of its losses.

use crate::error::Result;
use crate::train::engine::Metrics;
use crate::train::sum::Sum;
use crate::train::trainer::Trainer;

/// Points of the curve of a whole run: one a column of a wide screen.
const POINTS: u64 = 128;

pub(super) struct VariantRun {
    trainer: Trainer,
    steps: u64,
    /// Means over the last whole epoch, or over the steps so far before there is one.
    last_epoch: Option<Metrics>,
    so_far: Sum,
    /// The point of the curve in the making.
    recent: Sum,
}

impl VariantRun {
    pub(super) fn new(trainer: Trainer) -> Self {
        Self {
            steps: trainer.limit().unwrap_or_default(),
            trainer,
            last_epoch: None,
            so_far: Sum::default(),
            recent: Sum::default(),
        }
    }

    /// Trains one batch; now and then that completes a point of the loss curve.
    pub(super) fn advance(&mut self) -> Result<Option<f32>> {
        let step = self.trainer.advance()?;
        self.trainer.review();
        self.recent.add(step.metrics, step.rows);
        if self.last_epoch.is_none() {
            self.so_far.add(step.metrics, step.rows);
        }
        self.last_epoch = step.epoch.or(self.last_epoch);
        // A point wherever another of the equal parts of the run is done.
        let parts = |step: u64| u128::from(step) * u128::from(POINTS) / u128::from(self.steps);
        if parts(step.step) == parts(step.step - 1) {
            return Ok(None);
        }
        Ok(self.recent.take().map(|mean| mean.loss as f32))
    }

    /// What happened to the engine since this was asked last.
    pub(super) fn news(&mut self) -> Option<String> {
        self.trainer.engine_news()
    }

    pub(super) fn finished(&self) -> bool {
        self.trainer.finished()
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    pub(super) fn step(&self) -> u64 {
        self.trainer.step()
    }

    /// The network's score of each row.
    pub(super) fn scores(&mut self) -> Result<Vec<f32>> {
        self.trainer.scores().map(|(scores, _)| scores)
    }

    /// The last losses; large tables may not see one whole epoch.
    pub(super) fn metrics(&mut self) -> Metrics {
        let last = self.last_epoch.or_else(|| self.so_far.take());
        last.unwrap_or_default()
    }
}
