//! A block without quotes, in which every delimiter and every line end counts. Numbers are read where they stand, without
//! looking for their end first.

use memchr::{memchr, memchr2};

use super::Rows;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::number;
use crate::data::columns::number::decimal::Decimal;

/// One cell of a row.
enum Cell {
    /// A number that has been read.
    Number(Decimal),
    /// Anything: where it begins and ends.
    Bytes(usize, usize),
}

impl Rows<'_> {
    /// Reads a block without quotes.
    pub(super) fn read_plain(&mut self, bytes: &[u8], delimiter: u8) {
        let (terminator, comments) = (self.layout.terminator, self.layout.comments);
        let mark = self.layout.spelling.decimal;
        let parts_numbers = delimiter == mark || delimiter == b'-' || delimiter.is_ascii_digit();
        let numbers: Vec<bool> = self
            .layout
            .read_as
            .iter()
            .map(|read_as| *read_as == ReadAs::Numbers && !parts_numbers)
            .collect();
        let (mut start, mut line) = (0, 0);
        let mut cells = Vec::with_capacity(numbers.len());
        while start < bytes.len() {
            let first = bytes[start];
            let end = if first == terminator {
                start
            } else if comments && first == b'#' {
                memchr(terminator, &bytes[start..]).map_or(bytes.len(), |length| start + length)
            } else {
                cells.clear();
                let mut at = start;
                let end = loop {
                    let is_number = numbers.get(cells.len()) == Some(&true);
                    let decimal = if is_number {
                        Decimal::read(bytes, at, mark)
                    } else {
                        None
                    };
                    if let Some((decimal, end)) = decimal {
                        let next = bytes.get(end).copied();
                        let ends = next == Some(terminator);
                        if ends || next == Some(delimiter) {
                            cells.push(Cell::Number(decimal));
                            if ends {
                                break end;
                            }
                            at = end + 1;
                            continue;
                        }
                        if next == Some(b'\r') && bytes.get(end + 1) == Some(&terminator) {
                            cells.push(Cell::Number(decimal));
                            break end + 1;
                        }
                    }
                    let length = memchr2(delimiter, terminator, &bytes[at..]);
                    let end = length.map_or(bytes.len(), |length| at + length);
                    cells.push(Cell::Bytes(at, end));
                    if bytes.get(end) != Some(&delimiter) {
                        break end;
                    }
                    at = end + 1;
                };
                let top = &self.layout.top;
                let part = top
                    .may_begin(first)
                    .then(|| top.of_line(&bytes[start..end], delimiter))
                    .flatten();
                match part {
                    Some(part) => self.repeats.add(part, line),
                    None => self.add_plain(bytes, &cells, start, line),
                }
                end
            };
            start = end + 1;
            line += 1;
        }
    }

    fn add_plain(&mut self, bytes: &[u8], cells: &[Cell], start: usize, line: u64) {
        let all_blank = || {
            cells.iter().all(|cell| match cell {
                Cell::Number(_) => false,
                Cell::Bytes(from, to) => number::trim(&bytes[*from..*to]).is_empty(),
            })
        };
        if all_blank() {
            if cells.len() > 1 {
                self.repeats.add_empty(line);
            }
            return;
        }
        let bytes_of = |cell: &Cell| match cell {
            Cell::Number(_) => None,
            Cell::Bytes(from, to) => Some(&bytes[*from..*to]),
        };
        if self.layout.no_prose
            && cells.len() == self.columns.len()
            && cells.iter().all(|cell| bytes_of(cell).is_some())
            && self.are_words(cells.iter().filter_map(bytes_of))
        {
            self.repeats.add_words(line);
            return;
        }
        if cells.len() != self.columns.len() {
            self.ragged.add(line, cells.len());
            self.seen += 1;
        } else if self.keeps(start) {
            for (cell, column) in cells.iter().zip(&mut self.columns) {
                match cell {
                    Cell::Number(decimal) => column.push_decimal(*decimal),
                    Cell::Bytes(from, to) => column.push(&bytes[*from..*to], line),
                }
            }
        }
    }
}
