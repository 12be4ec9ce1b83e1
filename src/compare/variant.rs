//! What is compared: a network's biases, and whether it is tied.

use std::str::FromStr;

use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::model::spec::{BiasChoice, NetworkSpec};

/// Most variants of one experiment: all their networks are held at once.
const MOST: usize = 16;

/// One network among those compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// How it is called, sanitised.
    pub name: String,
    /// Which layers have a bias.
    pub bias: BiasChoice,
    /// Whether the decoder borrows the encoder's weights.
    pub tied: bool,
}

impl Variant {
    /// The variants that are always compared; the others are held against the first.
    pub fn usual() -> Vec<Self> {
        let variant = |name: &str, bias, tied| Self {
            name: name.into(),
            bias,
            tied,
        };
        vec![
            variant("bias everywhere", BiasChoice::All, false),
            variant("no bias", BiasChoice::None, false),
            variant("output bias only", BiasChoice::Output, false),
            variant("tied", BiasChoice::All, true),
            variant("tied, no bias", BiasChoice::None, true),
        ]
    }

    /// This variant of a network.
    pub fn apply(&self, spec: NetworkSpec) -> Result<NetworkSpec> {
        let spec = spec.with_bias(&self.bias).map_err(|error| match error {
            Error::Usage(why) => Error::Usage(format!("the variant “{}”: {why}", self.name)),
            other => other,
        })?;
        Ok(spec.with_tied(self.tied))
    }
}

impl FromStr for Variant {
    type Err = String;

    /// `NAME=bias:none,tied`: which layers have a bias, all where nothing is said, and `tied`, in any order.
    fn from_str(text: &str) -> Result<Self, String> {
        const EXPECTED: &str =
            "expected NAME=bias:LAYERS, NAME=tied or both, such as slim=bias:output,tied";
        let (name, rest) = text.split_once('=').ok_or(EXPECTED)?;
        let name = sanitize(name.trim());
        if name.is_empty() {
            return Err(EXPECTED.into());
        }
        let (mut tied, mut layers) = (false, None::<Vec<&str>>);
        for word in rest.split(',').map(str::trim) {
            match (word, &mut layers) {
                ("tied", _) if !tied => tied = true,
                (word, None) => {
                    let first = word.strip_prefix("bias:").ok_or(EXPECTED)?;
                    layers = Some(vec![first]);
                }
                // Layers are named with commas between them.
                (word, Some(layers)) => layers.push(word),
            }
        }
        let bias = match layers {
            None => BiasChoice::All,
            Some(layers) if layers.iter().any(|layer| layer.is_empty()) => {
                return Err(EXPECTED.into());
            }
            Some(layers) => layers.join(",").parse()?,
        };
        Ok(Self { name, bias, tied })
    }
}

/// Whether these can be told apart and are not too many.
pub fn check(variants: &[Variant]) -> Result<()> {
    if variants.len() < 2 || variants.len() > MOST {
        let count = variants.len();
        return Err(Error::Usage(format!(
            "{count} variants; between 2 and {MOST} can be compared"
        )));
    }
    for (index, variant) in variants.iter().enumerate() {
        if variants[..index]
            .iter()
            .any(|other| other.name == variant.name)
        {
            let name = &variant.name;
            return Err(Error::Usage(format!(
                "two variants are called “{name}”; give --variant another name"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_read_as_they_are_written() {
        let read = |text: &str| {
            let variant: Variant = text.parse().unwrap();
            (variant.name, variant.bias.to_string(), variant.tied)
        };
        let expected = |name: &str, bias: &str, tied| (name.to_owned(), bias.to_owned(), tied);
        let cases = [
            ("a=tied", expected("a", "all", true)),
            ("b=bias:output", expected("b", "output", false)),
            (
                "slim one=bias:none,tied",
                expected("slim one", "none", true),
            ),
            (
                "c=tied,bias:encoder.1,decoder.1",
                expected("c", "encoder.1,decoder.1", true),
            ),
            (
                "d=bias:encoder.1, decoder.1 ,tied",
                expected("d", "encoder.1,decoder.1", true),
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_variant_is_explained() {
        for text in [
            "tied",
            "=tied",
            "a=",
            "a=bias:",
            "a=bias:none,,tied",
            "a=wide",
            "a=tied,",
        ] {
            let why = text.parse::<Variant>().unwrap_err();
            assert!(why.contains("slim=bias:output,tied"), "{text}: {why}");
        }
    }

    #[test]
    fn names_are_told_apart() {
        let mut variants = Variant::usual();
        assert!(check(&variants).is_ok());
        variants.push("tied=bias:output,tied".parse().unwrap());
        let why = check(&variants).unwrap_err().chain();
        assert!(why.contains("“tied”"), "{why}");
        assert!(check(&variants[..1]).is_err());
    }
}
