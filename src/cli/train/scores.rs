//! The file of `--scores`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

use crate::data::table::Table;
use crate::error::csv_write;

/// Rows whose lines one thread makes at once.
const LINES: usize = 4_096;
/// Lots of so many rows that are made before they are written.
const LOTS: usize = 32;

/// What the lines are made of.
pub(super) struct Lines<'a> {
    pub(super) scores: &'a [f32],
    /// Each row's place in the ranking, 0 = first.
    pub(super) places: Vec<u32>,
    /// How many rows are flagged.
    pub(super) flagged: usize,
    pub(super) table: &'a Table,
    /// Why rows rank where they do, for those that say so.
    pub(super) reasons: HashMap<u32, String>,
}

impl Lines<'_> {
    /// Writes one line per data row in file order: row, score, rank, whether it is flagged, then the id and label columns if
    /// there are any, and why, where there are reasons.
    pub(super) fn write(&self, mut output: impl Write) -> io::Result<()> {
        let mut header = csv::Writer::from_writer(&mut output);
        let names = [
            self.table.ids.as_ref().map(|ids| &ids.name),
            self.table.label.as_ref().map(|label| &label.name),
        ];
        let names = names.into_iter().flatten().map(String::as_str);
        let all = ["row", "score", "rank", "flagged"].into_iter().chain(names);
        header
            .write_record(all.chain(["reason"]))
            .map_err(csv_write)?;
        header.flush()?;
        drop(header);
        let rows = self.scores.len();
        for first in (0..rows).step_by(LOTS * LINES) {
            let last = rows.min(first + LOTS * LINES);
            let lots: Vec<usize> = (first..last).step_by(LINES).collect();
            let made: Vec<csv::Result<Vec<u8>>> = lots
                .par_iter()
                .map(|from| self.of(*from..last.min(from + LINES)))
                .collect();
            for lot in made {
                output.write_all(&lot.map_err(csv_write)?)?;
            }
        }
        output.flush()
    }

    /// The lines of some rows.
    fn of(&self, rows: Range<usize>) -> csv::Result<Vec<u8>> {
        let (ids, label) = (self.table.ids.as_ref(), self.table.label.as_ref());
        let mut writer = csv::Writer::from_writer(Vec::with_capacity(rows.len() * 32));
        let mut cell = String::new();
        for row in rows {
            let place = self.places[row];
            let flagged = (place as usize) < self.flagged;
            let mut number = |value: &dyn std::fmt::Display| {
                cell.clear();
                // Writing to a string cannot fail.
                let _ = write!(cell, "{value}");
                writer.write_field(&cell)
            };
            number(&self.table.number(row))?;
            number(&self.scores[row])?;
            number(&(place + 1))?;
            writer.write_field(bit(flagged))?;
            if let Some(ids) = ids {
                writer.write_field(&ids.values[row])?;
            }
            if let Some(label) = label {
                writer.write_field(bit(label.outlier[row]))?;
            }
            let reason = self.reasons.get(&(row as u32));
            writer.write_field(reason.map_or("", String::as_str))?;
            writer.write_record(None::<&[u8]>)?;
        }
        writer
            .into_inner()
            .map_err(|error| error.into_error().into())
    }
}

fn bit(set: bool) -> &'static str {
    if set { "1" } else { "0" }
}
