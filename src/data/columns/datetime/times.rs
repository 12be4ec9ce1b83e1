//! Times that no pattern says: halves of a day, what has passed, digits alone.

use jiff::civil::{Date, DateTime, Time};

use super::{DIGIT_YEARS, epoch, seconds};

/// Hours, minutes and seconds that passed, of which the first may be as many as they like; or minutes and seconds with a fraction.
pub fn elapsed(cell: &[u8]) -> Option<f64> {
    let digits = |text: &str| {
        let is_one = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_one.then(|| text.parse::<f64>().ok()).flatten()
    };
    let below = |amount: &f64| *amount < 60.0;
    let (whole, seconds) = str::from_utf8(cell).ok()?.rsplit_once(':')?;
    let (hours, minutes) = match whole.split_once(':') {
        Some((hours, minutes)) => (digits(hours)?, digits(minutes).filter(below)?),
        None if seconds.contains('.') => (0.0, digits(whole)?),
        None => return None,
    };
    let (last, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    digits(last).and(digits(fraction))?;
    let seconds = seconds.parse().ok().filter(below)?;
    Some(3_600.0 * hours + 60.0 * minutes + seconds)
}

/// A time of day in one of its halves: `8:00:30 AM`.
pub fn halves(cell: &[u8]) -> Option<f64> {
    let patterns = ["%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p"];
    let mut times = patterns.iter().map(|pattern| Time::strptime(pattern, cell));
    let time = times.find_map(std::result::Result::ok)?;
    Some(seconds(DateTime::from_parts(epoch(), time)))
}

/// A time as digits alone.
pub fn digits(cell: &[u8]) -> Option<f64> {
    if !matches!(cell.len(), 8 | 10 | 12 | 14) || !cell.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |from: usize, to: usize| {
        let digits = cell.get(from..to).unwrap_or_default();
        digits
            .iter()
            .fold(0, |number, digit| number * 10 + i16::from(digit - b'0'))
    };
    let part = |from: usize| number(from, from + 2) as i8;
    let year = number(0, 4);
    let date = Date::new(year, part(4), part(6)).ok()?;
    let time = Time::new(part(8), part(10), part(12), 0).ok()?;
    DIGIT_YEARS
        .contains(&year)
        .then(|| seconds(DateTime::from_parts(date, time)))
}
