//! A layer's page. The layer is the selected one; the page has no state of its own.

use super::scroll::lines;
use super::{Behaviour, Hint};
use crate::app::action::Action;
use crate::app::context::Context;
use crate::app::session::Session;

/// The page's state.
#[derive(Debug, Default)]
pub struct Layer;

impl Behaviour for Layer {
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::Next => context.move_layer(1),
            Action::Previous => context.move_layer(-1),
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
            _ => Hint::AsListed,
        }
    }
}
