//! The activations and their slopes on vectors. exp is a polynomial of our own: the library's is a call per number.

use pulp::Simd;

use crate::model::spec::{Activation, LEAKY_SLOPE};

/// The polynomial with these constants, the highest power first, at `x`.
#[inline(always)]
pub fn polynomial<S: Simd, const TERMS: usize>(
    simd: S,
    x: S::f32s,
    terms: [f32; TERMS],
) -> S::f32s {
    let mut sum = simd.splat_f32s(terms[0]);
    for term in &terms[1..] {
        sum = simd.mul_add_e_f32s(sum, x, simd.splat_f32s(*term));
    }
    sum
}

/// eˣ for x ≤ 0, within about 1e-7 of the value relative to 1; below −87 it stays at e⁻⁸⁷.
///
/// eˣ = 2ⁿ·eʳ with n = round(x·log₂e) and |r| ≤ ½·ln 2, eʳ by the Taylor polynomial of degree 7 (remainder below 6e-9).
#[inline(always)]
pub fn exp_of_negative<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    /// Adding it rounds to a whole number that then stands in the low bits (1.5 · 2²³).
    const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts, so that n times the first is exact.
    const LN_2: (f32, f32) = (0.693_359_4, -2.121_944_4e-4);
    const FACTORIALS: [f32; 8] = [
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        1.0 / 2.0,
        1.0,
        1.0,
    ];
    let splat = |value| simd.splat_f32s(value);
    // Comparisons, here and below, where a maximum would lose a NaN: a network that has lost its numbers must show it.
    let least = splat(-87.0);
    let x = simd.select_f32s(simd.less_than_f32s(x, least), least, x);
    let shifted = simd.mul_add_e_f32s(x, splat(std::f32::consts::LOG2_E), splat(ROUND));
    let n = simd.sub_f32s(shifted, splat(ROUND));
    let r = simd.mul_add_e_f32s(n, splat(-LN_2.0), x);
    let r = simd.mul_add_e_f32s(n, splat(-LN_2.1), r);
    let series = polynomial(simd, r, FACTORIALS);
    // 2ⁿ by writing n into the exponent.
    let n = simd.wrapping_dyn_shl_u32s(simd.transmute_u32s_f32s(shifted), simd.splat_u32s(23));
    let power = simd.add_u32s(n, simd.splat_u32s(1.0_f32.to_bits()));
    simd.mul_f32s(series, simd.transmute_f32s_u32s(power))
}

/// 1 / (1 + e⁻ˣ)
#[inline(always)]
fn sigmoid<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let one = simd.splat_f32s(1.0);
    let e = exp_of_negative(simd, simd.neg_f32s(simd.abs_f32s(x)));
    let larger = simd.div_f32s(one, simd.add_f32s(one, e));
    simd.select_f32s(negative(simd, x), simd.mul_f32s(e, larger), larger)
}

/// (1 − e⁻²ˣ) / (1 + e⁻²ˣ), and near zero, where the difference would lose its figures, Taylor's polynomial up to x⁷: at 0.15
/// the next term is 2e-9.
#[inline(always)]
fn tanh<S: Simd>(simd: S, x: S::f32s) -> S::f32s {
    let (one, size) = (simd.splat_f32s(1.0), simd.abs_f32s(x));
    let e = exp_of_negative(simd, simd.mul_f32s(simd.splat_f32s(-2.0), size));
    let far = simd.div_f32s(simd.sub_f32s(one, e), simd.add_f32s(one, e));
    let far = simd.select_f32s(negative(simd, x), simd.neg_f32s(far), far);
    let terms = [-17.0 / 315.0, 2.0 / 15.0, -1.0 / 3.0, 1.0];
    let near = simd.mul_f32s(x, polynomial(simd, simd.mul_f32s(x, x), terms));
    simd.select_f32s(simd.less_than_f32s(size, simd.splat_f32s(0.15)), near, far)
}

/// Where x is below zero; nowhere for a NaN.
#[inline(always)]
pub fn negative<S: Simd>(simd: S, x: S::f32s) -> S::m32s {
    simd.less_than_f32s(x, simd.splat_f32s(0.0))
}

/// Applies `activation` to every value.
#[inline(always)]
pub fn apply<S: Simd>(simd: S, activation: Activation, values: &mut [S::f32s]) {
    let splat = |value| simd.splat_f32s(value);
    // Where x is negative something else than x, which keeps a NaN.
    let or = |x, other| simd.select_f32s(negative(simd, x), other, x);
    match activation {
        Activation::Linear => {}
        Activation::Relu => {
            for x in values {
                *x = or(*x, splat(0.0));
            }
        }
        Activation::LeakyRelu => {
            for x in values {
                *x = or(*x, simd.mul_f32s(*x, splat(LEAKY_SLOPE)));
            }
        }
        Activation::Elu => {
            for x in values {
                let low = simd.neg_f32s(simd.abs_f32s(*x));
                *x = or(*x, simd.sub_f32s(exp_of_negative(simd, low), splat(1.0)));
            }
        }
        Activation::Tanh => {
            for x in values {
                *x = tanh(simd, *x);
            }
        }
        Activation::Sigmoid => {
            for x in values {
                *x = sigmoid(simd, *x);
            }
        }
    }
}

