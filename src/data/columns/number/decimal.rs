//! The numbers that most files consist of, read eight digits at a time: a sign, digits, a mark and digits, fifteen in all. Whatever
//! else a number may look like is the business of [`super::read`], which gives the same values.

/// Powers of ten that an integer is divided by; all are exact, so the quotient is the f64 nearest to the decimal (Clinger 1990,
/// “How to read floating point numbers accurately”).
const TENS: [f64; 16] = [
    1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];
/// Digits of which every integer is an exact f64.
const DIGITS: usize = 15;

/// A decimal number: an integer of at most fifteen digits, divided by a power of ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    /// The digits, with the sign.
    pub digits: i64,
    /// How many of the digits are behind the mark.
    pub places: u8,
}

impl Decimal {
    /// The number.
    pub fn value(self) -> f64 {
        self.digits as f64 / TENS[usize::from(self.places)]
    }

    /// Reads the number that begins at `at`, up to the first byte that does not belong to it; says where that is. None where
    /// something else stands there, or less than eight bytes before the end.
    #[inline]
    pub fn read(bytes: &[u8], at: usize, mark: u8) -> Option<(Self, usize)> {
        let negative = *bytes.get(at)? == b'-';
        let from = at + usize::from(negative);
        let (digits, places, end) = match short(eight(bytes, from)?, mark) {
            Some((digits, places, length)) => (digits, places, from + length),
            None => long(bytes, from, mark)?,
        };
        let digits = digits as i64;
        let decimal = Self {
            digits: if negative { -digits } else { digits },
            places: places as u8,
        };
        Some((decimal, end))
    }
}

/// A number of fewer than eight bytes: its digits, how many of them are behind the mark, and its length. None where it is longer
/// or no such number.
#[inline]
fn short(eight: u64, mark: u8) -> Option<(u64, usize, usize)> {
    let (digits, others) = split(eight);
    let whole = others.trailing_zeros() as usize / 8;
    if whole == 0 || whole == 8 {
        return None;
    }
    if (eight >> (8 * whole)) as u8 != mark {
        return Some((value(digits, whole), 0, whole));
    }
    // A mark spoils nothing behind it.
    let behind = others & (others - 1);
    let end = behind.trailing_zeros() as usize / 8;
    if end == 8 || end == whole + 1 {
        return None;
    }
    let before = (1 << (8 * whole)) - 1;
    let joined = digits & before | digits >> 8 & !before;
    Some((value(joined, end - 1), end - whole - 1, end))
}

/// The same of a number of any length: its digits, how many of them are behind the mark, and where it ends.
fn long(bytes: &[u8], from: usize, mark: u8) -> Option<(u64, usize, usize)> {
    let (mut digits, mut at) = run(bytes, from, 0)?;
    let mut length = at - from;
    if length == 0 {
        return None;
    }
    let mut places = 0;
    if bytes.get(at) == Some(&mark) {
        let behind = at + 1;
        (digits, at) = run(bytes, behind, digits)?;
        places = at - behind;
        if places == 0 {
            return None;
        }
        length += places;
    }
    (length <= DIGITS).then_some((digits, places, at))
}

/// The digits from `at` on behind those of `before`, and where they end. Of more than sixteen digits the value is wrong.
fn run(bytes: &[u8], mut at: usize, mut before: u64) -> Option<(u64, usize)> {
    /// What digits are multiplied by to make room for so many more.
    const ROOM: [u64; 9] = [
        1,
        10,
        100,
        1_000,
        10_000,
        100_000,
        1_000_000,
        10_000_000,
        100_000_000,
    ];
    loop {
        let (digits, others) = split(eight(bytes, at)?);
        let count = others.trailing_zeros() as usize / 8;
        before = before.wrapping_mul(ROOM[count]);
        if count > 0 {
            before = before.wrapping_add(value(digits, count));
        }
        at += count;
        if count < 8 {
            return Some((before, at));
        }
    }
}

#[inline]
fn eight(bytes: &[u8], at: usize) -> Option<u64> {
    let eight: [u8; 8] = bytes.get(at..at + 8)?.try_into().ok()?;
    Some(u64::from_le_bytes(eight))
}

/// Eight bytes with digits as 0 to 9; and the highest bit of each byte that is no digit, which is certain up to the first.
#[inline]
fn split(eight: u64) -> (u64, u64) {
    // Adding carries a byte that is no digit into its highest bit. From some bytes that are none it also carries into the next
    // byte, but never into one before.
    let digits = eight ^ 0x3030_3030_3030_3030;
    let others = (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    (digits, others)
}

/// The number that the first `count` of eight digits are, one at least.
#[inline]
fn value(digits: u64, count: usize) -> u64 {
    // Zeros before the digits, then pairs, fours and eights of digits side by side (Lemire 2018, “Quickly parsing eight
    // digits”).
    let eight = digits << (64 - 8 * count);
    let pairs = eight.wrapping_mul(10).wrapping_add(eight >> 8);
    let mask = 0x0000_00ff_0000_00ff;
    let high = (pairs & mask).wrapping_mul(100 + (1_000_000 << 32));
    let low = ((pairs >> 16) & mask).wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::columns::number::{self, Cell, Spelling};
    use proptest::prelude::*;

    /// The number at the beginning of a cell that another one follows.
    fn read(cell: &str, mark: u8) -> Option<(f64, usize)> {
        let text = format!("{cell};00000000");
        let (decimal, end) = Decimal::read(text.as_bytes(), 0, mark)?;
        Some((decimal.value(), end))
    }

    proptest! {
        #[test]
        fn decimals_are_read_as_any_number_is(cell in "-?[0-9]{0,17}[.,]?[0-9]{0,17}[-.0-9e]?") {
            for mark in [b'.', b','] {
                if let Some((value, _)) = read(&cell, mark).filter(|(_, end)| *end == cell.len()) {
                    let Cell::Number(other) = number::read(cell.as_bytes(), Spelling { decimal: mark }) else {
                        panic!("{cell}");
                    };
                    prop_assert_eq!(value.to_bits(), other.to_bits());
                }
            }
        }
    }

    #[test]
    fn usual_decimals_are_read_at_once() {
        let cases = [
            ("0", 0.0),
            ("-1.28818", -1.28818),
            ("123456789012345", 123_456_789_012_345.0),
            ("12345678.1234567", 12_345_678.123_456_7),
            ("0.00000000000001", 1e-14),
            ("007.50", 7.5),
            ("-0.00", 0.0),
        ];
        for (cell, value) in cases {
            assert_eq!(read(cell, b'.'), Some((value, cell.len())), "{cell}");
        }
    }

    #[test]
    fn anything_else_is_left_to_others() {
        for cell in ["", "-", ".5", "5.", "+7", " 7", "1234567890123456", "abc"] {
            assert_eq!(read(cell, b'.'), None, "{cell}");
        }
        assert_eq!(Decimal::read(b"1234567", 0, b'.'), None, "too near the end");
    }
}
