//! The flags about columns and about how the file is laid out, and the [`ReadOptions`] they become.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use crate::data::columns::kind::Kind;
use crate::data::read::ReadOptions;
use crate::data::records::dialect::Wanted;

/// What the columns of the table are for.
#[derive(Args, Debug)]
#[command(next_help_heading = "Columns")]
pub struct ColumnArgs {
    /// Column that says which rows are outliers, to judge by and never to train on; `none` for none. A column called
    /// label, class, outlier, anomaly or is_fraud is found by itself
    #[arg(long, value_name = "COL")]
    label: Option<String>,
    /// Column that names the rows
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    drop: Vec<String>,
    /// Columns to keep; all others are left out
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    columns: Vec<String>,
    /// What a column holds, where misfit is wrong about it: number, datetime, category, id or label
    #[arg(long, value_name = "COL=KIND", value_parser = kind)]
    kind: Vec<(String, Kind)>,
    /// Character between the cells; found by itself
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Whether the first line names the columns; found by itself
    #[arg(long, value_name = "WHETHER")]
    header: Option<HeaderArg>,
    /// Mark before the decimals, . or ,; found by itself
    #[arg(long, value_name = "MARK", value_parser = decimal)]
    decimal: Option<u8>,
    /// What the file is written in: utf-8, utf-16, windows-1252 …; found by itself
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Take this many rows, drawn evenly from the whole file
    #[arg(long, value_name = "ROWS")]
    sample: Option<NonZeroUsize>,
    /// Fail at the first row of the wrong length, instead of skipping it
    #[arg(long)]
    strict: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum HeaderArg {
    /// As the file looks
    Auto,
    /// It does
    Yes,
    /// It is data
    No,
}

impl ColumnArgs {
    pub(super) fn options(&self) -> ReadOptions {
        ReadOptions {
            label: self.label.clone(),
            id: self.id.clone(),
            drop: self.drop.clone(),
            columns: self.columns.clone(),
            kinds: self.kind.clone(),
            layout: Wanted {
                delimiter: self.delimiter,
                header: match self.header {
                    Some(HeaderArg::Yes) => Some(true),
                    Some(HeaderArg::No) => Some(false),
                    Some(HeaderArg::Auto) | None => None,
                },
                decimal: self.decimal,
            },
            encoding: self.encoding.clone(),
            sample: self.sample.map(NonZeroUsize::get),
            seed: 0,
            strict: self.strict,
        }
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("expected one ASCII character, or tab".into()),
    }
}

fn decimal(text: &str) -> Result<u8, String> {
    match text {
        "." => Ok(b'.'),
        "," => Ok(b','),
        _ => Err("expected . or ,".into()),
    }
}

fn kind(text: &str) -> Result<(String, Kind), String> {
    let (column, kind) = text.rsplit_once('=').ok_or("expected COLUMN=KIND")?;
    Ok((column.into(), kind.parse()?))
}
