//! Rows brought into order and filtered, with a pass through the file where that takes one.

use super::condition::{Condition, Facts};
use super::keys::Keys;
use super::{Browser, Pass};
use crate::message::{Arrangement, Filter, Order};
use crate::score::ranking::Standing;

impl Browser {
    /// Brings the rows into order; why not quite as it was asked, if so.
    pub(super) fn arrange(&mut self, wanted: &Arrangement) -> Pass<Option<String>> {
        if self
            .arranged
            .as_ref()
            .is_some_and(|(arrangement, _)| arrangement == wanted)
        {
            return Ok(None);
        }
        let mut problem = None;
        let known = self.passing.as_ref().is_some_and(|(filters, _)| {
            *filters == wanted.filters
                && !filters
                    .iter()
                    .any(|filter| Condition::moves(filter.subject))
        });
        if !known {
            self.passing = None;
            match self.passing(&wanted.filters, wanted)? {
                Ok(rows) => self.passing = Some((wanted.filters.clone(), rows)),
                Err(why) => problem = Some(why),
            }
        }
        if let Order::Column(column) = wanted.order {
            self.load_keys(column)?;
        }
        let passing = self.passing.as_ref().map(|(_, rows)| rows);
        let passes = |row: &u32| {
            let rank = self.standing.ranks.get(*row as usize);
            rank != Some(&Standing::UNRANKED)
                && passing.is_none_or(|rows| rows[*row as usize])
                && !wanted.hidden.contains(row)
        };
        let mut rows: Vec<u32> = (0..self.store.rows as u32).filter(passes).collect();
        match (wanted.order, &self.keys) {
            (Order::Rank, _) if self.standing.ranks.len() == self.store.rows => {
                rows.sort_by_key(|row| self.standing.ranks[*row as usize]);
                reverse(&mut rows, wanted.reversed);
            }
            (Order::Column(_), Some((_, keys))) => keys.sort(&mut rows, wanted.reversed),
            _ => reverse(&mut rows, wanted.reversed),
        }
        self.arranged = Some((wanted.clone(), rows));
        Ok(problem)
    }

    /// Reads what each row holds in a column, to sort by; nothing where the file cannot be read any more.
    pub(super) fn load_keys(&mut self, column: usize) -> Pass<()> {
        if self
            .keys
            .as_ref()
            .is_some_and(|(known, _)| *known == column)
        {
            return Ok(());
        }
        let mut keys = Keys::new(&self.store, column);
        let store = std::mem::take(&mut self.store);
        let done = store.scan(
            |row, record| keys.add(row, record),
            || self.is_interrupted(),
        );
        self.store = store;
        self.keys = done?.then_some((column, keys));
        Ok(())
    }

    /// What is known of a row without reading it.
    fn facts(&self, row: u32, arrangement: &Arrangement) -> Facts {
        let (standing, place) = (&self.standing, row as usize);
        let rank = standing.ranks.get(place).map(|rank| u64::from(*rank));
        Facts {
            number: u64::from(self.store.number(row)),
            rank,
            score: standing.scores.get(place).copied().unwrap_or(f32::NAN),
            flagged: rank.is_some_and(|rank| (rank as usize) < standing.flagged),
            outlier: self.store.outlier.as_ref().map(|outlier| outlier[place]),
            marked: arrangement.marked.contains(&row),
        }
    }

    /// Which rows meet all conditions; the inner error is one of them that cannot be understood.
    pub(super) fn passing(
        &mut self,
        filters: &[Filter],
        arrangement: &Arrangement,
    ) -> Pass<std::result::Result<Vec<bool>, String>> {
        let conditions: std::result::Result<Vec<Condition>, String> =
            filters.iter().map(Condition::new).collect();
        let conditions = match conditions {
            Ok(conditions) => conditions,
            Err(why) => return Ok(Err(why)),
        };
        let mut rows: Vec<bool> = (0..self.store.rows as u32)
            .map(|row| {
                let facts = self.facts(row, arrangement);
                conditions
                    .iter()
                    .all(|condition| condition.about_row(&facts).unwrap_or(true))
            })
            .collect();
        if conditions.iter().any(Condition::reads) {
            let spelling = self.store.spelling();
            let store = std::mem::take(&mut self.store);
            let mut seen = vec![false; store.rows];
            let done = store.scan(
                |row, record| {
                    seen[row] = rows[row]
                        && conditions
                            .iter()
                            .all(|condition| condition.about_record(record, spelling));
                },
                || self.is_interrupted(),
            );
            self.store = store;
            if !done? {
                let why = "the file has changed or was piped in: its columns cannot be searched";
                return Ok(Err(why.into()));
            }
            rows = seen;
        }
        Ok(Ok(rows))
    }
}

fn reverse(rows: &mut [u32], reversed: bool) {
    if reversed {
        rows.reverse();
    }
}
