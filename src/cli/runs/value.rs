//! The value of a setting in JSON. In a run it is written for people: `1,602`, `0.001`, `all`.

use serde_json::{Number, Value};

/// A number where it is one, else its words.
pub fn of(written: &str) -> Value {
    let number = match ungrouped(written) {
        Some(whole) => Some(whole.into()),
        None => plain(written).and_then(Number::from_f64),
    };
    number.map_or_else(|| written.into(), Value::Number)
}

/// A whole number whose figures may stand in groups of three.
fn ungrouped(written: &str) -> Option<u64> {
    let mut groups = written.split(',');
    let first = groups.next()?;
    let figures = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let rest = groups
        .clone()
        .all(|group| group.len() == 3 && figures(group));
    let whole = groups.next().is_none() || first.len() <= 3;
    let first = !first.is_empty() && figures(first);
    (first && rest && whole)
        .then(|| written.replace(',', "").parse().ok())
        .flatten()
}

/// Another number; not words that are read as one, such as `inf`.
fn plain(written: &str) -> Option<f64> {
    let begins = |c: char| c.is_ascii_digit() || c == '-';
    let number = written.starts_with(begins).then(|| written.parse().ok());
    number.flatten().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_numbers_and_all_else_is_text() {
        for (written, json) in [
            ("1,602", "1602"),
            ("12", "12"),
            ("18446744073709551615", "18446744073709551615"),
            ("0.001", "0.001"),
            ("1e-4", "0.0001"),
            ("1,02", "\"1,02\""),
            ("1602,024", "\"1602,024\""),
            ("1,024,8", "\"1,024,8\""),
            ("100 and 200", "\"100 and 200\""),
            ("none", "\"none\""),
            ("inf", "\"inf\""),
            ("", "\"\""),
        ] {
            assert_eq!(of(written).to_string(), json);
        }
    }
}
