//! One way to run a network. All engines start from the same [`Weights`], take the same batches and must agree.

use crate::error::Result;
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

/// A network in training. Rows are row-major `[rows, features]` in scaled units; engines may panic on other shapes.
pub trait Engine {
    /// One Adam step on `rows` at learning rate `rate`; the metrics are those before the step.
    fn step(&mut self, rows: &[f32], rate: f64) -> Metrics;

    /// The metrics of `rows`, learning nothing.
    fn evaluate(&self, rows: &[f32]) -> Metrics;

    /// The network as it is now, held still.
    fn freeze(&self) -> Box<dyn Reconstruct>;

    /// Drops a layer's bias with its moments, or adds one of zeros with fresh moments.
    fn set_bias(&mut self, layer: usize, on: bool);

    /// A copy of the numbers.
    fn weights(&self) -> Weights;

    /// What runs, for people: engine, device.
    fn name(&self) -> EngineName;
}

/// What runs the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineName {
    /// `burn` …
    pub engine: &'static str,
    /// `ndarray` …
    pub device: &'static str,
    /// Threads it may use.
    pub threads: usize,
}

/// Builds an engine for a network, a recipe and first weights.
pub type BuildEngine = fn(&NetworkSpec, &Recipe, &Weights) -> Result<Box<dyn Engine>>;
