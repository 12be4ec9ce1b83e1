//! The rows that are asked for, in the order of the ranking, some at a time: why they stand there, and their cells, read again
//! from the file where it is still what was read, else as the network's table has them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;

use crate::data::encoder::Encoded;
use crate::data::records::original::Opened;
use crate::error::{Error, Result};
use crate::export::Heard;
use crate::export::sheet::Cell;
use crate::message::Rows;
use crate::train::explain::{Reasons, in_words};
use crate::train::trainer::{Trainer, WholeRanking};

/// Cells of the encoded table that are explained at once.
const CELLS: usize = 1 << 18;
/// Rows that are explained at once, at most.
const ROWS: usize = 1_024;

/// Where the cells of a row come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The file, read again.
    File,
    /// The table in memory, which came from no file.
    Made,
    /// The table in memory, because the text was not kept.
    Gone,
    /// The table in memory, because the file has changed.
    Changed,
}

impl Source {
    /// What should be said of it.
    pub const fn note(self) -> Option<&'static str> {
        match self {
            Self::File | Self::Made => None,
            Self::Gone => {
                Some("the values are as they were read, rounded, and only of the columns in use")
            }
            Self::Changed => Some(
                "the table's file has changed, so the values are as they were read, rounded, and only of the columns in use",
            ),
        }
    }
}

/// Rows to be taken along.
pub struct Take<'a> {
    data: &'a Encoded,
    reasons: Reasons<'a>,
    whole: &'a WholeRanking,
    /// Their places, in order.
    places: Vec<usize>,
}

