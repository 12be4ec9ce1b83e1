//! The state of the screen and nothing else: [`App::update`] takes what the user asks and says what the worker must do;
//! [`App::apply`] takes what the worker tells. No terminal, no thread, no clock.

pub mod action;
pub mod columns;
pub mod comparison;
pub mod curve;
pub mod prompt;
mod update;

use std::collections::HashMap;

use crate::data::read::Progress as Reading;
use crate::message::{
    Advanced, Event, Explained, Explanation, Judged, Loaded, Mark, Moment, Point, Referenced,
    Report, RowPage, Sample, Started, Watch,
};
use crate::model::ledger::Ledger;
use crate::model::spec::NetworkSpec;
use crate::score::ranking::{By, Ranking};

use action::Panel;
use columns::ColumnsView;
use comparison::ComparisonView;
use curve::Curve;
use prompt::Prompt;

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

/// What fills the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Curves, layers, outliers.
    Dashboard,
    /// One row.
    Row,
    /// The columns of the table.
    Columns,
    /// Variants of the network side by side.
    Comparison,
    /// What was read and how it is learned.
    About,
    /// The keys.
    Help,
}

/// The figures of one run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// Means over the steps between two reports.
    pub train: Curve,
    /// After each epoch, where rows are kept for it.
    pub valid: Curve,
    /// What happened on the way.
    pub marks: Vec<Mark>,
    /// The latest report, without its samples.
    pub last: Option<Advanced>,
    /// The latest validation.
    pub last_valid: Option<Point>,
    /// How good the rankings were, or seemed, one at each step.
    pub judged: Vec<Judged>,
}

impl Run {
    /// Most judgements kept; when there are more, every second one goes.
    const JUDGED: usize = 512;

    /// Adds a judgement; a later one of the same step takes the place of the former.
    fn judge(&mut self, judged: Judged) {
        self.judged.retain(|former| former.at != judged.at);
        if self.judged.len() == Self::JUDGED {
            let mut keep = false;
            self.judged.retain(|_| {
                keep = !keep;
                keep
            });
        }
        self.judged.push(judged);
    }
}

/// How a row page shows its features.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RowView {
    /// Selected line of the table, 0 = the largest share.
    pub line: usize,
    /// Whether the picture shows scaled instead of original units; by itself when the columns' units are far apart.
    pub scaled: Option<bool>,
    /// The page as last told; kept while the next one is computed.
    pub page: Option<RowPage>,
    /// Features in the order of the table: by share, then by position.
    pub order: Vec<usize>,
}

/// The state of the screen.
#[derive(Debug)]
pub struct App {
    /// Name of the data before it is read.
    pub source: String,
    /// What the worker is doing.
    pub phase: Phase,
    /// The table, once read.
    pub loaded: Option<Loaded>,
    /// The run, once begun.
    pub started: Option<Started>,
    /// The network as the user wants it; the engine follows at its next batch.
    pub spec: Option<NetworkSpec>,
    /// What that network costs.
    pub ledger: Option<Ledger>,
    /// Learning rate as the user wants it.
    pub rate: f64,
    /// The run that is on.
    pub run: Run,
    /// The run before the last restart.
    pub former: Option<Run>,
    /// What the scores without a network say, once they are there.
    pub referenced: Option<Referenced>,
    /// The latest ranking.
    pub ranking: Option<Ranking>,
    /// Why rows rank where they do, for those the worker was asked about.
    pub explanations: HashMap<u32, Explanation>,
    /// What the worker was last asked to explain.
    pub watch: Watch,
    /// What fills the screen.
    pub page: Page,
    /// The page to return to from help and about.
    pub page_below: Page,
    /// The panel that keys go to.
    pub focus: Panel,
    /// Whether the focused panel fills the dashboard.
    pub zoomed: bool,
    /// Selected layer, in the order of the data flow.
    pub layer: usize,
    /// Selected rank, 0 = the strangest row.
    pub rank: usize,
    /// The open row's page.
    pub row: RowView,
    /// The page of columns.
    pub columns: ColumnsView,
    /// The experiment with variants of the network.
    pub comparison: ComparisonView,
    /// First line of a page of text.
    pub scroll: usize,
    /// How far that page can be scrolled; whoever draws it knows.
    pub overflow: usize,
    /// Whether the loss and the MSE axis are logarithmic.
    pub log: [bool; 2],
    /// The line being typed.
    pub prompt: Option<Prompt>,
    /// What was last searched for.
    pub searched: String,
    /// An answer to the last key, shown until the next one.
    pub answer: Option<String>,
    /// Rows of the terminal, which page keys go by.
    pub height: u16,
    /// Whether the program should end.
    pub quit: bool,
}

