//! The experiment that is on, or was last: variants of the network side by side.

use super::{App, Page};
use crate::compare::standing::Comparison;
use crate::message::Command;

/// The experiment as the screen knows it.
#[derive(Debug, Default)]
pub struct ComparisonView {
    /// Where it stands.
    pub latest: Option<Comparison>,
    /// Whether the worker is at it.
    pub runs: bool,
}

impl App {
    /// Opens the page, where it begins the experiment unless there is one; on the page, begins it anew.
    pub(super) fn compare(&mut self) -> Vec<Command> {
        if self.loaded.is_none() || !self.is_open() {
            return Vec::new();
        }
        let here = self.page == Page::Comparison;
        self.page = Page::Comparison;
        if self.comparison.runs || (self.comparison.latest.is_some() && !here) {
            return Vec::new();
        }
        self.comparison = ComparisonView {
            latest: None,
            runs: true,
        };
        vec![Command::Compare]
    }

    /// Closes the page; an experiment that is not finished ends there.
    pub(super) fn close_comparison(&mut self) -> Vec<Command> {
        self.page = Page::Dashboard;
        if !self.comparison.runs {
            return Vec::new();
        }
        self.comparison = ComparisonView::default();
        vec![Command::StopComparing]
    }

    /// A report that comes after the experiment was ended says nothing any more.
    pub(super) fn take_comparison(&mut self, comparison: Comparison) {
        if self.comparison.runs {
            self.comparison.runs = !comparison.finished();
            self.comparison.latest = Some(comparison);
        }
    }

    /// The worker cannot do what it was asked; why is said elsewhere.
    pub(super) fn refuse_comparison(&mut self) {
        if self.comparison.runs {
            self.comparison = ComparisonView::default();
            if self.page == Page::Comparison {
                self.page = Page::Dashboard;
            }
        }
    }
}
