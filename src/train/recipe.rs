//! How to train. Three presets: `auto`, which needs no tuning; `local`, for rows that are strange only beside their
//! neighbours; and `classic`, the set-up of the question that started misfit.

use std::fmt;
use std::str::FromStr;

use crate::data::encoder::Scaling;
use crate::error::{DataError, Error, Result};
use crate::message::is_rate;
use crate::model::init::Initializer;
use crate::model::spec::{Activation, NetworkSpec};
use crate::score::error::ErrorMeasure;
use crate::score::flag::FlagRule;
use crate::score::ranking::By;
use crate::train::budget::{BUDGET, affordable};

/// Where a recipe starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Small tanh network, z-scores, MSE, 3,200 steps (fewer on wide tables), scores averaged over snapshots.
    Auto,
    /// The same with a wide code: it rebuilds all that is common closely, so that what remains are rows that differ from
    /// their like and not from the mean.
    Local,
    /// 1024-8-4-3, leaky `ReLU`, sigmoid output, min-max, binary cross-entropy, Adam 1e-4.
    Classic,
}

impl FromStr for Preset {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "local" => Ok(Self::Local),
            "classic" => Ok(Self::Classic),
            _ => Err("expected auto, local or classic".into()),
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Auto => "auto",
            Self::Local => "local",
            Self::Classic => "classic",
        })
    }
}

/// What training makes small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Mean over cells of −t·ln σ(x) − (1 − t)·ln(1 − σ(x)), on logits x, for targets t anywhere in [0, 1]. Its least
    /// value is the targets' own entropy, not zero.
    Bce,
    /// Mean squared error over cells.
    Mse,
}

impl Loss {
    /// Its name in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bce => "binary cross-entropy",
            Self::Mse => "mean squared error",
        }
    }
}

/// How long to train.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// This many batches.
    Steps(u64),
    /// This many passes over the training rows.
    Epochs(u64),
}

/// Everything about a training run but the network and the data.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// What is made small.
    pub loss: Loss,
    /// How columns become features.
    pub scaling: Scaling,
    /// How the first weights are drawn.
    pub initializer: Initializer,
    /// Adam's learning rate.
    pub rate: f64,
    /// What Adam adds to √v̂.
    pub epsilon: f32,
    /// Rows per step.
    pub batch: usize,
    /// When to stop.
    pub length: Length,
    /// Multiply-adds that one network may take; the steps are halved until they fit, see [`affordable`]. None: the length
    /// holds whatever it takes.
    pub budget: Option<u64>,
    /// Seeds the first weights, the shuffles and the validation split.
    pub seed: u64,
    /// Share of the rows that is only validated on, 0 to 0.9. They are scored like all others.
    pub validation: f64,
    /// Steps at which the scores are taken; the final score is their mean. None: the network as it stands.
    pub snapshots: Vec<u64>,
    /// How features' errors are weighed.
    pub measure: ErrorMeasure,
    /// Seeds that are learned from, one after the other from `seed` on; the scores are averaged. At least one.
    pub networks: u64,
    /// A preset whose network is trained as well, from each seed after the recipe's own. Both scores count alike.
    pub also: Option<Preset>,
    /// Whose score ranks the rows.
    pub by: By,
    /// Which of them are flagged.
    pub flag: FlagRule,
    /// Threads to compute with; as many as there are cores where none is named.
    pub threads: Option<usize>,
}

impl Recipe {
    /// The recipe of `preset`.
    pub fn new(preset: Preset) -> Self {
        match preset {
            Preset::Auto => Self {
                loss: Loss::Mse,
                scaling: Scaling::ZScore,
                initializer: Initializer::FanInUniform,
                rate: 1e-3,
                epsilon: 1e-8,
                batch: 128,
                length: Length::Steps(3_200),
                budget: Some(BUDGET),
                seed: 0,
                validation: 0.0,
                snapshots: vec![25, 50, 100, 200, 400, 800, 1_600, 3_200],
                measure: ErrorMeasure::Robust,
                networks: 1,
                also: None,
                by: By::Network,
                flag: FlagRule::Auto,
                threads: None,
            },
            // Its network alone is another.
            Preset::Local => Self::new(Preset::Auto),
            Preset::Classic => Self {
                loss: Loss::Bce,
                scaling: Scaling::MinMax,
                initializer: Initializer::GlorotNormal,
                rate: 1e-4,
                epsilon: 1e-7,
                batch: 32,
                length: Length::Epochs(100),
                budget: None,
                seed: 0,
                validation: 0.1,
                snapshots: Vec::new(),
                measure: ErrorMeasure::Mse,
                networks: 1,
                also: None,
                by: By::Network,
                flag: FlagRule::Auto,
                threads: None,
            },
        }
    }

    /// The steps to train `spec`, of batches of `batch` rows and so many to the epoch; and the steps there would be without
    /// the budget, where it cut them.
    pub fn steps(&self, spec: &NetworkSpec, batch: usize, per_epoch: u64) -> (u64, Option<u64>) {
        let wanted = match self.length {
            Length::Steps(steps) => steps,
            Length::Epochs(epochs) => epochs * per_epoch,
        };
        let steps = self
            .budget
            .map_or(wanted, |budget| affordable(wanted, budget, spec, batch));
        (steps, (steps < wanted).then_some(wanted))
    }

