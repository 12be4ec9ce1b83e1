//! What the user said about a table: which columns are what, and how the file is laid out.

use crate::data::columns::kind::Kind;

/// What the user said. The default says nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadOptions {
    /// `--label`: a column, `none`, or nothing said.
    pub label: Option<String>,
    /// `--id`.
    pub id: Option<String>,
    /// `--drop`.
    pub drop: Vec<String>,
    /// `--columns`: all others are left out; all are kept where none is named.
    pub columns: Vec<String>,
    /// `--kind`: columns that are to be read as this kind.
    pub kinds: Vec<(String, Kind)>,
    /// `--delimiter`, `--header`, `--decimal`.
    pub layout: LayoutOptions,
    /// `--encoding`, a name that [`crate::data::bytes::encoding::named`] knows.
    pub encoding: Option<String>,
    /// `--sample`: as many rows, drawn evenly from the whole file.
    pub sample: Option<usize>,
    /// Draws the sample.
    pub seed: u64,
    /// `--strict`: a row of the wrong length is an error.
    pub strict: bool,
}

/// What the user said about the layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LayoutOptions {
    /// `--delimiter`.
    pub delimiter: Option<u8>,
    /// `--header`.
    pub header: Option<bool>,
    /// `--decimal`.
    pub decimal: Option<u8>,
}
