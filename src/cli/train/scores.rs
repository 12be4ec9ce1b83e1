//! The file of `--scores`.

use std::collections::HashMap;
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
            let made: Vec<io::Result<Vec<u8>>> = lots
                .par_iter()
                .map(|from| self.of(*from..last.min(from + LINES)))
                .collect();
            for lot in made {
                output.write_all(&lot?)?;
            }
        }
        output.flush()
    }

    /// The lines of some rows.
    fn of(&self, rows: Range<usize>) -> io::Result<Vec<u8>> {
        let (ids, label) = (self.table.ids.as_ref(), self.table.label.as_ref());
        let mut lines = Vec::with_capacity(rows.len() * 40);
        for row in rows {
            let (score, place) = (self.scores[row], self.places[row]);
            let flagged = u8::from((place as usize) < self.flagged);
            let (number, rank) = (self.table.number(row), place + 1);
            write!(lines, "{number},{score},{rank},{flagged},")?;
            if let Some(ids) = ids {
                push(&mut lines, &ids.values[row])?;
                lines.push(b',');
            }
            if let Some(label) = label {
                write!(lines, "{},", u8::from(label.outlier[row]))?;
            }
            if let Some(reason) = self.reasons.get(&(row as u32)) {
                push(&mut lines, reason)?;
            }
            lines.push(b'\n');
        }
        Ok(lines)
    }
}

/// Adds a cell of text, in quotes where it needs them.
fn push(lines: &mut Vec<u8>, text: &str) -> io::Result<()> {
    let needs_quotes = |byte| matches!(byte, b'"' | b',' | b'\n' | b'\r');
    if !text.bytes().any(needs_quotes) {
        lines.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    let mut writer = csv::Writer::from_writer(&mut *lines);
    writer.write_record([text]).map_err(csv_write)?;
    writer.flush()?;
    drop(writer);
    // The record's line goes on.
    lines.pop();
    Ok(())
}
