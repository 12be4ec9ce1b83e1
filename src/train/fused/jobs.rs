//! The jobs of a thread on one panel: a layer's product with what follows it, and the biases' step. `Job` is the word of
//! thread pools; a task is one call of a job on one chunk. A layer's own weights have their gradient and step in `learn`.

use pulp::Simd;

use super::activation::{apply, multiply_by_slope};
use super::adam::{Adam, Factors, part_rows};
use super::kernel::{rows_of, rows_of_mut};
use super::panels::Panels;
use super::product::{multiply, multiply_transposed};
use super::threads::Job;
use super::tiles::Tiles;
use crate::model::spec::Activation;

/// What a layer multiplies by.
#[derive(Clone, Copy)]
pub enum LayerWeight<'a> {
    Own(Tiles<'a>),
    /// The mirror layer's weights, to be transposed.
    Tied(Tiles<'a>),
    /// The output holds the product already: it was computed during the step before.
    Precomputed,
}

/// One panel of a layer's output: input · weights, plus the bias, activated.
pub struct Forward<'a> {
    pub input: &'a Panels,
    pub weight: LayerWeight<'a>,
    /// Which panel.
    pub panel: usize,
    pub bias: Option<&'a [f32]>,
    pub activation: Activation,
    pub output: &'a mut [f32],
    /// Columns of the panel that mean something, at most.
    pub columns: usize,
}

impl Job for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let Self {
            input,
            weight,
            panel,
            bias,
            activation,
            output,
            columns,
        } = self;
        let width = input.width;
        match weight {
            LayerWeight::Own(weight) => {
                multiply::<S, ROWS, VECTORS>(simd, input, weight, panel, output);
            }
            LayerWeight::Tied(weight) => {
                multiply_transposed::<S, ROWS, VECTORS>(simd, input, weight, panel, output);
            }
            LayerWeight::Precomputed => {}
        }
        if let Some(bias) = bias {
            let bias = rows_of::<S, VECTORS>(bias)[0];
            for row in rows_of_mut::<S, VECTORS>(output) {
                for j in 0..VECTORS {
                    row[j] = simd.add_f32s(row[j], bias[j]);
                }
            }
        }
        apply(simd, activation, S::as_mut_simd_f32s(output).0);
        // The sigmoid of nothing is a half; padding has to stay zero, or it would be learned from.
        if activation == Activation::Sigmoid && columns < width {
            for row in output.chunks_exact_mut(width) {
                row[columns..].fill(0.0);
            }
        }
    }
}

/// One panel of the gradient at the input of a layer with borrowed weights, passed on through the activation that made this
/// input.
pub struct Backward<'a> {
    /// The gradient at the layer's output.
    pub gradient: &'a Panels,
    pub weight: Tiles<'a>,
    /// Which panel.
    pub panel: usize,
    /// The activation before the layer, and what it gave.
    pub activation: Activation,
    pub activated: &'a [f32],
    pub output: &'a mut [f32],
}

impl Job for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        multiply::<S, ROWS, VECTORS>(simd, self.gradient, self.weight, self.panel, self.output);
        let activated = S::as_simd_f32s(self.activated).0;
        let output = S::as_mut_simd_f32s(self.output).0;
        multiply_by_slope(simd, self.activation, activated, output);
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
        let [bias, first, second] = part_rows::<S, VECTORS>(self.parts);
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
