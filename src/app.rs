//! The state of the screen and nothing else: [`App::update`] takes what the user asks and says what the worker must do;
//! [`App::apply`] takes what the worker tells. No terminal, no thread, no clock.
//!
//! What is true wherever the user is stands in [`session`]; where the user is, in a stack of [`pages`], each with its own state.
//! An action goes to the page on top first, and what is none of its business is answered here.

pub mod action;
pub mod context;
pub mod farewell;
pub mod pace;
pub mod pages;
pub mod prompt;
mod reports;
pub mod session;
mod taking;
pub mod typed;
mod typing;
mod update;

use std::time::Duration;

use crate::message::{Ask, Browse, Command, Formulas, WATCHED, Watch};

use action::Action;
use context::Selection;
use pace::{Pace, PaceSetting};
use pages::dashboard::Dashboard;
use pages::dashboard::charts::Scale;
use pages::{Hint, Page, PageKind};
use prompt::Prompt;
use session::{Phase, Session};
use taking::Writing;

/// The state of the screen.
#[derive(Debug)]
pub struct App {
    /// What is true wherever the user is.
    pub session: Session,
    /// What is selected.
    pub selection: Selection,
    /// How fast the run is shown.
    pub pace: Pace,
    /// The dashboard, which is always open.
    pub dashboard: Dashboard,
    /// The pages on top of it.
    above: Vec<Page>,
    /// The line being typed.
    pub prompt: Option<Prompt>,
    /// Lines typed before, the latest last.
    typed: Vec<String>,
    /// What was last searched for.
    searched: String,
    /// An answer to the last key, shown until the next one.
    pub answer: Option<String>,
    /// Whether the user was asked about leaving.
    leaving: bool,
    /// What the terminal is asked to do: [`Action::Redraw`] or [`Action::Suspend`].
    terminal: Option<Action>,
    /// Whether the mouse works the program.
    pub mouse: bool,
    /// What becomes of cells that a spreadsheet would run, where rows are taken along.
    pub formulas: Formulas,
    /// The file that is being written.
    writing: Option<Writing>,
    /// What the terminal's clipboard is asked to hold.
    clipboard: Option<String>,
    /// What the worker was last asked to explain.
    watch: Watch,
    /// What the worker was asked for on behalf of open pages.
    asked: Asked,
    /// Lines that a page key moves by.
    page_length: usize,
    /// Whether the program should end.
    pub quit: bool,
}

/// What the worker was asked for on behalf of open pages.
#[derive(Debug, Default)]
struct Asked {
    /// The part of the table that is shown.
    rows: Option<Ask>,
    /// The rows of it of which every column's share is shown.
    weighed: Option<Vec<u32>>,
    /// Whether the spread of the scores is shown.
    spread: bool,
}

/// What only the drawing knows of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measures {
    /// Rows of the terminal.
    pub height: u16,
    /// Lines of a page of text that do not fit.
    pub overflow: usize,
    /// The column and the row of the dashboard's borders.
    pub borders: (u16, u16),
    /// How steps lie on the charts.
    pub scale: Scale,
}

/// The selection may move this far before the worker is asked again.
const WATCH_STEP: usize = 24;

impl App {
    /// The screen before anything is read.
    pub fn new(source: String) -> Self {
        Self {
            session: Session::new(source),
            selection: Selection::default(),
            pace: Pace::new(PaceSetting::Full),
            dashboard: Dashboard::default(),
            above: Vec::new(),
            prompt: None,
            typed: Vec::new(),
            searched: String::new(),
            answer: None,
            leaving: false,
            terminal: None,
            mouse: true,
            formulas: Formulas::default(),
            writing: None,
            clipboard: None,
            watch: Watch::default(),
            asked: Asked::default(),
            page_length: 12,
            quit: false,
        }
    }

    /// The same at another pace.
    #[must_use]
    pub fn with_pace(mut self, setting: PaceSetting) -> Self {
        self.pace.set(setting);
        self
    }

    /// The page on top; none is the dashboard.
    pub fn page(&self) -> Option<&Page> {
        self.above.last()
    }

    /// Which page is on top.
    pub fn page_kind(&self) -> PageKind {
        self.page().map_or(PageKind::Dashboard, Page::kind)
    }

