//! The plan of a mirrored autoencoder: widths, activations, which layers have a bias, tied or not. Pure data.
//!
//! Layers are numbered in the order the data flows: `encoder.1 … encoder.n, decoder.n … decoder.1`. Mirrored layers
//! share a number, so layer `i` of `2n` pairs with layer `2n − 1 − i`.

mod activation;
mod bias;

use crate::error::{Error, Result};

pub use activation::{Activation, LEAKY_SLOPE};
pub use bias::BiasChoice;

/// Widest layer; with it every count of parameters fits a u64 with room to spare.
const MAX_WIDTH: usize = 10_000_000;
/// Most widths from the input to the code.
const MAX_DEPTH: usize = 64;

/// The plan of one network. The widths run from the input to the code; the decoder mirrors them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSpec {
    widths: Vec<usize>,
    hidden: Activation,
    code: Activation,
    output: Activation,
    bias: Vec<bool>,
    tied: bool,
}

/// One layer of a [`NetworkSpec`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerSpec {
    /// Position in the order of the data flow, 0 = `encoder.1`.
    pub index: usize,
    /// Whether it belongs to the encoder.
    pub encoder: bool,
    /// The number it shares with its mirror image, 1 = the outermost pair.
    pub number: usize,
    /// Values it takes.
    pub inputs: usize,
    /// Values it gives.
    pub outputs: usize,
    /// What follows the matrix product and the bias.
    pub activation: Activation,
    /// Whether it has a bias.
    pub bias: bool,
    /// Whether its weights are the mirrored encoder layer's, transposed.
    pub shared: bool,
}

impl LayerSpec {
    /// `encoder.1`, `decoder.4` …
    pub fn name(&self) -> String {
        format!(
            "{}.{}",
            if self.encoder { "encoder" } else { "decoder" },
            self.number
        )
    }
}

impl NetworkSpec {
    /// A network with biases everywhere, untied, for `widths` from the input to the code (at least two, none zero).
    pub fn new(
        widths: Vec<usize>,
        hidden: Activation,
        code: Activation,
        output: Activation,
    ) -> Result<Self> {
        if widths.len() < 2 {
            return Err(Error::Usage(
                "a network needs an input and at least one layer; try --layers 16,4".into(),
            ));
        }
        if widths.iter().any(|width| *width > MAX_WIDTH) || widths.len() > MAX_DEPTH {
            let limits = format!("at most {MAX_DEPTH} widths, none above {MAX_WIDTH}");
            return Err(Error::Usage(format!("a network has {limits}")));
        }
        if widths.contains(&0) {
            return Err(Error::Usage("a layer cannot have width 0".into()));
        }
        let bias = vec![true; 2 * (widths.len() - 1)];
        Ok(Self {
            widths,
            hidden,
            code,
            output,
            bias,
            tied: false,
        })
    }

    /// Sets the biases as the command line names them.
    pub fn with_bias(mut self, choice: &BiasChoice) -> Result<Self> {
        let count = self.len();
        self.bias = match choice {
            BiasChoice::All => vec![true; count],
            BiasChoice::None => vec![false; count],
            BiasChoice::Output => (0..count).map(|index| index == count - 1).collect(),
            BiasChoice::Layers(names) => {
                let places: Result<Vec<usize>> = names.iter().map(|name| self.find(name)).collect();
                let places = places?;
                (0..count).map(|index| places.contains(&index)).collect()
            }
        };
        Ok(self)
    }

    /// The index of the layer of this name; an error names those that there are.
    pub fn find(&self, name: &str) -> Result<usize> {
        let place = self.layers().position(|layer| layer.name() == name);
        place.ok_or_else(|| {
            let known: Vec<String> = self.layers().map(|layer| layer.name()).collect();
            // What was typed may hold anything.
            let name = name.escape_debug();
            Error::Usage(format!(
                "no layer is called “{name}”; a bias is for all, none, output, or some of {}",
                known.join(", ")
            ))
        })
    }

    /// Ties the decoder to the encoder, or frees it.
    #[must_use]
    pub fn with_tied(mut self, tied: bool) -> Self {
        self.tied = tied;
        self
    }

    /// This network with the biases and the ties of another one of as many layers.
    #[must_use]
    pub fn wired_like(&self, other: &Self) -> Self {
        Self {
            bias: other.bias.clone(),
            tied: other.tied,
            ..self.clone()
        }
    }

    /// Number of layers, encoder and decoder together.
    #[expect(clippy::len_without_is_empty, reason = "a network is never empty")]
    pub fn len(&self) -> usize {
        self.bias.len()
    }

    /// Layers of the encoder; the last of them gives the code.
    pub fn encoder(&self) -> usize {
        self.len() / 2
    }