    /// Whether the loss, the scaling and the network's output go together.
    pub fn check(&self, output: Activation) -> Result<()> {
        let refuse = |why: &str| Err(Error::Usage(why.into()));
        match self.loss {
            Loss::Bce if output != Activation::Sigmoid => refuse(
                "binary cross-entropy needs a sigmoid output; add --output sigmoid or take --loss mse",
            ),
            Loss::Bce if self.scaling != Scaling::MinMax => refuse(
                "binary cross-entropy needs values in [0, 1]; add --scale minmax or take --loss mse",
            ),
            _ if self.batch == 0 => refuse("--batch must be at least 1"),
            _ if !(0.0..=0.9).contains(&self.validation) => {
                refuse("--valid must lie between 0 and 0.9")
            }
            _ if !is_rate(self.rate) => {
                refuse("--lr must be above 0 (1e-9 at least) and at most 10")
            }
            _ => Ok(()),
        }
    }
}

/// A preset's activations: hidden, code, output.
pub fn activations(preset: Preset) -> [Activation; 3] {
    match preset {
        Preset::Auto | Preset::Local => [Activation::Tanh, Activation::Linear, Activation::Linear],
        Preset::Classic => [
            Activation::LeakyRelu,
            Activation::LeakyRelu,
            Activation::Sigmoid,
        ],
    }
}

/// A preset's widths behind the input, down to the code. `auto`: the code is ⌈√d⌉ wide, between it and the input lies
/// one layer of the geometric mean, at most 128. `local`: the code is half as wide as the input and at most 128, between
/// them lies a layer twice as wide as the input and at most 256.
pub fn hidden_widths(preset: Preset, features: usize) -> Vec<usize> {
    match preset {
        Preset::Auto => {
            let root = (features as f64).sqrt();
            let code = (root.ceil() as usize).clamp(1, (features - 1).clamp(1, 127));
            let between = ((features * code) as f64).sqrt().round() as usize;
            vec![between.clamp(code + 1, 128), code]
        }
        Preset::Local => {
            let code = features.div_ceil(2).clamp(1, (features - 1).clamp(1, 128));
            vec![(2 * features).clamp(code + 1, 256), code]
        }
        Preset::Classic => vec![1024, 8, 4, 3],
    }
}

/// The network for a table of `features`, with the preset's widths unless `hidden` says others.
pub fn network(
    preset: Preset,
    features: usize,
    hidden: Option<Vec<usize>>,
    [activation, code, output]: [Activation; 3],
) -> Result<NetworkSpec> {
    if features < 2 {
        let problem = format!("{features} column to learn from");
        let advice =
            "an autoencoder learns how columns depend on each other and needs at least two; of rows that follow each other one is enough with --window 64".into();
        return Err(DataError {
            file: "the table".into(),
            problem,
            advice,
            ..DataError::default()
        }
        .into());
    }
    let mut widths = vec![features];
    widths.extend(hidden.unwrap_or_else(|| hidden_widths(preset, features)));
    NetworkSpec::new(widths, activation, code, output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_automatic_widths_follow_the_rule_and_stay_bounded() {
        let cases = [
            (2, [2, 1]),
            (3, [3, 2]),
            (6, [4, 3]),
            (21, [10, 5]),
            (30, [13, 6]),
            (166, [46, 13]),
            (1602, [128, 41]),
        ];
        for (features, expected) in cases {
            assert_eq!(
                hidden_widths(Preset::Auto, features),
                expected,
                "{features} features"
            );
        }
        assert_eq!(hidden_widths(Preset::Auto, 100_000), [128, 127]);
    }

    #[test]
    fn the_local_code_is_half_as_wide_as_the_input() {
        let cases = [(2, [4, 1]), (3, [6, 2]), (32, [64, 16]), (1602, [256, 128])];
        for (features, expected) in cases {
            assert_eq!(
                hidden_widths(Preset::Local, features),
                expected,
                "{features} features"
            );
        }
    }

    #[test]
    fn the_classic_network_is_that_of_the_question() {
        let spec = network(Preset::Classic, 1602, None, activations(Preset::Classic)).unwrap();
        assert_eq!(spec.shape(), "1602-1024-8-4-3-4-8-1024-1602");
    }

    #[test]
    fn combinations_that_cannot_work_are_refused_with_the_way_out() {
        let mut recipe = Recipe::new(Preset::Auto);
        assert!(recipe.check(Activation::Linear).is_ok());
        recipe.loss = Loss::Bce;
        assert!(
            recipe
                .check(Activation::Linear)
                .unwrap_err()
                .chain()
                .contains("--output sigmoid")
        );
        assert!(
            recipe
                .check(Activation::Sigmoid)
                .unwrap_err()
                .chain()
                .contains("--scale minmax")
        );
        assert!(network(Preset::Auto, 1, None, activations(Preset::Auto)).is_err());
    }
}
