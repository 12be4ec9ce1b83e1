//! Columns that form a curve: many numbers side by side whose names count along an axis, as `λ0001` … `λ1602` or `400 nm`,
//! `402 nm` …, and whose neighbours vary together.
//!
//! Names alone don't tell: `f0` … `f35` may be anything. So the values are asked too. On a curve a column resembles its
//! neighbour, and no column a few places off more than that one; of pixels in three colours or of pairs of real and
//! imaginary parts the second is not true.

pub mod choice;

use std::ops::Range;

use crate::data::encoder::coded::Coded;
use crate::data::matrix::Matrix;

/// Fewest columns of a curve.
const FEWEST: usize = 16;
/// Rows that are looked at, evenly spaced.
pub const ROWS: usize = 128;
/// Neighbours vary together from this median correlation on.
const TOGETHER: f64 = 0.5;
/// How far off a column may not resemble another more than its neighbour does, but for chance.
const FARTHEST: usize = 8;
const CHANCE: f64 = 0.02;

/// Columns in use that form a curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Which ones.
    pub columns: Range<usize>,
    /// Where on the axis each of them stands, rising or falling: 400, 402, … of `400 nm`, `402 nm`, …
    pub places: Vec<f64>,
}

/// The curves among the columns in use.
pub fn curves(columns: &[Coded], matrix: &Matrix) -> Vec<Curve> {
    let places: Vec<Option<Place<'_>>> = columns
        .iter()
        .map(|column| Place::of(&column.name).filter(|_| column.is_number()))
        .collect();
    let mut runs = counting(&places);
    runs.retain(|run| {
        let features: Vec<usize> = run
            .clone()
            .map(|column| columns[column].features.start)
            .collect();
        vary_together(&features, matrix)
    });
    let curve = |columns: Range<usize>| Curve {
        places: places[columns.clone()]
            .iter()
            .flatten()
            .map(|place| place.number)
            .collect(),
        columns,
    };
    runs.into_iter().map(curve).collect()
}

/// Whether columns of numbers with these names, in this order, might form a curve: only their values can tell.
pub fn may_be<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let places: Vec<Option<Place<'_>>> = names.map(Place::of).collect();
    !counting(&places).is_empty()
}

/// The columns of a curve from the first to the last, as `λ1203–1260` or `400–460 nm`.
pub fn span(first: &str, last: &str) -> String {
    if first == last {
        return first.to_owned();
    }
    match (Place::of(first), Place::of(last)) {
        (Some(from), Some(to)) if from.shares_its_axis_with(&to) => {
            let from = &first[..first.len() - from.after.len()];
            format!("{from}–{}", &last[to.before.len()..])
        }
        _ => format!("{first}–{last}"),
    }
}

/// A name with a number in it: `λ0012` is at 12 on the axis `λ…`, `400.5 nm` at 400.5 on the axis `… nm`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place<'a> {
    before: &'a str,
    number: f64,
    after: &'a str,
}

impl<'a> Place<'a> {
    /// The last number in the name is the place.
    fn of(name: &'a str) -> Option<Self> {
        let end = name.rfind(|c: char| c.is_ascii_digit())? + 1;
        let in_number = |c: char| c.is_ascii_digit() || c == '.';
        let start = name[..end]
            .char_indices()
            .rev()
            .find(|(_, c)| !in_number(*c))
            .map_or(0, |(index, c)| index + c.len_utf8());
        // A sign belongs to a number that begins the name; elsewhere it is a hyphen.
        let start = if start == 1 && name.starts_with('-') {
            0
        } else {
            start
        };
        let number = name[start..end].trim_start_matches('.').parse().ok()?;
        Some(Self {
            before: &name[..start],
            number,
            after: &name[end..],
        })
    }

    fn shares_its_axis_with(&self, other: &Self) -> bool {
        (self.before, self.after) == (other.before, other.after)
    }
}

