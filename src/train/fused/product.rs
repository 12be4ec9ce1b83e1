//! The two products of a layer, each for one panel of what comes out: a · W, and a · Wᵀ.
//!
//! The second has two forms. The tiles of W are transposed a few at a time, and from there on it is the first. Or the batch a is
//! transposed, W · aᵀ computed, and the result transposed back: that is less work where the weights are large beside the batch.

use std::mem::MaybeUninit;

use pulp::Simd;

use super::kernel::{Block, outer, rows_of, rows_of_mut};
use super::panels::Panels;
use super::prefetch::{Cache, Memory, Prefetch, Residence, leaves_the_cache};
use super::tiles::Tiles;
use super::transpose::transpose;

/// How much of the inner dimension is taken at once: the tiles of a panel that are so deep (16 kB where it is widest) stay
/// in the first-level cache while the rows of the batch pass by. A multiple of every panel's width.
const DEPTH: usize = 128;

/// Numbers of the tiles that are transposed, or learn, at once: one of the widest, or a few smaller ones.
const STRIP: usize = 1024;

/// As many tiles.
pub fn strip(width: usize) -> usize {
    STRIP / (width * width)
}

/// A block before anything is added.
#[inline(always)]
pub fn zeros<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
) -> Block<S::f32s, ROWS, VECTORS> {
    [[simd.splat_f32s(0.0); VECTORS]; ROWS]
}

/// One panel of a · W, whole blocks of rows of it.
#[inline(always)]
pub fn multiply<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &Panels,
    weight: Tiles<'_>,
    panel: usize,
    output: &mut [f32],
) {
    if leaves_the_cache(weight.values.len()) {
        multiply_from::<Memory, S, ROWS, VECTORS>(simd, a, weight, panel, output);
    } else {
        multiply_from::<Cache, S, ROWS, VECTORS>(simd, a, weight, panel, output);
    }
}

#[inline(always)]
fn multiply_from<P: Residence, S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &Panels,
    weight: Tiles<'_>,
    panel: usize,
    output: &mut [f32],
) {
    let (grid, width, strip) = (weight.grid, a.width, DEPTH / a.width);
    let output = rows_of_mut::<S, VECTORS>(output);
    for first in (0..grid.down()).step_by(strip) {
        let inputs = first..grid.down().min(first + strip);
        let next = inputs
            .clone()
            .map(|input| weight.tile_after(input + strip, panel));
        let mut prefetch = P::prefetch(next, inputs.len() * output.len() / ROWS);
        for (block, output) in output.chunks_exact_mut(ROWS).enumerate() {
            let mut sums = begin::<S, ROWS, VECTORS>(simd, first, output);
            for input in inputs.clone() {
                let rows = &a.panel(input)[block * ROWS * width..][..ROWS * width];
                let tile = rows_of::<S, VECTORS>(weight.tile(input, panel));
                let depth = width.min(a.columns - input * width);
                sums = outer(simd, sums, rows, &tile[..depth], prefetch.due());
            }
            write(sums, output);
        }
    }
}

/// One panel of a · Wᵀ, the one at panel `input` of the layer's input, whole blocks of rows of it.
#[inline(always)]
pub fn multiply_transposed<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &Panels,
    weight: Tiles<'_>,
    input: usize,
    output: &mut [f32],
) {
    let (across, strip) = (weight.grid.across(), strip(a.width));
    let mut transposed = Transposed::new();
    for first in (0..across).step_by(strip) {
        let tiles = (first..across.min(first + strip)).map(|output| weight.tile(input, output));
        let tiles = transposed.transpose(tiles, a.width);
        add::<S, ROWS, VECTORS>(simd, a, first, tiles, &mut Cache, output);
    }
}

/// Room for transposed tiles. To fill it with zeros first would take a third of the time that transposing takes.
#[repr(align(64))]
pub struct Transposed([MaybeUninit<f32>; STRIP]);

