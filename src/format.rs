//! Numbers as people read them. All formatting of numbers is here, so that a figure looks the same everywhere.

pub mod json;

use std::borrow::Cow;

/// `3301045` → `3,301,045`.
pub fn group(number: impl TryInto<i128>) -> String {
    let number = number.try_into().unwrap_or(i128::MAX);
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('−');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many things: `1 outlier`, `1,204 outliers`.
pub fn count(number: usize, thing: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {thing}{ending}", group(number))
}

/// What a second date or time adds to the first: of `2024-05-01 09:40:00` and `2024-05-01 10:05:00` only `10:05:00`.
pub fn rest_of<'a>(first: &str, second: &'a str) -> &'a str {
    match (first.split_once(' '), second.split_once(' ')) {
        (Some((day, _)), Some((same, time))) if day == same => time,
        _ => second,
    }
}

/// A score in multiples of the median row's: `1.03×`, `38.2×`, `1,204×`.
pub fn score(score: f32) -> String {
    let score = f64::from(score);
    if !score.is_finite() {
        return if score.is_nan() {
            "none".into()
        } else {
            "∞×".into()
        };
    }
    match score {
        s if s < 9.995 => format!("{s:.2}×"),
        s if s < 99.95 => format!("{s:.1}×"),
        s if s < 999_999.5 => format!("{}×", group(s.round() as i64)),
        s => format!("{s:.1e}×"),
    }
}

/// A share of the whole: `71 %`, `<1 %`.
pub fn percent(share: f32) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.5 {
        "<1 %".into()
    } else {
        format!("{percent:.0} %")
    }
}

/// A metric with four figures that count: `0.5231`, `0.00181`, `1.20e-5`.
pub fn metric(value: f64) -> String {
    match value.abs() {
        _ if !value.is_finite() => "none".into(),
        0.0 => "0".into(),
        size if size < 1e-4 => format!("{value:.2e}"),
        size if size < 0.01 => format!("{value:.5}"),
        size if size < 100.0 => format!("{value:.4}"),
        size if size < 1e6 => format!("{value:.1}"),
        _ => format!("{value:.2e}"),
    }
}

/// A value in a table's own units, with six figures that count and no needless zeros.
pub fn value(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return "none".into();
    }
    if size != 0.0 && !(1e-4..1e9).contains(&size) {
        return format!("{value:.4e}");
    }
    let whole = if size < 1.0 {
        0
    } else {
        size.log10().floor() as usize + 1
    };
    let decimals = 6_usize.saturating_sub(whole.max(1));
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A value beside others of the same column, all to the same number of decimals: enough for three to four figures of
/// `scale`, the size of the column's spread.
pub fn aligned(number: f64, scale: f64) -> String {
    let decimals = 3.0 - scale.abs().log10().floor();
    if !number.is_finite() || number.abs() >= 1e9 || !(-9.0..=8.0).contains(&decimals) {
        return value(number);
    }
    let text = format!("{number:.0$}", decimals.max(0.0) as usize);
    // Scaled and back, a zero may come out a little below.
    let zero = text.starts_with('-') && !text.contains(|digit: char| ('1'..='9').contains(&digit));
    if zero { text[1..].to_owned() } else { text }
}

/// A learning rate: `1e-4`, `2.5e-4`.
pub fn rate(rate: f64) -> String {
    let text = format!("{rate:.1e}");
    text.replacen(".0e", "e", 1)
}

/// A speed, of rows or of windows: `5,790 rows/s`, `2.35 M windows/s`.
pub fn speed(per_second: f64, what: &str) -> String {
    match per_second {
        s if s < 10.0 => format!("{s:.1} {what}/s"),
        s if s < 1e6 => format!("{} {what}/s", group(s.round() as i64)),
        s => format!("{:.2} M {what}/s", s / 1e6),
    }
}

/// Seconds as `0:07`, `12:34`, `1:02:03`.
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Epochs: `0.4`, `9.9`, `41`.
pub fn epoch(epochs: f64) -> String {
    if epochs < 10.0 {
        format!("{epochs:.1}")
    } else {
        group(epochs as u64)
    }
}

/// Bytes: `812 B`, `4.2 MB`.
pub fn bytes(bytes: u64) -> String {
    match bytes as f64 {
        b if b < 1e3 => format!("{b} B"),
        b if b < 1e6 => format!("{:.0} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.2} GB", b / 1e9),
    }
}

