//! Which columns of a row err together. A column by itself is a reason, but where columns form a curve hardly any of them
//! carries much: there it is a run of neighbours that errs, or the whole curve is shifted.

mod runs;

use std::ops::Range;

use runs::{stretches, waves};

/// Reasons of a row.
const MOST: usize = 3;
/// What carries less of the score is no reason, unless it is the first.
const LEAST_SHARE: f64 = 0.01;
/// A shift carries this share of what is squared, and this share of the columns err to its side.
const SHIFT_CARRIES: f64 = 0.5;
const SHIFT_AGREES: f64 = 0.8;
/// Where runs above the background carry less, the waves of the error are looked at.
const TELLING: f64 = 0.3;
/// Where no run carries as much, the error is spread over all.
const SPREAD: f64 = 0.1;

/// How columns err.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum How {
    /// One column by itself.
    Alone,
    /// Neighbours on a curve; whether nearly all are above what was expected, or below.
    Run(Option<bool>),
    /// Nearly the whole curve is above what was expected, or below: this share of its columns.
    Shift { up: bool, columns: f64 },
    /// The whole curve, no stretch of it more than another.
    Spread,
}

/// Columns that err together.
#[derive(Debug, Clone, PartialEq)]
pub struct Erring {
    pub columns: Range<usize>,
    /// Sum of their parts.
    pub part: f64,
    pub how: How,
}

/// What errs in a row, the largest first. Given are the columns' parts of the score, on which side of what was expected each
/// is, and which columns form curves.
pub fn erring(parts: &[f64], above: &[bool], curves: &[Range<usize>]) -> Vec<Erring> {
    let mut found = Vec::new();
    let mut next = 0;
    for curve in curves {
        found.extend((next..curve.start).map(|column| alone(column, parts[column])));
        let curve_found = in_curve(&parts[curve.clone()], &above[curve.clone()]);
        found.extend(curve_found.into_iter().map(|erring| Erring {
            columns: erring.columns.start + curve.start..erring.columns.end + curve.start,
            ..erring
        }));
        next = curve.end;
    }
    found.extend((next..parts.len()).map(|column| alone(column, parts[column])));
    let mut found = first(found);
    let whole: f64 = parts.iter().sum();
    let counts = |erring: &Erring| erring.part >= LEAST_SHARE * whole;
    let counted = found.iter().take_while(|erring| counts(erring)).count();
    found.truncate(counted.max(1));
    found
}

/// The largest, those of one size in the order they come in.
fn first(mut found: Vec<Erring>) -> Vec<Erring> {
    let mut first = Vec::with_capacity(MOST);
    while first.len() < MOST {
        let places = 0..found.len();
        let larger =
            |a: &usize, b: &usize| found[*a].part.total_cmp(&found[*b].part).then(b.cmp(a));
        let Some(largest) = places.max_by(larger) else {
            break;
        };
        first.push(found.remove(largest));
    }
    first
}

fn alone(column: usize, part: f64) -> Erring {
    Erring {
        columns: column..column + 1,
        part,
        how: How::Alone,
    }
}

fn in_curve(parts: &[f64], above: &[bool]) -> Vec<Erring> {
    let whole: f64 = parts.iter().sum();
    let all: Vec<usize> = (0..parts.len()).collect();
    if let Some(shift) = shift(&all, parts, above) {
        return vec![shift];
    }
    let run = |columns: Range<usize>| Erring {
        part: parts[columns.clone()].iter().sum(),
        how: How::Run(side(&above[columns.clone()])),
        columns,
    };
    let mut found: Vec<Erring> = stretches(parts).into_iter().map(run).collect();
    let carried = |found: &[Erring]| found.iter().map(|erring| erring.part).sum::<f64>();
    if carried(&found) < TELLING * whole {
        found = waves(parts, above).into_iter().map(run).collect();
        let largest = found.iter().map(|erring| erring.part).fold(0.0, f64::max);
        if largest < SPREAD * whole {
            return vec![Erring {
                columns: 0..parts.len(),
                part: whole,
                how: How::Spread,
            }];
        }
        return found;
    }
    // What the runs leave over may be shifted as a whole.
    let left: Vec<usize> = all
        .into_iter()
        .filter(|column| !found.iter().any(|erring| erring.columns.contains(column)))
        .collect();
    if 2 * left.len() > parts.len() {
        found.extend(shift(&left, parts, above));
    }
    found
}

/// Whether the errors of some columns are mostly one and the same: its square times their number is most of what is squared.
fn shift(columns: &[usize], parts: &[f64], above: &[bool]) -> Option<Erring> {
    let part: f64 = columns.iter().map(|column| parts[*column]).sum();
    let error = |column: &usize| {
        let size = parts[*column].max(0.0).sqrt();
        if above[*column] { size } else { -size }
    };
    let sum: f64 = columns.iter().map(error).sum();
    let up = sum > 0.0;
    let agree = columns
        .iter()
        .filter(|column| above[**column] == up)
        .count();
    let (count, agree) = (columns.len() as f64, agree as f64);
    let is_shift = sum * sum > SHIFT_CARRIES * count * part && agree >= SHIFT_AGREES * count;
    is_shift.then(|| Erring {
        columns: 0..parts.len(),
        part,
        how: How::Shift {
            up,
            columns: agree / parts.len() as f64,
        },
    })
}

