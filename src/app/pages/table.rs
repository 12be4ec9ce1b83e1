//! The table: all rows with their scores and what the file says of them, in any order, as many as the filters leave. The
//! worker's browser arranges and reads them; the page knows where in them one is.

pub mod filter;

use std::collections::HashMap;

use super::row::{Follows, Row};
use super::scroll::lines;
use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::{Context, moved};
use crate::app::session::Session;
use crate::message::{
    Ask, Browse, Browsed, Command, Filter, Line, Order, Report, Seek, Subject, Test, Weighed,
};

/// Rows that are asked for at once: several screens.
const ASKED: usize = 192;
/// The selection may move so far before others are asked for.
const STEP: usize = 64;
/// Rows whose shares are asked for: those of any screen.
const WEIGHED: usize = 96;

/// The page's state.
#[derive(Debug, Default)]
pub struct Table {
    /// The selected place among the arranged rows.
    pub at: usize,
    /// The selected column of the file.
    pub column: usize,
    /// What was shown last.
    pub shown: Option<Browsed>,
    /// Why the rows on the screen have their scores.
    pub weighed: HashMap<u32, Weighed>,
    /// Whether a row is being looked for.
    pub seeking: bool,
}

impl Table {
    /// The line at a place, if it is known.
    pub fn line(&self, at: usize) -> Option<&Line> {
        let shown = self.shown.as_ref()?;
        shown.lines.get(at.checked_sub(shown.asked.first)?)
    }

    /// The selected line.
    pub fn selected(&self) -> Option<&Line> {
        self.line(self.at)
    }

    /// Rows that the filters leave.
    pub fn total(&self) -> usize {
        self.shown.as_ref().map_or(0, |shown| shown.total)
    }

    /// Whether what is shown is not yet what was asked for.
    pub fn waits(&self, session: &Session) -> bool {
        let shown = self.shown.as_ref();
        shown.is_none_or(|shown| shown.asked.arrangement != session.arrangement)
    }

    /// The part of the table that should be known.
    pub fn wanted(&self, session: &Session) -> Ask {
        Ask {
            arrangement: session.arrangement.clone(),
            first: (self.at.saturating_sub(ASKED / 2) / STEP) * STEP,
            count: ASKED,
            row: None,
        }
    }

    /// The rows whose shares should be known.
    pub fn on_screen(&self) -> Vec<u32> {
        let first = (self.at.saturating_sub(WEIGHED / 2) / (WEIGHED / 4)) * (WEIGHED / 4);
        let places = first..first + WEIGHED;
        places.filter_map(|at| Some(self.line(at)?.row)).collect()
    }

    fn sort(&mut self, context: &mut Context<'_>) {
        let arrangement = &mut context.session.arrangement;
        let by = Order::Column(self.column);
        let (order, reversed) = match (arrangement.order == by, arrangement.reversed) {
            (false, _) => (by, false),
            (true, false) => (by, true),
            (true, true) => (Order::Rank, false),
        };
        (arrangement.order, arrangement.reversed) = (order, reversed);
        self.rearrange(context);
    }

    /// Something else is asked for: from its beginning.
    fn rearrange(&mut self, context: &mut Context<'_>) {
        self.at = 0;
        context.effects.say(in_words(context.session));
    }

    /// Adds a condition as it was typed.
    pub fn add_filter(&mut self, typed: &str, context: &mut Context<'_>) {
        match filter::parse(typed, context.session.columns()) {
            Ok(filter) => {
                context.session.arrangement.filters.push(filter);
                self.rearrange(context);
            }
            Err(expected) => context.effects.say(expected),
        }
    }

    fn drop_filter(&mut self, context: &mut Context<'_>) {
        match context.session.arrangement.filters.pop() {
            Some(_) => self.rearrange(context),
            None => context.effects.say("there is no filter; & adds one"),
        }
    }

