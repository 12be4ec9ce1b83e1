//! The flags about the network.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::path::PathBuf;

use clap::Args;

use crate::model::spec::{Activation, BiasChoice};
use crate::train::recipe::{Preset, activations};

/// Which network.
#[derive(Args, Debug)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// auto, the default for a file, needs no tuning; local finds rows that are unusual only among similar rows, with a
    /// wide code; classic, the default for the built-in sample, is 1024,8,4,3 with a sigmoid output, as in many tutorials
    #[arg(long, value_name = "PRESET")]
    pub preset: Option<Preset>,
    /// Layer widths after the input, down to the code; the decoder mirrors them
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',')]
    pub layers: Option<Vec<usize>>,
    /// Layers with a bias: all, none, output, or names such as encoder.1,decoder.1
    #[arg(long, value_name = "LAYERS", default_value = "all")]
    pub bias: BiasChoice,
    /// Let the decoder use the encoder's weights, transposed
    #[arg(long)]
    pub tied: bool,
    /// Start from the network and the weights in FILE: a Keras model (.keras) or its weights (.weights.h5), or a state_dict of
    /// PyTorch (.pt, .pth, .safetensors). Of activations that FILE does not name, --preset, --activation and --output speak
    #[arg(long, value_name = "FILE", conflicts_with_all = ["layers", "bias", "tied"])]
    pub weights: Option<PathBuf>,
    /// Look at FILE through the network, the columns and the threshold of MODEL, as `misfit train FILE -o MODEL` writes it. Training
    /// goes on from there when it is asked for: in the program with space, and at once without a screen
    #[arg(
        long,
        value_name = "MODEL",
        conflicts_with_all = [
            "preset", "layers", "bias", "tied", "weights", "activation", "output", "loss", "scale", "window", "step", "score",
            "error", "flag", "clean", "seeds", "drop", "columns", "kind", "curve", "by"
        ]
    )]
    pub model: Option<PathBuf>,
    /// Activation of the hidden layers: linear, relu, leaky_relu, elu, tanh, sigmoid
    #[arg(long, value_name = "NAME")]
    pub activation: Option<Activation>,
    /// Activation of the output layer; the same names
    #[arg(long, value_name = "NAME")]
    pub output: Option<Activation>,
}

impl NetworkArgs {
    /// The preset that goes with a network of a file: the automatic recipe has no use for an output that ends at 1.
    pub fn preset_for(output: Option<Activation>) -> Preset {
        match output {
            None | Some(Activation::Sigmoid) => Preset::Classic,
            Some(_) => Preset::Auto,
        }
    }

    /// The preset's activations with what the flags say instead. A linear code stays linear.
    pub fn activations(&self, preset: Preset) -> [Activation; 3] {
        let [mut hidden, mut code, mut output] = activations(preset);
        if let Some(chosen) = self.activation {
            if code == hidden {
                code = chosen;
            }
            hidden = chosen;
        }
        if let Some(chosen) = self.output {
            output = chosen;
        }
        [hidden, code, output]
    }
}
