//! What is true of the session, wherever the user is: what is loaded, the run, the rankings, the references, the experiment.
//! [`Session::apply`] takes what the worker tells; what the user does to the training is in [`control`].

pub mod apart;
mod asked;
pub mod control;
mod fetching;
mod names;
pub mod ranks;
pub mod run;
mod story;
pub mod whole;

use std::collections::{BTreeMap, HashMap};

use crate::compare::results::Comparison;
use crate::data::read::Progress as Reading;
use crate::message::{
    Apart, Arrangement, Choice, Explained, Explanation, Layers, Loaded, Moment, Moved, Referenced,
    Report, Started,
};
use crate::model::ledger::Ledger;
use crate::model::spec::NetworkSpec;
use crate::score::ranking::Ranking;

use ranks::Ranks;
use run::Run;
use whole::WholeFile;

/// What the worker is doing, as far as it has said.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// Reading the table.
    Loading(Option<Reading>),
    /// Learning.
    Training,
    /// Told to stand still.
    Paused,
    /// The recipe is done.
    Finished,
    /// The run cannot go on, for this reason; another one can begin.
    Failed(String),
    /// The worker is gone, for this reason.
    Ended(String),
}

/// What is true of the session.
#[derive(Debug)]
pub struct Session {
    /// Name of the data before it is read.
    pub source: String,
    /// What the worker is doing.
    pub phase: Phase,
    /// The table, once read.
    pub loaded: Option<Loaded>,
    /// What all names of its rows begin with.
    pub stem: String,
    /// Seconds that the reading, or the comparing, has taken so far.
    pub busy: f64,
    /// What the user wanted of columns when it was read, by name.
    pub applied: BTreeMap<String, Choice>,
    /// Rows of the windows that the user asked for last, none of single rows; nothing before that.
    pub window: Option<Option<usize>>,
    /// The run, once begun.
    pub started: Option<Started>,
    /// What happened to the device that it began on.
    pub moved: Option<String>,
    /// The network as the user wants it; the engine follows at its next batch.
    pub spec: Option<NetworkSpec>,
    /// What that network costs.
    pub ledger: Option<Ledger>,
    /// Learning rate as the user wants it.
    pub rate: f64,
    /// The run that is on.
    pub run: Run,
    /// The run before the last restart or branch.
    pub former: Option<Run>,
    /// A run of another day, which stands in its place until there is one.
    pub beside: Option<Run>,
    /// How the run is called that is kept on the disk.
    pub kept_as: Option<String>,
    /// What the scores without a network say, once they are there.
    pub referenced: Option<Referenced>,
    /// The latest ranking, or the one that is looked back at, without the rows that the user called ordinary.
    pub ranking: Option<Ranking>,
    /// The same with them.
    whole_ranking: Option<Ranking>,
    /// Rows that the user called ordinary.
    pub ordinary: Apart,
    /// How the table is browsed, and which rows the user marked.
    pub arrangement: Arrangement,
    /// Whether the table shows the rows that the user called ordinary.
    pub shows_ordinary: bool,
    /// Columns of the file that stand still at the left of the table, in the order in which they were pinned.
    pub pinned: Vec<usize>,
    /// How the rows moved in this run.
    pub ranks: Ranks,
    /// Why rows rank where they do, for those the worker was asked about.
    pub explanations: HashMap<u32, Explanation>,
    /// The layers' numbers, at present or as they were.
    pub layers: Option<Layers>,
    /// Snapshots that can be looked at again, in order.
    pub kept: Vec<Moment>,
    /// The one that is looked at.
    pub looking: Option<Moment>,
    /// How the variants of the network compare, as far as that is known.
    pub comparison: Option<Comparison>,
    /// Whether the worker is comparing them.
    pub comparing: bool,
    /// All rows of a file that is larger than memory.
    pub whole: WholeFile,
    /// What was written to files, a sentence each.
    pub saved: Vec<String>,
}

impl Session {
    /// Before anything is read.
    pub fn new(source: String) -> Self {
        Self {
            source,
            phase: Phase::Loading(None),
            loaded: None,
            stem: String::new(),
            busy: 0.0,
            applied: BTreeMap::new(),
            window: None,
            started: None,
            spec: None,
            ledger: None,
            rate: 0.0,
            run: Run::default(),
            former: None,
            beside: None,
            moved: None,
            kept_as: None,
            referenced: None,
            ranking: None,
            whole_ranking: None,
            ordinary: Apart::default(),
            arrangement: Arrangement::default(),
            shows_ordinary: false,
            pinned: Vec::new(),
            ranks: Ranks::default(),
            explanations: HashMap::new(),
            layers: None,
            kept: Vec::new(),
            looking: None,
            comparison: None,
            comparing: false,
            whole: WholeFile::default(),
            saved: Vec::new(),
        }
    }

