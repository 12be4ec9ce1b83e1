//! The functions after a layer, by their names.

use std::fmt;
use std::str::FromStr;

/// The slope of [`Activation::LeakyRelu`] below zero (`tf.nn.leaky_relu`'s default; Keras' layer uses 0.3, Burn's 0.01).
pub const LEAKY_SLOPE: f32 = 0.2;

/// An elementwise function after a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// x
    Linear,
    /// max(0, x)
    Relu,
    /// x above zero, [`LEAKY_SLOPE`]·x below
    LeakyRelu,
    /// x above zero, eˣ − 1 below
    Elu,
    /// tanh x
    Tanh,
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
}

impl Activation {
    /// Every activation, in the order the help lists them.
    pub const ALL: [Self; 6] = [
        Self::Linear,
        Self::Relu,
        Self::LeakyRelu,
        Self::Elu,
        Self::Tanh,
        Self::Sigmoid,
    ];

    /// The field's name for it, as the command line takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::LeakyRelu => "leaky_relu",
            Self::Elu => "elu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Activation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|activation| activation.name() == text)
            .ok_or_else(|| {
                let names: Vec<_> = Self::ALL
                    .iter()
                    .map(|activation| activation.name())
                    .collect();
                format!("expected one of {}", names.join(", "))
            })
    }
}
