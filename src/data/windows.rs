//! Windows of consecutive rows: what the network learns instead of single rows where the rows are a series.

pub mod choice;

use std::ops::Range;

use crate::data::series::Series;
use crate::error::{Error, Result};
use crate::format::count;

/// How windows are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowSize {
    /// Consecutive rows of a window.
    pub rows: usize,
    /// Rows from the beginning of one to that of the next.
    pub step: usize,
}

impl WindowSize {
    /// Windows of so many rows, each so many after the one before; neither is zero.
    pub const fn new(rows: usize, step: usize) -> Self {
        Self { rows, step }
    }
}

/// The windows of a table. Places count the rows in the order in which they were taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Windows {
    size: WindowSize,
    rows: usize,
    /// The first place of each window, ascending.
    starts: Vec<u32>,
    /// The row at each place; none where they are the same.
    order: Option<Vec<u32>>,
    /// The place of each row; none where they are the same.
    places: Option<Vec<u32>>,
    /// Rows that are in no window.
    outside: usize,
    /// Gaps in time that no window spans.
    gaps: usize,
    /// Stretches long enough for a window.
    stretches: usize,
}

impl Windows {
    /// The windows of a table of so many rows. None spans a gap in time or two groups; where the step leads past the end of a
    /// stretch one more window ends there, so that no row is left out. An error where no stretch is long enough.
    pub fn cut(rows: usize, size: WindowSize, series: &Series) -> Result<Self> {
        let order = series.order(rows);
        let (stretches, gaps) = series.stretches(rows, order.as_deref());
        let (mut starts, mut first, mut outside, mut enough) = (Vec::new(), 0, 0, 0);
        for &length in &stretches {
            if length < size.rows {
                outside += length;
            } else {
                let last = first + length - size.rows;
                starts.extend((first..=last).step_by(size.step).map(|start| start as u32));
                if starts.last() != Some(&(last as u32)) {
                    starts.push(last as u32);
                }
                enough += 1;
            }
            first += length;
        }
        if starts.is_empty() {
            let longest = stretches.iter().max().copied().unwrap_or(0);
            let reason = if stretches.len() > 1 {
                format!(
                    "the longest stretch without a gap has {}",
                    count(longest, "row")
                )
            } else {
                format!("there are only {}", count(longest, "row"))
            };
            return Err(Error::Usage(format!(
                "--window {}: {reason}; choose a shorter window",
                size.rows
            )));
        }
        let places = order.as_ref().map(|order| {
            let mut places = vec![0; rows];
            for (place, row) in order.iter().enumerate() {
                places[*row as usize] = place as u32;
            }
            places
        });
        Ok(Self {
            size,
            rows,
            starts,
            order,
            places,
            outside,
            gaps,
            stretches: enough,
        })
    }

    /// How they were cut.
    pub fn size(&self) -> WindowSize {
        self.size
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Stretches that no gap and no other group interrupts, as far as they are long enough for a window.
    pub fn stretches(&self) -> usize {
        self.stretches
    }

    /// Rows that are in no window.
    pub fn outside(&self) -> usize {
        self.outside
    }

    /// Gaps in time that no window spans.
    pub fn gaps(&self) -> usize {
        self.gaps
    }

    /// Whether there are none; there always are.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The first place of a window.
    pub fn start(&self, window: usize) -> usize {
        self.starts[window] as usize
    }

    /// The row at each place, where they differ.
    pub fn order(&self) -> Option<&[u32]> {
        self.order.as_deref()
    }

    /// The row at a place.
    pub fn row(&self, place: usize) -> usize {
        self.order
            .as_ref()
            .map_or(place, |order| order[place] as usize)
    }

    /// The place of a row.
    pub fn place(&self, row: usize) -> usize {
        self.places
            .as_ref()
            .map_or(row, |places| places[row] as usize)
    }

    /// The windows that hold a row.
    pub fn holding(&self, row: usize) -> Range<usize> {
        let place = self.place(row);
        let first = (place + 1).saturating_sub(self.size.rows);
        self.starts
            .partition_point(|start| (*start as usize) < first)
            ..self
                .starts
                .partition_point(|start| *start as usize <= place)
    }

    /// Each row's mean over the windows that hold it; a row that is in none has a score of 0.
    pub fn per_row(&self, scores: &[f32]) -> Vec<f32> {
        let mut rows = vec![0.0; self.rows];
        // The windows that hold a place are neighbours, so the sum slides along; in f64, which a difference of f32 leaves exact
        // enough.
        let (mut from, mut to, mut sum) = (0, 0, 0.0);
        for place in 0..self.rows {
            while to < self.starts.len() && self.starts[to] as usize <= place {
                sum += f64::from(scores[to]);
                to += 1;
            }
            while from < to && self.starts[from] as usize + self.size.rows <= place {
                sum -= f64::from(scores[from]);
                from += 1;
            }
            if from == to {
                sum = 0.0;
            } else {
                rows[self.row(place)] = (sum.max(0.0) / (to - from) as f64) as f32;
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn windows(rows: usize, length: usize, step: usize) -> Windows {
        Windows::cut(rows, WindowSize::new(length, step), &Series::default()).unwrap()
    }

    proptest! {
        #[test]
        fn a_row_s_score_is_the_mean_over_the_windows_that_hold_it(
            rows in 4..60_usize, length in 1..5_usize, step in 1..7_usize,
        ) {
            let windows = windows(rows, length, step);
            let scores: Vec<f32> = (0..windows.len()).map(|w| (w * w % 13) as f32).collect();
            let found = windows.per_row(&scores);
            for (row, found) in found.into_iter().enumerate() {
                let holds = |w: &usize| (windows.start(*w)..windows.start(*w) + length).contains(&row);
                let held: Vec<usize> = (0..windows.len()).filter(holds).collect();
                prop_assert_eq!(windows.holding(row).collect::<Vec<_>>(), held.clone());
                let sum: f32 = held.iter().map(|w| scores[*w]).sum();
                let mean = if held.is_empty() { 0.0 } else { sum / held.len() as f32 };
                prop_assert!((found - mean).abs() < 1e-4, "row {}: {} {}", row, found, mean);
            }
        }
    }

    #[test]
    fn no_window_spans_two_groups_and_short_ones_are_not_judged() {
        let series = Series::of_groups(&["a", "a", "a", "b", "b", "c"]);
        let windows = Windows::cut(6, WindowSize::new(2, 1), &series).unwrap();
        let starts: Vec<usize> = (0..windows.len()).map(|w| windows.start(w)).collect();
        assert_eq!(starts, [0, 1, 3]);
        assert_eq!(
            windows.per_row(&[1.0, 3.0, 5.0]),
            [1.0, 2.0, 3.0, 5.0, 5.0, 0.0]
        );
        assert_eq!((windows.stretches(), windows.outside()), (2, 1));
    }

    #[test]
    fn a_window_longer_than_the_table_is_refused() {
        let error = Windows::cut(5, WindowSize::new(9, 1), &Series::default()).unwrap_err();
        assert!(error.to_string().contains("only 5 rows"), "{error}");
    }
}
