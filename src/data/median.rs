//! The middle of many values, without ordering them.

use std::cmp::Ordering;

use pulp::Arch;

/// A float.
pub trait Float: Copy + PartialOrd {
    /// No value is below it …
    const LOWEST: Self;
    /// … and none above this.
    const HIGHEST: Self;

    /// Whether it is no number.
    fn is_nan(self) -> bool;
    /// The order of all floats.
    fn order(a: &Self, b: &Self) -> Ordering;
    /// Their mean.
    #[must_use]
    fn between(self, other: Self) -> Self;
}

impl Float for f32 {
    const LOWEST: Self = Self::NEG_INFINITY;
    const HIGHEST: Self = Self::INFINITY;

    fn is_nan(self) -> bool {
        self.is_nan()
    }

    fn order(a: &Self, b: &Self) -> Ordering {
        a.total_cmp(b)
    }

    fn between(self, other: Self) -> Self {
        self.midpoint(other)
    }
}

impl Float for f64 {
    const LOWEST: Self = Self::NEG_INFINITY;
    const HIGHEST: Self = Self::INFINITY;

    fn is_nan(self) -> bool {
        self.is_nan()
    }

    fn order(a: &Self, b: &Self) -> Ordering {
        a.total_cmp(b)
    }

    /// Halves first: the sum alone may overflow.
    fn between(self, other: Self) -> Self {
        self / 2.0 + other / 2.0
    }
}

/// The middle value, the mean of the middle two for an even count; NaN is no value, and there must be another.
pub fn median<T: Float>(values: &[T]) -> T {
    /// So many values, evenly spaced, show about where the middle is.
    const SHOWN: usize = 1_024;
    /// How far from the middle of them, in places, the middle of all hardly ever is.
    const NEAR: usize = 64;
    let present = || values.iter().copied().filter(|value| !value.is_nan());
    let count = values.iter().filter(|value| !value.is_nan()).count();
    let (place, odd) = (count / 2, count % 2 == 1);
    if count <= 8 * SHOWN {
        return middle(&mut present().collect::<Vec<T>>(), place, odd);
    }
    let mut shown: Vec<T> = values
        .iter()
        .step_by(values.len() / SHOWN)
        .copied()
        .filter(|value| !value.is_nan())
        .collect();
    shown.sort_unstable_by(T::order);
    let at = |place: usize| shown.get(place).copied();
    let low = at((shown.len() / 2).saturating_sub(NEAR)).unwrap_or(T::LOWEST);
    let high = at(shown.len() / 2 + NEAR).unwrap_or(T::HIGHEST);
    // Only those near the middle are ordered (after Floyd and Rivest 1975, “Expected time bounds for selection”). Every value is
    // written behind the last one that lies there, and stays where it does, too: a branch that is taken now and then costs more.
    let (mut below, mut taken, mut near) = (0, 0, vec![low; values.len()]);
    Arch::new().dispatch(|| {
        for value in values {
            near[taken] = *value;
            taken += usize::from(*value >= low && *value <= high);
            below += usize::from(*value < low);
        }
    });
    near.truncate(taken);
    let first = place - usize::from(!odd);
    if below <= first && place < below + near.len() {
        middle(&mut near, place - below, odd)
    } else {
        middle(&mut present().collect::<Vec<T>>(), place, odd)
    }
}

/// The value at a place in the order, or the mean of it and the one before where the count is even.
pub(super) fn middle<T: Float>(values: &mut [T], place: usize, odd: bool) -> T {
    let (below, upper, _) = values.select_nth_unstable_by(place, T::order);
    let upper = *upper;
    let lower = below.iter().copied().max_by(T::order);
    match lower {
        Some(lower) if !odd => lower.between(upper),
        _ => upper,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_median_of_many_values_is_the_one_in_the_middle(seed in 0_u64..1_000, count in 8_180_usize..8_400, kinds in 1_u64..5_000, gaps in 2_u64..9) {
            let value = |row: u64| {
                let mixed = (row ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
                if mixed % gaps == 1 { f64::NAN } else { (mixed % kinds) as f64 - 100.0 }
            };
            let values: Vec<f64> = (0..3 * count as u64).map(value).collect();
            let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
            sorted.sort_by(f64::total_cmp);
            let middle = sorted.len() / 2;
            let expected = if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) };
            prop_assert_eq!(median(&values), expected);
        }
    }

    #[test]
    fn sorted_and_lopsided_values_have_their_median_too() {
        let rising: Vec<f64> = (0..30_001).map(f64::from).collect();
        assert_eq!(median(&rising), 15_000.0);
        // What is shown is all alike, and the middle lies elsewhere.
        let mut hidden = vec![5.0; 30_720];
        for (row, value) in hidden.iter_mut().enumerate() {
            if row % 30 != 0 {
                *value = row as f64;
            }
        }
        let mut sorted = hidden.clone();
        sorted.sort_by(f64::total_cmp);
        assert_eq!(
            median(&hidden),
            f64::midpoint(sorted[15_359], sorted[15_360])
        );
    }
}