    /// Widths from the input to the code.
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// The activations of the hidden layers, of the code and of the output.
    pub fn activations(&self) -> [Activation; 3] {
        [self.hidden, self.code, self.output]
    }

    /// Columns of the data.
    pub fn inputs(&self) -> usize {
        self.widths[0]
    }

    /// Width of the widest layer.
    pub fn widest(&self) -> usize {
        self.widths.iter().copied().max().unwrap_or_default()
    }

    /// Width of the code.
    pub fn code(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }

    /// Widths of everything the data flows through: `1602-1024-8-4-3-4-8-1024-1602`.
    pub fn shape(&self) -> String {
        let down = self.widths.iter();
        let up = self.widths.iter().rev().skip(1);
        down.chain(up)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("-")
    }

    /// The activation after the last layer.
    pub fn output(&self) -> Activation {
        self.output
    }

    /// Whether the decoder uses the encoder's weights, transposed.
    pub fn tied(&self) -> bool {
        self.tied
    }

    /// Which layers have a bias, in the order of the data flow.
    pub fn bias(&self) -> &[bool] {
        &self.bias
    }

    /// Turns one layer's bias on or off.
    pub fn set_bias(&mut self, layer: usize, on: bool) {
        self.bias[layer] = on;
    }

    /// The layer at `index` in the order of the data flow.
    pub fn layer(&self, index: usize) -> LayerSpec {
        let depth = self.widths.len() - 1;
        let encoder = index < depth;
        let number = if encoder {
            index + 1
        } else {
            2 * depth - index
        };
        let (outer, inner) = (self.widths[number - 1], self.widths[number]);
        let activation = match index {
            _ if index + 1 == 2 * depth => self.output,
            _ if index + 1 == depth => self.code,
            _ => self.hidden,
        };
        LayerSpec {
            index,
            encoder,
            number,
            inputs: if encoder { outer } else { inner },
            outputs: if encoder { inner } else { outer },
            activation,
            bias: self.bias[index],
            shared: self.tied && !encoder,
        }
    }

    /// All layers in the order of the data flow.
    pub fn layers(&self) -> impl Iterator<Item = LayerSpec> {
        (0..self.len()).map(|index| self.layer(index))
    }

    /// The layer on the other side that shares `index`'s number.
    pub fn mirror(&self, index: usize) -> usize {
        self.len() - 1 - index
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(widths: &[usize]) -> NetworkSpec {
        NetworkSpec::new(
            widths.to_vec(),
            Activation::LeakyRelu,
            Activation::Linear,
            Activation::Sigmoid,
        )
        .unwrap()
    }

    #[test]
    fn layers_flow_down_and_up_and_mirrors_share_a_number() {
        let spec = spec(&[9, 5, 2]);
        let names: Vec<_> = spec
            .layers()
            .map(|l| (l.name(), l.inputs, l.outputs))
            .collect();
        let expected = [
            ("encoder.1", 9, 5),
            ("encoder.2", 5, 2),
            ("decoder.2", 2, 5),
            ("decoder.1", 5, 9),
        ];
        assert_eq!(
            names,
            expected.map(|(name, inputs, outputs)| (name.to_owned(), inputs, outputs))
        );
        assert!(
            spec.layers()
                .all(|l| spec.layer(spec.mirror(l.index)).number == l.number)
        );
        assert_eq!(spec.shape(), "9-5-2-5-9");
    }

    #[test]
    fn the_code_and_the_output_have_their_own_activations() {
        let spec = spec(&[9, 5, 2]);
        let activations = [0, 1, 2, 3].map(|index| spec.layer(index).activation);
        let names = activations.map(Activation::name);
        assert_eq!(names, ["leaky_relu", "linear", "leaky_relu", "sigmoid"]);
    }

    #[test]
    fn bias_choices_reach_the_layers_they_name() {
        let bias = |choice: &str| {
            spec(&[9, 5, 2])
                .with_bias(&choice.parse().unwrap())
                .map(|s| s.bias().to_vec())
        };
        assert_eq!(bias("output").unwrap(), [false, false, false, true]);
        assert_eq!(bias("none").unwrap(), [false; 4]);
        assert_eq!(
            bias("encoder.1, decoder.2").unwrap(),
            [true, false, true, false]
        );
        assert!(
            bias("encoder.7")
                .unwrap_err()
                .to_string()
                .contains("encoder.7")
        );
    }

    #[test]
    fn impossible_networks_are_refused() {
        for widths in [&[][..], &[4], &[4, 0]] {
            assert!(
                NetworkSpec::new(
                    widths.to_vec(),
                    Activation::Relu,
                    Activation::Relu,
                    Activation::Relu
                )
                .is_err()
            );
        }
    }
}
