//! The page of columns: which one is selected, and what the user wants of each.

use std::collections::BTreeMap;

use super::{App, Page};
use crate::data::columns::kind::Kind;
use crate::message::{Change, Choice, ColumnInfo, Command};

/// The page of columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnsView {
    /// Selected column, in file order.
    pub line: usize,
    /// What the user wants of columns, by name; none is what was found.
    pub wanted: BTreeMap<String, Choice>,
    /// What the table on the screen was read with.
    pub applied: BTreeMap<String, Choice>,
}

impl ColumnsView {
    /// Columns that are wanted otherwise than they were read.
    pub fn pending(&self) -> usize {
        let names = self.wanted.keys().chain(self.applied.keys());
        let names: std::collections::BTreeSet<&String> = names.collect();
        let differs = |name: &&&String| self.wanted.get(**name) != self.applied.get(**name);
        names.iter().filter(differs).count()
    }
}

/// The choices in the order in which the keys go through them; none is what was found.
const CHOICES: [Option<Choice>; 7] = [
    None,
    Some(Choice::As(Kind::Number)),
    Some(Choice::As(Kind::Datetime)),
    Some(Choice::As(Kind::Category)),
    Some(Choice::As(Kind::Id)),
    Some(Choice::As(Kind::Label)),
    Some(Choice::Drop),
];

impl App {
    /// The columns of the table, once read.
    pub fn file_columns(&self) -> &[ColumnInfo] {
        self.loaded.as_ref().map_or(&[], |loaded| &loaded.columns)
    }

    /// The selected column's name.
    fn selected_column(&self) -> Option<String> {
        let column = self.file_columns().get(self.columns.line)?;
        Some(column.name.clone())
    }

    pub(super) fn open_columns(&mut self) {
        match self.page {
            Page::Columns => self.close_columns(),
            _ if self.loaded.is_some() && self.is_open() => self.page = Page::Columns,
            _ => {}
        }
    }

    /// Forgets what was not applied.
    pub(super) fn close_columns(&mut self) {
        self.page = Page::Dashboard;
        if self.columns.pending() > 0 {
            self.columns.wanted = self.columns.applied.clone();
            self.answer = Some("the columns stay as they were".into());
        }
    }

    /// Leaves the selected column out, or takes it in again.
    pub(super) fn toggle_column(&mut self) {
        let Some(name) = self.selected_column() else {
            return;
        };
        if self.columns.wanted.get(&name) == Some(&Choice::Drop) {
            self.columns.wanted.remove(&name);
        } else {
            self.columns.wanted.insert(name, Choice::Drop);
        }
    }

    /// Goes `by` places on through what the selected column can be.
    pub(super) fn turn_kind(&mut self, by: usize) {
        let Some(name) = self.selected_column() else {
            return;
        };
        let now = self.columns.wanted.get(&name).copied();
        let at = CHOICES
            .iter()
            .position(|choice| *choice == now)
            .unwrap_or(0);
        match CHOICES[(at + by) % CHOICES.len()] {
            Some(choice) => self.columns.wanted.insert(name, choice),
            None => self.columns.wanted.remove(&name),
        };
    }

    pub(super) fn kinds_before(&mut self) {
        self.turn_kind(CHOICES.len() - 1);
    }

    /// Asks for the table as it is wanted.
    pub(super) fn apply_columns(&mut self) -> Vec<Command> {
        if self.columns.pending() == 0 {
            self.answer = Some(
                "nothing has changed; d leaves a column out, → reads it as another kind".into(),
            );
            return Vec::new();
        }
        self.columns.applied = self.columns.wanted.clone();
        self.page = Page::Dashboard;
        let change = |(column, choice): (&String, &Choice)| Change {
            column: column.clone(),
            choice: *choice,
        };
        vec![Command::Reread(
            self.columns.wanted.iter().map(change).collect(),
        )]
    }
}
