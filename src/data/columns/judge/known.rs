//! Judges a column that is known already: it is used as it was when it was learned from, whatever it holds here.

use super::numbers::unit_of;
use crate::data::columns::category::Levels;
use crate::data::columns::column::{Column, Values};
use crate::data::columns::datetime;
use crate::data::columns::epoch;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::judge::judged::Judged;
use crate::data::columns::kind::Kind;
use crate::data::columns::known::KnownColumn;
use crate::data::columns::packed::Packed;
use crate::data::columns::profile::{Distinct, Profile};
use crate::data::columns::raw::RawColumn;
use crate::data::columns::words::Words;
use crate::data::text::sanitize_bytes;

/// Judges it. `said` are numbers that the user calls missing.
pub fn judge(known: &KnownColumn, read_as: ReadAs, raw: RawColumn, said: &[f64]) -> Judged {
    let column = match raw {
        RawColumn::Numbers(values, _) => numbers(known, read_as, &values, said),
        RawColumn::Words(words) => categories(known, &words),
        RawColumn::Presence(_) => Column::unused(known.name.clone(), known.kind, "not read"),
    };
    Judged::plain(column)
}

fn numbers(known: &KnownColumn, read_as: ReadAs, values: &[Packed], said: &[f64]) -> Column {
    let is_date = known.kind == Kind::Datetime;
    // Dates that are written out are seconds already.
    let per = match (read_as, known.used) {
        (ReadAs::Times(_), _) => 1.0,
        (_, true) => known.per,
        (_, false) => {
            let range = Profile::of(values).range;
            let unit = range.and_then(|(min, max)| epoch::unit(min, max));
            unit.map_or(1.0, |(per, _)| per)
        }
    };
    let is_code = |value: f64| known.codes.contains(&value) || !is_date && said.contains(&value);
    let read = |piece: &Packed| {
        let mut read = Vec::with_capacity(piece.len());
        piece.for_each(|value| {
            read.push(if is_code(value) {
                f64::NAN
            } else {
                value / per
            });
        });
        Packed::new(read)
    };
    let values: Vec<Packed> = values.iter().map(read).collect();
    let profile = Profile::of(&values);
    let format = match read_as {
        ReadAs::Times(format) => format,
        _ => datetime::Format::Iso,
    };
    let unit = is_date.then(|| unit_of(format, &values));
    let mut missing = 0;
    for piece in &values {
        piece.for_each(|value| missing += usize::from(value.is_nan()));
    }
    let example = profile
        .range
        .map_or_else(String::new, |(min, _)| match unit {
            Some(unit) => datetime::show(min, unit),
            None => min.to_string(),
        });
    Column {
        used: known.used,
        missing,
        distinct: profile.distinct,
        range: profile.range,
        unit,
        per,
        example,
        histogram: profile.histogram(&values),
        values: Some(Values::Numbers(values)),
        ..Column::unused(known.name.clone(), known.kind, reason(known))
    }
}

fn categories(known: &KnownColumn, words: &Words) -> Column {
    let levels = Levels::among(words, &known.levels);
    let example = words.words().first();
    Column {
        used: known.used,
        missing: words.missing(),
        distinct: Distinct {
            count: words.words().len(),
            more: false,
        },
        example: example.map_or_else(String::new, |word| sanitize_bytes(word)),
        histogram: levels.counts(),
        values: known.used.then_some(Values::Levels(levels)),
        ..Column::unused(known.name.clone(), known.kind, reason(known))
    }
}

fn reason(known: &KnownColumn) -> &'static str {
    match (known.used, known.parts.is_empty()) {
        (true, _) => "as the model learned it",
        (false, false) => "the model looks at the hour of the day and the day of the week",
        (false, true) => "tells the model where a row stands",
    }
}
