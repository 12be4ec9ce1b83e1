//! The first records of a file, split at one delimiter, from which the rest of the layout is found.

use std::collections::BTreeMap;

use csv::ByteRecord;

use crate::data::records::reader::{is_blank, reader};

/// How many are looked at.
const RECORDS: usize = 200;

/// The first records of a file.
pub struct Records {
    /// Their cells.
    pub cells: Vec<ByteRecord>,
    /// Bytes to the end of the first.
    pub first_end: usize,
    /// Lines to the end of the first.
    pub first_lines: u64,
}

impl Records {
    /// Reads them. The last record is left out where the head may end in the middle of it.
    pub fn read(body: &[u8], delimiter: u8, terminator: u8, whole: bool) -> Self {
        let mut reader = reader(body, delimiter, terminator, false);
        let (mut cells, mut first_end, mut first_lines) = (Vec::new(), 0, 0);
        let mut record = ByteRecord::new();
        while cells.len() < RECORDS && reader.read_byte_record(&mut record).unwrap_or(false) {
            if is_blank(record.iter()) {
                continue;
            }
            cells.push(record.clone());
            if cells.len() == 1 {
                first_end = reader.position().byte() as usize;
                let lines = memchr::memchr_iter(terminator, &body[..first_end]).count();
                first_lines = lines as u64;
            }
        }
        // The head may end in the middle of a record.
        if !whole && cells.len() > 1 && cells.len() < RECORDS {
            cells.pop();
        }
        Self {
            cells,
            first_end,
            first_lines,
        }
    }

    /// The most frequent number of cells, and how many records have it.
    pub fn usual(&self) -> (usize, usize) {
        let mut counts = BTreeMap::<usize, usize>::new();
        for record in &self.cells {
            *counts.entry(record.len()).or_default() += 1;
        }
        let most = counts
            .into_iter()
            .max_by_key(|(length, count)| (*count, *length));
        most.unwrap_or_default()
    }

    /// The most frequent number of cells.
    pub fn columns(&self) -> usize {
        self.usual().0
    }
}
