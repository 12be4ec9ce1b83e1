//! What the training came to since the last report and since the start of the run: the samples of its curves, and the time
//! that its steps took.

use std::time::Duration;

use crate::message::{Advanced, Point, Sample};
use crate::train::engine::Metrics;
use crate::train::sum::Sum;
use crate::train::trainer::Step;

/// What has gathered since the last report, and since the start.
pub struct Tally {
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

    /// Of a run of so many steps.
    pub fn new(steps: u64) -> Self {
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

    /// Adds a step, and the time it took.
    pub fn add(&mut self, step: Step, time: Duration) {
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

    /// Adds what the validation rows came to after `step`.
    pub fn add_valid(&mut self, step: u64, mean: Metrics) {
        self.valid.push(Sample {
            step,
            rows: 1,
            mean: mean.into(),
        });
    }

    /// What is new since it was last taken, up to `step`; none where nothing is.
    pub fn take(&mut self, step: u64) -> Option<Advanced> {
        self.close_sample(step);
        let latest = self.train.last()?.mean;
        let seconds = self.time.as_secs_f64();
        Some(Advanced {
            step,
            train: std::mem::take(&mut self.train),
            valid: std::mem::take(&mut self.valid),
            headline: self.epoch.map_or(latest, Point::from),
            rows_per_second: self.rows as f64 / seconds.max(1e-9),
            seconds,
        })
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
