//! Where an experiment stands: plain data for a table, a screen or a document.

use crate::compare::variant::Variant;
use crate::model::spec::BiasChoice;
use crate::score::agreement::Agreement;
use crate::score::ranking::Quality;

/// All variants side by side.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Rows of the table.
    pub rows: usize,
    /// Features of a row.
    pub features: usize,
    /// Seeds that each variant learns from.
    pub seeds: u64,
    /// Seeds that are done before the one that is on.
    pub seed: u64,
    /// Whether a label tells outliers from the other rows.
    pub labelled: bool,
    /// Steps of one network.
    pub steps: u64,
    /// The first one is what the others are held against.
    pub variants: Vec<VariantResult>,
}

/// How one variant does.
#[derive(Debug, Clone, PartialEq)]
pub struct VariantResult {
    /// Its name, sanitised.
    pub name: String,
    /// Which layers have a bias.
    pub bias: BiasChoice,
    /// Whether the decoder borrows the encoder's weights.
    pub tied: bool,
    /// What the network costs.
    pub parameters: u64,
    /// Steps done with the seed that is on.
    pub step: u64,
    /// The training loss over these steps, equally far apart, 128 points for a whole run.
    pub curve: Vec<f32>,
    /// What it came to, seed by seed.
    pub outcomes: Vec<Outcome>,
    /// Why it can take no further part, where it lost its numbers.
    pub failed: Option<String>,
}

/// What one network came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The training loss, a mean over the last epoch.
    pub loss: f64,
    /// The mean squared error, likewise.
    pub mse: f64,
    /// Against the label.
    pub quality: Option<Quality>,
    /// With the first variant from the same seed; of the first variant itself, with its own network from the first seed:
    /// what the seed alone does to a ranking.
    pub agreement: Option<Agreement>,
}

/// A mean and its spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The sample standard deviation, n − 1 in its denominator; none of fewer than two values.
    pub sd: Option<f64>,
}

impl Spread {
    /// Of these values; none of none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let count = values.len() as f64;
        if values.is_empty() {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let sd = (values.len() > 1).then(|| (squares / (count - 1.0)).sqrt());
        Some(Self { mean, sd })
    }
}

impl Spread {
    /// The mean and, where there is one, its spread.
    pub fn write(self, one: impl Fn(f64) -> String) -> String {
        match self.sd {
            None => one(self.mean),
            Some(sd) => format!("{} ±{}", one(self.mean), one(sd)),
        }
    }
}

impl Comparison {
    /// Whether there is nothing left to do.
    pub fn finished(&self) -> bool {
        let all = |result: &VariantResult| {
            result.failed.is_some() || result.outcomes.len() as u64 == self.seeds
        };
        self.variants.iter().all(all)
    }

    /// Share of all steps that is done.
    pub fn share(&self) -> f64 {
        let (done, all) = self
            .variants
            .iter()
            .map(|result| self.progress(result))
            .fold((0, 0), |(done, all), (more, of)| (done + more, all + of));
        done as f64 / all.max(1) as f64
    }

    /// Steps of one variant over all seeds, those that are done and all.
    pub fn progress(&self, result: &VariantResult) -> (u64, u64) {
        (
            self.seed * self.steps + result.step,
            self.seeds * self.steps,
        )
    }
}

impl VariantResult {
    pub(super) fn new(variant: &Variant, parameters: u64) -> Self {
        Self {
            name: variant.name.clone(),
            bias: variant.bias.clone(),
            tied: variant.tied,
            parameters,
            step: 0,
            curve: Vec::new(),
            outcomes: Vec::new(),
            failed: None,
        }
    }

    /// Over the seeds so far, whatever of an outcome `pick` picks.
    pub fn spread(&self, pick: impl Fn(&Outcome) -> Option<f64>) -> Option<Spread> {
        let values: Vec<f64> = self.outcomes.iter().filter_map(pick).collect();
        Spread::of(&values)
    }

    /// The final training loss.
    pub fn loss(&self) -> Option<Spread> {
        self.spread(|outcome| Some(outcome.loss))
    }

    /// The final mean squared error.
    pub fn mse(&self) -> Option<Spread> {
        self.spread(|outcome| Some(outcome.mse))
    }

    /// The area under the ROC curve, where there is a label.
    pub fn roc_auc(&self) -> Option<Spread> {
        self.spread(|outcome| Some(outcome.quality?.roc_auc))
    }

    /// The average precision, where there is a label.
    pub fn average_precision(&self) -> Option<Spread> {
        self.spread(|outcome| Some(outcome.quality?.average_precision))
    }

    /// Spearman's correlation of [`Outcome::agreement`].
    pub fn spearman(&self) -> Option<Spread> {
        self.spread(|outcome| outcome.agreement?.spearman)
    }

    /// The first hundredth of the rows in common, of [`Outcome::agreement`].
    pub fn top_overlap(&self) -> Option<Spread> {
        self.spread(|outcome| Some(outcome.agreement?.top_overlap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: of 2 4 4 4 5 5 7 9 the mean is 5 and the squares sum to 32; over n − 1 = 7.
    #[test]
    fn the_spread_is_the_sample_s() {
        let spread = Spread::of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]).unwrap();
        assert_eq!(spread.mean, 5.0);
        assert!((spread.sd.unwrap() - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
        assert_eq!(Spread::of(&[3.0]).unwrap().sd, None);
        assert_eq!(Spread::of(&[]), None);
    }
}
