//! Whether the most suspicious rows stand apart: a stretch of ranks over which the scores fall faster than anywhere below.
//!
//! Works on the logarithms of the scores L₁ ≥ L₂ ≥ …, in the upper half. Where they decline smoothly, like an exponential
//! tail, the spacings i · (Lᵢ − Lᵢ₊₁) are independent and alike, exponential with one mean (Rényi 1953, “On the theory of
//! order statistics”); in a lighter tail, as most scores have, they shrink towards the top. So a stretch of n spacings
//! whose mean is r times the usual one occurs in a smooth tail with a probability of at most e^−n(r − 1 − ln r), Chernoff's
//! bound. The usual mean is the greater of two: that of the rows just below the stretch, and that of all rows between the
//! most that may be flagged and the median, so that a gap is one beside its surroundings and beside the bulk as well.
//! A single wide spacing is a stretch, and so are many spacings each of which is a little wide, as between a large group
//! of outliers and the rest. The cut lies in the widest gap of the stretch.

use crate::score::flag::sorted::Sorted;

/// A stretch is at most so many times as long as the ranks above it: one e-fold. A longer one would take in the outliers.
const LONGEST: f64 = std::f64::consts::E;
/// The rows just below a stretch are three times as many as those above its end, and a few more where these are few.
const BELOW: usize = 3;
const BELOW_AT_LEAST: usize = 4;
/// The exponent from which a stretch is not taken for chance: of a smooth tail, one in 3,000 stretches at most. Of 1,550
/// smooth tails drawn (30 to 20,000 rows; exponential, Pareto, χ², log-normal, Student's t) two had such a stretch.
const EVIDENCE: f64 = 8.0;
/// The scores fall by a quarter over a boundary at least: less is no boundary to anybody, however significant.
const FALL: f64 = 1.25;
/// Stretches are tried from every rank up to here and from every 256th part of the ranks beyond, to bound the work.
const EVERY: usize = 256;

/// A stretch of ranks over which the scores fall fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// Rank of the row it begins at, 1 = the most suspicious.
    pub first: usize,
    /// Rank of the row it ends at.
    pub last: usize,
    /// The score at its beginning divided by that at its end.
    pub fall: f64,
    /// What that would be if the scores fell as they do below.
    pub usual: f64,
}

/// A stretch with the cut in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The stretch.
    pub gap: Gap,
    /// Rows above its widest gap.
    pub count: usize,
    /// The exponent of the bound on its probability in a smooth tail.
    pub evidence: f64,
}

impl Found {
    /// Whether it is more than chance.
    pub fn is_clear(&self) -> bool {
        self.evidence >= EVIDENCE
    }
}

/// Normalised spacings of the logarithms, summed up from the top.
struct Spacings {
    logs: Vec<f64>,
    sums: Vec<f64>,
}

impl Spacings {
    fn new(sorted: Sorted<'_>) -> Self {
        let upper = (sorted.rows() / 2 + 1).min(sorted.scored().len());
        let log = |score: &f32| f64::from(score.clamp(f32::MIN_POSITIVE, f32::MAX)).ln();
        let logs: Vec<f64> = sorted.scored()[..upper].iter().map(log).collect();
        let mut sums = vec![0.0];
        let mut sum = 0.0;
        for (place, pair) in logs.windows(2).enumerate() {
            sum += (place + 1) as f64 * (pair[0] - pair[1]);
            sums.push(sum);
        }
        Self { logs, sums }
    }

    /// How many there are.
    fn len(&self) -> usize {
        self.sums.len() - 1
    }

    /// The mean of those behind the first `from` and up to `to`.
    fn mean(&self, from: usize, to: usize) -> f64 {
        (self.sums[to] - self.sums[from]) / (to - from) as f64
    }

    /// Whether the first so many rows end with those of one score.
    fn is_edge(&self, count: usize) -> bool {
        count == 0 || self.logs[count - 1] > self.logs[count]
    }
}

/// The clearest stretch that ends among the first `most` rows, clear or not; none where there is nothing to compare.
pub fn find(sorted: Sorted<'_>, most: usize) -> Option<Found> {
    let spacings = Spacings::new(sorted);
    let known = spacings.len();
    // Three spacings below the rows that may be flagged are the least to compare with.
    if most == 0 || known < most + 3 {
        return None;
    }
    let bulk = spacings.mean(most, known);
    let mut best: Option<(f64, usize, usize, f64)> = None;
    let mut from = 0;
    while from < most {
        // Rows of one score fall together: a stretch that began among them would be counted short.
        if !spacings.is_edge(from) {
            from += 1;
            continue;
        }
        let longest = (from as f64 * LONGEST) as usize;
        // Past the rows of the next score.
        let shortest = (1..=most - from).find(|count| spacings.is_edge(from + count));
        let shortest = shortest.unwrap_or(1);
        let mut count = shortest;
        while from + count <= most && (count == shortest || from + count <= longest) {
            let to = from + count;
            let below = (BELOW * to + BELOW_AT_LEAST).min(known - to);
            let usual = spacings.mean(to, to + below).max(bulk);
            let ratio = spacings.mean(from, to) / usual;
            let least = best.map_or(0.0, |(evidence, ..)| evidence);
            // n(r − 1 − ln r) is below n(r − 1)²/2, which costs no logarithm.
            if ratio > 1.0 && count as f64 * (ratio - 1.0).powi(2) > 2.0 * least {
                let evidence = exponent(count, ratio);
                let fall = (spacings.logs[from] - spacings.logs[to]).exp();
                if evidence > least && fall >= FALL {
                    best = Some((evidence, from, to, usual));
                }
            }
            count = (count + 1).max(count * 5 / 4);
        }
        from += (from / EVERY).max(1);
    }
    best.map(|(evidence, from, to, usual)| {
        let logs = &spacings.logs;
        let wide = |place: &usize| logs[*place - 1] - logs[*place];
        let count = (from + 1..=to).max_by(|a, b| wide(a).total_cmp(&wide(b)));
        let ranks: f64 = (from + 1..=to).map(|rank| 1.0 / rank as f64).sum();
        Found {
            gap: Gap {
                first: from + 1,
                last: to + 1,
                fall: (logs[from] - logs[to]).exp(),
                usual: (usual * ranks).exp(),
            },
            count: count.unwrap_or(to),
            evidence,
        }
    })
}

