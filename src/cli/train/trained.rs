//! The training, and how it went.

use std::time::{Duration, Instant};

use super::document::{Judged, Past};
use crate::app::session::curve::Curve;
use crate::cli::progress::Progress;
use crate::cli::progress::workload::Workload;
use crate::error::Result;
use crate::format;
use crate::message::{self, Point};
use crate::plan::Prepared;
use crate::score::entropy::entropy;
use crate::score::ranking::{By, Ranking};
use crate::train::engine::Metrics;
use crate::train::sum::Sum;
use crate::train::trainer::Trainer;

/// Trains all networks of the recipe.
pub(super) fn train(prepared: &mut Prepared, progress: &Progress) -> Result<Trained> {
    let trainer = &mut prepared.trainer;
    let steps: Vec<u64> = trainer.kinds().map(|(_, (steps, _))| steps).collect();
    let work = Workload::new(trainer.recipe(), &steps, prepared.data.examples.rows());
    progress.begin("training", Some(work.total()));
    let mut training = Trained::default();
    loop {
        training.train(trainer, &work, progress)?;
        if !trainer.begin_next()? {
            return Ok(training);
        }
    }
}

/// How the training went: of several networks the time, the rows and the steps of all, the losses of the last.
#[derive(Default)]
pub(super) struct Trained {
    pub(super) time: Duration,
    pub(super) rows: usize,
    pub(super) steps: u64,
    pub(super) last_epoch: Option<Metrics>,
    pub(super) valid: Option<Metrics>,
    pub(super) history: Vec<Past>,
    /// The losses of the last network.
    pub(super) train: Curve,
    pub(super) validated: Curve,
    /// What its rankings were worth.
    pub(super) worth: Vec<message::Judged>,
}

impl Trained {
    /// Trains one network to its end.
    fn train(&mut self, trainer: &mut Trainer, work: &Workload, progress: &Progress) -> Result<()> {
        let (network, networks) = (trainer.network(), work.networks());
        let steps = trainer.limit().unwrap_or_default();
        let mut epoch = Sum::default();
        self.last_epoch = None;
        (self.train, self.validated) = (Curve::default(), Curve::default());
        self.worth.clear();
        while !trainer.finished() {
            let before = Instant::now();
            let step = trainer.advance()?;
            let metrics = step.metrics;
            self.train.push(step.step, step.rows as u64, point(metrics));
            self.time += before.elapsed();
            self.rows += step.rows;
            self.steps += 1;
            epoch.add(step.metrics, step.rows);
            let review = trainer.review();
            if let Some(valid) = review.valid {
                self.validated.push(step.step, 1, point(valid));
            }
            self.valid = review.valid.or(self.valid);
            if review.snapshot {
                let (past, worth) = past(trainer)?;
                self.history.push(past);
                self.worth.extend(worth);
            }
            if step.epoch.is_some() {
                epoch = Sum::default();
                self.last_epoch = step.epoch;
            }
            progress.at(work.done(network, step.step), || {
                let (step, steps) = (format::group(step.step), format::group(steps));
                let loss = format::metric(metrics.loss);
                match networks {
                    1 => format!("step {step} of {steps}, loss {loss}"),
                    _ => format!(
                        "network {} of {networks}, step {step} of {steps}, loss {loss}",
                        network + 1
                    ),
                }
            });
        }
        // Large tables may not see one whole epoch; then the mean so far stands for it.
        self.last_epoch = self.last_epoch.or_else(|| epoch.take());
        Ok(())
    }
}

fn point(metrics: Metrics) -> Point {
    Point {
        loss: metrics.loss,
        mse: metrics.mse,
    }
}

/// What the network's scores are worth now.
fn past(trainer: &mut Trainer) -> Result<(Past, Option<message::Judged>)> {
    let (scores, basis) = trainer.scores()?;
    // Ranking takes longer than all else here, and only the label asks for it.
    let rule = trainer.recipe().flag;
    let ranking = trainer.outlier().map(|outlier| {
        let (ranking, _) = Ranking::new(&scores, (basis, By::Network, rule), Some(outlier), None);
        ranking
    });
    let past = Past {
        network: trainer.network() + 1,
        step: trainer.step(),
        judged: ranking.as_ref().and_then(Judged::of),
        entropy: entropy(&scores),
    };
    let worth = ranking.map(|ranking| message::Judged::new(trainer.moment(), &ranking));
    Ok((past, worth))
}
