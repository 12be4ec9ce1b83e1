//! What is true of the session, wherever the user is: what is loaded, the run, the rankings, the references, the experiment.
//! [`Session::apply`] takes what the worker tells; what the user does to the training is in [`control`].

pub mod apart;
pub mod control;
mod names;
pub mod ranks;
pub mod run;
mod story;
pub mod whole;

use std::collections::{BTreeMap, HashMap};

use crate::compare::results::Comparison;
use crate::data::read::Progress as Reading;
use crate::message::{
    Apart, Arrangement, Choice, ColumnInfo, Explained, Explanation, Judged, Layers, Loaded, Moment,
    Moved, Point, Referenced, Report, Started, Through,
};
use crate::model::ledger::Ledger;
use crate::model::spec::NetworkSpec;
use crate::score::ranking::{Ranked, Ranking};

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

    /// Whether there is a run to show, and not a notice in its place.
    pub fn is_open(&self) -> bool {
        !matches!(
            self.phase,
            Phase::Loading(_) | Phase::Failed(_) | Phase::Ended(_)
        )
    }

    /// The model that the rows are looked through, as long as nothing was trained on.
    pub fn given(&self) -> Option<&Through> {
        let first = self.started.as_ref().is_none_or(|started| started.run == 1);
        let model = self.loaded.as_ref()?.model.as_ref();
        model.filter(|_| first)
    }

    /// Whether the worker waits to be asked.
    pub fn is_idle(&self) -> bool {
        !self.comparing && !matches!(self.phase, Phase::Loading(_) | Phase::Training)
    }

    /// Whether the worker is still reading.
    pub fn is_loading(&self) -> bool {
        matches!(self.phase, Phase::Loading(_))
    }

    /// Whether leaving now would lose work that is under way.
    pub fn is_under_way(&self) -> bool {
        let begun = self.run.step() > 0;
        self.comparing || (begun && matches!(self.phase, Phase::Training | Phase::Paused))
    }

    /// Seconds until work that is done to this share is over, once it has taken long enough for anybody to ask.
    pub fn busy_left(&self, share: f64) -> Option<f64> {
        (self.busy >= 1.0 && share > 0.0).then(|| self.busy * (1.0 - share).max(0.0) / share)
    }

    /// Seconds until the run is over at the engine's own speed, where it has an end.
    pub fn seconds_left(&self) -> Option<f64> {
        let (last, started) = (self.run.last.as_ref()?, self.started.as_ref()?);
        let left = started.steps.checked_sub(last.step)?;
        Some(last.seconds / last.step.max(1) as f64 * left as f64)
    }

    /// The columns of the table, once read.
    pub fn columns(&self) -> &[ColumnInfo] {
        self.loaded.as_ref().map_or(&[], |loaded| &loaded.columns)
    }

    /// Number of layers, zero before there is a network.
    pub fn layer_count(&self) -> usize {
        self.spec.as_ref().map_or(0, NetworkSpec::len)
    }

    /// The ranked rows, from the strangest on.
    pub fn ranked(&self) -> &[Ranked] {
        self.ranking.as_ref().map_or(&[], |ranking| &ranking.rows)
    }

    /// The rank of a row among those, 0 = the strangest; none where it is further down, or called ordinary.
    pub fn rank_of(&self, row: u32) -> Option<usize> {
        self.ranked().iter().position(|ranked| ranked.row == row)
    }

    /// Rows that rank: all but those called ordinary.
    pub fn ranked_in_all(&self) -> usize {
        let total = self.ranking.as_ref().map_or(0, |ranking| ranking.total);
        total.saturating_sub(self.ordinary.len())
    }

    /// The training loss and MSE to headline: of the last whole epoch, or of the last steps before there is one.
    pub fn headline(&self) -> Option<Point> {
        self.run.last.as_ref().map(|last| last.headline)
    }

    /// The moment on the screen: the present, or the snapshot that is looked at.
    pub fn moment(&self) -> Moment {
        self.looking.unwrap_or(Moment {
            network: self.started.as_ref().map_or(0, |started| started.network),
            step: self.run.step(),
        })
    }

    /// What the ranking on the screen is worth.
    pub fn judged(&self) -> Option<&Judged> {
        self.run.judged_at(self.moment())
    }

    /// Whether loss and MSE are the same thing.
    pub fn loss_is_mse(&self) -> bool {
        self.started
            .as_ref()
            .is_some_and(|started| started.loss == "mean squared error")
    }

    /// Steps in one epoch.
    pub fn steps_per_epoch(&self) -> u64 {
        self.started
            .as_ref()
            .map_or(1, |started| started.steps_per_epoch.max(1))
    }

    /// Epochs in `steps`.
    pub fn epochs(&self, steps: u64) -> f64 {
        if self.started.is_some() {
            steps as f64 / self.steps_per_epoch() as f64
        } else {
            0.0
        }
    }

    /// Whether there is a label to judge by.
    pub fn has_label(&self) -> bool {
        self.loaded
            .as_ref()
            .is_some_and(|loaded| loaded.outlier.is_some())
    }

    /// Whether the label calls a row an outlier; none without a label.
    pub fn is_labelled(&self, row: u32) -> Option<bool> {
        self.loaded
            .as_ref()?
            .outlier
            .as_ref()
            .map(|outlier| outlier[row as usize])
    }

    /// Share of the rows that the label calls outliers; none without a label.
    pub fn base_rate(&self) -> Option<f64> {
        if self.shown_whole().is_some() {
            return Some(self.ranking.as_ref()?.hits?.base());
        }
        let loaded = self.loaded.as_ref()?;
        let outlier = &loaded.outlier.as_ref()?[..loaded.rows];
        let count = outlier.iter().filter(|is| **is).count();
        Some(count as f64 / outlier.len().max(1) as f64)
    }

    /// Whether the scores without a network suggest another preset than the one in use.
    pub fn hints_at_local(&self) -> bool {
        let seems = self
            .referenced
            .as_ref()
            .is_some_and(|referenced| referenced.seems_local);
        // Where several networks are trained, the local one may be among them.
        let alone = self.started.as_ref();
        let alone = alone.is_some_and(|started| started.preset == "auto" && started.networks == 1);
        // A model brings its own network.
        let own = self
            .loaded
            .as_ref()
            .is_some_and(|loaded| loaded.model.is_none());
        seems && alone && own
    }
}
