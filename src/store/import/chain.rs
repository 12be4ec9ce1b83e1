//! Dense layers one after the other, as a file gives them, and the mirrored network that they are where they are one.

use std::sync::Arc;

use crate::error::{DataError, Error, Result};
use crate::model::spec::{Activation, NetworkSpec};
use crate::model::start::Start;
use crate::model::weights::{LayerWeights, Weights};

/// What follows a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// The file does not say.
    Unsaid,
    /// This.
    Known(Activation),
    /// Something that misfit does not have, in words.
    Other(String),
}

impl After {
    /// For a table.
    pub fn words(&self) -> &str {
        match self {
            Self::Unsaid => "not said",
            Self::Known(activation) => activation.name(),
            Self::Other(words) => words,
        }
    }
}

/// One dense layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Its name in the file, sanitised.
    pub name: String,
    /// Values it takes.
    pub inputs: usize,
    /// Values it gives.
    pub outputs: usize,
    /// Row-major `[inputs, outputs]`.
    pub weight: Vec<f32>,
    /// `[outputs]`.
    pub bias: Option<Vec<f32>>,
    /// What follows it.
    pub after: After,
}

/// The layers of a file, each taking what the one before it gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The file, as the user named it; sanitised.
    pub file: String,
    /// At least one.
    pub links: Vec<Link>,
    /// What was left out of it, a sentence each.
    pub notes: Vec<String>,
}

impl Chain {
    /// Layers of a file whose name is told later.
    pub(super) fn new(links: Vec<Link>, notes: Vec<String>) -> Self {
        let file = String::new();
        Self { file, links, notes }
    }

    pub(super) fn called(self, file: String) -> Self {
        Self { file, ..self }
    }

    /// Widths of everything the data flows through: `8-4-2-4-8`.
    pub fn shape(&self) -> String {
        let first = self.links.first().map(|link| link.inputs);
        let widths = first
            .into_iter()
            .chain(self.links.iter().map(|link| link.outputs));
        widths
            .map(|width| width.to_string())
            .collect::<Vec<_>>()
            .join("-")
    }

    /// Whether the widths are those of an autoencoder whose decoder mirrors its encoder.
    pub fn mirrors(&self) -> bool {
        let (count, links) = (self.links.len(), &self.links);
        count % 2 == 0
            && (0..count).all(|index| links[index].inputs == links[count - 1 - index].outputs)
    }

    /// Whether some activation is not in the file.
    pub fn leaves_open(&self) -> bool {
        self.links.iter().any(|link| link.after == After::Unsaid)
    }

    /// What is assumed of the activations, where the file leaves some open: hidden, code, output.
    pub fn assumed(&self, [hidden, code, output]: [Activation; 3]) -> Option<String> {
        self.leaves_open().then(|| {
            format!(
                "the file does not say its activations; {hidden} is assumed, {code} for the code and {output} for the output: others with --activation and --output"
            )
        })
    }

    /// The activation after the last layer, where the file says one that misfit has.
    pub fn output(&self) -> Option<Activation> {
        match self.links.last()?.after {
            After::Known(activation) => Some(activation),
            _ => None,
        }
    }

    /// The network that the layers are; where the file does not say an activation it is that of `open`: hidden, code, output.
    pub fn spec(&self, open: [Activation; 3]) -> Result<NetworkSpec> {
        if !self.mirrors() {
            let problem = format!("{} is no mirrored autoencoder", self.shape());
            let advice = "misfit trains networks whose decoder has the encoder's widths in reverse";
            return Err(self.refuse(problem, advice));
        }
        let half = self.links.len() / 2;
        let mut found: [Option<(Activation, &str)>; 3] = [None; 3];
        for (index, link) in self.links.iter().enumerate() {
            let place = match index {
                _ if index + 1 == self.links.len() => 2,
                _ if index + 1 == half => 1,
                _ => 0,
            };
            let activation = match &link.after {
                After::Unsaid => open[place],
                After::Known(activation) => *activation,
                After::Other(words) => {
                    let problem = format!("“{}” is followed by {words}", link.name);
                    return Err(self.refuse(
                        problem,
                        "misfit has linear, relu, leaky_relu with slope 0.2, elu, tanh and sigmoid",
                    ));
                }
            };
            match found[place] {
                Some((first, name)) if first != activation => {
                    let problem = format!(
                        "“{name}” is followed by {first} and “{}” by {activation}",
                        link.name
                    );
                    return Err(
                        self.refuse(problem, "misfit has one activation for all hidden layers")
                    );
                }
                _ => found[place] = Some((activation, &link.name)),
            }
        }
        let [hidden, code, output] =
            [0, 1, 2].map(|place| found[place].map_or(open[place], |(activation, _)| activation));
        let mut widths: Vec<usize> = self.links[..half].iter().map(|link| link.inputs).collect();
        widths.push(self.links[half - 1].outputs);
        let mut spec = NetworkSpec::new(widths, hidden, code, output)?;
        for (index, link) in self.links.iter().enumerate() {
            spec.set_bias(index, link.bias.is_some());
        }
        Ok(spec)
    }

    /// The network with its numbers, to start from.
    pub fn into_start(self, open: [Activation; 3]) -> Result<Start> {
        let spec = self.spec(open)?;
        let assumed = self.assumed(open);
        let mut notes = self.notes;
        notes.extend(assumed);
        notes.insert(
            0,
            format!("the network and its weights are those of {}", self.file),
        );
        let layers = self.links.into_iter().map(|link| LayerWeights {
            weight: Some(link.weight),
            bias: link.bias,
        });
        let weights = Arc::new(Weights {
            layers: layers.collect(),
        });
        weights.check(&spec)?;
        Ok(Start {
            file: self.file,
            spec,
            weights,
            notes,
        })
    }

    fn refuse(&self, problem: String, advice: &str) -> Error {
        DataError {
            file: self.file.clone(),
            problem,
            advice: advice.into(),
            ..DataError::default()
        }
        .into()
    }
}
