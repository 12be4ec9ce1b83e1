//! The first rows of the table as they stand in the file, while the rest of it is read. It opens by itself and goes when the
//! table is there; until then one can look around in it.

use super::scroll::lines;
use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::{Context, moved};
use crate::app::session::Session;
use crate::data::read::FirstRows;

/// The page's state.
#[derive(Debug, Default)]
pub struct First {
    /// The rows.
    pub rows: FirstRows,
    /// The selected row.
    pub at: usize,
    /// The selected column.
    pub column: usize,
}

impl First {
    /// Takes rows in place of those before: more of them, or the same read in another way. The selection stays.
    pub fn take(&mut self, rows: FirstRows) {
        self.at = moved(self.at, 0, rows.rows());
        self.column = moved(self.column, 0, rows.columns.len());
        self.rows = rows;
    }
}

impl Behaviour for First {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        let by = match action {
            Action::CursorLeft => -1,
            Action::CursorRight => 1,
            Action::FirstColumn => isize::MIN,
            Action::LastColumn => isize::MAX,
            Action::Select(at) => {
                self.at = at.min(self.rows.rows().saturating_sub(1));
                return true;
            }
            // There is nothing below it.
            Action::Back => return true,
            Action::Table | Action::Scores | Action::Columns | Action::Compare => {
                context
                    .effects
                    .say("the table is still being read; these are its first rows");
                return true;
            }
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                self.at = moved(self.at, by, self.rows.rows());
                return true;
            }
        };
        self.column = moved(self.column, by, self.rows.columns.len());
        true
    }

    fn hint(&self, action: Action, _session: &Session) -> Hint {
        match action {
            Action::Back => Hint::Hidden,
            _ => Hint::AsListed,
        }
    }

    fn stands_alone(&self) -> bool {
        true
    }
}
