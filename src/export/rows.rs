//! The rows that are asked for, in the order of the ranking, with all that it takes to write them down: a copy, so that
//! training may go on meanwhile.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::data::encoder::Encoded;
use crate::error::{Error, Result};
use crate::export::sheet::Cell;
use crate::export::values::as_read;
use crate::format;
use crate::message::Rows;
use crate::train::explain::grounds::Grounds;
use crate::train::trainer::{Trainer, WholeRanking};

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
pub struct Take {
    pub(super) grounds: Grounds,
    pub(super) places: Places,
    /// Rows that were asked for besides and are not kept.
    pub(super) lacking: usize,
}

/// Which rows, and how they rank.
pub(super) struct Places {
    pub(super) whole: WholeRanking,
    /// The rows' places in it, in order.
    pub(super) chosen: Vec<usize>,
}

impl Take {
    /// These rows of the ranking that is shown.
    pub fn new(trainer: &Trainer, rows: &Rows) -> Result<Self> {
        let whole = trainer.whole_ranking()?;
        let total = whole.ranked;
        // Of a table larger than memory only the first rows are here.
        let asked = match rows {
            Rows::Flagged => whole.flag.count,
            Rows::All => whole.of,
            Rows::Top(count) => (*count).min(whole.of),
            Rows::These(_) => 0,
        };
        let lacking = asked.saturating_sub(total);
        if *rows == Rows::All && lacking > 0 {
            return Err(Error::Told(format!(
                "the table is larger than memory, and of its {} rows the first {} are kept: take top:{total} or fewer, or let misfit train --scores FILE write every row's score",
                format::group(whole.of),
                format::group(total)
            )));
        }
        let chosen: Vec<usize> = match rows {
            Rows::Flagged => (0..whole.flag.count.min(total)).collect(),
            Rows::All => (0..total).collect(),
            Rows::Top(count) => (0..total.min(*count)).collect(),
            Rows::These(rows) => {
                let here = rows
                    .iter()
                    .filter(|row| (**row as usize) < whole.order.len());
                let ranks = here.map(|row| whole.places.rank(*row));
                let known = total + whole.besides;
                let mut places: Vec<usize> = ranks.filter(|rank| *rank < known).collect();
                places.sort_unstable();
                places.dedup();
                places
            }
        };
        if chosen.is_empty() {
            return Err(Error::Told(match rows {
                Rows::Flagged => "no row is flagged; top:20 takes the first twenty".into(),
                _ => "there are no such rows".into(),
            }));
        }
        let grounds = trainer.grounds();
        let grounds = grounds.ok_or_else(|| Error::Told("nothing is ranked yet".into()))?;
        Ok(Self {
            grounds,
            places: Places { whole, chosen },
            lacking,
        })
    }

    /// The table they are rows of.
    pub fn data(&self) -> &Encoded {
        &self.grounds.data
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.places.chosen.len()
    }

    /// Whether they are none, which they never are.
    pub fn is_empty(&self) -> bool {
        self.places.chosen.is_empty()
    }

    /// Where their cells may come from, the best first.
    pub fn sources(&self) -> impl Iterator<Item = Source> + use<> {
        match &self.data().provenance.original {
            None if self.data().provenance.header.is_empty() => vec![Source::Made],
            None => vec![Source::Gone],
            Some(original) if original.open().is_none() => vec![Source::Changed],
            Some(_) => vec![Source::File, Source::Changed],
        }
        .into_iter()
    }

    /// The names of all cells. Where the file has a name that is ours, ours gives way.
    pub fn names(&self, source: Source) -> Vec<String> {
        let provenance = &self.data().provenance;
        let theirs: Vec<String> = match source {
            Source::File => provenance.header.clone(),
            Source::Made | Source::Gone | Source::Changed => {
                let columns = self.data().encoder.columns.iter();
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
