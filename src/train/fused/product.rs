//! The two products of a layer, each for one panel of what comes out: a · W, and a · Wᵀ.
//!
//! The second has two forms. The tiles of W are turned a few at a time, and from there on it is the first. Or the batch a is
//! turned, W · aᵀ computed, and the result turned back: that is less work where the weights are large beside the batch.

use pulp::Simd;

use super::kernel::{Block, outer, rows_of, rows_of_mut};
use super::panels::Panels;
use super::prefetch::Pace;
use super::tiles::Tiles;
use super::turn::turn;

/// How much of the inner dimension is taken at once: the tiles of a panel that are so deep (16 kB where it is widest) stay
/// in the first-level cache while the rows of the batch pass by. A multiple of every panel's width.
const DEPTH: usize = 128;
/// The same where the tiles are turned first.
pub const TURNED_DEPTH: usize = 64;

/// The widest panel.
const WIDEST: usize = 32;

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
    let (grid, width, stretch) = (weight.grid, a.width, DEPTH / a.width);
    let output = rows_of_mut::<S, VECTORS>(output);
    let pace = Pace::new(grid.tile_size(), output.len() / ROWS, weight.values.len());
    for first in (0..grid.groups()).step_by(stretch) {
        for (block, output) in output.chunks_exact_mut(ROWS).enumerate() {
            let mut sums = begin::<S, ROWS, VECTORS>(simd, first, output);
            for group in first..grid.groups().min(first + stretch) {
                pace.ask(weight.tile_after(group + stretch, panel), block);
                let rows = &a.panel(group)[block * ROWS * width..][..ROWS * width];
                let tile = rows_of::<S, VECTORS>(weight.tile(group, panel));
                let depth = width.min(a.columns - group * width);
                sums = outer(simd, sums, rows, &tile[..depth]);
            }
            write(sums, output);
        }
    }
}

/// One panel of a · Wᵀ, the one of this group of tiles, whole blocks of rows of it.
#[inline(always)]
pub fn multiply_turned<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &Panels,
    weight: Tiles<'_>,
    group: usize,
    output: &mut [f32],
) {
    let (grid, stretch) = (weight.grid, TURNED_DEPTH / a.width);
    let tiles = &weight.values[group * grid.group_size()..][..grid.group_size()];
    let mut turned = Turned::new();
    let stretches = tiles.chunks(stretch * grid.tile_size());
    for (first, tiles) in (0..).step_by(stretch).zip(stretches) {
        add_turned::<S, ROWS, VECTORS>(simd, a, first, tiles, &mut turned, |_| {}, output);
    }
}

/// Room for turned tiles.
#[repr(align(64))]
pub struct Turned([f32; TURNED_DEPTH * WIDEST]);

impl Turned {
    /// Nothing yet.
    #[inline(always)]
    pub fn new() -> Self {
        Self([0.0; TURNED_DEPTH * WIDEST])
    }
}

/// Adds to one panel of a · Wᵀ what some neighbouring tiles give, of which the first meets panel `first` of a; panel 0 sets.
/// `meanwhile` is called with the number of each block.
#[inline(always)]
pub fn add_turned<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    a: &Panels,
    first: usize,
    tiles: &[f32],
    turned: &mut Turned,
    meanwhile: impl Fn(usize),
    output: &mut [f32],
) {
    let width = a.width;
    let size = width * width;
    for (tile, turned) in tiles
        .chunks_exact(size)
        .zip(turned.0.chunks_exact_mut(size))
    {
        turn(tile, width, turned);
    }
    let turned = rows_of::<S, VECTORS>(&turned.0);
    let output = rows_of_mut::<S, VECTORS>(output);
    for (block, output) in output.chunks_exact_mut(ROWS).enumerate() {
        meanwhile(block);
        let mut sums = begin::<S, ROWS, VECTORS>(simd, first, output);
        for tile in 0..tiles.len() / size {
            let rows = &a.panel(first + tile)[block * ROWS * width..][..ROWS * width];
            let depth = width.min(a.columns - (first + tile) * width);
            sums = outer(simd, sums, rows, &turned[tile * width..][..depth]);
        }
        write(sums, output);
    }
}

/// Adds to one panel of W · aᵀ what some neighbouring tiles give, of which the first meets panel `first` of a; panel 0 sets.
/// The output is whole squares, one for each square of the `turned` a. `meanwhile` is called with the number of each block.
#[inline(always)]
pub fn add_to_squares<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    turned: &Panels,
    first: usize,
    tiles: &[f32],
    meanwhile: impl Fn(usize),
    output: &mut [f32],
) {
    let width = turned.width;
    let size = width * width;
    let output = rows_of_mut::<S, VECTORS>(output);
    for (block, output) in output.chunks_exact_mut(ROWS).enumerate() {
        meanwhile(block);
        let (square, row) = (block * ROWS / width, block * ROWS % width);
        let mut sums = begin::<S, ROWS, VECTORS>(simd, first, output);
        for tile in 0..tiles.len() / size {
            let rows = &tiles[tile * size + row * width..][..ROWS * width];
            let columns = rows_of::<S, VECTORS>(turned.panel(first + tile));
            let depth = width.min(turned.columns - (first + tile) * width);
            sums = outer(simd, sums, rows, &columns[square * width..][..depth]);
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
