//! Rows set apart: marked, called ordinary, hidden or shown alone.

use super::Table;
use super::showing::{self, Showing};
use crate::app::context::{Context, moved};
use crate::app::pages::Hint;
use crate::app::session::Session;
use crate::format::group;
use crate::message::Subject;

impl Table {
    pub(super) fn mark(&mut self, context: &mut Context<'_>) {
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
            // Where marks decide which rows show, this one is leaving, and the next one comes here.
            if Showing::of(Subject::Marked, context.session) == Showing::Shown {
                self.at = moved(self.at, 1, self.total());
            }
        }
    }

    /// Hides rows set apart, shows them alone, or among the others.
    pub(super) fn turn(&mut self, subject: Subject, context: &mut Context<'_>) {
        if let Err(why) = showing::turn(subject, context.session) {
            return context.effects.say(why);
        }
        let session = &context.session;
        let name = showing::name(subject);
        let count = group(showing::count(subject, session));
        let answer = match Showing::of(subject, session) {
            Showing::Shown => format!("{name} rows show among the others, {count} in all"),
            Showing::Hidden => {
                format!(
                    "{name} rows are hidden, {count} in all; the same key again shows them alone"
                )
            }
            Showing::Alone => {
                format!(
                    "{name} rows alone, {count} in all; the same key again shows the others too"
                )
            }
        };
        self.at = 0;
        context.effects.say(answer);
    }

    pub(super) fn call_ordinary(&mut self, context: &mut Context<'_>) {
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

/// What the key does next that shows rows set apart, or hides them.
pub(super) fn turning(subject: Subject, session: &Session) -> Hint {
    let now = Showing::of(subject, session);
    match (now, subject) {
        (Showing::Shown, _) if showing::count(subject, session) == 0 => Hint::Hidden,
        (Showing::Shown, _) => Hint::AsListed,
        (Showing::Hidden, Subject::Marked) => Hint::Word("marked alone"),
        (Showing::Hidden, Subject::Label) => Hint::Word("labelled alone"),
        (Showing::Hidden, _) => Hint::Word("flagged alone"),
        (Showing::Alone, _) => Hint::Word("all rows"),
    }
}
