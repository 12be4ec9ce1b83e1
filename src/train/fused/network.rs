//! The layers, and their pass forward, shared out panel by panel.

use super::adam::Parameter;
use super::chunks::Chunks;
use super::jobs::{Forward, LayerWeight};
use super::panels::Aligned;
use super::prefetch::leaves_the_cache;
use super::threads::{Shape, Threads};
use super::tiles::{Grid, Side, Tiles};
use super::workspace::Workspace;
use crate::model::spec::{Activation, LayerSpec, NetworkSpec};
use crate::model::weights::{LayerWeights, Weights};

/// A dense layer's own numbers.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    /// `[inputs, outputs]` in tiles; none where the mirror's serve, transposed.
    pub(super) weight: Option<Parameter>,
    /// `[outputs]`, padded to whole panels.
    pub(super) bias: Option<Parameter>,
}

/// The layers in the order of the data flow.
#[derive(Debug, Clone)]
pub struct Network {
    pub(super) spec: NetworkSpec,
    /// Columns of a panel, and the side of a tile.
    pub(super) width: usize,
    pub(super) layers: Vec<Dense>,
}

impl Network {
    /// Takes over `weights`, which must fit `spec`.
    pub fn new(spec: &NetworkSpec, weights: &Weights, shape: Shape) -> Self {
        let width = shape.width;
        let dense = |(layer, own): (LayerSpec, &LayerWeights)| Dense {
            weight: own.weight.as_ref().map(|numbers| {
                let grid = grid(&layer, width);
                let mut tiles = Aligned::zeros(grid.size());
                grid.load(numbers, &mut tiles);
                Parameter::new(tiles)
            }),
            bias: own.bias.as_ref().map(|numbers| {
                let mut bias = zero_bias(&layer, width);
                bias[..numbers.len()].copy_from_slice(numbers);
                Parameter::new(bias)
            }),
        };
        Self {
            spec: spec.clone(),
            width,
            layers: spec.layers().zip(&weights.layers).map(dense).collect(),
        }
    }

    /// A copy without moments.
    pub fn frozen(&self) -> Self {
        let frozen = |dense: &Dense| Dense {
            weight: dense.weight.as_ref().map(Parameter::frozen),
            bias: dense.bias.as_ref().map(Parameter::frozen),
        };
        Self {
            spec: self.spec.clone(),
            width: self.width,
            layers: self.layers.iter().map(frozen).collect(),
        }
    }

    /// The plan as it now stands.
    pub fn spec(&self) -> &NetworkSpec {
        &self.spec
    }

    /// Columns of the data.
    pub fn inputs(&self) -> usize {
        self.spec.inputs()
    }

    /// Multiply-adds of a pass forward over `rows`.
    pub fn work(&self, rows: usize) -> usize {
        let weights = |layer: LayerSpec| layer.inputs * layer.outputs;
        rows * self.spec.layers().map(weights).sum::<usize>()
    }

    /// Drops a bias, or adds one of zeros with fresh moments.
    pub fn set_bias(&mut self, layer: usize, on: bool) {
        self.spec.set_bias(layer, on);
        let zeros = || Parameter::new(zero_bias(&self.spec.layer(layer), self.width));
        self.layers[layer].bias = on.then(zeros);
    }

    /// The numbers, row-major.
    pub fn weights(&self) -> Weights {
        self.each(|parameter| &parameter.values)
    }

    /// One kind of what every parameter has, row-major.
    pub(super) fn each(&self, of: impl Fn(&Parameter) -> &Aligned) -> Weights {
        let own = |(layer, dense): (LayerSpec, &Dense)| LayerWeights {
            weight: dense
                .weight
                .as_ref()
                .map(|weight| grid(&layer, self.width).unload(of(weight))),
            bias: dense
                .bias
                .as_ref()
                .map(|bias| of(bias)[..layer.outputs].to_vec()),
        };
        Weights {
            layers: self.spec.layers().zip(&self.layers).map(own).collect(),
        }
    }

    /// A layer's own weights, or its mirror's, which are to be transposed.
    pub(super) fn weight(&self, layer: usize) -> LayerWeight<'_> {
        let tiles = |layer: usize| {
            let learned = self.layers[layer].weight.as_ref()?;
            Some(Tiles {
                grid: grid(&self.spec.layer(layer), self.width),
                values: &learned.values,
            })
        };
        match tiles(layer) {
            Some(own) => LayerWeight::Own(own),
            None => LayerWeight::Tied(
                tiles(self.spec.mirror(layer)).expect("an encoder layer owns its weights"),
            ),
        }
    }

    /// Whether the first layer's weights are worth being multiplied with the next batch when they come from memory to learn:
    /// not where a batch of so many `rows` leaves the cache itself, since every group of weights passes over both.
    pub fn looks_ahead(&self, rows: usize) -> bool {
        leaves_the_cache(grid(&self.spec.layer(0), self.width).size())
            && !leaves_the_cache(rows * self.inputs())
    }

    /// Fills the workspace with every layer's output; the last layer's activation is left out where the loss wants logits.
    pub fn forward(&self, workspace: &mut Workspace, activate_last: bool, threads: &Threads) {
        self.pass(workspace, self.spec.len(), activate_last, threads);
    }

    /// The same for the first `layers` of them.
    pub fn pass(
        &self,
        workspace: &mut Workspace,
        layers: usize,
        activate_last: bool,
        threads: &Threads,
    ) {
        let rows = workspace.rows();
        for layer in self.spec.layers().take(layers) {
            let weight = if layer.index == 0 && workspace.precomputed {
                LayerWeight::Precomputed
            } else {
                self.weight(layer.index)
            };
            let (before, after) = workspace.values.split_at_mut(layer.index + 1);
            let (input, output) = (&before[layer.index], &mut after[0]);
            let bias = self.layers[layer.index].bias.as_ref();
            let last = layer.index + 1 == self.spec.len();
            let activation = if last && !activate_last {
                Activation::Linear
            } else {
                layer.activation
            };
            let (size, width) = (output.panel_size(), self.width);
            let work = rows * layer.inputs * layer.outputs;
            let panels = Chunks::of(&mut output.values, size);
            threads.each(work, panels, |panel, output| {
                threads.run(Forward {
                    input,
                    weight,
                    panel,
                    bias: bias.map(|bias| &bias.values[panel * width..][..width]),
                    activation,
                    output: &mut output[..rows * width],
                    columns: layer.outputs - panel * width,
                });
            });
        }
    }
}

/// How a layer's own weights lie.
pub(super) fn grid(layer: &LayerSpec, width: usize) -> Grid {
    // The first layer passes no gradient on, so its tiles may lie as the product with the next batch wants them.
    let grouped = if layer.index == 0 {
        Side::Output
    } else {
        Side::Input
    };
    Grid::new(layer.inputs, layer.outputs, width, grouped)
}

pub(super) fn zero_bias(layer: &LayerSpec, width: usize) -> Aligned {
    Aligned::zeros(layer.outputs.next_multiple_of(width))
}