/// The selection may move this far before the worker is asked again.
const WATCH_STEP: usize = 24;

impl App {
    /// The screen before anything is read.
    pub fn new(source: String) -> Self {
        Self {
            source,
            phase: Phase::Loading(None),
            loaded: None,
            started: None,
            spec: None,
            ledger: None,
            rate: 0.0,
            run: Run::default(),
            former: None,
            referenced: None,
            ranking: None,
            explanations: HashMap::new(),
            watch: Watch::default(),
            page: Page::Dashboard,
            page_below: Page::Dashboard,
            focus: Panel::Layers,
            zoomed: false,
            layer: 0,
            rank: 0,
            row: RowView::default(),
            columns: ColumnsView::default(),
            comparison: ComparisonView::default(),
            scroll: 0,
            overflow: 0,
            log: [false, true],
            prompt: None,
            searched: String::new(),
            answer: None,
            height: 24,
            quit: false,
        }
    }

    /// Takes what the worker tells.
    pub fn apply(&mut self, report: Report) {
        match report {
            Report::Reading(progress) => self.phase = Phase::Loading(Some(progress)),
            Report::Loaded(loaded) => self.load(loaded),
            Report::Refused(why) => {
                self.refuse_comparison();
                self.answer = Some(why);
            }
            Report::Compared(comparison) => self.take_comparison(comparison),
            Report::Started(started) => self.start(started),
            Report::Advanced(advanced) => self.advance(advanced),
            Report::Marked(mark) => self.run.marks.push(mark),
            Report::Referenced(referenced) => self.referenced = Some(referenced),
            Report::Ranked(ranking) => self.adopt_ranking(ranking),
            Report::Explained(explained) => self.explain(explained),
            Report::Kept(_) | Report::Judged(_) | Report::Layers(_) => {}
            Report::Paused => self.phase = Phase::Paused,
            Report::Resumed => self.phase = Phase::Training,
            Report::Finished => self.phase = Phase::Finished,
            Report::Failed(why) => self.fail(Phase::Failed(why)),
            Report::Ended(why) => self.fail(Phase::Ended(why)),
        }
    }

    /// Another table begins everything anew, but for what the user wants of its columns.
    fn load(&mut self, loaded: Loaded) {
        if self.loaded.is_some() {
            let (columns, log, height) = (std::mem::take(&mut self.columns), self.log, self.height);
            *self = Self {
                columns,
                log,
                height,
                focus: self.focus,
                ..Self::new(std::mem::take(&mut self.source))
            };
        }
        self.loaded = Some(loaded);
    }

    fn start(&mut self, started: Started) {
        let run = std::mem::take(&mut self.run);
        // A run broken off at once is nothing to compare with.
        let epochs = run.last.as_ref().map_or(0.0, |last| self.epochs(last.step));
        if epochs >= 1.0 || (epochs > 0.0 && self.former.is_none()) {
            self.former = Some(run);
        }
        self.phase = Phase::Training;
        // Later runs begin with what the user asked for here, and the user may have asked for more since. Their widths are
        // their own: the recipe may train different networks one after the other.
        let wanted = self.spec.take().filter(|_| self.started.is_some());
        let spec = if let Some(wanted) = wanted {
            started.spec.wired_like(&wanted)
        } else {
            self.rate = started.rate;
            started.spec.clone()
        };
        self.adopt(spec);
        self.started = Some(started);
    }

    /// The failure stands where its way out works.
    fn fail(&mut self, phase: Phase) {
        self.phase = phase;
        self.page = Page::Dashboard;
        self.page_below = Page::Dashboard;
    }

    /// Makes `spec` the network on the screen.
    fn adopt(&mut self, spec: NetworkSpec) {
        self.ledger = Some(Ledger::new(&spec));
        self.layer = self.layer.min(spec.len() - 1);
        self.spec = Some(spec);
    }

    /// The selection stays with its row, but for the top of the list, which stays the top; an open page stays open.
    fn adopt_ranking(&mut self, ranking: Ranking) {
        let stays = self.rank > 0 || self.shows_row();
        let row = self.selected_row().filter(|_| stays);
        let place = row.and_then(|row| ranking.rows.iter().position(|ranked| ranked.row == row));
        self.rank = place
            .unwrap_or(self.rank)
            .min(ranking.rows.len().saturating_sub(1));
        let judged = Judged {
            at: Moment {
                network: 0,
                step: ranking.basis.step(),
            },
            agreement: None,
            stayed: None,
            quality: ranking.quality,
            precision: ranking.precision,
            entropy: ranking.entropy,
        };
        // The history is the network's.
        if ranking.by == By::Network {
            self.run.judge(judged);
        }
        self.ranking = Some(ranking);
    }

