//! A network's numbers and what Adam remembers of them, row-major as everybody else has them.

use super::adam::Parameter;
use super::network::{Dense, Network, grid, zero_bias};
use super::panels::Aligned;
use crate::error::Result;
use crate::model::spec::LayerSpec;
use crate::model::weights::{LayerWeights, Weights};
use crate::train::engine::EngineState;

impl Network {
    /// The numbers and what Adam remembers of them.
    pub fn state(&self) -> EngineState {
        let steps = |of: Option<&Parameter>| of.map_or(0, Parameter::steps);
        let own = |dense: &Dense| [steps(dense.weight.as_ref()), steps(dense.bias.as_ref())];
        EngineState {
            weights: self.weights(),
            moments: [0, 1].map(|which| self.each(|parameter| &parameter.moments[which])),
            steps: self.layers.iter().map(own).collect(),
        }
    }

    /// Takes a state over; the layers have a bias where it has one.
    pub fn restore(&mut self, state: &EngineState) -> Result<()> {
        let mut spec = self.spec.clone();
        for (layer, own) in state.weights.layers.iter().enumerate().take(spec.len()) {
            spec.set_bias(layer, own.bias.is_some());
        }
        state.check(&spec)?;
        let parameter = |layer: &LayerSpec, which: fn(&LayerWeights) -> Option<&Vec<f32>>| {
            let numbers = |of: &Weights| which(&of.layers[layer.index]).cloned();
            let [first, second] = &state.moments;
            Some([numbers(&state.weights)?, numbers(first)?, numbers(second)?])
        };
        let width = self.width;
        let dense = |layer: LayerSpec| {
            let [weight_steps, bias_steps] = state.steps[layer.index];
            let weight = parameter(&layer, |own| own.weight.as_ref()).map(|parts| {
                let [values, first, second] = parts.map(|numbers| {
                    let grid = grid(&layer, width);
                    let mut tiles = Aligned::zeros(grid.size());
                    grid.load(&numbers, &mut tiles);
                    tiles
                });
                Parameter::restored(values, [first, second], weight_steps)
            });
            let bias = parameter(&layer, |own| own.bias.as_ref()).map(|parts| {
                let [values, first, second] = parts.map(|numbers| {
                    let mut bias = zero_bias(&layer, width);
                    bias[..numbers.len()].copy_from_slice(&numbers);
                    bias
                });
                Parameter::restored(values, [first, second], bias_steps)
            });
            Dense { weight, bias }
        };
        self.layers = spec.layers().map(dense).collect();
        self.spec = spec;
        Ok(())
    }
}
