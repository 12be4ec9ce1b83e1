//! The outliers panel: the list of ranked rows. Which one is selected belongs to all pages.

use crate::app::action::Action;
use crate::app::context::Context;
use crate::app::pages::Hint;
use crate::app::pages::row::{Follows, Row};
use crate::app::pages::scroll::lines;
use crate::app::session::Session;

/// What the keys do in the outliers panel.
pub struct Outliers;

impl Outliers {
    /// Takes an action; false where it is none of the panel's.
    pub fn update(action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::Open if context.selected_row().is_some() => {
                if let Some(row) = context.selected_row() {
                    context.effects.open(Row::new(row, Follows::Rank));
                }
            }
            Action::Select(rank) => {
                context.selection.rank = rank.min(context.session.ranked().len().max(1) - 1);
            }
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                context.move_rank(by);
            }
        }
        true
    }

    /// How the hint line shows a key.
    pub fn hint(action: Action, session: &Session) -> Hint {
        match action {
            Action::Open if session.ranked().is_empty() => Hint::Hidden,
            Action::Open => Hint::Word("row"),
            Action::CursorLeft | Action::CursorRight | Action::ToggleLog => Hint::Hidden,
            _ => Hint::AsListed,
        }
    }
}

/// Selects the row that is meant by `name`, from the selection on and leaving out the first `skip` places; whether there is one.
pub fn find(name: &str, skip: usize, context: &mut Context<'_>) -> bool {
    let session = &*context.session;
    let ranked = session.ranked();
    let (number, part) = (name.parse().ok(), name.to_lowercase());
    let id = |row: u32| session.row_id(row).map(str::to_lowercase);
    // The id itself, else the number, else a part of an id, which may mean many.
    let meanings: [&dyn Fn(u32) -> bool; 3] = [
        &|row| id(row).is_some_and(|id| id == part),
        &|row| number == Some(session.row_number(row)),
        &|row| id(row).is_some_and(|id| id.contains(&part)),
    ];
    let start = context.selection.rank + skip;
    let find = |means: &&dyn Fn(u32) -> bool| {
        let mut places = (0..ranked.len()).map(|offset| (start + offset) % ranked.len());
        places.find(|place| means(ranked[*place].row))
    };
    let Some(place) = meanings.iter().find_map(find) else {
        let more = match session.all_rows() {
            Some(_) => format!("; :row {name} looks in the file"),
            None => String::new(),
        };
        context
            .effects
            .say(format!("no ranked row is called “{name}”{more}"));
        return false;
    };
    context.selection.rank = place;
    true
}
