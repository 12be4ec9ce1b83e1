//! The layers and their passes, forward and backward, shared out panel by panel.

use super::adam::{Learned, Rate};
use super::jobs::{Backward, BiasStep, Factor, Forward, WeightStep};
use super::panels::Panels;
use super::tape::Tape;
use super::threads::{Shape, Threads};
use crate::model::spec::{Activation, LayerSpec, NetworkSpec};
use crate::model::weights::{LayerWeights, Weights};

/// A dense layer's own numbers.
#[derive(Debug, Clone)]
struct Dense {
    /// `[inputs, outputs]`; none where the mirror's serve, transposed.
    weight: Option<Learned>,
    /// `[1, outputs]`.
    bias: Option<Learned>,
}

/// The layers in the order of the data flow.
#[derive(Debug, Clone)]
pub struct Network {
    spec: NetworkSpec,
    layers: Vec<Dense>,
}

impl Network {
    /// Takes over `weights`, which must fit `spec`.
    pub fn new(spec: &NetworkSpec, weights: &Weights, shape: Shape) -> Self {
        let learned = |rows: usize, columns: usize, numbers: &[f32]| {
            let mut panels = Panels::zeros(rows, columns, shape.width);
            panels.load(numbers);
            Learned::new(panels)
        };
        let dense = |(layer, own): (LayerSpec, &LayerWeights)| Dense {
            weight: own.weight.as_ref().map(|numbers| {
                learned(
                    layer.inputs.next_multiple_of(shape.rows),
                    layer.outputs,
                    numbers,
                )
            }),
            bias: own
                .bias
                .as_ref()
                .map(|numbers| learned(1, layer.outputs, numbers)),
        };
        Self {
            spec: spec.clone(),
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
    pub fn set_bias(&mut self, layer: usize, on: bool, shape: Shape) {
        self.spec.set_bias(layer, on);
        let outputs = self.spec.layer(layer).outputs;
        self.layers[layer].bias = on.then(|| Learned::new(Panels::zeros(1, outputs, shape.width)));
    }

    /// The numbers, row-major.
    pub fn weights(&self) -> Weights {
        let numbers = |learned: &Learned, rows: usize| {
            let mut numbers = Vec::new();
            learned.values.unload(rows, &mut numbers);
            numbers
        };
        let own = |(index, dense): (usize, &Dense)| LayerWeights {
            weight: dense
                .weight
                .as_ref()
                .map(|weight| numbers(weight, self.spec.layer(index).inputs)),
            bias: dense.bias.as_ref().map(|bias| numbers(bias, 1)),
        };
        Weights {
            layers: self.layers.iter().enumerate().map(own).collect(),
        }
    }

    /// A layer's weights, and whether they are its own rather than its mirror's to be transposed.
    fn weight(&self, layer: usize) -> (&Panels, bool) {
        let own = self.layers[layer].weight.as_ref();
        let mirror = || self.layers[self.spec.mirror(layer)].weight.as_ref();
        let learned = own
            .or_else(mirror)
            .expect("an encoder layer owns its weights");
        (&learned.values, own.is_some())
    }

    /// Fills the tape with every layer's output; the last layer's activation is left out where the loss wants logits.
    pub fn forward(&self, tape: &mut Tape, activate_last: bool, threads: &Threads) {
        let rows = tape.rows();
        for layer in self.spec.layers() {
            let (before, after) = tape.values.split_at_mut(layer.index + 1);
            let (input, output) = (&before[layer.index], &mut after[0]);
            let (weight, own) = self.weight(layer.index);
            let bias = self.layers[layer.index]
                .bias
                .as_ref()
                .map(|bias| &bias.values);
            let last = layer.index + 1 == self.spec.len();
            let activation = if last && !activate_last {
                Activation::Linear
            } else {
                layer.activation
            };
            let size = output.panel_size();
            let work = rows * layer.inputs * layer.outputs;
            threads.each_panel(work, &mut output.values, size, |index, output| {
                threads.run(Forward {
                    input,
                    weight: factor(weight, index, own),
                    bias: bias.map(|bias| bias.panel(index)),
                    activation,
                    output: &mut output[..rows * weight.width],
                    columns: layer.outputs.saturating_sub(index * weight.width),
                });
            });
        }
    }

    /// Turns the gradient at the output into those of all layers, and lets Adam take a step with each as soon as nothing
    /// needs the old numbers any more.
    pub fn backward(&mut self, tape: &mut Tape, rate: Rate, threads: &Threads) {
        for index in (0..self.spec.len()).rev() {
            if index > 0 {
                self.input_gradient(index, tape, threads);
            }
            self.learn_weight(index, tape, rate, threads);
            self.learn_bias(index, tape, rate, threads);
        }
    }

    fn input_gradient(&self, index: usize, tape: &mut Tape, threads: &Threads) {
        let rows = tape.rows();
        let layer = self.spec.layer(index);
        let (weight, own) = self.weight(index);
        let (before, after) = tape.gradients.split_at_mut(index + 1);
        let (input, output) = (&after[0], &mut before[index]);
        let outputs = &tape.values[index];
        let activation = self.spec.layer(index - 1).activation;
        let size = output.panel_size();
        let work = rows * layer.inputs * layer.outputs;
        threads.each_panel(work, &mut output.values, size, |index, output| {
            let used = rows * weight.width;
            threads.run(Backward {
                gradient: input,
                weight: factor(weight, index, !own),
                activation,
                activated: &outputs.panel(index)[..used],
                output: &mut output[..used],
            });
        });
    }

    fn learn_weight(&mut self, index: usize, tape: &Tape, rate: Rate, threads: &Threads) {
        let rows = tape.rows();
        let layer = self.spec.layer(index);
        let mirror = self.spec.mirror(index);
        let tied = self.spec.tied();
        let Some(weight) = &mut self.layers[index].weight else {
            return;
        };
        let factors = weight.begin_step(rate);
        let (inputs, gradients) = (&tape.values[index], &tape.gradients[index + 1]);
        // Tied weights have a second gradient: the decoder's, with the two sides changed over.
        let borrowed = tied.then(|| (&tape.gradients[mirror + 1], &tape.values[mirror]));
        let size = weight.values.panel_size();
        let [first, second] = &mut weight.moments;
        let parts: [&mut [f32]; 3] = [&mut weight.values.values, first, second];
        threads.each_panel_of_3(
            rows * layer.inputs * layer.outputs,
            parts,
            size,
            |panel, parts| {
                threads.run(WeightStep {
                    rows,
                    own: (inputs, gradients.panel(panel)),
                    borrowed: borrowed.map(|(inputs, gradients)| (inputs, gradients.panel(panel))),
                    factors,
                    parts,
                });
            },
        );
    }

    fn learn_bias(&mut self, index: usize, tape: &Tape, rate: Rate, threads: &Threads) {
        let rows = tape.rows();
        let Some(bias) = &mut self.layers[index].bias else {
            return;
        };
        let factors = bias.begin_step(rate);
        let gradients = &tape.gradients[index + 1];
        let width = gradients.width;
        let [first, second] = &mut bias.moments;
        let parts: [&mut [f32]; 3] = [&mut bias.values.values, first, second];
        threads.each_panel_of_3(
            8 * rows * gradients.columns,
            parts,
            width,
            |panel, parts| {
                threads.run(BiasStep {
                    gradients: &gradients.panel(panel)[..rows * width],
                    factors,
                    parts,
                });
            },
        );
    }
}

/// What one panel of a product needs of the weights: as they lie, or turned.
fn factor(weight: &Panels, index: usize, upright: bool) -> Factor<'_> {
    if upright {
        Factor::Panel(weight.panel(index))
    } else {
        Factor::Rows(weight, index)
    }
}
