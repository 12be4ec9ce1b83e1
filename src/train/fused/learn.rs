//! Weights learn, a group of tiles at a time: the gradient goes on through them to the layer below, and Adam takes a step
//! with their own, all while they are in the cache.

use pulp::Simd;

use super::activation::multiply_by_slope;
use super::adam::{Adam, Factors};
use super::kernel::{Block, outer_transposed, rows_of, rows_of_mut};
use super::panels::Panels;
use super::prefetch::Pace;
use super::product::{TURNED_DEPTH, Turned, add_to_squares, add_turned, zeros};
use super::threads::Job;
use super::tiles::Grid;
use super::turn::turn_in_place;
use crate::model::spec::Activation;

/// Rows of the batch that are taken at once: what is read of them (16 kB of the input and of the gradient each where panels
/// are widest) comes from the first-level cache for every block but the first.
const DEPTH: usize = 128;
/// Register blocks in a tile, at most.
const BLOCKS: usize = 4;

/// What meets in the gradient of a group of weights: its panel of a layer's input, and the gradient at the layer's output.
#[derive(Clone, Copy)]
pub struct Meeting<'a> {
    pub inputs: &'a [f32],
    pub gradients: &'a Panels,
}

/// How the gradient goes on through a group of weights to its panel of the layer's input.
pub struct Pass<'a> {
    /// The gradient at the layer's output turned, where that is less work than to turn the weights.
    pub turned: Option<&'a Panels>,
    /// The activation before the layer, and what it gave.
    pub activation: Activation,
    pub activated: &'a [f32],
    /// Whole squares.
    pub output: &'a mut [f32],
}

/// One group of weights.
pub struct Learn<'a> {
    pub grid: Grid,
    pub group: usize,
    /// Rows of the batch, padded.
    pub rows: usize,
    /// The layer's own, which goes on to the layer below.
    pub own: Meeting<'a>,
    /// That of the layer that borrows the weights, with its two sides changed over.
    pub borrowed: Option<Meeting<'a>>,
    /// None in the first layer: nobody asks for the gradient of the data.
    pub pass: Option<Pass<'a>>,
    pub factors: Factors,
    /// The group's weights and their two moments.
    pub parts: [&'a mut [f32]; 3],
}

impl Job for Learn<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let Self {
            grid,
            group,
            rows,
            own,
            borrowed,
            mut pass,
            factors,
            mut parts,
        } = self;
        let meetings = [Some(own), borrowed];
        let (size, stretch) = (grid.tile_size(), TURNED_DEPTH / grid.width);
        let blocks = grid.rows_of::<ROWS>(group) / ROWS;
        let mut turned = Turned::new();
        let mut step = Step::<S, ROWS, VECTORS> {
            simd,
            adam: Adam::new(simd, factors),
            sums: [zeros(simd); BLOCKS],
        };
        for first in (0..grid.panels()).step_by(stretch) {
            let length = stretch.min(grid.panels() - first) * size;
            let [(weight, a), (moment_1, b), (moment_2, c)] = parts
                .each_mut()
                .map(|part| part[first * size..].split_at_mut(length));
            // Asked for a little in every block, while the tiles before are computed with.
            let next = [a, b, c].map(|next| &next[..length.min(next.len())]);
            let asks = |times| {
                let pace = Pace::new(length, times, grid.size());
                move |time| next.iter().for_each(|next| pace.ask(next, time))
            };
            let passes = pass.is_some();
            if let Some(pass) = &mut pass {
                let ask = asks(pass.output.len() / (ROWS * grid.width));
                let (weight, output) = (&*weight, &mut *pass.output);
                if let Some(a) = pass.turned {
                    add_to_squares::<S, ROWS, VECTORS>(simd, a, first, weight, ask, output);
                } else {
                    let (a, turned) = (own.gradients, &mut turned);
                    add_turned::<S, ROWS, VECTORS>(simd, a, first, weight, turned, ask, output);
                }
            }
            let ask = asks(blocks * length / size);
            let tiles = weight
                .chunks_exact_mut(size)
                .zip(moment_1.chunks_exact_mut(size))
                .zip(moment_2.chunks_exact_mut(size));
            for (index, ((weight, moment_1), moment_2)) in tiles.enumerate() {
                let ask = |block| {
                    if !passes {
                        ask(index * blocks + block);
                    }
                };
                let parts = [weight, moment_1, moment_2];
                step.tile(&meetings, first + index, rows, blocks, ask, parts);
            }
        }
        if let Some(pass) = pass {
            if pass.turned.is_some() {
                turn_in_place(pass.output, grid.width);
            }
            let output = &mut pass.output[..pass.activated.len()];
            multiply_by_slope(pass.activation, pass.activated, output);
        }
    }
}

/// What steps tiles, one after the other.
struct Step<S: Simd, const ROWS: usize, const VECTORS: usize> {
    simd: S,
    adam: Adam<S>,
    /// Where a tile's gradient waits between two parts of a large batch.
    sums: [Block<S::f32s, ROWS, VECTORS>; BLOCKS],
}

impl<S: Simd, const ROWS: usize, const VECTORS: usize> Step<S, ROWS, VECTORS> {
    /// Sums the gradient of the tile that meets `panel` of the output, over the batch and over the layers that use it. Adam
    /// takes a step with each block as soon as its sum is whole. `meanwhile` is called with the number of each block.
    #[inline(always)]
    fn tile(
        &mut self,
        meetings: &[Option<Meeting<'_>>; 2],
        panel: usize,
        rows: usize,
        blocks: usize,
        meanwhile: impl Fn(usize),
        parts: [&mut [f32]; 3],
    ) {
        let mut parts = parts.map(|part| rows_of_mut::<S, VECTORS>(part));
        let meetings = || meetings.iter().flatten();
        for (index, meeting) in meetings().enumerate() {
            let width = meeting.gradients.width;
            let gradients = &rows_of::<S, VECTORS>(meeting.gradients.panel(panel))[..rows];
            for (from, gradients) in (0..).step_by(DEPTH).zip(gradients.chunks(DEPTH)) {
                let begins = index == 0 && from == 0;
                let ends = index + 1 == meetings().count() && from + DEPTH >= rows;
                for block in 0..blocks {
                    let mut sum = self.sums[block];
                    if begins {
                        meanwhile(block);
                        sum = zeros(self.simd);
                    }
                    let inputs = &meeting.inputs[from * width + block * ROWS..];
                    let sum = outer_transposed(self.simd, sum, inputs, width, gradients);
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
