//! The order of the rows and the filters on them, changed and in words.

use super::{Table, filter};
use crate::app::context::Context;
use crate::app::session::Session;
use crate::message::{Filter, Order, Subject, Test};

impl Table {
    pub(super) fn sort(&mut self, context: &mut Context<'_>) {
        let arrangement = &mut context.session.arrangement;
        let by = Order::Column(self.column);
        let (order, reversed) = match (arrangement.order == by, arrangement.reversed) {
            (false, _) => (by, false),
            (true, false) => (by, true),
            (true, true) => (Order::Rank, false),
        };
        (arrangement.order, arrangement.reversed) = (order, reversed);
        self.rearrange(context);
    }

    /// Something else is asked for: from its beginning.
    pub(super) fn rearrange(&mut self, context: &mut Context<'_>) {
        self.at = 0;
        self.unfound = None;
        context.effects.say(in_words(context.session));
    }

    /// Adds a condition as it was typed.
    pub fn add_filter(&mut self, typed: &str, context: &mut Context<'_>) {
        match filter::parse(typed, context.session.columns()) {
            Ok(filter) => {
                context.session.arrangement.filters.push(filter);
                self.rearrange(context);
            }
            Err(expected) => context.effects.say(expected),
        }
    }

    pub(super) fn drop_filter(&mut self, context: &mut Context<'_>) {
        match context.session.arrangement.filters.pop() {
            Some(_) => self.rearrange(context),
            None => context.effects.say("there is no filter; & adds one"),
        }
    }

    /// Leaves only the rows that hold the same as this one in this column.
    pub(super) fn filter_like_this(&mut self, context: &mut Context<'_>) {
        let cell = self.selected().and_then(|line| line.cells.get(self.column));
        let column = context.session.columns().get(self.column);
        if let (Some(cell), Some(column)) = (cell, column) {
            let filter = Filter {
                subject: Subject::Column(self.column),
                test: Test::Is(cell.clone()),
                typed: format!("{} = {cell}", column.name),
            };
            context.session.arrangement.filters.push(filter);
            self.rearrange(context);
        }
    }
}

/// Order and filters, in words.
fn in_words(session: &Session) -> String {
    let arrangement = &session.arrangement;
    let order = match arrangement.order {
        Order::Rank => "the strangest".to_owned(),
        Order::File => "the file's".to_owned(),
        Order::Column(column) => {
            let name = session
                .columns()
                .get(column)
                .map_or("", |column| &column.name);
            format!("by {name}")
        }
    };
    let way = match (arrangement.order, arrangement.reversed) {
        (Order::Rank, false) => " first",
        (Order::Rank, true) => " last",
        (Order::File, false) => " order",
        (Order::File, true) => " order, from its end",
        (Order::Column(_), false) => ", ascending",
        (Order::Column(_), true) => ", descending",
    };
    let filters: Vec<&str> = arrangement
        .filters
        .iter()
        .map(|filter| filter.typed.as_str())
        .collect();
    match filters[..] {
        [] => format!("{order}{way}"),
        _ => format!("{order}{way}; only {}", filters.join(", ")),
    }
}
