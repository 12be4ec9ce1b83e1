//! The networks as they were looked at, from the document and their weights.

use super::{AT_ONCE, Outcome, finite, positive};
use crate::model::spec::{Activation, NetworkSpec};
use crate::model::weights::{LayerWeights, Weights};
use crate::score::view::{Reconstruct, View};
use crate::store::model::document;
use crate::store::model::tensors::Tensors;
use crate::train::engine::BuildEngine;
use crate::train::recipe::Recipe;

/// The networks with the steps at which they were looked at, and the looks, where so many bytes are room enough for them.
#[allow(
    clippy::type_complexity,
    reason = "the two halves of what is known of each network"
)]
pub(super) fn networks(
    all: &[document::Network],
    (inputs, room): (usize, usize),
    how: (BuildEngine, &Recipe),
    tensors: &mut Tensors<'_>,
) -> Outcome<(Vec<(NetworkSpec, Vec<u64>)>, Vec<Vec<View>>)> {
    let mut networks = Vec::new();
    let mut views = Vec::new();
    for (index, network) in all.iter().enumerate() {
        let spec = spec(network)?;
        let numbers: usize = network.widths.iter().map(|width| 2 * width).sum();
        if numbers.saturating_mul(4 * AT_ONCE) > room {
            return Err("its networks are wider than a file of this size can hold".into());
        }
        if spec.inputs() != inputs {
            return Err(format!(
                "its network {index} takes {} numbers, and its columns give {inputs}",
                spec.inputs()
            ));
        }
        let mut looks = Vec::new();
        for (turn, snapshot) in network.snapshots.iter().enumerate() {
            let place = format!("network.{index}.snapshot.{turn}");
            looks.push(view(&place, (&spec, snapshot), how, tensors)?);
        }
        if looks.is_empty() {
            return Err(format!("its network {index} has no snapshot"));
        }
        let steps = network.snapshots.iter().map(|snapshot| snapshot.step);
        let mut spec = spec;
        if let Some(last) = network.snapshots.last() {
            for (layer, on) in last.bias.iter().enumerate() {
                spec.set_bias(layer, *on);
            }
        }
        networks.push((spec, steps.collect()));
        views.push(looks);
    }
    if views.is_empty() {
        return Err("it has no network".into());
    }
    Ok((networks, views))
}

fn spec(network: &document::Network) -> Outcome<NetworkSpec> {
    let activation = |name: &String| name.parse::<Activation>();
    let spec = NetworkSpec::new(
        network.widths.clone(),
        activation(&network.hidden)?,
        activation(&network.code)?,
        activation(&network.output)?,
    );
    let spec = spec.map_err(|error| error.chain())?;
    Ok(spec.with_tied(network.tied))
}

fn view(
    place: &str,
    (spec, snapshot): (&NetworkSpec, &document::Snapshot),
    (build, recipe): (BuildEngine, &Recipe),
    tensors: &mut Tensors<'_>,
) -> Outcome<View> {
    let mut spec = spec.clone();
    if snapshot.bias.len() != spec.len() {
        return Err(format!("its {place} does not have a bias for each layer"));
    }
    for (layer, on) in snapshot.bias.iter().enumerate() {
        spec.set_bias(layer, *on);
    }
    let mut layers = Vec::with_capacity(spec.len());
    for layer in spec.layers() {
        let mut numbers = |of: &str, shape: &[usize]| {
            let name = format!("{place}.{}.{of}", layer.name());
            finite(&name, tensors.f32(&name, shape)?)
        };
        let weight = (!layer.shared)
            .then(|| numbers("weight", &[layer.inputs, layer.outputs]))
            .transpose()?;
        let bias = layer
            .bias
            .then(|| numbers("bias", &[layer.outputs]))
            .transpose()?;
        layers.push(LayerWeights { weight, bias });
    }
    let name = format!("{place}.error_weights");
    let weights = finite(&name, tensors.f32(&name, &[spec.inputs()])?)?;
    if weights.iter().any(|weight| *weight < 0.0) {
        return Err(format!("its tensor {name} holds a weight below zero"));
    }
    positive(snapshot.median)?;
    let frozen = frozen(&spec, &Weights { layers }, (build, recipe))?;
    Ok(View::restored(frozen, weights, snapshot.median))
}

fn frozen(
    spec: &NetworkSpec,
    weights: &Weights,
    (build, recipe): (BuildEngine, &Recipe),
) -> Outcome<Box<dyn Reconstruct>> {
    weights.check(spec).map_err(|error| error.chain())?;
    let engine = build(spec, recipe, weights).map_err(|error| error.chain())?;
    Ok(engine.freeze())
}