/// Multiplies each gradient by the activation's slope, which every activation here tells from its output `y`.
#[inline(always)]
pub fn multiply_by_slope<S: Simd>(
    simd: S,
    activation: Activation,
    outputs: &[S::f32s],
    gradients: &mut [S::f32s],
) {
    let (zero, one) = (simd.splat_f32s(0.0), simd.splat_f32s(1.0));
    let below = |y, below, above| simd.select_f32s(simd.less_than_f32s(zero, y), above, below);
    let pairs = gradients.iter_mut().zip(outputs);
    match activation {
        Activation::Linear => {}
        Activation::Relu => {
            for (g, y) in pairs {
                *g = below(*y, zero, *g);
            }
        }
        Activation::LeakyRelu => {
            let slope = simd.splat_f32s(LEAKY_SLOPE);
            for (g, y) in pairs {
                *g = below(*y, simd.mul_f32s(*g, slope), *g);
            }
        }
        Activation::Elu => {
            for (g, y) in pairs {
                *g = below(*y, simd.mul_add_e_f32s(*g, *y, *g), *g);
            }
        }
        Activation::Tanh => {
            for (g, y) in pairs {
                let slope = simd.negate_mul_add_e_f32s(*y, *y, one);
                *g = simd.mul_f32s(*g, slope);
            }
        }
        Activation::Sigmoid => {
            for (g, y) in pairs {
                let slope = simd.negate_mul_add_e_f32s(*y, *y, *y);
                *g = simd.mul_f32s(*g, slope);
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::train::fused::tests::archs;
    use pulp::WithSimd;

    /// Something that is done with every number.
    pub trait Function: Copy {
        fn of<S: Simd>(self, simd: S, x: S::f32s) -> S::f32s;
    }

    /// `function` of `x`, as every instruction set has it.
    pub fn values_of(function: impl Function, x: f32) -> Vec<f32> {
        struct Call<F>(F, f32);
        impl<F: Function> WithSimd for Call<F> {
            type Output = f32;

            fn with_simd<S: Simd>(self, simd: S) -> f32 {
                let value = self.0.of(simd, simd.splat_f32s(self.1));
                pulp::bytemuck::cast_slice::<_, f32>(&[value])[0]
            }
        }
        let call = |arch: pulp::Arch| arch.dispatch(Call(function, x));
        archs().into_iter().map(call).collect()
    }

    #[derive(Clone, Copy)]
    struct Exp;

    impl Function for Exp {
        fn of<S: Simd>(self, simd: S, x: S::f32s) -> S::f32s {
            exp_of_negative(simd, x)
        }
    }

    impl Function for Activation {
        fn of<S: Simd>(self, simd: S, x: S::f32s) -> S::f32s {
            let mut values = [x];
            apply(simd, self, &mut values);
            values[0]
        }
    }

    /// The slope where the activation gives the number.
    #[derive(Clone, Copy)]
    struct Slope(Activation);

    impl Function for Slope {
        fn of<S: Simd>(self, simd: S, y: S::f32s) -> S::f32s {
            let mut slope = [simd.splat_f32s(1.0)];
            multiply_by_slope(simd, self.0, &[y], &mut slope);
            slope[0]
        }
    }

    fn exact(activation: Activation, x: f64) -> f64 {
        match activation {
            Activation::Linear => x,
            Activation::Relu => x.max(0.0),
            Activation::LeakyRelu => x.max(f64::from(LEAKY_SLOPE) * x),
            Activation::Elu => x.max(x.min(0.0).exp_m1()),
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        }
    }

    #[test]
    fn the_functions_agree_with_the_library_s() {
        let close = |ours: f32, theirs: f64| {
            (f64::from(ours) - theirs).abs() <= 3e-7 * (1.0 + theirs.abs())
        };
        for step in -4_000..=4_000 {
            let x = step as f32 / 40.0;
            if x <= 0.0 {
                let ours = values_of(Exp, x);
                let exact = f64::from(x).exp();
                assert!(ours.iter().all(|ours| close(*ours, exact)), "{x} {ours:?}");
            }
            for activation in Activation::ALL {
                let ours = values_of(activation, x);
                let exact = exact(activation, f64::from(x));
                let all = ours.iter().all(|ours| close(*ours, exact));
                assert!(all, "{activation} {x}: {ours:?} {exact}");
            }
        }
        for far in [values_of(Exp, -1e30), values_of(Activation::Sigmoid, -1e30)] {
            assert!(far.iter().all(|value| value.abs() < 1e-37), "{far:?}");
        }
    }

    #[test]
    fn a_number_that_is_lost_stays_lost() {
        for activation in Activation::ALL {
            let values = values_of(activation, f32::NAN);
            assert!(values.iter().all(|value| value.is_nan()), "{activation}");
        }
    }

    #[test]
    fn tanh_keeps_its_relative_figures_near_zero() {
        for x in [1e-20_f32, 1e-6, 0.01, 0.149, 0.151, -0.149, -0.151] {
            for value in values_of(Activation::Tanh, x) {
                assert!(
                    (f64::from(value) / f64::from(x).tanh() - 1.0).abs() < 1e-6,
                    "{x}"
                );
            }
        }
    }

    #[test]
    fn slopes_are_those_of_differences() {
        for activation in Activation::ALL {
            for x in [-2.3_f64, -0.4, 0.3, 1.7] {
                let at = |x| exact(activation, x);
                let expected = (at(x + 1e-5) - at(x - 1e-5)) / 2e-5;
                for slope in values_of(Slope(activation), at(x) as f32) {
                    let off = (f64::from(slope) - expected).abs();
                    assert!(off < 1e-5, "{activation} at {x}: {slope} {expected}");
                }
            }
        }
    }
}
