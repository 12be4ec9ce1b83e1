//! Which rows are wanted.

use crate::browse::{Condition, Facts};
use crate::data::provenance::All;
use crate::data::records::chunk::Chunk;
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::message::{Fetch, Subject};
use crate::score::distribution::Ranks;
use crate::stream::Scored;
use crate::train::whole::Whole;

/// Says which rows are wanted.
pub(super) enum Choice {
    /// Those that rank behind this one: its score and its number.
    Behind(f32, u64),
    /// Those that meet all conditions.
    Meeting(Vec<Condition>, Counted),
    /// Those that may be meant by a name.
    Called(Name),
}

/// What the scores of all rows say of one.
pub(super) struct Counted {
    /// Rows that score more are flagged.
    threshold: f64,
    /// Where a condition is about ranks.
    ranks: Option<Ranks>,
}

/// What a row is called: its id, its number, or a part of its id.
pub(super) struct Name {
    /// In small letters.
    typed: String,
    number: Option<u64>,
}

/// How well a name fits a row, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    PartOfId,
    Number,
    Id,
}

impl Choice {
    /// What is asked for, where all rows rank like this. An error where a condition cannot be understood.
    pub(super) fn new(fetch: &Fetch, whole: &Whole) -> Result<Self> {
        Ok(match fetch {
            Fetch::Next => {
                let last = whole.top().last().copied();
                let last =
                    last.map_or(u32::MAX, |row| whole.data().provenance.number(row as usize));
                let score = whole.ranking().rows.last().map(|ranked| ranked.score);
                Self::Behind(score.unwrap_or(f32::INFINITY), u64::from(last))
            }
            Fetch::Meeting(filters) => {
                let conditions: Result<Vec<Condition>, String> =
                    filters.iter().map(Condition::new).collect();
                let mut subjects = filters.iter().map(|filter| filter.subject);
                let by_rank = subjects.any(|subject| subject == Subject::Rank);
                let counted = Counted {
                    threshold: whole.ranking().flag.threshold,
                    ranks: by_rank.then(|| whole.distribution().ranks()),
                };
                Self::Meeting(conditions.map_err(Error::Told)?, counted)
            }
            Fetch::Called(name) => Self::Called(Name::new(name)),
        })
    }

    /// Whether it takes the text of the rows to say.
    pub(super) fn reads(&self) -> bool {
        matches!(self, Self::Meeting(conditions, _) if conditions.iter().any(Condition::reads))
    }

    /// For each row of a block whether it is wanted.
    pub(super) fn picks(&self, all: &All, chunk: &Chunk, scored: &Scored) -> Vec<bool> {
        let rows = 0..scored.scores.len();
        match self {
            Self::Behind(score, number) => rows
                .map(|row| {
                    let (own, place) = (scored.scores[row], scored.numbers[row]);
                    own < *score || (own == *score && place > *number)
                })
                .collect(),
            Self::Meeting(conditions, counted) => {
                let holds = |row: usize| {
                    let facts = counted.facts(scored, row);
                    let known = |condition: &Condition| condition.about_row(&facts);
                    conditions
                        .iter()
                        .all(|condition| known(condition).unwrap_or(true))
                };
                if !self.reads() {
                    return rows.map(holds).collect();
                }
                let (layout, mut picked) = (&all.again.layout, vec![false; rows.len()]);
                chunk.records(layout, |row, record| {
                    let about =
                        |condition: &Condition| condition.about_record(record, layout.spelling);
                    picked[row] = holds(row) && conditions.iter().all(about);
                });
                picked
            }
            Self::Called(name) => rows
                .map(|row| {
                    let id = scored.ids.get(row).map_or("", String::as_str);
                    name.means(id, scored.numbers[row]).is_some()
                })
                .collect(),
        }
    }
}

impl Name {
    fn new(typed: &str) -> Self {
        Self {
            typed: typed.to_lowercase(),
            number: typed.parse().ok(),
        }
    }

    /// How well it fits a row of this id and this number, if at all.
    pub(super) fn means(&self, id: &str, number: u64) -> Option<Fit> {
        let id = sanitize(id).to_lowercase();
        if id == self.typed {
            Some(Fit::Id)
        } else if self.number == Some(number) {
            Some(Fit::Number)
        } else {
            // A number is no part of a name.
            (self.number.is_none() && id.contains(&self.typed)).then_some(Fit::PartOfId)
        }
    }
}

impl Counted {
    fn facts(&self, scored: &Scored, row: usize) -> Facts {
        let score = scored.scores[row];
        Facts {
            number: scored.numbers[row],
            rank: self.ranks.as_ref().map(|ranks| ranks.of(score)),
            score,
            flagged: f64::from(score) > self.threshold,
            outlier: scored.outliers.get(row).copied(),
            // Marked rows are here.
            marked: false,
        }
    }
}
