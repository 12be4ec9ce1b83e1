//! What a raw column holds, whether it can be learned from, and why.

pub mod judged;
mod numbers;
mod words;

use crate::data::columns::column::Column;
use crate::data::columns::guess::Lean;
use crate::data::columns::judge::judged::Judged;
use crate::data::columns::kind::Kind;
use crate::data::columns::raw::Joined;
use crate::data::columns::roles::{Part, Role};

/// Says what a column of `rows` rows is. `index` is its place in the file.
pub fn judge(part: &Part, index: usize, lean: Lean, joined: Joined, rows: usize) -> Judged {
    let mut judged = match joined {
        Joined::Numbers(values, gaps) => {
            self::numbers::judge(part, index, lean, values, &gaps, rows)
        }
        Joined::Words(words) => self::words::judge(part, words, rows),
        Joined::Presence(missing) => {
            let column = Column::unused(
                part.name.clone(),
                Kind::Text,
                "free text: hardly a value comes twice",
            );
            Judged::plain(Column { missing, ..column })
        }
    };
    match part.role {
        Role::Feature => return judged,
        Role::Label => judged.column.kind = Kind::Label,
        Role::Id => judged.column.kind = Kind::Id,
        Role::Dropped(reason) => reason.clone_into(&mut judged.column.reason),
    }
    judged.column.used = false;
    judged.column.values = None;
    judged.notices.clear();
    judged.filled = 0;
    judged
}
