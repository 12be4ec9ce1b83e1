//! The numbers of layers as tensors, a vector each.

use super::Outcome;
use crate::model::weights::LayerWeights;
use crate::store::model::save::Named;
use crate::store::model::tensors::{Tensor, Tensors};

/// How a layer is called, of so many.
fn layer(index: usize, layers: usize) -> String {
    if index < layers / 2 {
        format!("encoder.{}", index + 1)
    } else {
        format!("decoder.{}", layers - index)
    }
}

/// The tensors of some numbers; of each layer its weights and its bias, as vectors.
pub(super) fn push(tensors: &mut Vec<Named>, place: &str, numbers: &[LayerWeights]) {
    for (index, own) in numbers.iter().enumerate() {
        let layer = layer(index, numbers.len());
        for (kind, values) in [("weight", &own.weight), ("bias", &own.bias)] {
            if let Some(values) = values {
                let tensor = Tensor::f32(&[values.len()], values);
                tensors.push((format!("{place}{layer}.{kind}"), tensor));
            }
        }
    }
}

/// The numbers of so many layers.
pub(super) fn pull(
    tensors: &mut Tensors<'_>,
    place: &str,
    layers: usize,
) -> Outcome<Vec<LayerWeights>> {
    let own = |index| {
        let layer = layer(index, layers);
        Ok(LayerWeights {
            weight: tensors.vector(&format!("{place}{layer}.weight"))?,
            bias: tensors.vector(&format!("{place}{layer}.bias"))?,
        })
    };
    (0..layers).map(own).collect()
}
