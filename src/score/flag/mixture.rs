//! Two groups: two normal distributions fitted to the logarithms of the scores, and the score from which the upper one is
//! the likelier.
//!
//! Expectation–maximisation (Dempster, Laird & Rubin 1977) on a histogram, so that millions of rows cost no more than
//! thousands. It begins from the same groups every time: nine rows in ten, and the tenth that scores highest.

use crate::score::flag::sorted::Sorted;

/// Bins between the lowest hundredth and the highest score; what lies lower counts in the first.
const BINS: usize = 1_024;
const LOWEST: f64 = 0.01;
/// Share of the rows in the upper group at the beginning.
const UPPER: f64 = 0.1;
/// Rounds at most, and the gain in log-likelihood per row below which there are no more.
const ROUNDS: usize = 200;
const ENOUGH: f64 = 1e-7;

#[derive(Debug, Clone, Copy)]
struct Group {
    weight: f64,
    mean: f64,
    variance: f64,
}

impl Group {
    /// The logarithm of its part in the density, but for a constant that all groups have.
    fn log_density(&self, at: f64) -> f64 {
        self.weight.ln() - 0.5 * (self.variance.ln() + (at - self.mean).powi(2) / self.variance)
    }
}

/// The score above which a row is flagged; infinite where there are no two groups.
pub fn threshold(sorted: Sorted<'_>) -> f64 {
    let scores = sorted.finite();
    let log = |score: f32| f64::from(score.max(f32::MIN_POSITIVE)).ln();
    let Some(highest) = scores.first().map(|score| log(*score)) else {
        return f64::INFINITY;
    };
    let lowest = scores.len() - 1 - (scores.len() as f64 * LOWEST) as usize;
    let lowest = log(scores[lowest]);
    let width = (highest - lowest) / BINS as f64;
    if width <= 0.0 {
        return f64::INFINITY;
    }
    let mut counts = vec![0.0; BINS];
    for score in scores {
        let bin = ((log(*score) - lowest) / width).max(0.0) as usize;
        counts[bin.min(BINS - 1)] += 1.0 / scores.len() as f64;
    }
    let middle = |bin: usize| lowest + (bin as f64 + 0.5) * width;
    let [lower, upper] = fit(&counts, &middle, width * width);
    let is_upper = |bin: &usize| {
        let at = middle(*bin);
        at > lower.mean && upper.log_density(at) > lower.log_density(at)
    };
    let first = (0..BINS).find(is_upper);
    first.map_or(f64::INFINITY, |bin| (lowest + bin as f64 * width).exp())
}

/// The lower and the upper group; neither is narrower than a bin.
fn fit(counts: &[f64], middle: &dyn Fn(usize) -> f64, narrowest: f64) -> [Group; 2] {
    // Which part of each bin is the upper group's: all of the highest tenth.
    let mut above = 1.0;
    let mut parts: Vec<f64> = Vec::with_capacity(counts.len());
    for count in counts {
        above -= count;
        parts.push(if above < UPPER { 1.0 } else { 0.0 });
    }
    let mut before = f64::NEG_INFINITY;
    let mut groups = groups(counts, &parts, middle, narrowest);
    for _ in 0..ROUNDS {
        let mut likelihood = 0.0;
        for (bin, part) in parts.iter_mut().enumerate() {
            let [lower, upper] = groups.map(|group| group.log_density(middle(bin)));
            let greater = lower.max(upper);
            let sum = (lower - greater).exp() + (upper - greater).exp();
            likelihood += counts[bin] * (greater + sum.ln());
            *part = (upper - greater).exp() / sum;
        }
        groups = self::groups(counts, &parts, middle, narrowest);
        if likelihood - before < ENOUGH {
            break;
        }
        before = likelihood;
    }
    if groups[0].mean > groups[1].mean {
        groups.reverse();
    }
    groups
}

fn groups(
    counts: &[f64],
    parts: &[f64],
    middle: &dyn Fn(usize) -> f64,
    narrowest: f64,
) -> [Group; 2] {
    [false, true].map(|upper| {
        let weights = || {
            let pairs = counts.iter().zip(parts).enumerate();
            pairs.map(move |(bin, (count, part))| {
                (bin, count * if upper { *part } else { 1.0 - part })
            })
        };
        let weight: f64 = weights().map(|(_, weight)| weight).sum::<f64>().max(1e-12);
        let mean = weights().map(|(bin, part)| part * middle(bin)).sum::<f64>() / weight;
        let square = |(bin, part)| part * (middle(bin) - mean).powi(2);
        let variance = weights().map(square).sum::<f64>() / weight;
        Group {
            weight,
            mean,
            variance: variance.max(narrowest),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two groups of the shape of a bell, 900 rows around e⁰ and 100 around e⁴, both with a standard deviation of 0.5 in
    /// the logarithm. By hand, where 0.9 e^(−2x²) = 0.1 e^(−2(x−4)²): 16x = 32 + ln 9, x = 2.137.
    #[test]
    fn the_cut_is_where_the_upper_group_becomes_the_likelier() {
        // Quantiles of the logistic distribution, close to the normal one's at a scale of 0.5513.
        let bell = |rows: usize, mean: f64| {
            (0..rows).map(move |row| {
                let share = (row as f64 + 0.5) / rows as f64;
                (mean + 0.5 * 0.5513 * (share / (1.0 - share)).ln()).exp() as f32
            })
        };
        let mut scores: Vec<f32> = bell(900, 0.0).chain(bell(100, 4.0)).collect();
        scores.sort_unstable_by(|a, b| b.total_cmp(a));
        let log = threshold(Sorted::new(&scores)).ln();
        assert!((log - 2.137).abs() < 0.15, "{log}");
        assert_eq!(
            threshold(Sorted::new(&scores)).ln(),
            log,
            "the same every time"
        );
    }

    #[test]
    fn equal_scores_are_one_group() {
        assert_eq!(threshold(Sorted::new(&[2.0; 9])), f64::INFINITY);
        assert_eq!(threshold(Sorted::new(&[f32::NAN])), f64::INFINITY);
    }
}
