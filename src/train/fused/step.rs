//! One tile's step: its gradient is summed in registers, a block at a time, and goes from there to Adam, so that it never lies
//! in memory.

use pulp::Simd;

use super::adam::{Adam, Factors, part_rows};
use super::kernel::{Block, outer_transposed, rows_of};
use super::panels::Panels;
use super::prefetch::Prefetch;
use super::product::zeros;
use super::tiles::Grid;

/// Rows of the batch that are taken at once: what is read of them (16 kB of the input and of the gradient each where panels
/// are widest) comes from the first-level cache for every block but the first.
const DEPTH: usize = 128;
/// Register blocks in a tile, at most.
const BLOCKS: usize = 4;

/// What meets in the gradient of a tile: a panel of a layer's input and one of the gradient at the layer's output, the rows
/// of the batch of each.
#[derive(Clone, Copy)]
pub struct Meeting<'a> {
    inputs: &'a [f32],
    gradients: &'a [f32],
}

/// A batch as a layer's weights see it: the layer's input, and the gradient at its output.
#[derive(Clone, Copy)]
pub struct Sides<'a> {
    pub inputs: &'a Panels,
    pub gradients: &'a Panels,
}

/// All that a layer's weights learn from.
#[derive(Clone, Copy)]
pub struct Lesson<'a> {
    /// Rows of the batch, padded.
    pub rows: usize,
    pub own: Sides<'a>,
    /// The layer that borrows the weights, with its two sides changed over.
    pub borrowed: Option<Sides<'a>>,
}

impl<'a> Lesson<'a> {
    /// What the tile learns from in which these panels meet.
    #[inline(always)]
    fn at(&self, input: usize, output: usize) -> [Option<Meeting<'a>>; 2] {
        let borrowed = self.borrowed.map(|sides| self.meet(sides, input, output));
        [Some(self.meet(self.own, input, output)), borrowed]
    }

    #[inline(always)]
    fn meet(&self, sides: Sides<'a>, input: usize, output: usize) -> Meeting<'a> {
        Meeting {
            inputs: sides.inputs.panel(input),
            gradients: &sides.gradients.panel(output)[..self.rows * sides.gradients.width],
        }
    }
}

/// What steps tiles, one after the other.
pub struct Step<S: Simd, const ROWS: usize, const VECTORS: usize> {
    simd: S,
    adam: Adam<S>,
    /// Columns of a panel.
    width: usize,
    /// Where a tile's gradient waits between two parts of a large batch.
    sums: [Block<S::f32s, ROWS, VECTORS>; BLOCKS],
}

impl<S: Simd, const ROWS: usize, const VECTORS: usize> Step<S, ROWS, VECTORS> {
    /// Ready for the first tile.
    #[inline(always)]
    pub fn new(simd: S, factors: Factors) -> Self {
        Self {
            simd,
            adam: Adam::new(simd, factors),
            width: VECTORS * S::F32_LANES,
            sums: [zeros(simd); BLOCKS],
        }
    }

    /// Sums the gradient of the tile in which two panels meet, over the batch and over the layers that use it. Adam takes a step
    /// with each block as soon as its sum is whole. Every block requests the lines that `prefetch` has due.
    #[inline(always)]
    pub fn tile<'s>(
        &mut self,
        lesson: &Lesson<'_>,
        (input, output): (usize, usize),
        grid: Grid,
        prefetch: &mut impl Prefetch<'s>,
        parts: [&mut [f32]; 3],
    ) {
        let (meetings, blocks) = (lesson.at(input, output), grid.rows_of::<ROWS>(input) / ROWS);
        let mut parts = part_rows::<S, VECTORS>(parts);
        let meetings = || meetings.iter().flatten();
        for (index, meeting) in meetings().enumerate() {
            let gradients = rows_of::<S, VECTORS>(meeting.gradients);
            let rows = gradients.len();
            for (from, gradients) in (0..).step_by(DEPTH).zip(gradients.chunks(DEPTH)) {
                let begins = index == 0 && from == 0;
                let ends = index + 1 == meetings().count() && from + DEPTH >= rows;
                for block in 0..blocks {
                    let mut sum = self.sums[block];
                    let mut due: &[_] = &[];
                    if begins {
                        due = prefetch.due();
                        sum = zeros(self.simd);
                    }
                    let inputs = &meeting.inputs[from * self.width + block * ROWS..];
                    let sum = outer_transposed(self.simd, sum, inputs, self.width, gradients, due);
                    if ends {
                        self.block(block, sum, &mut parts);
                    } else {
                        self.sums[block] = sum;
                    }
                }
            }
        }
    }

    /// Adam's step of one block of a tile.
    #[inline(always)]
    fn block(
        &self,
        block: usize,
        gradient: Block<S::f32s, ROWS, VECTORS>,
        [weight, moment_1, moment_2]: &mut [&mut [[S::f32s; VECTORS]]; 3],
    ) {
        for i in 0..ROWS {
            let at = block * ROWS + i;
            let (w, m, v) = (&mut weight[at], &mut moment_1[at], &mut moment_2[at]);
            for j in 0..VECTORS {
                let gradient = gradient[i][j];
                self.adam
                    .step(self.simd, gradient, &mut w[j], &mut m[j], &mut v[j]);
            }
        }
    }
}
