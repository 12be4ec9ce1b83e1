//! What crosses between the threads: [`Command`]s from the screen to the worker, [`Report`]s back. Plain data only: a
//! test is a list of reports, and so is a bug report.

use crate::compare::standing::Comparison;
use crate::data::columns::kind::Kind;
use crate::data::read::Progress as Reading;
use crate::model::spec::NetworkSpec;
use crate::score::ranking::{By, Quality, Ranking};
use crate::score::reference::Reference;

/// What the screen asks of the worker. Obeyed between batches. Stopping is hanging up.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Train no further until [`Command::Resume`].
    Pause,
    /// Go on; after the end of the recipe, go on beyond it.
    Resume,
    /// Which layers have a bias from now on, in the order of the data flow.
    SetBias(Vec<bool>),
    /// Adam's learning rate from now on.
    SetRate(f64),
    /// Start again from the same seed with this network.
    Restart(NetworkSpec),
    /// Which scores rank the rows from now on.
    RankBy(By),
    /// Read the table again with these columns as the user wants them, and start again.
    Reread(Vec<Change>),
    /// Hold the training and compare the usual variants of the network.
    Compare,
    /// Leave the comparison as it is and go on with the training.
    StopComparing,
    /// What the screen shows of the ranking, so that the worker explains just that.
    Watch(Watch),
}

/// What the user wants of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The column's name.
    pub column: String,
    /// What is to become of it.
    pub choice: Choice,
}

/// What is to become of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is read as this kind.
    As(Kind),
    /// It is left out.
    Drop,
}

/// The part of the ranking that is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// First rank, 0 = the strangest row.
    pub first: usize,
    /// Number of ranks.
    pub count: usize,
    /// The row whose page is open.
    pub row: Option<u32>,
}

/// Ranks that are watched at once: more than any screen shows.
pub const WATCHED: usize = 96;

impl Default for Watch {
    /// The top of the ranking.
    fn default() -> Self {
        Self {
            first: 0,
            count: WATCHED,
            row: None,
        }
    }
}

/// Whether Adam can be given this learning rate.
pub fn is_rate(rate: f64) -> bool {
    (1e-9..=10.0).contains(&rate)
}

/// What the worker tells the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// The table is being read.
    Reading(Reading),
    /// The table is read and encoded.
    Loaded(Loaded),
    /// A run begins, the first or another one.
    Started(Started),
    /// Training advanced.
    Advanced(Advanced),
    /// Something happened in mid-run, to be marked on the curves.
    Marked(Mark),
    /// The rows are ranked anew.
    Ranked(Ranking),
    /// The rows are scored without a network.
    Referenced(Referenced),
    /// How the variants of the network compare so far.
    Compared(Comparison),
    /// Why the watched rows rank where they do.
    Explained(Explained),
    /// The table cannot be used as the user wants it, for this reason; the run goes on as it was.
    Refused(String),
    /// Training stands still because it was told to.
    Paused,
    /// Training goes on.
    Resumed,
    /// The recipe is done.
    Finished,
    /// The run cannot go on. [`Command::Restart`] begins another.
    Failed(String),
    /// The worker gave up; its last word.
    Ended(String),
}

/// The table, as far as the screen needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// Name, sanitised.
    pub name: String,
    /// Data rows.
    pub rows: usize,
    /// The columns of the file.
    pub columns: Vec<ColumnInfo>,
    /// Numbers of the rows in the file where some were skipped, 1 = first data row.
    pub numbers: Option<Vec<u32>>,
    /// Names of the columns in use, sanitised.
    pub features: Vec<String>,
    /// Features that the network gets from them: a column of words gives several.
    pub encoded: usize,
    /// The value of each column in use that scales to zero; 0 for words.
    pub offsets: Vec<f64>,
    /// Original units per scaled unit of each column in use; 1 for words.
    pub scales: Vec<f64>,
    /// Row names, sanitised, where an id column was named.
    pub ids: Option<Vec<String>>,
    /// The truth, where there is a label.
    pub outlier: Option<Vec<bool>>,
    /// What the user should know about the reading.
    pub notices: Vec<String>,
}

