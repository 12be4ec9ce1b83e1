//! The table: all rows with their scores and what the file says of them, in any order, as many as the filters leave. The
//! worker's browser arranges and reads them; the page knows where in them one is.

mod apart;
mod arrangement;
pub mod filter;
pub mod pinned;
pub mod showing;

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
use apart::turning;
use pinned::neighbour;

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
    /// What was looked for last.
    pub sought: Option<Filter>,
    /// The same where no row that is here has it.
    pub unfound: Option<Filter>,
    /// The row that is to be selected, as soon as it is known where it stands.
    pub coming: Option<u32>,
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
            row: self.coming,
        }
    }

    /// Rows from this one on are called otherwise from now on.
    pub fn forget_from(&mut self, first: usize) {
        let is_gone = |line: &Line| line.row as usize >= first;
        self.shown = self
            .shown
            .take()
            .filter(|shown| !shown.lines.iter().any(is_gone));
    }

    /// Selects a row, wherever it stands.
    pub fn go_to_row(&mut self, row: u32) {
        self.coming = Some(row);
        self.unfound = None;
    }

    /// The rows whose shares should be known.
    pub fn on_screen(&self) -> Vec<u32> {
        let first = (self.at.saturating_sub(WEIGHED / 2) / (WEIGHED / 4)) * (WEIGHED / 4);
        let places = first..first + WEIGHED;
        places.filter_map(|at| Some(self.line(at)?.row)).collect()
    }

    fn seek(&mut self, filter: Filter, from: usize, backwards: bool, context: &mut Context<'_>) {
        self.seeking = true;
        self.sought = Some(filter.clone());
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
}

impl Behaviour for Table {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::CursorLeft => self.column = neighbour(self.column, -1, context.session),
            Action::CursorRight => self.column = neighbour(self.column, 1, context.session),
            Action::FirstColumn => {
                self.column = neighbour(self.column, isize::MIN, context.session);
            }
            Action::LastColumn => {
                self.column = neighbour(self.column, isize::MAX, context.session);
            }
            Action::Pin => self.pin(context),
            Action::TurnMarked => self.turn(Subject::Marked, context),
            Action::TurnLabelled => self.turn(Subject::Label, context),
            Action::TurnFlagged => self.turn(Subject::Flagged, context),
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
            Action::Fetch => context
                .session
                .fetch_more(self.unfound.take(), context.effects),
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
            Action::Fetch if session.shown_whole().is_none() => Hint::Hidden,
            Action::Fetch if session.whole.fetches => Hint::Word("break off"),
            Action::Fetch if self.unfound.is_some() || !session.arrangement.filters.is_empty() => {
                Hint::Word("in the whole file")
            }
            Action::DropFilter if session.arrangement.filters.is_empty() => Hint::Hidden,
            Action::ShowOrdinary if session.ordinary.is_empty() => Hint::Hidden,
            Action::ShowOrdinary if session.shows_ordinary => Hint::Word("hide ordinary"),
            Action::TurnMarked => turning(Subject::Marked, session),
            Action::TurnLabelled => turning(Subject::Label, session),
            Action::TurnFlagged => turning(Subject::Flagged, session),
            Action::Pin if session.pinned.contains(&self.column) => Hint::Word("unpin"),
            _ => Hint::AsListed,
        }
    }

    fn apply(&mut self, report: &Report, session: &Session) {
        match report {
            Report::Browsed(browsed) => {
                // A row's page on top goes from row to row of the table, which goes with it.
                if browsed.asked.row.is_some() {
                    if self.coming == browsed.asked.row {
                        self.coming = None;
                    }
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
                // Which row has a rank is known only once all before it are read.
                let sought = self.sought.take();
                let sought = sought.filter(|sought| sought.subject != Subject::Rank);
                match place {
                    Ok(place) => self.at = *place,
                    Err(_) => self.unfound = sought,
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

    fn cell(&self) -> Option<(u32, usize)> {
        Some((self.selected()?.row, self.column))
    }

    fn browses(&self, session: &Session) -> Option<Ask> {
        Some(self.wanted(session))
    }

    fn weighs(&self) -> Option<Vec<u32>> {
        Some(self.on_screen())
    }
}
