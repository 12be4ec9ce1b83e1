//! Packs numbers one after the other, as they are read.

use crate::data::columns::number::decimal::Decimal;
use crate::data::columns::packed::{self, Packed, TENS};

/// What integers are multiplied by to have more places.
const SCALES: [i64; TENS.len()] = [
    1,
    10,
    100,
    1_000,
    10_000,
    100_000,
    1_000_000,
    10_000_000,
    100_000_000,
    1_000_000_000,
];

/// Numbers of one block and column, as far as they have been read.
#[derive(Debug)]
pub struct Packer(Packed);

impl Default for Packer {
    fn default() -> Self {
        Self(Packed::Short(Vec::new(), 0))
    }
}

impl Packer {
    /// Makes room for so many numbers.
    pub fn reserve(&mut self, count: usize) {
        match &mut self.0 {
            Packed::Short(values, _) => values.reserve(count),
            Packed::Long(values) => values.reserve(count),
        }
    }

    /// Adds a decimal.
    #[inline]
    pub fn push_decimal(&mut self, decimal: Decimal) {
        if let Packed::Short(values, tens) = &mut self.0
            && decimal.places <= *tens
            && let Some(value) = scaled(decimal.digits, *tens - decimal.places)
        {
            values.push(value);
        } else {
            self.push_unlike(decimal);
        }
    }

    /// Adds a decimal with more places than any before it, or with too many digits.
    #[cold]
    fn push_unlike(&mut self, decimal: Decimal) {
        match &mut self.0 {
            Packed::Short(values, tens) => {
                let places = decimal.places.max(*tens);
                let more = places - *tens;
                let value = scaled(decimal.digits, places - decimal.places)
                    .filter(|_| usize::from(places) < TENS.len());
                if let Some(value) = value
                    && rescale(values, more)
                {
                    values.push(value);
                    *tens = places;
                } else {
                    self.lengthen().push(decimal.value());
                }
            }
            Packed::Long(values) => values.push(decimal.value()),
        }
    }

    /// Adds any number, or NaN where one is missing.
    pub fn push(&mut self, value: f64) {
        match &mut self.0 {
            Packed::Short(values, _) if value.is_nan() => values.push(packed::NONE),
            Packed::Short(values, tens) => {
                let fitting = (usize::from(*tens)..TENS.len())
                    .find_map(|places| Some((packed::short(value, places)?, places as u8)));
                match fitting {
                    Some((value, places)) if rescale(values, places - *tens) => {
                        values.push(value);
                        *tens = places;
                    }
                    _ => self.lengthen().push(value),
                }
            }
            Packed::Long(values) => values.push(value),
        }
    }

    /// The numbers as they are.
    fn lengthen(&mut self) -> &mut Vec<f64> {
        let mut long = Vec::with_capacity(self.0.len() + 1);
        self.0.for_each(|value| long.push(value));
        self.0 = Packed::Long(long);
        match &mut self.0 {
            Packed::Long(values) => values,
            Packed::Short(..) => unreachable!("they were just made long"),
        }
    }

    /// The packed numbers.
    pub fn finish(self) -> Packed {
        match self.0 {
            // With fewer places they may fit after all: `250000.00000` is 250000.
            Packed::Long(values) => Packed::new(values),
            Packed::Short(mut values, tens) => {
                // Of a sample's rows there are fewer than there was room for.
                if values.capacity() > values.len() / 2 * 3 {
                    values.shrink_to_fit();
                }
                Packed::Short(values, tens)
            }
        }
    }
}

/// A number with more places, if it is still short.
#[inline]
fn scaled(digits: i64, more: u8) -> Option<i32> {
    let most = i64::from(i32::MAX);
    if digits.abs() >= most {
        return None;
    }
    let value = digits * SCALES.get(usize::from(more))?;
    (value.abs() < most).then_some(value as i32)
}

/// Gives all numbers more places, if they are still short; otherwise none.
fn rescale(values: &mut [i32], more: u8) -> bool {
    let none = packed::NONE;
    let fits = |value: &i32| *value == none || scaled(i64::from(*value), more).is_some();
    if more == 0 {
        return true;
    }
    if !values.iter().all(fits) {
        return false;
    }
    for value in values.iter_mut().filter(|value| **value != none) {
        *value = scaled(i64::from(*value), more).unwrap_or(none);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bits(packed: &Packed) -> Vec<u64> {
        let mut bits = Vec::new();
        packed.for_each(|value| bits.push(value.to_bits()));
        bits
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back(cells in prop::collection::vec((-2_000_000_000_000_i64..2_000_000_000_000, 0_u32..14, 0_u8..12, 0..4), 0..20)) {
            let (mut packer, mut values) = (Packer::default(), Vec::new());
            for (digits, shorter, places, way) in cells {
                let digits = digits / 10_i64.pow(shorter);
                let decimal = Decimal { digits, places };
                match way {
                    0 => {
                        packer.push(f64::NAN);
                        values.push(f64::NAN);
                    }
                    1 => {
                        packer.push(decimal.value());
                        values.push(decimal.value());
                    }
                    _ => {
                        packer.push_decimal(decimal);
                        values.push(decimal.value());
                    }
                }
            }
            let packed = packer.finish();
            prop_assert_eq!(bits(&packed), values.iter().map(|value| value.to_bits()).collect::<Vec<_>>());
            // Never longer than it has to be.
            let short = matches!(Packed::new(values), Packed::Short(..));
            prop_assert!(!short || matches!(packed, Packed::Short(..)));
        }
    }

    #[test]
    fn places_grow_with_the_numbers() {
        let mut packer = Packer::default();
        for (digits, places) in [(5, 0), (125, 2), (1, 1)] {
            packer.push_decimal(Decimal { digits, places });
        }
        packer.push(f64::NAN);
        packer.push(0.125);
        let expected = Packed::Short(vec![5_000, 1_250, 100, packed::NONE, 125], 3);
        assert_eq!(packer.finish(), expected);
    }
}
