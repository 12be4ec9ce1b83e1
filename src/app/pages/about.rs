//! What was read and how it is learned: a page of text.

use super::Behaviour;
use super::scroll::Scroll;
use crate::app::action::Action;
use crate::app::context::Context;

/// The page's state.
#[derive(Debug, Default)]
pub struct About {
    /// Where it is scrolled to.
    pub scroll: Scroll,
}

impl Behaviour for About {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::About => context.effects.close(),
            action => return self.scroll.update(action, context),
        }
        true
    }

    fn stands_alone(&self) -> bool {
        true
    }

    fn measure(&mut self, overflow: usize) {
        self.scroll.measure(overflow);
    }
}
