//! Records with names, as JSON and Parquet have them, made flat. The first of them show which columns there are: in order of
//! appearance, an array of numbers as a column each where all are of the same length. What appears later only is counted and
//! said.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::collections::vec_deque::{self, VecDeque};
use std::io;
use std::sync::mpsc::Sender;

use crate::data::bytes::formats::made::{Made, Make};
use crate::data::bytes::formats::{Said, header, writer};
use crate::data::text::{name_list, sanitize};

/// Records that show the columns.
const SHOWN: usize = 1_000;
/// Bytes of them at most, about.
const SHOWN_BYTES: usize = 16 << 20;
/// Longest array that becomes columns.
const SPREAD: usize = 20_000;
/// Names that are listed when they are left out; beyond that they are counted.
const LISTED: usize = 64;
/// Bytes of text made at once.
const AHEAD: usize = 1 << 18;

/// What stands in a record under a name.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Missing,
    /// One value, as text.
    One(String),
    /// An array of numbers.
    Numbers(Vec<String>),
}

/// Names, and what stands under them.
pub type Record = Vec<(String, Cell)>;

/// Where records come from.
pub trait Records {
    /// The next one; none at the end.
    fn next(&mut self) -> io::Result<Option<Record>>;
}

/// A name, and where its columns begin.
struct Field {
    name: String,
    first: usize,
    /// Numbers in its arrays; none where it is one column.
    spread: Option<usize>,
}

/// Records as CSV.
pub struct Flat<S> {
    source: S,
    shown: vec_deque::IntoIter<Record>,
    fields: Vec<Field>,
    places: HashMap<String, usize>,
    columns: usize,
    said: Sender<Said>,
    /// Names that appeared too late.
    late: Vec<String>,
    /// Arrays of another length than their like.
    uneven: usize,
}

impl<S: Records> Flat<S> {
    /// Looks at the first records of `source`.
    pub fn text(mut source: S, said: Sender<Said>) -> io::Result<Made<Self>> {
        let (mut shown, mut bytes) = (VecDeque::new(), 0);
        while shown.len() < SHOWN && bytes < SHOWN_BYTES {
            let Some(record) = source.next()? else { break };
            bytes += record.iter().map(size).sum::<usize>();
            shown.push_back(record);
        }
        let (fields, places, columns) = fields(&shown);
        let names = fields.iter().flat_map(Field::columns).collect::<Vec<_>>();
        let header = header(names.iter().map(String::as_str));
        let flat = Self {
            source,
            shown: shown.into_iter(),
            fields,
            places,
            columns,
            said,
            late: Vec::new(),
            uneven: 0,
        };
        Ok(Made::new(flat, header))
    }

    fn next(&mut self) -> io::Result<Option<Record>> {
        match self.shown.next() {
            Some(record) => Ok(Some(record)),
            None => self.source.next(),
        }
    }

    /// The cells of a record in the order of the columns.
    fn cells(&mut self, record: Record) -> Vec<String> {
        let mut cells = vec![String::new(); self.columns];
        let mut expected = 0;
        for (name, cell) in record {
            // Most records have the same names in the same order.
            let at = match self.fields.get(expected) {
                Some(field) if field.name == name => Some(expected),
                _ => self.places.get(&name).copied(),
            };
            let Some(at) = at else {
                if cell != Cell::Missing && self.late.len() < LISTED && !self.late.contains(&name) {
                    self.late.push(name);
                }
                continue;
            };
            expected = at + 1;
            let field = &self.fields[at];
            match (cell, field.spread) {
                (Cell::Missing, _) => {}
                (Cell::Numbers(numbers), Some(length)) if numbers.len() == length => {
                    for (place, number) in numbers.into_iter().enumerate() {
                        cells[field.first + place] = number;
                    }
                }
                (_, Some(_)) => self.uneven += 1,
                (Cell::Numbers(numbers), None) => {
                    cells[field.first] = format!("[{}]", numbers.join(","));
                }
                (Cell::One(text), None) => cells[field.first] = text,
            }
        }
        cells
    }

    fn say(&mut self) {
        let notice = |text| {
            // Where nobody listens any more, nothing is to be said.
            let _ = self.said.send(Said::Notice(text));
        };
        if !self.late.is_empty() {
            let names: Vec<String> = self.late.iter().map(|name| sanitize(name)).collect();
            let list = name_list(names.iter().map(String::as_str));
            notice(format!(
                "names that appear only after the first {SHOWN} rows are left out: {list}"
            ));
        }
        if self.uneven > 0 {
            notice(format!(
                "arrays of another length than in the first {SHOWN} rows count as missing: {}",
                self.uneven
            ));
        }
    }
}

impl<S: Records> Make for Flat<S> {
    fn piece(&mut self) -> io::Result<(Vec<u8>, bool)> {
        let mut text = writer();
        let (mut made, mut ended) = (0, false);
        while made < AHEAD {
            let Some(record) = self.next()? else {
                ended = true;
                self.say();
                break;
            };
            made += record.iter().map(size).sum::<usize>() + self.columns;
            let cells = self.cells(record);
            text.write_record(cells).map_err(io::Error::other)?;
        }
        let text = text.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((text, ended))
    }
}

impl Field {
    fn columns(&self) -> Vec<String> {
        match self.spread {
            None => vec![self.name.clone()],
            Some(length) => (0..length)
                .map(|place| format!("{}[{place}]", self.name))
                .collect(),
        }
    }
}

fn size((name, cell): &(String, Cell)) -> usize {
    let text = match cell {
        Cell::Missing => 0,
        Cell::One(text) => text.len(),
        Cell::Numbers(numbers) => numbers.iter().map(|number| number.len() + 24).sum(),
    };
    name.len() + text + 1
}

fn fields(shown: &VecDeque<Record>) -> (Vec<Field>, HashMap<String, usize>, usize) {
    // For each name the lengths seen: none yet, one of arrays, or what is no array or differs.
    let mut names: Vec<(String, Option<Option<usize>>)> = Vec::new();
    let mut places = HashMap::new();
    for (name, cell) in shown.iter().flatten() {
        let at = match places.entry(name.clone()) {
            Entry::Occupied(at) => *at.get(),
            Entry::Vacant(free) => {
                names.push((name.clone(), None));
                *free.insert(names.len() - 1)
            }
        };
        let length = match cell {
            Cell::Missing => continue,
            Cell::Numbers(numbers) if numbers.len() <= SPREAD => Some(numbers.len()),
            _ => None,
        };
        let seen = &mut names[at].1;
        *seen = match *seen {
            Some(before) if before != length => Some(None),
            _ => Some(length),
        };
    }
    let mut columns = 0;
    let fields = names.into_iter().map(|(name, length)| {
        let spread = length.flatten();
        let first = columns;
        columns += spread.unwrap_or(1);
        Field {
            name,
            first,
            spread,
        }
    });
    (fields.collect(), places, columns)
}