impl Transposed {
    /// Nothing yet.
    #[inline(always)]
    pub fn new() -> Self {
        Self([MaybeUninit::uninit(); STRIP])
    }

    /// These tiles, transposed, one after the other.
    #[inline(always)]
    #[allow(unsafe_code, reason = "the compiler does not see what a loop fills")]
    pub fn transpose<'a>(
        &mut self,
        tiles: impl Iterator<Item = &'a [f32]>,
        width: usize,
    ) -> &[f32] {
        let size = width * width;
        let mut count = 0;
        for (tile, transposed) in tiles.zip(self.0.chunks_exact_mut(size)) {
            transpose(tile, width, transposed);
            count += 1;
        }
        // SAFETY: transposing writes every number of a square, and so many squares were transposed.
        unsafe { self.0[..count * size].assume_init_ref() }
    }
}

/// Adds to one panel of a product what some tiles give that follow each other, of which the first meets panel `first` of a;
/// panel 0 sets. Every block requests the lines that `prefetch` has due.
#[inline(always)]
pub fn add<'s, S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &Panels,
    first: usize,
    tiles: &[f32],
    prefetch: &mut impl Prefetch<'s>,
    output: &mut [f32],
) {
    let width = a.width;
    let size = width * width;
    let output = rows_of_mut::<S, VECTORS>(output);
    for (block, output) in output.chunks_exact_mut(ROWS).enumerate() {
        let mut sums = begin::<S, ROWS, VECTORS>(simd, first, output);
        for (panel, tile) in (first..).zip(tiles.chunks_exact(size)) {
            let rows = &a.panel(panel)[block * ROWS * width..][..ROWS * width];
            let depth = width.min(a.columns - panel * width);
            sums = outer(
                simd,
                sums,
                rows,
                &rows_of::<S, VECTORS>(tile)[..depth],
                prefetch.due(),
            );
        }
        write(sums, output);
    }
}

/// Adds to one panel of W · aᵀ what some neighbouring tiles give, of which the first meets panel `first` of a; panel 0 sets.
/// The output is whole squares, one for each square of the `transposed` a. Every block requests the lines that `prefetch` has due.
#[inline(always)]
pub fn add_to_squares<'s, S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    transposed: &Panels,
    first: usize,
    tiles: &[f32],
    prefetch: &mut impl Prefetch<'s>,
    output: &mut [f32],
) {
    let width = transposed.width;
    let size = width * width;
    let output = rows_of_mut::<S, VECTORS>(output);
    for (block, output) in output.chunks_exact_mut(ROWS).enumerate() {
        let (square, row) = (block * ROWS / width, block * ROWS % width);
        let mut sums = begin::<S, ROWS, VECTORS>(simd, first, output);
        for tile in 0..tiles.len() / size {
            let rows = &tiles[tile * size + row * width..][..ROWS * width];
            let columns = rows_of::<S, VECTORS>(transposed.panel(first + tile));
            let depth = width.min(transposed.columns - (first + tile) * width);
            sums = outer(
                simd,
                sums,
                rows,
                &columns[square * width..][..depth],
                prefetch.due(),
            );
        }
        write(sums, output);
    }
}

/// The block of sums as the output has it, before anything is added where the `first` part of a sum is 0. By rows, here and
/// in [`write`]: copied whole, the sums would go through memory.
#[inline(always)]
fn begin<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    first: usize,
    output: &[[S::f32s; VECTORS]],
) -> Block<S::f32s, ROWS, VECTORS> {
    let mut sums = zeros(simd);
    if first > 0 {
        for (sum, row) in sums.iter_mut().zip(output) {
            *sum = *row;
        }
    }
    sums
}

#[inline(always)]
fn write<V: Copy, const ROWS: usize, const VECTORS: usize>(
    sums: Block<V, ROWS, VECTORS>,
    output: &mut [[V; VECTORS]],
) {
    for (row, sum) in output.iter_mut().zip(sums) {
        *row = sum;
    }
}
