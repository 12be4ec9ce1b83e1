//! The rows of several files, one after the other, as CSV with the columns of the first.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::Sender;

use csv::ByteRecord;

use crate::data::bytes::formats::made::Make;
use crate::data::bytes::formats::{Damage, Said};
use crate::data::options::ReadOptions;
use crate::data::several::part::Part;
use crate::data::several::remarks::Remarks;
use crate::data::text::{name_list, sanitize};

/// Bytes of text made at once.
const AHEAD: usize = 1 << 18;

/// The files, one after the other.
pub struct Chain<'a> {
    files: &'a [PathBuf],
    options: &'a ReadOptions,
    /// Which of them is read.
    index: usize,
    part: Part,
    /// The columns, as the first file has them.
    names: Vec<String>,
    /// Where each of them stands in the file that is read.
    order: Vec<usize>,
    /// How numbers are written in the first file.
    decimal: u8,
    /// Whether rows are called by file and number.
    numbered: bool,
    remarks: Remarks,
    /// Rows left out so far.
    skipped: usize,
    /// Where the remarks go in the end.
    said: Sender<Said>,
}

impl<'a> Chain<'a> {
    /// The files, of which the first is open already.
    pub fn new(
        files: &'a [PathBuf],
        options: &'a ReadOptions,
        first: Part,
        numbered: bool,
        said: Sender<Said>,
    ) -> Self {
        Self {
            files,
            options,
            index: 0,
            names: first.names.clone(),
            order: (0..first.names.len()).collect(),
            decimal: first.decimal,
            part: first,
            numbered,
            remarks: Remarks::default(),
            skipped: 0,
            said,
        }
    }

    /// A row in the order of the first file.
    fn row_of(&self, source: &str, record: &ByteRecord) -> ByteRecord {
        // Of a line end of two characters the first is left over.
        let last = record.len() - 1;
        let cell = |place: usize| match &record[place] {
            [cell @ .., b'\r'] if place == last => cell,
            cell => cell,
        };
        let mut row = ByteRecord::new();
        row.push_field(source.as_bytes());
        row.extend(self.order.iter().map(|place| cell(*place)));
        row
    }

    /// Goes to the next file; false where there is none.
    fn next_file(&mut self) -> io::Result<bool> {
        self.remarks.add(&self.part.name, &self.part.notices);
        self.skipped += self.part.ragged.count;
        self.index += 1;
        let Some(path) = self.files.get(self.index) else {
            for sentence in self.remarks.sentences(self.files.len()) {
                // Whoever no longer listens has stopped reading, too.
                let _ = self.said.send(Said::Notice(sentence));
            }
            let _ = self.said.send(Said::Skipped(self.skipped));
            return Ok(false);
        };
        let part = Part::open(path, self.options).map_err(io::Error::other)?;
        let place = |name: &String| part.names.iter().position(|other| other == name);
        let found: Option<Vec<usize>> = self.names.iter().map(place).collect();
        let order = found.filter(|order| order.len() == part.names.len());
        self.order = order.ok_or_else(|| differ(&self.names, &part))?;
        // A point is found in whole numbers too, but a comma only where there is one.
        if part.decimal == b',' && self.decimal != b',' {
            return Err(Damage::at(
                part.name.as_str(),
                "its numbers have decimal commas, and those of the first file have not",
                "if all files are written so, say --decimal ,; else read each alone",
            ));
        }
        self.part = part;
        Ok(true)
    }
}

impl Make for Chain<'_> {
    fn piece(&mut self) -> io::Result<(Vec<u8>, bool)> {
        let mut text = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let (mut made, mut ended) = (0, false);
        while made < AHEAD {
            let Some((row, record)) = self.part.next_row()? else {
                if self.next_file()? {
                    continue;
                }
                ended = true;
                break;
            };
            made += record.as_slice().len() + self.part.name.len();
            let source = if self.numbered {
                format!("{}:{row}", self.part.name)
            } else {
                self.part.name.clone()
            };
            text.write_record(&self.row_of(&source, &record))
                .map_err(crate::error::csv_write)?;
        }
        let text = text.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((text, ended))
    }
}

/// What a file has that the first has not, and the other way round.
fn differ(first: &[String], part: &Part) -> io::Error {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        let alone = these.iter().filter(|name| !those.contains(name));
        alone.map(|name| sanitize(name)).collect()
    };
    let (missing, added) = (only(first, &part.names), only(&part.names, first));
    let mut said = Vec::new();
    for (names, what) in [(missing, "it lacks"), (added, "it adds")] {
        if !names.is_empty() {
            said.push(format!(
                "{what} {}",
                name_list(names.iter().map(String::as_str))
            ));
        }
    }
    if said.is_empty() {
        said.push("a name stands there more than once".into());
    }
    let problem = format!(
        "its columns are not those of the first file: {}",
        said.join(", ")
    );
    Damage::at(
        part.name.as_str(),
        problem,
        "name files with the same columns, in any order",
    )
}
