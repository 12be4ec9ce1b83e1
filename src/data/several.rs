//! Several files as one table, read one after the other: columns are matched by their names, and a column in front tells where
//! each row is from. It is one stream of CSV, and is read as one.

mod chain;
mod part;
mod remarks;

use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use crate::data::bytes::formats::made::Made;
use crate::data::bytes::stream::{Reopen, Stamp, Stream};
use crate::data::options::{Delimiter, LayoutOptions, ReadOptions};
use crate::data::several::chain::Chain;
use crate::data::several::part::Part;
use crate::data::text::sanitize;
use crate::error::{DataError, Error, Result};

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
    let first = Part::open(&several.files[0], options)?;
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
        units: Some(first.units.is_some()),
        decimal: options.layout.decimal.or(Some(first.decimal)),
        dates: options.layout.dates,
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

impl Several {
    /// Whether the user wants to learn from the column `source`.
    fn is_asked(&self, source: &str) -> bool {
        let options = &self.options;
        options.columns.iter().any(|name| name == source)
            || options.kinds.iter().any(|(name, _)| name == source)
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
        let part = Part::open(&self.files[0], &self.options)?;
        let source = source_column(&part.names);
        let mut text = csv::Writer::from_writer(Vec::new());
        let header = std::iter::once(source).chain(part.names.iter().map(String::as_str));
        let units = part.units.as_ref().map(|units| {
            let units = units.iter().map(String::as_str);
            std::iter::once("").chain(units)
        });
        let written = text.write_record(header).and_then(|()| match units {
            Some(units) => text.write_record(units),
            None => Ok(()),
        });
        written.map_err(|error| Error::io("join the files")(crate::error::csv_write(error)))?;
        let (sender, said) = channel();
        let numbered = !self.is_asked(source);
        let chain = Chain::new(&self.files, &self.options, part, numbered, sender);
        Ok(Stream {
            reader: Box::new(Made::new(chain, text.into_inner().unwrap_or_default())),
            total: None,
            file: None,
            rests: None,
            said: Some(said),
        })
    }
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
