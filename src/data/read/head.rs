//! How to read each column: as the head of the stream shows, or as the user says.

use csv::ByteRecord;
use rayon::prelude::*;

use crate::data::columns::datetime;
use crate::data::columns::guess::{ReadAs, guess};
use crate::data::columns::kind::Kind;
use crate::data::columns::roles::{ColumnSpec, Role};
use crate::data::options::ReadOptions;
use crate::data::records::dialect::Dialect;
use crate::data::records::layout::Layout;
use crate::data::records::reader::reader;
use crate::data::records::sampler::Sampler;

/// Records of the head from which the columns are guessed.
const SHOWN: usize = 2_000;

/// The layout by which all blocks are parsed. The columns whose indices are in `words` are read as words.
pub fn layout(
    head: &[u8],
    whole: bool,
    dialect: &Dialect,
    specs: &[ColumnSpec],
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
    records.retain(|record| record.len() == specs.len());
    let cells = |column: usize| records.iter().map(move |record| &record[column]);
    let read_as = specs
        .par_iter()
        .enumerate()
        .map(|(index, spec)| match (spec.role, spec.kind) {
            (Role::Dropped(_), _) => ReadAs::Presence,
            (Role::Label | Role::Id | Role::Group, _) | (_, Some(Kind::Category)) => ReadAs::Words,
            (_, Some(Kind::Datetime | Kind::Clock)) => {
                let cells: Vec<&[u8]> = cells(index).filter(|cell| !cell.is_empty()).collect();
                ReadAs::Times(datetime::find(&cells).unwrap_or(datetime::Format::Iso))
            }
            (_, Some(_)) => ReadAs::Numbers,
            _ if words.contains(&index) => ReadAs::Words,
            _ => guess(cells(index), spelling),
        });
    Layout {
        delimiter,
        terminator,
        comments,
        spelling,
        read_as: read_as.collect(),
        sampler: Sampler::new(options.seed),
    }
}
