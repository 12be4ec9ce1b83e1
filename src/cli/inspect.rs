//! `misfit inspect`: what was read, column by column, as a table or as JSON.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::cli::args::output::OutputArgs;
use crate::cli::args::{RunArgs, usage};
use crate::cli::found::Found;
use crate::cli::stretch::Stretch;
use crate::cli::{print, print_json};
use crate::data::columns::column::Column;
use crate::data::encoder::Encoded;
use crate::data::encoder::curve::{self, choice::settle};
use crate::data::options::CurveChoice;
use crate::data::source::Source;
use crate::data::table::Table;
use crate::data::windows::Windows;
use crate::data::windows::choice;
use crate::error::Result;
use crate::format::{count, group};
use crate::plan::Plan;
use crate::tui::cells;

#[derive(Args)]
pub struct InspectArgs {
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl InspectArgs {
    pub fn run(&self) -> Result<ExitCode> {
        let plan = self.run.plan()?;
        if matches!(plan.source, Source::Sample(_)) {
            return Err(usage("name the file to inspect, or pipe one in"));
        }
        let progress = self.output.progress();
        let mut table = plan.source.load(&plan.read, &mut progress.reading())?;
        let windows = choice::settle(plan.window, &mut table)?;
        let widths: Vec<usize> = table.columns.iter().map(Column::width).collect();
        let curves = curves(&mut table, &plan)?;
        drop(progress);
        if self.output.json {
            print_json(&Document::new(&table, &widths, curves, windows.as_ref()))
        } else {
            print(text(&table, widths.iter().sum()).as_bytes())
        }
    }
}

/// Which columns form curves. The values of a few rows tell, so that these are encoded where the names allow one.
fn curves(table: &mut Table, plan: &Plan) -> Result<Vec<Stretch>> {
    let may_be = curve::may_be(table.used().map(|column| column.name.as_str()));
    if plan.read.curve == CurveChoice::Auto && !may_be {
        return Ok(Vec::new());
    }
    let stride = table.rows.div_ceil(curve::ROWS).max(1);
    let few = table.columns.iter().map(|column| column.thinned(stride));
    let (few, rows) = (few.collect(), table.rows.div_ceil(stride));
    let mut data = Encoded::new(few, rows, plan.recipe.scaling);
    settle(&plan.read.curve, &mut data, table)?;
    Ok(Stretch::all(&data))
}

#[derive(Serialize)]
struct Document<'a> {
    rows: usize,
    #[serde(flatten)]
    found: Found<'a>,
    columns: Vec<Entry<'a>>,
    features: usize,
    curves: Vec<Stretch>,
    notices: &'a [String],
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    /// What a row under the header says of its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    /// Numbers that count as missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_codes: Vec<f64>,
    kind: &'static str,
    used: bool,
    reason: &'a str,
    /// Features that the network gets from it.
    features: usize,
    missing: usize,
    distinct: usize,
    /// Whether `distinct` is only a lower bound.
    distinct_at_least: bool,
    /// Least and greatest number; seconds since 1970 for dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<[f64; 2]>,
    example: &'a str,
}

impl<'a> Document<'a> {
    fn new(
        table: &'a Table,
        widths: &[usize],
        curves: Vec<Stretch>,
        windows: Option<&Windows>,
    ) -> Self {
        let entry = |(column, features): (&'a Column, &usize)| Entry {
            name: &column.name,
            unit: column.measure.as_deref(),
            missing_codes: column.codes.iter().map(|code| code.value).collect(),
            kind: column.kind.name(),
            used: column.used,
            reason: &column.reason,
            features: *features,
            missing: column.missing,
            distinct: column.distinct.count,
            distinct_at_least: column.distinct.more,
            range: column.range.map(|(min, max)| [min, max]),
            example: &column.example,
        };
        Self {
            rows: table.rows,
            found: Found::new(table, windows),
            columns: table.columns.iter().zip(widths).map(entry).collect(),
            features: widths.iter().sum(),
            curves,
            notices: &table.notices,
        }
    }
}

/// Columns of the printed table.
const WIDTH: usize = 80;
/// Widths of name, kind, missing, distinct and range; the reason takes the rest.
const WIDTHS: [usize; 5] = [14, 8, 7, 8, 15];

fn text(table: &Table, features: usize) -> String {
    let mut text = String::new();
    let form = &table.form;
    let header = if form.header { "a header" } else { "no header" };
    let how = match &form.format {
        Some(format) => format!("{format}, {header}"),
        // Of a single column nothing separates the cells.
        None if table.columns.len() == 1 => format!("{}, {header}", form.encoding),
        None => format!(
            "{}, delimiter “{}”, {header}",
            form.encoding, form.delimiter
        ),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}: {}, {}, {}  ({how})",
        table.name,
        count(table.rows, "row"),
        count(table.columns.len(), "column"),
        count(features, "feature"),
    );
    // The first line has said what kind of file it is.
    let unsaid = |notice: &&String| Some(*notice) != form.format.as_ref();
    for notice in table.notices.iter().filter(unsaid) {
        let _ = writeln!(text, "note: {notice}");
    }
    text.push('\n');
    let mut line = |used: &str, row: [&str; 6]| {
        let [name, kind, missing, distinct, range, reason] = row;
        let fixed = format!(
            "{used} {} {} {} {} {}  ",
            cells::left(name, WIDTHS[0]),
            cells::left(kind, WIDTHS[1]),
            cells::right(missing, WIDTHS[2]),
            cells::right(distinct, WIDTHS[3]),
            cells::left(range, WIDTHS[4]),
        );
        let room = WIDTH.saturating_sub(cells::width(&fixed));
        let pieces = cells::wrap(reason, room.max(12));
        let indent = " ".repeat(cells::width(&fixed));
        for (turn, piece) in pieces.iter().enumerate() {
            let start = if turn == 0 { &fixed } else { &indent };
            let _ = writeln!(text, "{}", format!("{start}{piece}").trim_end());
        }
    };
    line(
        " ",
        [
            "column",
            "kind",
            "missing",
            "distinct",
            "range",
            "how it is used",
        ],
    );
    for column in &table.columns {
        let more = if column.distinct.more { ">" } else { "" };
        let range = column
            .shown_range()
            .unwrap_or_else(|| column.example.clone());
        line(
            if column.used { "✓" } else { "·" },
            [
                &column.titled(),
                column.kind.name(),
                &group(column.missing),
                &format!("{more}{}", group(column.distinct.count)),
                &range,
                &column.reason,
            ],
        );
    }
    text
}
