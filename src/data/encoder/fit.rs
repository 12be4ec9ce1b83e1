//! What a feature is fitted to, of numbers as they are packed: their range, their middle, and sums over all of them.
//!
//! Numbers are unpacked eight at a time where they are needed, which costs less than to lay a column of a large table out in
//! memory. Eight sums run side by side, of every eighth number each, wherever the pieces are cut: the same column has the same
//! sums, to the bit, however it was read.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

use pulp::Arch;

use crate::data::columns::packed::{self, EIGHT, Packed};
use crate::data::median::{median, middle};

/// Least and greatest number; NaN is none.
pub fn range(pieces: &[Packed]) -> (f64, f64) {
    let none = (f64::MAX, f64::MIN);
    let both = |(low, high): (f64, f64), (least, greatest): (f64, f64)| {
        (low.min(least), high.max(greatest))
    };
    Arch::new().dispatch(|| pieces.iter().map(Packed::ends).fold(none, both))
}

/// The sum of something over all numbers.
pub fn sum(pieces: &[Packed], of: impl Fn(f64) -> f64) -> f64 {
    Arch::new().dispatch(|| {
        let (mut sums, mut place) = ([0.0; EIGHT], 0);
        for piece in pieces {
            // Up to where the first sum's turn is again, one by one.
            let head = (EIGHT - place % EIGHT).min(piece.len()) % EIGHT;
            for row in 0..head {
                sums[(place + row) % EIGHT] += of(piece.get(row));
            }
            piece.for_each_eight_in(head..piece.len(), |numbers| {
                if let Some(eight) = numbers.as_array::<EIGHT>() {
                    for lane in 0..EIGHT {
                        sums[lane] += of(eight[lane]);
                    }
                }
            });
            let rest = (piece.len() - head) % EIGHT;
            for row in piece.len() - rest..piece.len() {
                sums[(place + row) % EIGHT] += of(piece.get(row));
            }
            place += piece.len();
        }
        sums.iter().sum()
    })
}

/// The middle number, the mean of the middle two for an even count; NaN is none, and there must be another.
pub fn middle_of(pieces: &[Packed]) -> f64 {
    /// So many numbers at most, and one of so many, evenly spaced, show about where the middle is.
    const SHOWN: usize = 4_096;
    const ONE_OF: usize = 8;
    /// Fewer rows are not worth it.
    const FEW: usize = 512;
    let rows: usize = pieces.iter().map(Packed::len).sum();
    let all = || {
        let mut values = Vec::with_capacity(rows);
        for piece in pieces {
            piece.for_each(|value| values.push(value));
        }
        median(&values)
    };
    if rows <= FEW {
        return all();
    }
    let step = (rows / SHOWN).max(ONE_OF);
    let mut shown = Vec::with_capacity(rows / step + 1);
    let mut place = 0;
    for piece in pieces {
        while place < piece.len() {
            shown.push(piece.get(place));
            place += step;
        }
        place -= piece.len();
    }
    shown.retain(|value| !value.is_nan());
    shown.sort_unstable_by(f64::total_cmp);
    // How far from the middle of them, in places, the middle of all hardly ever is: five standard deviations.
    let near = (2.5 * (shown.len() as f64).sqrt()).ceil() as usize;
    let at = |place: usize| shown.get(place).copied();
    let low = at((shown.len() / 2).saturating_sub(near)).unwrap_or(f64::NEG_INFINITY);
    let high = at(shown.len() / 2 + near).unwrap_or(f64::INFINITY);
    let (count, below, mut near) = between(pieces, low, high);
    let (place, odd) = (count / 2, count % 2 == 1);
    let first = place.saturating_sub(usize::from(!odd));
    if below <= first && place < below + near.len() {
        if low == high {
            return low;
        }
        middle(&mut near, place - below, odd)
    } else {
        all()
    }
}

/// How many numbers there are, how many of them lie below `low`, and those from there to `high`. Every number is written behind
/// the last one that lies there, and stays where it does, too: a branch that is taken now and then costs more.
fn between(pieces: &[Packed], low: f64, high: f64) -> (usize, usize, Vec<f64>) {
    let (mut count, mut below, mut near) = (0, 0, Vec::new());
    Arch::new().dispatch(|| {
        for piece in pieces {
            match piece {
                Packed::Short(values, tens) => {
                    // Where they are whole numbers, none needs to be divided.
                    let (low, high) = packed::whole_between(low, high, *tens);
                    let gaps = number_of(values, |value| value == packed::NONE);
                    count += values.len() - gaps;
                    below += number_of(values, |value| value < low) - gaps;
                    let there = those(values, |value| (low..=high).contains(&value));
                    near.extend(there.into_iter().map(|value| packed::long(value, *tens)));
                }
                Packed::Long(values) => {
                    count += number_of(values, |value| !value.is_nan());
                    below += number_of(values, |value| value < low);
                    near.extend(those(values, |value| (low..=high).contains(&value)));
                }
            }
        }
    });
    (count, below, near)
}

/// How many of some values are so.
#[inline(always)]
fn number_of<T: Copy>(values: &[T], is_so: impl Fn(T) -> bool) -> usize {
    let few = values.chunks(1 << 16);
    few.map(|few| {
        few.iter()
            .map(|value| u32::from(is_so(*value)))
            .sum::<u32>() as usize
    })
    .sum()
}

/// Those of some values that are so.
#[inline(always)]
fn those<T: Copy + Default>(values: &[T], is_so: impl Fn(T) -> bool) -> Vec<T> {
    let (mut there, mut taken) = (vec![T::default(); values.len()], 0);
    for value in values {
        there[taken] = *value;
        taken += usize::from(is_so(*value));
    }
    there.truncate(taken);
    there
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packed_numbers_are_fitted_like_plain_ones(
            seed in 0_u64..1_000,
            rows in prop_oneof![1_usize..40, 500_usize..3_000, 30_000_usize..40_000],
            kinds in prop_oneof![1_u64..4, 1_u64..9_000],
            gaps in 2_u64..9,
            places in 0_u32..4,
        ) {
            let value = |row: usize| {
                let mixed = (row as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
                let number = (mixed % kinds) as f64 - 100.0;
                if mixed % gaps == 1 { f64::NAN } else { number / 10_f64.powi(places as i32) }
            };
            let mut values: Vec<f64> = (0..rows).map(value).collect();
            values[rows / 2] = 3.0;
            let short: Vec<Packed> = values.chunks(6_001).map(|part| Packed::new(part.to_vec())).collect();
            let long = [Packed::Long(values.clone())];
            let least = values.iter().copied().fold(f64::MAX, f64::min);
            let greatest = values.iter().copied().fold(f64::MIN, f64::max);
            let share = |value: f64| (if value.is_nan() { 0.3 } else { value } / 7.0).powi(2);
            let mut plain = [0.0; EIGHT];
            for (row, value) in values.iter().enumerate() {
                plain[row % EIGHT] += share(*value);
            }
            let plain: f64 = plain.iter().sum();
            for pieces in [&short[..], &long] {
                prop_assert_eq!(range(pieces), (least, greatest));
                prop_assert_eq!(middle_of(pieces), median(&values));
                prop_assert_eq!(sum(pieces, share), plain);
            }
        }
    }

    #[test]
    fn where_the_numbers_that_are_shown_mislead_the_middle_is_found_all_the_same() {
        let mut hidden = vec![5.0; 40_960];
        for (row, value) in hidden.iter_mut().enumerate() {
            if row % 10 != 0 {
                *value = row as f64;
            }
        }
        assert_eq!(middle_of(&[Packed::new(hidden.clone())]), median(&hidden));
    }
}
