//! The order in which the columns of the file stand: pinned ones first, which do not pass by, then the others as in the file.

use super::Table;
use crate::app::context::{Context, moved};
use crate::app::session::Session;

/// The columns in the order in which they stand.
pub fn order(session: &Session) -> Vec<usize> {
    let is_pinned = |column: &usize| session.pinned.contains(column);
    let others = (0..session.columns().len()).filter(|column| !is_pinned(column));
    session.pinned.iter().copied().chain(others).collect()
}

/// The column `by` places from this one.
pub fn neighbour(column: usize, by: isize, session: &Session) -> usize {
    let order = order(session);
    let at = order.iter().position(|there| *there == column);
    let there = moved(at.unwrap_or(0), by, order.len());
    order.get(there).copied().unwrap_or(0)
}

/// Pins a column, or lets it go; which one is selected afterwards. The one behind a column that was pinned is: what passes by
/// stays where it is, and the next one can be pinned.
pub fn toggle(column: usize, session: &mut Session) -> usize {
    if let Some(place) = session.pinned.iter().position(|pinned| *pinned == column) {
        session.pinned.remove(place);
        return column;
    }
    let is_pinned = |other: &usize| session.pinned.contains(other);
    let behind = (column + 1..session.columns().len()).find(|other| !is_pinned(other));
    let before = (0..column).rev().find(|other| !is_pinned(other));
    session.pinned.push(column);
    behind.or(before).unwrap_or(column)
}

impl Table {
    pub(super) fn pin(&mut self, context: &mut Context<'_>) {
        let session = &mut *context.session;
        let Some(name) = session.columns().get(self.column) else {
            return;
        };
        let name = name.name.clone();
        let column = self.column;
        self.column = toggle(column, session);
        context.effects.say(if session.pinned.contains(&column) {
            format!("{name} stands still at the left; p on it lets it go")
        } else {
            format!("{name} passes by with the others again")
        });
    }
}
