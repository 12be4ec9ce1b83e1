//! Principal components, the best linear network there is: what they leave of a row when they rebuild it.
//!
//! As many components as the automatic recipe's code is wide, ⌈√features⌉, but fewer than the directions in which the
//! table varies at all, or nothing would be left to score. The score is the mean over features of the squared z-score left
//! over; no eigenvalue is divided by, so none can be too small.
//!
//! They are fitted on all rows of a small table and on an even sample of a large one; all rows are scored.

use nalgebra::{Cholesky, DMatrix, DVector, SymmetricEigen};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use crate::data::matrix::Matrix;
use crate::score::standard::Standard;

/// Most rows that components are fitted on, and the fewest where there are more.
const FITTED_ROWS: (usize, usize) = (16_384, 2_048);
/// Cells of a wide table that components are fitted on; beyond them fewer rows are.
const FITTED_CELLS: usize = 8_000_000;
/// Rows multiplied, or scored, at once: of a wide table a few hundred kilobytes.
const CHUNK: usize = 64;
/// Up to so many rows or columns all eigenvectors are computed, beyond it the largest alone.
const WHOLE: usize = 256;
/// Vectors iterated beyond those wanted: the more, the sooner the wanted ones stand still.
const SPARE: usize = 8;
/// Most iterations, and by what share the variance they find must still grow to go on.
const ITERATIONS: usize = 24;
const GROWTH: f64 = 1e-3;
/// A direction of less than this share of the largest variance is rounding.
const NEGLIGIBLE: f64 = 1e-10;

/// The mean squared reconstruction error on z-scores, of each row of the table.
pub fn pca(data: &Matrix, standard: &Standard) -> Vec<f32> {
    let components = components(data, standard).transpose();
    let features = data.columns();
    let mut scores = vec![0.0; data.rows()];
    scores
        .par_chunks_mut(CHUNK)
        .enumerate()
        .for_each(|(chunk, scores)| {
            let chosen = (0..scores.len()).map(|row| chunk * CHUNK + row);
            let z = rows(data, standard, chosen);
            let codes = &components * &z;
            for (score, (row, code)) in scores
                .iter_mut()
                .zip(z.column_iter().zip(codes.column_iter()))
            {
                // Components are orthonormal: what they keep of a row is as long as its code.
                let left = row.norm_squared() - code.norm_squared();
                *score = (left.max(0.0) / features as f64) as f32;
            }
        });
    data.per_row(scores)
}

/// `[features, rows]`: the z-scores of some rows, a row to a column.
fn rows(
    data: &Matrix,
    standard: &Standard,
    chosen: impl ExactSizeIterator<Item = usize>,
) -> DMatrix<f64> {
    let mut z = DMatrix::zeros(data.columns(), chosen.len());
    for (row, mut column) in chosen.zip(z.column_iter_mut()) {
        for (cell, value) in column.iter_mut().zip(standard.z(data.row(row))) {
            *cell = value;
        }
    }
    z
}

/// `[features, components]`, orthonormal columns.
fn components(data: &Matrix, standard: &Standard) -> DMatrix<f64> {
    let features = data.columns();
    let (most, fewest) = FITTED_ROWS;
    let most = (FITTED_CELLS / features).clamp(fewest, most);
    let step = data.rows().div_ceil(most).max(1);
    let fitted: Vec<usize> = (0..data.rows()).step_by(step).collect();
    let wanted = (features as f64).sqrt().ceil() as usize;
    if features.min(fitted.len()) > WHOLE {
        let mut z = DMatrix::<f32>::zeros(features, fitted.len());
        for (row, mut column) in fitted.iter().zip(z.column_iter_mut()) {
            for (cell, value) in column.iter_mut().zip(standard.z(data.row(*row))) {
                *cell = value as f32;
            }
        }
        return iterate(&z, wanted).0;
    }
    // The smaller of the two products has the same eigenvalues but for zeros.
    if features <= fitted.len() {
        let mut covariance = DMatrix::zeros(features, features);
        for chunk in fitted.chunks(CHUNK) {
            let z = rows(data, standard, chunk.iter().copied());
            covariance.gemm(1.0, &z, &z.transpose(), 1.0);
        }
        largest(covariance, wanted).0
    } else {
        let z = rows(data, standard, fitted.iter().copied());
        let (vectors, values) = largest(z.transpose() * &z, wanted);
        let mut components = z * vectors;
        for (mut column, value) in components.column_iter_mut().zip(&values) {
            column /= value.sqrt();
        }
        components
    }
}

/// The eigenvectors of the largest eigenvalues, and these: those wanted, but fewer than there are directions with any variance.
fn largest(products: DMatrix<f64>, wanted: usize) -> (DMatrix<f64>, DVector<f64>) {
    let SymmetricEigen {
        eigenvectors: vectors,
        eigenvalues: values,
    } = SymmetricEigen::new(products);
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    let top = order.first().map_or(0.0, |first| values[*first]);
    let varying = order
        .iter()
        .filter(|index| values[**index] > NEGLIGIBLE * top)
        .count();
    order.truncate(wanted.min(varying.saturating_sub(1)));
    (vectors.select_columns(&order), values.select_rows(&order))
}

