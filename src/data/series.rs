//! What makes rows a series: when each was taken, and what it belongs to.

use crate::data::columns::datetime::{self, Unit};
use crate::data::columns::words::Words;
use crate::data::text::sanitize_bytes;

/// A gap in time is longer than this many times the usual step …
const GAP: f64 = 5.0;
/// … and than this many times what all but one step in a hundred stay below, so that rows that come irregularly have none.
const GAP_OF_LONG: f64 = 3.0;

/// When a table's rows were taken, and which of them belong together. The default knows neither.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// What tells the time, which only grows or only falls.
    pub clock: Option<Clock>,
    /// What the rows belong to, each a series of its own.
    pub groups: Option<Groups>,
}

/// The column, or the two, that tell when each row was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    /// The header of its column, sanitised; or those of two, of which one tells the day and the other the time of day.
    pub columns: Vec<String>,
    /// How precise it is.
    pub unit: Unit,
    /// Seconds of each row, NaN where there is none.
    pub seconds: Vec<f64>,
}

/// A column that tells what each row belongs to: a machine, a patient.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    /// Its header, sanitised.
    pub name: String,
    /// The group of each row, numbered as they first appear.
    pub codes: Vec<u32>,
    /// What each is called, sanitised.
    pub names: Vec<String>,
}

impl Clock {
    /// What it is called.
    pub fn name(&self) -> String {
        self.columns.join(" ")
    }

    /// When a row was taken, to show.
    pub fn shown(&self, row: usize) -> Option<String> {
        let seconds = self.seconds[row];
        (!seconds.is_nan()).then(|| datetime::show(seconds, self.unit))
    }
}

impl Groups {
    /// Groups by what a column says, numbered as they first appear.
    pub fn new(name: String, words: &Words) -> Self {
        let mut known = hashbrown::HashMap::new();
        let mut names = Vec::new();
        let codes = words.codes().iter().enumerate().map(|(row, word)| {
            *known.entry(*word).or_insert_with(|| {
                names.push(sanitize_bytes(words.get(row).unwrap_or_default()));
                names.len() as u32 - 1
            })
        });
        Self {
            codes: codes.collect(),
            name,
            names,
        }
    }
}

