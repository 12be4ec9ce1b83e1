//! Rows of f32 features, as every engine takes them.

/// Row-major `[rows, columns]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self {
            columns,
            values: vec![0.0; rows * columns],
        }
    }

    /// A matrix from its values, whose length must be a multiple of `columns`.
    pub fn new(columns: usize, values: Vec<f32>) -> Self {
        assert!(
            columns > 0 && values.len().is_multiple_of(columns),
            "values fill whole rows"
        );
        Self { columns, values }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One row.
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.columns..][..self.columns]
    }

    /// Rows `first .. first + count`, one after the other.
    pub fn slice(&self, first: usize, count: usize) -> &[f32] {
        &self.values[first * self.columns..][..count * self.columns]
    }

    /// All values, row after row.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Copies the named rows one after the other into `batch`, which is cleared first.
    pub fn gather(&self, rows: impl IntoIterator<Item = usize>, batch: &mut Vec<f32>) {
        batch.clear();
        for row in rows {
            batch.extend_from_slice(self.row(row));
        }
    }
}
