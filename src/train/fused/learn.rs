//! Weights learn, a group of tiles at a time, and while they are in the cache they serve two more purposes: before the step the
//! gradient goes on through them to the layer below, and after it the first layer's begin with the next batch.

use pulp::Simd;

use super::activation::multiply_by_slope;
use super::adam::Factors;
use super::panels::Panels;
use super::prefetch::{Cache, Memory, Residence, leaves_the_cache};
use super::product::{Transposed, add, add_to_squares, strip};
use super::step::{Lesson, Step};
use super::threads::Job;
use super::tiles::Grid;
use super::transpose::transpose_in_place;
use crate::model::spec::Activation;

/// How the gradient goes on through a group of weights to its panel of the layer's input.
pub struct Pass<'a> {
    /// The gradient at the layer's output transposed, where that is less work than to transpose the weights.
    pub transposed: Option<&'a Panels>,
    /// The activation before the layer, and what it gave.
    pub activation: Activation,
    pub activated: &'a [f32],
    /// Whole squares.
    pub output: &'a mut [f32],
}

/// The product of the batch to come with a group of weights, after their step.
pub struct Begin<'a> {
    pub batch: &'a Panels,
    pub output: &'a mut [f32],
}

/// What else is done with a group of weights.
pub enum Also<'a> {
    /// In the first layer nobody asks for the gradient of the data.
    Nothing,
    Pass(Pass<'a>),
    Begin(Begin<'a>),
}

/// One group of weights.
pub struct Learn<'a> {
    pub grid: Grid,
    pub group: usize,
    pub lesson: Lesson<'a>,
    pub also: Also<'a>,
    pub factors: Factors,
    /// The group's weights and their two moments.
    pub parts: [&'a mut [f32]; 3],
}

impl Job for Learn<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        if leaves_the_cache(self.grid.size()) {
            self.learn::<Memory, S, ROWS, VECTORS>(simd);
        } else {
            self.learn::<Cache, S, ROWS, VECTORS>(simd);
        }
    }
}

impl Learn<'_> {
    #[inline(always)]
    fn learn<P: Residence, S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) {
        let Self {
            grid,
            group,
            lesson,
            mut also,
            factors,
            mut parts,
        } = self;
        let (size, width) = (grid.tile_size(), grid.width);
        let strip = strip(width);
        // Blocks of a product with one tile, and of its step.
        let blocks = width / ROWS
            + match &also {
                Also::Nothing => 0,
                Also::Pass(pass) => pass.output.len() / (ROWS * width),
                Also::Begin(begin) => begin.output.len() / (ROWS * width),
            };
        let mut transposed = Transposed::new();
        let mut step = Step::<S, ROWS, VECTORS>::new(simd, factors);
        for first in (0..grid.tiles()).step_by(strip) {
            let count = strip.min(grid.tiles() - first);
            let [weight, moment_1, moment_2] = &mut parts;
            let (weight, a) = now_and_next(weight, first * size, count * size);
            let (moment_1, b) = now_and_next(moment_1, first * size, count * size);
            let (moment_2, c) = now_and_next(moment_2, first * size, count * size);
            let prefetch = &mut P::prefetch([a, b, c].into_iter(), blocks * count);
            if let Also::Pass(pass) = &mut also {
                let (weight, output) = (&*weight, &mut *pass.output);
                if let Some(a) = pass.transposed {
                    add_to_squares::<S, ROWS, VECTORS>(simd, a, first, weight, prefetch, output);
                } else {
                    let tiles = transposed.transpose(weight.chunks_exact(size), width);
                    let a = lesson.own.gradients;
                    add::<S, ROWS, VECTORS>(simd, a, first, tiles, prefetch, output);
                }
            }
            let tiles = weight
                .chunks_exact_mut(size)
                .zip(moment_1.chunks_exact_mut(size))
                .zip(moment_2.chunks_exact_mut(size));
            for (tile, ((weight, moment_1), moment_2)) in (first..).zip(tiles) {
                let panels = grid.panels(group, tile);
                step.tile(
                    &lesson,
                    panels,
                    grid,
                    prefetch,
                    [weight, moment_1, moment_2],
                );
            }
            if let Also::Begin(begin) = &mut also {
                let (a, output) = (begin.batch, &mut *begin.output);
                add::<S, ROWS, VECTORS>(simd, a, first, weight, prefetch, output);
            }
        }
        if let Also::Pass(pass) = also {
            if pass.transposed.is_some() {
                transpose_in_place(pass.output, grid.width);
            }
            let activated = S::as_simd_f32s(pass.activated).0;
            let output = S::as_mut_simd_f32s(pass.output).0;
            multiply_by_slope(simd, pass.activation, activated, output);
        }
    }
}

/// So many numbers from `first` on, and as many after them, where there are any.
#[inline(always)]
fn now_and_next(part: &mut [f32], first: usize, count: usize) -> (&mut [f32], &[f32]) {
    let (now, later) = part[first..].split_at_mut(count);
    let next = &later[..later.len().min(count)];
    (now, next)
}
