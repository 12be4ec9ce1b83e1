//! The layers panel: which layer is selected belongs to all pages, so the panel has no state of its own.

use crate::app::action::Action;
use crate::app::context::Context;
use crate::app::pages::Hint;
use crate::app::pages::layer::Layer;
use crate::app::pages::scroll::lines;

/// What the keys do in the layers panel.
pub struct Layers;

impl Layers {
    /// Takes an action; false where it is none of the panel's.
    pub fn update(action: Action, context: &mut Context<'_>) -> bool {
        match action {
            Action::Open | Action::OpenLayer if context.session.spec.is_some() => {
                context.effects.open(Layer::default());
            }
            Action::Select(layer) => {
                context.selection.layer = layer.min(context.session.layer_count().max(1) - 1);
            }
            action => {
                let Some(by) = lines(action, context.page_length) else {
                    return false;
                };
                context.move_layer(by);
            }
        }
        true
    }

    /// How the hint line shows a key.
    pub fn hint(action: Action) -> Hint {
        match action {
            Action::Open => Hint::Word("layer"),
            Action::CursorLeft | Action::CursorRight | Action::ToggleLog => Hint::Hidden,
            _ => Hint::AsListed,
        }
    }
}