/// What the scores without a network say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Referenced {
    /// How each agrees with the label; empty without one.
    pub quality: Vec<(Reference, Quality)>,
    /// Whether no row stands far from the rest.
    pub seems_local: bool,
}

/// A column of the file, as far as the screen needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnInfo {
    /// Name, sanitised.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether the network learns from it.
    pub used: bool,
    /// Why, or what becomes of it.
    pub reason: String,
    /// Rows without a value.
    pub missing: usize,
    /// Different values.
    pub distinct: usize,
    /// Whether there may be more of them.
    pub more: bool,
    /// Least and greatest value, for the eye.
    pub range: Option<String>,
    /// A value, sanitised.
    pub example: String,
    /// Rows in equal parts of the range, or with each word.
    pub histogram: Vec<u32>,
}

/// A run, as far as the screen needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// The network at its start.
    pub spec: NetworkSpec,
    /// `classic`, `auto`.
    pub preset: String,
    /// The loss in words.
    pub loss: &'static str,
    /// `burn`, …
    pub engine: &'static str,
    /// `ndarray`, …
    pub device: &'static str,
    /// Threads the engine may use.
    pub threads: usize,
    /// Learning rate.
    pub rate: f64,
    /// Rows per step.
    pub batch: usize,
    /// Steps in one epoch.
    pub steps_per_epoch: u64,
    /// Steps of the whole recipe.
    pub steps: u64,
    /// Networks trained to their end before this one, whose scores are averaged with its own.
    pub network: u64,
    /// Networks of the recipe.
    pub networks: u64,
}

/// Where training stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Advanced {
    /// Steps done.
    pub step: u64,
    /// The training rows since the report before, oldest first.
    pub train: Vec<Sample>,
    /// The validation rows, after each epoch that ended since the report before.
    pub valid: Vec<Sample>,
    /// Mean over the last whole epoch, or over the latest steps before there is one.
    pub headline: Point,
    /// Training steps alone.
    pub rows_per_second: f64,
    /// Seconds spent in training steps.
    pub seconds: f64,
}

/// A mean over some rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Steps done when the last of the rows was seen.
    pub step: u64,
    /// How many rows it is the mean of.
    pub rows: u64,
    /// Their mean.
    pub mean: Point,
}

/// A loss and a mean squared error.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// The loss that training makes small.
    pub loss: f64,
    /// Mean squared error.
    pub mse: f64,
}

/// Something that happened in mid-run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// After this many steps.
    pub step: u64,
    /// What happened.
    pub event: Event,
}

/// What a [`Mark`] marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The user changed something: `encoder.1 bias off`.
    Change(String),
    /// The scores of a snapshot were taken.
    Snapshot,
}

/// Why rows rank where they do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explained {
    /// For the watched ranks, in their order.
    pub rows: Vec<Explanation>,
    /// The open row's page.
    pub page: Option<RowPage>,
}

/// The columns that contribute most to one row's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Row index, 0 = first data row.
    pub row: u32,
    /// Largest first.
    pub parts: Vec<Part>,
}

/// One column's share of a row's score; all features of a column of words together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Index among the columns in use.
    pub column: u32,
    /// 0 to 1.
    pub share: f32,
}

/// One row, column by column.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPage {
    /// Row index, 0 = first row in use.
    pub row: u32,
    /// In the order of the columns in use.
    pub cells: Vec<Cell>,
}

/// One column of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What the file says, in its units; the median where it says nothing. Of words: 1 for the one that is there, or 0
    /// and 1 where there are two.
    pub original: f64,
    /// What the network makes of it, in the file's units.
    pub reconstruction: f64,
    /// The file's own words, sanitised, where they can still be found, or where numbers say nothing.
    pub text: Option<String>,
    /// The word or the date that the network makes of it.
    pub rebuilt: Option<String>,
    /// Share of the row's score, 0 to 1.
    pub share: f32,
    /// Whether the file says nothing.
    pub missing: bool,
}
