//! From logits and targets to loss, metric and the gradient at the logits, in one sweep over a panel.

use pulp::Simd;

use super::activation::{apply, exp_of_negative, multiply_by_slope, negative, polynomial};
use super::kernel::{rows_of, rows_of_mut};
use super::threads::Job;
use crate::model::spec::Activation;
use crate::train::recipe::Loss;

/// Numbers in a vector, at most.
const LANES: usize = 16;

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
    /// Cells of the whole batch.
    pub cells: usize,
}

impl LossJob<'_> {
    /// How many multiply-adds take about as long as one cell.
    pub fn cell_cost(loss: Loss, activation: Activation) -> usize {
        match (loss, activation) {
            (Loss::Bce, _) => 50,
            (Loss::Mse, Activation::Tanh | Activation::Sigmoid | Activation::Elu) => 30,
            (Loss::Mse, _) => 5,
        }
    }
}

impl Job for LossJob<'_> {
    type Output = Sums;

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) -> Sums {
        let Self {
            loss,
            activation,
            columns,
            cells,
            ..
        } = self;
        let logits = rows_of::<S, VECTORS>(self.logits);
        let targets = rows_of::<S, VECTORS>(self.targets);
        let gradients = rows_of_mut::<S, VECTORS>(self.gradients);
        let mut sums = Sums::default();
        for j in 0..VECTORS {
            // Padding columns have logit and target zero, but their loss and gradient are not.
            let meant = columns.saturating_sub(j * S::F32_LANES).min(S::F32_LANES);
            let meant = simd.partial_load_f32s(&[1.0; LANES][..meant]);
            let share = simd.mul_f32s(meant, simd.splat_f32s(1.0 / cells as f32));
            let mut losses = simd.splat_f32s(0.0);
            let mut squares = losses;
            let rows = logits.iter().zip(targets).zip(&mut *gradients);
            for ((z, t), g) in rows {
                let (z, t, g) = (z[j], t[j], &mut g[j]);
                match loss {
                    Loss::Bce => {
                        let (y, loss) = cross_entropy(simd, z, t);
                        let error = simd.sub_f32s(y, t);
                        losses = simd.add_f32s(losses, loss);
                        squares = simd.mul_add_e_f32s(error, error, squares);
                        *g = simd.mul_f32s(error, share);
                    }
                    Loss::Mse => {
                        let mut y = [z];
                        apply(simd, activation, &mut y);
                        let error = simd.sub_f32s(y[0], t);
                        squares = simd.mul_add_e_f32s(error, error, squares);
                        let twice = simd.add_f32s(error, error);
                        let mut gradient = [simd.mul_f32s(twice, share)];
                        multiply_by_slope(simd, activation, &y, &mut gradient);
                        *g = gradient[0];
                    }
                }
            }
            let total = |sums| f64::from(simd.reduce_sum_f32s(simd.mul_f32s(sums, meant)));
            sums.squares += total(squares);
            sums.loss += total(if loss == Loss::Bce { losses } else { squares });
        }
        sums
    }
}

/// The sigmoid of logits z, and its binary cross-entropy with targets t: max(z, 0) − z·t + ln(1 + e⁻ᶻ) with |z| in the
/// exponent.
#[inline(always)]
fn cross_entropy<S: Simd>(simd: S, z: S::f32s, t: S::f32s) -> (S::f32s, S::f32s) {
    let (zero, one) = (simd.splat_f32s(0.0), simd.splat_f32s(1.0));
    let below = negative(simd, z);
    let e = exp_of_negative(simd, simd.neg_f32s(simd.abs_f32s(z)));
    // One division for two: 1 / (1 + e), and e / (2 + e) for the logarithm.
    let (one_more, two_more) = (
        simd.add_f32s(one, e),
        simd.add_f32s(simd.splat_f32s(2.0), e),
    );
    let both = simd.div_f32s(one, simd.mul_f32s(one_more, two_more));
    let larger = simd.mul_f32s(both, two_more);
    let sigmoid = simd.select_f32s(below, simd.mul_f32s(e, larger), larger);
    let log = ln_1p(simd, simd.mul_f32s(simd.mul_f32s(e, both), one_more));
    let loss = simd.select_f32s(below, zero, z);
    let loss = simd.add_f32s(simd.negate_mul_add_e_f32s(z, t, loss), log);
    (sigmoid, loss)
}

/// ln(1 + e) for e in [0, 1] from s = e / (2 + e): 2·artanh(s) up to the thirteenth power (remainder about 1e-8).
#[inline(always)]
fn ln_1p<S: Simd>(simd: S, s: S::f32s) -> S::f32s {
    const ODD: [f32; 7] = [
        2.0 / 13.0,
        2.0 / 11.0,
        2.0 / 9.0,
        2.0 / 7.0,
        2.0 / 5.0,
        2.0 / 3.0,
        2.0,
    ];
    simd.mul_f32s(s, polynomial(simd, simd.mul_f32s(s, s), ODD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::fused::activation::tests::{Function, values_of};

    /// The cross-entropy of a logit with a target.
    #[derive(Clone, Copy)]
    struct With(f32);

    impl Function for With {
        fn of<S: Simd>(self, simd: S, z: S::f32s) -> S::f32s {
            cross_entropy(simd, z, simd.splat_f32s(self.0)).1
        }
    }

    #[test]
    fn the_cross_entropy_is_that_of_the_definition() {
        for step in -600..=600 {
            for target in [0.0, 0.3, 1.0] {
                let z = step as f32 / 40.0;
                let (p, t) = (1.0 / (1.0 + f64::from(-z).exp()), f64::from(target));
                let exact = -t * p.ln() - (1.0 - t) * (1.0 - p).ln();
                for ours in values_of(With(target), z) {
                    let off = (f64::from(ours) - exact).abs();
                    assert!(off < 4e-7 * (1.0 + exact), "{z} {target}: {ours} {exact}");
                }
            }
        }
    }

    #[test]
    fn a_logit_that_is_lost_has_no_loss() {
        assert!(
            values_of(With(1.0), f32::NAN)
                .iter()
                .all(|loss| loss.is_nan())
        );
    }
}
