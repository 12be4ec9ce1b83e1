//! What the user says about a table: which columns are what, and how the file is laid out.

mod curve;

use crate::data::columns::kind::Kind;

pub use curve::CurveChoice;

/// What the user says. The default says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// `--label`: a column, or `none`.
    pub label: Option<String>,
    /// `--id`.
    pub id: Option<String>,
    /// `--drop`.
    pub drop: Vec<String>,
    /// `--columns`: the only ones to learn from; empty means all.
    pub columns: Vec<String>,
    /// `--kind`: columns, and the kind to read each as.
    pub kinds: Vec<(String, Kind)>,
    /// `--curve`: which columns form curves.
    pub curve: CurveChoice,
    /// `--delimiter`, `--header`, `--decimal`.
    pub layout: LayoutOptions,
    /// `--encoding`, a name that [`crate::data::bytes::encoding::named`] knows.
    pub encoding: Option<String>,
    /// `--sample`: how many rows to draw at random from the whole file.
    pub sample: Option<usize>,
    /// The seed that draws the sample.
    pub seed: u64,
    /// `--strict`: a row of the wrong length is an error.
    pub strict: bool,
}

/// What the user says about how the file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayoutOptions {
    /// `--delimiter`.
    pub delimiter: Option<u8>,
    /// `--header`.
    pub header: Option<bool>,
    /// `--decimal`.
    pub decimal: Option<u8>,
}
