//! The pieces of a column → what it holds, whether it can be learned from, and why.

use crate::data::columns::category::Levels;
use crate::data::columns::datetime::{self, Unit};
use crate::data::columns::kind::{Kind, LONGEST_ID, Lean, is_text};
use crate::data::columns::packed::Packed;
use crate::data::columns::profile::{Distinct, Profile};
use crate::data::columns::roles::{Part, Role, is_id_name};
use crate::data::records::chunk::{Gaps, Piece};
use crate::data::records::words::Words;
use crate::data::table::{Column, Values};
use crate::data::text::{quote, sanitize_bytes};

/// A column with all its pieces joined.
pub enum Joined {
    /// Numbers or seconds, and what was none.
    Numbers(Vec<Packed>, Gaps),
    /// Words.
    Words(Words),
    /// The count of missing cells.
    Presence(usize),
}

/// Most rows that an id found by itself names: names take memory.
const NAMED_ROWS: usize = 1_000_000;

impl Joined {
    /// Joins the pieces of one column, each with the lines before it.
    pub fn new(pieces: impl Iterator<Item = (u64, Piece)>) -> Self {
        let mut joined: Option<Self> = None;
        for (lines, piece) in pieces {
            match (&mut joined, piece) {
                (None, Piece::Numbers(values, gaps)) => {
                    let mut all = Gaps::default();
                    all.append(&gaps, lines);
                    joined = Some(Self::Numbers(vec![values], all));
                }
                (None, Piece::Words(words)) => joined = Some(Self::Words(words)),
                (None, Piece::Presence(missing)) => joined = Some(Self::Presence(missing)),
                (Some(Self::Numbers(pieces, all)), Piece::Numbers(values, gaps)) => {
                    pieces.push(values);
                    all.append(&gaps, lines);
                }
                (Some(Self::Words(all)), Piece::Words(words)) => all.append(&words),
                (Some(Self::Presence(all)), Piece::Presence(missing)) => *all += missing,
                _ => unreachable!("all blocks are read alike"),
            }
        }
        joined.unwrap_or(Self::Presence(0))
    }

    /// Whether it was read as numbers or dates, but most cells are neither.
    pub fn is_misread(&self) -> bool {
        match self {
            Self::Numbers(values, gaps) => {
                let rows: usize = values.iter().map(Packed::len).sum();
                gaps.words > rows - gaps.total()
            }
            _ => false,
        }
    }
}

/// A column, judged.
pub struct Judged {
    /// What it is.
    pub column: Column,
    /// Its words, where they name or label the rows.
    pub words: Option<Words>,
    /// What the user should know.
    pub notices: Vec<String>,
    /// Gaps that were filled with the median.
    pub filled: usize,
}

impl Judged {
    fn plain(column: Column) -> Self {
        Self {
            column,
            words: None,
            notices: Vec::new(),
            filled: 0,
        }
    }
}