    /// How the hint line shows a key that is bound here.
    pub fn hint(&self, action: Action) -> Hint {
        let session = &self.session;
        let paused = matches!(session.phase, Phase::Paused | Phase::Finished);
        let on_dashboard = self.above.is_empty();
        match action {
            Action::TogglePause if session.given().is_some() => Hint::Word("train on"),
            Action::TogglePause if paused => Hint::Word("go on"),
            Action::TrainStep | Action::TrainEpoch if !paused => Hint::Hidden,
            Action::FullSpeed
                if self.pace.shown().is_none() || session.phase != Phase::Training =>
            {
                Hint::Hidden
            }
            Action::EarlierSnapshot if session.past().is_empty() => Hint::Hidden,
            Action::LaterSnapshot | Action::Branch if session.looking.is_none() => Hint::Hidden,
            Action::Back if on_dashboard && session.looking.is_some() => Hint::Word("now"),
            Action::Table | Action::Scores | Action::Columns | Action::Compare
                if !session.is_open() =>
            {
                Hint::Hidden
            }
            Action::Whole if session.all_rows().is_none() || !session.is_open() => Hint::Hidden,
            Action::Whole if session.shown_whole().is_some() => Hint::Word("the sample"),
            Action::Whole if session.whole.percent.is_some() && session.whole.known.is_none() => {
                Hint::Word("break off")
            }
            Action::FindNext if self.searched.is_empty() => Hint::Hidden,
            action => match self.page() {
                Some(page) => page.behaviour().hint(action, session),
                None => pages::Behaviour::hint(&self.dashboard, action, session),
            },
        }
    }

    /// What the worker explains now.
    pub fn watch(&self) -> Watch {
        self.watch
    }

    /// What `/` looks for on this page.
    pub fn sought(&self) -> Option<&'static str> {
        match self.page() {
            Some(page) => page.behaviour().sought(),
            None => pages::Behaviour::sought(&self.dashboard),
        }
    }

    /// Takes what the drawing knows of the screen.
    pub fn measure(&mut self, measures: Measures) {
        self.page_length = usize::from(measures.height / 2).max(1);
        self.dashboard.borders.now = measures.borders;
        self.dashboard.charts.scale = measures.scale;
        if let Some(page) = self.above.last_mut() {
            page.behaviour_mut().measure(measures.overflow);
        }
    }

    /// `time` has passed: what the worker may do by now, where that changes.
    pub fn tick(&mut self, time: Duration) -> Option<Command> {
        let session = &mut self.session;
        if session.is_loading() || session.comparing {
            session.busy += time.as_secs_f64();
        }
        let runs = session.phase == Phase::Training;
        let held = session.comparing || session.looking.is_some();
        let time = if runs && !held { time } else { Duration::ZERO };
        self.pace.tick(time).map(Command::Allow)
    }

    /// The row at the selected rank, which an open page of a row keeps to where it can.
    pub fn selected_row(&self) -> Option<u32> {
        let ranked = self.session.ranked().get(self.selection.rank)?;
        Some(ranked.row)
    }

    /// The row that an open page asks about, be it under another one.
    fn watched_row(&self) -> Option<u32> {
        let watched = |page: &Page| page.behaviour().watched_row();
        self.above.iter().find_map(watched)
    }

    /// What the terminal is asked to do, once.
    pub fn take_terminal(&mut self) -> Option<Action> {
        self.terminal.take()
    }

    /// Asks for what the table now shows, if that is something else than before.
    pub fn browse(&mut self) -> Vec<Command> {
        let pages = || self.above.iter().map(Page::behaviour);
        let asks = pages().rev().find_map(|page| page.browses(&self.session));
        // Whoever browses needs to know how all rows rank, which goes with the shares of some.
        let weighs = pages().find_map(pages::Behaviour::weighs);
        let weighs = weighs.or_else(|| asks.is_some().then(Vec::new));
        let spreads = pages().any(pages::Behaviour::spreads);
        let mut commands = Vec::new();
        if spreads != self.asked.spread {
            commands.push(Command::Spread(spreads));
            self.asked.spread = spreads;
        }
        if asks != self.asked.rows {
            let browse = asks.clone().map_or(Browse::Rest, Browse::Show);
            commands.push(Command::Browse(browse));
            self.asked.rows = asks;
        }
        if weighs != self.asked.weighed {
            commands.push(Command::Weigh(weighs.clone()));
            self.asked.weighed = weighs;
        }
        commands
    }

    /// Asks the worker to explain what is now on the screen, if that is something else than before. A new ranking may
    /// have moved it there.
    pub fn rewatch(&mut self) -> Option<Command> {
        let open = self.watched_row();
        if let Some(rank) = open.and_then(|row| self.session.rank_of(row)) {
            self.selection.rank = rank;
        }
        let rank = self.selection.rank;
        let watch = Watch {
            first: (rank.saturating_sub(WATCHED / 2) / WATCH_STEP) * WATCH_STEP,
            count: WATCHED,
            row: open,
        };
        if watch == self.watch {
            return None;
        }
        self.watch = watch;
        Some(Command::Watch(watch))
    }
}
