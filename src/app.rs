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
pub mod session;
pub mod typed;

use std::time::Duration;

use crate::message::{Command, Report, RowPage, WATCHED, Watch};
use crate::model::spec::{BiasChoice, NetworkSpec};
use crate::score::ranking::{By, Ranking};

use action::Action;
use context::{Context, Effects, Go, Selection};
use pace::{Pace, PaceSetting};
use pages::about::About;
use pages::columns::Columns;
use pages::comparison::ComparisonPage;
use pages::dashboard::Dashboard;
use pages::dashboard::charts::Scale;
use pages::help::Help;
use pages::{Hint, Page, PageKind};
use prompt::{Edit, Prompt, Purpose};
use session::{Phase, Session};

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
    /// What the worker was last asked to explain.
    watch: Watch,
    /// Lines that a page key moves by.
    page_length: usize,
    /// Whether the program should end.
    pub quit: bool,
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
            watch: Watch::default(),
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
            Action::Columns | Action::Compare if !session.is_open() => Hint::Hidden,
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

    /// Takes what the worker tells.
    pub fn apply(&mut self, report: Report) {
        match &report {
            Report::Loaded(_) if self.session.loaded.is_some() => self.begin_anew(),
            Report::Refused(why) => {
                self.answer = Some(why.clone());
                if self.session.comparing && self.page_kind() == PageKind::Comparison {
                    self.above.pop();
                }
            }
            Report::Started(started) => self.pace.start(started),
            Report::Advanced(advanced) => self.pace.measure(advanced),
            // The failure stands where its way out works.
            Report::Failed(_) | Report::Ended(_) => self.above.clear(),
            _ => {}
        }
        let mut adopted = None;
        if let Report::Ranked(ranking) = &report {
            adopted = Some(self.place_in(ranking));
        }
        if let Report::Explained(explained) = &report {
            // The answer about another row does not land on the page of this one.
            let asked = |page: &RowPage| Some(page.row) == self.watch.row;
            if explained.page.as_ref().is_none_or(asked) {
                for page in &mut self.above {
                    page.behaviour_mut().apply(&report, &self.session);
                }
            }
        }
        self.session.apply(report);
        if let Some(rank) = adopted {
            self.selection.rank = rank;
        }
        let layers = self.session.layer_count();
        self.selection.layer = self.selection.layer.min(layers.saturating_sub(1));
    }

    /// Another table: the selection and the pages are about the old one.
    fn begin_anew(&mut self) {
        self.selection = Selection::default();
        self.above.clear();
        self.dashboard.charts.cursor = None;
        self.watch = Watch::default();
    }

    /// Where the selection goes in a new ranking: it stays with its row, but for the top of the list, which stays the top
    /// unless its page is open.
    fn place_in(&self, ranking: &Ranking) -> usize {
        let stays = self.selection.rank > 0 || self.watched_row().is_some();
        let row = self.selected_row().filter(|_| stays);
        let place = row.and_then(|row| ranking.rows.iter().position(|ranked| ranked.row == row));
        place
            .unwrap_or(self.selection.rank)
            .min(ranking.rows.len().saturating_sub(1))
    }

    /// The row at the selected rank.
    pub fn selected_row(&self) -> Option<u32> {
        let ranked = self.session.ranked().get(self.selection.rank)?;
        Some(ranked.row)
    }

    /// The row that an open page asks about, be it under another one.
    fn watched_row(&self) -> Option<u32> {
        let watched = |page: &Page| page.behaviour().watched_row(&self.session, self.selection);
        self.above.iter().find_map(watched)
    }

    /// Takes what the user asks; the commands are for the worker, in order.
    pub fn update(&mut self, action: Action) -> Vec<Command> {
        self.answer = None;
        let asked = std::mem::take(&mut self.leaving);
        let mut effects = Effects::default();
        match action {
            Action::Quit if self.session.is_under_way() && !asked => self.ask_about_leaving(),
            Action::Quit | Action::QuitNow => self.quit = true,
            action => self.act(action, &mut effects),
        }
        self.settle(effects)
    }

    fn ask_about_leaving(&mut self) {
        self.leaving = true;
        let what = if self.session.comparing {
            "the comparison is not finished"
        } else {
            "training is under way and nothing is saved"
        };
        self.answer = Some(format!("{what}: q again leaves, any other key stays"));
    }

    /// Does what is asked for besides the change of state.
    fn settle(&mut self, effects: Effects) -> Vec<Command> {
        if effects.answer.is_some() {
            self.answer = effects.answer;
        }
        match effects.go {
            Some(Go::Open(page)) => self.open(page),
            Some(Go::Close) => {
                self.above.pop();
            }
            None => {}
        }
        let mut commands = effects.commands;
        commands.extend(self.rewatch());
        commands
    }

    /// A page is open once: opening it again brings it to the top.
    fn open(&mut self, page: Page) {
        self.above.retain(|open| open.kind() != page.kind());
        self.above.push(page);
    }

    /// Runs `body` with the page on top and what it works with.
    fn with_page<T>(
        &mut self,
        effects: &mut Effects,
        body: impl FnOnce(&mut dyn pages::Behaviour, &mut Context<'_>) -> T,
    ) -> T {
        let mut context = Context {
            session: &mut self.session,
            selection: &mut self.selection,
            effects,
            page_length: self.page_length,
        };
        match self.above.last_mut() {
            Some(page) => body(page.behaviour_mut(), &mut context),
            None => body(&mut self.dashboard, &mut context),
        }
    }

    fn act(&mut self, action: Action, effects: &mut Effects) {
        let stands_alone = self
            .page()
            .is_some_and(|page| page.behaviour().stands_alone());
        // A notice stands where the page would be, and takes no keys.
        let is_shown = stands_alone || self.session.is_open();
        if is_shown && self.with_page(effects, |page, context| page.update(action, context)) {
            return;
        }
        if self.returns_to_now(action) {
            self.session.look_at(None, effects);
        }
        let session = &mut self.session;
        match action {
            Action::Back => self.back(effects),
            Action::Help => effects.open(Help::default()),
            Action::About => effects.open(About::default()),
            Action::Columns if session.loaded.is_some() && session.is_open() => {
                effects.open(Columns::new(session));
            }
            Action::Compare if session.is_open() => ComparisonPage::open(session, effects),
            Action::ToggleBias => session.toggle_bias(self.selection.layer, effects),
            Action::ToggleAllBiases => session.toggle_all_biases(effects),
            Action::OutputBiasOnly => {
                session.choose_bias(&BiasChoice::Output, effects);
            }
            Action::ToggleTied => {
                let tied = session.spec.as_ref().is_some_and(NetworkSpec::tied);
                session.tie(!tied, effects);
            }
            Action::TogglePause => session.toggle_pause(effects),
            Action::TrainStep => session.train_some(1, effects),
            Action::TrainEpoch => session.train_some(session.steps_per_epoch(), effects),
            Action::Restart => session.restart(effects),
            Action::RaiseRate => session.set_rate(session.rate * 2.0, effects),
            Action::LowerRate => session.set_rate(session.rate / 2.0, effects),
            Action::Slower => {
                self.pace.slow_down();
                effects.say(self.pace_in_words());
            }
            Action::Faster => {
                self.pace.speed_up();
                effects.say(self.pace_in_words());
            }
            Action::FullSpeed if self.pace.shown().is_none() => {
                effects.say("this run is at full speed already");
            }
            Action::FullSpeed => self.pace.finish(),
            Action::EarlierSnapshot => session.look_earlier(effects),
            Action::LaterSnapshot => session.look_later(effects),
            Action::LookAt(moment) => session.look_at(Some(moment), effects),
            Action::Branch => session.branch(effects),
            Action::NextScore => self.rank_by(By::next, effects),
            Action::ToggleDisagreement => self.rank_by(
                |by| match by {
                    By::Disagreement => By::Network,
                    _ => By::Disagreement,
                },
                effects,
            ),
            Action::Find if self.sought().is_some() => {
                self.prompt = Some(Prompt::new(Purpose::Find));
            }
            Action::FindNext => self.find(&self.searched.clone(), 1, effects),
            Action::Command => self.prompt = Some(Prompt::new(Purpose::Command)),
            Action::ToggleMouse => self.set_mouse(!self.mouse, effects),
            Action::Columns | Action::Compare => effects.say("there is no table to work on yet"),
            Action::CursorLeft | Action::CursorRight | Action::CursorTo(_) | Action::ToggleLog => {
                effects.say("that is for a chart: 1 or 2 goes there");
            }
            Action::Open => effects.say("there is nothing to open yet"),
            Action::Redraw | Action::Suspend => self.terminal = Some(action),
            // Something that another page takes.
            _ => {}
        }
    }

    /// Whether an action is about the present, which it returns to when a snapshot is looked at.
    fn returns_to_now(&self, action: Action) -> bool {
        self.session.looking.is_some()
            && matches!(
                action,
                Action::ToggleBias
                    | Action::ToggleAllBiases
                    | Action::OutputBiasOnly
                    | Action::ToggleTied
                    | Action::TogglePause
                    | Action::TrainStep
                    | Action::TrainEpoch
                    | Action::Restart
                    | Action::RaiseRate
                    | Action::LowerRate
                    | Action::FullSpeed
                    | Action::NextScore
                    | Action::ToggleDisagreement
                    | Action::Compare
            )
    }

    fn back(&mut self, effects: &mut Effects) {
        if self.above.is_empty() {
            return self.session.look_at(None, effects);
        }
        self.with_page(effects, |page, context| page.close(context));
        effects.close();
    }

    fn rank_by(&mut self, choose: impl FnOnce(By) -> By, effects: &mut Effects) {
        if self.session.rank_by(choose, effects) {
            self.selection.rank = 0;
        }
    }

    fn set_mouse(&mut self, on: bool, effects: &mut Effects) {
        self.mouse = on;
        effects.say(if on {
            "the mouse works the program; shift usually selects text all the same"
        } else {
            "the mouse selects text in the terminal; M gives it back"
        });
    }

    fn pace_in_words(&self) -> String {
        match self.pace.shown() {
            None => "full speed".into(),
            Some(seconds) => format!("a whole run takes {seconds:.0} s at this pace"),
        }
    }

    fn find(&mut self, text: &str, skip: usize, effects: &mut Effects) {
        if text.is_empty() {
            return effects.say("nothing was searched for yet; / searches");
        }
        self.with_page(effects, |page, context| page.find(text, skip, context));
    }

    /// What the terminal is asked to do, once.
    pub fn take_terminal(&mut self) -> Option<Action> {
        self.terminal.take()
    }

    /// Takes an edit of the line being typed.
    pub fn edit(&mut self, edit: &Edit) -> Vec<Command> {
        self.answer = None;
        let mut effects = Effects::default();
        match (edit, &mut self.prompt) {
            (_, None) => {}
            (Edit::Cancel, _) => self.prompt = None,
            (Edit::Submit, prompt) => {
                if let Some(Prompt { purpose, text, .. }) = prompt.take() {
                    self.submit(purpose, text.trim(), &mut effects);
                }
            }
            (Edit::Earlier | Edit::Later, Some(prompt)) => {
                prompt.recall(&self.typed, *edit == Edit::Earlier);
            }
            (Edit::Complete, Some(prompt)) if prompt.purpose == Purpose::Command => {
                prompt.complete(&typed::completions(&prompt.text, &self.session));
            }
            (edit, Some(prompt)) => prompt.edit(edit),
        }
        self.settle(effects)
    }

    fn submit(&mut self, purpose: Purpose, text: &str, effects: &mut Effects) {
        if text.is_empty() {
            return;
        }
        match purpose {
            Purpose::Find => {
                text.clone_into(&mut self.searched);
                self.find(text, 0, effects);
            }
            Purpose::Command => {
                self.typed.retain(|typed| typed != text);
                self.typed.push(text.to_owned());
                match typed::parse(text, &self.session) {
                    Ok(typed) => self.obey(typed, effects),
                    Err(expected) => effects.say(expected),
                }
            }
        }
    }

    /// Asks the worker to explain what is now on the screen, if that is something else than before. A new ranking may
    /// have moved it there.
    pub fn rewatch(&mut self) -> Option<Command> {
        let rank = self.selection.rank;
        let watch = Watch {
            first: (rank.saturating_sub(WATCHED / 2) / WATCH_STEP) * WATCH_STEP,
            count: WATCHED,
            row: self.watched_row(),
        };
        if watch == self.watch {
            return None;
        }
        self.watch = watch;
        Some(Command::Watch(watch))
    }
}