/// Says what a column of `rows` rows is. `index` is its place in the file.
pub fn judge(part: &Part, index: usize, lean: Lean, joined: Joined, rows: usize) -> Judged {
    let mut judged = match joined {
        Joined::Numbers(values, gaps) => numbers(part, index, lean, values, &gaps, rows),
        Joined::Words(words) => self::words(part, words, rows),
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

fn numbers(
    part: &Part,
    index: usize,
    lean: Lean,
    values: Vec<Packed>,
    gaps: &Gaps,
    rows: usize,
) -> Judged {
    let profile = Profile::of(&values);
    let missing = gaps.total();
    let present = rows - missing.min(rows);
    let unit = if let Lean::Times(format) = lean {
        Some(unit_of(format, &values))
    } else {
        None
    };
    let example = first(&values).map_or_else(String::new, |value| match unit {
        Some(unit) => datetime::show(value, unit),
        None => value.to_string(),
    });
    let kind = match profile.range {
        None => Kind::Empty,
        Some((min, max)) if min == max => Kind::Constant,
        _ if unit.is_some() => Kind::Datetime,
        _ if profile.binary => Kind::Boolean,
        _ if missing == 0
            && part.kind.is_none()
            && profile.whole
            && profile.is_unique(present)
            && is_id_name(&part.name, index) =>
        {
            Kind::Id
        }
        _ => Kind::Number,
    };
    let (used, reason) = match kind {
        Kind::Empty => (false, "no row has a value".into()),
        Kind::Constant => (false, "the same value in every row".into()),
        Kind::Id => (
            false,
            "another whole number in every row, and named like an id".into(),
        ),
        Kind::Datetime => (true, format!("one feature in {}", unit_name(unit))),
        _ => (true, "one feature".into()),
    };
    let mut notices = Vec::new();
    if used {
        notices.extend(gap_notices(&part.name, gaps, kind));
        notices.extend(profile.range.and_then(|range| huge(&part.name, range)));
    }
    let reason = if used && missing > 0 {
        format!("{reason}, gaps become the median")
    } else {
        reason
    };
    let histogram = profile.histogram(&values);
    let words = (kind == Kind::Id && rows <= NAMED_ROWS).then(|| spelled(&values));
    let column = Column {
        used,
        missing,
        distinct: profile.distinct,
        range: profile.range,
        unit,
        example,
        histogram,
        values: used.then_some(Values::Numbers(values)),
        ..Column::unused(part.name.clone(), kind, reason)
    };
    Judged {
        column,
        words,
        notices,
        filled: if used { missing } else { 0 },
    }
}

fn first(values: &[Packed]) -> Option<f64> {
    let present = |piece: &Packed| {
        (0..piece.len())
            .map(|index| piece.get(index))
            .find(|value| !value.is_nan())
    };
    values.iter().find_map(present)
}

fn unit_of(format: datetime::Format, values: &[Packed]) -> Unit {
    let all = values
        .iter()
        .flat_map(|piece| (0..piece.len()).map(|index| piece.get(index)));
    datetime::unit(format, all.filter(|value| !value.is_nan()))
}

fn unit_name(unit: Option<Unit>) -> &'static str {
    match unit {
        Some(Unit::Days) => "days",
        _ => "seconds",
    }
}

/// Numbers beyond this are hardly measured.
const HUGE: f64 = 1e30;

/// Numbers so large that nothing else in their column shows beside them.
fn huge(name: &str, (min, max): (f64, f64)) -> Option<String> {
    let largest = if max.abs() < min.abs() { min } else { max };
    (largest.abs() > HUGE).then(|| {
        format!("column “{name}” reaches {largest:e}, beside which its other values hardly differ")
    })
}

/// What counts as missing without being empty.
fn gap_notices(name: &str, gaps: &Gaps, kind: Kind) -> Vec<String> {
    let mut notices = Vec::new();
    if let Some((line, text)) = &gaps.first_not_finite {
        notices.push(format!(
            "column “{name}”: {} cells are NaN, infinite or beyond any number and count as missing, the first is {} in line {line}",
            gaps.not_finite,
            quote(text)
        ));
    }
    if !gaps.first_words.is_empty() {
        let word = |(line, word): &(u64, Box<[u8]>)| format!("{} in line {line}", quote(word));
        let words: Vec<String> = gaps.first_words.iter().map(word).collect();
        let what = if kind == Kind::Datetime {
            "dates"
        } else {
            "numbers"
        };
        let first = if gaps.words > gaps.first_words.len() {
            "the first are"
        } else {
            "they are"
        };
        let first = if gaps.first_words.len() == 1 {
            "the first is"
        } else {
            first
        };
        notices.push(format!(
            "column “{name}”: {} cells are not {what} and count as missing, {first} {}",
            gaps.words,
            words.join(", ")
        ));
    }
    notices
}

/// Whole numbers as words, to name rows by.
fn spelled(values: &[Packed]) -> Words {
    let mut words = Words::default();
    for piece in values {
        piece.for_each(|value| words.push(Some(value.to_string().as_bytes())));
    }
    words
}

fn words(part: &Part, words: Words, rows: usize) -> Judged {
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
            part.name.clone(),
            Kind::Text,
            "free text: hardly a value comes twice",
        )
    };
    if matches!(part.role, Role::Label | Role::Id) {
        let reason = if part.role == Role::Label {
            "judges, never trains"
        } else {
            "names the rows"
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
    let wanted = part.kind == Some(Kind::Category);
    if !wanted && is_text(different, present) {
        return if is_id(&words, present) {
            Judged {
                words: (rows <= NAMED_ROWS).then_some(words),
                ..Judged::plain(Column {
                    kind: Kind::Id,
                    reason: "another word in every row".into(),
                    ..base
                })
            }
        } else {
            Judged::plain(base)
        };
    }
    let Some(levels) = Levels::of(&words) else {
        let reason = format!("{different} different values, none in 1 % of the rows");
        return Judged::plain(Column { reason, ..base });
    };
    let pooled = match levels.pooled {
        0 => String::new(),
        count => format!(", {count} rare values together"),
    };
    let reason = match levels.width() {
        1 => "two values, one feature".into(),
        width => format!("{width} values, a feature each{pooled}"),
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

/// Whether every row has a short word of its own.
fn is_id(words: &Words, present: usize) -> bool {
    let is_name =
        |word: &[u8]| word.len() <= LONGEST_ID && !word.iter().any(u8::is_ascii_whitespace);
    words.words().len() == present
        && words.missing() == 0
        && words.words().iter().all(|word| is_name(word))
}
