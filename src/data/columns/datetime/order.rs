//! Whether the day or the month comes first in dates such as `01/03/2024`. Where the numbers don't show it, the order is right that
//! makes the steps from row to row even, as those of a logger are, or of a report every month.

use std::collections::HashMap;

use jiff::civil::DateTime;

use super::{Format, PATTERNS, civil, read};

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `31/12/2024`
    Day,
    /// `12/31/2024`
    Month,
    /// `24/12/31`
    Year,
}

/// How patterns begin in which the order of two numbers matters.
const BEGINS: [(&str, Order); 5] = [
    ("%m/%d/", Order::Month),
    ("%d/%m/", Order::Day),
    ("%y/%m/", Order::Year),
    ("%m-%d-", Order::Month),
    ("%d-%m-", Order::Day),
];

/// Steps that must be alike, of all, for dates to come in even ones.
const EVEN: f64 = 0.5;
/// Times that are so many times closer together are more likely.
const CLOSER: f64 = 10.0;

impl Format {
    /// What comes first in it, where it could be something else.
    pub fn order(self) -> Option<Order> {
        let Self::Pattern(index) = self else {
            return None;
        };
        let begins = |(begin, _): &&(&str, Order)| PATTERNS[index].starts_with(begin);
        BEGINS.iter().find(begins).map(|(_, order)| *order)
    }

    /// The same with day and month in the other order, where there is such a format.
    pub fn swapped(self) -> Option<Self> {
        let Self::Pattern(index) = self else {
            return None;
        };
        let pattern = PATTERNS[index];
        let (first, rest) = pattern.split_at_checked("%m/%d".len())?;
        let other = match first {
            "%m/%d" => "%d/%m",
            "%d/%m" => "%m/%d",
            "%m-%d" => "%d-%m",
            "%d-%m" => "%m-%d",
            _ => return None,
        };
        let wanted = format!("{other}{rest}");
        let place = PATTERNS.iter().position(|pattern| *pattern == wanted);
        place.map(Self::Pattern)
    }
}

/// Of formats that read these cells equally well the first, unless that has day and month in an order that may be another: then
/// the one whose dates come in even steps, if one does.
pub(super) fn most_even(cells: &[&[u8]], formats: &[Format]) -> Option<Format> {
    let first = *formats.first()?;
    let others = || {
        formats[1..]
            .iter()
            .filter(|format| format.order().is_some())
    };
    if first.order().is_none() || others().next().is_none() {
        return Some(first);
    }
    let times = |format: Format| -> Vec<f64> {
        let times = cells.iter().filter_map(|cell| read(cell, format));
        times.collect()
    };
    let mut best = (evenness(times(first).into_iter()), first);
    for format in others() {
        let own = evenness(times(*format).into_iter());
        // Days of this year, and not the same day of many years.
        let closer = || {
            format.order() == Some(Order::Year)
                && span(&times(*format)) * CLOSER < span(&times(best.1))
        };
        if own >= EVEN && (own > best.0 || own >= best.0 && closer()) {
            best = (own, *format);
        }
    }
    Some(best.1)
}

/// Seconds from the first of these times to the last.
fn span(times: &[f64]) -> f64 {
    let [least, most] = times
        .iter()
        .fold([f64::MAX, f64::MIN], |[least, most], time| {
            [least.min(*time), most.max(*time)]
        });
    most - least
}

/// Whether day and month of a date may be taken for each other.
pub fn may_swap(seconds: f64) -> bool {
    civil(seconds).day() <= 12
}

/// Whether nothing in these seconds, which a format with day and month in some order gave, shows that it is the right one.
pub fn is_undecided(seconds: impl Iterator<Item = f64>) -> bool {
    /// So many show as much as all.
    const SHOWN: usize = 10_000;
    let mut own = Vec::new();
    let mut other = Vec::new();
    for seconds in seconds {
        let time = civil(seconds);
        if time.day() > 12 {
            return false;
        }
        if own.len() < SHOWN {
            own.push(seconds);
            let swapped = time.with().month(time.day()).day(time.month()).build();
            other.extend(swapped.ok().map(super::seconds));
        }
    }
    // One and the same either way.
    if own == other {
        return false;
    }
    let (own, other) = (evenness(own.into_iter()), evenness(other.into_iter()));
    own < EVEN || own <= other
}

