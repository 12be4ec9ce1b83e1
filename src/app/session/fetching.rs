//! Rows of a file larger than memory that are not here: asked for, and what is said of them when they are.

use super::Session;
use crate::app::context::Effects;
use crate::format::group;
use crate::message::{Command, Fetch, Filter, Subject, Whole};

impl Session {
    /// Whether a row of this id or number is among those that show: of the whole file's the sample's only where they are listed,
    /// since others do not rank there.
    pub fn is_here(&self, name: &str) -> bool {
        let Some(row) = self.row_called(name) else {
            return false;
        };
        let sampled = self.whole.known.as_ref().map_or(0, |whole| whole.sampled);
        let behind = row as usize >= sampled;
        match self.shown_whole() {
            Some(_) => behind || self.rank_of(row).is_some(),
            None => !behind,
        }
    }

    /// Reads on: the rows that meet the filters and what was looked for besides, or where nothing is asked the next ones of the
    /// ranking. While that goes on: no longer.
    pub fn fetch_more(&mut self, sought: Option<Filter>, effects: &mut Effects) {
        if self.whole.percent.is_some() && self.whole.fetches {
            return self.score_all(effects);
        }
        let mut filters = self.arrangement.filters.clone();
        filters.extend(sought);
        if filters
            .iter()
            .any(|filter| filter.subject == Subject::Marked)
        {
            return effects.say("a filter is about marked rows, and those are here");
        }
        let all = self.whole.known.as_ref();
        if filters.is_empty() && all.is_some_and(|whole| whole.kept == whole.rows) {
            return effects.say("every row of the file is here");
        }
        let fetch = if filters.is_empty() {
            Fetch::Next
        } else {
            Fetch::Meeting(filters)
        };
        self.fetch(fetch, effects);
    }

    /// Reads rows of the file that are not here.
    pub fn fetch(&mut self, fetch: Fetch, effects: &mut Effects) {
        let Some(rows) = self.larger(effects) else {
            return;
        };
        if self.whole.percent.is_some() {
            return effects
                .say("all rows are passed through already; once that is done, ask again");
        }
        let Some(known) = &self.whole.known else {
            return effects.say("the rows of the file are not scored yet; W does that");
        };
        if !self.whole.shown && known.step != self.run.step() {
            return effects.say(format!(
                "all rows were scored after step {}, and the network has learned on; W scores them anew",
                group(known.step)
            ));
        }
        self.look_at(None, effects);
        if !self.whole.shown {
            effects.send(Command::ShowWhole(true));
        }
        let key = match fetch {
            Fetch::Called(_) => ":read-on",
            Fetch::Next | Fetch::Meeting(_) => "a",
        };
        effects.say(format!(
            "looking through all {} rows of the file for {}; {key} breaks it off",
            group(rows),
            in_words(&fetch)
        ));
        let keep = self.arrangement.marked.union(&self.ordinary);
        let keep = keep.copied().collect();
        effects.send(Command::Fetch(fetch, keep));
    }

    /// What came of it: how many such rows there are in the file, and how many of them are here.
    pub fn about_fetched(fetch: &Fetch, (count, here): (usize, usize), whole: &Whole) -> String {
        let rows = group(whole.rows);
        match (fetch, count) {
            (Fetch::Next, _) => format!(
                "the first {} of all {rows} rows are here",
                group(whole.kept)
            ),
            (Fetch::Called(name), 0) => format!("no row of the file is called “{name}”"),
            (Fetch::Called(name), _) => format!("row {name} is read from the file"),
            (Fetch::Meeting(filters), 0) => {
                format!("{}: none of all {rows} rows of the file", typed(filters))
            }
            (Fetch::Meeting(filters), _) => {
                let met = format!(
                    "{}: {} of all {rows} rows of the file",
                    typed(filters),
                    group(count)
                );
                if count > here {
                    format!("{met}, of which the first {} are here", group(here))
                } else {
                    met
                }
            }
        }
    }
}

/// What is looked for.
fn in_words(fetch: &Fetch) -> String {
    match fetch {
        Fetch::Next => "the next ranks".into(),
        Fetch::Called(name) => format!("row {name}"),
        Fetch::Meeting(filters) => typed(filters),
    }
}

fn typed(filters: &[Filter]) -> String {
    let typed: Vec<&str> = filters.iter().map(|filter| &*filter.typed).collect();
    typed.join(", ")
}
