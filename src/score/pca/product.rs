//! Products with a matrix of many rows and columns and one of few columns, in f32, a share to each thread of the current pool.
//!
//! nalgebra's product would start threads of its own here, which wait, spinning, for those of the pool.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Rows, or columns, that meet the other matrix together.
const BLOCK: usize = 8;
/// Narrow matrices have a multiple of so many columns: a vector of the widest kind.
pub(super) const LINE: usize = 16;

/// A matrix, eight rows to a block: `[rows / 8][columns][8]`, filled up with zeros to whole blocks both ways.
pub(super) struct Large {
    columns: usize,
    values: Vec<f32>,
}

/// A matrix, row-major, filled up with zeros to whole [`LINE`]s and a multiple of eight rows.
pub(super) struct Narrow {
    width: usize,
    values: Vec<f32>,
}

impl Narrow {
    /// A matrix of so many rows and columns, by its elements.
    pub fn new(rows: usize, columns: usize, number: impl Fn(usize, usize) -> f32) -> Self {
        let mut matrix = Self::zeros(rows, columns.max(1).next_multiple_of(LINE));
        let all = matrix.values.chunks_exact_mut(matrix.width).take(rows);
        for (row, numbers) in all.enumerate() {
            for (column, value) in numbers[..columns].iter_mut().enumerate() {
                *value = number(row, column);
            }
        }
        matrix
    }

    /// The numbers of a row, those filled up with.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.width..][..self.width]
    }

    fn zeros(rows: usize, width: usize) -> Self {
        let values = vec![0.0; rows.next_multiple_of(BLOCK) * width];
        Self { width, values }
    }
}

impl Large {
    /// A matrix of so many rows and columns, whose rows are these.
    pub fn new<R: Iterator<Item = f32>>(
        (rows, columns): (usize, usize),
        numbers: impl Fn(usize) -> R + Sync,
    ) -> Self {
        let columns = columns.max(1).next_multiple_of(BLOCK);
        let mut values = vec![0.0; rows.next_multiple_of(BLOCK) * columns];
        let blocks = values.par_chunks_exact_mut(columns * BLOCK).enumerate();
        blocks.for_each(|(block, values)| {
            let (first, across) = (block * BLOCK, values.as_chunks_mut::<BLOCK>().0);
            for row in first..rows.min(first + BLOCK) {
                for (cells, number) in across.iter_mut().zip(numbers(row)) {
                    cells[row - first] = number;
                }
            }
        });
        Self { columns, values }
    }

    /// `self · b`, `[rows, width]`, of `b`, `[columns, width]`.
    pub fn times(&self, b: &Narrow) -> Narrow {
        let arch = Arch::new();
        let rows = self.values.len() / self.columns;
        let mut product = Narrow::zeros(rows, b.width);
        let blocks = self.values.par_chunks_exact(self.columns * BLOCK);
        let parts = product.values.par_chunks_exact_mut(BLOCK * b.width);
        blocks.zip(parts).for_each(|(block, rows)| {
            let a = Block(block);
            arch.dispatch(Product { a, b, rows });
        });
        product
    }

    /// `selfᵀ · b`, `[columns, width]`, of `b`, `[rows, width]`.
    pub fn transposed_times(&self, b: &Narrow) -> Narrow {
        let arch = Arch::new();
        let mut product = Narrow::zeros(self.columns, b.width);
        let parts = product.values.par_chunks_exact_mut(BLOCK * b.width);
        parts.enumerate().for_each(|(eight, rows)| {
            let a = Columns(self, eight);
            arch.dispatch(Product { a, b, rows });
        });
        product
    }
}

/// A block of sums in registers.
type Sums<V, const ROWS: usize, const VECTORS: usize> = [[V; VECTORS]; ROWS];

/// Adds to sums what a number for each of their rows gives with a row of the narrow matrix.
#[inline(always)]
fn add<S: Simd, const ROWS: usize, const VECTORS: usize>(
    simd: S,
    sums: &mut Sums<S::f32s, ROWS, VECTORS>,
    number: impl Fn(usize) -> f32,
    row: &[S::f32s],
) {
    let row = &row[..VECTORS];
    for (i, sums) in sums.iter_mut().enumerate() {
        let number = simd.splat_f32s(number(i));
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum = simd.mul_add_e_f32s(number, *value, *sum);
        }
    }
}

/// What meets the narrow matrix in eight rows of a product.
trait Side {
    /// So many of these rows from a row on, and as many vectors of columns from a vector on. Of `b` so many vectors are a row.
    fn sums<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        from: (usize, usize),
        b: (&[S::f32s], usize),
    ) -> Sums<S::f32s, ROWS, VECTORS>;
}

/// Eight rows of a product.
struct Product<'a, A> {
    a: A,
    b: &'a Narrow,
    rows: &'a mut [f32],
}

impl<A: Side> WithSimd for Product<'_, A> {
    type Output = ();

    /// As many sums at once as registers hold: 32 where vectors are of sixteen numbers, sixteen where of fewer.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let per_row = self.b.width / S::F32_LANES;
        let mut first = 0;
        while first < per_row {
            let vectors = (per_row - first).min(3);
            match (vectors, S::F32_LANES >= LINE) {
                (3, true) => self.panel::<S, 8, 3>(simd, first),
                (3, false) => self.panel::<S, 4, 3>(simd, first),
                (2, true) => self.panel::<S, 8, 2>(simd, first),
                (2, false) => self.panel::<S, 4, 2>(simd, first),
                _ => self.panel::<S, 8, 1>(simd, first),
            }
            first += vectors;
        }
    }
}

