//! From what the user asks to what changes on the screen and what the worker must do. The page on top is asked first.

use super::App;
use super::action::Action;
use super::context::{Context, Effects, Go};
use super::pages::about::About;
use super::pages::columns::Columns;
use super::pages::comparison::ComparisonPage;
use super::pages::help::Help;
use super::pages::scores::Scores;
use super::pages::table::Table;
use super::pages::{Behaviour, Page};
use super::prompt::{Prompt, Purpose};
use crate::message::Command;
use crate::model::spec::{BiasChoice, NetworkSpec};
use crate::score::ranking::By;

impl App {
    /// Takes what the user asks; the commands are for the worker, in order.
    pub fn update(&mut self, action: Action) -> Vec<Command> {
        self.answer = None;
        let asked = std::mem::take(&mut self.leaving);
        let mut effects = Effects::default();
        match action {
            Action::Quit if self.would_lose() && !asked => self.ask_about_leaving(),
            Action::Quit | Action::QuitNow => self.quit = true,
            action => self.act(action, &mut effects),
        }
        self.settle(effects)
    }

    /// Whether leaving now would lose something.
    fn would_lose(&self) -> bool {
        self.session.is_under_way() || self.writing.is_some()
    }

    fn ask_about_leaving(&mut self) {
        self.leaving = true;
        let what = if self.writing.is_some() {
            "writing"
        } else if self.session.comparing {
            "the comparison"
        } else {
            "training"
        };
        self.answer = Some(format!(
            "{what} goes on: q again leaves, any other key stays"
        ));
    }

    /// Does what is asked for besides the change of state.
    pub(super) fn settle(&mut self, effects: Effects) -> Vec<Command> {
        if effects.answer.is_some() {
            self.answer = effects.answer;
        }
        match effects.go {
            Some(Go::Open(page)) => self.open(*page),
            Some(Go::Close) => {
                self.above.pop();
            }
            None => {}
        }
        let mut commands = effects.commands;
        commands.extend(self.rewatch());
        commands.extend(self.browse());
        commands
    }

    /// A page is open once: opening it again brings it to the top.
    fn open(&mut self, page: Page) {
        self.above.retain(|open| open.kind() != page.kind());
        self.above.push(page);
    }

    /// Runs `body` with the page on top and what it works with.
    pub(super) fn with_page<T>(
        &mut self,
        effects: &mut Effects,
        body: impl FnOnce(&mut dyn Behaviour, &mut Context<'_>) -> T,
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

    pub(super) fn act(&mut self, action: Action, effects: &mut Effects) {
        let stands_alone = self
            .page()
            .is_some_and(|page| page.behaviour().stands_alone());
        // A notice stands where the page would be, and takes no keys.
        let is_shown = stands_alone || self.session.is_open();
        match action {
            Action::Export => return self.begin_export(effects),
            Action::Save => return self.begin_save(effects),
            Action::Copy => return self.begin_copy(effects),
            _ => {}
        }
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
            Action::Table if session.loaded.is_some() && session.is_open() => {
                let column = session.columns().iter().position(|column| column.used);
                effects.open(Table {
                    column: column.unwrap_or(0),
                    ..Table::default()
                });
            }
            Action::Scores if session.ranking.is_some() && session.is_open() => {
                effects.open(Scores::default());
            }
            Action::Columns if session.loaded.is_some() && session.is_open() => {
                effects.open(Columns::new(session));
            }
            Action::Whole => session.turn_whole(effects),
            Action::ScoreAll => session.score_all(effects),
            Action::Fetch => session.fetch_more(None, effects),
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
            Action::FindPrevious => {
                let text = self.searched.clone();
                self.with_page(effects, |page, context| page.find_backwards(&text, context));
            }
            Action::Filter if self.page().is_some_and(|page| page.behaviour().filters()) => {
                self.prompt = Some(Prompt::new(Purpose::Filter));
            }
            Action::FindNext => self.find(&self.searched.clone(), 1, effects),
            Action::Command => self.prompt = Some(Prompt::new(Purpose::Command)),
            Action::ToggleMouse => self.set_mouse(!self.mouse, effects),
            Action::Table | Action::Scores | Action::Columns | Action::Compare => {
                effects.say("there is no table to work on yet");
            }
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
                    | Action::Whole
                    | Action::ScoreAll
                    | Action::Fetch
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

    pub(super) fn rank_by(&mut self, choose: impl FnOnce(By) -> By, effects: &mut Effects) {
        if self.session.rank_by(choose, effects) {
            self.selection.rank = 0;
        }
    }

    pub(super) fn set_mouse(&mut self, on: bool, effects: &mut Effects) {
        self.mouse = on;
        effects.say(if on {
            "the mouse works the program; shift usually selects text all the same"
        } else {
            "the mouse selects text in the terminal; M gives it back"
        });
    }

    pub(super) fn pace_in_words(&self) -> String {
        match self.pace.shown() {
            None => "full speed".into(),
            Some(seconds) => format!("a whole run takes {seconds:.0} s at this pace"),
        }
    }
}
