//! What a page may look at and change besides itself, and what it may ask for.

use super::pages::Page;
use super::session::Session;
use crate::message::Command;

/// What is selected, whichever page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selection {
    /// Layer in the order of the data flow.
    pub layer: usize,
    /// Rank, 0 = the strangest row.
    pub rank: usize,
}

/// What a page works with while it answers an action.
pub struct Context<'a> {
    /// What is true wherever the user is.
    pub session: &'a mut Session,
    /// What is selected.
    pub selection: &'a mut Selection,
    /// What the page asks for.
    pub effects: &'a mut Effects,
    /// Lines that a page key moves by.
    pub page_length: usize,
}

impl Context<'_> {
    /// The row at the selected rank.
    pub fn selected_row(&self) -> Option<u32> {
        let ranked = self.session.ranked().get(self.selection.rank)?;
        Some(ranked.row)
    }

    /// Selects another rank, `by` places on.
    pub fn move_rank(&mut self, by: isize) {
        let ranked = self.session.ranked().len();
        self.selection.rank = moved(self.selection.rank, by, ranked);
    }

    /// Selects another layer, `by` places on.
    pub fn move_layer(&mut self, by: isize) {
        let layers = self.session.layer_count();
        self.selection.layer = moved(self.selection.layer, by, layers);
    }
}

/// `at` moved by so many places within `length`.
pub fn moved(at: usize, by: isize, length: usize) -> usize {
    at.saturating_add_signed(by).min(length.saturating_sub(1))
}

/// What an action asks for besides changing the state.
#[derive(Debug, Default)]
pub struct Effects {
    /// For the worker, in order.
    pub commands: Vec<Command>,
    /// For the hint line, until the next key.
    pub answer: Option<String>,
    /// Where to go.
    pub go: Option<Go>,
}

/// Where to go.
#[derive(Debug)]
pub enum Go {
    /// Opens a page on top of this one.
    Open(Box<Page>),
    /// Back to the page below.
    Close,
}

impl Effects {
    /// Tells the worker.
    pub fn send(&mut self, command: Command) {
        self.commands.push(command);
    }

    /// Answers the user.
    pub fn say(&mut self, answer: impl Into<String>) {
        self.answer = Some(answer.into());
    }

    /// Opens a page on top of this one.
    pub fn open(&mut self, page: impl Into<Page>) {
        self.go = Some(Go::Open(Box::new(page.into())));
    }

    /// Goes back to the page below.
    pub fn close(&mut self) {
        self.go = Some(Go::Close);
    }
}
