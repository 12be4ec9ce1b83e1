//! What a [`NetworkSpec`] costs: weights and biases per layer, per half and in all, and why the halves differ.
//!
//! A layer has as many biases as *outputs*. In a mirrored network the hidden widths stand on both sides and cancel, so
//! with biases everywhere the decoder has exactly input − code more parameters than the encoder; without biases the
//! halves are equal.

use std::ops::Add;

use crate::format::group;
use crate::model::spec::{LayerSpec, NetworkSpec};

/// A number of parameters, split by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Entries of weight matrices.
    pub weights: u64,
    /// Entries of bias vectors.
    pub biases: u64,
}

impl Count {
    /// Weights and biases together.
    pub fn total(self) -> u64 {
        self.weights + self.biases
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            weights: self.weights + other.weights,
            biases: self.biases + other.biases,
        }
    }
}

/// A layer and its own parameters; a tied decoder layer owns no weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The layer.
    pub layer: LayerSpec,
    /// What it owns.
    pub count: Count,
}

/// The parameters of a whole network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// Per layer, in the order of the data flow.
    pub entries: Vec<Entry>,
    /// The encoder's layers together.
    pub encoder: Count,
    /// The decoder's layers together, borrowed weights not counted.
    pub decoder: Count,
    input: usize,
    code: usize,
    tied: bool,
}

impl Ledger {
    /// Counts `spec`.
    pub fn new(spec: &NetworkSpec) -> Self {
        let entries: Vec<Entry> = spec
            .layers()
            .map(|layer| Entry {
                layer,
                count: count(layer),
            })
            .collect();
        let half = |encoder: bool| {
            let entries = entries
                .iter()
                .filter(|entry| entry.layer.encoder == encoder);
            entries.fold(Count::default(), |sum, entry| sum + entry.count)
        };
        let (encoder, decoder) = (half(true), half(false));
        Self {
            entries,
            encoder,
            decoder,
            input: spec.inputs(),
            code: spec.code(),
            tied: spec.tied(),
        }
    }

    /// Both halves, shared weights counted once.
    pub fn total(&self) -> Count {
        self.encoder + self.decoder
    }

    /// Decoder minus encoder, in biases: the whole difference between the halves of an untied network.
    pub fn gap(&self) -> i64 {
        self.decoder.biases as i64 - self.encoder.biases as i64
    }

    /// Decoder minus encoder, weights included.
    pub fn difference(&self) -> i64 {
        self.decoder.total() as i64 - self.encoder.total() as i64
    }

    /// Why the halves differ or do not, as two short sentences.
    pub fn explain(&self) -> [String; 2] {
        let biases = |count: Count| group(count.biases);
        let all_on = self.entries.iter().all(|entry| entry.layer.bias);
        let none_on = self.entries.iter().all(|entry| !entry.layer.bias);
        let why = if none_on && self.tied {
            "no biases: the decoder owns nothing".to_owned()
        } else if none_on {
            "no biases: the halves are exactly equal".to_owned()
        } else {
            let subject = if self.tied {
                "biases differ:"
            } else {
                "all of it bias:"
            };
            let terms = if all_on {
                format!(
                    "{} outputs − {} code units",
                    group(self.input),
                    group(self.code)
                )
            } else {
                format!(
                    "decoder {} − encoder {}",
                    biases(self.decoder),
                    biases(self.encoder)
                )
            };
            format!("{subject} {terms}")
        };
        let weights = group(self.encoder.weights);
        let mirror = if self.tied {
            format!("tied: {weights} weights serve both halves")
        } else {
            format!("weights mirror exactly: {weights} each")
        };
        [why, mirror]
    }
}

fn count(layer: LayerSpec) -> Count {
    Count {
        weights: if layer.shared {
            0
        } else {
            layer.inputs as u64 * layer.outputs as u64
        },
        biases: if layer.bias { layer.outputs as u64 } else { 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::spec::{Activation, BiasChoice};

    fn classic() -> NetworkSpec {
        let leaky = Activation::LeakyRelu;
        NetworkSpec::new(vec![1602, 1024, 8, 4, 3], leaky, leaky, Activation::Sigmoid).unwrap()
    }

    /// The table of the question that started misfit (`StackOverflow` 55491686).
    #[test]
    fn the_question_s_network_counts_as_in_the_question() {
        let ledger = Ledger::new(&classic());
        let totals: Vec<_> = ledger
            .entries
            .iter()
            .map(|entry| entry.count.total())
            .collect();
        assert_eq!(totals, [1_641_472, 8_200, 36, 15, 16, 40, 9_216, 1_642_050]);
        assert_eq!(
            ledger.total(),
            Count {
                weights: 3_297_368,
                biases: 3_677
            }
        );
        assert_eq!(ledger.total().total(), 3_301_045);
        assert_eq!(
            (ledger.encoder.total(), ledger.decoder.total()),
            (1_649_723, 1_651_322)
        );
        assert_eq!(ledger.gap(), 1_599);
        assert_eq!(
            ledger.explain()[0],
            "all of it bias: 1,602 outputs − 3 code units"
        );
    }

    #[test]
    fn without_biases_the_halves_are_equal() {
        let ledger = Ledger::new(&classic().with_bias(&BiasChoice::None).unwrap());
        assert_eq!((ledger.gap(), ledger.encoder), (0, ledger.decoder));
        assert_eq!(
            ledger.total(),
            Count {
                weights: 3_297_368,
                biases: 0
            }
        );
    }

    #[test]
    fn with_the_output_bias_alone_the_gap_is_the_input() {
        let ledger = Ledger::new(&classic().with_bias(&BiasChoice::Output).unwrap());
        assert_eq!((ledger.gap(), ledger.total().biases), (1_602, 1_602));
    }

    #[test]
    fn tied_weights_are_counted_once() {
        let ledger = Ledger::new(&classic().with_tied(true));
        assert_eq!(
            ledger.total(),
            Count {
                weights: 1_648_684,
                biases: 3_677
            }
        );
        assert_eq!(ledger.total().total(), 1_652_361);
        assert_eq!(
            ledger.decoder,
            Count {
                weights: 0,
                biases: 2_638
            }
        );
    }

    #[test]
    fn the_gap_after_one_toggle_is_explained_by_the_sums() {
        let mut spec = classic();
        spec.set_bias(0, false);
        let ledger = Ledger::new(&spec);
        assert_eq!((ledger.total().total(), ledger.gap()), (3_300_021, 2_623));
        assert!(ledger.explain()[0].ends_with("decoder 2,638 − encoder 15"));
    }
}
