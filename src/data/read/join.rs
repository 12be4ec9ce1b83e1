//! The blocks of a pass, joined in order: each column in one, each row with its number and its place.

use rayon::prelude::*;

use crate::data::columns::raw::Joined;
use crate::data::columns::roles::Part;
use crate::data::read::blocks::Reading;
use crate::data::read::pass::Pass;
use crate::data::records::layout::Layout;
use crate::data::records::original::{Original, Place};
use crate::data::table::Form;
use crate::format;

/// Joins the pieces of all blocks in order.
pub fn join(
    mut reading: Reading<'_>,
    parts: Vec<Part>,
    mut notices: Vec<String>,
    form: Form,
    place: Option<Place>,
) -> Pass {
    if reading.ragged.count > 0 {
        notices.push(reading.ragged.sentence(parts.len()));
    }
    let mut numbers = Vec::with_capacity(reading.rows);
    for (_, seen, chunk) in &mut reading.chunks {
        numbers.extend(chunk.places.iter().map(|place| *seen as u32 + place + 1));
        reading
            .starts
            .push((chunk.offset, std::mem::take(&mut chunk.starts)));
    }
    let whole = numbers.len() as u64 == reading.seen;
    if let (Some(_), false) = (reading.options.sample, whole) {
        notices.push(format!(
            "a sample of {} of {} rows, drawn evenly with seed {}",
            format::group(reading.rows),
            format::group(reading.seen as usize - reading.ragged.count),
            reading.layout.sampler.seed
        ));
    }
    let mut columns: Vec<Vec<_>> = parts
        .iter()
        .map(|_| Vec::with_capacity(reading.chunks.len()))
        .collect();
    for (lines, _, chunk) in reading.chunks {
        for (column, piece) in columns.iter_mut().zip(chunk.pieces) {
            column.push((lines + 1, piece));
        }
    }
    let joined = columns
        .into_par_iter()
        .map(|pieces| Joined::new(pieces.into_iter()))
        .collect();
    let Layout {
        delimiter,
        terminator,
        ..
    } = reading.layout;
    let original = place.map(|place| {
        Original::new(
            place,
            [delimiter, terminator],
            parts.len(),
            reading.starts.into_iter(),
        )
    });
    Pass {
        rows: reading.rows,
        numbers: (!whole).then_some(numbers),
        leans: reading.layout.leans,
        columns: joined,
        ragged: reading.ragged,
        parts,
        notices,
        form,
        original,
    }
}
