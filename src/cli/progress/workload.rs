//! What there is to do in a training run, in rows that pass through the network: the time left follows from it even where
//! the looks at all rows of a large table take longer than the steps between them.

use crate::train::recipe::Recipe;

/// Rows that pass through the network in a step, for each row of the batch: forward, backward, and as much again for the
/// gradient and Adam.
const STEP: u64 = 3;

/// The work of a recipe on a table.
pub struct Workload {
    rows: u64,
    batch: u64,
    /// One for each kind of network, which take turns.
    kinds: Vec<Kind>,
    networks: u64,
}

/// The work of one network.
struct Kind {
    steps: u64,
    /// Steps after which all rows are looked at, in order.
    looks: Vec<u64>,
}

impl Workload {
    /// Of each kind of network from as many seeds as the recipe names, with so many `steps` each, on so many `rows`.
    pub fn new(recipe: &Recipe, steps: &[u64], rows: usize) -> Self {
        Self {
            rows: rows as u64,
            batch: recipe.batch as u64,
            kinds: steps
                .iter()
                .map(|steps| Kind::new(recipe, *steps))
                .collect(),
            networks: recipe.networks * steps.len() as u64,
        }
    }

    /// Networks in all.
    pub fn networks(&self) -> u64 {
        self.networks
    }

    /// All of it.
    pub fn total(&self) -> u64 {
        self.done(self.networks, 0)
    }

    /// What is done after so many whole networks and so many steps of the next one.
    pub fn done(&self, networks: u64, step: u64) -> u64 {
        let kind = |network: u64| &self.kinds[(network % self.kinds.len() as u64) as usize];
        let whole = (0..networks).map(|network| self.within(kind(network), kind(network).steps));
        whole
            .fold(0_u64, u64::saturating_add)
            .saturating_add(self.within(kind(networks), step))
    }

    fn within(&self, kind: &Kind, step: u64) -> u64 {
        let looks = kind.looks.partition_point(|look| *look <= step) as u64;
        step.saturating_mul(STEP * self.batch)
            .saturating_add(looks.saturating_mul(self.rows))
    }
}

impl Kind {
    fn new(recipe: &Recipe, steps: u64) -> Self {
        let schedule = &recipe.snapshots;
        let doubled = schedule.last().into_iter().flat_map(|last| {
            std::iter::successors(last.checked_mul(2), |step| step.checked_mul(2))
                .take_while(|step| *step <= steps)
        });
        let mut looks: Vec<u64> = schedule.iter().copied().chain(doubled).collect();
        looks.retain(|step| *step <= steps);
        if schedule.is_empty() {
            looks.push(steps);
        }
        Self { steps, looks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::recipe::Preset;

    #[test]
    fn looks_at_all_rows_count_as_much_as_they_cost() {
        let recipe = Recipe {
            networks: 2,
            ..Recipe::new(Preset::Auto)
        };
        let work = Workload::new(&recipe, &[800], 1_000_000);
        let network = 800 * 3 * 128 + 6 * 1_000_000;
        assert_eq!(work.total(), 2 * network);
        assert_eq!(work.done(0, 24), 24 * 3 * 128);
        assert_eq!(work.done(1, 25), network + 25 * 3 * 128 + 1_000_000);
        let kinds = Workload::new(&recipe, &[100, 50], 0);
        assert_eq!(kinds.total(), 2 * 150 * 3 * 128);
        assert_eq!(kinds.done(3, 10), (100 + 50 + 100 + 10) * 3 * 128);
        // Beyond its end the schedule doubles; before it, it ends early.
        assert_eq!(Workload::new(&recipe, &[6_400], 10).kinds[0].looks.len(), 9);
        assert_eq!(Workload::new(&recipe, &[60], 10).kinds[0].looks, [25, 50]);
    }

    #[test]
    fn without_snapshots_the_rows_are_looked_at_in_the_end() {
        let work = Workload::new(&Recipe::new(Preset::Classic), &[100], 1_000);
        assert_eq!(work.total(), 100 * 3 * 32 + 1_000);
    }
}
