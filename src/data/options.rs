//! What the user says about a table: which columns are what, and how the file is laid out.

mod curve;

use std::sync::Arc;

use crate::data::columns::datetime::Order;
use crate::data::columns::kind::Kind;
use crate::data::columns::known::Known;

pub use curve::CurveChoice;

/// What the user says. The default says nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadOptions {
    /// `--label`: a column, or `none`.
    pub label: Option<String>,
    /// `--id`.
    pub id: Option<String>,
    /// `--by`: what a row belongs to.
    pub by: Option<String>,
    /// `--drop`.
    pub drop: Vec<String>,
    /// `--columns`: the only ones to learn from; empty means all.
    pub columns: Vec<String>,
    /// `--kind`: columns, and the kind to read each as.
    pub kinds: Vec<(String, Kind)>,
    /// `--curve`: which columns form curves.
    pub curve: CurveChoice,
    /// `--delimiter`, `--header`, `--decimal`, `--skip`, `--units`.
    pub layout: LayoutOptions,
    /// `--encoding`, a name that [`crate::data::bytes::encoding::named`] knows.
    pub encoding: Option<String>,
    /// `--sheet`: a sheet of a workbook, by name or number.
    pub sheet: Option<String>,
    /// `--sample`: how many rows to draw at random from the whole file.
    pub sample: Option<usize>,
    /// The seed that draws the sample.
    pub seed: u64,
    /// `--memory`: bytes that the table may take; what is free where it is not said.
    pub memory: Option<u64>,
    /// `--strict`: a row of the wrong length is an error.
    pub strict: bool,
    /// `--missing`: what stands for a missing value.
    pub missing: Missing,
    /// `--keep-totals`: a last row of totals is data.
    pub keep_totals: bool,
    /// `--model`: the columns that it was trained on.
    pub known: Option<Arc<Known>>,
}

/// What the user says about how the file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayoutOptions {
    /// `--delimiter`.
    pub delimiter: Option<Delimiter>,
    /// `--header`.
    pub header: Option<bool>,
    /// `--decimal`.
    pub decimal: Option<u8>,
    /// `--skip`: lines above the table.
    pub skip: Option<usize>,
    /// `--units`: whether the row under the header holds units.
    pub units: Option<bool>,
    /// `--dates`: what comes first in dates that can be read in more than one way.
    pub dates: Option<Order>,
}

/// What separates cells, as the user says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// A character.
    Byte(u8),
    /// Blanks and tabs, one or several.
    Blanks,
    /// The positions that are blank in every line.
    Fixed,
}

/// What stands for a missing value, beside empty cells and words such as `NA`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Missing {
    /// Codes such as −999, where they are plainly no measurements.
    #[default]
    Found,
    /// These words and numbers alone.
    Said(Vec<String>),
}