/// A cell of the file in little room: a long fraction is rounded, so that the number takes eight characters where it can; everything
/// else stays as it is, and so does a number of which that would leave less than three digits.
pub fn short(cell: &str) -> Cow<'_, str> {
    const ROOM: usize = 8;
    let whole = || Cow::Borrowed(cell);
    if cell.len() <= ROOM {
        return whole();
    }
    let Some((before, after)) = cell.split_once(['.', ',']) else {
        return whole();
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // Three digits behind a comma may be thousands.
    if !digits(before.trim_start_matches('-')) || !digits(after) || after.len() <= 3 {
        return whole();
    }
    let point = &cell[before.len()..=before.len()];
    let Ok(value) = cell.replace(point, ".").parse::<f64>() else {
        return whole();
    };
    let decimals = ROOM.saturating_sub(before.len() + 1).max(1);
    let rounded = format!("{value:.decimals$}");
    let significant = rounded.trim_start_matches(['-', '0', '.']);
    if significant.bytes().filter(u8::is_ascii_digit).count() < 3 && value != 0.0 {
        return whole();
    }
    Cow::Owned(rounded.replace('.', point))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_fractions_are_rounded_and_nothing_else() {
        for (cell, shown) in [
            ("0.0049123147", "0.004912"),
            ("-0.91998844", "-0.91999"),
            ("123456.789012", "123456.8"),
            ("-12345678.1234", "-12345678.1"),
            ("0,7654321098", "0,765432"),
            ("9.99999999", "10.000000"),
            ("0.0000000000", "0.000000"),
            ("97.3", "97.3"),
            // Too little would be left, or it is no plain number.
            ("0.0000123456", "0.0000123456"),
            ("1.2345678e-9", "1.2345678e-9"),
            ("1234567,890", "1234567,890"),
            ("1.234.567,89", "1.234.567,89"),
            ("1234567890", "1234567890"),
            ("2024-05-06 10:00", "2024-05-06 10:00"),
            ("a note, and more of it", "a note, and more of it"),
            ("Straße, 12345", "Straße, 12345"),
        ] {
            assert_eq!(short(cell), shown);
        }
    }

    #[test]
    fn one_thing_is_not_plural() {
        let counted = [0, 1, 1_204].map(|number| count(number, "outlier"));
        assert_eq!(counted, ["0 outliers", "1 outlier", "1,204 outliers"]);
    }

    #[test]
    fn groups_of_three() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1_599, "1,599"),
            (3_301_045, "3,301,045"),
            (-1_039, "−1,039"),
        ];
        for (number, expected) in cases {
            assert_eq!(group(number), expected);
        }
    }

    #[test]
    fn scores_keep_three_figures() {
        let cases = [
            (1.034, "1.03×"),
            (38.21, "38.2×"),
            (1_204.4, "1,204×"),
            (3e9, "3.0e9×"),
            (f32::NAN, "none"),
        ];
        for (number, expected) in cases {
            assert_eq!(score(number), expected);
        }
    }

    #[test]
    fn values_keep_six_figures_and_no_needless_zeros() {
        let cases = [
            (0.0, "0"),
            (0.8142, "0.8142"),
            (1480.0, "1480"),
            (12.345_678_9, "12.3457"),
            (-0.001, "-0.001"),
            (1e-9, "1.0000e-9"),
            (1e12, "1.0000e12"),
            (999_999_999.0, "999999999"),
        ];
        for (number, expected) in cases {
            assert_eq!(value(number), expected);
        }
    }

    #[test]
    fn values_of_one_column_share_their_decimals() {
        assert_eq!(
            (aligned(0.34, 0.8), aligned(-0.1, 0.8)),
            ("0.3400".into(), "-0.1000".into())
        );
        assert_eq!(
            (aligned(1480.0, 7.5), aligned(3.0, 25_000.0)),
            ("1480.000".into(), "3".into())
        );
        assert_eq!(
            (aligned(1e300, 1e299), aligned(0.5, 0.0)),
            ("1.0000e300".into(), "0.5".into())
        );
    }

    #[test]
    fn small_metrics_never_read_zero() {
        let cases = [
            (0.523_14, "0.5231"),
            (0.001_81, "0.00181"),
            (1.2e-5, "1.20e-5"),
            (f64::NAN, "none"),
        ];
        for (number, expected) in cases {
            assert_eq!(metric(number), expected);
        }
    }

    #[test]
    fn rates_clocks_shares_and_sizes() {
        assert_eq!((rate(1e-4), rate(2.5e-4)), ("1e-4".into(), "2.5e-4".into()));
        assert_eq!(
            (clock(7.9), clock(754.0), clock(3_723.0)),
            ("0:07".into(), "12:34".into(), "1:02:03".into())
        );
        assert_eq!(
            (percent(0.712), percent(0.001), percent(0.0)),
            ("71 %".into(), "<1 %".into(), "0 %".into())
        );
        assert_eq!(
            (bytes(812), bytes(4_200_000)),
            ("812 B".into(), "4.2 MB".into())
        );
        assert_eq!(
            (speed(5_790.4, "rows"), speed(2_353_492.0, "windows")),
            ("5,790 rows/s".into(), "2.35 M windows/s".into())
        );
    }
}
