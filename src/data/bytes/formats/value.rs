//! How values of formats that know types are written as text. Whoever reads such a file in another way writes them so too.

use std::fmt::Write;

/// Writes a number as short as it can be read back.
pub fn number(text: &mut String, value: f64) {
    let size = value.abs();
    // Writing to a String cannot fail.
    let _ = if size == 0.0 || (1e-5..1e16).contains(&size) || !value.is_finite() {
        write!(text, "{value}")
    } else {
        write!(text, "{value:e}")
    };
}

/// The number that the shortest digits name which read back as these 32 bits: 0.1 is 0.1.
pub fn single(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// A day as ISO 8601 writes it, from days since 1970.
pub fn day(days: i64) -> String {
    let time = time(days * 86_400, 0);
    time.split('T').next().unwrap_or_default().to_owned()
}

/// A time as ISO 8601 writes it, from seconds since 1970 and nanoseconds.
pub fn time(seconds: i64, nanos: i64) -> String {
    match jiff::Timestamp::new(seconds, nanos as i32) {
        Ok(time) => time.to_string().trim_end_matches('Z').to_owned(),
        // Beyond the year 9999 there is only the number.
        Err(_) => seconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_read_back() {
        for (value, written) in [
            (1.0, "1"),
            (0.1, "0.1"),
            (1e300, "1e300"),
            (-2.5e-9, "-2.5e-9"),
            (0.0, "0"),
        ] {
            let mut text = String::new();
            number(&mut text, value);
            assert_eq!(text, written);
        }
        assert_eq!(single(0.1), 0.1);
    }

    #[test]
    fn times_are_written_without_a_zone() {
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(time(0, 500_000_000), "1970-01-01T00:00:00.5");
    }
}
