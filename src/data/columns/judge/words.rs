//! Judges a column that was read as words.

use crate::data::columns::category::Levels;
use crate::data::columns::column::{Column, Values};
use crate::data::columns::guess::is_text;
use crate::data::columns::ids::{NAMED_ROWS, name_every_row};
use crate::data::columns::judge::judged::Judged;
use crate::data::columns::kind::Kind;
use crate::data::columns::profile::Distinct;
use crate::data::columns::roles::{ColumnSpec, Role};
use crate::data::columns::words::Words;
use crate::data::text::sanitize_bytes;

/// Tells categories, booleans, ids, text, constants and empty columns apart; labels and chosen ids are as they are.
pub fn judge(spec: &ColumnSpec, words: Words, rows: usize) -> Judged {
    let (missing, different) = (words.missing(), words.words().len());
    let present = rows - missing.min(rows);
    let example = words
        .words()
        .first()
        .map_or_else(String::new, |word| sanitize_bytes(word));
    let base = Column {
        missing,
        distinct: Distinct {
            count: different,
            more: false,
        },
        example,
        ..Column::unused(
            spec.name.clone(),
            Kind::Text,
            "free text: almost every value is different",
        )
    };
    if matches!(spec.role, Role::Label | Role::Id | Role::Group) {
        let reason = match spec.role {
            Role::Label => "judges, never trains",
            Role::Group => "tells what a row belongs to: each is a series of its own",
            _ => "names the rows",
        };
        return Judged {
            words: Some(words),
            ..Judged::plain(Column {
                reason: reason.into(),
                ..base
            })
        };
    }
    if different == 0 {
        return Judged::plain(Column {
            kind: Kind::Empty,
            reason: "no row has a value".into(),
            ..base
        });
    }
    if different == 1 && missing == 0 {
        return Judged::plain(Column {
            kind: Kind::Constant,
            reason: "the same value in every row".into(),
            ..base
        });
    }
    let wanted = spec.kind == Some(Kind::Category);
    if !wanted && is_text(different, present) {
        return if name_every_row(&words, present) {
            Judged {
                words: (rows <= NAMED_ROWS).then_some(words),
                ..Judged::plain(Column {
                    kind: Kind::Id,
                    reason: "a different word in every row".into(),
                    ..base
                })
            }
        } else {
            Judged::plain(base)
        };
    }
    let Some(levels) = Levels::of(&words) else {
        let reason = format!("{different} different values, none of them in 1 % of the rows");
        return Judged::plain(Column { reason, ..base });
    };
    let pooled = match levels.pooled {
        0 => String::new(),
        count => format!("; {count} rare values count as one"),
    };
    let reason = match levels.width() {
        1 => "two values, one feature".into(),
        width => format!("{width} values, one feature each{pooled}"),
    };
    let kind = if levels.boolean {
        Kind::Boolean
    } else {
        Kind::Category
    };
    Judged::plain(Column {
        kind,
        used: true,
        reason,
        histogram: levels.counts(),
        values: Some(Values::Levels(levels)),
        ..base
    })
}
