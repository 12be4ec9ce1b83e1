//! The experiment: variants of one network, which differ in their biases and in whether they are tied, trained side by
//! side with the same seeds. No thread, no channel, no clock: whoever owns it calls [`Experiment::advance`].
//!
//! All variants learn from the same seed in lock step, then all of them from the next one, so that only as many networks
//! are held at a time as there are variants.

mod lane;
pub mod standing;
pub mod variant;
pub mod verdict;

use std::sync::Arc;

use crate::compare::lane::Lane;
use crate::compare::standing::{Comparison, Outcome, Standing};
use crate::compare::variant::Variant;
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
    lanes: Vec<Option<Lane>>,
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
        let standings = variants.iter().zip(&counts);
        let comparison = Comparison {
            rows: like.data().matrix.rows(),
            features: like.data().encoder.features.len(),
            seeds,
            seed: 0,
            labelled: like.outlier().is_some_and(|outlier| {
                outlier.iter().any(|is| *is) && outlier.iter().any(|is| !is)
            }),
            steps: 0,
            variants: standings
                .map(|(variant, parameters)| Standing::new(variant, *parameters))
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
            lanes: Vec::new(),
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
        self.lanes.iter().all(Option::is_none)
    }

    /// Trains every variant one batch, and looks at what it has learned where that was its last one.
    pub fn advance(&mut self) -> Result<()> {
        for index in 0..self.lanes.len() {
            let Some(lane) = &mut self.lanes[index] else {
                continue;
            };
            let standing = &mut self.comparison.variants[index];
            match lane.advance() {
                Ok(point) => standing.curve.extend(point),
                Err(error) => {
                    standing.failed = Some(error.chain());
                    self.lanes[index] = None;
                    continue;
                }
            }
            standing.step = lane.step();
            if lane.finished() {
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
        let mut lanes = Vec::with_capacity(self.specs.len());
        for (spec, standing) in self.specs.iter().zip(&mut self.comparison.variants) {
            if standing.failed.is_some() {
                lanes.push(None);
                continue;
            }
            let trainer = Trainer::new(
                Arc::clone(&self.data),
                self.outlier.clone(),
                recipe.clone(),
                spec.clone(),
                self.build,
            )?;
            let lane = Lane::new(trainer);
            (standing.step, self.comparison.steps) = (0, lane.steps());
            standing.curve.clear();
            lanes.push(Some(lane));
        }
        self.lanes = lanes;
        Ok(())
    }

    /// Takes down what a variant has come to with this seed, and lets its network go.
    fn conclude(&mut self, index: usize) {
        let Some(mut lane) = self.lanes[index].take() else {
            return;
        };
        let standing = &mut self.comparison.variants[index];
        let scores = match lane.scores() {
            Ok(scores) => scores,
            Err(error) => {
                standing.failed = Some(error.chain());
                return;
            }
        };
        let other = if index == 0 {
            self.first_scores.as_ref()
        } else {
            self.scores.as_ref()
        };
        let outlier = self.outlier.as_deref();
        let Metrics { loss, mse } = lane.metrics();
        standing.outcomes.push(Outcome {
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
