//! The activations on slices, as loops that the compiler turns into vector code. exp is a polynomial of our own: the
//! library's is a call per number.

use crate::model::spec::{Activation, LEAKY_SLOPE};

/// eˣ for x ≤ 0, within about 1e-7 of the value relative to 1; below −87 it stays at e⁻⁸⁷.
///
/// eˣ = 2ⁿ·eʳ with n = round(x·log₂e) and |r| ≤ ½·ln 2, eʳ by the Taylor polynomial of degree 7 (remainder below 6e-9).
#[inline(always)]
pub fn exp_of_negative(x: f32) -> f32 {
    /// Adding it rounds to a whole number that then stands in the low bits (1.5 · 2²³).
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts, so that n times the first is exact.
    const LN_2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);
    // Comparisons, here and below, where `max` would lose a NaN: a network that has lost its numbers must show it.
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * LN_2.0 - n * LN_2.1;
    let series = 1.0 + r * (1.0 / 7.0);
    let series = 1.0 + r * (1.0 / 6.0) * series;
    let series = 1.0 + r * (1.0 / 5.0) * series;
    let series = 1.0 + r * (1.0 / 4.0) * series;
    let series = 1.0 + r * (1.0 / 3.0) * series;
    let series = 1.0 + r * (1.0 / 2.0) * series;
    let series = 1.0 + r * series;
    // 2ⁿ by writing n into the exponent.
    series * f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()))
}

/// 1 / (1 + e⁻ˣ)
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let e = exp_of_negative(-x.abs());
    let larger = 1.0 / (1.0 + e);
    if x >= 0.0 { larger } else { e * larger }
}

/// (1 − e⁻²ˣ) / (1 + e⁻²ˣ), and x itself where the difference would lose its figures.
#[inline(always)]
fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let e = exp_of_negative(-2.0 * size);
    let far = (1.0 - e) / (1.0 + e);
    let square = x * x;
    // Taylor up to x⁷; at 0.15 the next term is 2e-9.
    let near =
        size * (1.0 + square * (-1.0 / 3.0 + square * (2.0 / 15.0 - square * (17.0 / 315.0))));
    (if size < 0.15 { near } else { far }).copysign(x)
}

/// Applies `activation` to every value.
#[inline(always)]
pub fn apply(activation: Activation, values: &mut [f32]) {
    match activation {
        Activation::Linear => {}
        Activation::Relu => values
            .iter_mut()
            .for_each(|x| *x = if *x < 0.0 { 0.0 } else { *x }),
        Activation::LeakyRelu => values
            .iter_mut()
            .for_each(|x| *x = if *x < 0.0 { LEAKY_SLOPE * *x } else { *x }),
        Activation::Elu => values.iter_mut().for_each(|x| {
            *x = if *x < 0.0 {
                exp_of_negative(*x) - 1.0
            } else {
                *x
            }
        }),
        Activation::Tanh => values.iter_mut().for_each(|x| *x = tanh(*x)),
        Activation::Sigmoid => values.iter_mut().for_each(|x| *x = sigmoid(*x)),
    }
}

/// Multiplies each gradient by the activation's slope, which every activation here tells from its output `y`.
#[inline(always)]
pub fn multiply_by_slope(activation: Activation, outputs: &[f32], gradients: &mut [f32]) {
    let pairs = gradients.iter_mut().zip(outputs);
    match activation {
        Activation::Linear => {}
        Activation::Relu => pairs.for_each(|(g, y)| *g *= if *y > 0.0 { 1.0 } else { 0.0 }),
        Activation::LeakyRelu => {
            pairs.for_each(|(g, y)| *g *= if *y > 0.0 { 1.0 } else { LEAKY_SLOPE });
        }
        Activation::Elu => pairs.for_each(|(g, y)| *g *= if *y > 0.0 { 1.0 } else { y + 1.0 }),
        Activation::Tanh => pairs.for_each(|(g, y)| *g *= 1.0 - y * y),
        Activation::Sigmoid => pairs.for_each(|(g, y)| *g *= y * (1.0 - y)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_agree_with_the_library_s() {
        for step in -4_000..=4_000 {
            let x = step as f32 / 40.0;
            let exact = f64::from(x);
            let close = |ours: f32, theirs: f64| {
                (f64::from(ours) - theirs).abs() <= 3e-7 * (1.0 + theirs.abs())
            };
            if x <= 0.0 {
                assert!(close(exp_of_negative(x), exact.exp()), "exp {x}");
            }
            assert!(
                close(sigmoid(x), 1.0 / (1.0 + (-exact).exp())),
                "sigmoid {x}"
            );
            assert!(
                close(tanh(x), exact.tanh()),
                "tanh {x}: {} {}",
                tanh(x),
                exact.tanh()
            );
        }
        assert!((exp_of_negative(-1e30)).abs() < 1e-37 && sigmoid(-1e30) < 1e-37);
    }

    #[test]
    fn a_number_that_is_lost_stays_lost() {
        for activation in Activation::ALL {
            let mut value = [f32::NAN];
            apply(activation, &mut value);
            assert!(value[0].is_nan(), "{activation}");
        }
    }

    #[test]
    fn tanh_keeps_its_relative_figures_near_zero() {
        for x in [1e-20_f32, 1e-6, 0.01, 0.149, 0.151] {
            assert!(
                (f64::from(tanh(x)) / f64::from(x).tanh() - 1.0).abs() < 1e-6,
                "{x}"
            );
        }
    }

    #[test]
    fn slopes_are_those_of_differences() {
        for activation in Activation::ALL {
            for x in [-2.3_f32, -0.4, 0.3, 1.7] {
                let at = |x: f32| {
                    let mut value = [x];
                    apply(activation, &mut value);
                    value[0]
                };
                let mut slope = [1.0];
                multiply_by_slope(activation, &[at(x)], &mut slope);
                let expected = (at(x + 1e-2) - at(x - 1e-2)) / 2e-2;
                assert!(
                    (slope[0] - expected).abs() < 2e-3,
                    "{activation} at {x}: {} {expected}",
                    slope[0]
                );
            }
        }
    }
}
