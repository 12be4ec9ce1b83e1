//! What a raw column turns out to hold, whether the network can learn from it, and why.

pub mod judged;
pub mod known;
mod numbers;
mod words;

use crate::data::columns::column::Column;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::judge::judged::Judged;
use crate::data::columns::judge::numbers::Profiled;
use crate::data::columns::kind::Kind;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::raw::RawColumn;
use crate::data::columns::roles::{ColumnSpec, Role};

/// A raw column, its numbers profiled.
pub enum Seen {
    /// Numbers or dates, without the codes found among them.
    Numbers(Profiled),
    /// Anything else.
    Other(RawColumn),
}

impl Seen {
    /// Profiles a column.
    pub fn of(raw: RawColumn, read_as: ReadAs, missing: &MissingWords) -> Self {
        match raw {
            RawColumn::Numbers(values, gaps) => {
                Self::Numbers(Profiled::of(values, gaps, read_as, missing))
            }
            other => Self::Other(other),
        }
    }
}

/// Takes the codes that some columns show out of the others, too.
pub fn share_codes(seen: &mut [Seen]) {
    let mut numbers: Vec<&mut Profiled> = seen
        .iter_mut()
        .filter_map(|seen| match seen {
            Seen::Numbers(profiled) => Some(profiled),
            Seen::Other(_) => None,
        })
        .collect();
    let mut found: Vec<f64> = numbers.iter().flat_map(|one| one.found()).collect();
    found.sort_by(f64::total_cmp);
    found.dedup();
    if !found.is_empty() {
        for profiled in &mut numbers {
            profiled.take_out(&found);
        }
    }
}

/// Judges a column of `rows` rows. `index` is its position in the file, 0 = first.
pub fn judge(spec: &ColumnSpec, index: usize, read_as: ReadAs, seen: Seen, rows: usize) -> Judged {
    let mut judged = match seen {
        Seen::Numbers(profiled) => self::numbers::judge(spec, index, (read_as, rows), profiled),
        Seen::Other(RawColumn::Words(words)) => self::words::judge(spec, words, rows),
        Seen::Other(RawColumn::Numbers(..)) => unreachable!("numbers are profiled"),
        Seen::Other(RawColumn::Presence(missing)) => {
            let column = Column::unused(
                spec.name.clone(),
                Kind::Text,
                "free text: almost every value is different",
            );
            Judged::plain(Column { missing, ..column })
        }
    };
    match spec.role {
        Role::Feature => return judged,
        Role::Label => judged.column.kind = Kind::Label,
        Role::Id => judged.column.kind = Kind::Id,
        Role::Group => judged.column.kind = Kind::Category,
        Role::Dropped(reason) => reason.clone_into(&mut judged.column.reason),
    }
    judged.column.used = false;
    judged.column.values = None;
    judged.notices.clear();
    judged.filled = 0;
    judged
}
