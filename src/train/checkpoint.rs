//! All that it takes to go on with a training as if it had never stopped, in plain data.

use crate::message::Moment;
use crate::train::batches::BatchesState;
use crate::train::engine::EngineState;
use crate::train::sum::Sum;

/// A training between two batches. The networks that were looked at come apart from it, as [`Look`]s: they never change.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Where it stands.
    pub moment: Moment,
    /// Whether it goes on beyond the recipe.
    pub extended: bool,
    /// Whether the decoder borrows the encoder's weights.
    pub tied: bool,
    /// Which layers had a bias at the start of the run.
    pub began: Vec<bool>,
    /// The network's numbers, their moments, the biases that there are now.
    pub engine: EngineState,
    /// The rows to come.
    pub batches: BatchesState,
    /// The mean over the epoch so far.
    pub epoch: Sum,
    /// Learning rate.
    pub rate: f64,
    /// Networks that were looked at.
    pub looks: usize,
}

/// A network as it was when the rows were looked at through it, or held still to be so.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// When.
    pub moment: Moment,
    /// Each layer's weights and bias, as far as it has them.
    pub layers: Vec<[Option<Vec<f32>>; 2]>,
}
