//! An engine, its batches and its snapshots, advanced one batch at a time. No thread, no channel, no clock.

mod anew;
mod apart;
mod facts;
pub mod given;
mod keeping;
mod page;
mod ranking;
mod resuming;
mod saving;
mod whole;

use std::sync::Arc;

use crate::data::encoder::Encoded;
use crate::error::{Error, Result};
use crate::format;
use crate::model::ledger::Ledger;
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;
use crate::score::codes::Codes;
use crate::score::flag::FlagRule;
use crate::score::reference::References;
use crate::score::view::View;
use crate::train::batches::Batches;
use crate::train::engine::{Batch, BuildEngine, Engine, Metrics};
use crate::train::judging::{Judging, Placed};
use crate::train::kept::Keeping;
use crate::train::recipe::Recipe;
use crate::train::snapshot::Snapshots;
use crate::train::sum::Sum;
use crate::train::whole::Whole;
use keeping::Look;

pub use ranking::WholeRanking;
pub use saving::Looked;

/// Most parameters: with Adam's two moments they take 12 bytes each, 6 GB in all.
const MAX_PARAMETERS: u64 = 500_000_000;
/// Validation rows evaluated in one call.
const CHUNK: usize = 256;

/// One training run over one table: one network, or several one after the other.
pub struct Trainer {
    data: Arc<Encoded>,
    outlier: Option<Arc<[bool]>>,
    recipe: Recipe,
    /// The networks that are trained from each seed, with the biases of their start.
    specs: Vec<NetworkSpec>,
    /// The one that is trained now.
    spec: NetworkSpec,
    build: BuildEngine,
    /// The numbers that every network starts from, where they are not drawn.
    start: Option<Arc<Weights>>,
    engine: Box<dyn Engine>,
    batches: Batches,
    validation: Vec<usize>,
    /// The rows that are only validated on, in no example that is learned from.
    kept_back: Arc<[u32]>,
    snapshots: Snapshots,
    /// The network as it was when the rows were last ranked without snapshots, and its scores.
    current: Option<(View, Vec<f32>)>,
    references: Option<Arc<References>>,
    /// Whether they are what a model's random rows make of the table, until training goes on.
    given_rows: bool,
    /// The table's own, where they are.
    own_references: Option<Arc<References>>,
    /// Where the rows lie in the code of the network that was last asked about a row.
    codes: Option<Codes>,
    ranking: Option<Placed>,
    judging: Judging,
    /// Whether snapshots are only held still until somebody wants to look.
    puts_off: bool,
    keeping: Option<Keeping>,
    looking: Option<Look>,
    /// All rows of the file, where the table is a sample and they were scored.
    whole: Option<Whole>,
    /// Whether their ranking is shown.
    shows_whole: bool,
    /// The rule to flag by in training, where this is a model that was trained elsewhere and is only looked through.
    given: Option<FlagRule>,
    /// Networks that were trained to their end before this one.
    network: u64,
    step: u64,
    limit: Option<u64>,
    shortened_from: Option<u64>,
    epoch: Sum,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Steps done, this one included.
    pub step: u64,
    /// Rows in the batch.
    pub rows: usize,
    /// The batch before the step.
    pub metrics: Metrics,
    /// The mean over an epoch's batches, when the step ended one.
    pub epoch: Option<Metrics>,
}

/// What was looked at between two steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Review {
    /// The validation rows, after an epoch.
    pub valid: Option<Metrics>,
    /// Whether a snapshot was taken, so that the ranking has changed.
    pub snapshot: bool,
    /// Whether the network was kept as it is, so that the list of what is kept has changed.
    pub kept: bool,
}

impl Trainer {
    /// A run of `recipe` on `data`, judged against `outlier` where the truth is known.
    pub fn new(
        data: Arc<Encoded>,
        outlier: Option<Arc<[bool]>>,
        recipe: Recipe,
        spec: NetworkSpec,
        build: BuildEngine,
    ) -> Result<Self> {
        recipe.check(spec.output())?;
        check_size(&spec)?;
        let (rows, validation) = apart::split(&data, &recipe);
        let kept_back = apart::rows(&data, &rows, &validation);
        let recipe = Recipe {
            batch: recipe.batch.min(rows.len()),
            ..recipe
        };
        let engine = build(&spec, &recipe, &recipe.initializer.draw(&spec, recipe.seed))?;
        let batches = Batches::new(rows, recipe.batch, recipe.seed);
        let snapshots = Snapshots::new(recipe.snapshots.clone());
        let (limit, shortened_from) = recipe.steps(&spec, recipe.batch, batches.per_epoch());
        Ok(Self {
            data,
            outlier,
            recipe,
            specs: vec![spec.clone()],
            spec,
            build,
            start: None,
            engine,
            batches,
            validation,
            kept_back,
            snapshots,
            current: None,
            references: None,
            given_rows: false,
            own_references: None,
            codes: None,
            ranking: None,
            judging: Judging::default(),
            puts_off: false,
            keeping: None,
            looking: None,
            whole: None,
            shows_whole: false,
            given: None,
            network: 0,
            step: 0,
            limit: Some(limit),
            shortened_from,
            epoch: Sum::default(),
        })
    }

    /// The same run from these numbers instead of drawn ones; before its first step.
    pub fn starting_from(mut self, start: Arc<Weights>) -> Result<Self> {
        self.start = Some(start);
        self.engine = (self.build)(&self.spec, &self.recipe, &self.first_weights()?)?;
        Ok(self)
    }

