//! Adam (Kingma & Ba 2014), in the form PyTorch and Burn use: ε is added to √v̂.
//!
//! m ← m + (1 − β₁)(g − m), v ← v + (1 − β₂)(g² − v), w ← w − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).

use pulp::Simd;

use super::chunks::Chunks;
use super::kernel::rows_of_mut;
use super::panels::Aligned;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;

/// What the user chose.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Learning rate.
    pub rate: f32,
    /// What is added to √v̂.
    pub epsilon: f32,
}

/// A trainable tensor with its moments.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The numbers.
    pub values: Aligned,
    /// First and second moments, laid out like the numbers; empty in a copy that only rebuilds.
    pub moments: [Aligned; 2],
    /// How many steps these moments have seen.
    steps: u64,
}

impl Parameter {
    /// Numbers with fresh moments.
    pub fn new(values: Aligned) -> Self {
        let moments = [(); 2].map(|()| Aligned::zeros(values.len()));
        Self {
            values,
            moments,
            steps: 0,
        }
    }

    /// The numbers alone.
    pub fn frozen(&self) -> Self {
        Self {
            values: self.values.clone(),
            moments: [(); 2].map(|()| Aligned::zeros(0)),
            steps: 0,
        }
    }

    /// Numbers whose moments have seen so many steps.
    pub fn restored(values: Aligned, moments: [Aligned; 2], steps: u64) -> Self {
        Self {
            values,
            moments,
            steps,
        }
    }

    /// How many steps the moments have seen.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The numbers and their moments, `size` of each at a time.
    pub fn parts(&mut self, size: usize) -> [Chunks<'_, f32>; 3] {
        let [first, second] = &mut self.moments;
        [&mut self.values, first, second].map(|part| Chunks::of(part, size))
    }

    /// Counts a step and gives its factors.
    pub fn begin_step(&mut self, schedule: &mut Schedule) -> Factors {
        self.steps += 1;
        schedule.factors(self.steps)
    }
}

/// Gives the factors of a step. Nearly all numbers have seen the same steps and share theirs: where a network is small, roots
/// and divisions for each of its tensors take as long as a layer.
pub struct Schedule {
    rate: Rate,
    last: Option<(u64, Factors)>,
}

impl Schedule {
    /// For one step of a network.
    pub fn new(rate: Rate) -> Self {
        Self { rate, last: None }
    }

    fn factors(&mut self, steps: u64) -> Factors {
        if let Some((_, factors)) = self.last.filter(|(last, _)| *last == steps) {
            return factors;
        }
        let power = steps.try_into().unwrap_or(i32::MAX);
        let [first, second] = [BETA_1, BETA_2].map(|beta| 1.0 - beta.powi(power));
        let factors = Factors {
            rate: (f64::from(self.rate.rate) / first) as f32,
            root: (1.0 / second.sqrt()) as f32,
            epsilon: self.rate.epsilon,
        };
        self.last = Some((steps, factors));
        factors
    }
}

/// One step's factors: rate / (1 − β₁ᵗ), 1 / √(1 − β₂ᵗ), ε.
#[derive(Debug, Clone, Copy)]
pub struct Factors {
    rate: f32,
    root: f32,
    epsilon: f32,
}

/// Numbers and their moments as a panel's rows. Written out, because `map` on an array may become a call, to what
/// is not compiled for the instruction set.
#[inline(always)]
pub fn part_rows<S: Simd, const VECTORS: usize>(
    [values, first, second]: [&mut [f32]; 3],
) -> [&mut [[S::f32s; VECTORS]]; 3] {
    [
        rows_of_mut::<S, VECTORS>(values),
        rows_of_mut::<S, VECTORS>(first),
        rows_of_mut::<S, VECTORS>(second),
    ]
}

/// The factors in every run.
#[derive(Clone, Copy)]
pub struct Adam<S: Simd> {
    rate: S::f32s,
    root: S::f32s,
    epsilon: S::f32s,
    keep: [S::f32s; 2],
}

impl<S: Simd> Adam<S> {
    /// Ready for a step.
    #[inline(always)]
    pub fn new(simd: S, factors: Factors) -> Self {
        Self {
            rate: simd.splat_f32s(-factors.rate),
            root: simd.splat_f32s(factors.root),
            epsilon: simd.splat_f32s(factors.epsilon),
            keep: [
                simd.splat_f32s((1.0 - BETA_1) as f32),
                simd.splat_f32s((1.0 - BETA_2) as f32),
            ],
        }
    }

    /// One step of one vector of numbers.
    #[inline(always)]
    pub fn step(
        &self,
        simd: S,
        gradient: S::f32s,
        value: &mut S::f32s,
        first: &mut S::f32s,
        second: &mut S::f32s,
    ) {
        let m = simd.mul_add_e_f32s(simd.sub_f32s(gradient, *first), self.keep[0], *first);
        let square = simd.mul_f32s(gradient, gradient);
        let v = simd.mul_add_e_f32s(simd.sub_f32s(square, *second), self.keep[1], *second);
        let spread = simd.mul_add_e_f32s(simd.sqrt_f32s(v), self.root, self.epsilon);
        let step = simd.div_f32s(simd.mul_f32s(self.rate, m), spread);
        (*first, *second, *value) = (m, v, simd.add_f32s(*value, step));
    }
}
