//! What one pass over the stream yields: raw columns, and what is known about them.

use std::sync::Arc;

use crate::data::columns::datetime::{self, Format, Order, Unit};
use crate::data::columns::guess::ReadAs;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::packed::Packed;
use crate::data::columns::raw::RawColumn;
use crate::data::columns::roles::{ColumnSpec, Role};
use crate::data::options::ReadOptions;
use crate::data::read::again::Again;
use crate::data::read::footer::Footer;
use crate::data::records::layout::Layout;
use crate::data::records::original::Original;
use crate::data::records::ragged::Ragged;
use crate::data::table::Form;

/// The result of one pass.
pub struct Pass {
    /// Each column's name, and what it is for.
    pub specs: Vec<ColumnSpec>,
    /// How each column was read.
    pub read_as: Vec<ReadAs>,
    /// What was read of each column.
    pub columns: Vec<RawColumn>,
    /// Rows kept.
    pub rows: usize,
    /// Data rows of the stream, including skipped ones and those outside the sample.
    pub seen: u64,
    /// Rows of totals at the end, which were read like any other.
    pub footer: Option<Footer>,
    /// Number of each row among the data rows of the file, 1 = first; none where every row is here.
    pub numbers: Option<Vec<u32>>,
    /// How the stream is laid out and how many rows it has, where only a sample of them fits into memory.
    pub larger: Option<(Layout, usize)>,
    /// How to read the stream again, in that case.
    pub again: Option<Again>,
    /// What else stands for a missing value.
    pub missing: Arc<MissingWords>,
    /// Rows of the wrong length.
    pub ragged: Ragged,
    /// What the user should know.
    pub notices: Vec<String>,
    /// How the file is laid out.
    pub form: Form,
    /// The columns' names as the file has them.
    pub header: Vec<String>,
    /// The original text of the rows.
    pub original: Option<Original>,
}

impl Pass {
    /// Rows of the stream, where only some of them were drawn.
    pub fn drawn_from(&self) -> Option<usize> {
        let all = self.seen as usize - self.ragged.count;
        (all > self.rows).then_some(all)
    }

    /// How many cells most rows have, if that is not how many they were read with.
    pub fn other_shape(&self) -> Option<usize> {
        let (cells, rows) = self.ragged.usual()?;
        (rows as u64 * 2 > self.seen).then_some(cells)
    }

    /// The columns that were read as their first cells suggested, but hold something else.
    pub fn misread(&self) -> Vec<usize> {
        let guessed = |spec: &ColumnSpec| spec.role == Role::Feature && spec.kind.is_none();
        (0..self.columns.len())
            .filter(|index| guessed(&self.specs[*index]) && self.columns[*index].is_misread())
            .collect()
    }

    /// The columns of dates in which a day stands where the month was read, and no other way round: `13/03/2024` below dates that
    /// may be either.
    pub fn misread_dates(&self, options: &ReadOptions) -> Vec<(usize, Format)> {
        if options.layout.dates.is_some() {
            return Vec::new();
        }
        let other = |(index, read_as): (usize, &ReadAs)| {
            let ReadAs::Times(format) = read_as else {
                return None;
            };
            let (other, column) = (format.swapped()?, &self.columns[index]);
            let RawColumn::Numbers(values, gaps) = column else {
                return None;
            };
            let mut words = gaps.first_words.iter();
            let shown = words.any(|(_, cell)| datetime::read(cell, other).is_some());
            let all = || seconds(values).all(datetime::may_swap);
            (shown && all()).then_some((index, other))
        };
        self.read_as.iter().enumerate().filter_map(other).collect()
    }

    /// What should be said of columns of dates in which nothing shows whether the day or the month comes first.
    pub fn undecided_dates(&self, options: &ReadOptions) -> Vec<String> {
        if options.layout.dates.is_some() {
            return Vec::new();
        }
        let undecided = |(index, read_as): (usize, &ReadAs)| {
            let ReadAs::Times(format) = read_as else {
                return None;
            };
            format.swapped()?;
            let RawColumn::Numbers(values, _) = &self.columns[index] else {
                return None;
            };
            let first = seconds(values).next()?;
            let (comes, other) = match format.order()? {
                Order::Month => ("month", "dmy"),
                Order::Day | Order::Year => ("day", "mdy"),
            };
            datetime::is_undecided(seconds(values)).then(|| {
                format!(
                    "column “{}”: nothing shows whether the day or the month comes first in its dates; read with the {comes} first, from {} on; if not, say --dates {other}",
                    self.specs[index].name,
                    datetime::show(first, Unit::Days)
                )
            })
        };
        self.read_as
            .iter()
            .enumerate()
            .filter_map(undecided)
            .collect()
    }
}

/// The times of a column that are there.
fn seconds(values: &[Packed]) -> impl Iterator<Item = f64> {
    let all = values
        .iter()
        .flat_map(|piece| (0..piece.len()).map(|row| piece.get(row)));
    all.filter(|time| !time.is_nan())
}