    /// Takes what the worker tells.
    pub fn apply(&mut self, report: Report) {
        match report {
            Report::Reading(progress) => self.phase = Phase::Loading(Some(progress)),
            Report::Loaded(loaded) => self.load(loaded),
            Report::Refused(_) => {
                // The table is as it was.
                let window = self.loaded.as_ref().map(|loaded| loaded.window);
                self.window = window.map(|window| window.map(|window| window.rows));
                self.end_comparison();
            }
            Report::Compared(comparison) => self.take_comparison(comparison),
            Report::Started(started) => self.start(started),
            Report::Moved(moved) => self.take_moved(moved),
            Report::Advanced(advanced) => self.run.advance(advanced),
            Report::Marked(mark) => self.run.marks.push(mark),
            Report::Referenced(referenced) => self.referenced = Some(referenced),
            Report::Ranked(ranking) => self.rank(ranking),
            Report::Judged(judged) => self.run.judge(judged),
            Report::Layers(layers) => self.take_layers(layers),
            Report::Kept(kept) => self.kept = kept,
            Report::KeptAs(name) => self.kept_as = Some(name),
            Report::Explained(explained) => self.explain(explained),
            Report::Paused => self.phase = Phase::Paused,
            Report::Resumed => self.phase = Phase::Training,
            // The screen's business, not the session's.
            Report::First(_)
            | Report::Spread(_)
            | Report::Browsed(_)
            | Report::Sought(_)
            | Report::Weighed(_)
            | Report::Exported(_)
            | Report::Copied(_) => {}
            Report::Scoring(scoring) => self.take_scoring(scoring),
            Report::ShowsWhole(on) => self.whole.shown = on,
            Report::Finished => self.phase = Phase::Finished,
            Report::Failed(why) => self.phase = Phase::Failed(why),
            Report::Ended(why) => self.phase = Phase::Ended(why),
        }
    }

    /// Another table begins everything anew, but for what the user wants of its columns.
    fn load(&mut self, loaded: Loaded) {
        let (applied, window) = (std::mem::take(&mut self.applied), self.window);
        let saved = std::mem::take(&mut self.saved);
        let beside = self.beside.take();
        let mut pinned = std::mem::take(&mut self.pinned);
        pinned.retain(|column| *column < loaded.columns.len());
        let names = loaded.ids.iter().flatten().map(String::as_str);
        let stem = names::stem(names);
        *self = Self {
            applied,
            stem,
            window,
            saved,
            pinned,
            former: beside.clone(),
            beside,
            loaded: Some(loaded),
            ..Self::new(std::mem::take(&mut self.source))
        };
    }

    fn start(&mut self, started: Started) {
        let run = std::mem::take(&mut self.run);
        if let Some(from) = started.from {
            self.run = run.until(from);
        }
        // A run broken off at once is nothing to compare with.
        let epochs = self.epochs(run.step());
        if epochs >= 1.0 || (epochs > 0.0 && self.former.is_none()) {
            self.former = Some(run);
        }
        self.phase = Phase::Training;
        self.looking = None;
        self.layers = None;
        // The next network of a recipe goes on with the scores of those before it.
        if started.network == 0 {
            self.ranks = Ranks::default();
        }
        // A later run begins with what the user asked for here, and the user may have asked for more since. Its widths are
        // its own: the recipe may train different networks one after the other. A branch has the network of its snapshot.
        let keeps = self.started.is_some() && started.from.is_none();
        let spec = if let Some(wanted) = self.spec.take().filter(|_| keeps) {
            started.spec.wired_like(&wanted)
        } else {
            self.rate = started.rate;
            started.spec.clone()
        };
        self.adopt(spec);
        self.started = Some(started);
    }

    fn take_moved(&mut self, moved: Moved) {
        if let Some(started) = &mut self.started {
            started.engine = moved.engine;
            started.device = moved.device;
            started.threads = moved.threads;
        }
        self.moved = Some(moved.why);
    }

    /// Makes `spec` the network on the screen.
    fn adopt(&mut self, spec: NetworkSpec) {
        self.ledger = Some(Ledger::new(&spec));
        self.spec = Some(spec);
    }

    fn take_layers(&mut self, layers: Layers) {
        self.run.grow(&layers);
        if let Some(mut spec) = self.spec.clone() {
            // A snapshot is shown with the biases that it had.
            if self.looking == Some(layers.at) && layers.layers.len() == spec.len() {
                for (index, layer) in layers.layers.iter().enumerate() {
                    spec.set_bias(index, layer.bias_norm.is_some());
                }
            }
            self.ledger = Some(Ledger::new(&spec));
        }
        self.layers = Some(layers);
    }

    fn rank(&mut self, ranking: Ranking) {
        if self.looking.is_none() && !self.whole.shown {
            self.ranks.take(&ranking);
        }
        self.take_ranking(ranking);
    }

    fn explain(&mut self, explained: Explained) {
        // What is not watched any more would grow stale unseen.
        self.explanations = explained
            .rows
            .into_iter()
            .map(|explanation| (explanation.row, explanation))
            .collect();
    }

    /// A report that comes after the experiment was ended says nothing any more.
    fn take_comparison(&mut self, comparison: Comparison) {
        if self.comparing {
            self.comparing = !comparison.finished();
            self.comparison = Some(comparison);
        }
    }

    /// Forgets an experiment that is not finished.
    pub fn end_comparison(&mut self) {
        if self.comparing {
            self.comparing = false;
            self.comparison = None;
        }
    }
}
