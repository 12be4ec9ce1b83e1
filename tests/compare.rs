//! The experiment over real engines: side by side, the same every time, and whatever fails on the way.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "support/fake.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod fake;

use misfit::compare::Experiment;
use misfit::compare::results::Comparison;
use misfit::compare::variant::Variant;
use misfit::train::engine::BuildEngine;
use misfit::train::fused::FusedEngine;

const STEPS: u64 = 12;

fn experiment(seeds: u64, build: BuildEngine) -> Experiment {
    Experiment::new(&fake::trainer(STEPS, build), &Variant::usual(), seeds).unwrap()
}

fn finished(mut experiment: Experiment) -> Comparison {
    while !experiment.finished() {
        experiment.advance().unwrap();
    }
    experiment.comparison().clone()
}

#[test]
fn variants_learn_side_by_side_from_the_same_seeds() {
    let mut experiment = experiment(2, FusedEngine::build);
    for step in 1..STEPS {
        experiment.advance().unwrap();
        let variants = &experiment.comparison().variants;
        assert!(variants.iter().all(|result| result.step == step));
        assert!(variants.iter().all(|result| result.outcomes.is_empty()));
    }
    experiment.advance().unwrap();
    let comparison = experiment.comparison();
    assert_eq!((comparison.seed, comparison.finished()), (1, false));
    let comparison = finished(experiment);
    assert!(comparison.finished());
    for result in &comparison.variants {
        assert_eq!(result.outcomes.len(), 2, "{}", result.name);
        assert_ne!(result.outcomes[0].loss, result.outcomes[1].loss);
        assert_eq!(result.curve.len() as u64, STEPS);
    }
}

/// By hand: 3-2-1-2-3 has 16 weights, half of them shared when tied, and 2 + 1 + 2 + 3 biases.
#[test]
fn the_variants_cost_what_their_layers_do() {
    let comparison = finished(experiment(1, fake::steady));
    let parameters: Vec<u64> = comparison
        .variants
        .iter()
        .map(|result| result.parameters)
        .collect();
    assert_eq!(parameters, [24, 16, 19, 16, 8]);
}

#[test]
fn the_same_seed_gives_the_same_comparison() {
    let [one, other] = [0, 1].map(|_| finished(experiment(2, FusedEngine::build)));
    assert_eq!(one, other);
    assert_ne!(
        one.variants[0].loss(),
        one.variants[1].loss(),
        "the variants are different networks"
    );
}

#[test]
fn the_first_variant_is_held_against_its_own_first_seed_and_the_others_against_it() {
    let comparison = finished(experiment(2, FusedEngine::build));
    let agreed = |variant: usize| {
        let outcomes = &comparison.variants[variant].outcomes;
        outcomes
            .iter()
            .map(|outcome| outcome.agreement.is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (agreed(0), agreed(1)),
        (vec![false, true], vec![true, true])
    );
}

#[test]
fn a_variant_that_loses_its_numbers_stops_alone() {
    let comparison = finished(experiment(2, fake::diverging));
    let failed: Vec<bool> = comparison
        .variants
        .iter()
        .map(|result| result.failed.is_some())
        .collect();
    // The fake diverges with all its biases on.
    assert_eq!(failed, [true, false, false, true, false]);
    assert_eq!(comparison.variants[1].outcomes.len(), 2);
    let conclusion = comparison.conclusion().unwrap();
    assert!(
        conclusion.contains("“bias everywhere”, “tied”"),
        "{conclusion}"
    );
}
