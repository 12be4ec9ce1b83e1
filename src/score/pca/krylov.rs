//! The largest eigenvectors of a product too large to be decomposed, from a few multiplications with it.
//!
//! Vectors from a seeded start are multiplied again and again, and all that came of it is kept: the space of `start`, `A·start`,
//! `A²·start` … holds the largest eigenvectors far more closely than its last member alone (Musco and Musco, “Randomized block
//! Krylov methods for stronger and faster approximate singular value decomposition”, 2015). Of `InternetAds`' 1,555 columns six
//! blocks of 32 hold as much of the variance that 40 components can, 0.9993, as twelve multiplications of one block of 48 did.

use nalgebra::{Cholesky, DMatrix, DVector};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::product::{LINE, Large, Narrow};

/// Blocks. Each is narrower than what is wanted: of as many vectors in all, more multiplications find more.
const BLOCKS: usize = 6;
/// What is left of a block, as a share of it, where the space holds all of it but rounding in f32.
const EXHAUSTED: f64 = 1e-5;

/// About what [`super::largest`] gives for `zᵀ · z`, of `z`, `[rows, features]`. The multiplications are in f32; the vectors are
/// orthonormal in f64.
pub(super) fn largest(
    z: &Large,
    (rows, features): (usize, usize),
    wanted: usize,
) -> (DMatrix<f64>, DVector<f64>) {
    let room = features.min(rows);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let width = (3 * wanted / 4).next_multiple_of(LINE).min(room);
    let start = DMatrix::from_fn(features, width, |_, _| rng.random_range(-1.0..1.0));
    let mut basis = orthonormal(start);
    let mut code = z.times(&narrow(&basis));
    let mut codes = wide(&code, (rows, width));
    for _ in 1..BLOCKS {
        let width = width.min(room - basis.ncols());
        if width == 0 {
            break;
        }
        let product = z.transposed_times(&code);
        let Some(block) = beyond(&basis, wide(&product, (features, width))) else {
            break;
        };
        code = z.times(&narrow(&block));
        basis = beside(basis, &block);
        codes = beside(codes, &wide(&code, (rows, width)));
    }
    let (vectors, values) = super::largest(dots(&codes, &codes), wanted);
    (product(&basis, &vectors), values)
}

fn narrow(vectors: &DMatrix<f64>) -> Narrow {
    let (rows, columns) = vectors.shape();
    Narrow::new(rows, columns, |row, column| vectors[(row, column)] as f32)
}

/// The first so many rows and columns.
fn wide(narrow: &Narrow, (rows, columns): (usize, usize)) -> DMatrix<f64> {
    let number = |row, column| f64::from(narrow.row(row)[column]);
    DMatrix::from_fn(rows, columns, number)
}

/// Columns with others behind them.
fn beside(columns: DMatrix<f64>, others: &DMatrix<f64>) -> DMatrix<f64> {
    let (first, more) = (columns.ncols(), others.ncols());
    let mut all = columns.resize_horizontally(first + more, 0.0);
    all.columns_mut(first, more).copy_from(others);
    all
}

/// Numbers of two matrices up to which their product takes no threads of its own, which would wait for those of the pool
/// (`matrixmultiply`, 2 · 2¹⁴).
const ALONE: usize = 32_000;

/// Parts that a sum over rows is made of, however many threads there are.
const PARTS: usize = 4;

/// `aᵀ · b` of two matrices of as many rows, some rows after the other.
fn dots(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let at_once = (ALONE / (a.ncols() + b.ncols())).max(LINE);
    let part = a.nrows().div_ceil(PARTS).max(1);
    let sum = |first: usize| {
        let mut sum = DMatrix::zeros(a.ncols(), b.ncols());
        let end = a.nrows().min(first + part);
        for first in (first..end).step_by(at_once) {
            let rows = at_once.min(end - first);
            let (a, b) = (a.rows(first, rows).transpose(), b.rows(first, rows));
            sum.gemm(1.0, &a, &b, 1.0);
        }
        sum
    };
    let parts = (0..a.nrows()).into_par_iter().step_by(part);
    let parts: Vec<DMatrix<f64>> = parts.map(sum).collect();
    parts.into_iter().sum()
}

/// `a · b`, some rows after the other.
fn product(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    let mut product = DMatrix::zeros(a.nrows(), b.ncols());
    let at_once = ALONE / b.nrows().max(1);
    let at_once = at_once.saturating_sub(b.ncols()).max(LINE);
    for first in (0..a.nrows()).step_by(at_once) {
        let rows = at_once.min(a.nrows() - first);
        let mut part = product.rows_mut(first, rows);
        part.gemm(1.0, &a.rows(first, rows), b, 1.0);
    }
    product
}

