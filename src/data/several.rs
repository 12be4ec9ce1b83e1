//! Several files as one table, read one after the other: columns are matched by their names, and a column in front tells where
//! each row is from. It is one stream of CSV, and is read as one.

use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use csv::ByteRecord;

use crate::data::bytes::encoding;
use crate::data::bytes::formats::Damage;
use crate::data::bytes::formats::made::{Made, Make};
use crate::data::bytes::input::Input;
use crate::data::bytes::stream::{Refusal, Reopen, Stamp, Stream, Text, Wanted};
use crate::data::columns::roles::{original_names, unique_names};
use crate::data::options::{Delimiter, LayoutOptions, ReadOptions};
use crate::data::read::made;
use crate::data::records::dialect;
use crate::data::records::reader::Reader;
use crate::data::text::{name_list, sanitize};
use crate::error::{DataError, Error, Result};

/// Bytes of text made at once.
const AHEAD: usize = 1 << 18;
/// The column that tells where a row is from, and what it is called where the files have one of that name.
const NAMES: [&str; 2] = ["file", "source file"];

/// Files that are read as one table.
#[derive(Debug, Clone)]
pub struct Several {
    files: Vec<PathBuf>,
    options: ReadOptions,
}

/// The files as one table, and how that is to be read: the column that tells where a row is from names the row, unless the user
/// wants to learn from it.
pub fn one(files: &[PathBuf], options: &ReadOptions) -> Result<(Several, ReadOptions)> {
    let several = Several {
        files: files.to_vec(),
        options: options.clone(),
    };
    let first = several.part(0)?;
    let source = source_column(&first.names);
    let asked = several.is_asked(source);
    let mut read = ReadOptions {
        encoding: None,
        sheet: None,
        ..options.clone()
    };
    read.layout = LayoutOptions {
        delimiter: Some(Delimiter::Byte(b',')),
        header: Some(true),
        skip: None,
        units: Some(false),
        decimal: options.layout.decimal.or(Some(first.decimal)),
    };
    if !asked && read.id.is_none() {
        read.id = Some(source.to_owned());
    } else if !asked && !read.drop.iter().any(|name| name == source) {
        read.drop.push(source.to_owned());
    }
    Ok((several, read))
}

fn source_column(names: &[String]) -> &'static str {
    let taken = names.iter().any(|name| name == NAMES[0]);
    NAMES[usize::from(taken)]
}

/// One of the files, opened.
struct Part {
    /// Its name, to show.
    name: String,
    /// Its columns.
    names: Vec<String>,
    /// How its numbers are written.
    decimal: u8,
    records: Reader<Box<dyn Read + Send>>,
}

impl Several {
    /// Whether the user wants to learn from the column `source`.
    fn is_asked(&self, source: &str) -> bool {
        let options = &self.options;
        options.columns.iter().any(|name| name == source)
            || options.kinds.iter().any(|(name, _)| name == source)
    }

    fn part(&self, index: usize) -> Result<Part> {
        let path = &self.files[index];
        let shown = sanitize(&path.to_string_lossy());
        let refuse = |problem: String, advice: &str| -> Error {
            DataError {
                file: shown.clone(),
                problem,
                advice: advice.into(),
                ..DataError::default()
            }
            .into()
        };
        let stream = Input::open_file(path)?;
        let wanted = Wanted {
            encoding: self.options.encoding.as_deref().and_then(encoding::named),
            sheet: self.options.sheet.as_deref(),
        };
        let text = Text::open(stream, wanted).map_err(|refusal| match refusal {
            Refusal::Foreign(what, advice) => refuse(format!("this is {what}"), advice),
            Refusal::Stopped => Error::Stopped,
            Refusal::Io(error) => match Damage::of(&error) {
                Some(damage) => refuse(damage.to_string(), ""),
                None => Error::io(format!("read {shown}"))(error),
            },
        })?;
        let layout = match &text.made {
            Some(made) => made::layout(made.header, self.options.layout),
            None => self.options.layout,
        };
        let dialect = dialect::find(&text.head, text.whole, layout, None);
        let names = match &dialect.header {
            Some(header) => original_names(header, dialect.columns),
            None => unique_names(None, dialect.columns),
        };
        let body: Box<dyn Read + Send> =
            Box::new(Cursor::new(text.head[dialect.body..].to_vec()).chain(text.rest));
        Ok(Part {
            name: shown,
            names,
            decimal: dialect.spelling.decimal,
            records: Reader::new(
                body,
                &dialect.separator,
                dialect.terminator,
                dialect.comments,
            ),
        })
    }
}

