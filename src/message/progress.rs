//! A run in figures: how it began, how far it is, what happened on the way and what its rankings were worth.

use crate::model::spec::NetworkSpec;
use crate::score::ranking::{By, Quality, Ranking};

/// A run, as far as the screen needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// Number of the run, 1 = first; a restart, a branch, the next network of the recipe and another reading of the table
    /// each begin another.
    pub run: u64,
    /// The snapshot that it goes on from, where it is a branch.
    pub from: Option<Moment>,
    /// The network at its start.
    pub spec: NetworkSpec,
    /// `classic`, `auto`.
    pub preset: String,
    /// The loss in words.
    pub loss: &'static str,
    /// `burn`, …
    pub engine: &'static str,
    /// `ndarray`, …
    pub device: &'static str,
    /// Threads the engine may use; none where that is no matter of this processor.
    pub threads: Option<usize>,
    /// Learning rate.
    pub rate: f64,
    /// Rows per step.
    pub batch: usize,
    /// Steps in one epoch.
    pub steps_per_epoch: u64,
    /// Steps of the whole recipe for this network.
    pub steps: u64,
    /// The steps there would be if the table were not so wide, where that makes them fewer.
    pub shortened_from: Option<u64>,
    /// Networks trained to their end before this one, whose scores are averaged with its own.
    pub network: u64,
    /// Networks of the recipe.
    pub networks: u64,
}

/// Where training stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Advanced {
    /// Steps done.
    pub step: u64,
    /// The training rows since the report before, oldest first.
    pub train: Vec<Sample>,
    /// The validation rows, after each epoch that ended since the report before.
    pub valid: Vec<Sample>,
    /// Mean over the last whole epoch, or over the latest steps before there is one.
    pub headline: Point,
    /// Training steps alone.
    pub rows_per_second: f64,
    /// Seconds spent in training steps.
    pub seconds: f64,
}

/// A mean over some rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Steps done when the last of the rows was seen.
    pub step: u64,
    /// How many rows it is the mean of.
    pub rows: u64,
    /// Their mean.
    pub mean: Point,
}

/// The engine lost its device, and another goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// What happened.
    pub why: String,
    /// The implementation that trains now.
    pub engine: &'static str,
    /// Where.
    pub device: &'static str,
    /// Threads it may use; none where that is no matter of this processor.
    pub threads: Option<usize>,
}

/// A loss and a mean squared error.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// The loss that training makes small.
    pub loss: f64,
    /// Mean squared error.
    pub mse: f64,
}

/// Something that happened in mid-run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// After this many steps.
    pub step: u64,
    /// What happened.
    pub event: Event,
}

/// What a [`Mark`] marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The user changed something: `encoder.1 bias off`.
    Change(String),
    /// The scores of a snapshot were taken.
    Snapshot,
}

/// A point in the training: which network, and how many steps it had done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Networks trained to their end before this one.
    pub network: u64,
    /// Steps done.
    pub step: u64,
}

/// How far a run may have come by now. The screen grants steps so that a short run can be followed; the engine itself
/// never waits between two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The run it is for, [`Started::run`]; for any other it says nothing.
    pub run: u64,
    /// Steps it may have done; none: as many as it can.
    pub steps: Option<u64>,
}

/// What is known of a ranking's worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// When the rows were last looked at.
    pub at: Moment,
    /// Which scores rank the rows.
    pub by: By,
    /// Against the label, where there is one.
    pub quality: Option<Quality>,
    /// Share of the flagged rows that the label calls outliers.
    pub precision: Option<f64>,
    /// How evenly the scores are spread: a hint without a label.
    pub entropy: Option<f64>,
    /// Rank correlation with the ranking before it; none for the first.
    pub agreement: Option<f64>,
    /// Share of the rows flagged before it that still are; none where there were none.
    pub stayed: Option<f64>,
}

impl Judged {
    /// Of a ranking whose latest look at the rows was taken at this moment.
    pub fn new(at: Moment, ranking: &Ranking) -> Self {
        Self {
            at,
            by: ranking.by,
            quality: ranking.quality,
            precision: ranking.precision(),
            entropy: ranking.entropy,
            agreement: ranking.agreement,
            stayed: ranking.stayed,
        }
    }
}
