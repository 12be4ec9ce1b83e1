//! Principal components, the best linear network there is: what they leave of a row when they rebuild it.
//!
//! As many components as the automatic recipe's code is wide, ⌈√features⌉, but fewer than the directions in which the
//! table varies at all, or nothing would be left to score. The score is the mean over features of the squared z-score left
//! over; no eigenvalue is divided by, so none can be too small.
//!
//! They are fitted on all rows of a small table and on an even sample of a large one; all rows are scored.

mod krylov;
mod product;

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use rayon::prelude::*;

use crate::data::matrix::Matrix;
use crate::score::standard::Standard;
use product::{Large, Narrow};

/// Most rows that components are fitted on, and the fewest where there are more.
const FITTED_ROWS: (usize, usize) = (16_384, 2_048);
/// Cells of a wide table that components are fitted on; beyond them fewer rows are.
const FITTED_CELLS: usize = 8_000_000;
/// Rows multiplied, or scored, at once: of a wide table a few hundred kilobytes.
const CHUNK: usize = 64;
/// Up to so many rows or columns all eigenvectors are computed, beyond it the largest alone.
const WHOLE: usize = 256;
/// A direction of less than this share of the largest variance is rounding.
const NEGLIGIBLE: f64 = 1e-10;

/// The mean squared reconstruction error on z-scores, of each row of the table.
pub fn pca(data: &Matrix, standard: &Standard) -> Vec<f32> {
    let components = components(data, standard);
    if data.columns() > WHOLE {
        return data.per_row(wide(data, standard, &components));
    }
    let components = components.transpose();
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

/// The scores of a wide table, from what is left of each cell.
fn wide(data: &Matrix, standard: &Standard, components: &DMatrix<f64>) -> Vec<f32> {
    let (features, count) = components.shape();
    let number = |feature, component| components[(feature, component)] as f32;
    let along = Narrow::new(features, count, number);
    let back = Narrow::new(count, features, |component, feature| {
        number(feature, component)
    });
    let mut scores = vec![0.0; data.rows()];
    scores
        .par_chunks_mut(CHUNK)
        .enumerate()
        .for_each(|(chunk, scores)| {
            let z = |row: usize| {
                let z = standard.z(data.row(chunk * CHUNK + row));
                z.map(|z| z as f32)
            };
            let codes = Large::new((scores.len(), features), z).times(&along);
            let code = |row: usize| codes.row(row)[..count].iter().copied();
            let rebuilt = Large::new((scores.len(), count), code).times(&back);
            for (row, score) in scores.iter_mut().enumerate() {
                let pairs = z(row).zip(rebuilt.row(row));
                let left: f64 = pairs.map(|(z, built)| f64::from(z - built).powi(2)).sum();
                *score = (left / features as f64) as f32;
            }
        });
    scores
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
        let shape = (fitted.len(), features);
        let z = |row: usize| standard.z(data.row(fitted[row])).map(|z| z as f32);
        return krylov::largest(&Large::new(shape, z), shape, wanted).0;
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
    pub(super) fn noise(a: usize, b: usize) -> f32 {
        let turned = (a as f32 * 12.9898 + b as f32 * 78.233).sin() * 43_758.547;
        2.0 * turned.fract().abs() - 1.0
    }

    /// As many hidden numbers as there are components, a little noise, and one cell that does not follow.
    pub(super) fn planted(rows: usize, columns: usize) -> Matrix {
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
    fn tables_that_hardly_vary_divide_by_nothing() {
        // One direction only: nothing may be taken away, and the z-norm is left.
        let data = Matrix::new(2, vec![0.0, 0.0, 1.0, 2.0, 5.0, 10.0]);
        assert_eq!(scores(&data), Standard::fit(&data).z_norm(&data));
        assert_eq!(scores(&Matrix::new(2, vec![1.0; 6])), [0.0; 3]);
        // The same in a wide table.
        for rows in [3, 280] {
            let data = Matrix::new(
                300,
                (0..rows * 300).map(|cell| (cell / 300) as f32).collect(),
            );
            let pairs = scores(&data)
                .into_iter()
                .zip(Standard::fit(&data).z_norm(&data));
            for (score, z_norm) in pairs {
                assert!((score - z_norm).abs() < 1e-4, "{score} {z_norm}");
            }
        }
    }
}
