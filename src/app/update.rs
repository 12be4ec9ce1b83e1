//! From what the user asks to what changes on the screen and what the worker must do.

use super::action::{Action, Panel};
use super::prompt::{self, Edit, Prompt, Purpose, Typed};
use super::{App, Page, Phase, RowView, WATCH_STEP};
use crate::format;
use crate::message::{Command, WATCHED, Watch, is_rate};
use crate::model::spec::{BiasChoice, NetworkSpec};
use crate::score::ranking::By;

impl App {
    /// Takes what the user asks; the commands are for the worker, in order.
    pub fn update(&mut self, action: Action) -> Vec<Command> {
        self.answer = None;
        let mut commands = self.act(action);
        commands.extend(self.rewatch());
        commands
    }

    /// Takes an edit of the line being typed.
    pub fn edit(&mut self, edit: &Edit) -> Vec<Command> {
        self.answer = None;
        let mut commands = Vec::new();
        match (edit, &mut self.prompt) {
            (_, None) => {}
            (Edit::Cancel, _) => self.prompt = None,
            (Edit::Submit, prompt) => {
                if let Some(Prompt { purpose, text }) = prompt.take() {
                    commands = self.submit(purpose, &text);
                }
            }
            (edit, Some(prompt)) => prompt.edit(edit),
        }
        commands.extend(self.rewatch());
        commands
    }

    /// The terminal has this many rows now, and the page of text can be scrolled this far.
    pub fn resize(&mut self, height: u16, overflow: usize) {
        self.height = height;
        self.overflow = overflow;
        self.scroll = self.scroll.min(overflow);
    }

    fn act(&mut self, action: Action) -> Vec<Command> {
        match action {
            Action::Quit => self.quit = true,
            Action::Back if self.page == Page::Comparison => return self.close_comparison(),
            Action::Back => self.back(),
            Action::Help => self.open_text(Page::Help),
            Action::About => self.open_text(Page::About),
            Action::Columns => {
                let commands = if self.page == Page::Comparison {
                    self.close_comparison()
                } else {
                    Vec::new()
                };
                self.open_columns();
                return commands;
            }
            Action::Compare => return self.compare(),
            Action::ToggleColumn => self.toggle_column(),
            Action::NextKind => self.turn_kind(1),
            Action::PreviousKind => self.kinds_before(),
            Action::Apply => return self.apply_columns(),
            Action::NextPanel => self.turn(1),
            Action::PreviousPanel => self.turn(Panel::ALL.len() - 1),
            Action::Focus(panel) => self.focus = panel,
            Action::Zoom => self.zoomed = !self.zoomed,
            Action::Up => self.step(-1),
            Action::Down => self.step(1),
            Action::PageUp => self.step(-self.page_length()),
            Action::PageDown => self.step(self.page_length()),
            Action::First => self.step(isize::MIN),
            Action::Last => self.step(isize::MAX),
            Action::ToggleBias => {
                return self.change_bias(|spec, layer| spec.set_bias(layer, !spec.bias()[layer]));
            }
            Action::ToggleAllBiases => {
                let all_on = self
                    .spec
                    .as_ref()
                    .is_some_and(|spec| spec.bias().iter().all(|on| *on));
                return self.choose_bias(&if all_on {
                    BiasChoice::None
                } else {
                    BiasChoice::All
                });
            }
            Action::OutputBiasOnly => return self.choose_bias(&BiasChoice::Output),
            Action::ToggleTied => {
                return self.tie(!self.spec.as_ref().is_some_and(NetworkSpec::tied));
            }
            Action::TogglePause => return self.toggle_pause(),
            Action::Restart => return self.restart(),
            Action::RaiseRate => return self.set_rate(self.rate * 2.0),
            Action::LowerRate => return self.set_rate(self.rate / 2.0),
            Action::ToggleLog => self.toggle_log(),
            Action::NextScore => return self.rank_by(By::next),
            Action::ToggleDisagreement => {
                return self.rank_by(|by| match by {
                    By::Disagreement => By::Network,
                    _ => By::Disagreement,
                });
            }
            Action::Open => self.open(),
            Action::NextRow => self.move_rank(1),
            Action::PreviousRow => self.move_rank(-1),
            Action::ToggleUnits => self.row.scaled = Some(!self.draws_scaled()),
            Action::Find => self.prompt = Some(Prompt::new(Purpose::Find)),
            Action::FindNext => self.find(&self.searched.clone(), 1),
            Action::Command => self.prompt = Some(Prompt::new(Purpose::Command)),
            // The terminal's own business.
            Action::Redraw | Action::Suspend => {}
        }
        Vec::new()
    }

    fn back(&mut self) {
        match self.page {
            Page::Help | Page::About => self.page = self.page_below,
            Page::Row => self.page = Page::Dashboard,
            Page::Columns => self.close_columns(),
            // It ends the experiment, and so has commands: see `close_comparison`.
            Page::Comparison => {}
            Page::Dashboard => self.zoomed = false,
        }
    }