/// To which side nearly all err.
fn side(above: &[bool]) -> Option<bool> {
    let count = above.iter().filter(|above| **above).count();
    let most = SHIFT_AGREES * above.len() as f64;
    if count as f64 >= most {
        Some(true)
    } else {
        ((above.len() - count) as f64 >= most).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Errors of a curve that are as good as noise, with something on top.
    fn row(count: usize, on_top: impl Fn(usize) -> f64) -> (Vec<f64>, Vec<bool>) {
        let noise = |index: usize| {
            // A sum of four even ones is nearly normal.
            let even =
                |salt: usize| ((index * 4 + salt) as f64 * 0.618_033_988_7 * 97.0).fract() - 0.5;
            (0..4).map(even).sum::<f64>() * 0.05
        };
        let errors = (0..count).map(|index| noise(index) + on_top(index));
        errors.map(|error| (error * error, error > 0.0)).unzip()
    }

    fn found(count: usize, on_top: impl Fn(usize) -> f64) -> (Vec<Erring>, f64) {
        let (parts, above) = row(count, on_top);
        let whole = 0..count;
        (erring(&parts, &above, &[whole]), parts.iter().sum())
    }

    #[test]
    fn columns_that_are_no_curve_stand_alone() {
        let parts = [0.1, 0.5, 0.0, 0.3, 0.2];
        let found = erring(&parts, &[true; 5], &[]);
        let columns: Vec<usize> = found.iter().map(|erring| erring.columns.start).collect();
        assert_eq!(columns, [1, 3, 4]);
        assert!(found.iter().all(|erring| erring.how == How::Alone));
    }

    #[test]
    fn neighbours_that_err_together_are_one_reason() {
        let bump = |index: usize| {
            if (120..150).contains(&index) {
                1.0
            } else {
                0.0
            }
        };
        let (found, whole) = found(400, bump);
        assert_eq!(found[0].columns, 120..150);
        assert_eq!(found[0].how, How::Run(Some(true)));
        assert!(found[0].part > 0.9 * whole);
    }

    #[test]
    fn a_run_goes_on_where_the_error_changes_sides_and_ends_where_it_ends() {
        let wave = |index: usize| match index {
            100..160 => ((index - 100) as f64 * 0.2).sin(),
            300..340 => -1.0,
            _ => 0.0,
        };
        let (found, _) = found(400, wave);
        assert_eq!(found.len(), 2, "{found:?}");
        let wave = &found
            .iter()
            .find(|erring| erring.columns.start < 200)
            .unwrap();
        assert!(
            wave.columns.start <= 103 && wave.columns.end >= 157,
            "{wave:?}"
        );
        assert_eq!(wave.how, How::Run(None));
        assert!(
            found
                .iter()
                .any(|erring| erring.columns == (300..340) && erring.how == How::Run(Some(false)))
        );
    }

    #[test]
    fn a_single_column_of_a_curve_is_a_run_of_one() {
        let (found, _) = found(400, |index| if index == 77 { -3.0 } else { 0.0 });
        assert_eq!(found[0].columns, 77..78);
    }

    #[test]
    fn a_whole_curve_that_is_shifted_is_one_reason() {
        let (found, whole) = found(400, |index| if index % 8 == 0 { 0.0 } else { -0.3 });
        let [
            Erring {
                how: How::Shift { up: false, columns },
                part,
                ..
            },
        ] = found[..]
        else {
            panic!("{found:?}");
        };
        assert!((0.87..1.0).contains(&columns), "{columns}");
        assert!((part - whole).abs() < 1e-9);
    }

    #[test]
    fn a_spike_on_a_shifted_curve_is_told_apart_from_the_shift() {
        let (found, _) = found(400, |index| if index == 50 { 9.0 } else { 0.1 });
        assert_eq!(found[0].columns, 50..51);
        assert!(
            matches!(found[1].how, How::Shift { up: true, .. }),
            "{found:?}"
        );
    }

    #[test]
    fn what_is_noise_alone_is_spread() {
        let (found, whole) = found(400, |_| 0.0);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].how, found[0].columns.clone()),
            (How::Spread, 0..400)
        );
        assert!((found[0].part - whole).abs() < 1e-9);
    }

    #[test]
    fn a_curve_beside_other_columns_counts_from_where_it_begins() {
        let (mut parts, mut above) = row(
            400,
            |index| if (10..20).contains(&index) { 1.0 } else { 0.0 },
        );
        parts.splice(0..0, [0.0, 99.0]);
        above.splice(0..0, [true, true]);
        parts.push(5.0);
        above.push(true);
        let curve = 2..402;
        let found = erring(&parts, &above, &[curve]);
        let columns: Vec<Range<usize>> = found.into_iter().map(|erring| erring.columns).collect();
        assert_eq!(columns, [1..2, 12..22, 402..403]);
    }
}