/// An orthonormal basis of what some vectors add to the space of others; none where that is nothing.
fn beyond(basis: &DMatrix<f64>, mut vectors: DMatrix<f64>) -> Option<DMatrix<f64>> {
    // Twice, since what is left of a vector may be so little that rounding shows.
    for turn in 0..2 {
        let whole = vectors.norm();
        let within = dots(basis, &vectors);
        vectors -= product(basis, &within);
        if turn == 0 && vectors.norm() <= EXHAUSTED * whole {
            return None;
        }
        vectors = orthonormal(vectors);
    }
    Some(vectors)
}

/// An orthonormal basis of the space of some vectors.
fn orthonormal(mut vectors: DMatrix<f64>) -> DMatrix<f64> {
    // Of vectors as long as one, which multiplying has left far from parallel, the products are well conditioned, and their
    // Cholesky factor leads to the basis in a few multiplications; twice, so that its rounding does not show (Yamamoto et al.
    // 2015, “Roundoff error analysis of the CholeskyQR2 algorithm”). Where they are not, Householder's way leads there.
    for _ in 0..2 {
        for mut vector in vectors.column_iter_mut() {
            let length = vector.norm();
            if length > 0.0 {
                vector /= length;
            }
        }
        let inverse = Cholesky::new(dots(&vectors, &vectors))
            .and_then(|factor| factor.l().transpose().try_inverse())
            .filter(|inverse| inverse.iter().all(|value| value.abs() < 1e6));
        let Some(inverse) = inverse else {
            return vectors.qr().q();
        };
        vectors = product(&vectors, &inverse);
    }
    vectors
}

#[cfg(test)]
mod tests {
    use super::super::{self as pca, rows, tests::noise, tests::planted};
    use super::*;
    use crate::score::standard::Standard;

    /// Of `[features, rows]`.
    fn large(z: &DMatrix<f64>) -> Large {
        let row = |row: usize| {
            z.column(row)
                .iter()
                .map(|value| *value as f32)
                .collect::<Vec<_>>()
        };
        Large::new((z.ncols(), z.nrows()), |index| row(index).into_iter())
    }

    #[test]
    fn eigenvectors_are_those_of_the_whole_decomposition() {
        let z = planted(400, 300);
        let z = rows(&z, &Standard::fit(&z), 0..400);
        let (vectors, values) = largest(&large(&z), (400, 300), 18);
        let (whole_vectors, whole) = pca::largest(&z * z.transpose(), 18);
        assert_eq!((values.len(), whole.len()), (18, 18));
        assert!(
            (values.sum() / whole.sum() - 1.0).abs() < 1e-3,
            "{values} {whole}"
        );
        assert!((values[0] / whole[0] - 1.0).abs() < 1e-5);
        assert!(vectors.column(0).dot(&whole_vectors.column(0)).abs() > 1.0 - 1e-5);
        let ones = vectors.transpose() * &vectors - DMatrix::identity(18, 18);
        assert!(ones.norm() < 1e-10, "{}", ones.norm());
    }

    #[test]
    fn a_space_that_is_exhausted_is_not_added_to() {
        // Three directions and a little rounding.
        let factors = DMatrix::from_fn(300, 3, noise);
        let z = &factors * DMatrix::from_fn(3, 280, |factor, row| noise(900 + factor, row));
        let z = z.map(f64::from);
        let (vectors, values) = largest(&large(&z), (280, 300), 17);
        let (_, whole) = pca::largest(&z * z.transpose(), 17);
        assert!((values[0] / whole[0] - 1.0).abs() < 1e-5);
        assert!(values.sum() < whole.sum() * (1.0 + 1e-5));
        let count = values.len();
        let ones = vectors.transpose() * &vectors - DMatrix::identity(count, count);
        assert!(ones.norm() < 1e-10, "{}", ones.norm());
    }

    #[test]
    fn a_basis_is_orthonormal_even_of_vectors_that_are_nearly_one() {
        let one = DVector::from_fn(60, |row, _| f64::from(noise(row, 0)));
        let vectors = DMatrix::from_fn(60, 5, |row, column| {
            one[row] + 1e-13 * f64::from(noise(row, column))
        });
        for vectors in [vectors, DMatrix::zeros(60, 5)] {
            let basis = orthonormal(vectors);
            let ones = basis.transpose() * &basis - DMatrix::identity(5, 5);
            assert!(ones.norm() < 1e-10, "{}", ones.norm());
        }
    }
}
