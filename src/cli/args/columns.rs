//! The flags about columns and about how the file is laid out, and the [`ReadOptions`] they become.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use crate::cli::args::usage;
use crate::data::columns::kind::Kind;
use crate::data::options::CurveChoice;
use crate::data::options::LayoutOptions;
use crate::data::read::ReadOptions;
use crate::error::Result;

/// What the columns of the table are for.
#[derive(Args, Debug)]
#[command(next_help_heading = "Columns")]
pub struct ColumnArgs {
    /// Column that marks the outliers. It judges the ranking and is never trained on. A column called label, class,
    /// outlier, anomaly or is_fraud is detected automatically; `none` turns that off
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
    /// What a column holds, where misfit guesses wrong: number, datetime, category, id or label
    #[arg(long, value_name = "COL=KIND", value_parser = kind)]
    kind: Vec<(String, Kind)>,
    /// Which columns form a curve, so that neighbours that err together are one reason: auto (names that count, values that
    /// follow each other), none, all (numbers side by side), or FIRST..LAST, several times if need be
    #[arg(long, value_name = "WHICH")]
    curve: Vec<CurveChoice>,
    /// Character between cells, such as “;” or tab; detected automatically
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Whether the first line holds the column names; detected automatically
    #[arg(long, value_name = "WHETHER")]
    header: Option<HeaderArg>,
    /// Decimal mark, “.” or “,”; detected automatically
    #[arg(long, value_name = "MARK", value_parser = decimal)]
    decimal: Option<u8>,
    /// Character encoding, such as utf-8, utf-16 or windows-1252; detected automatically
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Read only this many rows, drawn evenly from the whole file
    #[arg(long, value_name = "ROWS")]
    sample: Option<NonZeroUsize>,
    /// Stop at the first row of the wrong length instead of skipping it
    #[arg(long)]
    strict: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum HeaderArg {
    /// Detect it
    Auto,
    /// It holds the names
    Yes,
    /// It holds data
    No,
}

impl ColumnArgs {
    pub(super) fn options(&self) -> Result<ReadOptions> {
        let curve = CurveChoice::of(&self.curve).ok_or_else(|| {
            usage("--curve: auto, none and all stand alone; only FIRST..LAST can be given again")
        })?;
        Ok(ReadOptions {
            curve,
            label: self.label.clone(),
            id: self.id.clone(),
            drop: self.drop.clone(),
            columns: self.columns.clone(),
            kinds: self.kind.clone(),
            layout: LayoutOptions {
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
        })
    }
}

fn delimiter(text: &str) -> std::result::Result<u8, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("expected one ASCII character, or tab".into()),
    }
}

fn decimal(text: &str) -> std::result::Result<u8, String> {
    match text {
        "." => Ok(b'.'),
        "," => Ok(b','),
        _ => Err("expected . or ,".into()),
    }
}

fn kind(text: &str) -> std::result::Result<(String, Kind), String> {
    let (column, kind) = text.rsplit_once('=').ok_or("expected COLUMN=KIND")?;
    Ok((column.into(), kind.parse()?))
}
