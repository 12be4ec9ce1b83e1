//! The file of `--scores`.

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
    pub(super) places: &'a [u32],
    /// How many rows are flagged.
    pub(super) flagged: usize,
    pub(super) table: &'a Table,
    /// Why the first rows rank where they do, in the order of their places.
    pub(super) reasons: Vec<String>,
}

impl Lines<'_> {
    /// Writes one line per data row in file order: row, score, rank, whether it is flagged, then the id and label columns if
    /// there are any, and why, where there are reasons.
    pub(super) fn write(&self, mut output: impl Write + Send) -> io::Result<()> {
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
        let make = |first: usize| -> io::Result<Vec<Vec<u8>>> {
            let last = rows.min(first + LOTS * LINES);
            let lots: Vec<usize> = (first..last).step_by(LINES).collect();
            let lots = lots.into_par_iter();
            lots.map(|from| self.of(from..last.min(from + LINES)))
                .collect()
        };
        // While some are written, the next are made.
        let mut lots = make(0)?;
        for next in (0..rows)
            .step_by(LOTS * LINES)
            .map(|first| first + LOTS * LINES)
        {
            let (written, later) = rayon::join(
                || lots.iter().try_for_each(|lot| output.write_all(lot)),
                || make(next.min(rows)),
            );
            written?;
            lots = later?;
        }
        output.flush()
    }

    /// The lines of some rows.
    fn of(&self, rows: Range<usize>) -> io::Result<Vec<u8>> {
        let (ids, label) = (self.table.ids.as_ref(), self.table.label.as_ref());
        let mut lines = Vec::with_capacity(rows.len() * 40);
        let mut whole = itoa::Buffer::new();
        for row in rows {
            let (score, place) = (self.scores[row], self.places[row]);
            let flagged = (place as usize) < self.flagged;
            let number = self.table.number(row);
            lines.extend_from_slice(whole.format(number).as_bytes());
            lines.push(b',');
            push_score(&mut lines, score)?;
            lines.push(b',');
            lines.extend_from_slice(whole.format(place + 1).as_bytes());
            lines.extend_from_slice(if flagged { b",1," } else { b",0," });
            if let Some(ids) = ids {
                push(&mut lines, &ids.values[row])?;
                lines.push(b',');
            }
            if let Some(label) = label {
                lines.extend_from_slice(if label.outlier[row] { b"1," } else { b"0," });
            }
            if let Some(reason) = self.reasons.get(place as usize) {
                push(&mut lines, reason)?;
            }
            lines.push(b'\n');
        }
        Ok(lines)
    }
}

/// Adds a score in the fewest digits that read back as the same, as `{}` would, several times as fast. Where two numbers of as many
/// digits are equally near, either may be written.
fn push_score(lines: &mut Vec<u8>, score: f32) -> io::Result<()> {
    let mut buffer = ryu::Buffer::new();
    let text = buffer.format(score).as_bytes();
    // What is beyond all measure or needs an exponent is written out the usual way.
    if !score.is_finite() || text.contains(&b'e') {
        return write!(lines, "{score}");
    }
    lines.extend_from_slice(text.strip_suffix(b".0").unwrap_or(text));
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn scores_are_written_as_briefly_as_everywhere_else(bits in any::<u32>(), whole in 0_u32..100_000, near in 0.0_f32..50.0) {
            for score in [f32::from_bits(bits), whole as f32, near, 0.0, -0.0, f32::MAX, 1e-5, 123_456_790.0, 1.316_406_3] {
                let mut lines = Vec::new();
                push_score(&mut lines, score).unwrap();
                let (text, usual) = (String::from_utf8(lines).unwrap(), score.to_string());
                prop_assert_eq!(text.len(), usual.len());
                prop_assert_eq!(text.parse::<f32>().unwrap().to_bits(), usual.parse::<f32>().unwrap().to_bits());
            }
        }
    }
}
