//! A row of a series as the windows that hold it see it: what they make of the row, which columns err, and when.

use std::ops::Range;

use super::Reasons;
use crate::data::encoder::Coded;
use crate::data::windows::Windows;
use crate::message::{Around, Course};
use crate::score::ranking::By;
use crate::score::view::Seen;
use crate::train::snapshot;

/// Windows that are looked at for one row; where more hold it, an even sample of them.
const LOOKED_AT: usize = 16;
/// The stretch in which a column errs carries this share of what the column adds to the score.
const CARRIES: f64 = 0.5;

/// A row, with the parts of the score that ranks it.
pub struct Folded {
    /// What is made of the row, and each feature's part of its score.
    pub seen: Seen,
    /// For each feature the parts of each place, and the first of these places; empty where rows are taken one by one.
    parts: Vec<Vec<f64>>,
    first: usize,
    /// What is made of each of these places.
    rebuilt: Vec<Vec<f32>>,
}

impl From<Seen> for Folded {
    fn from(seen: Seen) -> Self {
        Self {
            seen,
            parts: Vec::new(),
            first: 0,
            rebuilt: Vec::new(),
        }
    }
}

impl Folded {
    /// The places, in the order of time, in which these features err most; none where rows are taken one by one.
    pub fn stretch(&self, features: Range<usize>) -> Option<Range<usize>> {
        let places = self.parts.first()?.len();
        let at = |place: usize| -> f64 {
            let parts = self.parts[features.clone()].iter();
            parts.map(|parts| parts[place]).sum()
        };
        let parts: Vec<f64> = (0..places).map(at).collect();
        let stretch = shortest(&parts, CARRIES)?;
        Some(self.first + stretch.start..self.first + stretch.end)
    }
}

/// The shortest run of neighbours that carries this share of the sum.
fn shortest(parts: &[f64], share: f64) -> Option<Range<usize>> {
    let wanted = share * parts.iter().sum::<f64>();
    let (mut best, mut start, mut sum): (Option<Range<usize>>, _, _) = (None, 0, 0.0);
    for end in 0..parts.len() {
        sum += parts[end];
        while start < end && sum - parts[start] >= wanted {
            sum -= parts[start];
            start += 1;
        }
        let is_shorter = best
            .as_ref()
            .is_none_or(|best| end + 1 - start < best.len());
        if sum >= wanted && wanted > 0.0 && is_shorter {
            best = Some(start..end + 1);
        }
    }
    best
}

impl Reasons<'_> {
    /// A row as the windows see it; none of one that no window holds.
    pub(super) fn fold(&self, row: usize, windows: &Windows) -> Option<Folded> {
        let (examples, features) = (&self.data.examples, self.data.matrix.columns());
        let holding = windows.holding(row);
        let every = holding.len().div_ceil(LOOKED_AT).max(1);
        let held: Vec<usize> = holding.step_by(every).collect();
        let (first, last) = (windows.start(*held.first()?), windows.start(*held.last()?));
        let mut batch = Vec::new();
        examples.gather(held.iter().copied(), &mut batch);
        let seen = snapshot::look(self.views.iter().copied(), &batch);
        let mut parts = vec![vec![0.0; last + windows.size().rows - first]; features];
        let mut rebuilt = vec![vec![0.0; features]; last + windows.size().rows - first];
        let mut seen_by = vec![0.0_f32; rebuilt.len()];
        let share = 1.0 / held.len() as f64;
        for (window, mut seen) in held.iter().zip(seen) {
            self.blend(*window, &mut seen.parts);
            let start = windows.start(*window);
            for (cell, part) in seen.parts.iter().enumerate() {
                parts[cell % features][start - first + cell / features] += part * share;
            }
            for (place, values) in seen.reconstruction.chunks_exact(features).enumerate() {
                let place = place + start - first;
                seen_by[place] += 1.0;
                for (sum, value) in rebuilt[place].iter_mut().zip(values) {
                    *sum += value;
                }
            }
        }
        for (sums, count) in rebuilt.iter_mut().zip(seen_by) {
            for sum in sums {
                *sum /= count;
            }
        }
        Some(Folded {
            seen: Seen {
                reconstruction: rebuilt[windows.place(row) - first].clone(),
                parts: parts.iter().map(|parts| parts.iter().sum()).collect(),
            },
            parts,
            first,
            rebuilt,
        })
    }

    /// The series around a row, as the windows that hold it see it.
    pub(super) fn around(&self, row: usize, folded: &Folded) -> Option<Around> {
        let windows = self.data.examples.windows()?;
        let places = folded.first..folded.first + folded.rebuilt.len();
        let own = windows.place(row).checked_sub(folded.first)?;
        let course = |column: &Coded| {
            if column.levels.is_some() {
                return None;
            }
            let unit = |scaled: &[f32]| self.data.units(column, scaled)[0];
            let original = places
                .clone()
                .map(|place| unit(self.data.matrix.row(windows.row(place))));
            let errs = folded.stretch(column.features.clone());
            Some(Course {
                original: original.collect(),
                rebuilt: folded.rebuilt.iter().map(|scaled| unit(scaled)).collect(),
                errs: errs.map(|errs| errs.start - folded.first..errs.end - folded.first),
            })
        };
        (!places.is_empty()).then(|| Around {
            rows: places
                .clone()
                .map(|place| windows.row(place) as u32)
                .collect(),
            own,
            courses: self.data.encoder.columns.iter().map(course).collect(),
        })
    }

    /// The network's parts of the score of a row of what is learned, made into those of the score that ranks the rows.
    pub(super) fn blend(&self, example: usize, parts: &mut [f64]) {
        let (By::Both | By::Disagreement | By::Lesinn, Some(references)) =
            (self.by, self.references)
        else {
            return;
        };
        let others = references.neighbours.parts(&self.data.examples, example);
        for (part, other) in parts.iter_mut().zip(others) {
            *part = match self.by {
                By::Both => f64::midpoint(*part, other),
                By::Disagreement => (*part - other).abs(),
                By::Network | By::Lesinn => other,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_run_that_carries_half_is_found() {
        let parts = [0.1, 0.1, 3.0, 0.0, 3.0, 0.1, 2.0];
        assert_eq!(shortest(&parts, 0.5), Some(2..5));
        assert_eq!(shortest(&[1.0, 9.0, 1.0], 0.5), Some(1..2));
        assert_eq!(shortest(&[0.0, 0.0], 0.5), None);
    }
}
