//! Settles whether windows or single rows are learned, and says so with the flag that says otherwise.

use crate::data::table::Table;
use crate::data::windows::{WindowSize, Windows};
use crate::error::{Error, Result};
use crate::format::count;

/// Rows of a window that nobody asked for, and of one that is proposed.
const ROWS: usize = 64;
/// A table that is learned in windows unasked has the rows of so many that don't overlap.
const MANY: usize = 4;

/// What the user says of windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WindowChoice {
    /// Nothing: windows are learned where single rows would tell nothing.
    #[default]
    Found,
    /// Single rows are learned.
    Off,
    /// Windows of this size are learned.
    Said(WindowSize),
}

/// The windows that are learned of a table, none where single rows are; and says so among the table's notices. An error where
/// the windows that the user wants cannot be.
pub fn settle(choice: WindowChoice, table: &mut Table) -> Result<Option<Windows>> {
    let larger = table.again.is_some();
    let size = match choice {
        WindowChoice::Said(_) if larger => {
            return Err(Error::Usage(
                "the table is larger than memory, and windows need rows that follow each other; leave out --window, or give more with --memory".into(),
            ));
        }
        WindowChoice::Said(size) => Some(size),
        WindowChoice::Found if !larger && alone(table) => Some(WindowSize::new(ROWS, 1)),
        WindowChoice::Found | WindowChoice::Off => None,
    };
    let Some(size) = size else {
        let said = one_by_one(choice, table);
        table.notices.extend(said);
        return Ok(None);
    };
    let windows = Windows::cut(table.rows, size, &table.series)?;
    let said = in_windows(choice, table, &windows);
    table.notices.extend(said);
    Ok(Some(windows))
}

/// Whether a table has one column and the time beside it: alone a number says nothing, but how it goes on does.
fn alone(table: &Table) -> bool {
    table.features() == 1 && table.series.clock.is_some() && table.rows >= MANY * ROWS
}

/// What the user should know of single rows that follow each other.
fn one_by_one(choice: WindowChoice, table: &Table) -> Option<String> {
    let clock = table.series.clock.as_ref()?;
    if table.features() == 1 {
        return Some(format!(
            "column “{}” tells when the rows were taken; one column beside it is learned only with --window N",
            clock.name()
        ));
    }
    let otherwise = if table.again.is_some() {
        "since windows need the whole table in memory".to_owned()
    } else if choice == WindowChoice::Off {
        "as --window off says".to_owned()
    } else if table.rows >= MANY * ROWS {
        format!("with --window {ROWS} in stretches of {ROWS} rows")
    } else {
        "with --window N in stretches of N rows".to_owned()
    };
    Some(format!(
        "column “{}” tells when the rows were taken; they are learned one by one, {otherwise}",
        clock.name()
    ))
}

/// What the user should know of the windows.
fn in_windows(choice: WindowChoice, table: &Table, windows: &Windows) -> Vec<String> {
    let series = &table.series;
    let WindowSize { rows, step } = windows.size();
    let order = match &series.clock {
        Some(clock) => format!("of “{}”", clock.name()),
        None => "of the file".to_owned(),
    };
    let what = match choice {
        WindowChoice::Found => "one column over time is learned",
        WindowChoice::Said(_) | WindowChoice::Off => "learned",
    };
    // Of one column single rows cannot be learned.
    let otherwise = if table.features() == 1 {
        "--window N takes another length"
    } else {
        "--window off takes single rows"
    };
    let mut said = vec![format!(
        "{what} in {} of {rows} rows, {} apart, in the order {order}; {otherwise}",
        count(windows.len(), "window"),
        count(step, "row"),
    )];
    if let Some(groups) = &series.groups {
        said.push(format!(
            "{} by “{}”; no window spans two of them",
            count(groups.names.len(), "group"),
            groups.name
        ));
    }
    if let (Some(clock), 1..) = (&series.clock, windows.gaps()) {
        said.push(format!(
            "{} in time, which no window spans; --drop with “{}” takes the rows as the file has them",
            count(windows.gaps(), "gap"),
            clock.name()
        ));
    }
    if windows.outside() > 0 {
        said.push(format!(
            "{} in stretches shorter than a window: not judged, score 0; a shorter --window takes them in",
            count(windows.outside(), "row")
        ));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::series::Series;

    fn table(series: Series, rows: usize) -> Table {
        Table {
            rows,
            series: series.into(),
            ..Table::default()
        }
    }

    fn every_minute(rows: usize) -> Series {
        Series::of_times("t", (0..rows).map(|row| row as f64 * 60.0).collect())
    }

    #[test]
    fn what_is_learned_is_said_with_what_says_otherwise() {
        let said = |choice, series, rows| {
            let mut table = table(series, rows);
            settle(choice, &mut table).unwrap();
            table.notices.join("; ")
        };
        let two = WindowChoice::Said(WindowSize::new(2, 1));
        let groups = Series::of_groups(&["a", "a", "a", "b", "b", "c"]);
        assert_eq!(
            said(two, groups, 6),
            "learned in 3 windows of 2 rows, 1 row apart, in the order of the file; --window off takes single rows; \
             3 groups by “machine”; no window spans two of them; \
             1 row in stretches shorter than a window: not judged, score 0; a shorter --window takes them in"
        );
        assert_eq!(
            said(WindowChoice::Found, every_minute(900), 900),
            "column “t” tells when the rows were taken; they are learned one by one, with --window 64 in stretches of 64 rows"
        );
        assert_eq!(
            said(WindowChoice::Off, every_minute(9), 9),
            "column “t” tells when the rows were taken; they are learned one by one, as --window off says"
        );
        assert_eq!(said(WindowChoice::Found, Series::default(), 9), "");
    }
}
