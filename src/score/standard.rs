//! The z-scores of a matrix, whatever its columns were scaled to: what the scores without a network are made of.

use pulp::Arch;
use rayon::prelude::*;

use crate::data::matrix::Matrix;

/// Mean and population standard deviation of each column of a [`Matrix`], as what turns its values into z-scores.
#[derive(Clone)]
pub struct Standard {
    columns: Vec<Column>,
}

/// z = (x − mean) · factor; the factor of a constant column is zero.
#[derive(Clone, Copy, Default)]
struct Column {
    mean: f64,
    factor: f64,
}

impl Standard {
    /// Two passes in f64, the second over distances from the mean, so that a mean far from zero costs no figures. Columns are
    /// shared out, and of each the rows are taken in order, so that the threads change nothing.
    pub fn fit(data: &Matrix) -> Self {
        /// Neighbouring columns that are worth a thread, and the most that it takes at once: some cache lines of each row.
        const ABREAST: (usize, usize) = (4, 128);
        let share = data.columns().div_ceil(rayon::current_num_threads());
        let abreast = share.clamp(ABREAST.0, ABREAST.1);
        let mut columns = vec![Column::default(); data.columns()];
        let rows = data.rows() as f64;
        let arch = Arch::new();
        columns
            .par_chunks_mut(abreast)
            .enumerate()
            .for_each(|(turn, columns)| {
                let part = turn * abreast..turn * abreast + columns.len();
                let all = || (0..data.rows()).map(|row| &data.row(row)[part.clone()]);
                arch.dispatch(|| {
                    for row in all() {
                        for (column, value) in columns.iter_mut().zip(row) {
                            column.mean += f64::from(*value) / rows;
                        }
                    }
                    for row in all() {
                        for (column, value) in columns.iter_mut().zip(row) {
                            let distance = f64::from(*value) - column.mean;
                            column.factor += distance * distance / rows;
                        }
                    }
                });
                for column in columns {
                    let sd = column.factor.sqrt();
                    column.factor = if sd > 0.0 { 1.0 / sd } else { 0.0 };
                }
            });
        Self { columns }
    }

    /// What makes a z-score of each column's values, mean and factor, as [`Standard::statistics`] gave them.
    pub fn restored(statistics: impl Iterator<Item = (f64, f64)>) -> Self {
        Self {
            columns: statistics
                .map(|(mean, factor)| Column { mean, factor })
                .collect(),
        }
    }

    /// Mean and factor of each column.
    pub fn statistics(&self) -> impl Iterator<Item = (f64, f64)> {
        self.columns
            .iter()
            .map(|column| (column.mean, column.factor))
    }

    /// The z-score of one value.
    #[inline]
    pub fn z_of(&self, feature: usize, value: f32) -> f64 {
        let column = self.columns[feature];
        (f64::from(value) - column.mean) * column.factor
    }

    /// The z-scores of one row.
    pub fn z<'a>(&'a self, row: &'a [f32]) -> impl ExactSizeIterator<Item = f64> + 'a {
        self.columns
            .iter()
            .zip(row)
            .map(|(column, value)| (f64::from(*value) - column.mean) * column.factor)
    }

    /// The mean squared z-score of each row. An untrained network ranks rows about like this.
    pub fn z_norm(&self, data: &Matrix) -> Vec<f32> {
        let mean = |row| self.z(data.row(row)).map(|z| z * z).sum::<f64>() / data.columns() as f64;
        let means = (0..data.rows()).into_par_iter();
        data.per_row(means.map(|row| mean(row) as f32).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of 1 2 3 4 the last has z = 1.5/√1.25; of 0 0 0 10 the last has √3; the constant column has none.
    #[test]
    fn z_norm_is_the_mean_of_the_squares_in_any_unit() {
        for (offset, scale) in [(0.0, 1.0), (-5.0, 0.25), (1_000.0, 8.0)] {
            let cells = [[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [4.0, 10.0]];
            let rows = cells.map(|[a, b]| [offset + scale * a, offset + scale * b, 7.0]);
            let data = Matrix::new(3, rows.concat());
            let standard = Standard::fit(&data);
            let z: Vec<f64> = standard.z(data.row(3)).collect();
            for (z, expected) in z.iter().zip([1.5 / 1.25_f64.sqrt(), 3.0_f64.sqrt(), 0.0]) {
                assert!((z - expected).abs() < 1e-9, "{z} should be {expected}");
            }
            let score = standard.z_norm(&data)[3];
            assert!((score - (1.5 * 1.5 / 1.25 + 3.0) / 3.0).abs() < 1e-6);
        }
    }
}