    fn open_text(&mut self, page: Page) {
        if self.page == page {
            return self.back();
        }
        if !matches!(self.page, Page::Help | Page::About) {
            self.page_below = self.page;
        }
        self.page = page;
        self.scroll = 0;
    }

    fn turn(&mut self, by: usize) {
        let at = Panel::ALL
            .iter()
            .position(|panel| *panel == self.focus)
            .unwrap_or(0);
        self.focus = Panel::ALL[(at + by) % Panel::ALL.len()];
    }

    fn page_length(&self) -> isize {
        (isize::try_from(self.height).unwrap_or(0) / 2).max(1)
    }

    /// Moves what is selected on this page by `by` lines.
    fn step(&mut self, by: isize) {
        let moved =
            |at: usize, length: usize| at.saturating_add_signed(by).min(length.saturating_sub(1));
        match (self.page, self.focus) {
            (Page::Help | Page::About, _) => self.scroll = moved(self.scroll, self.overflow + 1),
            (Page::Row, _) => self.row.line = moved(self.row.line, self.row.order.len()),
            (Page::Columns, _) => {
                self.columns.line = moved(self.columns.line, self.file_columns().len());
            }
            (Page::Dashboard, Panel::Layers) => {
                self.layer = moved(self.layer, self.spec.as_ref().map_or(0, NetworkSpec::len));
            }
            (Page::Dashboard, Panel::Outliers) => self.move_rank(by),
            // Curves have nothing to select.
            (Page::Dashboard, Panel::Loss | Panel::Mse) | (Page::Comparison, _) => {}
        }
    }

    fn move_rank(&mut self, by: isize) {
        let ranked = self
            .ranking
            .as_ref()
            .map_or(0, |ranking| ranking.rows.len());
        self.rank = self
            .rank
            .saturating_add_signed(by)
            .min(ranked.saturating_sub(1));
        if self.page == Page::Row {
            self.row.line = 0;
        }
    }

    fn open(&mut self) {
        if self.selected_row().is_some() && self.is_open() {
            self.page = Page::Row;
            self.row = RowView {
                scaled: self.row.scaled,
                ..RowView::default()
            };
        }
    }

    /// Whether the dashboard is on the screen and not a notice in its place.
    pub fn is_open(&self) -> bool {
        !matches!(
            self.phase,
            Phase::Loading(_) | Phase::Failed(_) | Phase::Ended(_)
        )
    }

    /// The row at the selected rank.
    pub fn selected_row(&self) -> Option<u32> {
        self.ranking
            .as_ref()?
            .rows
            .get(self.rank)
            .map(|ranked| ranked.row)
    }

    fn toggle_log(&mut self) {
        match self.focus {
            Panel::Loss => self.log[0] = !self.log[0],
            Panel::Mse => self.log[1] = !self.log[1],
            Panel::Layers | Panel::Outliers => {
                self.answer = Some("1 or 2 chooses a curve, then L".into());
            }
        }
    }

    /// Ranks by what `choose` makes of the present way; the list starts at its top.
    fn rank_by(&mut self, choose: fn(By) -> By) -> Vec<Command> {
        let Some(ranking) = &self.ranking else {
            return Vec::new();
        };
        if self.referenced.is_none() {
            self.answer = Some("the scores without a network are not there yet".into());
            return Vec::new();
        }
        let by = choose(ranking.by);
        self.rank = 0;
        vec![Command::RankBy(by)]
    }

    fn toggle_pause(&mut self) -> Vec<Command> {
        match self.phase {
            Phase::Training => {
                self.phase = Phase::Paused;
                vec![Command::Pause]
            }
            Phase::Paused | Phase::Finished => {
                self.phase = Phase::Training;
                vec![Command::Resume]
            }
            Phase::Loading(_) | Phase::Failed(_) | Phase::Ended(_) => Vec::new(),
        }
    }

    fn restart(&mut self) -> Vec<Command> {
        self.spec
            .clone()
            .map(Command::Restart)
            .into_iter()
            .collect()
    }

    fn tie(&mut self, tied: bool) -> Vec<Command> {
        let Some(spec) = self.spec.clone().filter(|spec| spec.tied() != tied) else {
            return Vec::new();
        };
        self.adopt(spec.with_tied(tied));
        self.answer = Some(format!(
            "{}: learning starts again",
            if tied { "tied" } else { "no longer tied" }
        ));
        self.restart()
    }

    fn choose_bias(&mut self, choice: &BiasChoice) -> Vec<Command> {
        let Some(spec) = self.spec.clone() else {
            return Vec::new();
        };
        match spec.with_bias(choice) {
            Ok(wanted) => self.change_bias(|spec, _| *spec = wanted),
            Err(error) => {
                self.answer = Some(error.to_string());
                Vec::new()
            }
        }
    }