/// About the same of the products of `z`, `[features, rows]`, without computing them: by subspace iteration from a seeded start
/// and a last turn into the eigenvectors of what was found (Halko, Martinsson and Tropp, “Finding structure with randomness”,
/// 2011). The iteration mends its own rounding, so f32 will do; what it ends with is orthonormal in f64.
fn iterate(z: &DMatrix<f32>, wanted: usize) -> (DMatrix<f64>, DVector<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let count = (wanted + SPARE).min(z.nrows()).min(z.ncols());
    let start = DMatrix::from_fn(z.nrows(), count, |_, _| rng.random_range(-1.0..1.0));
    let (mut space, turned) = (orthonormal(start), z.transpose());
    let mut found = 0.0;
    for _ in 0..ITERATIONS {
        let codes = &turned * space.map(|value| value as f32);
        let before = found;
        found = f64::from(codes.norm_squared());
        space = orthonormal((z * codes).map(f64::from));
        if found <= before * (1.0 + GROWTH) {
            break;
        }
    }
    let codes = (turned * space.map(|value| value as f32)).map(f64::from);
    let (vectors, values) = largest(codes.transpose() * codes, wanted);
    (space * vectors, values)
}

/// An orthonormal basis of the space of some vectors.
fn orthonormal(mut vectors: DMatrix<f64>) -> DMatrix<f64> {
    // Of vectors as long as one, which the iteration has already made nearly orthogonal, the products are well conditioned, and
    // their Cholesky factor leads to the basis in a few multiplications; twice, so that its rounding does not show (Yamamoto et
    // al. 2015, “Roundoff error analysis of the CholeskyQR2 algorithm”). Where they are not, Householder's way leads there.
    for _ in 0..2 {
        for mut vector in vectors.column_iter_mut() {
            let length = vector.norm();
            if length > 0.0 {
                vector /= length;
            }
        }
        let products = vectors.transpose() * &vectors;
        let inverse = Cholesky::new(products)
            .and_then(|factor| factor.l().transpose().try_inverse())
            .filter(|inverse| inverse.iter().all(|value| value.abs() < 1e6));
        let Some(inverse) = inverse else {
            return vectors.qr().q();
        };
        vectors *= inverse;
    }
    vectors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(data: &Matrix) -> Vec<f32> {
        pca(data, &Standard::fit(data))
    }

    /// By hand: two columns, so one component of two: (1, 1)/√2, the columns rising together. What is left of a row of
    /// z-scores (a, b) is (a − b)²/2, over two features.
    #[test]
    fn what_is_left_of_two_columns_is_their_difference() {
        let data = Matrix::new(2, vec![0.0, 1.0, 1.0, 0.0, 2.0, 3.0, 3.0, 2.0, 4.0, 4.0]);
        let standard = Standard::fit(&data);
        let two = scores(&data);
        for (row, score) in two.iter().enumerate() {
            let z: Vec<f64> = standard.z(data.row(row)).collect();
            assert!(
                (f64::from(*score) - (z[0] - z[1]).powi(2) / 4.0).abs() < 1e-6,
                "{two:?}"
            );
        }
    }

    /// A number in −1 … 1 that looks random.
    fn noise(a: usize, b: usize) -> f32 {
        let turned = (a as f32 * 12.9898 + b as f32 * 78.233).sin() * 43_758.547;
        2.0 * turned.fract().abs() - 1.0
    }

    /// As many hidden numbers as there are components, a little noise, and one cell that does not follow.
    fn planted(rows: usize, columns: usize) -> Matrix {
        let factors = (columns as f32).sqrt().ceil() as usize;
        let value = |row: usize, column: usize| {
            let hidden = (0..factors).map(|f| noise(row, 500 + f) * noise(900 + f, column));
            let odd = row == 3 && column == 1;
            hidden.sum::<f32>() + 0.02 * noise(row, column) + if odd { 0.5 } else { 0.0 }
        };
        let cells = (0..rows * columns).map(|cell| value(cell / columns, cell % columns));
        Matrix::new(columns, cells.collect())
    }

    #[test]
    fn a_row_that_breaks_the_pattern_is_left_over_in_tall_and_in_wide_tables() {
        for (rows, columns) in [(200, 6), (20, 60)] {
            let left = scores(&planted(rows, columns));
            let most = (0..rows).max_by(|a, b| left[*a].total_cmp(&left[*b]));
            assert_eq!(most, Some(3), "{rows} × {columns}: {left:?}");
        }
    }

    /// Both ways lead to the same space: a table is scored alike by its covariance and by its products of rows.
    #[test]
    fn rows_and_columns_span_the_same_components() {
        let data = planted(12, 12);
        let wide = {
            // One constant column more, and the rows are fewer than the columns.
            let cells = (0..12).flat_map(|row| [data.row(row), &[1.0]].concat());
            Matrix::new(13, cells.collect())
        };
        let pairs = scores(&data).into_iter().zip(scores(&wide));
        for (square, wide) in pairs {
            assert!(
                (12.0 * square - 13.0 * wide).abs() < 1e-5,
                "{square} {wide}"
            );
        }
    }

    #[test]
    fn iterated_eigenvectors_are_those_of_the_whole_decomposition() {
        let z = planted(400, 300);
        let z = rows(&z, &Standard::fit(&z), 0..400);
        let (vectors, values) = iterate(&z.map(|value| value as f32), 18);
        let (whole_vectors, whole) = largest(&z * z.transpose(), 18);
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

    #[test]
    fn tables_that_hardly_vary_divide_by_nothing() {
        // One direction only: nothing may be taken away, and the z-norm is left.
        let data = Matrix::new(2, vec![0.0, 0.0, 1.0, 2.0, 5.0, 10.0]);
        assert_eq!(scores(&data), Standard::fit(&data).z_norm(&data));
        assert_eq!(scores(&Matrix::new(2, vec![1.0; 6])), [0.0; 3]);
    }
}
