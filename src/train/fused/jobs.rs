//! What a thread does for one panel: a layer's product with what follows it, and the steps of Adam.

use pulp::Simd;

use super::activation::{apply, multiply_by_slope};
use super::adam::{Adam, Factors};
use super::kernel::{Block, outer, outer_transposed, rows_of, rows_of_mut};
use super::panels::{LINE, Panels};
use super::threads::Job;
use crate::model::spec::Activation;

/// How much of the inner dimension is taken at once: so many rows of a panel (16 kB where it is widest) stay in the
/// first-level cache while everything that needs them passes by. A multiple of every panel's width.
const DEPTH: usize = 128;
/// The same where the rows have to be turned first.
const TURNED_DEPTH: usize = 64;
/// The widest panel.
const WIDEST: usize = 32;
/// Register blocks in a panel's width, at most.
const TILES: usize = 4;

/// The side of a product that belongs to one panel of the output.
#[derive(Clone, Copy)]
pub enum Factor<'a> {
    /// A panel of the weights.
    Panel(&'a [f32]),
    /// A stretch of the weights' rows, as columns: that of the output's panel with this index.
    Rows(&'a Panels, usize),
}

/// One panel of a layer's output: input · weights, plus the bias, activated.
pub struct Forward<'a> {
    pub input: &'a Panels,
    pub weight: Factor<'a>,
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
            bias,
            activation,
            output,
            columns,
        } = self;
        let width = input.width;
        multiply::<S, ROWS, VECTORS>(simd, input, weight, output);
        if let Some(bias) = bias {
            for row in output.chunks_exact_mut(width) {
                row.iter_mut()
                    .zip(bias)
                    .for_each(|(sum, bias)| *sum += bias);
            }
        }
        apply(activation, output);
        // The sigmoid of nothing is a half; padding has to stay zero, or it would be learned from.
        if activation == Activation::Sigmoid && columns < width {
            for row in output.chunks_exact_mut(width) {
                row[columns..].fill(0.0);
            }
        }
    }
}

/// One panel of the gradient at a layer's input, passed on through the activation that made this input.
pub struct Backward<'a> {
    /// The gradient at the layer's output.
    pub gradient: &'a Panels,
    pub weight: Factor<'a>,
    /// The activation before the layer, and what it gave.
    pub activation: Activation,
    pub activated: &'a [f32],
    pub output: &'a mut [f32],
}

impl Job for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        multiply::<S, ROWS, VECTORS>(simd, self.gradient, self.weight, self.output);
        multiply_by_slope(self.activation, self.activated, self.output);
    }
}

/// One panel of a · factor, a stretch of the inner dimension after the other.
#[inline(always)]
fn multiply<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &Panels,
    factor: Factor<'_>,
    output: &mut [f32],
) {
    let output = rows_of_mut::<S, VECTORS>(output);
    match factor {
        Factor::Panel(panel) => {
            let panel = &rows_of::<S, VECTORS>(panel)[..a.columns];
            for (first, stretch) in (0..).step_by(DEPTH).zip(panel.chunks(DEPTH)) {
                add_stretch::<S, ROWS, VECTORS>(simd, a, first, stretch, output);
            }
        }
        Factor::Rows(weight, index) => {
            let mut turned = Turned([0.0; TURNED_DEPTH * WIDEST]);
            for first in (0..a.columns).step_by(TURNED_DEPTH) {
                let depth = TURNED_DEPTH.min(a.columns - first);
                turned.turn(
                    weight,
                    index,
                    first / weight.width,
                    depth.div_ceil(weight.width),
                );
                let stretch = &rows_of::<S, VECTORS>(&turned.0)[..depth];
                add_stretch::<S, ROWS, VECTORS>(simd, a, first, stretch, output);
            }
        }
    }
}

/// output += a · stretch, where the stretch begins at row `first` of the inner dimension; the first one sets.
#[inline(always)]
fn add_stretch<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &Panels,
    first: usize,
    stretch: &[[S::f32s; VECTORS]],
    output: &mut [[S::f32s; VECTORS]],
) {
    let width = a.width;
    for (block, output) in output.chunks_exact_mut(ROWS).enumerate() {
        let mut sums = zeros::<S, ROWS, VECTORS>(simd);
        if first > 0 {
            sums.copy_from_slice(output);
        }
        for (panel, part) in (first / width..).zip(stretch.chunks(width)) {
            let rows = &a.panel(panel)[block * ROWS * width..][..ROWS * width];
            sums = outer(simd, sums, rows, part);
        }
        output.copy_from_slice(&sums);
    }
}

#[inline(always)]
fn zeros<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
) -> Block<S::f32s, ROWS, VECTORS> {
    [[simd.splat_f32s(0.0); VECTORS]; ROWS]
}

/// Some of the weights with rows and columns changed over, as rows of a panel.
#[repr(align(64))]
struct Turned([f32; TURNED_DEPTH * WIDEST]);

impl Turned {
    /// Takes the rows that are panel `index` when turned, of so many panels of the weights from `first` on. What lies
    /// beyond the last row stays zero.
    #[inline(always)]
    fn turn(&mut self, weight: &Panels, index: usize, first: usize, panels: usize) {
        let width = weight.width;
        let top = index * width;
        let count = width.min(weight.rows - top);
        for (panel, target) in (first..first + panels).zip(self.0.chunks_exact_mut(width * width)) {
            let source = &weight.panel(panel)[top * width..][..count * width];
            for (row, line) in source.chunks_exact(width).enumerate() {
                // By whole lines, which the compiler unrolls.
                let pieces = line.chunks_exact(LINE);
                for (piece, target) in pieces.zip(target.chunks_exact_mut(LINE * width)) {
                    for i in 0..LINE {
                        target[i * width + row] = piece[i];
                    }
                }
            }
        }
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
        let used = own.0.columns.next_multiple_of(ROWS);
        let [weight, first, second] =
            parts.map(|part| &mut rows_of_mut::<S, VECTORS>(part)[..used]);
        let width = own.0.width;
        let groups = weight
            .chunks_mut(width)
            .zip(first.chunks_mut(width))
            .zip(second.chunks_mut(width));
        let sources = 1 + usize::from(borrowed.is_some());
        for (group, ((weight, first), second)) in groups.enumerate() {
            let tiles = weight.len() / ROWS;
            let mut gradient = [zeros::<S, ROWS, VECTORS>(simd); TILES];
            for (source, (inputs, gradients)) in
                [Some(own), borrowed].into_iter().flatten().enumerate()
            {
                let inputs = inputs.panel(group);
                let gradients = &rows_of::<S, VECTORS>(gradients)[..rows];
                for (from, gradients) in (0..).step_by(DEPTH).zip(gradients.chunks(DEPTH)) {
                    let last = source + 1 == sources && from + DEPTH >= rows;
                    for tile in 0..tiles {
                        let columns = &inputs[from * width + tile * ROWS..];
                        let sums =
                            outer_transposed(simd, gradient[tile], columns, width, gradients);
                        if !last {
                            gradient[tile] = sums;
                            continue;
                        }
                        for i in 0..ROWS {
                            let at = tile * ROWS + i;
                            for j in 0..VECTORS {
                                adam.step(
                                    simd,
                                    sums[i][j],
                                    &mut weight[at][j],
                                    &mut first[at][j],
                                    &mut second[at][j],
                                );
                            }
                        }
                    }
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
