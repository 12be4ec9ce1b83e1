//! The document in the header of a model file. Its names are stable: a change of their meaning is another [`SCHEMA`].

use serde::{Deserialize, Serialize};

/// The layout of the document. A program refuses one that it does not know.
pub const SCHEMA: u32 = 2;
/// The first, which is a part of this one.
pub const FIRST: u32 = 1;

/// What is looked at first: whether the rest can be understood.
#[derive(Deserialize)]
pub struct First {
    pub schema: u32,
    #[serde(default)]
    pub program: String,
}

/// Everything but the tensors.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Sixteen hexadecimal figures, see [`super::seal`]; it stands first, so that its place in the file is known.
    pub checksum: String,
    pub schema: u32,
    /// The program that wrote it, with its version.
    pub program: String,
    /// The columns in use, in the order of the features.
    pub columns: Vec<Column>,
    pub curves: Vec<Curve>,
    /// What stands for a missing value, where the user said so; none where codes were looked for.
    pub missing: Option<Vec<String>>,
    pub window: Option<Window>,
    pub label: Option<Label>,
    /// The column that named the rows.
    pub id: Option<String>,
    /// Columns of the table that nothing was learned from.
    pub unused: Vec<String>,
    /// How it was trained, so that training can go on. Since layout 2.
    #[serde(default)]
    pub recipe: Option<Recipe>,
    /// What runs the networks: `fused` or `burn`.
    pub engine: String,
    pub networks: Vec<Network>,
    /// Whose score ranks the rows: `network`, `lesinn` or `both`.
    pub score: String,
    pub lesinn: Option<Lesinn>,
    pub flag: Flag,
    pub trained: Trained,
}

/// A column in use.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: String,
    /// The column of the file that it is made of, where that is another: of its times, `hour` or `day`.
    pub of: Option<String>,
    pub part: Option<String>,
    /// The names of its features.
    pub features: Vec<String>,
    /// Its categories, where it has some.
    pub levels: Option<Vec<String>>,
    /// Of dates: `days`, `seconds`, `seconds_of_day`.
    pub unit: Option<String>,
    /// Numbers that stand for a missing value.
    pub codes: Vec<f64>,
    /// What the numbers of the file are divided by.
    pub per: f64,
}

/// Columns in use that form a curve.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    pub first: usize,
    /// Where on the axis each column stands.
    pub places: Vec<f64>,
}

/// Windows of consecutive rows.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub rows: usize,
    pub step: usize,
    pub clock: Option<String>,
    /// Where another column tells the day and the clock no more than the time of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_date: Option<String>,
    pub clock_unit: Option<String>,
    pub group: Option<String>,
}

/// The label.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    pub name: String,
    /// The values that mark outliers.
    pub marks: Vec<String>,
    /// Whether the values say so themselves.
    pub speaks: bool,
}

/// How a model was trained.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// `mse` or `bce`.
    pub loss: String,
    /// How the columns' errors are weighed: `robust` or `mse`.
    pub error: String,
}

/// A network.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// From the input to the code; the decoder mirrors them.
    pub widths: Vec<usize>,
    pub hidden: String,
    pub code: String,
    pub output: String,
    pub tied: bool,
    /// How it was looked at; the scores are the mean.
    pub snapshots: Vec<Snapshot>,
}

/// A network as it was.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    pub step: u64,
    /// Whether each layer has a bias, in the order of the data flow.
    pub bias: Vec<bool>,
    /// The median row's error, which scores are multiples of.
    pub median: f64,
}

/// The random rows of `LeSiNN`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesinn {
    pub median: f64,
}

/// Which rows are flagged.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// As `--flag` takes it.
    pub rule: String,
    /// The score that a flagged row exceeds; none where no row was flagged because none could be.
    pub threshold: Option<f64>,
    /// Where all rows were taken as ordinary: those that others are held against. Since layout 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinary: Option<Ordinary>,
}

/// The ordinary rows that others are held against.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ordinary {
    pub rows: u64,
    /// Whether they were kept back from training.
    pub kept_back: bool,
    /// How many different scores of them are kept.
    pub scores: usize,
}

/// What was learned from.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trained {
    pub source: Option<String>,
    pub rows: u64,
    pub scored: u64,
    pub flagged: u64,
    /// The median score, those that 90 and 99 rows in a hundred do not exceed, and the highest.
    pub scores: [f64; 4],
    pub roc_auc: Option<f64>,
    pub average_precision: Option<f64>,
    pub seed: u64,
}
