//! First weights, drawn by us and not by an engine, so that every engine starts from the same numbers.
//!
//! Each layer draws from its own stream of the seeded generator: switching one bias off or tying the decoder leaves
//! all other first weights as they were, which is what makes runs comparable.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

use crate::model::spec::{LayerSpec, NetworkSpec};
use crate::model::weights::{LayerWeights, Weights};

/// How the first weights are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initializer {
    /// Keras' `glorot_normal`: normal with variance 2 / (inputs + outputs), truncated at two standard deviations of
    /// the untruncated curve; biases zero.
    GlorotNormal,
    /// PyTorch's default for a linear layer: weights and biases uniform in ± 1/√inputs.
    FanInUniform,
}

/// Standard deviation of a standard normal truncated to [−2, 2]; Keras divides by it to keep the variance.
const TRUNCATED_SD: f64 = 0.879_625_661_034_239_8;

impl Initializer {
    /// First weights for `spec`. The same `seed` gives the same numbers on every machine.
    pub fn draw(self, spec: &NetworkSpec, seed: u64) -> Weights {
        Weights {
            layers: spec
                .layers()
                .map(|layer| self.draw_layer(layer, seed))
                .collect(),
        }
    }

    fn draw_layer(self, layer: LayerSpec, seed: u64) -> LayerWeights {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(layer.index as u64);
        let size = layer.inputs * layer.outputs;
        let weight = (!layer.shared).then(|| match self {
            Self::GlorotNormal => {
                let sd = (2.0 / (layer.inputs + layer.outputs) as f64).sqrt() / TRUNCATED_SD;
                (0..size)
                    .map(|_| (truncated_normal(&mut rng) * sd) as f32)
                    .collect()
            }
            Self::FanInUniform => uniform(&mut rng, layer.inputs, size),
        });
        // A stream of its own again: the bias must not depend on whether the weights were drawn.
        rng.set_stream(u64::from(u32::MAX) + layer.index as u64);
        let bias = layer.bias.then(|| match self {
            Self::GlorotNormal => vec![0.0; layer.outputs],
            Self::FanInUniform => uniform(&mut rng, layer.inputs, layer.outputs),
        });
        LayerWeights { weight, bias }
    }
}

fn truncated_normal(rng: &mut ChaCha8Rng) -> f64 {
    loop {
        let z: f64 = rng.sample(StandardNormal);
        if z.abs() <= 2.0 {
            return z;
        }
    }
}

fn uniform(rng: &mut ChaCha8Rng, fan_in: usize, size: usize) -> Vec<f32> {
    let bound = 1.0 / (fan_in as f64).sqrt();
    (0..size)
        .map(|_| rng.random_range(-bound..=bound) as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::spec::{Activation, BiasChoice};

    fn spec(widths: &[usize]) -> NetworkSpec {
        NetworkSpec::new(
            widths.to_vec(),
            Activation::Tanh,
            Activation::Linear,
            Activation::Linear,
        )
        .unwrap()
    }

    #[test]
    fn glorot_normal_has_keras_variance_bounds_and_zero_biases() {
        let weights = Initializer::GlorotNormal.draw(&spec(&[300, 100]), 1);
        let first = weights.layers[0].weight.as_ref().unwrap();
        let variance = first.iter().map(|w| f64::from(w * w)).sum::<f64>() / first.len() as f64;
        assert!(
            (variance / (2.0 / 400.0) - 1.0).abs() < 0.03,
            "variance {variance}"
        );
        let bound = 2.0 * (2.0_f64 / 400.0).sqrt() / TRUNCATED_SD;
        assert!(first.iter().all(|w| f64::from(w.abs()) <= bound));
        assert!(
            weights.layers[0]
                .bias
                .as_ref()
                .unwrap()
                .iter()
                .all(|b| *b == 0.0)
        );
    }

    #[test]
    fn fan_in_uniform_stays_within_its_bound_and_fills_it() {
        let weights = Initializer::FanInUniform.draw(&spec(&[100, 30]), 1);
        let first = weights.layers[0].weight.as_ref().unwrap();
        let largest = first.iter().fold(0.0_f32, |max, w| max.max(w.abs()));
        assert!(largest <= 0.1 && largest > 0.099, "largest {largest}");
        assert!(
            weights.layers[0]
                .bias
                .as_ref()
                .unwrap()
                .iter()
                .any(|b| *b != 0.0)
        );
    }

    #[test]
    fn a_bias_or_a_tie_changes_no_other_number() {
        let full = spec(&[20, 7, 3]);
        let bare = full
            .clone()
            .with_bias(&BiasChoice::None)
            .unwrap()
            .with_tied(true);
        let (a, b) = (
            Initializer::FanInUniform.draw(&full, 9),
            Initializer::FanInUniform.draw(&bare, 9),
        );
        assert_eq!(a.layers[0].weight, b.layers[0].weight);
        assert_eq!(a.layers[1].weight, b.layers[1].weight);
        assert!(a.fits(&full) && b.fits(&bare) && !a.fits(&bare));
        assert_ne!(a, Initializer::FanInUniform.draw(&full, 10));
    }
}
