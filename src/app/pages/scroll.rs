//! How a page of text is scrolled.

use crate::app::action::Action;
use crate::app::context::{Context, moved};

/// The first line that shows, and how far one can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scroll {
    /// The first line that shows.
    pub first: usize,
    /// Lines that do not fit on the screen.
    pub overflow: usize,
}

impl Scroll {
    /// Moves by an action; false where it does not scroll.
    pub fn update(&mut self, action: Action, context: &Context<'_>) -> bool {
        let Some(by) = lines(action, context.page_length) else {
            return false;
        };
        self.first = moved(self.first, by, self.overflow + 1);
        true
    }

    /// Takes how far one can go.
    pub fn measure(&mut self, overflow: usize) {
        self.overflow = overflow;
        self.first = self.first.min(overflow);
    }
}

/// Lines that an action moves by; none where it does not.
pub fn lines(action: Action, page_length: usize) -> Option<isize> {
    let page = isize::try_from(page_length).unwrap_or(isize::MAX);
    Some(match action {
        Action::Up => -1,
        Action::Down => 1,
        Action::PageUp => -page,
        Action::PageDown => page,
        Action::First => isize::MIN,
        Action::Last => isize::MAX,
        _ => return None,
    })
}