    /// What the network that is trained now starts from.
    fn first_weights(&self) -> Result<Weights> {
        match &self.start {
            Some(start) => start.wired_like(&self.spec).ok_or_else(|| {
                Error::Training("the weights to start from do not fit the network".into())
            }),
            None => Ok(self.recipe.initializer.draw(&self.spec, self.seed())),
        }
    }

    /// From each seed, after the networks so far, one more of as many layers.
    pub fn and_then(mut self, spec: NetworkSpec) -> Result<Self> {
        check_size(&spec)?;
        self.specs.push(spec);
        Ok(self)
    }

    /// The seed of the network that is trained now.
    fn seed(&self) -> u64 {
        let seeds = self.network / self.specs.len() as u64;
        self.recipe.seed.wrapping_add(seeds)
    }

    fn length(&self, spec: &NetworkSpec) -> (u64, Option<u64>) {
        self.recipe
            .steps(spec, self.recipe.batch, self.batches.per_epoch())
    }

    /// Lets training go on beyond the recipe.
    pub fn extend(&mut self) {
        self.limit = None;
    }

    /// Trains one batch.
    pub fn advance(&mut self) -> Result<Step> {
        let (now, next) = self.batches.advance();
        let batch = Batch::of(&self.data.examples, now).before(next);
        let (rows, metrics) = (batch.rows(), self.engine.step(batch, self.recipe.rate));
        self.step += 1;
        if !metrics.loss.is_finite() {
            return Err(self.diverged("the loss"));
        }
        self.epoch.add(metrics, rows);
        let epoch = self
            .batches
            .epoch_ended()
            .then(|| self.epoch.take())
            .flatten();
        Ok(Step {
            step: self.step,
            rows,
            metrics,
            epoch,
        })
    }

    /// Validates after an epoch, takes a snapshot where one is due, and keeps what was asked to be kept. Belongs after every [`Trainer::advance`]; apart
    /// from it so that the training steps can be timed alone.
    pub fn review(&mut self) -> Review {
        let valid = if self.batches.epoch_ended() {
            self.validate()
        } else {
            None
        };
        // Of several networks without snapshots each is looked at when it is done.
        let last = self.networks() > 1 && self.recipe.snapshots.is_empty();
        let snapshot = self.snapshots.due(self.step) || (last && Some(self.step) == self.limit);
        if snapshot {
            self.snapshots.wait(self.moment(), self.engine.freeze());
            if !self.puts_off {
                self.look(&|_| {}, &mut |_| {});
            }
        }
        let kept = (snapshot || self.batches.epoch_ended()) && self.keep_present(snapshot);
        Review {
            valid,
            snapshot,
            kept,
        }
    }

    /// From now on only holds the network still where a snapshot is due: its scores are had by [`Trainer::look`], which takes
    /// a pass over the rows for many of them where each alone would take one.
    pub fn put_off_looks(&mut self) {
        self.puts_off = true;
    }

    /// How many looks were put off.
    pub fn put_off(&self) -> usize {
        self.snapshots.waiting()
    }

    /// Takes the looks that were put off: tells of rows as they are looked at, from whatever thread it is on, and `each` of the
    /// snapshots so far after each look.
    pub fn look(&mut self, tell: &(dyn Fn(usize) + Sync), each: &mut dyn FnMut(&Snapshots)) {
        let Self {
            snapshots,
            judging,
            recipe,
            data,
            ..
        } = self;
        snapshots.look(recipe.measure, &data.examples, tell, &mut |snapshots| {
            judging.wait(snapshots.len());
            each(snapshots);
        });
    }

    fn validate(&self) -> Option<Metrics> {
        let mut sum = Sum::default();
        for rows in self.validation.chunks(CHUNK) {
            let batch = Batch::of(&self.data.examples, rows);
            sum.add(self.engine.evaluate(batch), rows.len());
        }
        sum.take()
    }

    /// Switches biases to `wanted`, and names what changed.
    pub fn set_bias(&mut self, wanted: &[bool]) -> Option<String> {
        let changed: Vec<usize> = (0..self.spec.len())
            .filter(|layer| self.spec.bias()[*layer] != wanted[*layer])
            .collect();
        for &layer in &changed {
            self.engine.set_bias(layer, wanted[layer]);
            self.spec.set_bias(layer, wanted[layer]);
        }
        let word = |on: bool| if on { "on" } else { "off" };
        match changed[..] {
            [] => None,
            [layer] => Some(format!(
                "{} bias {}",
                self.spec.layer(layer).name(),
                word(wanted[layer])
            )),
            _ if wanted.iter().all(|on| *on == wanted[0]) => {
                Some(format!("all biases {}", word(wanted[0])))
            }
            _ => Some(format!("{} biases changed", changed.len())),
        }
    }

    /// Changes Adam's learning rate.
    pub fn set_rate(&mut self, rate: f64) {
        self.recipe.rate = rate;
    }

    fn diverged(&self, what: &str) -> Error {
        let (step, rate) = (self.step, format::rate(self.recipe.rate));
        let advice = format!("a learning rate below {rate} should help");
        Error::Training(format!("{what} became NaN at step {step}; {advice}"))
    }
}

/// Refuses a network that would not fit into the memory of most machines.
fn check_size(spec: &NetworkSpec) -> Result<()> {
    let parameters = Ledger::new(spec).total().total();
    if parameters <= MAX_PARAMETERS {
        return Ok(());
    }
    let (count, most) = (format::group(parameters), format::group(MAX_PARAMETERS));
    Err(Error::Usage(format!(
        "{count} parameters are too many to train here, {most} at most"
    )))
}
