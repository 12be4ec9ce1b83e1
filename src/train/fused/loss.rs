//! From logits and targets to loss, metric and the gradient at the logits, in one sweep over a panel.

use super::activation::{apply, exp_of_negative, multiply_by_slope, sigmoid};
use super::panels::LINE;
use super::threads::Job;
use crate::model::spec::Activation;
use crate::train::recipe::Loss;
use pulp::Simd;

/// Sums over the cells of one panel: loss, squared error.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// Σ of the cells' losses.
    pub loss: f64,
    /// Σ of the cells' squared errors.
    pub squares: f64,
}

/// One panel's part of the loss.
pub struct LossJob<'a> {
    /// What is made small.
    pub loss: Loss,
    /// The output's activation.
    pub activation: Activation,
    /// What the last layer gave, before its activation.
    pub logits: &'a [f32],
    /// What it should have given.
    pub targets: &'a [f32],
    /// Becomes ∂loss/∂logit, the loss being the mean over all cells.
    pub gradients: &'a mut [f32],
    /// Columns of the panel that mean something.
    pub columns: usize,
    /// Columns of a panel row.
    pub width: usize,
    /// Cells of the whole batch.
    pub cells: usize,
}

impl Job for LossJob<'_> {
    type Output = Sums;

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) -> Sums {
        let Self {
            loss,
            activation,
            logits,
            targets,
            gradients,
            columns,
            width,
            cells,
        } = self;
        let mut sums = Sums::default();
        for first in (0..width).step_by(LINE) {
            // Padding columns have logit and target zero, but their loss and gradient are not.
            let meant = columns.saturating_sub(first).min(LINE);
            let share: [f32; LINE] =
                std::array::from_fn(|j| if j < meant { 1.0 / cells as f32 } else { 0.0 });
            let (mut losses, mut squares) = ([0.0_f32; LINE], [0.0_f32; LINE]);
            let rows = logits.chunks_exact(width).zip(targets.chunks_exact(width));
            for ((z, t), g) in rows.zip(gradients.chunks_exact_mut(width)) {
                let (z, t, g) = (
                    &z[first..][..LINE],
                    &t[first..][..LINE],
                    &mut g[first..][..LINE],
                );
                match loss {
                    Loss::Bce => {
                        for j in 0..LINE {
                            let error = sigmoid(z[j]) - t[j];
                            losses[j] +=
                                z[j].max(0.0) - z[j] * t[j] + ln_1p(exp_of_negative(-z[j].abs()));
                            squares[j] += error * error;
                            g[j] = error * share[j];
                        }
                    }
                    Loss::Mse => {
                        let mut y = [0.0; LINE];
                        y.copy_from_slice(z);
                        apply(activation, &mut y);
                        for j in 0..LINE {
                            let error = y[j] - t[j];
                            squares[j] += error * error;
                            g[j] = 2.0 * error * share[j];
                        }
                        multiply_by_slope(activation, &y, g);
                    }
                }
            }
            let total = |parts: &[f32; LINE]| {
                parts[..meant]
                    .iter()
                    .map(|part| f64::from(*part))
                    .sum::<f64>()
            };
            sums.squares += total(&squares);
            sums.loss += total(if loss == Loss::Bce { &losses } else { &squares });
        }
        sums
    }
}

/// ln(1 + e) for e in [0, 1], by 2·artanh(e / (2 + e)) up to the thirteenth power (remainder below 1e-8).
#[inline(always)]
fn ln_1p(e: f32) -> f32 {
    let s = e / (2.0 + e);
    let q = s * s;
    let series = 1.0 / 11.0 + q * (1.0 / 13.0);
    let series = 1.0 / 9.0 + q * series;
    let series = 1.0 / 7.0 + q * series;
    let series = 1.0 / 5.0 + q * series;
    let series = 1.0 / 3.0 + q * series;
    2.0 * s * (1.0 + q * series)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_1p_agrees_with_the_library_s() {
        for step in 0..=1_000 {
            let e = step as f32 / 1_000.0;
            assert!(
                (f64::from(ln_1p(e)) - f64::from(e).ln_1p()).abs() < 2e-7,
                "{e}"
            );
        }
    }
}
