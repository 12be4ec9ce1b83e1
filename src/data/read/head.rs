//! How to read each column: as the head of the stream shows, or as the user says.

use std::sync::Arc;

use csv::ByteRecord;
use rayon::prelude::*;

use crate::data::columns::datetime::{self, Format};
use crate::data::columns::epoch;
use crate::data::columns::guess::{ReadAs, guess};
use crate::data::columns::ids::is_id_name;
use crate::data::columns::kind::Kind;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::{self, Cell};
use crate::data::columns::roles::{ColumnSpec, Role};
use crate::data::columns::unit::Suffix;
use crate::data::options::ReadOptions;
use crate::data::records::dialect::Dialect;
use crate::data::records::layout::Layout;
use crate::data::records::reader::Reader;
use crate::data::records::repeated::Top;
use crate::data::records::sampler::Sampler;

/// Records of the head from which the columns are guessed.
const SHOWN: usize = 2_000;

/// Whether a cell is a whole number that f64 cannot tell from its neighbours.
fn is_inexact(cell: &[u8]) -> bool {
    let digits = number::trim(cell);
    let value = str::from_utf8(digits)
        .ok()
        .and_then(|text| text.parse::<u128>().ok());
    value.is_some_and(|value| value > 1 << f64::MANTISSA_DIGITS)
}

/// Whether the cells of a column that is named like a time are times of digits alone.
fn are_times<'a>(cells: impl Iterator<Item = &'a [u8]>) -> bool {
    let cells: Vec<&[u8]> = cells
        .map(number::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    datetime::are_digits(&cells)
}

/// Whether all of several columns hold numbers or dates, and some numbers.
fn are_typed(read_as: &[ReadAs]) -> bool {
    let typed = |read_as: &ReadAs| matches!(read_as, ReadAs::Numbers | ReadAs::Times(_));
    read_as.len() > 1 && read_as.iter().all(typed) && read_as.contains(&ReadAs::Numbers)
}

/// What the rest of a file says of columns whose first cells mislead.
#[derive(Debug, Default)]
pub struct Further {
    /// Columns that hold words.
    pub words: Vec<usize>,
    /// Columns whose dates have day and month in the other order.
    pub dates: Vec<(usize, Format)>,
}

/// The layout by which all blocks are parsed.
pub fn layout(
    head: &[u8],
    whole: bool,
    dialect: &Dialect,
    specs: &[ColumnSpec],
    further: &Further,
    options: &ReadOptions,
) -> Layout {
    let Dialect {
        terminator,
        comments,
        spelling,
        ..
    } = *dialect;
    let separator = &dialect.separator;
    let mut reader = Reader::new(&head[dialect.body..], separator, terminator, comments);
    let (mut records, mut record) = (Vec::new(), ByteRecord::new());
    while records.len() < SHOWN && reader.read(&mut record).unwrap_or(false) {
        records.push(record.clone());
    }
    // The head may end in the middle of a record.
    if !whole && records.len() < SHOWN {
        records.pop();
    }
    let top = Top::of(dialect);
    records.retain(|record| record.len() == specs.len() && top.of_record(record).is_none());
    let missing = Arc::new(MissingWords::new(&options.missing, spelling));
    let cells = |column: usize| records.iter().map(move |record| &record[column]);
    let dates = options.layout.dates;
    let read_as = |(index, spec): (usize, &ColumnSpec)| {
        if let Some((_, format)) = further.dates.iter().find(|(column, _)| *column == index) {
            return ReadAs::Times(*format);
        }
        match (spec.role, spec.kind) {
            (Role::Dropped(_), _) => ReadAs::Presence,
            (Role::Label | Role::Id | Role::Group, _) | (_, Some(Kind::Category)) => ReadAs::Words,
            (_, Some(Kind::Datetime | Kind::Clock)) => {
                let cells: Vec<&[u8]> = cells(index).filter(|cell| !cell.is_empty()).collect();
                let number =
                    |cell: &&&[u8]| matches!(number::read(cell, spelling), Cell::Number(_));
                match datetime::find_in(&cells, dates) {
                    Some(format) => ReadAs::Times(format),
                    None if datetime::are_digits(&cells) => ReadAs::Times(Format::Digits),
                    // Seconds since 1970, or another unit.
                    None if cells.iter().filter(number).count() * 2 > cells.len() => {
                        ReadAs::Numbers
                    }
                    None => ReadAs::Times(Format::Iso),
                }
            }
            (_, Some(_)) => {
                let cells: Vec<&[u8]> = cells(index).map(number::trim).collect();
                let present = |cell: &&[u8]| number::read(cell, spelling) != Cell::Missing;
                let cells: Vec<&[u8]> = cells.into_iter().filter(present).collect();
                Suffix::of(&cells, spelling).map_or(ReadAs::Numbers, ReadAs::Measures)
            }
            _ if further.words.contains(&index) => ReadAs::Words,
            _ if is_id_name(&spec.name, index) && cells(index).any(is_inexact) => ReadAs::Words,
            _ if epoch::is_time_name(&spec.name) && are_times(cells(index)) => {
                ReadAs::Times(Format::Digits)
            }
            _ => guess(cells(index), spelling, &missing, dates),
        }
    };
    let read_as: Vec<ReadAs> = specs.par_iter().enumerate().map(read_as).collect();
    Layout {
        separator: separator.clone(),
        terminator,
        comments,
        spelling,
        top: Arc::new(top.if_sure(&records, &read_as, spelling)),
        // What the user calls no units may be words all the same.
        no_prose: options.layout.units != Some(false) && are_typed(&read_as),
        read_as,
        missing,
        sampler: Sampler::new(options.seed),
    }
}