/// The share of steps from one time to the next that are the usual one, counted in seconds or, where the days of the month are
/// the same, in months.
fn evenness(seconds: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<(f64, DateTime)> = seconds.map(|time| (time, civil(time))).collect();
    // Rows of one time say nothing.
    times.dedup();
    let months = |time: &DateTime| i64::from(time.year()) * 12 + i64::from(time.month());
    let in_seconds = times.windows(2).map(|pair| (pair[1].0 - pair[0].0) as i64);
    let in_months = times.windows(2).map(|pair| {
        let (a, b) = (&pair[0].1, &pair[1].1);
        if a.day() == b.day() && a.time() == b.time() {
            months(b) - months(a)
        } else {
            0
        }
    });
    usual(in_seconds).max(usual(in_months))
}

/// The share of the most frequent of these steps, standing still apart.
fn usual(steps: impl Iterator<Item = i64>) -> f64 {
    let mut counts = HashMap::<i64, usize>::new();
    let mut all = 0;
    for step in steps {
        all += 1;
        if step != 0 {
            *counts.entry(step).or_default() += 1;
        }
    }
    let most = counts.values().max().copied().unwrap_or(0);
    most as f64 / f64::from(all.max(1))
}

#[cfg(test)]
mod tests {
    use super::super::{Unit, find, show};
    use super::*;

    fn first(cells: &[String], order: Option<Order>) -> String {
        let cells: Vec<&[u8]> = cells.iter().map(String::as_bytes).collect();
        let format = super::super::find_in(&cells, order).unwrap();
        show(read(cells[0], format).unwrap(), Unit::Days)
    }

    #[test]
    fn even_steps_show_the_order() {
        // Hours of ten days in March, as they are written in Europe.
        let hours: Vec<String> = (0..240)
            .map(|hour| format!("{:02}/03/2024 {:02}:00", 1 + hour / 24, hour % 24))
            .collect();
        assert_eq!(first(&hours, None), "2024-03-01");
        // The first of every month.
        let months: Vec<String> = (0..40)
            .map(|month| format!("01/{:02}/{}", 1 + month % 12, 2020 + month / 12))
            .collect();
        assert_eq!(first(&months[2..], None), "2020-03-01");
        let american: Vec<String> = (0..40)
            .map(|month| format!("{:02}/01/{}", 1 + month % 12, 2020 + month / 12))
            .collect();
        assert_eq!(first(&american[2..], None), "2020-03-01");
        // Two digits of a year in front of months and days.
        let years: Vec<String> = (0..20)
            .map(|day| format!("24/03/{:02} 10:00", 1 + day))
            .collect();
        assert_eq!(first(&years, None), "2024-03-01");
    }

    #[test]
    fn what_can_be_read_in_one_way_is() {
        let cells: Vec<String> = (0..40)
            .map(|row| {
                format!(
                    "2024-{:02}-{:02} 08:{row:02}:00",
                    1 + row % 12,
                    10 + row % 19
                )
            })
            .collect();
        let cells: Vec<&[u8]> = cells.iter().map(String::as_bytes).collect();
        assert_eq!(find(&cells), Some(Format::Iso));
    }

    #[test]
    fn what_the_user_says_decides() {
        let cells: Vec<String> = (1..9).map(|day| format!("0{day}/03/2024")).collect();
        assert_eq!(first(&cells, Some(Order::Day)), "2024-03-01");
        assert_eq!(first(&cells, Some(Order::Month)), "2024-01-03");
        // What can only be one of them stays so.
        let cells = ["31/12/2024".to_owned()];
        assert_eq!(first(&cells, Some(Order::Month)), "2024-12-31");
    }

    #[test]
    fn what_may_be_either_is_known() {
        let seconds = |cells: &[&str]| {
            let cells: Vec<&[u8]> = cells.iter().map(|cell| cell.as_bytes()).collect();
            let format = find(&cells).unwrap();
            let read = cells.iter().filter_map(|cell| read(cell, format));
            is_undecided(read.collect::<Vec<_>>().into_iter())
        };
        assert!(seconds(&["05/07/2024", "03/02/2024", "11/08/2024"]));
        assert!(!seconds(&["05/07/2024", "03/22/2024", "11/08/2024"]));
        assert!(!seconds(&["05/05/2024", "05/05/2024"]));
    }

    #[test]
    fn an_order_has_another() {
        for (index, pattern) in PATTERNS.iter().enumerate() {
            let format = Format::Pattern(index);
            if let Some(other) = format.swapped() {
                assert_eq!(other.swapped(), Some(format), "{pattern}");
                assert_ne!(other.order(), format.order());
            }
        }
        let iso = Format::Iso;
        assert_eq!((iso.order(), iso.swapped()), (None, None));
    }
}
