//! The pages, and what all of them can do. Open ones form a stack whose lowest is the dashboard.
//!
//! A new page is a file here, with its state, the actions it takes and its hints; a file of the same name in `tui/pages`, which
//! draws it; a line in `pages!` below; and its rows in the table of keys, `tui/keymap`.

pub mod about;
pub mod columns;
pub mod comparison;
pub mod dashboard;
pub mod first;
pub mod help;
pub mod layer;
pub mod row;
pub mod scores;
pub mod scroll;
pub mod table;

use super::action::Action;
use super::context::Context;
use super::session::Session;
use crate::message::{Ask, Report, Subject};

/// What every page can do.
pub trait Behaviour {
    /// Takes an action; false where it is none of this page's.
    fn update(&mut self, action: Action, context: &mut Context<'_>) -> bool;

    /// What the hint line says about an action that is bound on this page.
    fn hint(&self, _action: Action, _session: &Session) -> Hint {
        Hint::AsListed
    }

    /// Takes what the worker tells, after the session has.
    fn apply(&mut self, _report: &Report, _session: &Session) {}

    /// What happens when it is left by `esc`.
    fn close(&mut self, _context: &mut Context<'_>) {}

    /// Looks for a row or a column from the selection on, leaving out the first `skip` places.
    fn find(&mut self, _text: &str, _skip: usize, context: &mut Context<'_>) {
        context.effects.say("there is nothing to find on this page");
    }

    /// The same towards the beginning.
    fn find_backwards(&mut self, text: &str, context: &mut Context<'_>) {
        self.find(text, 1, context);
    }

    /// Takes a condition on rows as it was typed; an empty one takes all away.
    fn add_filter(&mut self, _typed: &str, context: &mut Context<'_>) {
        context.effects.say("filters are for the table: T opens it");
    }

    /// Whether rows can be filtered here.
    fn filters(&self) -> bool {
        false
    }

    /// Goes to the row of this number or rank; false where the page has no way to.
    fn go_to(&mut self, _subject: Subject, _number: &str, _context: &mut Context<'_>) -> bool {
        false
    }

    /// The part of the table that the page shows.
    fn browses(&self, _session: &Session) -> Option<Ask> {
        None
    }

    /// The rows of which the page shows every column's share.
    fn weighs(&self) -> Option<Vec<u32>> {
        None
    }

    /// The row that is selected here, where that is not the one of the selected rank.
    fn row(&self) -> Option<u32> {
        None
    }

    /// The row and the column of the file of the selected cell, where there is one.
    fn cell(&self) -> Option<(u32, usize)> {
        None
    }

    /// Whether the page shows how all scores are spread.
    fn spreads(&self) -> bool {
        false
    }

    /// What `/` looks for here; none where there is nothing to find.
    fn sought(&self) -> Option<&'static str> {
        None
    }

    /// The row that the page asks the worker about.
    fn watched_row(&self) -> Option<u32> {
        None
    }

    /// Whether it can be shown although there is no run.
    fn stands_alone(&self) -> bool {
        false
    }

    /// The page can be scrolled this far; whoever draws it knows.
    fn measure(&mut self, _overflow: usize) {}
}

/// How the hint line shows a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// In the words of the table of keys.
    AsListed,
    /// In these words.
    Word(&'static str),
    /// Not at all: it would do nothing.
    Hidden,
}

/// Declares [`Page`], [`PageKind`] and the way from one to its state.
macro_rules! pages {
    ($($(#[$doc:meta])* $kind:ident($state:ty) $name:literal,)+) => {
        /// An open page.
        #[derive(Debug)]
        pub enum Page {
            $($(#[$doc])* $kind($state),)+
        }

        /// Which page.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum PageKind {
            $($(#[$doc])* $kind,)+
        }

        impl PageKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// What it is called.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }
        }

        impl Page {
            /// Which page it is.
            pub const fn kind(&self) -> PageKind {
                match self { $(Self::$kind(_) => PageKind::$kind,)+ }
            }

            /// What it does.
            pub fn behaviour(&self) -> &dyn Behaviour {
                match self { $(Self::$kind(state) => state,)+ }
            }

            /// What it does, to be told.
            pub fn behaviour_mut(&mut self) -> &mut dyn Behaviour {
                match self { $(Self::$kind(state) => state,)+ }
            }
        }

        $(impl From<$state> for Page {
            fn from(state: $state) -> Self {
                Self::$kind(state)
            }
        })+
    };
}

pages! {
    /// Curves, layers, outliers.
    Dashboard(dashboard::Dashboard) "dashboard",
    /// How the scores are spread, and where flagging begins.
    Scores(scores::Scores) "scores",
    /// All rows.
    Table(table::Table) "table",
    /// The first rows, while the rest is read.
    First(first::First) "first rows",
    /// One row.
    Row(row::Row) "row page",
    /// One layer.
    Layer(layer::Layer) "layer page",
    /// The columns of the table.
    Columns(columns::Columns) "columns",
    /// Variants of the network side by side.
    Comparison(comparison::ComparisonPage) "comparison",
    /// What was read and how it is learned.
    About(about::About) "about",
    /// The keys.
    Help(help::Help) "help",
}
