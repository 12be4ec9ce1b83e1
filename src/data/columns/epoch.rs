//! Times as numbers: seconds, milliseconds, microseconds or nanoseconds since 1970, in a column named like a time.

use crate::data::columns::packed::Packed;

/// The first of January of 1990 and of 2100: numbers between them, in one of the units, can be times.
const FROM: f64 = 631_152_000.0;
const TO: f64 = 4_102_444_800.0;

/// How many of a unit make a second, and its name.
const UNITS: [(f64, &str); 4] = [
    (1.0, "seconds"),
    (1e3, "milliseconds"),
    (1e6, "microseconds"),
    (1e9, "nanoseconds"),
];

/// Words of which one is in the name of a column of times.
const NAMES: [&str; 16] = [
    "time",
    "timestamp",
    "datetime",
    "date",
    "ts",
    "epoch",
    "unix",
    "unixtime",
    "at",
    "created",
    "updated",
    "modified",
    "zeit",
    "datum",
    "fecha",
    "when",
];

/// How many units make a second, and the unit's name, where numbers from `min` to `max` can be times.
pub fn unit(min: f64, max: f64) -> Option<(f64, &'static str)> {
    UNITS
        .into_iter()
        .find(|(per, _)| min >= FROM * per && max <= TO * per)
}

/// Whether a column's name says that it holds times.
pub fn is_time_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphabetic());
    words.any(|word| NAMES.contains(&word))
        || lower.contains("timestamp")
        || lower.ends_with("time")
}

/// The values in seconds.
pub fn seconds(values: &[Packed], per: f64) -> Vec<Packed> {
    let convert = |piece: &Packed| {
        let mut converted = Vec::with_capacity(piece.len());
        piece.for_each(|value| converted.push(value / per));
        Packed::new(converted)
    };
    values.iter().map(convert).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_times_where_their_name_and_size_say_so() {
        let named = |min, max| unit(min, max).map(|(_, name)| name);
        assert_eq!(named(1.7e9, 1.8e9), Some("seconds"));
        assert_eq!(named(1.7e12, 1.8e12), Some("milliseconds"));
        assert_eq!(named(1.7e15, 1.8e15), Some("microseconds"));
        assert_eq!(named(1.7e18, 1.8e18), Some("nanoseconds"));
        assert_eq!((named(0.0, 1.8e9), named(10.0, 12.0)), (None, None));
        for name in [
            "time",
            "Timestamp",
            "created_at",
            "event time (ms)",
            "ts",
            "pickup_datetime",
            "unixTime",
        ] {
            assert!(is_time_name(name), "{name}");
        }
        for name in ["id", "runtimes", "temperature", "rate", "amount"] {
            assert!(!is_time_name(name), "{name}");
        }
    }
}
