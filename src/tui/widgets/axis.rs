//! An axis: what it spans, where a value stands on it, and which values are written beside it. Pure arithmetic.

/// What a chart's axis spans.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// The least value.
    pub low: f64,
    /// The greatest value, above the least.
    pub high: f64,
    /// Whether equal ratios are equally far apart.
    pub log: bool,
}

/// Fewest values written beside an axis.
const FEWEST: usize = 3;

impl Axis {
    /// From `low` to `high`. A logarithmic axis needs values above zero; an empty one is widened.
    pub fn new(low: f64, high: f64, log: bool) -> Self {
        /// What a logarithmic axis begins with where there is nothing above zero.
        const SMALLEST: f64 = 1e-12;
        let (low, high) = if low.is_finite() && high.is_finite() {
            (low, high)
        } else {
            (0.0, 1.0)
        };
        if log {
            let low = low.max(SMALLEST);
            let high = if high > low { high } else { low * 10.0 };
            return Self { low, high, log };
        }
        let high = if high > low {
            high
        } else {
            low + low.abs().max(1e-6)
        };
        Self { low, high, log }
    }

    fn scaled(self, value: f64) -> f64 {
        if self.log {
            value.max(f64::MIN_POSITIVE).ln()
        } else {
            value
        }
    }

    /// Where a value stands: 0 at the low end, 1 at the high end, beyond them outside.
    pub fn place(self, value: f64) -> f64 {
        let (low, high) = (self.scaled(self.low), self.scaled(self.high));
        (self.scaled(value) - low) / (high - low)
    }

    /// The value that stands at a place.
    pub fn value(self, place: f64) -> f64 {
        let (low, high) = (self.scaled(self.low), self.scaled(self.high));
        let value = low + place * (high - low);
        if self.log { value.exp() } else { value }
    }

    /// The cell of `cells` that a value stands in, if it is on the axis.
    pub fn cell(self, value: f64, cells: u16) -> Option<u16> {
        let place = self.place(value);
        let on = (-1e-9..=1.0 + 1e-9).contains(&place) && cells > 0;
        on.then(|| ((place * f64::from(cells)) as u16).min(cells - 1))
    }

    /// Round values on the axis: at least three, and no more than `most` as far as that goes together.
    pub fn ticks(self, most: usize) -> Vec<f64> {
        let most = most.max(FEWEST);
        if self.log {
            let decades = self.decades(&[1.0]);
            if decades.len() >= FEWEST {
                let every = decades.len().div_ceil(most);
                // The last decades are where a curve is at first, the first where it ends: neither matters more.
                let thinned: Vec<f64> = decades.iter().copied().step_by(every).collect();
                return if thinned.len() >= FEWEST {
                    thinned
                } else {
                    decades
                };
            }
            for mantissas in [&[1.0, 3.0][..], &[1.0, 2.0, 5.0]] {
                let ticks = self.decades(mantissas);
                if ticks.len() >= FEWEST {
                    return ticks;
                }
            }
        }
        self.linear_ticks(most)
    }

    /// The mantissas' values in every decade that are on the axis.
    fn decades(self, mantissas: &[f64]) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor(), self.high.log10().ceil());
        let powers = (first as i32..=last as i32).map(|power| 10_f64.powi(power));
        let values =
            powers.flat_map(|power| mantissas.iter().map(move |mantissa| mantissa * power));
        values.filter(|value| self.holds(*value)).collect()
    }

    fn holds(self, value: f64) -> bool {
        let slack = 1e-9 * (self.high - self.low);
        (self.low - slack..=self.high + slack).contains(&value)
    }

    fn linear_ticks(self, most: usize) -> Vec<f64> {
        let span = self.high - self.low;
        let top = span.log10().floor() as i32;
        let steps = (top - 2..=top).rev();
        let steps = steps.flat_map(|power| [5.0, 2.0, 1.0].map(|digit| digit * 10_f64.powi(power)));
        let mut best: Vec<f64> = Vec::new();
        for step in steps {
            let first = (self.low / step - 1e-9).ceil();
            let last = (self.high / step + 1e-9).floor();
            let count = (last - first + 1.0).max(0.0) as usize;
            if best.len() >= FEWEST && count > most {
                break;
            }
            best = (0..count)
                .map(|index| (first + index as f64) * step)
                .collect();
        }
        best
    }
}

