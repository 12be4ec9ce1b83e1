//! The file of `--scores`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

use crate::data::table::Table;
use crate::error::csv_write;
use crate::message::Explanation;
use crate::score::flag::Flag;
use crate::score::order::{order, places};
use crate::train::explain::in_words;

/// Rows whose lines one thread makes at once.
const LINES: usize = 4_096;
/// Lots of so many rows that are made before they are written.
const LOTS: usize = 32;

/// One line per data row in file order: row, score, rank, whether it is flagged, then the id and label columns if there are any,
/// and why, where there are reasons.
pub(super) fn write_scores(
    mut output: impl Write,
    scores: &[f32],
    flag: &Flag,
    table: &Table,
    reasons: &[Explanation],
) -> io::Result<()> {
    let lines = Lines {
        scores,
        places: places(&order(scores)),
        flagged: flag.count,
        table,
        reasons: reasons
            .iter()
            .map(|explanation| (explanation.row, in_words(explanation)))
            .collect(),
    };
    let mut header = csv::Writer::from_writer(&mut output);
    let names = [
        table.ids.as_ref().map(|ids| &ids.name),
        table.label.as_ref().map(|label| &label.name),
    ];
    let names = names.into_iter().flatten().map(String::as_str);
    let all = ["row", "score", "rank", "flagged"].into_iter().chain(names);
    header
        .write_record(all.chain(["reason"]))
        .map_err(csv_write)?;
    header.flush()?;
    drop(header);
    for first in (0..scores.len()).step_by(LOTS * LINES) {
        let last = scores.len().min(first + LOTS * LINES);
        let lots: Vec<usize> = (first..last).step_by(LINES).collect();
        let made: Vec<csv::Result<Vec<u8>>> = lots
            .par_iter()
            .map(|from| lines.of(*from..last.min(from + LINES)))
            .collect();
        for lot in made {
            output.write_all(&lot.map_err(csv_write)?)?;
        }
    }
    output.flush()
}

/// What the lines are made of.
struct Lines<'a> {
    scores: &'a [f32],
    places: Vec<u32>,
    /// How many rows are flagged.
    flagged: usize,
    table: &'a Table,
    reasons: HashMap<u32, String>,
}

impl Lines<'_> {
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
