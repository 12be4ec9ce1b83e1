//! Rows that the user has set apart: marked ones, and those called ordinary, which leave the ranking.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Session;
use crate::score::ranking::Ranking;

impl Session {
    /// Marks a row, or no longer; whether it is marked now.
    pub fn toggle_mark(&mut self, row: u32) -> bool {
        toggle(Arc::make_mut(&mut self.arrangement.marked), row)
    }

    /// Calls a row ordinary, or no longer; whether it is called so now.
    pub fn toggle_ordinary(&mut self, row: u32) -> bool {
        let is = toggle(Arc::make_mut(&mut self.ordinary), row);
        self.hide();
        if let Some(ranking) = self.whole_ranking.clone() {
            self.take_ranking(ranking);
        }
        is
    }

    /// Shows the rows called ordinary in the table, or no longer.
    pub fn toggle_shows_ordinary(&mut self) {
        self.shows_ordinary = !self.shows_ordinary;
        self.hide();
    }

    pub(super) fn hide(&mut self) {
        self.arrangement.hidden = if self.shows_ordinary {
            Arc::default()
        } else {
            Arc::clone(&self.ordinary)
        };
    }

    /// Takes a ranking; its list goes on without the rows called ordinary.
    pub(super) fn take_ranking(&mut self, ranking: Ranking) {
        let mut list = ranking.clone();
        self.whole_ranking = Some(ranking);
        if !self.ordinary.is_empty() {
            let ordinary = |row: u32| self.ordinary.contains(&row);
            let gone: Vec<u32> = list
                .rows
                .iter()
                .take(list.flag.count)
                .map(|ranked| ranked.row)
                .filter(|row| ordinary(*row))
                .collect();
            list.rows.retain(|ranked| !ordinary(ranked.row));
            list.flag.count -= gone.len();
            if let Some(hits) = &mut list.hits {
                let right = gone
                    .iter()
                    .filter(|row| self.is_labelled(**row) == Some(true));
                hits.hits -= right.count();
                hits.flagged -= gone.len();
            }
        }
        self.ranking = Some(list);
    }
}

fn toggle(rows: &mut BTreeSet<u32>, row: u32) -> bool {
    let added = rows.insert(row);
    if !added {
        rows.remove(&row);
    }
    added
}