/// n(r − 1 − ln r) of `count` spacings whose mean is `ratio` times the usual one.
fn exponent(count: usize, ratio: f64) -> f64 {
    if ratio.is_infinite() {
        return f64::INFINITY;
    }
    count as f64 * (ratio - 1.0 - ratio.ln())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scores of an exponential tail at its expected places: Lᵢ − Lᵢ₊₁ = mean/i, so that all spacings are alike.
    fn tail(rows: usize, mean: f64) -> Vec<f32> {
        let mut log = 0.0;
        let mut scores: Vec<f32> = vec![1.0];
        for rank in (1..rows).rev() {
            log += mean / rank as f64;
            scores.push(log.exp() as f32);
        }
        scores.reverse();
        scores
    }

    fn found(scores: &[f32]) -> Option<Found> {
        find(Sorted::new(scores), scores.len() * 15 / 100)
    }

    #[test]
    fn a_smooth_tail_has_no_clear_gap_and_neither_have_equal_scores() {
        for rows in [1, 2, 7, 20, 1_000] {
            assert!(found(&vec![2.0; rows]).is_none(), "{rows}");
            assert!(!found(&tail(rows, 0.5)).is_some_and(|found| found.is_clear()));
        }
        assert!(found(&[]).is_none() && found(&[f32::NAN; 30]).is_none());
    }

    /// By hand: the four highest are lifted to ten times their score, so the fourth spacing is 4 · (0.5/4 + ln 10) = 9.71
    /// and all others 0.5: r = 19.42, and the exponent 19.42 − 1 − ln 19.42 = 15.45. Elsewhere the score would fall by e^(0.5/4).
    #[test]
    fn a_single_wide_gap_is_found_with_the_exponent_worked_by_hand() {
        let mut scores = tail(1_000, 0.5);
        scores[..4].iter_mut().for_each(|score| *score *= 10.0);
        let Found {
            gap,
            count,
            evidence,
        } = found(&scores).unwrap();
        assert_eq!((count, gap.first, gap.last), (4, 4, 5));
        let ratio = 4.0 * (0.125 + 10.0_f64.ln()) / 0.5;
        assert!(
            (evidence - (ratio - 1.0 - ratio.ln())).abs() < 1e-3,
            "{evidence}"
        );
        assert!((evidence - 15.45).abs() < 0.01, "{evidence}");
        assert!((gap.usual - 0.125_f64.exp()).abs() < 1e-3, "{gap:?}");
        assert!((gap.fall - 10.0 * 0.125_f64.exp()).abs() < 1e-2, "{gap:?}");
    }

    #[test]
    fn a_hundred_outliers_do_not_hide_the_stretch_that_parts_them_from_the_rest() {
        let mut scores = tail(3_000, 0.3);
        // The spacings 100 to 130 are four times as wide, none of them wide by itself.
        let wider: f64 = (100..=130).map(|rank| 0.9 / f64::from(rank)).sum();
        for rank in (1..=130).rev() {
            let lift: f64 = (rank.max(100)..=130).map(|rank| 0.9 / rank as f64).sum();
            scores[rank - 1] *= lift.min(wider).exp() as f32;
        }
        let found = found(&scores).unwrap();
        assert!(found.is_clear(), "{found:?}");
        assert!((100..=130).contains(&found.count), "{found:?}");
    }

    #[test]
    fn what_is_wide_beside_its_neighbours_only_is_no_gap() {
        // The spacings 20 to 140 of 1,000 are a fifth of all others: a shoulder. Above it nothing is emptier than the bulk.
        let mut scores = vec![1.0];
        let mut log = 0.0;
        for rank in (1..1_000).rev() {
            let mean = if (20..140).contains(&rank) { 0.1 } else { 0.5 };
            log += mean / f64::from(rank);
            scores.push(log.exp() as f32);
        }
        scores.reverse();
        assert!(!found(&scores).is_some_and(|found| found.is_clear()));
    }

    #[test]
    fn rows_of_one_score_fall_together() {
        // Half of the rows are left after each of six equal steps, an exponential tail but for the heights. A stretch of
        // the last row of a height would have a spacing of 40 · ln 1.3 all for itself.
        let mut scores = Vec::new();
        for (step, rows) in [(5, 20), (4, 20), (3, 40), (2, 80), (1, 160), (0, 320)] {
            scores.extend(std::iter::repeat_n(1.3_f32.powi(step), rows));
        }
        assert!(!found(&scores).is_some_and(|found| found.is_clear()));
    }

    #[test]
    fn rows_beyond_all_measure_stand_apart_from_those_that_can_be_measured() {
        let mut scores = tail(1_000, 0.5);
        scores[..3].fill(f32::INFINITY);
        let found = found(&scores).unwrap();
        assert!(found.is_clear() && found.count == 3, "{found:?}");
    }
}
