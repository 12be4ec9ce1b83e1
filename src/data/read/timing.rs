//! Which column tells when the rows were taken, what a clock makes of it, and what the rows are called then.

use std::sync::Arc;

use crate::data::columns::category::Levels;
use crate::data::columns::clock::{self, Part};
use crate::data::columns::column::{Column, Values};
use crate::data::columns::datetime::Unit;
use crate::data::columns::ids::{Ids, NAMED_ROWS};
use crate::data::columns::kind::Kind;
use crate::data::columns::known::Known;
use crate::data::columns::packed::Packed;
use crate::data::columns::roles::ColumnSpec;
use crate::data::columns::words::Words;
use crate::data::series::{Clock, Groups, Series};
use crate::data::table::Table;

/// Of so many steps in time one may lead the wrong way.
const ASTRAY: usize = 200;

/// Finds the column that tells the time. A time that only grows, or only falls, says where a row stands and not how it is, so
/// nothing is learned from it unless the user asks.
/// What a model knows of the columns is as it was.
pub fn find(
    table: &mut Table,
    specs: &[ColumnSpec],
    groups: Option<Groups>,
    known: Option<&Known>,
) {
    let mut series = Series {
        clock: None,
        groups,
    };
    let mut parts = Vec::new();
    let pair = pair(table, series.groups.as_ref());
    for (index, (column, spec)) in table.columns.iter_mut().zip(specs).enumerate() {
        let Some((unit, seconds)) = times(column) else {
            continue;
        };
        let known = known.and_then(|known| known.column(&column.name));
        if let Some(known) = known {
            for (part, levels) in &known.parts {
                parts.push(part_of(&column.name, *part, levels, &seconds));
            }
            // It was needed only for this.
            if !known.used {
                column.values = None;
            }
        }
        if spec.kind == Some(Kind::Clock) {
            parts.extend(parts_of(&column.name, unit, &seconds));
            leave_out(
                column,
                "the hour of the day and the day of the week are learned from",
            );
        }
        let joined = pair
            .as_ref()
            .is_some_and(|(places, _)| places.contains(&index));
        if !joined && !goes_one_way(&seconds, series.groups.as_ref()) {
            continue;
        }
        if spec.kind.is_none() {
            let tells = if joined {
                "tells, with another column, when a row was taken"
            } else {
                "tells when a row was taken"
            };
            leave_out(
                column,
                &format!("{tells}; --kind with =clock or =datetime learns from it"),
            );
        }
        if series.clock.is_none() && pair.is_none() {
            series.clock = Some(Clock {
                columns: vec![column.name.clone()],
                unit,
                seconds,
            });
        }
    }
    series.clock = series.clock.or(pair.map(|(_, clock)| clock));
    table.columns.extend(parts);
    if table.ids.is_none() && table.rows <= NAMED_ROWS {
        table.ids = names(&series, table.rows).map(Arc::new);
    }
    table.series = Arc::new(series);
}

/// The times of a column that holds them.
fn times(column: &Column) -> Option<(Unit, Vec<f64>)> {
    let (Kind::Datetime, Some(unit), Some(Values::Numbers(pieces))) =
        (column.kind, column.unit, &column.values)
    else {
        return None;
    };
    let mut seconds = Vec::with_capacity(pieces.iter().map(Packed::len).sum());
    for piece in pieces {
        piece.for_each(|value| seconds.push(value));
    }
    Some((unit, seconds))
}

/// The columns that tell the day and the time of day apart from each other, where there is one of each and both together tell
/// the time.
fn pair(table: &Table, groups: Option<&Groups>) -> Option<([usize; 2], Clock)> {
    let only = |wanted: Unit| {
        let is = |at: &usize| table.columns[*at].unit == Some(wanted);
        let mut places = (0..table.columns.len()).filter(is);
        places.next().filter(|_| places.next().is_none())
    };
    let places = [only(Unit::Days)?, only(Unit::SecondsOfDay)?];
    let [date, time] = places.map(|at| &table.columns[at]);
    let ((_, days), (_, times)) = (times(date)?, times(time)?);
    let seconds: Vec<f64> = days
        .iter()
        .zip(times)
        .map(|(day, time)| day + time)
        .collect();
    goes_one_way(&seconds, groups).then(|| {
        let clock = Clock {
            columns: vec![date.name.clone(), time.name.clone()],
            unit: Unit::Seconds,
            seconds,
        };
        (places, clock)
    })
}

fn leave_out(column: &mut Column, why: &str) {
    column.used = false;
    column.values = None;
    // How it is written is worth knowing still.
    let written = column.reason.find("written as");
    let written = written.map_or_else(String::new, |at| format!("; {}", &column.reason[at..]));
    column.reason = format!("{why}{written}");
}

