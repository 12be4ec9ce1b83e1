//! A model that was trained elsewhere, looked through on other rows: its snapshots are all there is, and nothing is trained until
//! somebody asks.

use std::sync::Arc;

use super::Trainer;
use crate::error::{Error, Result};
use crate::model::spec::NetworkSpec;
use crate::model::weights::{LayerWeights, Weights};
use crate::score::flag::FlagRule;
use crate::score::ranking::By;
use crate::score::reference::References;
use crate::score::view::View;

/// A network of a model.
pub struct Given<'a> {
    /// Its widths, activations and biases.
    pub spec: NetworkSpec,
    /// The steps at which it was looked at, and the looks; at least one.
    pub looks: Vec<(u64, &'a View)>,
}

impl Trainer {
    /// The run as a model left it: ranked through its networks, and flagged above its threshold. `rule` is how rows are flagged once
    /// training goes on.
    pub fn given(mut self, networks: &[Given<'_>], threshold: f64, rule: FlagRule) -> Result<Self> {
        let Some(last) = networks.last() else {
            return Ok(self);
        };
        for (network, given) in networks.iter().enumerate() {
            for (step, view) in &given.looks {
                let (view, scores) = (view.fork(), view.table(&self.data.examples));
                self.snapshots.take(network as u64, *step, (view, scores));
                self.step = *step;
            }
        }
        self.specs = networks.iter().map(|given| given.spec.clone()).collect();
        self.recipe.networks = 1;
        (self.spec, self.network) = (last.spec.clone(), networks.len() as u64 - 1);
        if let Some((_, view)) = last.looks.last() {
            let weights = weights(view);
            self.engine = (self.build)(&self.spec, &self.recipe, &weights)?;
            self.start = (networks.len() == 1).then(|| Arc::new(weights));
        }
        self.limit = Some(self.step);
        self.shortened_from = None;
        self.recipe.flag = FlagRule::Model(threshold);
        self.given = Some(rule);
        Ok(self)
    }

    /// The same where random rows of the model have a say: what they make of the rows, as `by` says.
    #[must_use]
    pub fn given_rows(mut self, by: By, references: References) -> Self {
        self.recipe.by = by;
        self.references = Some(Arc::new(references));
        self.given_rows = true;
        self
    }

    /// Whether it is a model as it was trained elsewhere.
    pub fn is_given(&self) -> bool {
        self.given.is_some()
    }

    /// Whether training can go on from here: not from a model whose scores are those of several networks.
    pub fn check_trains_on(&self) -> Result<()> {
        if self.start.is_some() || !self.is_given() {
            return Ok(());
        }
        Err(Error::Told(format!(
            "the scores of this model are the mean of {} networks, and training goes on from one alone; train anew without --model",
            self.specs.len()
        )))
    }

    /// Trains on from the weights of a model, as a run of its own: its optimizer and its snapshots are new. Where that fails nothing
    /// has changed.
    pub fn train_on(&mut self) -> Result<()> {
        self.check_trains_on()?;
        self.restart(self.spec.clone())
    }

    /// How rows are flagged in training: the threshold of a model says nothing of what a network has learned since.
    pub(super) fn rule_in_training(&self) -> FlagRule {
        let rule = self.recipe.flag;
        let of_model = matches!(rule, FlagRule::Model(_));
        self.given.filter(|_| of_model).unwrap_or(rule)
    }
}

/// The numbers of the network that a view looks through.
fn weights(view: &View) -> Weights {
    let (network, _, _) = view.parts();
    let layers = network.numbers().into_iter();
    let layers = layers.map(|[weight, bias]| LayerWeights { weight, bias });
    Weights {
        layers: layers.collect(),
    }
}
