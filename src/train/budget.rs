//! How long a wide table is learned: the steps of a recipe that has a budget are halved until they fit in it. The budget is
//! counted in multiply-adds and not in seconds, so that the same table gets the same steps, and the same scores, on every
//! machine.

use crate::model::spec::{LayerSpec, NetworkSpec};

/// Multiply-adds of one network's training: about two seconds on two cores. A table of 900 columns and 128
/// rows or more just keeps its 3,200 steps.
pub const BUDGET: u64 = 250_000_000_000;
/// The steps are not halved below this, whatever they cost.
const LEAST: u64 = 800;

/// `steps`, or their half, or the half of that …: the most that fit in `budget`, yet not below 800. Halving keeps the end
/// of the run on the schedule of the snapshots.
pub fn affordable(steps: u64, budget: u64, spec: &NetworkSpec, batch: usize) -> u64 {
    let step = multiply_adds(spec).saturating_mul(batch as u64);
    let mut steps = steps;
    while steps / 2 >= LEAST && steps.saturating_mul(step) > budget {
        steps /= 2;
    }
    steps
}

/// Multiply-adds of training on one row. A layer of n weights takes n forward, n for its weights' gradients, and n for its
/// inputs' gradients, but for the first layer, whose inputs are the data. Biases, activations and Adam are not counted, so
/// that variants of a network that differ in their biases get the same steps.
fn multiply_adds(spec: &NetworkSpec) -> u64 {
    let cost = |layer: LayerSpec| {
        let passes = if layer.index == 0 { 2 } else { 3 };
        (layer.inputs * layer.outputs) as u64 * passes
    };
    spec.layers().map(cost).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::recipe::{Preset, activations, network};

    fn steps(preset: Preset, columns: usize, rows: usize) -> u64 {
        let spec = network(preset, columns, None, activations(preset)).unwrap();
        affordable(3_200, BUDGET, &spec, rows.min(128))
    }

    #[test]
    fn only_wide_tables_are_learned_for_less_long() {
        let cases = [
            (21, 3_200),
            (166, 3_200),
            (900, 3_200),
            (1_555, 1_600),
            (10_000, 800),
        ];
        for (columns, expected) in cases {
            assert_eq!(
                steps(Preset::Auto, columns, 1_966),
                expected,
                "{columns} columns"
            );
        }
        assert_eq!(steps(Preset::Auto, 10_000, 118), 800);
        assert_eq!(
            steps(Preset::Auto, 1_555, 40),
            3_200,
            "small batches cost less"
        );
    }

    #[test]
    fn a_short_run_is_left_alone_and_an_odd_one_is_halved() {
        let spec = network(Preset::Auto, 10_000, None, activations(Preset::Auto)).unwrap();
        assert_eq!(affordable(700, BUDGET, &spec, 128), 700);
        assert_eq!(affordable(1_599, BUDGET, &spec, 128), 1_599);
        assert_eq!(affordable(5_000, BUDGET, &spec, 128), 1_250);
    }

    #[test]
    fn the_first_layer_needs_no_gradient_of_its_inputs() {
        let spec = network(Preset::Auto, 3, Some(vec![2]), activations(Preset::Auto)).unwrap();
        assert_eq!(multiply_adds(&spec), 2 * 6 + 3 * 6);
    }
}