    fn advance(&mut self, mut advanced: Advanced) {
        for Sample { step, rows, mean } in advanced.train.drain(..) {
            self.run.train.push(step, rows, mean);
        }
        for Sample { step, rows, mean } in advanced.valid.drain(..) {
            self.run.valid.push(step, rows, mean);
            self.run.last_valid = Some(mean);
        }
        self.run.last = Some(advanced);
    }

    fn explain(&mut self, explained: Explained) {
        // What is not watched any more would grow stale unseen.
        self.explanations = explained
            .rows
            .into_iter()
            .map(|explanation| (explanation.row, explanation))
            .collect();
        if let Some(page) = explained
            .page
            .filter(|page| Some(page.row) == self.watch.row)
        {
            let mut order: Vec<usize> = (0..page.cells.len()).collect();
            order.sort_by(|a, b| page.cells[*b].share.total_cmp(&page.cells[*a].share));
            self.row.order = order;
            self.row.page = Some(page);
        }
    }

    /// Whether the worker waits to be asked.
    pub fn is_idle(&self) -> bool {
        !matches!(self.phase, Phase::Loading(_) | Phase::Training)
    }

    /// Whether the worker is still reading.
    pub fn is_loading(&self) -> bool {
        matches!(self.phase, Phase::Loading(_))
    }

    /// The training loss and MSE to headline: of the last whole epoch, or of the last steps before there is one.
    pub fn headline(&self) -> Option<Point> {
        self.run.last.as_ref().map(|last| last.headline)
    }

    /// Epochs in `steps`.
    pub fn epochs(&self, steps: u64) -> f64 {
        self.started.as_ref().map_or(0.0, |started| {
            steps as f64 / started.steps_per_epoch.max(1) as f64
        })
    }

    /// The number of a row among the data rows of the file, 1 = first.
    pub fn row_number(&self, row: u32) -> u32 {
        let numbers = self
            .loaded
            .as_ref()
            .and_then(|loaded| loaded.numbers.as_ref());
        numbers.map_or(row + 1, |numbers| numbers[row as usize])
    }

    /// How a row is called: its id, or its number.
    pub fn row_name(&self, row: u32) -> String {
        let ids = self.loaded.as_ref().and_then(|loaded| loaded.ids.as_ref());
        ids.map_or_else(
            || self.row_number(row).to_string(),
            |ids| ids[row as usize].clone(),
        )
    }

    /// Whether the label calls a row an outlier; none without a label.
    pub fn is_labelled(&self, row: u32) -> Option<bool> {
        self.loaded
            .as_ref()?
            .outlier
            .as_ref()
            .map(|outlier| outlier[row as usize])
    }

    /// The name of a column in use.
    pub fn column_name(&self, column: usize) -> &str {
        self.loaded
            .as_ref()
            .and_then(|loaded| loaded.features.get(column))
            .map_or("", String::as_str)
    }

    /// Whether the row page draws scaled units: where the user said so, or where the columns' units are far apart.
    pub fn draws_scaled(&self) -> bool {
        /// Columns whose scales differ by more cannot share an axis.
        const APART: f64 = 30.0;
        self.row.scaled.unwrap_or_else(|| {
            let scales = self
                .loaded
                .as_ref()
                .map_or(&[][..], |loaded| &loaded.scales);
            let (min, max) = scales.iter().fold((f64::MAX, 0.0_f64), |(min, max), s| {
                (min.min(*s), max.max(*s))
            });
            max > APART * min
        })
    }

    /// Whether the scores without a network suggest another preset than the one in use.
    pub fn hints_at_local(&self) -> bool {
        let seems = self
            .referenced
            .as_ref()
            .is_some_and(|referenced| referenced.seems_local);
        seems
            && self
                .started
                .as_ref()
                .is_some_and(|started| started.preset == "auto")
    }

    /// Changes of the network and the recipe on the way, for the curves to mark.
    pub fn changes(&self) -> impl Iterator<Item = (u64, &str)> {
        self.run.marks.iter().filter_map(|mark| match &mark.event {
            Event::Change(what) => Some((mark.step, what.as_str())),
            Event::Snapshot => None,
        })
    }

    /// Steps at which scores were taken.
    pub fn snapshots(&self) -> impl Iterator<Item = u64> {
        self.run
            .marks
            .iter()
            .filter(|mark| mark.event == Event::Snapshot)
            .map(|mark| mark.step)
    }
}
