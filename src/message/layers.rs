//! The layers' numbers at a moment, as far as the screen shows them.

use super::Moment;

/// All layers, in the order of the data flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Layers {
    /// When the numbers were taken.
    pub at: Moment,
    /// One per layer.
    pub layers: Vec<Layer>,
}

/// One layer. Of a layer that borrows its mirror's weights, those are told.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// √Σw² over its weights (the Frobenius norm).
    pub weight_norm: f64,
    /// √Σb² over its biases; none where the bias is off.
    pub bias_norm: Option<f64>,
    /// How the weights are spread.
    pub weights: Histogram,
    /// How the biases are spread; none where the bias is off.
    pub biases: Option<Histogram>,
    /// What its units do.
    pub units: Units,
}

/// Numbers counted in equal parts of their range.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// The least number.
    pub least: f32,
    /// The greatest number.
    pub greatest: f32,
    /// Numbers in each part.
    pub counts: Vec<u32>,
}

/// What a layer's units do on a sample of the rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Units {
    /// Rows of the sample.
    pub rows: usize,
    /// Units in all.
    pub count: usize,
    /// Units that give the same value for every row, so that nothing of the row passes through them.
    pub dead: Vec<u32>,
    /// Units that are at a flat end of their activation (|tanh| above 0.95, a sigmoid below 0.025 or above 0.975) in more
    /// than nine rows of ten. Activations without flat ends have none.
    pub saturated: Vec<u32>,
}