impl<'a> Take<'a> {
    /// These rows of a ranking.
    pub fn new(trainer: &'a Trainer, whole: &'a WholeRanking, rows: &Rows) -> Result<Self> {
        let total = whole.order.len();
        let places: Vec<usize> = match rows {
            Rows::Flagged => (0..whole.flag.count).collect(),
            Rows::All => (0..total).collect(),
            Rows::Top(count) => (0..total.min(*count)).collect(),
            Rows::These(rows) => {
                let known = rows.iter().filter(|row| (**row as usize) < total);
                let mut places: Vec<usize> = known.map(|row| whole.places.rank(*row)).collect();
                places.sort_unstable();
                places.dedup();
                places
            }
        };
        if places.is_empty() {
            return Err(Error::Told(match rows {
                Rows::Flagged => "no row is flagged; top:20 takes the first twenty".into(),
                _ => "there are no such rows".into(),
            }));
        }
        let reasons = trainer.reasons();
        let reasons = reasons.ok_or_else(|| Error::Told("nothing is ranked yet".into()))?;
        Ok(Self {
            data: trainer.data(),
            reasons,
            whole,
            places,
        })
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether they are none, which they never are.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where their cells may come from, the best first.
    pub fn sources(&self) -> impl Iterator<Item = Source> + use<> {
        match &self.data.provenance.original {
            None if self.data.provenance.header.is_empty() => vec![Source::Made],
            None => vec![Source::Gone],
            Some(original) if original.open().is_none() => vec![Source::Changed],
            Some(_) => vec![Source::File, Source::Changed],
        }
        .into_iter()
    }

    /// The names of all cells. Where the file has a name that is ours, ours gives way.
    pub fn names(&self, source: Source) -> Vec<String> {
        let provenance = &self.data.provenance;
        let theirs: Vec<String> = match source {
            Source::File => provenance.header.clone(),
            Source::Made | Source::Gone | Source::Changed => {
                let columns = self.data.encoder.columns.iter();
                let name = |place: usize, name: &str| {
                    let header = provenance.header.get(place);
                    header.map_or_else(|| name.to_owned(), Clone::clone)
                };
                columns
                    .map(|column| name(column.place, &column.name))
                    .collect()
            }
        };
        let taken: HashSet<&str> = theirs.iter().map(String::as_str).collect();
        let id = provenance.ids.as_ref().map(|_| "id");
        let ours = ["rank", "row"].into_iter().chain(id);
        let ours = ours.chain(["score", "flagged", "reason"]).map(|name| {
            let mut name = name.to_owned();
            while taken.contains(&*name) {
                name.insert_str(0, "misfit_");
            }
            name
        });
        ours.collect::<Vec<_>>().into_iter().chain(theirs).collect()
    }

    /// Hands all rows to `take`, as long as it wants more. False where the file turned out to have changed, and what was
    /// taken is worth nothing.
    pub fn each(
        &self,
        source: Source,
        heard: &mut Heard<'_>,
        take: &mut dyn FnMut(&[Cell<'_>]) -> io::Result<ControlFlow<()>>,
    ) -> Result<bool> {
        let mut original = match (source, &self.data.provenance.original) {
            (Source::File, Some(original)) => match original.open() {
                Some(opened) => Some(opened),
                None => return Ok(false),
            },
            _ => None,
        };
        let at_once = (CELLS / self.data.matrix.columns().max(1)).clamp(1, ROWS);
        let mut done = 0;
        for places in self.places.chunks(at_once) {
            if heard(done, self.places.len()).is_break() {
                return Err(Error::Stopped);
            }
            let rows: Vec<u32> = places
                .iter()
                .map(|place| self.whole.order[*place])
                .collect();
            for (place, explanation) in places.iter().zip(self.reasons.explanations(&rows)) {
                let row = explanation.row as usize;
                let Some(cells) = self.cells(row, original.as_mut()) else {
                    return Ok(false);
                };
                let reason = in_words(&explanation);
                let mut record = vec![
                    Cell::Count(*place as u64 + 1),
                    Cell::Count(u64::from(self.data.provenance.number(row))),
                ];
                let ids = self.data.provenance.ids.as_ref();
                record.extend(ids.map(|ids| Cell::from(&*ids.values[row])));
                record.extend([
                    Cell::Score(self.whole.scores[row]),
                    Cell::Flag(*place < self.whole.flag.count),
                    Cell::from(&*reason),
                ]);
                record.extend(cells);
                if take(&record).map_err(Error::io("write"))?.is_break() {
                    return Ok(true);
                }
            }
            done += places.len();
        }
        Ok(original.is_none_or(|original| original.is_unchanged()))
    }

    fn cells(&self, row: usize, original: Option<&mut Opened<'_>>) -> Option<Vec<Cell<'static>>> {
        match original {
            Some(original) => {
                let cells = original.cells(row)?;
                let text = |cell| Cell::Text(Cow::Owned(cell));
                Some(cells.into_iter().map(text).collect())
            }
            None => Some(as_read(self.data, row)),
        }
    }
}

/// A cell of the table, and where it comes from; none where that column was not kept.
pub fn cell(data: &Encoded, row: usize, column: usize) -> Option<(Source, Cell<'static>)> {
    let original = &data.provenance.original;
    let source = match original {
        None if data.provenance.header.is_empty() => Source::Made,
        None => Source::Gone,
        Some(_) => Source::Changed,
    };
    if let Some(cells) = original.as_ref().and_then(|original| original.cells(row)) {
        let cell = cells.into_iter().nth(column)?;
        return Some((Source::File, Cell::Text(Cow::Owned(cell))));
    }
    let columns = &data.encoder.columns;
    let used = columns.iter().position(|used| used.place == column)?;
    Some((source, as_read(data, row).into_iter().nth(used)?))
}

/// The columns in use as the network's table has them: words, dates, and numbers as precise as its floats.
fn as_read(data: &Encoded, row: usize) -> Vec<Cell<'static>> {
    let scaled = data.matrix.row(row);
    let columns = data.encoder.columns.iter().enumerate();
    columns
        .map(|(index, column)| {
            let values: Vec<f64> = column
                .features
                .clone()
                .map(|feature| data.encoder.features[feature].inverse(f64::from(scaled[feature])))
                .collect();
            let text = match values.first() {
                _ if data.is_missing(row, index) => return Cell::Nothing,
                None => return Cell::Nothing,
                Some(first) => column.shown(&values).unwrap_or_else(|| {
                    let feature = column.features.start;
                    let scale = data.encoder.features[feature].scale;
                    rounded(*first, scaled[feature], scale)
                }),
            };
            Cell::Text(Cow::Owned(text.into_bytes()))
        })
        .collect()
}

/// A number as precise as the float that it was scaled to, and no more: 0.1 and not 0.10000000149.
fn rounded(value: f64, scaled: f32, scale: f64) -> String {
    let fine = scale.abs() * f64::from(scaled.abs().max(1.0)) * f64::from(f32::EPSILON);
    let power = fine.log10().ceil();
    if !power.is_finite() {
        return value.to_string();
    }
    let digits = (-power).clamp(0.0, 300.0) as usize;
    if digits == 0 {
        let place = 10f64.powf(power);
        return format!("{:.0}", (value / place).round() * place);
    }
    let text = format!("{value:.digits$}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".into(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        for (value, offset, scale) in [
            (7.25, 49.5, 28.9),
            (-0.1, 3.0, 1.7),
            (0.0, 0.3, 0.5),
            (123_456.0, 0.0, 50_000.0),
            (1.5e-9, 0.0, 1e-9),
            (3e15, 0.0, 1e15),
        ] {
            let scaled = ((value - offset) / scale) as f32;
            let back = f64::from(scaled) * scale + offset;
            let text = rounded(back, scaled, scale);
            assert_eq!(text.parse::<f64>(), Ok(value), "{text}");
        }
        assert_eq!(rounded(5.0, 0.0, 0.0), "5");
    }
}
