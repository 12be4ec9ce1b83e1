//! What a raw column turns out to hold, whether the network can learn from it, and why.

pub mod judged;
pub mod known;
mod numbers;
mod words;

use crate::data::columns::column::Column;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::judge::judged::Judged;
use crate::data::columns::kind::Kind;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::raw::RawColumn;
use crate::data::columns::roles::{ColumnSpec, Role};

/// Judges a column of `rows` rows. `index` is its position in the file, 0 = first.
pub fn judge(
    spec: &ColumnSpec,
    index: usize,
    read_as: ReadAs,
    raw: RawColumn,
    rows: usize,
    missing: &MissingWords,
) -> Judged {
    let mut judged = match raw {
        RawColumn::Numbers(values, gaps) => {
            self::numbers::judge(spec, index, (read_as, rows), (values, &gaps), missing)
        }
        RawColumn::Words(words) => self::words::judge(spec, words, rows),
        RawColumn::Presence(missing) => {
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
