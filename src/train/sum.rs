//! Means of losses over batches of different sizes.

use crate::train::engine::Metrics;

/// A mean in the making, weighed by rows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Sum {
    rows: f64,
    loss: f64,
    mse: f64,
}

impl Sum {
    /// Adds the mean over `rows` rows.
    pub fn add(&mut self, metrics: Metrics, rows: usize) {
        let rows = rows as f64;
        self.rows += rows;
        self.loss += metrics.loss * rows;
        self.mse += metrics.mse * rows;
    }

    /// What it is made of: rows, and the sums over them of loss and squared error.
    pub fn parts(&self) -> [f64; 3] {
        [self.rows, self.loss, self.mse]
    }

    /// The sum that is made of these.
    pub fn restored([rows, loss, mse]: [f64; 3]) -> Self {
        Self { rows, loss, mse }
    }

    /// The mean so far, which is then forgotten; none if nothing was added.
    pub fn take(&mut self) -> Option<Metrics> {
        let sum = std::mem::take(self);
        (sum.rows > 0.0).then(|| Metrics {
            loss: sum.loss / sum.rows,
            mse: sum.mse / sum.rows,
        })
    }
}