/// Values as short as they can be told apart: all with as many decimals as the finest needs.
pub fn labels(ticks: &[f64]) -> Vec<String> {
    let largest = ticks
        .iter()
        .fold(0.0_f64, |most, tick| most.max(tick.abs()));
    let smallest = ticks.iter().filter(|tick| **tick != 0.0);
    let smallest = smallest.fold(f64::MAX, |least, tick| least.min(tick.abs()));
    let ratio = largest / smallest;
    // A span of decades: each by itself.
    if ratio >= 100.0 && !ticks.contains(&0.0) {
        return ticks.iter().map(|tick| short(*tick)).collect();
    }
    if largest >= 1e6 || (largest < 1e-3 && largest > 0.0) {
        return ticks.iter().map(|tick| short(*tick)).collect();
    }
    let decimals = (0..=6).find(|decimals| {
        let factor = 10_f64.powi(*decimals);
        let fits = |tick: &f64| (tick * factor - (tick * factor).round()).abs() < 1e-6;
        ticks.iter().all(fits)
    });
    let decimals = decimals.unwrap_or(6) as usize;
    let write = |tick: &f64| format!("{tick:.decimals$}");
    ticks.iter().map(write).collect()
}

/// A round value by itself: `0`, `0.002`, `50`, `2k`, `1e-5`.
fn short(value: f64) -> String {
    let size = value.abs();
    match size {
        0.0 => "0".into(),
        size if !(1e-3..1e9).contains(&size) => format!("{value:.0e}"),
        size if size >= 1e6 => format!("{}M", trimmed(value / 1e6)),
        size if size >= 1e4 => format!("{}k", trimmed(value / 1e3)),
        _ => trimmed(value),
    }
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Labels of an axis that counts: `0`, `800`, `1,600`, `12k`.
pub fn counts(ticks: &[f64]) -> Vec<String> {
    let write = |tick: &f64| match *tick {
        tick if tick >= 1e6 => format!("{}M", trimmed(tick / 1e6)),
        tick if tick >= 1e4 => format!("{}k", trimmed(tick / 1e3)),
        tick => crate::format::group(tick.round() as i64),
    };
    ticks.iter().map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_round_and_labels_short() {
        let told = |low, high, log, most| labels(&Axis::new(low, high, log).ticks(most));
        assert_eq!(told(0.0, 1.0, false, 3), ["0.0", "0.5", "1.0"]);
        assert_eq!(told(0.52, 0.69, false, 4), ["0.55", "0.60", "0.65"]);
        assert_eq!(told(1e-4, 1.0, true, 3), ["1e-4", "0.01", "1"]);
        assert_eq!(told(0.02, 0.9, true, 3), ["0.03", "0.10", "0.30"]);
        assert_eq!(told(0.4, 0.9, true, 3), ["0.4", "0.6", "0.8"]);
        let steps = Axis::new(1.0, 3_200.0, true).ticks(4);
        assert_eq!(counts(&steps), ["1", "10", "100", "1,000"]);
    }

    #[test]
    fn a_value_stands_where_its_place_says() {
        for axis in [Axis::new(1.0, 100.0, true), Axis::new(-5.0, 5.0, false)] {
            for place in [0.0, 0.25, 1.0] {
                assert!((axis.place(axis.value(place)) - place).abs() < 1e-12);
            }
        }
        let axis = Axis::new(0.0, 10.0, false);
        assert_eq!(
            [0.0, 5.0, 10.0].map(|x| axis.cell(x, 4)),
            [Some(0), Some(2), Some(3)]
        );
        assert_eq!((axis.cell(11.0, 4), axis.cell(5.0, 0)), (None, None));
    }

    proptest! {
        #[test]
        fn every_axis_has_at_least_three_values(low in 1e-9..1e6_f64, ratio in 1.001..1e9_f64, log: bool, most in 0..12_usize) {
            let axis = Axis::new(low, low * ratio, log);
            let ticks = axis.ticks(most);
            prop_assert!(ticks.len() >= 3, "{axis:?}: {ticks:?}");
            prop_assert!(ticks.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(ticks.iter().all(|tick| axis.holds(*tick)));
        }
    }
}
