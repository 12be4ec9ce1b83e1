//! Which columns of the file show, and how wide: pinned ones stand still, the others pass by a screen at a time, so that nothing
//! moves while the selection stays on a screen.

use crate::app::pages::table::Table;
use crate::app::pages::table::pinned;
use crate::app::session::Session;
use crate::message::Browsed;
use crate::tui::cells;

/// Cells of a column at most, unless it is the selected one.
const WIDEST: usize = 20;
const WIDEST_SELECTED: usize = 36;
/// Cells that a name is not cut below, whatever the column holds.
const NAME: usize = 12;
/// A rule, a space, and the sign of a share.
const AROUND: usize = 3;
/// Cells that pinned columns leave to those that pass by.
const PASSING: usize = NAME + AROUND;

/// A column that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its number in the file.
    pub index: usize,
    /// Cells of its text.
    pub width: usize,
    /// Whether it is pinned.
    pub pinned: bool,
}

/// The columns that show.
#[derive(Debug, Default)]
pub struct Shown {
    /// In order, pinned ones first.
    pub columns: Vec<Column>,
    /// Columns further to the left and to the right.
    pub before: usize,
    pub after: usize,
}

impl Shown {
    /// Those of the table that fit into so many cells.
    pub fn new(session: &Session, page: &Table, browsed: &Browsed, room: usize) -> Self {
        let infos = session.columns();
        let widths = |index: usize| {
            let held = browsed.widths.get(index);
            let held = held.map_or(0, |width| usize::from(*width));
            let (name, kind) = (&infos[index].name, infos[index].kind.to_string());
            (held, [cells::width(name), cells::width(&kind)])
        };
        let order = pinned::order(session);
        Self::of((&session.pinned, &order), page.column, room, widths)
    }

    /// Those that fit where the columns stand in this `order`, `pinned` ones first; `widths` says of each how many cells its
    /// values, its name and its kind take.
    pub fn of(
        (pinned, order): (&[usize], &[usize]),
        selected: usize,
        room: usize,
        widths: impl Fn(usize) -> (usize, [usize; 2]),
    ) -> Self {
        let width = |index: usize| {
            let (held, [name, kind]) = widths(index);
            let most = if index == selected {
                WIDEST_SELECTED
            } else {
                WIDEST
            };
            held.max(name.min(NAME)).max(kind).clamp(3, most)
        };
        let mut shown = Self::default();
        let mut room = room;
        // Pinned columns that leave no room for any other pass by, first of all.
        let most = room.saturating_sub(PASSING.min(room / 2));
        let mut taken = 0;
        for index in pinned.iter().copied() {
            let width = width(index);
            if taken + width + AROUND > most {
                break;
            }
            taken += width + AROUND;
            shown.columns.push(Column {
                index,
                width,
                pinned: true,
            });
        }
        room -= taken;
        let still = shown.columns.len();
        let passing = &order[still..];
        let selected = passing.iter().position(|index| *index == selected);
        let mut taken = 0;
        for (place, index) in passing.iter().copied().enumerate() {
            let width = width(index).min(room.saturating_sub(AROUND).max(1));
            if taken + width + AROUND > room && shown.columns.len() > still {
                if selected.is_none_or(|selected| place > selected) {
                    break;
                }
                shown.columns.truncate(still);
                (taken, shown.before) = (0, place);
            }
            taken += width + AROUND;
            shown.columns.push(Column {
                index,
                width,
                pinned: false,
            });
        }
        shown.after = passing.len() - shown.before - (shown.columns.len() - still);
        shown
    }
}
