//! The training, and how it went.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::document::{Judged, Past};
use crate::cli::progress::Progress;
use crate::cli::progress::workload::Workload;
use crate::error::{Error, Result};
use crate::format;
use crate::message::{self, Curve, Moment, Point};
use crate::plan::Prepared;
use crate::score::entropy::entropy;
use crate::score::ranking::{By, Ranking};
use crate::signals::Signals;
use crate::store::run::Keeper;
use crate::train::engine::Metrics;
use crate::train::history::History;
use crate::train::trainer::Trainer;

/// Trains all networks of the recipe, and then looks at the rows through each as it was at its snapshots. What these were worth
/// one after the other is told where anybody asks: a judgement takes longer than a look. A signal stops it once all that was learned
/// is kept, if it is.
pub(super) fn train(
    prepared: &mut Prepared,
    (keeper, history): (&mut Keeper, &History),
    (judges, signals): (bool, &Signals),
    progress: &Progress,
) -> Result<Trained> {
    let trainer = &mut prepared.trainer;
    trainer.put_off_looks();
    let steps: Vec<u64> = trainer.kinds().map(|(_, (steps, _))| steps).collect();
    // The looks come behind the steps.
    let work = Workload::new(trainer.recipe(), &steps, 0);
    progress.begin("training", Some(work.total()));
    let mut training = Trained::from(history);
    keeper.begin();
    loop {
        training.train(trainer, &work, (keeper, progress, signals))?;
        if !trainer.begin_next()? {
            break;
        }
        training.begin_next();
    }
    signals.release();
    if signals.end().is_some() {
        keeper.settle(trainer, training.so_far());
        return Err(Error::Stopped);
    }
    keeper.settle(trainer, training.so_far());
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
    /// What happened to its device.
    pub(super) news: Vec<String>,
    /// What its rankings were worth.
    pub(super) worth: Vec<message::Judged>,
}

impl Trained {
    /// Trains one network to its end.
    fn train(
        &mut self,
        trainer: &mut Trainer,
        work: &Workload,
        (keeper, progress, signals): (&mut Keeper, &Progress, &Signals),
    ) -> Result<()> {
        let (network, networks) = (trainer.network(), work.networks());
        let steps = trainer.limit().unwrap_or_default();
        while !trainer.finished() {
            if signals.end().is_some() {
                keeper.settle(trainer, self.so_far());
                return Err(Error::Stopped);
            }
            let before = Instant::now();
            let step = trainer.advance()?;
            let metrics = step.metrics;
            self.train.push(step.step, step.rows as u64, point(metrics));
            self.time += before.elapsed();
            self.rows += step.rows;
            self.steps += 1;
            let review = trainer.review();
            if let Some(valid) = review.valid {
                self.validated.push(step.step, 1, point(valid));
            }
            self.valid = review.valid.or(self.valid);
            self.last_epoch = step.epoch.or(self.last_epoch);
            if let Some(news) = trainer.engine_news() {
                progress.say(&news);
                self.news.push(news);
            }
            if keeper.is_due(before, self.time) {
                keeper.keep(trainer, self.so_far());
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
        self.last_epoch = self.last_epoch.or_else(|| trainer.epoch_so_far());
        Ok(())
    }

    /// Another network is trained from now on.
    fn begin_next(&mut self) {
        self.last_epoch = None;
        (self.train, self.validated) = (Curve::default(), Curve::default());
    }

    /// What is taken along by a training that is interrupted.
    fn so_far(&self) -> History {
        History {
            seconds: self.time.as_secs_f64(),
            rows: self.rows as u64,
            steps: self.steps,
            last_epoch: self.last_epoch,
            valid: self.valid,
            train: self.train.traced(),
            validated: self.validated.traced(),
            marks: Vec::new(),
        }
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

impl From<&History> for Trained {
    /// A training that goes on.
    fn from(history: &History) -> Self {
        Self {
            time: Duration::try_from_secs_f64(history.seconds).unwrap_or_default(),
            rows: history.rows as usize,
            steps: history.steps,
            last_epoch: history.last_epoch,
            valid: history.valid,
            train: Curve::restored(&history.train),
            validated: Curve::restored(&history.validated),
            ..Self::default()
        }
    }
}

fn point(metrics: Metrics) -> Point {
    Point {
        loss: metrics.loss,
        mse: metrics.mse,
    }
}
