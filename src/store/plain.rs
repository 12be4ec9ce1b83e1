//! A network as safetensors, named and laid out as PyTorch has it: `encoder.1.weight` is `[outputs, inputs]`.

use std::collections::HashMap;

use safetensors::tensor::{Dtype, TensorView, serialize};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::spec::{LayerSpec, NetworkSpec};
use crate::model::weights::Weights;

/// Where the metadata says which activation follows which layer, as JSON, in the order of the data flow.
pub const ACTIVATIONS: &str = "activations";

/// One layer's activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// `encoder.1` …
    pub layer: String,
    /// As the command line names it.
    pub activation: String,
}

/// The file's bytes. A tied decoder gets weights of its own.
pub fn bytes(spec: &NetworkSpec, weights: &Weights) -> Result<Vec<u8>> {
    weights.check(spec)?;
    let mut tensors = Vec::new();
    for layer in spec.layers() {
        let matrix = little(&matrix(spec, weights, layer));
        tensors.push((
            format!("{}.weight", layer.name()),
            vec![layer.outputs, layer.inputs],
            matrix,
        ));
        if let Some(bias) = &weights.layers[layer.index].bias {
            tensors.push((
                format!("{}.bias", layer.name()),
                vec![layer.outputs],
                little(bias),
            ));
        }
    }
    let said: Vec<Said> = spec
        .layers()
        .map(|layer| Said {
            layer: layer.name(),
            activation: layer.activation.name().into(),
        })
        .collect();
    let failed = |error: &dyn std::fmt::Display| {
        Error::Training(format!("cannot write the weights: {error}"))
    };
    let said = serde_json::to_string(&said).map_err(|error| failed(&error))?;
    let metadata = HashMap::from([
        // As PyTorch's own writer says; some readers ask for it.
        ("format".to_owned(), "pt".to_owned()),
        (ACTIVATIONS.to_owned(), said),
    ]);
    let views: std::result::Result<Vec<_>, _> = tensors
        .iter()
        .map(|(name, shape, data)| {
            Ok((
                name.as_str(),
                TensorView::new(Dtype::F32, shape.clone(), data)?,
            ))
        })
        .collect();
    let views = views.map_err(|error: safetensors::SafeTensorError| failed(&error))?;
    serialize(views, Some(metadata)).map_err(|error| failed(&error))
}

/// A layer's weights as `[outputs, inputs]`.
fn matrix(spec: &NetworkSpec, weights: &Weights, layer: LayerSpec) -> Vec<f32> {
    if let Some(own) = &weights.layers[layer.index].weight {
        return transposed(own, layer.inputs, layer.outputs);
    }
    // The encoder's [its inputs, its outputs] is what this layer, its mirror image, has as [outputs, inputs].
    let mirror = &weights.layers[spec.mirror(layer.index)].weight;
    mirror.clone().unwrap_or_default()
}

/// `[rows, columns]` → `[columns, rows]`, a tile at a time so that neither side leaves the cache.
pub(super) fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    const TILE: usize = 32;
    let mut turned = vec![0.0; values.len()];
    for top in (0..rows).step_by(TILE) {
        for left in (0..columns).step_by(TILE) {
            for row in top..rows.min(top + TILE) {
                for column in left..columns.min(left + TILE) {
                    turned[column * rows + row] = values[row * columns + column];
                }
            }
        }
    }
    turned
}

/// Numbers as bytes, the least significant first.
pub(super) fn little(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposing_turns_every_number() {
        let (rows, columns) = (37, 65);
        let values: Vec<f32> = (0..rows * columns).map(|index| index as f32).collect();
        let turned = transposed(&values, rows, columns);
        assert!((0..rows).all(|row| {
            (0..columns).all(|column| turned[column * rows + row] == values[row * columns + column])
        }));
    }
}
