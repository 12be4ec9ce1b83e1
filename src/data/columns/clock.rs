//! What a clock makes of times: the hour of the day and the day of the week, each a column of its own.

use crate::data::columns::gaps::Gaps;
use crate::data::columns::packed::Packed;
use crate::data::columns::piece::Piece;
use crate::data::columns::words::Words;

/// Seconds of an hour and of a day.
const HOUR: f64 = 3_600.0;
const DAY: f64 = 24.0 * HOUR;

/// As the week is counted from the first of January 1970, a Thursday.
const DAYS: [&str; 7] = [
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
];

/// What a clock tells of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The hour of the day, with its minutes as a fraction.
    Hour,
    /// The day of the week.
    Day,
}

impl Part {
    const ALL: [Self; 2] = [Self::Hour, Self::Day];

    const fn suffix(self) -> &'static str {
        match self {
            Self::Hour => ": hour of day",
            Self::Day => ": day of week",
        }
    }

    /// What the column is called that holds this part of another.
    pub fn of(self, column: &str) -> String {
        format!("{column}{}", self.suffix())
    }

    /// The column that a column of such a name is made of, and the part.
    pub fn found(name: &str) -> Option<(&str, Self)> {
        Self::ALL
            .into_iter()
            .find_map(|part| Some((name.strip_suffix(part.suffix())?, part)))
    }

    /// This part of the times of a block; `per` of their units make a second.
    pub fn piece(self, times: &Piece, per: f64) -> Piece {
        let Piece::Numbers(times, _) = times else {
            return Piece::Presence(0);
        };
        match self {
            Self::Hour => {
                let mut hours = Vec::with_capacity(times.len());
                times.for_each(|time| hours.push(hour(time / per)));
                Piece::Numbers(Packed::new(hours), Gaps::default())
            }
            Self::Day => {
                let mut days = Words::default();
                times.for_each(|time| days.push(day(time / per).map(str::as_bytes)));
                Piece::Words(days)
            }
        }
    }
}

/// The hour of the day, NaN of no time.
pub fn hour(seconds: f64) -> f64 {
    seconds.rem_euclid(DAY) / HOUR
}

/// The day of the week.
pub fn day(seconds: f64) -> Option<&'static str> {
    let day = (seconds / DAY).floor().rem_euclid(7.0);
    (!seconds.is_nan()).then(|| DAYS[day as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_january_1970_was_a_thursday() {
        assert_eq!((hour(0.0), day(0.0)), (0.0, Some("Thursday")));
        assert_eq!((hour(-1_800.0), day(-1.0)), (23.5, Some("Wednesday")));
        assert_eq!(day(f64::NAN), None);
        assert!(hour(f64::NAN).is_nan());
    }

    #[test]
    fn a_part_is_known_by_its_name() {
        let name = Part::Day.of("at: hour of day");
        assert_eq!(Part::found(&name), Some(("at: hour of day", Part::Day)));
        assert_eq!(Part::found("hour"), None);
    }
}
