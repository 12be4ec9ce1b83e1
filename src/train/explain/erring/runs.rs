//! Runs of neighbours that err, found in the row's own errors.

use std::ops::Range;

/// A run stands this many times above the background: of five neighbours that err by chance alone the mean stays below.
const ABOVE: f64 = 4.0;
/// The median of a squared normal error in parts of its mean.
const MEDIAN: f64 = 0.455;
/// Where most columns are rebuilt exactly there is no background; a run has this share of the mean part in any case.
const LEAST: f64 = 0.2;
/// Neighbours whose mean is looked at.
const SMOOTH: usize = 5;

/// Runs whose parts stand above the row's own background. That is what half of the columns stay below; if those err by chance
/// alone, their errors are normal and the median of the squares tells the mean.
pub fn stretches(parts: &[f64]) -> Vec<Range<usize>> {
    let mean = parts.iter().sum::<f64>() / parts.len() as f64;
    let level = (ABOVE * median(parts) / MEDIAN).max(LEAST * mean);
    let smooth = smoothed(parts, SMOOTH);
    let mut runs: Vec<Range<usize>> = Vec::new();
    for mut run in runs_of(&smooth, |value| *value > level) {
        // The mean over neighbours is wider than what makes it high.
        while run.start < run.end && parts[run.start] <= level {
            run.start += 1;
        }
        while run.start < run.end && parts[run.end - 1] <= level {
            run.end -= 1;
        }
        if run.is_empty() {
            continue;
        }
        // An error that changes sides passes zero: a gap that is short beside its neighbours parts no run.
        match runs.last_mut() {
            Some(last) if 4 * (run.start - last.end) <= last.len() + run.len() => {
                last.end = run.end;
            }
            _ => runs.push(run),
        }
    }
    runs
}

/// Runs of neighbours that err to the same side, but for noise.
pub fn waves(parts: &[f64], above: &[bool]) -> Vec<Range<usize>> {
    let errors: Vec<f64> = parts
        .iter()
        .zip(above)
        .map(|(part, above)| {
            if *above {
                part.max(0.0).sqrt()
            } else {
                -part.max(0.0).sqrt()
            }
        })
        .collect();
    let smooth = smoothed(&errors, (parts.len() / 50).max(SMOOTH));
    let mut runs = runs_of(&smooth, |value| *value > 0.0);
    runs.extend(runs_of(&smooth, |value| *value <= 0.0));
    runs
}

fn runs_of(values: &[f64], is: impl Fn(&f64) -> bool) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = None;
    for (index, value) in values.iter().enumerate() {
        match (is(value), start) {
            (true, None) => start = Some(index),
            (false, Some(from)) => {
                runs.push(from..index);
                start = None;
            }
            _ => {}
        }
    }
    runs.extend(start.map(|from| from..values.len()));
    runs
}

/// Means over so many neighbours, fewer at the ends.
fn smoothed(values: &[f64], width: usize) -> Vec<f64> {
    let half = width / 2;
    (0..values.len())
        .map(|index| {
            let around = &values[index.saturating_sub(half)..(index + half + 1).min(values.len())];
            around.iter().sum::<f64>() / around.len() as f64
        })
        .collect()
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
