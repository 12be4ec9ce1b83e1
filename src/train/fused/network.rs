//! The layers and their passes, forward and backward, shared out panel by panel.

use rayon::prelude::*;

use super::adam::{Learned, Rate};
use super::jobs::{Backward, BiasStep, Factor, Forward};
use super::learn::{Learn, Meeting, Pass};
use super::panels::Aligned;
use super::tape::Tape;
use super::threads::{Shape, Threads};
use super::tiles::{Grid, Tiles};
use crate::model::spec::{Activation, LayerSpec, NetworkSpec};
use crate::model::weights::{LayerWeights, Weights};

/// A dense layer's own numbers.
#[derive(Debug, Clone)]
struct Dense {
    /// `[inputs, outputs]` in tiles; none where the mirror's serve, transposed.
    weight: Option<Learned>,
    /// `[outputs]`, padded to whole panels.
    bias: Option<Learned>,
}

/// The layers in the order of the data flow.
#[derive(Debug, Clone)]
pub struct Network {
    spec: NetworkSpec,
    /// Columns of a panel, and the side of a tile.
    width: usize,
    layers: Vec<Dense>,
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
                Learned::new(tiles)
            }),
            bias: own.bias.as_ref().map(|numbers| {
                let mut bias = zero_bias(&layer, width);
                bias[..numbers.len()].copy_from_slice(numbers);
                Learned::new(bias)
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
            weight: dense.weight.as_ref().map(Learned::frozen),
            bias: dense.bias.as_ref().map(Learned::frozen),
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

    /// Multiply-adds of a forward pass over `rows`.
    pub fn work(&self, rows: usize) -> usize {
        rows * self
            .spec
            .layers()
            .map(|layer| layer.inputs * layer.outputs)
            .sum::<usize>()
    }

    /// Drops a bias, or adds one of zeros with fresh moments.
    pub fn set_bias(&mut self, layer: usize, on: bool) {
        self.spec.set_bias(layer, on);
        let zeros = || Learned::new(zero_bias(&self.spec.layer(layer), self.width));
        self.layers[layer].bias = on.then(zeros);
    }

    /// The numbers, row-major.
    pub fn weights(&self) -> Weights {
        let own = |(layer, dense): (LayerSpec, &Dense)| LayerWeights {
            weight: dense
                .weight
                .as_ref()
                .map(|weight| grid(&layer, self.width).unload(&weight.values)),
            bias: dense
                .bias
                .as_ref()
                .map(|bias| bias.values[..layer.outputs].to_vec()),
        };
        Weights {
            layers: self.spec.layers().zip(&self.layers).map(own).collect(),
        }
    }

    /// A layer's own weights, or its mirror's, which are to be transposed.
    fn weight(&self, layer: usize) -> Factor<'_> {
        let tiles = |layer: usize| {
            let learned = self.layers[layer].weight.as_ref()?;
            Some(Tiles {
                grid: grid(&self.spec.layer(layer), self.width),
                values: &learned.values,
            })
        };
        match tiles(layer) {
            Some(own) => Factor::Own(own),
            None => Factor::Borrowed(
                tiles(self.spec.mirror(layer)).expect("an encoder layer owns its weights"),
            ),
        }
    }

    /// Fills the tape with every layer's output; the last layer's activation is left out where the loss wants logits.
    pub fn forward(&self, tape: &mut Tape, activate_last: bool, threads: &Threads) {
        let rows = tape.rows();
        for layer in self.spec.layers() {
            let weight = self.weight(layer.index);
            let (before, after) = tape.values.split_at_mut(layer.index + 1);
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
            let panels = output.values.par_chunks_mut(size);
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

    /// Turns the gradient at the output into those of all layers, and lets Adam take a step with each as soon as nothing
    /// needs the old numbers any more.
    pub fn backward(&mut self, tape: &mut Tape, rate: Rate, threads: &Threads) {
        for index in (0..self.spec.len()).rev() {
            match self.weight(index) {
                Factor::Borrowed(weight) => self.pass_on(index, weight, tape, threads),
                Factor::Own(_) => self.learn_weight(index, tape, rate, threads),
            }
            self.learn_bias(index, tape, rate, threads);
        }
    }

    /// The gradient at the input of a layer that borrows its weights.
    fn pass_on(&self, index: usize, weight: Tiles<'_>, tape: &mut Tape, threads: &Threads) {
        let rows = tape.rows();
        let (before, after) = tape.gradients.split_at_mut(index + 1);
        let (gradient, output) = (&after[0], &mut before[index]);
        let outputs = &tape.values[index];
        let activation = self.spec.layer(index - 1).activation;
        let size = output.panel_size();
        let used = rows * self.width;
        let panels = output.values.par_chunks_mut(size);
        let work = rows * weight.grid.rows * weight.grid.columns;
        threads.each(work, panels, |panel, output| {
            threads.run(Backward {
                gradient,
                weight,
                panel,
                activation,
                activated: &outputs.panel(panel)[..used],
                output: &mut output[..used],
            });
        });
    }

    /// The gradient at the input of a layer with weights of its own, but for the first, and a step of these weights.
    fn learn_weight(&mut self, index: usize, tape: &mut Tape, rate: Rate, threads: &Threads) {
        let rows = tape.rows();
        let layer = self.spec.layer(index);
        // The batch has to be turned, and what comes of it turned back.
        let turns = rows * (layer.inputs + layer.outputs) < layer.inputs * layer.outputs;
        if turns && index > 0 {
            tape.turn_gradients(index, threads);
        }
        let before = self.spec.layers().take(index).last();
        let (tied, mirror) = (self.spec.tied(), self.spec.mirror(index));
        let Some(weight) = &mut self.layers[index].weight else {
            return;
        };
        let factors = weight.begin_step(rate);
        let Tape {
            values,
            gradients,
            turned,
            ..
        } = tape;
        let (inputs, (passed, gradients)) = (&values[index], gradients.split_at_mut(index + 1));
        let passed = &mut passed[index];
        let grid = grid(&layer, self.width);
        let learn = |group, parts, pass| {
            let own = Meeting {
                inputs: inputs.panel(group),
                gradients: &gradients[0],
            };
            // Tied weights have a second gradient: the decoder's, with the two sides changed over.
            let borrowed = tied.then(|| Meeting {
                inputs: gradients[mirror - index].panel(group),
                gradients: &values[mirror],
            });
            threads.run(Learn {
                grid,
                group,
                rows,
                own,
                borrowed,
                pass,
                factors,
                parts,
            });
        };
        let work = rows * layer.inputs * layer.outputs;
        let (parts, size) = (weight.parts(grid.group_size()), passed.panel_size());
        match before {
            None => threads.each(work, parts, |group, parts| learn(group, parts, None)),
            Some(before) => {
                let squares = rows.next_multiple_of(self.width) * self.width;
                let panels = parts.zip(passed.values.par_chunks_mut(size));
                threads.each(2 * work, panels, |group, (parts, output)| {
                    let pass = Pass {
                        turned: turns.then_some(&*turned),
                        activation: before.activation,
                        activated: &inputs.panel(group)[..rows * self.width],
                        output: &mut output[..squares],
                    };
                    learn(group, parts, Some(pass));
                });
            }
        }
    }

    fn learn_bias(&mut self, index: usize, tape: &Tape, rate: Rate, threads: &Threads) {
        let rows = tape.rows();
        let Some(bias) = &mut self.layers[index].bias else {
            return;
        };
        let factors = bias.begin_step(rate);
        let (gradients, width) = (&tape.gradients[index + 1], self.width);
        let work = 8 * rows * gradients.columns;
        threads.each(work, bias.parts(width), |panel, parts| {
            threads.run(BiasStep {
                gradients: &gradients.panel(panel)[..rows * width],
                factors,
                parts,
            });
        });
    }
}

/// How a layer's own weights lie.
fn grid(layer: &LayerSpec, width: usize) -> Grid {
    Grid {
        rows: layer.inputs,
        columns: layer.outputs,
        width,
    }
}

fn zero_bias(layer: &LayerSpec, width: usize) -> Aligned {
    Aligned::zeros(layer.outputs.next_multiple_of(width))
}
