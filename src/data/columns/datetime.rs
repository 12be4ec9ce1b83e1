//! Dates and times as numbers of seconds. The format is found once per column.

mod order;
mod times;

use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::DateTimeParser;

pub use order::{Order, is_undecided, may_swap};

/// How a column writes its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// ISO 8601: `2024-01-10`, `2024-01-10T08:00:00Z`, `2024-01-10 08:00`.
    Iso,
    /// A time of day alone: `08:00:30`, `8:00 AM`.
    Clock,
    /// The same with points: `08.00.30`.
    PointedClock,
    /// How long something took: `26:15:00`, `12:34.5`.
    Elapsed,
    /// Digits alone, from the year to the day, the hour, the minute or the second: `20240110`, `2024011008`.
    Digits,
    /// One of `PATTERNS`.
    Pattern(usize),
}

/// Other formats, as `strftime` writes them. The one that reads the most cells is taken, and of two that read as many the one whose
/// dates come in even steps, or else the first. So `31/12/2024` in a column shows that all of it begins with the day; where
/// nothing shows it, the month comes first. Their places are written to files: others are added behind them.
const PATTERNS: [&str; 65] = [
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d %H:%M:%S%.f",
    "%d.%m.%Y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S%.f",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S%.f",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S%.f",
    "%d-%m-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%d/%b/%Y:%H:%M:%S %z",
    "%m/%d/%Y %I:%M %p",
    "%d-%b-%Y %H:%M",
    "%d-%b-%Y %H:%M:%S%.f",
    "%m/%d/%y",
    "%m/%d/%y %H:%M",
    "%m/%d/%y %H:%M:%S%.f",
    "%m/%d/%y %I:%M %p",
    "%m/%d/%y %I:%M:%S %p",
    "%d/%m/%y",
    "%d/%m/%y %H:%M",
    "%d/%m/%y %H:%M:%S%.f",
    "%d.%m.%y",
    "%d.%m.%y %H:%M",
    "%d.%m.%y %H:%M:%S%.f",
    "%d-%b-%y",
    "%y/%m/%d",
    "%y/%m/%d %H:%M",
    "%y/%m/%d %H:%M:%S%.f",
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y %H:%M:%S%.f",
    "%m-%d-%Y",
    "%m-%d-%Y %H:%M",
    "%m-%d-%Y %H:%M:%S%.f",
    "%d/%m/%Y %I:%M %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%y %I:%M %p",
    "%d/%m/%y %I:%M:%S %p",
    "%Y.%m.%d",
    "%Y.%m.%d %H:%M",
    "%Y.%m.%d %H:%M:%S%.f",
    "%Y:%m:%d %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%d %b %Y %H:%M",
    "%d %b %Y %H:%M:%S%.f",
    "%b %d, %Y %H:%M:%S",
    "%b %d %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%d/%b/%Y",
    "%d/%b/%Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S GMT",
    "[%d/%b/%Y:%H:%M:%S %z]",
    // Months alone begin with their first day.
    "%b %Y",
    "%b-%y",
    "%b-%Y",
    "%Y-%m",
];

/// `%Y` reads `24` as well, and means the year 24.
const FIRST_YEAR: i16 = 100;

/// The years of times that are digits alone: seconds since 1970 are as long as a time to the hour.
const DIGIT_YEARS: std::ops::Range<i16> = 1800..2100;

/// The precision of a column of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Dates without a time.
    Days,
    /// Dates with a time.
    Seconds,
    /// Times without a date, in seconds since midnight.
    SecondsOfDay,
}

/// Longest cell that can be a date.
const LONGEST: usize = 40;

