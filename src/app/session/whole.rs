//! The rows of a file that is larger than memory: whether they are scored, and whose ranking is shown, theirs or the sample's.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{Phase, Session};
use crate::app::context::Effects;
use crate::format;
use crate::message::{Apart, Command, Scoring, Whole};

/// What is known of the whole file.
#[derive(Debug, Default)]
pub struct WholeFile {
    /// Rows that a pass has been through, in a hundred, while it goes on.
    pub percent: Option<u8>,
    /// Whether it looks for rows, and does not score all of them anew.
    pub fetches: bool,
    /// What came of it.
    pub known: Option<Whole>,
    /// Whether the ranking on the screen is of all rows.
    pub shown: bool,
    /// Numbers of rows that the user has marked, and called ordinary, while they are not here.
    away: [BTreeSet<u32>; 2],
}

impl Session {
    /// Rows of the file where they are more than memory holds.
    pub fn all_rows(&self) -> Option<usize> {
        self.loaded.as_ref()?.of
    }

    /// All rows, where their ranking is on the screen.
    pub fn shown_whole(&self) -> Option<&Whole> {
        let known = self.whole.known.as_ref();
        known.filter(|_| self.whole.shown && self.looking.is_none())
    }

    /// Shows the ranking of all rows or the sample's; scores all rows where that was not done, or with an older network.
    pub fn turn_whole(&mut self, effects: &mut Effects) {
        let Some(rows) = self.larger(effects) else {
            return;
        };
        if self.ranking.is_none() {
            return effects.say("there is no ranking yet");
        }
        let now = self.run.step();
        match &self.whole.known {
            Some(_) if self.whole.shown => {
                effects.say("the ranking of the sample; W shows that of the whole file");
                effects.send(Command::ShowWhole(false));
            }
            Some(known) if known.step == now || self.whole.percent.is_some() => {
                effects.say(Self::about_whole(known));
                effects.send(Command::ShowWhole(true));
            }
            _ if self.whole.percent.is_some() => self.score_all(effects),
            _ if self.phase == Phase::Training && now == 0 => {
                effects.say("the network has learned nothing yet");
            }
            _ => {
                effects.say(format!(
                    "scoring all {} rows with the network after step {}; W breaks it off",
                    format::group(rows),
                    format::group(now)
                ));
                effects.send(Command::ScoreAll);
            }
        }
    }

    /// Scores all rows with the network as it is, or breaks that off.
    pub fn score_all(&mut self, effects: &mut Effects) {
        if self.larger(effects).is_none() {
            return;
        }
        effects.say(match (self.whole.percent, self.whole.fetches) {
            (Some(_), true) => "no more of the file is read",
            (Some(_), false) => "the scoring of all rows is broken off; W begins it again",
            (None, _) => "scoring all rows; W breaks it off",
        });
        effects.send(Command::ScoreAll);
    }

    /// Rows of the file where they are more than memory holds and there is a run; else it says so.
    pub(super) fn larger(&self, effects: &mut Effects) -> Option<usize> {
        if !self.is_open() {
            effects.say("there is no table to work on yet");
            return None;
        }
        let rows = self.all_rows();
        if rows.is_none() {
            effects.say("every row of the file is in the table");
        }
        rows
    }

    /// Which rows these are.
    pub fn about_whole(whole: &Whole) -> String {
        format!(
            "all {} rows of the file are scored: these are the first {} of them; W shows the sample's ranking",
            format::group(whole.rows),
            format::group(whole.kept)
        )
    }

    pub(super) fn take_scoring(&mut self, scoring: Scoring) {
        self.whole.fetches = matches!(scoring, Scoring::Fetching(_));
        self.whole.percent = match scoring {
            Scoring::Percent(percent) | Scoring::Fetching(percent) => Some(percent),
            Scoring::Stopped | Scoring::Failed(_) => None,
            Scoring::Forgotten => {
                self.take_whole(None);
                None
            }
            Scoring::Done(whole) | Scoring::Fetched { whole, .. } => {
                self.take_whole(Some(whole));
                None
            }
        };
    }

    /// Rows behind the sample are called otherwise from now on: what the user set apart among them goes with their numbers.
    fn take_whole(&mut self, whole: Option<Whole>) {
        let sampled = |whole: &Whole| whole.sampled;
        let before = self.whole.known.as_ref().map(sampled);
        let Some(from) = whole.as_ref().map(sampled).or(before) else {
            return;
        };
        let is_behind = |row: &&u32| **row as usize >= from;
        let apart = [&self.arrangement.marked, &self.ordinary];
        let numbers = apart.map(|rows| {
            let behind = rows.iter().filter(is_behind);
            behind.map(|row| self.row_number(*row)).collect::<Vec<_>>()
        });
        for (away, numbers) in self.whole.away.iter_mut().zip(numbers) {
            away.extend(numbers);
        }
        if let Some(loaded) = &mut self.loaded {
            let own = loaded.rows;
            let grow = whole.clone().unwrap_or_default();
            if let Some(numbers) = &mut loaded.numbers {
                numbers.truncate(own);
                numbers.extend(grow.numbers);
            }
            if let Some(ids) = &mut loaded.ids {
                ids.truncate(own);
                ids.extend(grow.ids.unwrap_or_default());
            }
            if let Some(outlier) = &mut loaded.outlier {
                outlier.truncate(own);
                outlier.extend(grow.outlier.unwrap_or_default());
            }
        }
        let places: HashMap<u32, u32> = whole
            .iter()
            .flat_map(|whole| &whole.numbers)
            .copied()
            .zip(from as u32..)
            .collect();
        let moved = |rows: &Apart, away: &mut BTreeSet<u32>| -> Apart {
            let mut rows: BTreeSet<u32> = rows.range(..from as u32).copied().collect();
            away.retain(|number| {
                rows.extend(places.get(number));
                !places.contains_key(number)
            });
            Arc::new(rows)
        };
        let [marked, ordinary] = &mut self.whole.away;
        self.arrangement.marked = moved(&self.arrangement.marked, marked);
        self.ordinary = moved(&self.ordinary, ordinary);
        self.hide();
        self.whole.shown &= whole.is_some();
        self.whole.known = whole;
    }
}
