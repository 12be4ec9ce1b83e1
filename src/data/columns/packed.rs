//! Numbers of one block and column, held exactly in half the room where they are short decimals.
//!
//! `12.345` is 12345 / 10³, and a division of two exact numbers gives the same f64 that the text gives. So a block whose
//! numbers all come back bit for bit is kept as 32-bit integers with one shared exponent; any other keeps its f64s. The
//! idea is ALP's (Afroozeh, Kuffó & Boncz 2023, “ALP: Adaptive Lossless floating-Point Compression”).

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

pub mod packer;

use std::ops::Range;

/// Powers of ten that decimals are tried with.
pub(in crate::data::columns) const TENS: [f64; 10] =
    [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Values that are unpacked in one go.
pub const EIGHT: usize = 8;
/// Stands for a missing value.
pub const NONE: i32 = i32::MIN;

/// Numbers, NaN where one is missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Packed {
    /// Integers, and the index of the power of ten that divides them.
    Short(Vec<i32>, u8),
    /// The numbers themselves.
    Long(Vec<f64>),
}

impl Packed {
    /// Packs the values; reading gives back the same bits, but for the payload of a NaN.
    pub fn new(values: Vec<f64>) -> Self {
        let mut tens = 0;
        for value in &values {
            while !value.is_nan() && short(*value, tens).is_none() {
                tens += 1;
                if tens == TENS.len() {
                    return Self::Long(values);
                }
            }
        }
        // A later value may have raised the exponent so far that an earlier one no longer fits.
        let pack = |value: &f64| {
            if value.is_nan() {
                Some(NONE)
            } else {
                short(*value, tens)
            }
        };
        match values.iter().map(pack).collect() {
            Some(short) => Self::Short(short, tens as u8),
            None => Self::Long(values),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Short(values, _) => values.len(),
            Self::Long(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes taken.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Short(values, _) => 4 * values.len(),
            Self::Long(values) => 8 * values.len(),
        }
    }

    /// One value.
    pub fn get(&self, index: usize) -> f64 {
        match self {
            Self::Short(values, tens) => long(values[index], *tens),
            Self::Long(values) => values[index],
        }
    }

    /// Calls `each` with every value in order.
    pub fn for_each(&self, each: impl FnMut(f64)) {
        self.for_each_in(0..self.len(), each);
    }

    /// Calls `each` with some of the values, in order.
    pub fn for_each_in(&self, some: Range<usize>, mut each: impl FnMut(f64)) {
        match self {
            Self::Short(values, tens) => values[some]
                .iter()
                .for_each(|value| each(long(*value, *tens))),
            Self::Long(values) => values[some].iter().for_each(|value| each(*value)),
        }
    }

    /// Calls `each` with the values in order, [`EIGHT`] at a time and those left over one by one: so many are divided in one
    /// go where this is compiled for the vector unit.
    #[inline(always)]
    pub fn for_each_eight(&self, each: impl FnMut(&[f64])) {
        self.for_each_eight_in(0..self.len(), each);
    }

    /// The same with some of the values.
    #[inline(always)]
    pub fn for_each_eight_in(&self, some: Range<usize>, mut each: impl FnMut(&[f64])) {
        match self {
            Self::Short(values, tens) => {
                let ten = TENS[usize::from(*tens)];
                let (eights, rest) = values[some].as_chunks::<EIGHT>();
                for eight in eights {
                    let mut numbers = [0.0; EIGHT];
                    for (number, value) in numbers.iter_mut().zip(eight) {
                        *number = divided(*value, ten);
                    }
                    each(&numbers);
                }
                for value in rest {
                    each(&[divided(*value, ten)]);
                }
            }
            Self::Long(values) => {
                let (eights, rest) = values[some].as_chunks::<EIGHT>();
                for eight in eights {
                    each(eight);
                }
                for value in rest {
                    each(&[*value]);
                }
            }
        }
    }

    /// Least and greatest value, the other way round where there is none.
    #[inline(always)]
    pub fn ends(&self) -> (f64, f64) {
        match self {
            Self::Short(values, tens) => {
                let (mut least, mut greatest) = (i32::MAX, NONE);
                for value in values {
                    least = least.min(if *value == NONE { i32::MAX } else { *value });
                    greatest = greatest.max(*value);
                }
                if greatest == NONE {
                    return (f64::MAX, f64::MIN);
                }
                (long(least, *tens), long(greatest, *tens))
            }
            Self::Long(values) => {
                let (mut least, mut greatest) = ([f64::MAX; EIGHT], [f64::MIN; EIGHT]);
                let (eights, rest) = values.as_chunks::<EIGHT>();
                // A comparison with NaN is false, so the lane keeps what it has.
                for eight in eights {
                    for (lane, value) in eight.iter().enumerate() {
                        least[lane] = if *value < least[lane] {
                            *value
                        } else {
                            least[lane]
                        };
                        greatest[lane] = if *value > greatest[lane] {
                            *value
                        } else {
                            greatest[lane]
                        };
                    }
                }
                // Of a number and NaN these take the number.
                let least = least.into_iter().chain(rest.iter().copied());
                let greatest = greatest.into_iter().chain(rest.iter().copied());
                (
                    least.fold(f64::MAX, f64::min),
                    greatest.fold(f64::MIN, f64::max),
                )
            }
        }
    }

    /// Whether a value is missing.
    pub fn has_gaps(&self) -> bool {
        match self {
            Self::Short(values, _) => values.contains(&NONE),
            Self::Long(values) => values.iter().any(|value| value.is_nan()),
        }
    }

    /// Adds the values of another piece after these.
    pub fn append(&mut self, other: &Self) {
        let mut values = Vec::with_capacity(self.len() + other.len());
        self.for_each(|value| values.push(value));
        other.for_each(|value| values.push(value));
        *self = Self::new(values);
    }

    /// Keeps the values that are marked in `keep`.
    pub fn retain(&mut self, keep: &[bool]) {
        let mut marks = keep.iter();
        let mut kept = || marks.next().copied().unwrap_or(false);
        match self {
            Self::Short(values, _) => values.retain(|_| kept()),
            Self::Long(values) => values.retain(|_| kept()),
        }
    }
}

fn short(value: f64, tens: usize) -> Option<i32> {
    let scaled = (value * TENS[tens]).round();
    // `i32::MIN` stands for a missing value, and −0 has no integer.
    if scaled.abs() >= f64::from(i32::MAX) {
        return None;
    }
    let integer = scaled as i32;
    (long(integer, tens as u8).to_bits() == value.to_bits()).then_some(integer)
}

/// The number that an integer stands for.
#[inline(always)]
pub fn long(value: i32, tens: u8) -> f64 {
    divided(value, TENS[usize::from(tens)])
}

/// The integers that stand for numbers from `low` to `high`, least and greatest; the other way round where there is none.
pub fn whole_between(low: f64, high: f64, tens: u8) -> (i32, i32) {
    let number = |value: i32| long(value, tens);
    let about = |value: f64| {
        (value * TENS[usize::from(tens)]).clamp(f64::from(-i32::MAX), f64::from(i32::MAX)) as i32
    };
    let (mut least, mut greatest) = (about(low), about(high));
    // Rounding may have led past them.
    while least < i32::MAX && number(least) < low {
        least += 1;
    }
    while least > -i32::MAX && number(least - 1) >= low {
        least -= 1;
    }
    while greatest > -i32::MAX && number(greatest) > high {
        greatest -= 1;
    }
    while greatest < i32::MAX && number(greatest + 1) <= high {
        greatest += 1;
    }
    // No integer reaches so far: those that are kept are all nearer to zero than these.
    if number(least) < low {
        least = i32::MAX;
    }
    if number(greatest) > high {
        greatest = -i32::MAX;
    }
    (least, greatest)
}

#[inline(always)]
fn divided(value: i32, ten: f64) -> f64 {
    if value == NONE {
        f64::NAN
    } else {
        f64::from(value) / ten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_numbers_between_two_others() {
        let (most, far) = (i32::MAX, f64::INFINITY);
        assert_eq!(whole_between(-0.25, 1.0, 1), (-2, 10));
        assert_eq!(whole_between(0.11, 0.19, 1), (2, 1));
        assert_eq!(whole_between(0.1 + 0.2, 0.7, 1), (4, 7));
        assert_eq!(whole_between(-far, far, 3), (-most, most));
        assert_eq!(whole_between(1e12, 1e13, 2), (most, most));
        assert_eq!(whole_between(-1e13, -1e12, 2), (-most, -most));
    }
    use proptest::prelude::*;

    fn unpacked(packed: &Packed) -> Vec<u64> {
        let mut bits = Vec::new();
        packed.for_each(|value| bits.push(value.to_bits()));
        bits
    }

    #[test]
    fn short_decimals_take_half_the_room() {
        let packed = Packed::new(vec![12.345, -0.1, f64::NAN, 7.0, 19_999.999]);
        assert!(matches!(packed, Packed::Short(_, 3)), "{packed:?}");
        assert_eq!((packed.get(0), packed.get(4)), (12.345, 19_999.999));
        assert!(packed.get(2).is_nan());
    }

    #[test]
    fn what_is_not_short_is_kept_as_it_is() {
        for value in [1e308, 5e-324, -0.0, 0.1 + 0.2, 2_147_483_647.0, 1.0 / 3.0] {
            let packed = Packed::new(vec![1.5, value]);
            assert!(matches!(packed, Packed::Long(_)), "{value}");
            assert_eq!(packed.get(1).to_bits(), value.to_bits());
        }
        assert!(matches!(Packed::new(vec![2e9, 0.001]), Packed::Long(_)));
    }

    proptest! {
        #[test]
        fn every_bit_comes_back(values in prop::collection::vec(prop_oneof![
            any::<f64>().prop_filter("numbers", |v| !v.is_nan()),
            (-99_999..99_999_i32, 0..6_u32).prop_map(|(m, k)| f64::from(m) / 10_f64.powi(k as i32)),
        ], 0..40)) {
            let bits: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
            prop_assert_eq!(unpacked(&Packed::new(values)), bits);
        }
    }
}