impl<A: Side> Product<'_, A> {
    /// As many columns as there are vectors, the first of them this.
    #[inline(always)]
    fn panel<S: Simd, const ROWS: usize, const VECTORS: usize>(&mut self, simd: S, first: usize) {
        let per_row = self.b.width / S::F32_LANES;
        let b = S::as_simd_f32s(&self.b.values).0;
        let rows = S::as_mut_simd_f32s(self.rows).0;
        for row in (0..BLOCK).step_by(ROWS) {
            let at = (row, first);
            let sums = self.a.sums::<S, ROWS, VECTORS>(simd, at, (b, per_row));
            for (i, sums) in sums.iter().enumerate() {
                rows[(row + i) * per_row + first..][..VECTORS].copy_from_slice(sums);
            }
        }
    }
}

/// A block of a large matrix.
struct Block<'a>(&'a [f32]);

impl Side for Block<'_> {
    #[inline(always)]
    fn sums<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        (row, first): (usize, usize),
        (b, per_row): (&[S::f32s], usize),
    ) -> Sums<S::f32s, ROWS, VECTORS> {
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
        let columns = self.0.as_chunks::<BLOCK>().0;
        for (numbers, b) in columns.iter().zip(b.chunks_exact(per_row)) {
            let numbers = &numbers[row..][..ROWS];
            add(simd, &mut sums, |i| numbers[i], &b[first..]);
        }
        sums
    }
}

/// Eight columns of a large matrix, these of it.
struct Columns<'a>(&'a Large, usize);

impl Side for Columns<'_> {
    #[inline(always)]
    fn sums<S: Simd, const ROWS: usize, const VECTORS: usize>(
        &self,
        simd: S,
        (row, first): (usize, usize),
        (b, per_row): (&[S::f32s], usize),
    ) -> Sums<S::f32s, ROWS, VECTORS> {
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; ROWS];
        let blocks = self.0.values.chunks_exact(self.0.columns * BLOCK);
        for (block, b) in blocks.zip(b.chunks_exact(BLOCK * per_row)) {
            let tile = &block[(self.1 * BLOCK + row) * BLOCK..][..ROWS * BLOCK];
            for (k, b) in b.chunks_exact(per_row).enumerate().take(BLOCK) {
                add(simd, &mut sums, |i| tile[i * BLOCK + k], &b[first..]);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::pca::tests::noise;

    /// Against sums in f64, at sizes that are and are not multiples of the blocks.
    #[test]
    fn products_are_the_sums_they_stand_for() {
        for (rows, columns, narrow) in [(8, 16, 16), (21, 35, 48), (9, 7, 5), (40, 33, 50)] {
            let a = |row, column| noise(row, 100 + column);
            let b = |row, column| noise(300 + row, column);
            let large = Large::new((rows, columns), |row| (0..columns).map(move |c| a(row, c)));
            let product = large.times(&Narrow::new(columns, narrow, b));
            let other = large.transposed_times(&Narrow::new(rows, narrow, b));
            let check = |product: &Narrow, (down, along), number: &dyn Fn(usize, usize) -> f32| {
                for row in 0..down {
                    for column in 0..narrow {
                        let terms =
                            (0..along).map(|k| f64::from(number(row, k)) * f64::from(b(k, column)));
                        let found = f64::from(product.row(row)[column]);
                        assert!((found - terms.sum::<f64>()).abs() < 1e-5, "{row} {column}");
                    }
                }
            };
            check(&product, (rows, columns), &a);
            check(&other, (columns, rows), &|row, k| a(k, row));
        }
    }

    /// Other instruction sets take the columns in other panels.
    #[test]
    fn every_instruction_set_gives_the_same() {
        let mut others = vec![Arch::Scalar];
        #[cfg(target_arch = "x86_64")]
        others.extend(pulp::x86::V3::try_new().map(Arch::V3));
        let (rows, columns) = (BLOCK, 40);
        let large = Large::new((rows, columns), |row| {
            (0..columns).map(move |c| noise(row, c))
        });
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
        for (arch, width) in others
            .iter()
            .flat_map(|arch| [8, 16, 33, 48].map(|width| (arch, width)))
        {
            let b = Narrow::new(columns, width, |row, column| noise(500 + row, column));
            let mut product = Narrow::zeros(rows, b.width);
            arch.dispatch(Product {
                a: Block(&large.values),
                b: &b,
                rows: &mut product.values,
            });
            assert!(near(&product.values, &large.times(&b).values), "{width}");
            let b = Narrow::new(rows, width, |row, column| noise(500 + row, column));
            let mut product = Narrow::zeros(BLOCK, b.width);
            arch.dispatch(Product {
                a: Columns(&large, 2),
                b: &b,
                rows: &mut product.values,
            });
            let whole = large.transposed_times(&b);
            let tile = &whole.values[2 * BLOCK * b.width..][..BLOCK * b.width];
            assert!(near(&product.values, tile), "{width}");
        }
    }
}