/// Seconds since 1970 in UTC, or in local time where the cell has no time zone; for a time of day, since midnight. `cell` is
/// trimmed.
pub fn read(cell: &[u8], format: Format) -> Option<f64> {
    static ISO: DateTimeParser = DateTimeParser::new();
    if cell.len() > LONGEST || cell.len() < 4 || !cell[..].iter().any(u8::is_ascii_digit) {
        return None;
    }
    match format {
        Format::Iso => {
            // As databases print it.
            if let Some(time) = cell.strip_suffix(b" UTC") {
                return ISO.parse_datetime(time).ok().map(seconds);
            }
            // The parser also reads `20240110`, which may be a number.
            let dashed = cell.len() >= 10 && cell[4] == b'-';
            if !dashed && cell.get(8) != Some(&b'T') {
                return None;
            }
            ISO.parse_timestamp(cell).map_or_else(
                |_| ISO.parse_datetime(cell).ok().map(seconds),
                |stamp| Some(stamp.as_millisecond() as f64 / 1e3),
            )
        }
        Format::Clock => {
            if !cell.contains(&b':') {
                return None;
            }
            if matches!(cell.last(), Some(b'M' | b'm')) {
                return times::halves(cell);
            }
            let padded = if cell[1] == b':' {
                [b"0", cell].concat()
            } else {
                cell.to_vec()
            };
            let time = ISO.parse_time(&padded).ok()?;
            Some(seconds(DateTime::from_parts(epoch(), time)))
        }
        Format::PointedClock => {
            let time = Time::strptime("%H.%M.%S", cell).ok()?;
            Some(seconds(DateTime::from_parts(epoch(), time)))
        }
        Format::Elapsed => times::elapsed(cell),
        Format::Digits => times::digits(cell),
        Format::Pattern(index) => {
            let mut parts = BrokenDownTime::parse(PATTERNS[index], cell).ok()?;
            if parts.year().is_some_and(|year| year < FIRST_YEAR) {
                return None;
            }
            if parts.day().is_none() {
                // Years and months alone look like many a number.
                let year = parts.year().filter(|year| DIGIT_YEARS.contains(year));
                year.and_then(|_| parts.set_day(Some(1)).ok())?;
            }
            if let Ok(stamp) = parts.to_timestamp() {
                return Some(stamp.as_millisecond() as f64 / 1e3);
            }
            let date = parts.to_date().ok()?;
            let time = parts.to_time().unwrap_or(Time::midnight());
            Some(seconds(DateTime::from_parts(date, time)))
        }
    }
}

/// Whether these cells are times of digits alone, all of one length. They may also be numbers: the column's name must say
/// what they are. `cells` are trimmed and not missing.
pub fn are_digits(cells: &[&[u8]]) -> bool {
    let length = cells.first().map_or(0, |cell| cell.len());
    let is_time = |cell: &&[u8]| cell.len() == length && times::digits(cell).is_some();
    !cells.is_empty() && cells.iter().all(is_time)
}

fn epoch() -> Date {
    Date::constant(1970, 1, 1)
}

fn seconds(time: DateTime) -> f64 {
    time.duration_since(epoch().into()).as_secs_f64()
}

/// The format that reads the most of these cells, if it reads four fifths of them. `cells` are trimmed and not missing.
pub fn find(cells: &[&[u8]]) -> Option<Format> {
    find_in(cells, None)
}

/// The same where the user says whether day, month or year comes first.
pub fn find_in(cells: &[&[u8]], wanted: Option<Order>) -> Option<Format> {
    /// Cells of which a format that reads four fifths of all reads one.
    const TRIED: usize = 24;
    let first = cells.first()?;
    if !first.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let step = cells.len().div_ceil(TRIED);
    let reads_one = |format: &Format| {
        let mut tried = cells.iter().step_by(step);
        tried.any(|cell| read(cell, *format).is_some())
    };
    let all = [Format::Iso, Format::Clock]
        .into_iter()
        .chain((0..PATTERNS.len()).map(Format::Pattern))
        .chain([Format::PointedClock, Format::Elapsed]);
    let count = |format: Format| {
        let read = cells.iter().filter(|cell| read(cell, format).is_some());
        (read.count(), format)
    };
    let mut read_by: Vec<(usize, Format)> = all.filter(reads_one).map(count).collect();
    read_by.retain(|(count, _)| count * 10 >= cells.len() * 8);
    if wanted.is_some() && read_by.iter().any(|(_, format)| format.order() == wanted) {
        read_by.retain(|(_, format)| format.order() == wanted);
    }
    let most = read_by.iter().map(|(count, _)| *count).max()?;
    let best = read_by.into_iter().filter(|(count, _)| *count == most);
    let best: Vec<Format> = best.map(|(_, format)| format).collect();
    order::most_even(cells, &best)
}

/// The unit of a column with these values in seconds.
pub fn unit(format: Format, mut seconds: impl Iterator<Item = f64>) -> Unit {
    match format {
        Format::Clock | Format::PointedClock | Format::Elapsed => Unit::SecondsOfDay,
        _ if seconds.all(|value| value % 86_400.0 == 0.0) => Unit::Days,
        _ => Unit::Seconds,
    }
}

/// A date as text, from seconds.
pub fn show(seconds: f64, unit: Unit) -> String {
    let whole = whole_seconds(seconds);
    let time = civil(seconds);
    match unit {
        Unit::Days => time.date().to_string(),
        Unit::Seconds => format!("{} {}", time.date(), time.time()),
        Unit::SecondsOfDay => {
            let sign = if whole < 0 { "-" } else { "" };
            let whole = whole.abs();
            format!(
                "{sign}{:02}:{:02}:{:02}",
                whole / 3600,
                whole / 60 % 60,
                whole % 60
            )
        }
    }
}

