//! The experiment that is on, or was last: variants of the network side by side. The experiment itself belongs to the
//! session; leaving the page before it is finished ends it.

use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::{Context, Effects};
use crate::app::session::Session;
use crate::message::Command;

/// The page's state.
#[derive(Debug, Default)]
pub struct ComparisonPage;

impl ComparisonPage {
    /// Opens the page, and begins the experiment unless there is one.
    pub fn open(session: &mut Session, effects: &mut Effects) {
        if session.comparison.is_none() && !session.comparing {
            begin(session, effects);
        }
        effects.open(Self);
    }
}

fn begin(session: &mut Session, effects: &mut Effects) {
    session.comparison = None;
    session.comparing = true;
    session.busy = 0.0;
    effects.send(Command::Compare);
}

impl Behaviour for ComparisonPage {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::Compare if context.session.comparing => {
                context
                    .effects
                    .say("the comparison is still running; esc ends it");
            }
            Action::Compare => begin(context.session, context.effects),
            _ => return false,
        }
        true
    }

    fn hint(&self, action: Action, session: &Session) -> Hint {
        match action {
            Action::Compare if session.comparing => Hint::Hidden,
            Action::Compare => Hint::Word("again"),
            Action::Back if session.comparing => Hint::Word("cancel"),
            _ => Hint::AsListed,
        }
    }

    fn close(&mut self, context: &mut Context<'_>) {
        if context.session.comparing {
            context.session.end_comparison();
            context.effects.send(Command::StopComparing);
        }
    }
}
