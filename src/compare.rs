//! The experiment: variants of one network, which differ in their biases and in whether they are tied, trained side by
//! side with the same seeds. No thread, no channel, no clock: whoever owns it calls [`Experiment::advance`].
//!
//! All variants learn from the same seed in lock step, then all of them from the next one, so that only as many networks
//! are held at a time as there are variants.

pub mod results;
pub mod variant;
mod variant_run;
pub mod verdict;

use std::sync::Arc;

use crate::compare::results::{Comparison, Outcome, VariantResult};
use crate::compare::variant::Variant;
use crate::compare::variant_run::VariantRun;
use crate::data::encoder::Encoded;
use crate::error::{Error, Result};
use crate::format;
use crate::model::ledger::Ledger;
use crate::model::spec::NetworkSpec;
use crate::score::agreement::Agreement;
use crate::score::ranking::Quality;
use crate::train::engine::{BuildEngine, Metrics};
use crate::train::recipe::Recipe;
use crate::train::trainer::Trainer;

/// Seeds, where none are asked for: enough to see the noise.
pub const SEEDS: u64 = 5;
/// Parameters that all variants may hold together, 12 bytes each with Adam's moments.
const MAX_PARAMETERS: u64 = 500_000_000;

/// Variants of one network in training.
pub struct Experiment {
    data: Arc<Encoded>,
    outlier: Option<Arc<[bool]>>,
    recipe: Recipe,
    build: BuildEngine,
    specs: Vec<NetworkSpec>,
    /// One a variant, from the current seed; none where it has failed, or when all is done.
    runs: Vec<Option<VariantRun>>,
    comparison: Comparison,
    /// The first variant's scores from the first seed and from the one that is on.
    scores: Option<Vec<f32>>,
    first_scores: Option<Vec<f32>>,
}

impl Experiment {
    /// Variants of the network that `like` trains, on the same rows and by the same recipe, from its seed on so many
    /// seeds each.
    pub fn new(like: &Trainer, variants: &[Variant], seeds: u64) -> Result<Self> {
        variant::check(variants)?;
        let specs: Vec<NetworkSpec> = variants
            .iter()
            .map(|variant| variant.apply(like.spec().clone()))
            .collect::<Result<_>>()?;
        let counts: Vec<u64> = specs
            .iter()
            .map(|spec| Ledger::new(spec).total().total())
            .collect();
        let held: u64 = counts.iter().sum();
        if held > MAX_PARAMETERS {
            let (held, most) = (format::group(held), format::group(MAX_PARAMETERS));
            return Err(Error::Usage(format!(
                "the variants have {held} parameters together, {most} at most can be trained side by side; take smaller --layers"
            )));
        }
        let results = variants.iter().zip(&counts);
        let comparison = Comparison {
            rows: like.data().matrix.rows(),
            features: like.data().encoder.features.len(),
            seeds,
            seed: 0,
            labelled: like.outlier().is_some_and(|outlier| {
                outlier.iter().any(|is| *is) && outlier.iter().any(|is| !is)
            }),
            steps: 0,
            variants: results
                .map(|(variant, parameters)| VariantResult::new(variant, *parameters))
                .collect(),
        };
        let mut experiment = Self {
            data: Arc::clone(like.data()),
            outlier: like.outlier().map(Arc::clone),
            recipe: Recipe {
                networks: 1,
                ..like.recipe().clone()
            },
            build: like.build(),
            specs,
            runs: Vec::new(),
            comparison,
            scores: None,
            first_scores: None,
        };
        experiment.begin()?;
        Ok(experiment)
    }

    /// Where all variants stand.
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// Whether every variant has learned from every seed.
    pub fn finished(&self) -> bool {
        self.runs.iter().all(Option::is_none)
    }

    /// What happened to the engines since this was asked last, for people.
    pub fn news(&mut self) -> Option<String> {
        let mut runs = self.runs.iter_mut().flatten();
        runs.find_map(VariantRun::news)
    }

    /// Trains every variant one batch, and looks at what it has learned where that was its last one.
    pub fn advance(&mut self) -> Result<()> {
        for index in 0..self.runs.len() {
            let Some(run) = &mut self.runs[index] else {
                continue;
            };
            let result = &mut self.comparison.variants[index];
            match run.advance() {
                Ok(point) => result.curve.extend(point),
                Err(error) => {
                    result.failed = Some(error.chain());
                    self.runs[index] = None;
                    continue;
                }
            }
            result.step = run.step();
            if run.finished() {
                self.conclude(index);
            }
        }
        if self.finished() && self.comparison.seed + 1 < self.comparison.seeds {
            self.comparison.seed += 1;
            self.begin()?;
        }
        Ok(())
    }

    /// Begins with the current seed, but for variants that have failed.
    fn begin(&mut self) -> Result<()> {
        self.scores = None;
        let recipe = Recipe {
            seed: self.recipe.seed.wrapping_add(self.comparison.seed),
            ..self.recipe.clone()
        };
        let mut runs = Vec::with_capacity(self.specs.len());
        for (spec, result) in self.specs.iter().zip(&mut self.comparison.variants) {
            if result.failed.is_some() {
                runs.push(None);
                continue;
            }
            let trainer = Trainer::new(
                Arc::clone(&self.data),
                self.outlier.clone(),
                recipe.clone(),
                spec.clone(),
                self.build,
            )?;
            let run = VariantRun::new(trainer);
            (result.step, self.comparison.steps) = (0, run.steps());
            result.curve.clear();
            runs.push(Some(run));
        }
        self.runs = runs;
        Ok(())
    }

    /// Takes down what a variant has come to with this seed, and lets its network go.
    fn conclude(&mut self, index: usize) {
        let Some(mut run) = self.runs[index].take() else {
            return;
        };
        let result = &mut self.comparison.variants[index];
        let scores = match run.scores() {
            Ok(scores) => scores,
            Err(error) => {
                result.failed = Some(error.chain());
                return;
            }
        };
        let other = if index == 0 {
            self.first_scores.as_ref()
        } else {
            self.scores.as_ref()
        };
        let outlier = self.outlier.as_deref();
        let Metrics { loss, mse } = run.metrics();
        result.outcomes.push(Outcome {
            loss,
            mse,
            quality: outlier.and_then(|outlier| Quality::judge(&scores, outlier)),
            agreement: other.map(|other| Agreement::between(other, &scores)),
        });
        // All variants take the same number of steps, and the first one ends first.
        if index == 0 {
            self.first_scores.get_or_insert_with(|| scores.clone());
            self.scores = Some(scores);
        }
    }
}
