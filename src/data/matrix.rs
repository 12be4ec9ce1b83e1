//! Rows of f32 features, as every engine takes them; or windows of consecutive rows, which lie one after the other in memory
//! anyway and so are views, not copies.

use std::sync::Arc;

use crate::data::windows::Windows;

/// Row-major `[rows, columns]`. Where it is seen through [`Windows`], a row is a window: all numbers of so many consecutive rows
/// of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    columns: usize,
    /// Numbers of one row of the table.
    stride: usize,
    values: Arc<Vec<f32>>,
    windows: Option<Arc<Windows>>,
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self::of(columns, vec![0.0; rows * columns])
    }

    /// A matrix from its values, whose length must be a multiple of `columns`.
    pub fn new(columns: usize, values: Vec<f32>) -> Self {
        assert!(
            columns > 0 && values.len().is_multiple_of(columns),
            "values fill whole rows"
        );
        Self::of(columns, values)
    }

    fn of(columns: usize, values: Vec<f32>) -> Self {
        Self {
            columns,
            stride: columns,
            values: Arc::new(values),
            windows: None,
        }
    }

    /// The same numbers seen through windows. Where these take the rows in another order than the table's, the numbers are
    /// copied once.
    #[must_use]
    pub fn through(&self, windows: Arc<Windows>) -> Self {
        let values = match windows.order() {
            None => Arc::clone(&self.values),
            Some(order) => {
                let mut values = Vec::with_capacity(self.values.len());
                self.gather(order.iter().map(|row| *row as usize), &mut values);
                Arc::new(values)
            }
        };
        Self {
            columns: self.stride * windows.size().rows,
            stride: self.stride,
            values,
            windows: Some(windows),
        }
    }

    /// What its rows are: rows of the table, or windows of them.
    pub fn called(&self) -> &'static str {
        match self.windows {
            Some(_) => "windows",
            None => "rows",
        }
    }

    /// The windows it is seen through.
    pub fn windows(&self) -> Option<&Arc<Windows>> {
        self.windows.as_ref()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match &self.windows {
            Some(windows) => windows.len(),
            None => self.values.len() / self.columns,
        }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One row.
    pub fn row(&self, index: usize) -> &[f32] {
        let first = match &self.windows {
            Some(windows) => windows.start(index),
            None => index,
        };
        &self.values[first * self.stride..][..self.columns]
    }

    /// Rows `first .. first + count`, one after the other; `buffer` takes them where they don't lie so.
    pub fn block<'a>(&'a self, first: usize, count: usize, buffer: &'a mut Vec<f32>) -> &'a [f32] {
        if self.windows.is_none() {
            return &self.values[first * self.columns..][..count * self.columns];
        }
        self.gather(first..first + count, buffer);
        buffer
    }

    /// All values of the table's rows, row after row.
    pub fn values_mut(&mut self) -> &mut [f32] {
        let values: &mut Vec<f32> = Arc::make_mut(&mut self.values);
        values
    }

    /// Copies the named rows one after the other into `batch`, which is cleared first.
    pub fn gather(&self, rows: impl IntoIterator<Item = usize>, batch: &mut Vec<f32>) {
        batch.clear();
        for row in rows {
            batch.extend_from_slice(self.row(row));
        }
    }

    /// The scores of the table's rows, from those of this matrix's: of windows, each row has the mean over those that hold it.
    pub fn per_row(&self, scores: Vec<f32>) -> Vec<f32> {
        match &self.windows {
            Some(windows) => windows.per_row(&scores),
            None => scores,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::series::Series;
    use crate::data::windows::WindowSize;

    #[test]
    fn windows_are_views_of_consecutive_rows() {
        let table = Matrix::new(2, (0..12).map(|cell| cell as f32).collect());
        let windows = Windows::cut(6, WindowSize::new(3, 2), &Series::default()).unwrap();
        let seen = table.through(Arc::new(windows));
        assert_eq!((seen.rows(), seen.columns()), (3, 6));
        assert_eq!(seen.row(1), [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
        // The last window ends with the last row, although the step leads past it.
        assert_eq!(seen.row(2), [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
        let mut buffer = Vec::new();
        assert_eq!(seen.block(1, 2, &mut buffer).len(), 12);
        assert!(Arc::ptr_eq(&seen.values, &table.values));
    }

    #[test]
    fn rows_that_lie_elsewhere_are_brought_together() {
        let table = Matrix::new(1, vec![3.0, 1.0, 2.0, 0.0]);
        let series = Series::of_times("t", vec![3.0, 1.0, 2.0, 0.0]);
        let windows = Windows::cut(4, WindowSize::new(2, 1), &series).unwrap();
        let seen = table.through(Arc::new(windows));
        let rows: Vec<&[f32]> = (0..3).map(|window| seen.row(window)).collect();
        assert_eq!(rows, [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]);
        // Row 0 of the table is in the last window alone, row 1 in the first two.
        assert_eq!(seen.per_row(vec![1.0, 3.0, 5.0]), [5.0, 2.0, 4.0, 1.0]);
    }
}