/// Whether all stand on one axis, in its order.
fn counts_throughout(places: &[Option<Place<'_>>]) -> bool {
    run_from(places, 0) == places.len() && places.iter().all(Option::is_some)
}

/// Runs of neighbours on one axis whose numbers only rise or only fall.
fn counting(places: &[Option<Place<'_>>]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    while start < places.len() {
        let end = run_from(places, start);
        if end - start >= FEWEST {
            runs.push(start..end);
        }
        start = end;
    }
    runs
}

/// Where the run that begins at `start` ends.
fn run_from(places: &[Option<Place<'_>>], start: usize) -> usize {
    let mut end = start + 1;
    let mut rises = None;
    while let (Some(before), Some(Some(next))) = (places[end - 1], places.get(end)) {
        let up = next.number > before.number;
        let counts = next.number != before.number && *rises.get_or_insert(up) == up;
        if !counts || !next.shares_its_axis_with(&before) {
            break;
        }
        end += 1;
    }
    end
}

/// Whether neighbouring features vary together, and more so than those farther apart.
fn vary_together(features: &[usize], matrix: &Matrix) -> bool {
    let stride = matrix.rows().div_ceil(ROWS).max(1);
    let rows: Vec<usize> = (0..matrix.rows()).step_by(stride).collect();
    let directions: Vec<Vec<f64>> = features
        .iter()
        .map(|feature| {
            let values: Vec<f64> = rows
                .iter()
                .map(|row| f64::from(matrix.row(*row)[*feature]))
                .collect();
            direction(values)
        })
        .collect();
    let resembles = |apart: usize| {
        let pairs = directions.iter().zip(&directions[apart..]);
        let mut all: Vec<f64> = pairs
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>().abs())
            .collect();
        all.sort_unstable_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let neighbours = resembles(1);
    neighbours >= TOGETHER && (2..=FARTHEST).all(|apart| resembles(apart) <= neighbours + CHANCE)
}

/// The values less their mean, at length one: the product of two such is their correlation.
fn direction(mut values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    for value in &mut values {
        *value -= mean;
    }
    let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    if length > 0.0 {
        for value in &mut values {
            *value /= length;
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::columns::column::Column;
    use crate::data::encoder::{Encoded, Scaling};

    /// The curves of a table with these column names, whose value in a row is given by row and column.
    fn found(names: &[String], value: impl Fn(usize, usize) -> f64) -> Vec<Range<usize>> {
        let columns = names.iter().enumerate().map(|(column, name)| {
            let values = (0..60).map(|row| value(row, column)).collect();
            Column::numbers(name.clone(), values)
        });
        let curves = Encoded::new(columns.collect(), 60, Scaling::ZScore).curves;
        curves.into_iter().map(|curve| curve.columns).collect()
    }

    fn once(columns: Range<usize>) -> Vec<Range<usize>> {
        std::iter::once(columns).collect()
    }

    fn wave(row: usize, column: usize) -> f64 {
        (row as f64 * 0.7 + column as f64 * 0.1).sin()
    }

    /// As good as random.
    fn noise(row: usize, column: usize) -> f64 {
        ((row * 7_919 + column * 104_729) as f64 * 0.618).fract()
    }

    #[test]
    fn names_say_where_on_an_axis_a_column_stands() {
        let place = |name| Place::of(name).map(|place| (place.before, place.number, place.after));
        assert_eq!(place("λ0012"), Some(("λ", 12.0, "")));
        assert_eq!(place("400.5 nm"), Some(("", 400.5, " nm")));
        assert_eq!(place("-3"), Some(("", -3.0, "")));
        assert_eq!(place("x-3"), Some(("x-", 3.0, "")));
        assert_eq!((place("age"), place("1.2.3")), (None, None));
    }

    #[test]
    fn a_span_names_its_axis_once() {
        assert_eq!(span("λ1203", "λ1260"), "λ1203–1260");
        assert_eq!(span("400 nm", "460 nm"), "400–460 nm");
        assert_eq!(
            (span("λ7", "λ7"), span("a", "b")),
            ("λ7".into(), "a–b".into())
        );
    }

    #[test]
    fn names_that_count_and_values_that_follow_each_other_are_a_curve() {
        let mut names: Vec<String> = (0..20).map(|c| format!("{} nm", 400 + 2 * c)).collect();
        names.insert(0, "age".into());
        names.push("t1".into());
        assert_eq!(found(&names, wave), once(1..21));
        let falling: Vec<String> = (0..20)
            .map(|c| format!("{:.1}", 900.0 - 0.5 * f64::from(c)))
            .collect();
        assert_eq!(found(&falling, wave), once(0..20));
    }

    #[test]
    fn names_alone_are_no_curve() {
        let names: Vec<String> = (0..24).map(|c| format!("f{c}")).collect();
        assert!(found(&names, noise).is_empty());
        // Two things in turn: every other column resembles, the neighbour less.
        let in_turn = |row, column| {
            wave(row, column)
                + if column % 2 == 0 {
                    1.5 * noise(row, 0)
                } else {
                    -noise(row, 1)
                }
        };
        assert!(found(&names, in_turn).is_empty());
        let unordered: Vec<String> = (0..24).map(|c| format!("f{}", c * 7 % 24)).collect();
        assert!(found(&unordered, wave).is_empty());
    }
}
