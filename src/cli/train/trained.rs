//! The training, and how it went.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::document::{Judged, Past};
use crate::app::session::curve::Curve;
use crate::cli::progress::Progress;
use crate::cli::progress::workload::Workload;
use crate::error::Result;
use crate::format;
use crate::message::{self, Moment, Point};
use crate::plan::Prepared;
use crate::score::entropy::entropy;
use crate::score::ranking::{By, Ranking};
use crate::train::engine::Metrics;
use crate::train::sum::Sum;
use crate::train::trainer::Trainer;

/// Trains all networks of the recipe, and then looks at the rows through each as it was at its snapshots. What these were worth
/// one after the other is told where anybody asks: a judgement takes longer than a look.
pub(super) fn train(prepared: &mut Prepared, judges: bool, progress: &Progress) -> Result<Trained> {
    let trainer = &mut prepared.trainer;
    trainer.put_off_looks();
    let steps: Vec<u64> = trainer.kinds().map(|(_, (steps, _))| steps).collect();
    // The looks come behind the steps.
    let work = Workload::new(trainer.recipe(), &steps, 0);
    progress.begin("training", Some(work.total()));
    let mut training = Trained::default();
    loop {
        training.train(trainer, &work, progress)?;
        if !trainer.begin_next()? {
            break;
        }
    }
    let looked_at = trainer.put_off() * prepared.data.examples.rows();
    progress.begin("looking", Some(looked_at as u64).filter(|rows| *rows > 0));
    training.look(trainer, judges, &|rows| progress.add(rows as u64));
    Ok(training)
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

    /// Looks at the rows through all networks, and judges the scores after each look if asked to.
    fn look(&mut self, trainer: &mut Trainer, judges: bool, tell: &(dyn Fn(usize) + Sync)) {
        let (rule, last) = (trainer.recipe().flag, trainer.network());
        let outlier = trainer.outlier().map(Arc::clone);
        trainer.look(tell, &mut |snapshots| {
            let Some((network, step)) = snapshots.last_of(snapshots.len()).filter(|_| judges)
            else {
                return;
            };
            let scores = snapshots.mean();
            let basis = snapshots.basis(snapshots.len());
            // Ranking takes longer than all else here, and only the label asks for it.
            let ranking = outlier.as_deref().map(|outlier| {
                Ranking::new(&scores, (basis, By::Network, rule), Some(outlier), None).0
            });
            self.history.push(Past {
                network: network + 1,
                step,
                judged: ranking.as_ref().and_then(Judged::of),
                entropy: entropy(&scores),
            });
            let at = Moment { network, step };
            let worth = ranking.filter(|_| network == last);
            self.worth
                .extend(worth.map(|ranking| message::Judged::new(at, &ranking)));
        });
    }
}

fn point(metrics: Metrics) -> Point {
    Point {
        loss: metrics.loss,
        mse: metrics.mse,
    }
}
