//! The layers and their passes: forward, backward, and the jobs that a thread does for one panel.

use pulp::Simd;

use super::activation::{apply, multiply_by_slope};
use super::adam::{Adam, Factors, Learned, Rate};
use super::kernel::{DOT_ROWS, dots, outer, outer_transposed, rows_of, rows_of_mut};
use super::panels::Panels;
use super::tape::Tape;
use super::threads::{Job, Shape, Threads};
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
                let bias = bias.map(|bias| bias.panel(index));
                let output = &mut output[..rows * weight.width];
                if own {
                    threads.run(Product {
                        input,
                        weight: weight.panel(index),
                        output,
                    });
                } else {
                    threads.run(TransposedProduct {
                        input,
                        weight,
                        index,
                        output,
                    });
                }
                let columns = layer.outputs.saturating_sub(index * weight.width);
                threads.run(Finish {
                    output,
                    bias,
                    activation,
                    width: weight.width,
                    columns,
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
        threads.each_panel(work, &mut output.values, size, |panel, gradient| {
            let gradient = &mut gradient[..rows * weight.width];
            if own {
                threads.run(TransposedProduct {
                    input,
                    weight,
                    index: panel,
                    output: gradient,
                });
            } else {
                threads.run(Product {
                    input,
                    weight: weight.panel(panel),
                    output: gradient,
                });
            }
            threads.run(Slope {
                activation,
                outputs: &outputs.panel(panel)[..rows * weight.width],
                gradient,
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

/// One panel of input · weight, where the panel of the output is a panel of the weights.
struct Product<'a> {
    input: &'a Panels,
    weight: &'a [f32],
    output: &'a mut [f32],
}

impl Job for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let Self {
            input,
            weight,
            output,
        } = self;
        let width = input.width;
        let weight = rows_of::<S, VECTORS>(weight);
        for (block, output) in rows_of_mut::<S, VECTORS>(output)
            .chunks_exact_mut(ROWS)
            .enumerate()
        {
            let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
            for (panel, first) in (0..input.columns).step_by(width).enumerate() {
                let rows = &input.panel(panel)[block * ROWS * width..][..ROWS * width];
                let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &rows[row * width..][..width]);
                let length = width.min(input.columns - first);
                sums = outer(simd, sums, rows, &weight[first..first + length]);
            }
            output.copy_from_slice(&sums);
        }
    }
}

/// One panel of input · weightᵀ, where the panel of the output is a stretch of the weights' rows.
struct TransposedProduct<'a> {
    input: &'a Panels,
    weight: &'a Panels,
    index: usize,
    output: &'a mut [f32],
}

impl Job for TransposedProduct<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let Self {
            input,
            weight,
            index,
            output,
        } = self;
        let width = weight.width;
        let first = index * width;
        // Padding rows of the weights are zeros, and there are whole groups of them.
        let count = width.min(weight.rows - first);
        let panels = input.columns.div_ceil(width);
        for group in (0..count).step_by(DOT_ROWS) {
            for (row, output) in (0..)
                .step_by(DOT_ROWS)
                .zip(output.chunks_exact_mut(DOT_ROWS * width))
            {
                let mut sums = [[simd.splat_f32s(0.0); DOT_ROWS]; DOT_ROWS];
                for panel in 0..panels {
                    let a = &input.panel(panel)[row * width..][..DOT_ROWS * width];
                    let b = &weight.panel(panel)[(first + group) * width..][..DOT_ROWS * width];
                    sums = dots(
                        simd,
                        sums,
                        rows_of::<S, VECTORS>(a),
                        rows_of::<S, VECTORS>(b),
                    );
                }
                for (sums, output) in sums.iter().zip(output.chunks_exact_mut(width)) {
                    for (sum, number) in sums.iter().zip(&mut output[group..]) {
                        *number = simd.reduce_sum_f32s(*sum);
                    }
                }
            }
        }
    }
}

