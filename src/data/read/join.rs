//! Joins the parsed blocks in order: the pieces of each column, the numbers of the rows, and where their text is.

use rayon::prelude::*;

use crate::data::columns::raw::RawColumn;
use crate::data::columns::roles::ColumnSpec;
use crate::data::read::blocks::Reading;
use crate::data::read::footer;
use crate::data::read::pass::Pass;
use crate::data::records::layout::Layout;
use crate::data::records::original::{Original, Place};
use crate::data::table::Form;
use crate::format;

/// Joins all blocks of a reading.
pub fn join(
    mut reading: Reading<'_>,
    specs: Vec<ColumnSpec>,
    mut notices: Vec<String>,
    (form, header): (Form, Vec<String>),
    place: Option<Place>,
) -> Pass {
    if reading.ragged.count > 0 {
        notices.push(reading.ragged.sentence(specs.len()));
    }
    notices.extend(reading.repeats.sentence());
    let mut numbers = Vec::with_capacity(reading.rows);
    for (_, seen, chunk) in &mut reading.chunks {
        numbers.extend(chunk.places.iter().map(|place| *seen as u32 + place + 1));
        reading
            .starts
            .push((chunk.offset, std::mem::take(&mut chunk.starts)));
    }
    let whole = numbers.len() as u64 == reading.seen;
    let all = reading.seen as usize - reading.ragged.count;
    if let (Some(_), false) = (reading.sample, whole) {
        let [why, then] = if reading.larger {
            [
                "larger than memory: ",
                "; a second pass scores every row, --memory SIZE takes more at once",
            ]
        } else {
            ["", ""]
        };
        notices.push(format!(
            "{why}a sample of {} of {} rows, drawn at random with seed {}{then}",
            format::group(reading.rows),
            format::group(all),
            reading.layout.sampler.seed
        ));
    }
    let mut columns: Vec<Vec<_>> = specs
        .iter()
        .map(|_| Vec::with_capacity(reading.chunks.len()))
        .collect();
    for (lines, _, chunk) in std::mem::take(&mut reading.chunks) {
        for (column, piece) in columns.iter_mut().zip(chunk.pieces) {
            column.push((lines + 1, piece));
        }
    }
    let joined: Vec<RawColumn> = columns
        .into_par_iter()
        .map(|pieces| RawColumn::new(pieces.into_iter()))
        .collect();
    let footer = (!reading.options.keep_totals)
        .then(|| footer::find(&reading, &joined))
        .flatten();
    let layout = reading.layout.clone();
    let larger = (reading.larger && !whole).then_some((layout, all));
    let Layout {
        separator,
        terminator,
        spelling,
        missing,
        read_as,
        ..
    } = reading.layout;
    let original = place.map(|place| {
        Original::new(
            place,
            (separator, terminator),
            spelling,
            specs.len(),
            reading.starts.into_iter(),
        )
    });
    Pass {
        rows: reading.rows,
        seen: reading.seen,
        footer,
        larger,
        again: None,
        missing,
        numbers: (!whole).then_some(numbers),
        read_as,
        columns: joined,
        ragged: reading.ragged,
        specs,
        notices,
        form,
        header,
        original,
    }
}
