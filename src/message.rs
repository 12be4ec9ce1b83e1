//! What crosses between the threads: [`Command`]s from the screen to the worker, [`Report`]s back. Plain data only: a
//! test is a list of reports, and so is a bug report.

mod browsed;
mod curve;
mod explained;
mod layers;
mod loaded;
mod progress;
mod spread;
mod taken;
mod whole;

use crate::compare::results::Comparison;
use crate::data::read::{FirstRows, Progress as Reading};
use crate::model::spec::NetworkSpec;
use crate::score::flag::FlagRule;
use crate::score::ranking::{By, Ranking};

pub use browsed::{
    Apart, Arrangement, Ask, Browse, Browsed, Filter, Line, Order, Seek, Subject, Test, Weighed,
};
pub use curve::{Curve, Traced};
pub use explained::{
    Around, Beside, Cell, Course, Explained, Explanation, Nearest, Neighbour, Place, Reason,
    RowPage, WATCHED, Watch,
};
pub use layers::{Histogram, Layer, Layers, Units};
pub use loaded::{Change, Choice, ColumnInfo, InWindows, Loaded, Referenced, Through};
pub use progress::{
    Advanced, Allowance, Event, Judged, Mark, Moment, Moved, Point, Sample, Started,
};
pub use spread::Spread;
pub use taken::{Copied, Copy, CopyCell, Export, Exported, Formulas, Publish, Rows, Save, Story};
pub use whole::{Fetch, Scoring, Whole};

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
    /// By what rule rows are flagged from now on.
    Flag(FlagRule),
    /// Read the table again with these columns as the user wants them, and start again.
    Reread(Vec<Change>),
    /// Hold the training and compare the usual variants of the network.
    Compare,
    /// Leave the comparison as it is and go on with the training.
    StopComparing,
    /// What the screen shows of the ranking, so that the worker explains just that.
    Watch(Watch),
    /// The rows that the table shows, of which every column's share is wanted; none while it is closed.
    Weigh(Option<Vec<u32>>),
    /// Whether the scores page is open, which shows how all scores are spread.
    Spread(bool),
    /// Show a part of the table, or find a row in it. The worker's browser answers, whatever the training does.
    Browse(Browse),
    /// How far the run may have come by now, see [`Allowance`]. Until the first one there is no limit.
    Allow(Allowance),
    /// While paused: train this many steps, then stand still again.
    Advance(u64),
    /// Show the ranking, the reasons and the layers as they were at a kept snapshot, and train no further until there is
    /// nothing to look at any more: `None` is now.
    LookAt(Option<Moment>),
    /// Train on from a kept snapshot: a new run, whose past is the old one's up to there.
    Branch(Moment),
    /// Score every row of a file that is larger than memory with the networks as they are. While all rows are passed through, to
    /// score them or to look for some: break that off.
    ScoreAll,
    /// Read rows of a file larger than memory that are not here, once all are scored. Of those that were read so before the rest
    /// of these stays, which the user has set apart.
    Fetch(Fetch, Vec<u32>),
    /// Show the first rows of the whole file, once all are scored, or else the sample's.
    ShowWhole(bool),
    /// Write rows of the ranking that is shown to a file.
    Export(Export),
    /// Write what was learned to a model file.
    Save(Save),
    /// Make rows of it ready for the clipboard.
    Copy(Copy),
    /// Make a cell of the table ready for the clipboard.
    CopyCell(CopyCell),
    /// Write a page about the run.
    Publish(Box<Publish>),
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
    /// The first rows of the table that is being read, as they stand in the file; replaces those before.
    First(FirstRows),
    /// The table is read and encoded.
    Loaded(Loaded),
    /// A run begins, the first or another one.
    Started(Started),
    /// The engine lost its device, and another goes on.
    Moved(Moved),
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
    /// The columns' shares in the scores of the rows that the table shows.
    Weighed(Vec<Weighed>),
    /// How the scores are spread.
    Spread(Spread),
    /// The part of the table that was asked for.
    Browsed(Browsed),
    /// The place among the arranged rows of the one that was looked for, or why there is none.
    Sought(Result<usize, String>),
    /// Which snapshots can be looked at again; replaces the list before.
    Kept(Vec<Moment>),
    /// The training is kept on the disk, and `misfit resume` knows it by this name.
    KeptAs(String),
    /// What a ranking of this run was worth; replaces what was said of the same moment.
    Judged(Judged),
    /// How scoring all rows of the file goes, where only a sample of them is here.
    Scoring(Scoring),
    /// Whether the first rows of the whole file are shown, or else the sample's.
    ShowsWhole(bool),
    /// The layers' numbers.
    Layers(Layers),
    /// The table cannot be used as the user wants it, for this reason; the run goes on as it was.
    Refused(String),
    /// How writing a file goes.
    Exported(Exported),
    /// Rows for the clipboard.
    Copied(Copied),
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
