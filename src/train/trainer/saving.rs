//! What it takes to keep what was learned: the networks as they were looked at.

use super::Trainer;
use crate::model::spec::NetworkSpec;
use crate::score::reference::References;
use crate::score::view::View;

/// A network, and how it was looked at.
pub struct Looked<'a> {
    /// Its widths and activations, and whether it is tied. Which layers had a bias, each look tells.
    pub spec: NetworkSpec,
    /// The looks whose scores are averaged, each with its step.
    pub looks: Vec<(u64, &'a View)>,
}

impl Trainer {
    /// The scores without a network, once there are any.
    pub fn references(&self) -> Option<&References> {
        self.references.as_deref()
    }

    /// The networks that the scores of the present stand on, as [`Trainer::scores`] gave them: the snapshots so far, or the
    /// network as it was then. None before anything was scored.
    pub fn looked(&self) -> Vec<Looked<'_>> {
        let spec = |network: u64| {
            let kind = network % self.specs.len() as u64;
            self.specs[kind as usize].wired_like(&self.spec)
        };
        if self.snapshots.is_empty() {
            let current = self.current.as_ref();
            let looked = current.map(|(view, _)| Looked {
                spec: self.spec.clone(),
                looks: vec![(self.step, view)],
            });
            return looked.into_iter().collect();
        }
        let networks = self.snapshots.networks();
        networks
            .map(|(network, looks)| Looked {
                spec: spec(network),
                looks,
            })
            .collect()
    }
}
