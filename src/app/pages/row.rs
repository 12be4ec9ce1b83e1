//! A row's page: which row it is, in which order the next and the previous one come, which of its columns or of its nearest
//! rows is selected, how they are shown, and what the worker told of them.

mod steps;

use std::ops::Range;

use super::scroll::lines;
use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::{Context, moved};
use crate::app::session::Session;
use crate::data::encoder::curve::Curve;
use crate::message::{Ask, Nearest, Report, RowPage, Subject};
pub use steps::Follows;
use steps::Steps;

/// What of the page the keys work on. Where there is room for one of them only, it is what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// Its columns.
    #[default]
    Columns,
    /// The rows that the network takes for its like.
    Nearest,
}

/// The page's state.
#[derive(Debug)]
pub struct Row {
    /// The row, 0 = first data row.
    pub row: u32,
    /// Where the next and the previous row come from.
    pub steps: Steps,
    /// The rows that it was come to from, by way of the nearest ones, the latest last.
    from: Vec<u32>,
    part: Part,
    /// Selected among the nearest rows.
    pub near: usize,
    /// Selected line of the table, 0 = the largest share.
    pub line: usize,
    /// Whether the picture shows scaled instead of original units; by itself when the columns' units are far apart.
    pub scaled: Option<bool>,
    /// Whether the picture of a curve shows the stretch that errs alone.
    pub zoomed: bool,
    /// What was told last; kept while the next row is looked at.
    pub told: Option<Box<RowPage>>,
    /// Columns in the order of the table: by share, then by position.
    pub order: Vec<usize>,
}

impl Row {
    /// The page of a row that was opened where rows come in this order.
    pub fn new(row: u32, follows: Follows) -> Self {
        Self {
            row,
            steps: Steps::new(follows),
            from: Vec::new(),
            part: Part::default(),
            near: 0,
            line: 0,
            scaled: None,
            zoomed: false,
            told: None,
            order: Vec::new(),
        }
    }

    /// What was told of this row.
    pub fn page(&self) -> Option<&RowPage> {
        self.told.as_deref().filter(|page| page.row == self.row)
    }

    /// The rows nearest to it, once they are told.
    pub fn nearest(&self) -> Option<&Nearest> {
        self.page()?.nearest.as_ref()
    }

    /// What the keys work on.
    pub fn part(&self) -> Part {
        match self.nearest() {
            Some(_) => self.part,
            None => Part::Columns,
        }
    }

    /// Shows another row.
    pub fn turn_to(&mut self, row: u32) {
        if self.row != row {
            (self.row, self.line, self.near) = (row, 0, 0);
        }
    }

    fn open_near(&mut self, near: usize) {
        let opened = self.nearest().and_then(|nearest| nearest.rows.get(near));
        if let Some(row) = opened.map(|near| near.row) {
            self.from.push(self.row);
            self.turn_to(row);
        }
    }

    fn step(&mut self, by: isize, context: &mut Context<'_>) {
        match self.steps.step(self.row, by, context.session) {
            Ok(Some(row)) => {
                self.from.clear();
                self.turn_to(row);
            }
            // The browser is asked.
            Ok(None) => {}
            Err(why) => context.effects.say(why),
        }
    }

    /// The curve that is drawn: the one that the first reason is about, or the longest; none where columns form none.
    pub fn curve<'a>(&self, session: &'a Session) -> Option<&'a Curve> {
        let curves = &session.loaded.as_ref()?.curves;
        let erring = self.stretch(session);
        let holds = |curve: &&Curve| {
            erring
                .as_ref()
                .is_some_and(|erring| curve.columns.contains(&erring.start))
        };
        let longest = || curves.iter().max_by_key(|curve| curve.columns.len());
        curves.iter().find(holds).or_else(longest)
    }

    /// The stretch of a curve that errs most, as columns in use; none where it is the whole curve that errs, or none.
    pub fn stretch(&self, session: &Session) -> Option<Range<usize>> {
        let curves = &session.loaded.as_ref()?.curves;
        let reasons = self.told.iter().flat_map(|page| &page.reasons);
        let mut stretches =
            reasons.map(|reason| reason.columns.start as usize..reason.columns.end as usize);
        stretches.find(|columns| {
            let holds =
                |curve: &Curve| curve.columns.contains(&columns.start) && curve.columns != *columns;
            curves.iter().any(holds)
        })
    }

    /// Whether the picture draws scaled units: where the user said so, or where the columns' units are far apart.
    pub fn draws_scaled(&self, session: &Session) -> bool {
        /// Columns whose scales differ by more cannot share an axis.
        const APART: f64 = 30.0;
        self.scaled.unwrap_or_else(|| {
            let scales = session
                .loaded
                .as_ref()
                .map_or(&[][..], |loaded| &loaded.scales);
            let (min, max) = scales.iter().fold((f64::MAX, 0.0_f64), |(min, max), s| {
                (min.min(*s), max.max(*s))
            });
            max > APART * min
        })
    }
}

