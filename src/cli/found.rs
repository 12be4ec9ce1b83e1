//! What misfit found out about a table's layout and its rows, as `--json` names it.

use serde::{Serialize, Serializer};

use crate::data::columns::column::Column;
use crate::data::series::{Clock, Series};
use crate::data::table::Table;
use crate::data::windows::Windows;

/// How the table was written, and what of it was read.
#[derive(Serialize)]
pub struct Found<'a> {
    /// Rows of the file, where only some of them were drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows_in_file: Option<usize>,
    skipped_rows: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a str>,
    encoding: &'a str,
    delimiter: &'a str,
    header: bool,
    /// Lines above the table that were skipped.
    lines_above: u64,
    /// Whether a row of totals at the end was left out.
    totals_left_out: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<Following<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    windows: Option<Learned>,
}

/// Rows that follow each other; looked through only where that is printed.
struct Following<'a> {
    series: &'a Series,
    rows: usize,
}

/// What is said of them.
#[derive(Serialize)]
struct Followed<'a> {
    /// The column that tells when a row was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    /// Whether the rows stand in the table as they followed each other, group after group.
    ordered: bool,
    /// Gaps in time.
    gaps: usize,
    /// The column that tells what a row belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<usize>,
}

/// Windows that are learned instead of single rows.
#[derive(Serialize)]
struct Learned {
    rows: usize,
    /// Rows from the beginning of one to that of the next.
    step: usize,
    count: usize,
    /// Stretches between gaps and groups that are long enough for one.
    stretches: usize,
    /// Rows in shorter stretches, which are not judged.
    rows_outside: usize,
}

impl<'a> Found<'a> {
    /// What there is to say of a table, of which these windows are learned.
    pub fn new(table: &'a Table, windows: Option<&Windows>) -> Self {
        let form = &table.form;
        Self {
            rows_in_file: table.drawn_from,
            skipped_rows: table.skipped,
            format: form.format.as_deref(),
            encoding: &form.encoding,
            delimiter: &form.delimiter,
            header: form.header,
            lines_above: form.above,
            totals_left_out: form.totals,
            series: Following::new(table),
            windows: windows.map(Learned::new),
        }
    }
}

impl<'a> Following<'a> {
    /// None where neither the time nor what the rows belong to is known.
    fn new(table: &'a Table) -> Option<Self> {
        let series = &*table.series;
        let known = series.clock.is_some() || series.groups.is_some();
        known.then_some(Self {
            series,
            rows: table.rows,
        })
    }
}

impl Serialize for Following<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { series, rows } = *self;
        let (clock, groups) = (series.clock.as_ref(), series.groups.as_ref());
        let order = series.order(rows);
        let (_, gaps) = series.stretches(rows, order.as_deref());
        let followed = Followed {
            time: clock.map(Clock::name),
            ordered: order.is_none(),
            gaps,
            by: groups.map(|groups| &*groups.name),
            groups: groups.map(|groups| groups.names.len()),
        };
        followed.serialize(serializer)
    }
}

impl Learned {
    fn new(windows: &Windows) -> Self {
        Self {
            rows: windows.size().rows,
            step: windows.size().step,
            count: windows.len(),
            stretches: windows.stretches(),
            rows_outside: windows.outside(),
        }
    }
}

/// A column with a unit.
#[derive(Serialize)]
pub struct Measured<'a> {
    pub column: &'a str,
    pub unit: &'a str,
}

/// A column with numbers that count as missing.
#[derive(Serialize)]
pub struct Coded<'a> {
    pub column: &'a str,
    pub codes: Vec<f64>,
}

impl<'a> Measured<'a> {
    /// Every column of a table that has a unit.
    pub fn all(table: &'a Table) -> Vec<Self> {
        let one = |column: &'a Column| {
            Some(Self {
                column: &column.name,
                unit: column.measure.as_deref()?,
            })
        };
        table.columns.iter().filter_map(one).collect()
    }
}

impl<'a> Coded<'a> {
    /// Every column of a table that has such numbers.
    pub fn all(table: &'a Table) -> Vec<Self> {
        let some = table
            .columns
            .iter()
            .filter(|column| !column.codes.is_empty());
        let one = |column: &'a Column| Self {
            column: &column.name,
            codes: column.codes.iter().map(|code| code.value).collect(),
        };
        some.map(one).collect()
    }
}
