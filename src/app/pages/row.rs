//! A row's page: which of its columns is selected, how they are shown, and what the worker told of them.

use std::ops::Range;

use super::scroll::lines;
use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::{Context, Selection, moved};
use crate::app::session::Session;
use crate::data::encoder::curve::Curve;
use crate::message::{Report, RowPage};

/// The page's state. The row is the one at the selected rank.
#[derive(Debug, Default)]
pub struct Row {
    /// Selected line of the table, 0 = the largest share.
    pub line: usize,
    /// Whether the picture shows scaled instead of original units; by itself when the columns' units are far apart.
    pub scaled: Option<bool>,
    /// Whether the picture of a curve shows the stretch that errs alone.
    pub zoomed: bool,
    /// What was told last; kept while the next row is looked at.
    pub told: Option<RowPage>,
    /// Columns in the order of the table: by share, then by position.
    pub order: Vec<usize>,
}

impl Row {
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
            Action::Next | Action::Previous => {
                context.move_rank(if action == Action::Next { 1 } else { -1 });
                self.line = 0;
            }
            Action::ToggleUnits => self.scaled = Some(!self.draws_scaled(context.session)),
            Action::Zoom => self.zoomed = !self.zoomed,
            Action::Select(line) => self.line = line.min(self.order.len().max(1) - 1),
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                self.line = moved(self.line, by, self.order.len());
            }
        }
        true
    }

    fn hint(&self, action: Action, session: &Session) -> Hint {
        match action {
            Action::Next | Action::Previous if session.ranked().len() < 2 => Hint::Hidden,
            Action::Zoom | Action::ToggleUnits if self.curve(session).is_none() => Hint::Hidden,
            Action::Zoom if self.stretch(session).is_none() => Hint::Hidden,
            Action::Zoom if self.zoomed => Hint::Word("whole curve"),
            Action::ToggleUnits if self.draws_scaled(session) => Hint::Word("original units"),
            Action::ToggleUnits => Hint::Word("scaled units"),
            _ => Hint::AsListed,
        }
    }

    fn apply(&mut self, report: &Report, _: &Session) {
        let Report::Explained(explained) = report else {
            return;
        };
        if let Some(page) = &explained.page {
            let mut order: Vec<usize> = (0..page.cells.len()).collect();
            order.sort_by(|a, b| page.cells[*b].share.total_cmp(&page.cells[*a].share));
            self.order = order;
            self.told = Some(page.clone());
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

    fn watched_row(&self, session: &Session, selection: Selection) -> Option<u32> {
        session
            .ranked()
            .get(selection.rank)
            .map(|ranked| ranked.row)
    }
}
