//! Judges a column that was read as numbers or dates.

use crate::data::columns::codes::{self, Code};
use crate::data::columns::column::{Column, Values};
use crate::data::columns::datetime::{self, Unit};
use crate::data::columns::epoch;
use crate::data::columns::gaps::Gaps;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::ids::{NAMED_ROWS, is_id_name};
use crate::data::columns::judge::judged::Judged;
use crate::data::columns::kind::Kind;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::packed::Packed;
use crate::data::columns::profile::Profile;
use crate::data::columns::roles::ColumnSpec;
use crate::data::columns::words::Words;
use crate::data::text::quote;
use crate::format::group;

/// A column of numbers or dates without the codes found in it, and what is left.
pub struct Profiled {
    values: Vec<Packed>,
    gaps: Gaps,
    profile: Profile,
    codes: Vec<Code>,
    /// Whether codes are looked for that nobody named.
    finds: bool,
}

impl Profiled {
    /// Takes out the codes and looks at what is left.
    pub fn of(
        mut values: Vec<Packed>,
        gaps: Gaps,
        read_as: ReadAs,
        missing: &MissingWords,
    ) -> Self {
        let mut profile = Profile::of(&values);
        let codes = match read_as {
            read_as if read_as.is_number() => codes::take_out(&mut values, &mut profile, missing),
            _ => Vec::new(),
        };
        Self {
            values,
            gaps,
            profile,
            codes,
            finds: missing.find && read_as.is_number(),
        }
    }

    /// The codes that were found, not said.
    pub fn found(&self) -> impl Iterator<Item = f64> {
        let codes = self.finds.then_some(&self.codes);
        codes.into_iter().flatten().map(|code| code.value)
    }

    /// Takes out those of these codes that lie outside all other values.
    pub fn take_out(&mut self, codes: &[f64]) {
        if self.finds {
            let more = codes::take_out_of(codes, &mut self.values, &mut self.profile);
            self.codes.extend(more);
        }
    }
}

/// Tells numbers, dates, booleans, ids, constants and empty columns apart.
pub fn judge(
    spec: &ColumnSpec,
    index: usize,
    (read_as, rows): (ReadAs, usize),
    profiled: Profiled,
) -> Judged {
    let Profiled {
        mut values,
        gaps,
        mut profile,
        codes,
        ..
    } = profiled;
    let missing = gaps.total() + codes.iter().map(|code| code.count).sum::<usize>();
    let present = rows - missing.min(rows);
    let since_1970 = epoch_unit(spec, read_as, &profile);
    if let Some((per, _)) = since_1970.filter(|(per, _)| *per > 1.0) {
        values = epoch::seconds(&values, per);
        profile = Profile::of(&values);
    }
    let unit = match (read_as, since_1970) {
        (ReadAs::Times(format), _) => Some(unit_of(format, &values)),
        (_, Some(_)) => Some(unit_of(datetime::Format::Iso, &values)),
        _ => None,
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
            && spec.kind.is_none()
            && profile.whole
            && profile.is_unique(present)
            && is_id_name(&spec.name, index) =>
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
            format!(
                "a different whole number in every row, and {}",
                if spec.name == "column 1" {
                    "the first column, without a name"
                } else {
                    "named like an id"
                }
            ),
        ),
        Kind::Datetime => {
            let written = since_1970.map_or_else(String::new, |(_, name)| {
                format!("; written as {name} since 1970")
            });
            let unit = unit_name(unit);
            (true, format!("one feature, in {unit}{written}"))
        }
        _ => (true, "one feature".into()),
    };
    let mut notices = Vec::new();
    if used {
        notices.extend(gap_notices(&spec.name, &gaps, kind));
        notices.extend(profile.range.and_then(|range| huge(&spec.name, range)));
    }
    let reason = if used && missing > 0 {
        let codes = codes::unless(&codes);
        format!("{reason}; missing cells become the median{codes}")
    } else {
        reason
    };
    let histogram = profile.histogram(&values);
    let words = (kind == Kind::Id && rows <= NAMED_ROWS).then(|| spelled(&values));
    let column = Column {
        used,
        missing,
        codes,
        distinct: profile.distinct,
        range: profile.range,
        measure: match read_as {
            ReadAs::Measures(unit) => Some(unit.shown()),
            _ => None,
        },
        unit,
        per: since_1970.map_or(1.0, |(per, _)| per.max(1.0)),
        example,
        histogram,
        values: used.then_some(Values::Numbers(values)),
        ..Column::unused(spec.name.clone(), kind, reason)
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

/// How many units make a second, and the unit's name, in a column of numbers that are times: by its name, or as the user says.
fn epoch_unit(
    spec: &ColumnSpec,
    read_as: ReadAs,
    profile: &Profile,
) -> Option<(f64, &'static str)> {
    let (min, max) = profile.range.filter(|_| read_as == ReadAs::Numbers)?;
    match spec.kind {
        Some(Kind::Datetime) => Some(epoch::unit(min, max).unwrap_or((1.0, "seconds"))),
        None if epoch::is_time_name(&spec.name) => epoch::unit(min, max),
        _ => None,
    }
}

pub(super) fn unit_of(format: datetime::Format, values: &[Packed]) -> Unit {
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

/// Numbers beyond this are hardly measurements.
const HUGE: f64 = 1e30;

/// A warning about a number so large that the rest of its column looks constant.
fn huge(name: &str, (min, max): (f64, f64)) -> Option<String> {
    let largest = if max.abs() < min.abs() { min } else { max };
    (largest.abs() > HUGE).then(|| {
        format!("column “{name}” reaches {largest:e}; beside that its other values hardly differ")
    })
}

/// Notices about cells that count as missing without being empty.
fn gap_notices(name: &str, gaps: &Gaps, kind: Kind) -> Vec<String> {
    let mut notices = Vec::new();
    let in_line = |(line, text): &(u64, Box<[u8]>)| format!("{} in line {line}", quote(text));
    if let Some(first) = &gaps.first_not_finite {
        let first = in_line(first);
        notices.push(match gaps.not_finite {
            1 => format!("column “{name}”: 1 cell is NaN, infinite or too large and counts as missing: {first}"),
            count => format!(
                "column “{name}”: {} cells are NaN, infinite or too large and count as missing; the first is {first}",
                group(count)
            ),
        });
    }
    if !gaps.first_words.is_empty() {
        let words: Vec<String> = gaps.first_words.iter().map(in_line).collect();
        let what = if kind == Kind::Datetime {
            "date"
        } else {
            "number"
        };
        let first = match (words.len(), gaps.words) {
            (1, _) => "the first is",
            (named, count) if named < count => "the first are",
            _ => "they are",
        };
        let words = words.join(", ");
        notices.push(match gaps.words {
            1 => format!("column “{name}”: 1 cell is not a {what} and counts as missing: {words}"),
            count => format!(
                "column “{name}”: {} cells are not {what}s and count as missing; {first} {words}",
                group(count)
            ),
        });
    }
    notices
}

/// Whole numbers as words, to be the names of rows.
fn spelled(values: &[Packed]) -> Words {
    let mut words = Words::default();
    for piece in values {
        piece.for_each(|value| words.push(Some(value.to_string().as_bytes())));
    }
    words
}
