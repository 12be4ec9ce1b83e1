//! What a thread does for one panel: the products, the activation and its slope, and the steps of Adam.

use pulp::Simd;

use super::activation::{apply, multiply_by_slope};
use super::adam::{Adam, Factors};
use super::kernel::{DOT_ROWS, dots, outer, outer_transposed, rows_of, rows_of_mut};
use super::panels::Panels;
use super::threads::Job;
use crate::model::spec::Activation;

/// One panel of input · weight, where the panel of the output is a panel of the weights.
pub struct Product<'a> {
    pub input: &'a Panels,
    pub weight: &'a [f32],
    pub output: &'a mut [f32],
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
pub struct TransposedProduct<'a> {
    pub input: &'a Panels,
    pub weight: &'a Panels,
    pub index: usize,
    pub output: &'a mut [f32],
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
pub struct Finish<'a> {
    pub output: &'a mut [f32],
    pub bias: Option<&'a [f32]>,
    pub activation: Activation,
    /// Columns of a panel row.
    pub width: usize,
    /// Those of them that mean something, at most.
    pub columns: usize,
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
pub struct Slope<'a> {
    pub activation: Activation,
    pub outputs: &'a [f32],
    pub gradient: &'a mut [f32],
}

impl Job for Slope<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) {
        multiply_by_slope(self.activation, self.outputs, self.gradient);
    }
}

/// One panel's weight gradient, tile by tile in registers, and Adam's step with each tile.
pub struct WeightStep<'a> {
    /// Rows of the batch, padded.
    pub rows: usize,
    /// The layer's input, and the panel of the gradient at its output.
    pub own: (&'a Panels, &'a [f32]),
    /// The same of the layer that borrows these weights.
    pub borrowed: Option<(&'a Panels, &'a [f32])>,
    pub factors: Factors,
    /// The panel's weights and their two moments.
    pub parts: [&'a mut [f32]; 3],
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
pub struct BiasStep<'a> {
    pub gradients: &'a [f32],
    pub factors: Factors,
    /// The panel's biases and their two moments.
    pub parts: [&'a mut [f32]; 3],
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
