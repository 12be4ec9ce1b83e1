//! The rows of the file that stand behind the sample: the first of the ranking, and such as were read besides.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Whole;
use crate::data::encoder::More;
use crate::score::ranking::Standing;

/// Rows of the file with their scores.
#[derive(Debug, Default)]
pub struct FromFile {
    /// The rows.
    pub more: More,
    /// The score of each.
    pub scores: Vec<f32>,
    /// The truth about each; of no meaning where there is no label.
    pub outliers: Vec<bool>,
}

impl FromFile {
    fn push(&mut self, other: &Self, row: usize) {
        self.more.push(&other.more, row);
        self.scores.push(other.scores[row]);
        self.outliers.push(other.outliers[row]);
    }
}

/// Rows on their way behind the sample, each once.
struct Placing {
    /// Which row here has which number in the file.
    known: HashMap<u32, u32>,
    next: u32,
    behind: FromFile,
}

impl Placing {
    /// The rows of `scored`, as rows that are here.
    fn place(&mut self, scored: &FromFile) -> Vec<u32> {
        let place = |(row, number): (usize, &u32)| {
            *self.known.entry(*number).or_insert_with(|| {
                self.behind.push(scored, row);
                self.next += 1;
                self.next - 1
            })
        };
        scored.more.numbers.iter().enumerate().map(place).collect()
    }
}

impl Whole {
    /// Takes in the rows that follow the first ones, in order. Of those that were read besides, `keep` stay.
    pub fn go_on(&mut self, next: &FromFile, keep: &[u32]) {
        let (mut placing, stay) = self.placing(keep);
        self.top.extend(placing.place(next));
        let fixed = placing.next as usize;
        let besides = placing.place(&stay);
        self.take_in(placing, besides, self.fixed);
        self.fixed = fixed;
    }

    /// Takes in rows that were read besides; which they are here. Of those that were so before, `keep` stay.
    pub fn add(&mut self, read: &FromFile, keep: &[u32]) -> Vec<u32> {
        let (mut placing, stay) = self.placing(keep);
        let mut besides = placing.place(&stay);
        let added = placing.place(read);
        besides.extend(&added);
        self.take_in(placing, besides, self.fixed);
        added
    }

    /// Begins anew behind the first rows; those that are to stay of what was read besides.
    fn placing(&self, keep: &[u32]) -> (Placing, FromFile) {
        let data = &self.grounds.data;
        let numbers = (0..self.fixed).map(|row| (data.provenance.number(row), row as u32));
        let placing = Placing {
            known: numbers.collect(),
            next: self.fixed as u32,
            behind: FromFile::default(),
        };
        let stay = self.besides.iter().filter(|row| keep.contains(row));
        let stay: Vec<usize> = stay.map(|row| *row as usize).collect();
        let is_outlier = |row: &usize| self.outlier.as_ref().is_some_and(|outlier| outlier[*row]);
        let stay = FromFile {
            scores: stay.iter().map(|row| self.scores[*row]).collect(),
            outliers: stay.iter().map(is_outlier).collect(),
            more: data.more(stay.into_iter()),
        };
        (placing, stay)
    }

    fn take_in(&mut self, placing: Placing, besides: Vec<u32>, fixed: usize) {
        let FromFile {
            more,
            scores,
            outliers,
        } = placing.behind;
        let mut listed: HashSet<u32> = self.top.iter().copied().collect();
        self.besides = besides;
        self.besides.retain(|row| listed.insert(*row));
        self.grounds.data = Arc::new(self.grounds.data.with_rows_behind(fixed, more));
        self.scores.truncate(fixed);
        self.scores.extend(scores);
        self.outlier = self.outlier.take().map(|own| {
            let own = own.iter().take(fixed).copied();
            own.chain(outliers).collect()
        });
        self.flag_by(self.ranking.flag.rule);
    }

    /// How the rows that are here rank: those that are none of the first are ranked by the counts where they were read besides,
    /// and else not.
    pub(in crate::train) fn standing(&self) -> Standing {
        let mut ranks = vec![Standing::UNRANKED; self.scores.len()];
        for (rank, row) in self.top.iter().enumerate() {
            ranks[*row as usize] = rank as u32;
        }
        let flag = self.ranking.flag;
        let counted = (!self.besides.is_empty()).then(|| self.distribution.ranks());
        for row in &self.besides {
            let score = self.scores[*row as usize];
            let rank = counted.as_ref().map_or(0, |ranks| ranks.of(score)) as usize;
            let rank = rank.max(self.top.len());
            // What is flagged is known exactly.
            let flagged = f64::from(score) > flag.threshold;
            let rank = if flagged && flag.count > self.top.len() {
                rank.min(flag.count - 1)
            } else {
                rank.max(flag.count)
            };
            ranks[*row as usize] = rank as u32;
        }
        Standing {
            scores: self.scores.clone(),
            ranks,
            flagged: flag.count,
            exact: self.top.len(),
        }
    }
}
