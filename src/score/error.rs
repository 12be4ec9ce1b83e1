//! Reconstruction error: per feature, and as one number per row.
//!
//! A row's error is the mean over features of weightⱼ · (xⱼ − x̂ⱼ)². Plain MSE weighs all features alike. The robust
//! measure divides by what is usual for the feature, weightⱼ = 1 / max(1.4826 · median|eⱼ|, ¼ · sd(eⱼ))²; the second
//! term keeps a feature that is nearly always rebuilt exactly from drowning all others.

use pulp::Arch;
use rayon::prelude::*;

use crate::score::median::median;

/// Features whose errors are gathered together: those of a cache line.
const ABREAST: usize = 16;

/// How squared errors of different features are weighed against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorMeasure {
    /// All alike.
    Mse,
    /// Each by what is usual for it.
    Robust,
}

impl ErrorMeasure {
    /// One weight per feature, fitted on row-major `errors` of `features` columns (at least one row).
    pub fn fit(self, errors: &[f32], features: usize) -> Vec<f32> {
        if self == Self::Mse {
            return vec![1.0; features];
        }
        let rows = errors.len() / features;
        let mut weights = vec![0.0; features];
        let arch = Arch::new();
        weights
            .par_chunks_mut(ABREAST)
            .enumerate()
            .for_each(|(turn, weights)| {
                let count = weights.len();
                let mut columns = vec![0.0; rows * count];
                let all = || {
                    let parts = errors.chunks_exact(features);
                    parts.map(move |row| &row[turn * ABREAST..][..count])
                };
                let sds = arch.dispatch(|| {
                    for (place, row) in all().enumerate() {
                        for (column, error) in row.iter().enumerate() {
                            columns[column * rows + place] = error.abs();
                        }
                    }
                    deviations(all(), count)
                });
                let columns = columns.chunks_exact_mut(rows);
                for ((weight, column), sd) in weights.iter_mut().zip(columns).zip(sds) {
                    *weight = robust_weight(median(column), sd);
                }
            });
        weights
    }
}

/// The standard deviations of up to [`ABREAST`] features over some rows of their errors, each summed in the order of the rows.
#[inline(always)]
#[allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]
fn deviations<'a>(
    rows: impl ExactSizeIterator<Item = &'a [f32]> + Clone,
    features: usize,
) -> Vec<f64> {
    let (count, mut means, mut sds) = (rows.len() as f64, [0.0; ABREAST], [0.0; ABREAST]);
    for row in rows.clone() {
        for (mean, error) in means.iter_mut().zip(row) {
            *mean += f64::from(*error);
        }
    }
    for mean in &mut means {
        *mean /= count;
    }
    for row in rows {
        for ((sd, error), mean) in sds.iter_mut().zip(row).zip(&means) {
            let distance = f64::from(*error) - mean;
            *sd += distance * distance;
        }
    }
    let sds = &sds[..features];
    sds.iter().map(|sum| (sum / count).sqrt()).collect()
}

/// What a feature weighs, given the median size of its errors and their standard deviation.
fn robust_weight(median: f32, sd: f64) -> f32 {
    let usual = (1.4826 * f64::from(median)).max(0.25 * sd);
    // A feature whose error is zero in every row says nothing.
    if usual > 0.0 {
        (1.0 / (usual * usual)).min(f64::from(f32::MAX)) as f32
    } else {
        0.0
    }
}

/// Each feature's contribution to a row's error; their sum is the row's error.
pub fn contributions<'a>(
    original: &'a [f32],
    reconstruction: &'a [f32],
    weights: &'a [f32],
) -> impl Iterator<Item = f64> + 'a {
    let features = weights.len() as f64;
    original
        .iter()
        .zip(reconstruction)
        .zip(weights)
        .map(move |((x, y), weight)| {
            let error = f64::from(x - y);
            f64::from(*weight) * error * error / features
        })
}

/// A row's error, given its errors feature by feature: the sum of the [`contributions`], eight side by side and divided but once.
#[inline(always)]
#[allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]
pub fn error(errors: &[f32], weights: &[f32]) -> f32 {
    const ABREAST: usize = 8;
    let square = |error: f32, weight: f32| {
        let error = f64::from(error);
        f64::from(weight) * error * error
    };
    let (errors, few_errors) = errors.as_chunks::<ABREAST>();
    let (eights, few) = weights.as_chunks::<ABREAST>();
    let mut sums = [0.0; ABREAST];
    for (errors, weights) in errors.iter().zip(eights) {
        for (lane, sum) in sums.iter_mut().enumerate() {
            *sum += square(errors[lane], weights[lane]);
        }
    }
    for (sum, (error, weight)) in sums.iter_mut().zip(few_errors.iter().zip(few)) {
        *sum += square(*error, *weight);
    }
    (sums.iter().sum::<f64>() / weights.len() as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_mse_is_the_mean_of_squares() {
        let weights = ErrorMeasure::Mse.fit(&[0.0, 0.0], 2);
        let parts: Vec<f64> = contributions(&[1.0, 5.0], &[0.0, 3.0], &weights).collect();
        assert_eq!(parts, [0.5, 2.0]);
    }

    #[test]
    fn the_robust_weight_is_that_of_the_formula() {
        // Errors −1 1 −2 2 4: median |e| is 2; mean 0.8, sd √(26/5 − 0.64) ≈ 2.1354, a quarter of which is less.
        let weight = ErrorMeasure::Robust.fit(&[-1.0, 1.0, -2.0, 2.0, 4.0], 1)[0];
        assert!((f64::from(weight) - 1.0 / (1.4826_f64 * 2.0).powi(2)).abs() < 1e-6);
        // Errors 0 0 0 0 10: median 0; mean 2, sd 4, a quarter is 1.
        let weight = ErrorMeasure::Robust.fit(&[0.0, 0.0, 0.0, 0.0, 10.0], 1)[0];
        assert!((weight - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_feature_that_is_always_exact_has_no_say() {
        let weights = ErrorMeasure::Robust.fit(&[0.0, 1.0, 0.0, 2.0], 2);
        assert_eq!(weights[0], 0.0);
        assert!(weights[1] > 0.0);
    }
}
