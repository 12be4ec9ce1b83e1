//! Which layers have a bias, as it is said.

use std::fmt;
use std::str::FromStr;

/// Which layers have a bias, as the command line says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BiasChoice {
    /// Every layer.
    All,
    /// No layer.
    None,
    /// The last layer alone: it holds the mean of the data.
    Output,
    /// The named layers (`encoder.1`, `decoder.2`, …).
    Layers(Vec<String>),
}

impl FromStr for BiasChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "all" => Self::All,
            "none" => Self::None,
            "output" => Self::Output,
            list => Self::Layers(list.split(',').map(|name| name.trim().to_owned()).collect()),
        })
    }
}

impl fmt::Display for BiasChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.pad("all"),
            Self::None => f.pad("none"),
            Self::Output => f.pad("output"),
            Self::Layers(names) => f.pad(&names.join(",")),
        }
    }
}
