//! Tables in other formats than text with delimiters. Each becomes a stream of CSV, row by row while it is read, so that
//! everything behind it knows text alone: nothing of a cell is put in quotes that need not be, what is missing is an empty
//! cell, and times are written as ISO 8601 has them.
//!
//! Binary formats are told by their first bytes and read from a file, because they begin at their end; JSON and ARFF are
//! text and are told by how it begins.

mod archive;
mod arff;
#[cfg(feature = "arrow")]
mod arrow;
mod damage;
mod flat;
mod json;
pub mod made;
mod parquet;
mod pour;
pub mod value;
mod workbook;

use std::fs::File;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};

pub use archive::Contents;
pub use damage::Damage;

/// Something that is known only while a table is converted.
pub enum Said {
    /// What kind of file it is: `Parquet, 3 row groups, snappy`.
    Form(String),
    /// A sentence that the user should read.
    Notice(String),
    /// That so many rows were left out because something is wrong with them; a notice says what.
    Skipped(usize),
}

impl Said {
    /// What the user should read, if it is that.
    pub fn sentence(self) -> Option<String> {
        match self {
            Self::Notice(sentence) => Some(sentence),
            Self::Form(_) | Self::Skipped(_) => None,
        }
    }
}

/// A table on its way to text.
pub struct Converted<'a> {
    /// It, as CSV in UTF-8.
    pub reader: Box<dyn Read + Send + 'a>,
    /// What is said about it, meanwhile.
    pub said: Receiver<Said>,
    /// Whether the first line names the columns; none where that is to be seen from the text.
    pub header: Option<bool>,
    /// For each column whether the file says that its values are names, even if they are written as numbers.
    pub named: Vec<bool>,
}

/// A format that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// A ZIP archive: a workbook, or something packed.
    Zip,
    /// A workbook as Excel wrote it until 2003.
    OldExcel,
    /// Parquet.
    Parquet,
    /// Arrow IPC, which is Feather's second version.
    Arrow,
}

impl Binary {
    /// The format that the first bytes of a stream show.
    pub fn of(head: &[u8]) -> Option<Self> {
        let known: [(&[u8], Self); 4] = [
            (b"PK\x03\x04", Self::Zip),
            (b"\xd0\xcf\x11\xe0", Self::OldExcel),
            (b"PAR1", Self::Parquet),
            (b"ARROW1", Self::Arrow),
        ];
        let mut known = known.into_iter();
        known.find_map(|(magic, format)| head.starts_with(magic).then_some(format))
    }
}

/// The text of a packed file, or the table that a file of this format holds; `sheet` is the one that the user named.
pub fn open(file: File, format: Binary, sheet: Option<&str>) -> io::Result<Contents> {
    let sheet = sheet.map(str::to_owned);
    Ok(match format {
        Binary::Zip => return archive::open(file, sheet),
        Binary::OldExcel => Contents::Table(workbook::open(file, workbook::Kind::Xls, sheet)?),
        Binary::Parquet => Contents::Table(parquet::open(file)?),
        #[cfg(feature = "arrow")]
        Binary::Arrow => Contents::Table(arrow::open(file)?),
        #[cfg(not(feature = "arrow"))]
        Binary::Arrow => {
            return Err(Damage::whole(
                "this is an Arrow file, and this misfit was built without Arrow",
                "build it with `cargo build --release --features arrow`, or write the table as Parquet or CSV",
            ));
        }
    })
}

/// Whether a text that begins so is neither JSON nor ARFF.
pub fn is_csv(head: &[u8]) -> bool {
    !json::is_json(head) && !arff::is_arff(head)
}

/// The table in a text, if it is JSON or ARFF; else the text.
pub fn of_text<'a>(
    head: &[u8],
    text: Box<dyn Read + Send + 'a>,
) -> io::Result<Result<Converted<'a>, Box<dyn Read + Send + 'a>>> {
    if json::is_json(head) {
        json::open(head, text).map(Ok)
    } else if arff::is_arff(head) {
        arff::open(text).map(Ok)
    } else {
        Ok(Err(text))
    }
}

/// Where what is said goes, and where it comes out.
fn saying(form: &str) -> (Sender<Said>, Receiver<Said>) {
    let (sender, receiver) = channel();
    if !form.is_empty() {
        // The receiver is here.
        let _ = sender.send(Said::Form(form.into()));
    }
    (sender, receiver)
}

/// Writes CSV into memory.
fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new())
}

/// A line of column names. They are quoted, so that none is taken for a comment.
fn header<'a>(names: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(names);
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        assert_eq!(Binary::of(b"PAR1...."), Some(Binary::Parquet));
        assert_eq!(Binary::of(b"a,b\n"), None);
    }
}
