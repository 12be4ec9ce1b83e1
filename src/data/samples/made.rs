//! A sample as it is made, before it becomes a table or a CSV.

use crate::data::columns::column::Column;

/// The columns of a sample, and the truth about its rows.
pub struct Made {
    /// The columns.
    pub columns: Vec<Column>,
    /// Whether each row is a planted outlier.
    pub outlier: Vec<bool>,
}

impl Made {
    /// Columns from rows, rounded to `decimals[column]` so that the CSV is short and reads back to the same numbers.
    pub fn from_rows(
        names: Vec<String>,
        decimals: &[i32],
        rows: &[Vec<f64>],
        outlier: Vec<bool>,
    ) -> Self {
        let round = |value: f64, column: usize| {
            let unit = 10_f64.powi(decimals[column % decimals.len()]);
            (value * unit).round() / unit
        };
        let column = |(index, name)| {
            let values = rows.iter().map(|row| round(row[index], index)).collect();
            Column::numbers(name, values)
        };
        Self {
            columns: names.into_iter().enumerate().map(column).collect(),
            outlier,
        }
    }
}