impl Reopen for Several {
    fn another(&self) -> Option<Box<dyn Reopen + Send + Sync>> {
        Some(Box::new(self.clone()))
    }

    fn stamps(&self) -> Vec<Stamp> {
        self.files.iter().map(|path| Stamp::of(path)).collect()
    }

    fn open(&mut self) -> Result<Stream<'_>> {
        let part = self.part(0)?;
        let source = source_column(&part.names);
        let mut text = csv::Writer::from_writer(Vec::new());
        let header = std::iter::once(source).chain(part.names.iter().map(String::as_str));
        text.write_record(header)
            .map_err(|error| Error::io("join the files")(crate::error::csv_write(error)))?;
        Ok(Stream {
            reader: Box::new(Made::new(
                Chain {
                    numbered: !self.is_asked(source),
                    names: part.names.clone(),
                    order: (0..part.names.len()).collect(),
                    decimal: part.decimal,
                    several: self,
                    index: 0,
                    part,
                    row: 0,
                },
                text.into_inner().unwrap_or_default(),
            )),
            total: None,
            file: None,
            rests: None,
        })
    }
}

/// The files, one after the other.
struct Chain<'a> {
    several: &'a Several,
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
    /// Rows of this file so far.
    row: u64,
}

impl Make for Chain<'_> {
    fn piece(&mut self) -> io::Result<(Vec<u8>, bool)> {
        let mut text = csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let (mut made, mut record, mut ended) = (0, ByteRecord::new(), false);
        while made < AHEAD {
            if !self.part.records.read(&mut record)? {
                if self.next_file()? {
                    continue;
                }
                ended = true;
                break;
            }
            self.row += 1;
            made += record.as_slice().len() + self.part.name.len();
            let source = if self.numbered {
                format!("{}:{}", self.part.name, self.row)
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

impl Chain<'_> {
    /// A row in the order of the first file; one of the wrong length stays so, and the reading skips it.
    fn row_of(&self, source: &str, record: &ByteRecord) -> ByteRecord {
        // Of a line end of two characters the first is left over.
        let last = record.len() - 1;
        let cell = |place: usize| match &record[place] {
            [cell @ .., b'\r'] if place == last => cell,
            cell => cell,
        };
        let mut row = ByteRecord::new();
        row.push_field(source.as_bytes());
        if record.len() == self.order.len() {
            row.extend(self.order.iter().map(|place| cell(*place)));
        } else {
            row.extend((0..record.len()).map(cell));
        }
        row
    }

    /// Goes to the next file; false where there is none.
    fn next_file(&mut self) -> io::Result<bool> {
        self.index += 1;
        if self.index == self.several.files.len() {
            return Ok(false);
        }
        let part = self.several.part(self.index).map_err(io::Error::other)?;
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
        self.row = 0;
        self.part = part;
        Ok(true)
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

/// The files that a word of the command line names: itself, or those that match it as a pattern. In order of their names.
pub fn matching(word: &Path) -> Result<Vec<PathBuf>> {
    let text = word.to_string_lossy();
    if word.exists() || !text.contains(['*', '?', '[']) {
        return Ok(vec![word.to_owned()]);
    }
    let named = sanitize(&text);
    let refuse = |problem: String| DataError {
        file: named.clone(),
        problem,
        advice: "a pattern is written as in logs/*.csv".into(),
        ..DataError::default()
    };
    let paths =
        glob::glob(&text).map_err(|error| refuse(format!("this is no pattern: {error}")))?;
    let files: Vec<PathBuf> = paths
        .filter_map(std::result::Result::ok)
        .filter(|path| path.is_file())
        .collect();
    if files.is_empty() {
        return Err(refuse("no file matches".into()).into());
    }
    Ok(files)
}