    /// Leaves only the rows that hold the same as this one in this column.
    fn filter_like_this(&mut self, context: &mut Context<'_>) {
        let cell = self.selected().and_then(|line| line.cells.get(self.column));
        let column = context.session.columns().get(self.column);
        if let (Some(cell), Some(column)) = (cell, column) {
            let filter = Filter {
                subject: Subject::Column(self.column),
                test: Test::Is(cell.clone()),
                typed: format!("{} = {cell}", column.name),
            };
            context.session.arrangement.filters.push(filter);
            self.rearrange(context);
        }
    }

    fn seek(&mut self, filter: Filter, from: usize, backwards: bool, context: &mut Context<'_>) {
        self.seeking = true;
        let seek = Seek {
            arrangement: context.session.arrangement.clone(),
            filter,
            from,
            backwards,
        };
        context.effects.send(Command::Browse(Browse::Seek(seek)));
    }

    fn open_row(&self, context: &mut Context<'_>) {
        if let Some(line) = self.selected() {
            context.effects.open(Row::new(line.row, Follows::Table));
        }
    }

    fn mark(&mut self, context: &mut Context<'_>) {
        if let Some(row) = self.selected().map(|line| line.row) {
            let marked = context.session.toggle_mark(row);
            let count = context.session.arrangement.marked.len();
            let word = if marked {
                "marked"
            } else {
                "not marked any more"
            };
            context
                .effects
                .say(format!("{word}; {count} marked in all"));
            self.at = moved(self.at, 1, self.total());
        }
    }

    fn call_ordinary(&mut self, context: &mut Context<'_>) {
        if let Some(row) = self.selected().map(|line| line.row) {
            let name = context.session.row_name(row);
            let ordinary = context.session.toggle_ordinary(row);
            let count = context.session.ordinary.len();
            context.effects.say(if ordinary {
                format!(
                    "row {name} is called ordinary and left out; H shows such rows, {count} so far"
                )
            } else {
                format!("row {name} counts again; {count} called ordinary")
            });
        }
    }
}

/// Order and filters, in words.
fn in_words(session: &Session) -> String {
    let arrangement = &session.arrangement;
    let order = match arrangement.order {
        Order::Rank => "the strangest".to_owned(),
        Order::File => "the file's".to_owned(),
        Order::Column(column) => {
            let name = session
                .columns()
                .get(column)
                .map_or("", |column| &column.name);
            format!("by {name}")
        }
    };
    let way = match (arrangement.order, arrangement.reversed) {
        (Order::Rank, false) => " first",
        (Order::Rank, true) => " last",
        (Order::File, false) => " order",
        (Order::File, true) => " order, from its end",
        (Order::Column(_), false) => ", ascending",
        (Order::Column(_), true) => ", descending",
    };
    let filters: Vec<&str> = arrangement
        .filters
        .iter()
        .map(|filter| filter.typed.as_str())
        .collect();
    match filters[..] {
        [] => format!("{order}{way}"),
        _ => format!("{order}{way}; only {}", filters.join(", ")),
    }
}

