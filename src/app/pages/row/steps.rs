//! From row to row: in the order and among the rows of the table where the page was opened there, else by rank. The first ranks
//! are listed; for all else the worker's browser is asked for the rows around this one.

use crate::app::context::moved;
use crate::app::session::Session;
use crate::format::group;
use crate::message::{Arrangement, Ask, Browsed, Order};

/// Rows around this one that are asked for at once.
const ASKED: usize = 64;

/// Where the next row comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// The rows by rank, those called ordinary left out.
    Rank,
    /// The table, with its order and its filters.
    Table,
}

/// The way from row to row.
#[derive(Debug)]
pub struct Steps {
    follows: Follows,
    /// Where the row stood when that was known last.
    at: usize,
    /// The place that is to be gone to as soon as it is known which row stands there.
    wanted: Option<usize>,
    /// The rows around this one.
    shown: Option<Browsed>,
}

impl Steps {
    pub(super) fn new(follows: Follows) -> Self {
        Self {
            follows,
            at: 0,
            wanted: None,
            shown: None,
        }
    }

    /// The rows that are stepped through.
    fn arrangement(&self, session: &Session) -> Arrangement {
        match self.follows {
            Follows::Table => session.arrangement.clone(),
            Follows::Rank => Arrangement {
                hidden: session.ordinary.clone(),
                ..Arrangement::default()
            },
        }
    }

    /// The rows around this one, if they are still in the order that is wanted.
    fn shown(&self, session: &Session) -> Option<&Browsed> {
        let shown = self.shown.as_ref()?;
        (shown.asked.arrangement == self.arrangement(session)).then_some(shown)
    }

    /// Where a row stands; none where that is not known, or where it is not among them.
    pub fn place(&self, row: u32, session: &Session) -> Option<usize> {
        if self.follows == Follows::Rank
            && let Some(rank) = session.rank_of(row)
        {
            return Some(rank);
        }
        let shown = self.shown(session)?;
        let line = shown.lines.iter().position(|line| line.row == row);
        let place = shown.place.filter(|_| shown.asked.row == Some(row));
        line.map(|line| shown.asked.first + line).or(place)
    }

    /// How many there are; none before it is known.
    pub fn total(&self, session: &Session) -> Option<usize> {
        match self.follows {
            Follows::Rank => Some(match session.shown_whole() {
                Some(whole) => whole.kept + whole.besides,
                None => session.ranked_in_all(),
            }),
            Follows::Table => self.shown(session).map(|shown| shown.total),
        }
    }

    /// Where a row stands among how many, and in which order: `3 of 41 by TSH ↓, 2 filters`.
    pub fn in_words(&self, row: u32, session: &Session) -> Option<String> {
        let total = self.total(session)?;
        let (order, all) = (self.order(session), group(total));
        Some(match self.place(row, session) {
            Some(place) => format!("{} of {all} {order}", group(place + 1)),
            None if self.shown(session)?.asked.row == Some(row) => {
                format!("not among the {all} {order}")
            }
            None => return None,
        })
    }

    fn order(&self, session: &Session) -> String {
        let arrangement = self.arrangement(session);
        let way = |words: &str| {
            if arrangement.reversed {
                format!("{words}, last first")
            } else {
                words.to_owned()
            }
        };
        let order = match arrangement.order {
            Order::Rank => way("by rank"),
            Order::File => way("as in the file"),
            Order::Column(column) => {
                let column = session.columns().get(column);
                let name = column.map_or("", |column| &column.name);
                let arrow = if arrangement.reversed { '↓' } else { '↑' };
                format!("by {name} {arrow}")
            }
        };
        match arrangement.filters.len() {
            0 => order,
            1 => format!("{order}, 1 filter"),
            count => format!("{order}, {count} filters"),
        }
    }

    /// The row at a place, if it is known.
    fn row_at(&self, place: usize, session: &Session) -> Option<u32> {
        if self.follows == Follows::Rank
            && let Some(ranked) = session.ranked().get(place)
        {
            return Some(ranked.row);
        }
        let shown = self.shown(session)?;
        let line = shown.lines.get(place.checked_sub(shown.asked.first)?)?;
        Some(line.row)
    }

    /// The row so many places on from this one; none where the browser has to be asked first. An error where there is none.
    pub(super) fn step(
        &mut self,
        row: u32,
        by: isize,
        session: &Session,
    ) -> Result<Option<u32>, &'static str> {
        let total = self.total(session).ok_or("the rows are being ordered …")?;
        let place = match (self.wanted, self.place(row, session)) {
            (Some(wanted), _) => moved(wanted, by, total),
            (None, Some(place)) => match place.checked_add_signed(by) {
                Some(next) if next < total => next,
                _ if by < 0 => return Err("this is the first row"),
                _ if session.shown_whole().is_some() => {
                    return Err(
                        "this is the last row that is here; in the table (T) a reads others",
                    );
                }
                _ => return Err("this is the last row"),
            },
            // It is not among them: on from where it, or the row before it, stood.
            (None, None) => self.at.min(total.saturating_sub(1)),
        };
        self.at = place;
        let next = self.row_at(place, session);
        self.wanted = Some(place).filter(|_| next.is_none());
        Ok(next)
    }

    /// What the browser should be asked; nothing where the list of the first ranks is enough.
    pub(super) fn browses(&self, row: u32, session: &Session) -> Option<Ask> {
        let listed = session.ranked().len();
        let known = match self.follows {
            Follows::Rank => session.rank_of(row),
            Follows::Table => None,
        };
        let inside = |rank: usize| rank + 1 < listed || listed == session.ranked_in_all();
        if known.is_some_and(inside) && self.wanted.is_none() {
            return None;
        }
        let place = self.wanted.or_else(|| self.place(row, session));
        let around = place.unwrap_or(self.at);
        Some(Ask {
            arrangement: self.arrangement(session),
            first: (around.saturating_sub(ASKED / 4) / (ASKED / 2)) * (ASKED / 2),
            count: ASKED,
            row: self.wanted.is_none().then_some(row),
        })
    }

    /// Takes what the browser told; the row that was waited for, if it is there now.
    pub(super) fn take(&mut self, browsed: &Browsed, session: &Session) -> Option<u32> {
        if browsed.asked.arrangement != self.arrangement(session) {
            return None;
        }
        self.at = browsed.place.unwrap_or(self.at);
        self.shown = Some(browsed.clone());
        let wanted = self.wanted?.min(browsed.total.saturating_sub(1));
        let row = self.row_at(wanted, session);
        if row.is_some() {
            self.wanted = None;
        } else {
            self.wanted = Some(wanted);
        }
        row
    }
}
