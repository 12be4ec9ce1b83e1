//! A column of numbers or dates, judged.

use crate::data::columns::column::{Column, Values};
use crate::data::columns::datetime::{self, Unit};
use crate::data::columns::gaps::Gaps;
use crate::data::columns::guess::Lean;
use crate::data::columns::ids::{NAMED_ROWS, is_id_name};
use crate::data::columns::judge::judged::Judged;
use crate::data::columns::kind::Kind;
use crate::data::columns::packed::Packed;
use crate::data::columns::profile::Profile;
use crate::data::columns::roles::Part;
use crate::data::columns::words::Words;
use crate::data::text::quote;

/// Judges it.
pub fn judge(
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
