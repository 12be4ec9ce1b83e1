//! A layer's page. The layer is the selected one; where only half of the pictures has room, the page knows which half shows.

use super::scroll::lines;
use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::Context;
use crate::app::session::Session;

/// The page's state.
#[derive(Debug, Default)]
pub struct Layer {
    /// Whether there is room for half of the pictures only.
    low: bool,
    /// Whether that is the half that tells how the numbers came about.
    history: bool,
}

impl Layer {
    /// On a low screen: whether the page shows how the numbers came about, instead of how they are.
    pub fn history(&self) -> bool {
        self.low && self.history
    }
}

impl Behaviour for Layer {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::Next => context.move_layer(1),
            Action::Previous => context.move_layer(-1),
            Action::NextPanel if self.low => self.history = !self.history,
            Action::NextPanel => context.effects.say("all of it is on the screen"),
            Action::OpenLayer => {
                let (layers, layer) = (context.session.layer_count(), context.selection.layer);
                context.selection.layer = layers.saturating_sub(layer + 1);
            }
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                context.move_layer(by.signum());
            }
        }
        true
    }

    fn hint(&self, action: Action, _: &Session) -> Hint {
        match action {
            Action::OpenLayer => Hint::Word("its mirror"),
            Action::NextPanel if !self.low => Hint::Hidden,
            Action::NextPanel if self.history => Hint::Word("how they are"),
            Action::NextPanel => Hint::Word("over the steps"),
            _ => Hint::AsListed,
        }
    }

    fn measure(&mut self, overflow: usize) {
        self.low = overflow > 0;
    }
}