impl Series {
    /// What the columns are called together that name the rows: by what they belong to and when they were taken.
    pub fn header(group: Option<&str>, clock: Option<&str>) -> Option<String> {
        let names: Vec<&str> = group.into_iter().chain(clock).collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    /// What a row is called by them.
    pub fn row(&self, row: usize) -> String {
        let group = self.groups.as_ref();
        let group = group.map(|groups| groups.names[groups.codes[row] as usize].clone());
        let time = self.clock.as_ref().and_then(|clock| clock.shown(row));
        let words: Vec<String> = group.into_iter().chain(time).collect();
        words.join(" ")
    }

    /// A series by these times alone.
    #[cfg(test)]
    pub fn of_times(name: &str, seconds: Vec<f64>) -> Self {
        Self {
            clock: Some(Clock {
                columns: vec![name.into()],
                unit: Unit::Seconds,
                seconds,
            }),
            groups: None,
        }
    }

    /// The same, and groups by these words.
    #[cfg(test)]
    pub fn of_groups(words: &[&str]) -> Self {
        let mut column = Words::default();
        for word in words {
            column.push(Some(word.as_bytes()));
        }
        Self {
            clock: None,
            groups: Some(Groups::new("machine".into(), &column)),
        }
    }

    /// The rows in the order in which they were taken, group after group; none where they stand so in the table.
    pub fn order(&self, rows: usize) -> Option<Vec<u32>> {
        let times = self.times(rows);
        let key = |row: u32| (self.group(row), times.get(row as usize).copied());
        let by_key = |a: &u32, b: &u32| {
            let ((group, time), (other, later)) = (key(*a), key(*b));
            let times = time.unwrap_or(0.0).total_cmp(&later.unwrap_or(0.0));
            group.cmp(&other).then(times)
        };
        let mut order: Vec<u32> = (0..rows as u32).collect();
        if order.is_sorted_by(|a, b| by_key(a, b).is_le()) {
            return None;
        }
        order.sort_by(by_key);
        Some(order)
    }

    /// The stretches that no gap and no other group interrupts, as numbers of rows in this order one after the other; and how
    /// many gaps in time part them.
    pub fn stretches(&self, rows: usize, order: Option<&[u32]>) -> (Vec<usize>, usize) {
        let times = self.times(rows);
        let row = |place: usize| order.map_or(place, |order| order[place] as usize);
        let step = |place: usize| {
            let (before, now) = (row(place - 1), row(place));
            let same = self.group(before as u32) == self.group(now as u32);
            (same && !times.is_empty()).then(|| times[now] - times[before])
        };
        let mut steps: Vec<f64> = (1..rows)
            .filter_map(step)
            .filter(|step| *step > 0.0)
            .collect();
        let longest = if steps.is_empty() {
            f64::INFINITY
        } else {
            let mut at = |share: f64| {
                let place = ((steps.len() - 1) as f64 * share) as usize;
                *steps.select_nth_unstable_by(place, f64::total_cmp).1
            };
            (GAP * at(0.5)).max(GAP_OF_LONG * at(0.99))
        };
        let (mut stretches, mut gaps, mut length) = (Vec::new(), 0, 0);
        for place in 0..rows {
            if place > 0 {
                let gap = step(place).is_some_and(|step| step > longest);
                gaps += usize::from(gap);
                let other = self.group(row(place - 1) as u32) != self.group(row(place) as u32);
                if gap || other {
                    stretches.push(length);
                    length = 0;
                }
            }
            length += 1;
        }
        stretches.extend((length > 0).then_some(length));
        (stretches, gaps)
    }

    fn group(&self, row: u32) -> u32 {
        self.groups
            .as_ref()
            .map_or(0, |groups| groups.codes[row as usize])
    }

    /// The time of each row; one without a time was taken when the one before it was. Empty where no column tells it.
    fn times(&self, rows: usize) -> Vec<f64> {
        let Some(clock) = &self.clock else {
            return Vec::new();
        };
        let mut last = clock
            .seconds
            .iter()
            .copied()
            .find(|seconds| !seconds.is_nan())
            .unwrap_or(0.0);
        let fill = |seconds: &f64| {
            if !seconds.is_nan() {
                last = *seconds;
            }
            last
        };
        debug_assert_eq!(clock.seconds.len(), rows);
        clock.seconds.iter().map(fill).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_parts_a_series_and_an_irregular_one_has_none() {
        let regular: Vec<f64> = (0..100)
            .map(|row| f64::from(row * 60 + if row >= 40 { 3_600 } else { 0 }))
            .collect();
        let series = Series::of_times("t", regular);
        assert_eq!(series.order(100), None);
        assert_eq!(series.stretches(100, None), (vec![40, 60], 1));
        let mut time = 0.0;
        let irregular = (0..1_000).map(|row: i32| {
            let even = (f64::from(row) * 0.618_033_988_7).fract().max(1e-3);
            time -= 60.0 * even.ln();
            time
        });
        let series = Series::of_times("t", irregular.collect());
        assert_eq!(series.stretches(1_000, None), (vec![1_000], 0));
    }

    #[test]
    fn groups_that_take_turns_are_series_of_their_own() {
        let series = Series {
            clock: Series::of_times("t", vec![0.0, 0.0, 1.0, 1.0, 2.0]).clock,
            ..Series::of_groups(&["b", "a", "b", "a", "b"])
        };
        let order = series.order(5).unwrap();
        assert_eq!(order, [0, 2, 4, 1, 3]);
        assert_eq!(series.stretches(5, Some(&order)), (vec![3, 2], 0));
    }
}
