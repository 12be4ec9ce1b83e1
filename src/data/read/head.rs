//! How to read each column, as the head of the stream shows it or the user says it.

use csv::ByteRecord;
use rayon::prelude::*;

use crate::data::columns::datetime;
use crate::data::columns::guess::{Lean, lean};
use crate::data::columns::kind::Kind;
use crate::data::columns::roles::{Part, Role};
use crate::data::options::ReadOptions;
use crate::data::records::dialect::Dialect;
use crate::data::records::layout::Layout;
use crate::data::records::reader::reader;
use crate::data::records::sampler::Sampler;

/// Records of the head that show what a column holds.
const SHOWN: usize = 2_000;

/// How to read each column: as the head shows, or as the user says.
pub fn layout(
    head: &[u8],
    whole: bool,
    dialect: &Dialect,
    parts: &[Part],
    words: &[usize],
    options: &ReadOptions,
) -> Layout {
    let Dialect {
        delimiter,
        terminator,
        comments,
        spelling,
        ..
    } = *dialect;
    let reader = reader(&head[dialect.body..], delimiter, terminator, comments);
    let mut records: Vec<ByteRecord> = reader
        .into_byte_records()
        .map_while(std::result::Result::ok)
        .take(SHOWN)
        .collect();
    // The head may end in the middle of a record.
    if !whole && records.len() < SHOWN {
        records.pop();
    }
    records.retain(|record| record.len() == parts.len());
    let cells = |column: usize| records.iter().map(move |record| &record[column]);
    let leans = parts
        .par_iter()
        .enumerate()
        .map(|(index, part)| match (part.role, part.kind) {
            (Role::Dropped(_), _) => Lean::Presence,
            (Role::Label | Role::Id, _) | (_, Some(Kind::Category)) => Lean::Words,
            (_, Some(Kind::Datetime)) => {
                let cells: Vec<&[u8]> = cells(index).filter(|cell| !cell.is_empty()).collect();
                Lean::Times(datetime::find(&cells).unwrap_or(datetime::Format::Iso))
            }
            (_, Some(_)) => Lean::Numbers,
            _ if words.contains(&index) => Lean::Words,
            _ => lean(cells(index), spelling),
        });
    Layout {
        delimiter,
        terminator,
        comments,
        spelling,
        leans: leans.collect(),
        sampler: Sampler::new(options.seed),
    }
}
