//! The networks as they were looked at, for the document and as tensors.

use super::Named;
use crate::error::{Error, Result};
use crate::model::spec::NetworkSpec;
use crate::score::view::View;
use crate::store::model::document::{self, Snapshot};
use crate::store::model::tensors::Tensor;

impl document::Network {
    pub(super) fn new(spec: &NetworkSpec, snapshots: Vec<Snapshot>) -> Self {
        let [hidden, code, output] = spec.activations().map(|of| of.name().to_owned());
        Self {
            widths: spec.widths().to_vec(),
            hidden,
            code,
            output,
            tied: spec.tied(),
            snapshots,
        }
    }
}

/// The tensors of a look at a network; which layers have a bias, and the median row's error.
pub(super) fn view_tensors(
    place: &str,
    spec: &NetworkSpec,
    view: &View,
    tensors: &mut Vec<Named>,
) -> Result<(Vec<bool>, f64)> {
    let (network, weights, median) = view.parts();
    let numbers = network.numbers();
    if numbers.len() != spec.len() {
        let what = "the numbers of the network cannot be had";
        return Err(Error::Told(what.into()));
    }
    let mut bias = Vec::new();
    for (layer, [weight, own]) in spec.layers().zip(numbers) {
        bias.push(own.is_some());
        let name = |of: &str| format!("{place}.{}.{of}", layer.name());
        if let Some(weight) = weight {
            let shape = [layer.inputs, layer.outputs];
            tensors.push((name("weight"), Tensor::f32(&shape, &weight)));
        }
        if let Some(own) = own {
            tensors.push((name("bias"), Tensor::f32(&[layer.outputs], &own)));
        }
    }
    let tensor = Tensor::f32(&[weights.len()], weights);
    tensors.push((format!("{place}.error_weights"), tensor));
    Ok((bias, median))
}