impl Behaviour for Row {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::Next => self.step(1, context),
            Action::Previous => self.step(-1, context),
            Action::ToggleUnits => self.scaled = Some(!self.draws_scaled(context.session)),
            Action::Zoom => self.zoomed = !self.zoomed,
            Action::NextPanel if self.nearest().is_none() => {
                context.effects.say("there are no nearest rows to go to");
            }
            Action::NextPanel => {
                self.part = match self.part {
                    Part::Columns => Part::Nearest,
                    Part::Nearest => Part::Columns,
                };
            }
            Action::Open if self.part() == Part::Nearest => self.open_near(self.near),
            Action::Open => context
                .effects
                .say("tab goes to the nearest rows, which can be opened"),
            Action::OpenNear(near) => self.open_near(near),
            Action::Return => match self.from.pop() {
                Some(row) => self.turn_to(row),
                None => context
                    .effects
                    .say("no row was left for this one; esc goes back to the list"),
            },
            Action::Select(line) => {
                self.part = Part::Columns;
                self.line = line.min(self.order.len().max(1) - 1);
            }
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                match self.part() {
                    Part::Columns => self.line = moved(self.line, by, self.order.len()),
                    Part::Nearest => {
                        let rows = self.nearest().map_or(0, |nearest| nearest.rows.len());
                        self.near = moved(self.near, by, rows);
                    }
                }
            }
        }
        true
    }

    fn hint(&self, action: Action, session: &Session) -> Hint {
        match action {
            Action::Next | Action::Previous if session.ranked().len() < 2 => Hint::Hidden,
            Action::NextPanel if self.nearest().is_none() => Hint::Hidden,
            Action::NextPanel if self.part() == Part::Nearest => Hint::Word("columns"),
            Action::Open if self.part() == Part::Columns => Hint::Hidden,
            Action::Return if self.from.is_empty() => Hint::Hidden,
            Action::Zoom | Action::ToggleUnits if self.curve(session).is_none() => Hint::Hidden,
            Action::Zoom if self.stretch(session).is_none() => Hint::Hidden,
            Action::Zoom if self.zoomed => Hint::Word("whole curve"),
            Action::ToggleUnits if self.draws_scaled(session) => Hint::Word("original units"),
            Action::ToggleUnits => Hint::Word("scaled units"),
            _ => Hint::AsListed,
        }
    }

    fn apply(&mut self, report: &Report, session: &Session) {
        match report {
            Report::Explained(explained) => {
                if let Some(page) = &explained.page {
                    let mut order: Vec<usize> = (0..page.cells.len()).collect();
                    order.sort_by(|a, b| page.cells[*b].share.total_cmp(&page.cells[*a].share));
                    self.order = order;
                    let near = page
                        .nearest
                        .as_ref()
                        .map_or(0, |nearest| nearest.rows.len());
                    self.near = self.near.min(near.max(1) - 1);
                    self.told = Some(Box::new(page.clone()));
                }
            }
            Report::Browsed(browsed) => {
                if let Some(row) = self.steps.take(browsed, session) {
                    self.from.clear();
                    self.turn_to(row);
                }
            }
            _ => {}
        }
    }

    fn find(&mut self, text: &str, skip: usize, context: &mut Context<'_>) {
        let (length, wanted) = (self.order.len(), text.to_lowercase());
        let mut places = (0..length).map(|offset| (self.line + skip + offset) % length);
        let name = |place: usize| context.session.column_name(self.order[place]);
        match places.find(|place| name(*place).to_lowercase().contains(&wanted)) {
            Some(place) => self.line = place,
            None => context.effects.say(format!("no column is called “{text}”")),
        }
    }

    fn sought(&self) -> Option<&'static str> {
        Some("column name")
    }

    fn go_to(&mut self, subject: Subject, number: &str, context: &mut Context<'_>) -> bool {
        let session = &*context.session;
        let row = match subject {
            Subject::Rank => {
                let rank = number.parse::<usize>().ok();
                let ranked = rank.and_then(|rank| session.ranked().get(rank.saturating_sub(1)));
                ranked.map(|ranked| ranked.row)
            }
            _ => session.find_row(number),
        };
        match (row, subject) {
            (Some(row), _) => self.turn_to(row),
            (None, Subject::Rank) => {
                let listed = session.ranked().len();
                context.effects.say(format!(
                    "ranks 1 to {listed} can be gone to here; the table (T) goes to every one"
                ));
            }
            (None, _) => context.effects.say(format!("no row is called “{number}”")),
        }
        true
    }

    fn row(&self) -> Option<u32> {
        Some(self.row)
    }

    fn browses(&self, session: &Session) -> Option<Ask> {
        self.steps.browses(self.row, session)
    }

    fn watched_row(&self) -> Option<u32> {
        Some(self.row)
    }
}