    /// Changes the biases on the screen at once; the engine follows at its next batch.
    fn change_bias(&mut self, change: impl FnOnce(&mut NetworkSpec, usize)) -> Vec<Command> {
        let Some(mut spec) = self.spec.clone() else {
            return Vec::new();
        };
        change(&mut spec, self.layer);
        if Some(&spec) == self.spec.as_ref() {
            return Vec::new();
        }
        let bias = spec.bias().to_vec();
        self.adopt(spec);
        self.answer = match self.phase {
            Phase::Paused | Phase::Finished => {
                Some("space trains on with this network, r starts again".into())
            }
            _ => None,
        };
        vec![Command::SetBias(bias)]
    }

    fn set_rate(&mut self, rate: f64) -> Vec<Command> {
        if self.started.is_none() {
            return Vec::new();
        }
        if !is_rate(rate) {
            self.answer = Some(format!(
                "the learning rate stays {}",
                format::rate(self.rate)
            ));
            return Vec::new();
        }
        self.rate = rate;
        self.answer = Some(format!("learning rate {}", format::rate(self.rate)));
        vec![Command::SetRate(self.rate)]
    }

    fn submit(&mut self, purpose: Purpose, text: &str) -> Vec<Command> {
        let text = text.trim();
        if text.is_empty() {
            return Vec::new();
        }
        if purpose == Purpose::Find {
            text.clone_into(&mut self.searched);
            self.find(text, 0);
            return Vec::new();
        }
        match prompt::parse(text) {
            Ok(Typed::Rate(rate)) => return self.set_rate(rate),
            Ok(Typed::Bias(choice)) => return self.choose_bias(&choice),
            Ok(Typed::Tied(tied)) => return self.tie(tied),
            Ok(Typed::Restart) => return self.restart(),
            Ok(Typed::Compare) => return self.compare(),
            Ok(Typed::Row(name)) => self.find_row(&name, 0),
            Ok(Typed::Quit) => self.quit = true,
            Err(expected) => self.answer = Some(expected),
        }
        Vec::new()
    }

    /// Looks for `text` from the selection on, leaving out the first `skip` places.
    fn find(&mut self, text: &str, skip: usize) {
        if text.is_empty() {
            return;
        }
        if self.page == Page::Row {
            self.find_feature(text, skip);
        } else {
            self.find_row(text, skip);
        }
    }

    fn find_row(&mut self, name: &str, skip: usize) {
        let Some(ranking) = &self.ranking else { return };
        let length = ranking.rows.len();
        let ids = self.loaded.as_ref().and_then(|loaded| loaded.ids.as_ref());
        let (number, part) = (name.parse().ok(), name.to_lowercase());
        let id = |row: u32| ids.map(|ids| ids[row as usize].to_lowercase());
        // The id itself, else the number, else a part of an id, which may mean many.
        let meanings: [&dyn Fn(u32) -> bool; 3] = [
            &|row| id(row).is_some_and(|id| id == part),
            &|row| number == Some(self.row_number(row)),
            &|row| id(row).is_some_and(|id| id.contains(&part)),
        ];
        let find = |means: &&dyn Fn(u32) -> bool| {
            let mut places = (0..length).map(|offset| (self.rank + skip + offset) % length);
            places.find(|place| means(ranking.rows[*place].row))
        };
        match meanings.iter().find_map(find) {
            Some(place) => {
                self.rank = place;
                if self.page == Page::Dashboard {
                    self.focus = Panel::Outliers;
                }
                self.row.line = 0;
            }
            None => self.answer = Some(format!("no ranked row is called “{name}”")),
        }
    }

    fn find_feature(&mut self, name: &str, skip: usize) {
        let length = self.row.order.len();
        let wanted = name.to_lowercase();
        let mut places = (0..length).map(|offset| (self.row.line + skip + offset) % length);
        match places.find(|place| {
            self.column_name(self.row.order[*place])
                .to_lowercase()
                .contains(&wanted)
        }) {
            Some(place) => self.row.line = place,
            None => self.answer = Some(format!("no column is called “{name}”")),
        }
    }

    /// Asks the worker to explain what is now on the screen, if that is something else than before. A new ranking may
    /// have moved it there.
    pub fn rewatch(&mut self) -> Option<Command> {
        let first = (self.rank.saturating_sub(WATCHED / 2) / WATCH_STEP) * WATCH_STEP;
        let row = if self.shows_row() {
            self.selected_row()
        } else {
            None
        };
        let watch = Watch {
            first,
            count: WATCHED,
            row,
        };
        if watch == self.watch {
            return None;
        }
        self.watch = watch;
        Some(Command::Watch(watch))
    }

    /// Whether a row's page is open, be it under another one.
    pub(super) fn shows_row(&self) -> bool {
        self.page == Page::Row
            || (matches!(self.page, Page::Help | Page::About) && self.page_below == Page::Row)
    }
}
