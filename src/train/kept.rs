//! Moments of a training that can be gone back to: all that it takes to go on from there as if nothing had come after, for as
//! many moments as there is room for.

use crate::message::Moment;
use crate::model::spec::NetworkSpec;
use crate::train::batches::Batches;
use crate::train::engine::Engine;
use crate::train::sum::Sum;

/// A training as it was.
pub struct Kept {
    /// When.
    pub moment: Moment,
    /// The network that was trained, with the biases it had.
    pub spec: NetworkSpec,
    /// Its numbers and their moments.
    pub engine: Box<dyn Engine>,
    /// The rows to come.
    pub batches: Batches,
    /// The mean over the epoch so far.
    pub epoch: Sum,
    /// Learning rate.
    pub rate: f64,
    /// Snapshots that had been taken.
    pub snapshots: usize,
    /// Bytes that it takes.
    pub size: usize,
}

/// What is kept, oldest first, within a budget.
pub struct Keeping {
    budget: usize,
    kept: Vec<Kept>,
}

impl Keeping {
    /// Room for so many bytes.
    pub fn new(budget: usize) -> Self {
        Self {
            budget,
            kept: Vec::new(),
        }
    }

    /// Bytes that there is room for.
    pub fn budget(&self) -> usize {
        self.budget
    }

    /// Makes room for `size` bytes to be kept of `moment`, which comes after all that are kept, by dropping those whose
    /// neighbours are closest to each other. False, and nothing is dropped, where there is not so much room at all.
    pub fn make_room(&mut self, moment: Moment, size: usize) -> bool {
        if size > self.budget {
            return false;
        }
        while self.kept.iter().map(|kept| kept.size).sum::<usize>() + size > self.budget {
            let mut moments = self.moments();
            moments.push(moment);
            self.kept.remove(most_crowded(&moments));
        }
        true
    }

    /// Keeps the latest moment.
    pub fn push(&mut self, kept: Kept) {
        self.kept.push(kept);
    }

    /// What is kept of `moment`.
    pub fn find(&self, moment: Moment) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.moment == moment)
    }

    /// Drops what came after `moment`.
    pub fn truncate(&mut self, moment: Moment) {
        self.kept.retain(|kept| kept.moment <= moment);
    }

    /// All moments, oldest first.
    pub fn moments(&self) -> Vec<Moment> {
        self.kept.iter().map(|kept| kept.moment).collect()
    }
}

/// Which of several moments, the last one excepted, lies between the closest neighbours.
fn most_crowded(moments: &[Moment]) -> usize {
    let room = |index: usize| {
        let before = index.checked_sub(1).map(|before| moments[before]);
        distance(before, moments[index]) + distance(Some(moments[index]), moments[index + 1])
    };
    let all = 0..moments.len().saturating_sub(1);
    all.min_by(|a, b| room(*a).total_cmp(&room(*b)))
        .unwrap_or(0)
}

/// How far the training came from one moment to a later one, in orders of magnitude of its steps: a network learns half of
/// all in its first tenth. From another network to this one it is the way from this one's own beginning.
fn distance(before: Option<Moment>, after: Moment) -> f64 {
    let begun = before.filter(|before| before.network == after.network);
    let [from, to] = [begun.map_or(0, |before| before.step), after.step];
    (to as f64).ln_1p() - (from as f64).ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(of: &[(u64, u64)]) -> Vec<Moment> {
        let moment = |(network, step): &(u64, u64)| Moment {
            network: *network,
            step: *step,
        };
        of.iter().map(moment).collect()
    }

    #[test]
    fn the_most_crowded_goes_first_and_the_last_never() {
        let crowded = |of: &[(u64, u64)]| most_crowded(&moments(of));
        // 400 and 500 are closest, and 400 has less room between 100 and 500 than 500 between 400 and 4,000.
        assert_eq!(
            crowded(&[(0, 10), (0, 100), (0, 400), (0, 500), (0, 4_000)]),
            2
        );
        assert_eq!(crowded(&[(0, 25), (0, 26)]), 0);
        assert_eq!(crowded(&[(0, 7)]), 0);
        // The second network is far from the end of the first.
        assert_eq!(crowded(&[(0, 100), (0, 200), (0, 400), (1, 100)]), 1);
    }
}
