//! The numbers of a network as plain f32, so that they can cross between engines, threads and files.

use crate::error::{Error, Result};
use crate::model::spec::NetworkSpec;

/// One layer's own numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerWeights {
    /// Row-major `[inputs, outputs]`; none where the layer borrows its mirror's.
    pub weight: Option<Vec<f32>>,
    /// `[outputs]`; none where the bias is off.
    pub bias: Option<Vec<f32>>,
}

/// All layers' numbers in the order of the data flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    /// One entry per layer of the [`NetworkSpec`] they belong to.
    pub layers: Vec<LayerWeights>,
}

impl Weights {
    /// Whether every vector has the length that `spec` asks for, and stands where `spec` wants one.
    pub fn fits(&self, spec: &NetworkSpec) -> bool {
        let fits =
            |numbers: Option<&Vec<f32>>, expected: Option<usize>| numbers.map(Vec::len) == expected;
        self.layers.len() == spec.len()
            && spec.layers().zip(&self.layers).all(|(layer, own)| {
                let weight = (!layer.shared).then_some(layer.inputs * layer.outputs);
                fits(own.weight.as_ref(), weight)
                    && fits(own.bias.as_ref(), layer.bias.then_some(layer.outputs))
            })
    }

    /// These numbers for a network of the same widths with other biases or ties: new biases are zeros. None where the widths
    /// differ, or where a layer that is no longer tied has no weights of its own.
    #[must_use]
    pub fn wired_like(&self, spec: &NetworkSpec) -> Option<Self> {
        let layers = spec.layers().zip(&self.layers).map(|(layer, own)| {
            let zeros = || vec![0.0; layer.outputs];
            LayerWeights {
                weight: own.weight.clone().filter(|_| !layer.shared),
                bias: layer.bias.then(|| own.bias.clone().unwrap_or_else(zeros)),
            }
        });
        let wired = Self {
            layers: layers.collect(),
        };
        wired.fits(spec).then_some(wired)
    }

    /// Refuses numbers that do not fit `spec`.
    pub fn check(&self, spec: &NetworkSpec) -> Result<()> {
        if self.fits(spec) {
            return Ok(());
        }
        Err(Error::Training("the weights do not fit the network".into()))
    }
}