/// Whether times grow throughout or fall throughout, in each group by itself; but for a few rows that came late, or an hour
/// that was there twice.
fn goes_one_way(seconds: &[f64], groups: Option<&Groups>) -> bool {
    let count = groups.map_or(1, |groups| groups.names.len());
    let mut last = vec![f64::NAN; count];
    let (mut up, mut down) = (0, 0);
    for (row, now) in seconds.iter().enumerate().filter(|(_, now)| !now.is_nan()) {
        let group = groups.map_or(0, |groups| groups.codes[row] as usize);
        up += usize::from(*now > last[group]);
        down += usize::from(*now < last[group]);
        last[group] = *now;
    }
    up.max(down) > ASTRAY * up.min(down)
}

/// The columns that a clock makes of times: the hour of the day and the day of the week, as far as they tell them and differ.
fn parts_of(name: &str, unit: Unit, seconds: &[f64]) -> Vec<Column> {
    let mut parts = Vec::new();
    if unit != Unit::Days {
        let hours = seconds.iter().map(|time| clock::hour(*time));
        let column = Column::numbers(Part::Hour.of(name), hours.collect());
        parts.extend(
            column
                .range
                .is_some_and(|(min, max)| min < max)
                .then_some(column),
        );
    }
    if unit != Unit::SecondsOfDay {
        let mut words = Words::default();
        for time in seconds {
            words.push(clock::day(*time).map(str::as_bytes));
        }
        if let Some(levels) = Levels::of(&words).filter(|levels| levels.names.len() > 1) {
            parts.push(Column {
                used: true,
                missing: words.missing(),
                values: Some(Values::Levels(levels)),
                ..Column::unused(
                    Part::Day.of(name),
                    Kind::Category,
                    "one feature for each day",
                )
            });
        }
    }
    parts
}

/// The column that a clock made of times when they were learned from, with these categories.
fn part_of(name: &str, part: Part, levels: &[String], seconds: &[f64]) -> Column {
    if part == Part::Hour {
        let hours = seconds.iter().map(|time| clock::hour(*time));
        return Column::numbers(Part::Hour.of(name), hours.collect());
    }
    let mut words = Words::default();
    for time in seconds {
        words.push(clock::day(*time).map(str::as_bytes));
    }
    Column {
        used: true,
        missing: words.missing(),
        values: Some(Values::Levels(Levels::among(&words, levels))),
        ..Column::unused(part.of(name), Kind::Category, "one feature for each day")
    }
}

/// The rows are called by what they belong to and when they were taken.
fn names(series: &Series, rows: usize) -> Option<Ids> {
    let clock = series.clock.as_ref().map(Clock::name);
    let group = series.groups.as_ref().map(|groups| &*groups.name);
    let name = Series::header(group, clock.as_deref())?;
    Some(Ids {
        name,
        values: (0..rows).map(|row| series.row(row)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_turns_is_no_clock() {
        assert!(goes_one_way(&[1.0, 1.0, f64::NAN, 2.0], None));
        assert!(goes_one_way(&[3.0, 2.0, 1.0], None));
        assert!(!goes_one_way(&[1.0, 3.0, 2.0], None));
        assert!(!goes_one_way(&[1.0, 1.0], None));
        let series = Series::of_groups(&["a", "a", "b", "b"]);
        assert!(goes_one_way(&[5.0, 6.0, 1.0, 2.0], series.groups.as_ref()));
        assert!(!goes_one_way(&[5.0, 6.0, 1.0, 2.0], None));
    }

    #[test]
    fn a_day_and_a_time_of_day_tell_the_time_together() {
        let column = |name: &str, unit, values: Vec<f64>| Column {
            kind: Kind::Datetime,
            unit: Some(unit),
            ..Column::numbers(name.into(), values)
        };
        let table = |days: Vec<f64>| Table {
            rows: 3,
            columns: vec![
                column("date", Unit::Days, days),
                column("time", Unit::SecondsOfDay, vec![60.0, 120.0, 60.0]),
            ],
            ..Table::default()
        };
        let (places, clock) = pair(&table(vec![0.0, 0.0, 86_400.0]), None).unwrap();
        assert_eq!((places, clock.name().as_str()), ([0, 1], "date time"));
        assert_eq!(clock.seconds, [60.0, 120.0, 86_460.0]);
        assert!(pair(&table(vec![0.0, 86_400.0, 0.0]), None).is_none());
    }

    #[test]
    fn a_clock_tells_hours_and_days() {
        let seconds: Vec<f64> = (0..96).map(|hour| f64::from(hour) * 3_600.0).collect();
        let parts = parts_of("t", Unit::Seconds, &seconds);
        assert_eq!(parts[0].range, Some((0.0, 23.0)));
        let Some(Values::Levels(levels)) = &parts[1].values else {
            panic!("days are words");
        };
        assert!(
            levels.names.iter().any(|day| day == "Sunday"),
            "{:?}",
            levels.names
        );
        assert!(parts_of("t", Unit::Days, &seconds).len() == 1);
    }
}