/// Adds the bias and applies the activation to one panel of sums.
struct Finish<'a> {
    output: &'a mut [f32],
    bias: Option<&'a [f32]>,
    activation: Activation,
    /// Columns of a panel row.
    width: usize,
    /// Those of them that mean something, at most.
    columns: usize,
}

impl Job for Finish<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) {
        let Self {
            output,
            bias,
            activation,
            width,
            columns,
        } = self;
        if let Some(bias) = bias {
            for row in output.chunks_exact_mut(width) {
                row.iter_mut()
                    .zip(bias)
                    .for_each(|(sum, bias)| *sum += bias);
            }
        }
        apply(activation, output);
        // The sigmoid of nothing is a half; padding has to stay zero, or it would be learned from.
        if columns < width {
            for row in output.chunks_exact_mut(width) {
                row[columns..].fill(0.0);
            }
        }
    }
}

/// Multiplies one panel of gradients by the slope of the activation whose output is given.
struct Slope<'a> {
    activation: Activation,
    outputs: &'a [f32],
    gradient: &'a mut [f32],
}

impl Job for Slope<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) {
        multiply_by_slope(self.activation, self.outputs, self.gradient);
    }
}

/// One panel's weight gradient, tile by tile in registers, and Adam's step with each tile.
struct WeightStep<'a> {
    /// Rows of the batch, padded.
    rows: usize,
    /// The layer's input, and the panel of the gradient at its output.
    own: (&'a Panels, &'a [f32]),
    /// The same of the layer that borrows these weights.
    borrowed: Option<(&'a Panels, &'a [f32])>,
    factors: Factors,
    /// The panel's weights and their two moments.
    parts: [&'a mut [f32]; 3],
}

impl Job for WeightStep<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let Self {
            rows,
            own,
            borrowed,
            factors,
            parts,
        } = self;
        let adam = Adam::new(simd, factors);
        let [weight, first, second] = parts.map(|part| rows_of_mut::<S, VECTORS>(part));
        let tiles = weight
            .chunks_exact_mut(ROWS)
            .zip(first.chunks_exact_mut(ROWS))
            .zip(second.chunks_exact_mut(ROWS));
        for (tile, ((weight, first), second)) in tiles.enumerate() {
            let mut gradient = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
            for (inputs, gradients) in [Some(own), borrowed].into_iter().flatten() {
                let width = inputs.width;
                let (panel, column) = (tile * ROWS / width, tile * ROWS % width);
                let columns = &inputs.panel(panel)[column..];
                gradient = outer_transposed(
                    simd,
                    gradient,
                    columns,
                    width,
                    &rows_of::<S, VECTORS>(gradients)[..rows],
                );
            }
            for i in 0..ROWS {
                for j in 0..VECTORS {
                    adam.step(
                        simd,
                        gradient[i][j],
                        &mut weight[i][j],
                        &mut first[i][j],
                        &mut second[i][j],
                    );
                }
            }
        }
    }
}

/// One panel's bias gradient, the column sums, and Adam's step with it.
struct BiasStep<'a> {
    gradients: &'a [f32],
    factors: Factors,
    /// The panel's biases and their two moments.
    parts: [&'a mut [f32]; 3],
}

impl Job for BiasStep<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let adam = Adam::new(simd, self.factors);
        let [bias, first, second] = self.parts.map(|part| rows_of_mut::<S, VECTORS>(part));
        let mut gradient = [simd.splat_f32s(0.0); VECTORS];
        for row in rows_of::<S, VECTORS>(self.gradients) {
            for j in 0..VECTORS {
                gradient[j] = simd.add_f32s(gradient[j], row[j]);
            }
        }
        for j in 0..VECTORS {
            adam.step(
                simd,
                gradient[j],
                &mut bias[0][j],
                &mut first[0][j],
                &mut second[0][j],
            );
        }
    }
}
