//! Random numbers from a fixed seed, from which everything in a sample is made.

use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

/// A source of random numbers.
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The same numbers for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Standard normal.
    pub fn normal(&mut self) -> f64 {
        self.0.sample(StandardNormal)
    }

    /// Uniform in `low .. high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        self.0.random_range(low..high)
    }

    /// A whole number in `low .. high`.
    pub fn index(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low as u64..high as u64) as usize
    }

    /// `count` different numbers below `below`, in random order.
    pub fn distinct(&mut self, count: usize, below: usize) -> Vec<usize> {
        index::sample(&mut self.0, below, count).into_vec()
    }
}