impl Behaviour for Table {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        let columns = context.session.columns().len();
        match action {
            Action::CursorLeft => self.column = moved(self.column, -1, columns),
            Action::CursorRight => self.column = moved(self.column, 1, columns),
            Action::FirstColumn => self.column = 0,
            Action::LastColumn => self.column = columns.saturating_sub(1),
            Action::Sort => self.sort(context),
            Action::NextOrder => {
                let arrangement = &mut context.session.arrangement;
                arrangement.reversed = false;
                arrangement.order = match arrangement.order {
                    Order::Rank => Order::File,
                    Order::File | Order::Column(_) => Order::Rank,
                };
                self.rearrange(context);
            }
            Action::Reverse => {
                let arrangement = &mut context.session.arrangement;
                arrangement.reversed = !arrangement.reversed;
                self.rearrange(context);
            }
            Action::DropFilter => self.drop_filter(context),
            Action::FilterLikeThis => self.filter_like_this(context),
            Action::Mark => self.mark(context),
            Action::CallOrdinary => self.call_ordinary(context),
            Action::ShowOrdinary => {
                context.session.toggle_shows_ordinary();
                let count = context.session.ordinary.len();
                let shown = if context.session.shows_ordinary {
                    "shown"
                } else {
                    "left out"
                };
                context
                    .effects
                    .say(format!("rows called ordinary are {shown}: {count}"));
            }
            Action::Open => self.open_row(context),
            Action::Table => context.effects.close(),
            Action::Select(at) => self.at = at.min(self.total().saturating_sub(1)),
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                self.at = moved(self.at, by, self.total());
            }
        }
        true
    }

    fn hint(&self, action: Action, session: &Session) -> Hint {
        match action {
            Action::Table => Hint::Hidden,
            Action::Open => Hint::Word("row"),
            Action::DropFilter if session.arrangement.filters.is_empty() => Hint::Hidden,
            Action::ShowOrdinary if session.ordinary.is_empty() => Hint::Hidden,
            Action::ShowOrdinary if session.shows_ordinary => Hint::Word("hide ordinary"),
            _ => Hint::AsListed,
        }
    }

    fn apply(&mut self, report: &Report, session: &Session) {
        match report {
            Report::Browsed(browsed) => {
                // A row's page on top goes from row to row of the table, which goes with it.
                if browsed.asked.row.is_some() {
                    if browsed.asked.arrangement == session.arrangement {
                        self.at = browsed.place.unwrap_or(self.at);
                        self.shown = Some(browsed.clone());
                    }
                    return;
                }
                // While the rows move, the selection stays with its row, but at the top of the list with the top.
                let before = self.shown.as_ref();
                let same = before
                    .is_some_and(|shown| shown.asked.arrangement == browsed.asked.arrangement);
                let held = self.selected().filter(|_| same && self.at > 0);
                let held = held.map(|line| line.row);
                let place = browsed.lines.iter().position(|line| Some(line.row) == held);
                let at = place.map_or(self.at, |place| browsed.asked.first + place);
                self.at = at.min(browsed.total.saturating_sub(1));
                self.shown = Some(browsed.clone());
            }
            Report::Weighed(weighed) => {
                let weighed = weighed.iter();
                self.weighed = weighed.map(|of| (of.row, of.clone())).collect();
            }
            Report::Sought(place) => {
                self.seeking = false;
                if let Ok(place) = place {
                    self.at = *place;
                }
            }
            _ => {}
        }
    }

    fn find(&mut self, text: &str, skip: usize, context: &mut Context<'_>) {
        let total = self.total().max(1);
        self.seek(
            filter::anywhere(text),
            (self.at + skip) % total,
            false,
            context,
        );
    }

    fn find_backwards(&mut self, text: &str, context: &mut Context<'_>) {
        let total = self.total().max(1);
        self.seek(
            filter::anywhere(text),
            (self.at + total - 1) % total,
            true,
            context,
        );
    }

    fn sought(&self) -> Option<&'static str> {
        Some("text in any column, or ~ and a regular expression")
    }

    fn add_filter(&mut self, typed: &str, context: &mut Context<'_>) {
        if typed.is_empty() {
            context.session.arrangement.filters.clear();
            self.rearrange(context);
        } else {
            Self::add_filter(self, typed, context);
        }
    }

    fn filters(&self) -> bool {
        true
    }

    fn go_to(&mut self, subject: Subject, number: &str, context: &mut Context<'_>) -> bool {
        let filter = Filter {
            subject,
            test: Test::Is(number.into()),
            typed: number.into(),
        };
        self.seek(filter, 0, false, context);
        true
    }

    fn row(&self) -> Option<u32> {
        self.selected().map(|line| line.row)
    }

    fn browses(&self, session: &Session) -> Option<Ask> {
        Some(self.wanted(session))
    }

    fn weighs(&self) -> Option<Vec<u32>> {
        Some(self.on_screen())
    }
}
