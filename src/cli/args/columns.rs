//! The flags about columns and about how the file is laid out, and the [`ReadOptions`] they become.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};

use crate::cli::args::usage;
use crate::data::columns::datetime::Order;
use crate::data::columns::kind::Kind;
use crate::data::options::CurveChoice;
use crate::data::options::{Delimiter, LayoutOptions, Missing};
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
    /// Column that tells what a row belongs to, such as a machine: no window spans two of them
    #[arg(long, value_name = "COL")]
    by: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    drop: Vec<String>,
    /// Columns to keep; all others are left out
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    columns: Vec<String>,
    /// What a column holds, where misfit guesses wrong: number, datetime, clock, category, id or label. A clock
    /// is a time of which the hour of the day and the day of the week count
    #[arg(long, value_name = "COL=KIND", value_parser = kind)]
    kind: Vec<(String, Kind)>,
    /// Which columns form a curve, so that neighbours that err together are one reason: auto (names that count, values that
    /// follow each other), none, all (numbers side by side), or FIRST..LAST, several times if need be
    #[arg(long, value_name = "WHICH")]
    curve: Vec<CurveChoice>,
    #[command(flatten)]
    pub(in crate::cli) layout: LayoutArgs,
    /// Read only this many rows, drawn evenly from the whole file
    #[arg(long, value_name = "ROWS")]
    sample: Option<NonZeroUsize>,
    /// Memory that the table may take, such as 500MB or 2GB; by default what is free. Of a larger table a sample is learned,
    /// and all rows are then scored in a second pass over the file
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<u64>,
    /// Stop at the first row of the wrong length instead of skipping it
    #[arg(long)]
    strict: bool,
}

/// How the file is written.
#[derive(Args, Debug)]
#[command(next_help_heading = "Columns")]
pub struct LayoutArgs {
    /// Character between cells, such as “;” or tab; `blanks` for one or several, `fixed` for columns of fixed width; detected
    /// automatically
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<Delimiter>,
    /// Lines above the table; detected automatically, 0 where there are none
    #[arg(long, value_name = "LINES")]
    skip: Option<usize>,
    /// Whether the first line holds the column names; detected automatically
    #[arg(long, value_name = "WHETHER")]
    header: Option<Whether>,
    /// Whether the line under the header holds units, or more of the header; detected automatically
    #[arg(long, value_name = "WHETHER")]
    units: Option<Whether>,
    /// Decimal mark, “.” or “,”; detected automatically
    #[arg(long, value_name = "MARK", value_parser = decimal)]
    decimal: Option<u8>,
    /// What comes first in dates that may be read in more than one way, such as 01/03/2024: dmy, mdy or ymd; detected automatically
    #[arg(long, value_name = "ORDER", value_parser = dates)]
    dates: Option<Order>,
    /// Character encoding, such as utf-8, utf-16 or windows-1252; detected automatically
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Sheet of a workbook, by its name or number; the first one that holds a table is found by itself
    #[arg(long, value_name = "NAME|N")]
    sheet: Option<String>,
    /// What stands for a missing value beside empty cells, NA and the like: words and numbers, such as -999,? Codes far outside
    /// the other values of a column are detected automatically; `none` turns that off
    #[arg(
        long,
        value_name = "WORDS",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    missing: Option<Vec<String>>,
    /// Keep a row of totals at the end as data
    #[arg(long)]
    keep_totals: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Whether {
    /// Detect it
    Auto,
    /// It does
    Yes,
    /// It does not: it is data
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
            by: self.by.clone(),
            drop: self.drop.clone(),
            columns: self.columns.clone(),
            kinds: self.kind.clone(),
            sample: self.sample.map(NonZeroUsize::get),
            strict: self.strict,
            memory: self.memory,
            ..self.layout.options()
        })
    }
}

impl LayoutArgs {
    /// What they say, and nothing about columns.
    pub fn options(&self) -> ReadOptions {
        ReadOptions {
            layout: LayoutOptions {
                delimiter: self.delimiter,
                header: self.header.and_then(Whether::said),
                decimal: self.decimal,
                skip: self.skip,
                units: self.units.and_then(Whether::said),
                dates: self.dates,
            },
            encoding: self.encoding.clone(),
            sheet: self.sheet.clone(),
            missing: match self.missing.as_deref() {
                None => Missing::Found,
                Some([none]) if none == "none" => Missing::Said(Vec::new()),
                Some(words) => Missing::Said(words.to_vec()),
            },
            keep_totals: self.keep_totals,
            ..ReadOptions::default()
        }
    }

    /// Whether the user says what stands for a missing value.
    pub fn says_missing(&self) -> bool {
        self.missing.is_some()
    }
}

impl Whether {
    fn said(self) -> Option<bool> {
        match self {
            Self::Auto => None,
            Self::Yes => Some(true),
            Self::No => Some(false),
        }
    }
}

fn delimiter(text: &str) -> std::result::Result<Delimiter, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(Delimiter::Byte(b'\t')),
        b"blanks" => Ok(Delimiter::Blanks),
        b"fixed" => Ok(Delimiter::Fixed),
        [byte] if byte.is_ascii() => Ok(Delimiter::Byte(*byte)),
        _ => Err("expected one ASCII character, tab, blanks or fixed".into()),
    }
}

/// Bytes, from a number with a unit.
fn size(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, f64); 4] = [("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12)];
    let text = text.trim().to_ascii_lowercase();
    let wrong = || "expected a size such as 500MB or 2GB".to_owned();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, *bytes)))
        .ok_or_else(wrong)?;
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    let bytes = number * unit;
    if bytes.is_finite() && bytes >= 1.0 {
        Ok(bytes as u64)
    } else {
        Err(wrong())
    }
}

fn decimal(text: &str) -> std::result::Result<u8, String> {
    match text {
        "." => Ok(b'.'),
        "," => Ok(b','),
        _ => Err("expected . or ,".into()),
    }
}

fn dates(text: &str) -> std::result::Result<Order, String> {
    match text {
        "dmy" => Ok(Order::Day),
        "mdy" => Ok(Order::Month),
        "ymd" => Ok(Order::Year),
        _ => Err("expected dmy, mdy or ymd".into()),
    }
}

fn kind(text: &str) -> std::result::Result<(String, Kind), String> {
    let (column, kind) = text.rsplit_once('=').ok_or("expected COLUMN=KIND")?;
    Ok((column.into(), kind.parse()?))
}
