//! One way to run a network. All engines start from the same [`Weights`], take the same batches and must agree.

use std::ops::Range;

use crate::data::matrix::Matrix;
use crate::error::{Error, Result};
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;
use crate::score::view::Reconstruct;
use crate::train::recipe::Recipe;

/// What a batch, or a mean over batches, came to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Metrics {
    /// The loss that training makes small, the mean over cells.
    pub loss: f64,
    /// The mean squared error over cells of the activated output.
    pub mse: f64,
}

/// Rows that are taken together: some of a table's, in any order, or all there are.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    from: Origin<'a>,
    columns: usize,
    next: Option<&'a [usize]>,
}

/// Where a batch's rows are.
#[derive(Debug, Clone, Copy)]
enum Origin<'a> {
    /// These rows of a table.
    Table(&'a Matrix, &'a [usize]),
    /// Row-major values, all of them.
    Values(&'a [f32]),
}

impl<'a> Batch<'a> {
    /// These rows of a table.
    pub fn of(table: &'a Matrix, rows: &'a [usize]) -> Self {
        Self {
            from: Origin::Table(table, rows),
            columns: table.columns(),
            next: None,
        }
    }

    /// The same, and the rows of the same table that the step after takes, where there are any: an engine may begin with them
    /// in passing.
    #[must_use]
    pub fn before(self, next: &'a [usize]) -> Self {
        Self {
            next: Some(next).filter(|rows| !rows.is_empty()),
            ..self
        }
    }

    /// The batch of the step after, where it is known.
    pub fn next(self) -> Option<Self> {
        match (self.from, self.next) {
            (Origin::Table(table, _), Some(next)) => Some(Self::of(table, next)),
            _ => None,
        }
    }

    /// Which rows these are of which table: where it lies in memory, and the rows.
    pub fn identity(self) -> (usize, Option<&'a [usize]>) {
        match self.from {
            Origin::Table(table, rows) => (std::ptr::from_ref(table).addr(), Some(rows)),
            Origin::Values(values) => (values.as_ptr().addr(), None),
        }
    }

    /// Row-major `[_, columns]` values, all of them.
    pub fn whole(values: &'a [f32], columns: usize) -> Self {
        Self {
            from: Origin::Values(values),
            columns,
            next: None,
        }
    }

    /// Some of them, in the same order.
    #[must_use]
    pub fn part(self, range: Range<usize>) -> Self {
        let from = match self.from {
            Origin::Table(table, rows) => Origin::Table(table, &rows[range]),
            Origin::Values(values) => {
                Origin::Values(&values[range.start * self.columns..range.end * self.columns])
            }
        };
        Self { from, ..self }
    }

    /// How many rows.
    pub fn rows(self) -> usize {
        match self.from {
            Origin::Table(_, rows) => rows.len(),
            Origin::Values(values) => values.len() / self.columns,
        }
    }

    /// Numbers of a row.
    pub fn columns(self) -> usize {
        self.columns
    }

    /// One row.
    #[inline]
    pub fn row(self, index: usize) -> &'a [f32] {
        match self.from {
            Origin::Table(table, rows) => table.row(rows[index]),
            Origin::Values(values) => &values[index * self.columns..][..self.columns],
        }
    }
}

/// A network in training. Rows are in scaled units, as wide as the network; engines may panic on other widths.
pub trait Engine {
    /// One Adam step on `batch` at learning rate `rate`; the metrics are those before the step.
    fn step(&mut self, batch: Batch<'_>, rate: f64) -> Metrics;

    /// The metrics of `batch`, learning nothing.
    fn evaluate(&self, batch: Batch<'_>) -> Metrics;

    /// The network as it is now, held still.
    fn freeze(&self) -> Box<dyn Reconstruct>;

    /// Drops a layer's bias with its moments, or adds one of zeros with fresh moments.
    fn set_bias(&mut self, layer: usize, on: bool);

    /// A copy of the numbers.
    fn weights(&self) -> Weights;

    /// A copy that goes on exactly as this one would: the numbers, their moments, the biases.
    fn fork(&self) -> Box<dyn Engine>;

    /// All that [`Engine::restore`] needs; none where it cannot be had to the bit.
    fn state(&self) -> Option<EngineState> {
        None
    }

    /// Goes on exactly as the engine would whose state this is: a network of the same widths, whose biases are taken over.
    fn restore(&mut self, _: &EngineState) -> Result<()> {
        Err(Error::Training(
            "this engine cannot be given what Adam remembers".into(),
        ))
    }

    /// What runs, for people: engine, device. It may change in mid-run, which [`Engine::news`] tells.
    fn name(&self) -> EngineName;

    /// What happened to the engine since this was asked last, for people: that its device is lost and another goes on.
    fn news(&mut self) -> Option<String> {
        None
    }
}

/// An engine's numbers, and what Adam remembers of each.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineState {
    /// The numbers.
    pub weights: Weights,
    /// Their first and second moments, of the same shapes.
    pub moments: [Weights; 2],
    /// How many steps the moments of each layer's weights and of its bias have seen; 0 where there is none.
    pub steps: Vec<[u64; 2]>,
}

impl EngineState {
    /// Refuses what does not fit `spec`.
    pub fn check(&self, spec: &NetworkSpec) -> Result<()> {
        let [first, second] = &self.moments;
        for numbers in [&self.weights, first, second] {
            numbers.check(spec)?;
        }
        if self.steps.len() == spec.len() {
            return Ok(());
        }
        Err(Error::Training("the steps do not fit the network".into()))
    }
}

/// What runs the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineName {
    /// `burn` …
    pub engine: &'static str,
    /// `ndarray` …
    pub device: &'static str,
    /// Threads it may use; none where that is no matter of this processor.
    pub threads: Option<usize>,
}

/// Builds an engine for a network, a recipe and first weights.
pub type BuildEngine = fn(&NetworkSpec, &Recipe, &Weights) -> Result<Box<dyn Engine>>;
