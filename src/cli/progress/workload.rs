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
    /// Steps of one network.
    steps: u64,
    networks: u64,
    /// Steps after which all rows are looked at, in order.
    looks: Vec<u64>,
}

impl Workload {
    /// Of as many networks as the recipe names, with so many `steps` each, on so many `rows`.
    pub fn new(recipe: &Recipe, steps: u64, rows: usize) -> Self {
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
        Self {
            rows: rows as u64,
            batch: recipe.batch as u64,
            steps,
            networks: recipe.networks,
            looks,
        }
    }

    /// All of it.
    pub fn total(&self) -> u64 {
        self.done(self.networks, 0)
    }

    /// What is done after so many whole networks and so many steps of the next one.
    pub fn done(&self, networks: u64, step: u64) -> u64 {
        let within = |step: u64| {
            let looks = self.looks.partition_point(|look| *look <= step) as u64;
            step.saturating_mul(STEP * self.batch)
                .saturating_add(looks.saturating_mul(self.rows))
        };
        networks
            .saturating_mul(within(self.steps))
            .saturating_add(within(step))
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
        let work = Workload::new(&recipe, 800, 1_000_000);
        let network = 800 * 3 * 128 + 6 * 1_000_000;
        assert_eq!(work.total(), 2 * network);
        assert_eq!(work.done(0, 24), 24 * 3 * 128);
        assert_eq!(work.done(1, 25), network + 25 * 3 * 128 + 1_000_000);
        // Beyond its end the schedule doubles; before it, it ends early.
        assert_eq!(Workload::new(&recipe, 1_600, 10).looks.len(), 7);
        assert_eq!(Workload::new(&recipe, 60, 10).looks, [25, 50]);
    }

    #[test]
    fn without_snapshots_the_rows_are_looked_at_in_the_end() {
        let work = Workload::new(&Recipe::new(Preset::Classic), 100, 1_000);
        assert_eq!(work.total(), 100 * 3 * 32 + 1_000);
    }
}