fn whole_seconds(seconds: f64) -> i64 {
    seconds.clamp(-3.0e11, 2.5e11).round() as i64
}

/// The date and the time, from seconds.
fn civil(seconds: f64) -> DateTime {
    DateTime::from(epoch())
        .checked_add(jiff::SignedDuration::from_secs(whole_seconds(seconds)))
        .unwrap_or(DateTime::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_seconds_in_their_common_spellings() {
        let cases = [
            ("1970-01-02", 86_400.0),
            ("1970-01-01 00:01:30.5", 90.5),
            ("1970-01-01T01:00", 3_600.0),
            ("1970-01-01T01:00:00Z", 3_600.0),
            ("1970-01-01T01:00:00+01:00", 0.0),
            ("00:01:00", 60.0),
            ("8:00", 28_800.0),
            ("1970/01/02", 86_400.0),
            ("02.01.1970", 86_400.0),
            ("2.1.1970 00:01", 86_460.0),
            ("01/02/1970", 86_400.0),
            ("31/01/1970", 30.0 * 86_400.0),
            ("02-Jan-1970", 86_400.0),
            ("Jan 02, 1970", 86_400.0),
            ("1970-01-02 00:01:00 UTC", 86_460.0),
            ("19700102T000100Z", 86_460.0),
            ("01/02/70", 86_400.0),
            ("31.01.70 00:01", 30.0 * 86_400.0 + 60.0),
            ("02-Jan-70", 86_400.0),
            ("02-Jan-1970 00:01:00", 86_460.0),
            ("01/02/70 12:01 AM", 86_460.0),
            ("01/02/24", 1_704_153_600.0),
            ("1:00:30 PM", 46_830.0),
            ("12:30 am", 1_800.0),
            ("18.00.30", 64_830.0),
            ("26:15:00", 94_500.0),
            ("100:00:01.5", 360_001.5),
            ("12:34.5", 754.5),
            ("90:00.25", 5_400.25),
            ("70/01/31", 30.0 * 86_400.0),
            ("31-01-1970 00:01", 30.0 * 86_400.0 + 60.0),
            ("1970.01.02", 86_400.0),
            ("1970:01:02 00:01:00", 86_460.0),
            ("Fri Jan  2 00:01:00 1970", 86_460.0),
            ("Fri, 02 Jan 1970 01:01:00 +0100", 86_460.0),
            ("2 January 1970", 86_400.0),
            ("Feb 1970", 31.0 * 86_400.0),
            ("Feb-70", 31.0 * 86_400.0),
            ("1970-02", 31.0 * 86_400.0),
        ];
        for (cell, expected) in cases {
            let format = find(&[cell.as_bytes()]);
            assert_eq!(
                format.and_then(|format| read(cell.as_bytes(), format)),
                Some(expected),
                "{cell}"
            );
        }
        for cell in [
            "26:61:00",
            "1:2:3:4",
            "a:b.c",
            "16:9",
            "20240110",
            "1.5",
            "yes",
            "2024",
            "12kg",
            "1704873600",
            "",
        ] {
            assert_eq!(find(&[cell.as_bytes()]), None, "{cell}");
        }
    }

    #[test]
    fn digits_alone_may_be_times() {
        for (cell, expected) in [
            ("19700102", 86_400.0),
            ("1970010201", 90_000.0),
            ("197001020130", 91_800.0),
            ("19700102013015", 91_815.0),
        ] {
            assert!(are_digits(&[cell.as_bytes()]), "{cell}");
            assert_eq!(read(cell.as_bytes(), Format::Digits), Some(expected));
        }
        for cell in ["19701301", "1704873600", "99991231", "197001", "1970-1-2"] {
            assert!(!are_digits(&[cell.as_bytes()]), "{cell}");
        }
        assert!(!are_digits(&[b"19700102", b"1970010201"]) && !are_digits(&[]));
    }

    #[test]
    fn the_parts_decide_which_comes_first() {
        let cells: [&[u8]; 3] = [b"01/02/2024", b"25/12/2024", b"03/04/2024"];
        let format = find(&cells).unwrap();
        assert_eq!(
            show(read(cells[0], format).unwrap(), Unit::Days),
            "2024-02-01"
        );
    }

    #[test]
    fn seconds_are_shown_as_dates() {
        assert_eq!(show(86_400.0, Unit::Days), "1970-01-02");
        assert_eq!(show(90.4, Unit::Seconds), "1970-01-01 00:01:30");
        assert_eq!(show(28_805.0, Unit::SecondsOfDay), "08:00:05");
        assert!(
            !show(f64::INFINITY, Unit::Seconds).is_empty()
                && !show(f64::NAN, Unit::Days).is_empty()
        );
    }
}
