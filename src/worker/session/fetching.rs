//! Rows of a file larger than memory that are not here, read from it when the user asks.

use super::Session;
use super::scoring::{Passed, Scoring};
use crate::error::{Error, Result};
use crate::fetch::Search;
use crate::message::{Fetch, Report, Scoring as Told};
use crate::train::whole::FromFile;

/// What was asked for, and what is to stay of what was read before.
pub(super) struct Wish {
    fetch: Fetch,
    keep: Vec<u32>,
}

/// Rows that were read.
pub(super) struct Read {
    wish: Wish,
    /// How many are in the file.
    count: usize,
    rows: FromFile,
}

impl Session {
    /// Begins to read rows that are not here.
    pub(super) fn fetch(&mut self, fetch: Fetch, keep: Vec<u32>) {
        if self.scoring.is_some() {
            let why = "all rows are passed through already; once that is done, ask again";
            return self.send(Report::Scoring(Told::Failed(why.into())));
        }
        let begun = self.begin_fetch(Wish { fetch, keep });
        self.passes(begun, Told::Fetching);
    }

    fn begin_fetch(&mut self, wish: Wish) -> Result<Scoring> {
        let threads = self.threads_of_pass();
        let trainer = self.trainer();
        let unscored =
            || Error::Told("the rows of the file are not scored yet; W does that".into());
        let whole = trainer.whole().ok_or_else(unscored)?;
        let search = Search::new(&wish.fetch, trainer.data(), whole, threads)?;
        self.pass(search.rows()?, Told::Fetching, move |mut going| {
            let (count, rows) = search.read(&mut |rows| going.passed(rows))?;
            Ok(Passed::Some(Box::new(Read { wish, count, rows })))
        })
    }

    /// Takes rows that were read, behind those that are here.
    pub(super) fn take_read(&mut self, read: Read) {
        let Read { wish, count, rows } = read;
        let Some(whole) = self.trainer().whole_mut() else {
            return;
        };
        let here = rows.scores.len();
        let first = if wish.fetch == Fetch::Next {
            let before = whole.top().len();
            whole.go_on(&rows, &wish.keep);
            whole.top().get(before).copied()
        } else {
            whole.add(&rows, &wish.keep).first().copied()
        };
        let whole = whole.told();
        self.hand_over();
        self.send(Report::Scoring(Told::Fetched {
            fetch: wish.fetch,
            count,
            here,
            first,
            whole,
        }));
        self.show();
    }
}
