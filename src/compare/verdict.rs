//! What an experiment shows, in plain sentences that respect the noise.
//!
//! The rule: two variants are compared seed by seed. A difference is called one only where the mean of the paired
//! differences is further from zero than its standard error times Student's t at 99 % (two-sided; so strict because the
//! best and the worst are picked from several), and where it is at least 0.01 in ROC-AUC. Without a label the training
//! losses are compared instead, at least 1 % apart; how well rows are rebuilt says nothing about who ranks them better.

use crate::compare::results::{Comparison, Outcome, Spread, VariantResult};
use crate::format;

/// Differences in ROC-AUC below this are of no use to anyone.
const LEAST_AUC: f64 = 0.01;
/// The same for losses, as a share of the smaller one.
const LEAST_LOSS: f64 = 0.01;
/// Quantiles of Student's t distribution at 0.995, for 1 to 30 degrees of freedom, as every table has them.
const STUDENT: [f64; 30] = [
    63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169, 3.106, 3.055, 3.012,
    2.977, 2.947, 2.921, 2.898, 2.878, 2.861, 2.845, 2.831, 2.819, 2.807, 2.797, 2.787, 2.779,
    2.771, 2.763, 2.756, 2.750,
];

/// What of two variants is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Measure {
    /// More is better.
    RocAuc,
    /// Less is better.
    Loss,
}

impl Measure {
    const fn name(self) -> &'static str {
        match self {
            Self::RocAuc => "ROC-AUC",
            Self::Loss => "loss",
        }
    }

    fn of(self, outcome: &Outcome) -> Option<f64> {
        match self {
            Self::RocAuc => Some(outcome.quality?.roc_auc),
            Self::Loss => Some(outcome.loss),
        }
    }

    fn write(self, value: f64) -> String {
        match self {
            Self::RocAuc => format!("{value:.3}"),
            Self::Loss => format::metric(value),
        }
    }

    /// Whether two variants differ by the rule of this file.
    fn differs(self, a: &VariantResult, b: &VariantResult) -> bool {
        let pairs = a.outcomes.iter().zip(&b.outcomes);
        let differences: Vec<f64> = pairs
            .filter_map(|(a, b)| Some(self.of(a)? - self.of(b)?))
            .collect();
        let Some(Spread { mean, sd: Some(sd) }) = Spread::of(&differences) else {
            return false;
        };
        let least = match self {
            Self::RocAuc => LEAST_AUC,
            Self::Loss => {
                let size =
                    |result: &VariantResult| result.loss().map_or(0.0, |loss| loss.mean.abs());
                LEAST_LOSS * size(a).min(size(b))
            }
        };
        let error = sd / (differences.len() as f64).sqrt();
        mean.abs() >= least && mean.abs() > student(differences.len() - 1) * error
    }
}

/// Beyond the table its last value, which is a little too strict.
fn student(freedom: usize) -> f64 {
    STUDENT[freedom.clamp(1, STUDENT.len()) - 1]
}

impl Comparison {
    /// The conclusion from the seeds so far; none before every variant has an outcome or has failed.
    pub fn conclusion(&self) -> Option<String> {
        let waits = |result: &VariantResult| result.failed.is_none() && result.outcomes.is_empty();
        if self.variants.iter().any(waits) {
            return None;
        }
        let measure = if self.labelled {
            Measure::RocAuc
        } else {
            Measure::Loss
        };
        let mean =
            |result: &VariantResult| Some(result.spread(|outcome| measure.of(outcome))?.mean);
        let sound = self
            .variants
            .iter()
            .filter(|result| result.failed.is_none());
        let mut placed: Vec<(&VariantResult, f64)> = sound
            .filter_map(|result| Some((result, mean(result)?)))
            .collect();
        placed.sort_by(|a, b| match measure {
            Measure::RocAuc => b.1.total_cmp(&a.1),
            Measure::Loss => a.1.total_cmp(&b.1),
        });
        let mut sentences: Vec<String> = self.failures().into_iter().collect();
        if let [best, .., worst] = placed[..] {
            sentences.push(difference(measure, best, worst));
            sentences.extend(savings(measure, &placed));
            if !self.labelled {
                sentences.extend(self.likeness());
            }
        }
        Some(sentences.join(" "))
    }

    fn failures(&self) -> Option<String> {
        let failed = self
            .variants
            .iter()
            .filter(|result| result.failed.is_some());
        let names: Vec<String> = failed.map(quoted).collect();
        (!names.is_empty()).then(|| {
            let names = names.join(", ");
            format!("Not judged, since training failed: {names}; a lower --lr may help.")
        })
    }

    /// How differently the rows are ranked, beside what another seed does to the ranking.
    fn likeness(&self) -> Option<String> {
        let (first, others) = self.variants.split_first()?;
        let rho = |result: &VariantResult| result.spearman().map(|rho| rho.mean);
        let top = |result: &VariantResult| {
            let overlap = result.top_overlap().map_or(0.0, |overlap| overlap.mean);
            format::percent(overlap as f32)
        };
        let (least, low) = others
            .iter()
            .filter_map(|result| Some((result, rho(result)?)))
            .min_by(|a, b| a.1.total_cmp(&b.1))?;
        let noise = rho(first).map_or_else(String::new, |rho| {
            let top = top(first);
            format!("; another seed alone makes it {rho:.2} and {top}")
        });
        let (name, top, first) = (quoted(least), top(least), quoted(first));
        Some(format!(
            "{name} ranks the rows least like {first}: rank correlation {low:.2}, {top} of the top 1 % in common{noise}."
        ))
    }
}

fn quoted(result: &VariantResult) -> String {
    format!("“{}”", result.name)
}

/// What lies between the best and the worst.
fn difference(
    measure: Measure,
    best: (&VariantResult, f64),
    worst: (&VariantResult, f64),
) -> String {
    let what = measure.name();
    let seeds = best.0.outcomes.len().min(worst.0.outcomes.len());
    let differs = measure.differs(best.0, worst.0);
    let [(best, high), (worst, low)] =
        [best, worst].map(|(result, mean)| (quoted(result), measure.write(mean)));
    match measure {
        _ if seeds < 2 => format!(
            "One seed shows no noise, so nothing can be called a difference; {what}: {best} {high}, {worst} {low}."
        ),
        _ if !differs => format!(
            "A tie: over {seeds} seeds no difference in {what} stands out from the noise; {best} {high}, {worst} {low}."
        ),
        Measure::RocAuc => format!(
            "{best} finds the outliers best ({what} {high}), {worst} worst ({low}): more than noise over {seeds} seeds."
        ),
        Measure::Loss => format!(
            "{best} rebuilds the rows best ({what} {high}), {worst} worst ({low}): more than noise over {seeds} seeds. Without a label that does not say which finds the outliers better."
        ),
    }
}

/// The fewest parameters among the variants that tie with the best.
fn savings(measure: Measure, placed: &[(&VariantResult, f64)]) -> Option<String> {
    let (best, _) = *placed.first()?;
    let sizes = placed.iter().map(|(result, _)| *result);
    let most = sizes.clone().max_by_key(|result| result.parameters)?;
    let mut peers = sizes.filter(|result| !measure.differs(best, result));
    let first = peers.next()?;
    let fewest = peers.fold(first, |fewest, peer| {
        if peer.parameters < fewest.parameters {
            peer
        } else {
            fewest
        }
    });
    if best.outcomes.len() < 2 || fewest.parameters == most.parameters {
        return None;
    }
    let saved = 1.0 - fewest.parameters as f32 / most.parameters as f32;
    let (parameters, saved) = (format::group(fewest.parameters), format::percent(saved));
    let (name, most) = (quoted(fewest), quoted(most));
    let ties = if fewest.name == best.name {
        "has"
    } else {
        "ties with the best and has"
    };
    Some(format!(
        "{name} {ties} {parameters} parameters, {saved} fewer than {most}."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::variant::Variant;
    use crate::score::agreement::Agreement;
    use crate::score::ranking::Quality;

    fn result(name: &str, parameters: u64, aucs: &[f64]) -> VariantResult {
        let variant: Variant = format!("{name}=tied").parse().unwrap();
        let outcome = |auc: &f64| Outcome {
            loss: 1.0 - auc,
            mse: 0.5,
            quality: Some(Quality {
                roc_auc: *auc,
                average_precision: 0.5,
            }),
            agreement: Some(Agreement {
                spearman: Some(*auc),
                top_overlap: 0.5,
            }),
        };
        VariantResult {
            outcomes: aucs.iter().map(outcome).collect(),
            ..VariantResult::new(&variant, parameters)
        }
    }

    fn comparison(variants: Vec<VariantResult>) -> Comparison {
        Comparison {
            rows: 10,
            features: 3,
            seeds: 5,
            seed: 0,
            labelled: true,
            steps: 10,
            variants,
        }
    }

    fn differs(a: &[f64], b: &[f64]) -> bool {
        Measure::RocAuc.differs(&result("a", 1, a), &result("b", 1, b))
    }

    /// By hand: of 0.02 0.03 0.04 0.03 0.03 the sample s is √(0.0002/4) = 0.00707, the
    /// standard error 0.00316, times 4.604 0.01456 < 0.03.
    #[test]
    fn a_steady_difference_is_one_however_far_the_seeds_are_apart() {
        let a = [0.72, 0.83, 0.94, 0.63, 0.53];
        let b = [0.70, 0.80, 0.90, 0.60, 0.50];
        assert!(differs(&a, &b) && differs(&b, &a));
    }

    /// By hand: of 0.08 −0.02 0.04 0.06 −0.01 the mean is 0.03 and s = √(0.0076/4) = 0.0436; the standard error 0.0195,
    /// times 4.604 0.0898 > 0.03.
    #[test]
    fn an_unsteady_one_is_a_tie() {
        let b = [0.70, 0.80, 0.80, 0.60, 0.50];
        assert!(!differs(&[0.78, 0.78, 0.84, 0.66, 0.49], &b));
    }

    #[test]
    fn less_than_a_hundredth_is_a_tie_however_steady_and_one_seed_says_nothing() {
        assert!(!differs(&[0.909, 0.809, 0.709], &[0.900, 0.800, 0.700]));
        assert!(differs(&[0.911, 0.811, 0.711], &[0.900, 0.800, 0.700]));
        assert!(!differs(&[0.9], &[0.1]));
    }

    #[test]
    fn the_conclusion_names_the_ends_and_what_is_saved() {
        let conclusion = comparison(vec![
            result("big", 1_000, &[0.90, 0.91, 0.92]),
            result("small", 400, &[0.901, 0.909, 0.92]),
            result("bad", 300, &[0.70, 0.71, 0.72]),
        ])
        .conclusion()
        .unwrap();
        assert_eq!(
            conclusion,
            "“big” finds the outliers best (ROC-AUC 0.910), “bad” worst (0.710): more than noise over 3 seeds. “small” ties with the best and has 400 parameters, 60 % fewer than “big”."
        );
    }

    #[test]
    fn a_tie_is_called_one() {
        let tie = comparison(vec![
            result("big", 1_000, &[0.90, 0.80]),
            result("small", 500, &[0.80, 0.90]),
        ]);
        let conclusion = tie.conclusion().unwrap();
        assert!(
            conclusion.starts_with("A tie: over 2 seeds"),
            "{conclusion}"
        );
        assert!(
            conclusion.contains("“small” ties with the best and has 500 parameters, 50 % fewer")
        );
    }

    #[test]
    fn without_a_label_the_losses_are_compared_and_nothing_is_claimed() {
        let mut comparison = comparison(vec![
            result("first", 1_000, &[0.50, 0.51, 0.52]),
            result("lower", 1_000, &[0.70, 0.71, 0.72]),
        ]);
        comparison.labelled = false;
        assert_eq!(
            comparison.conclusion().unwrap(),
            "“lower” rebuilds the rows best (loss 0.2900), “first” worst (0.4900): more than noise over 3 seeds. Without a label that does not say which finds the outliers better. “lower” ranks the rows least like “first”: rank correlation 0.71, 50 % of the top 1 % in common; another seed alone makes it 0.51 and 50 %."
        );
    }

    #[test]
    fn a_failed_variant_is_named_and_one_that_waits_holds_the_conclusion_back() {
        let mut failed = result("wild", 1_000, &[]);
        let calm = || result("calm", 1_000, &[0.9, 0.9]);
        assert_eq!(comparison(vec![calm(), failed.clone()]).conclusion(), None);
        failed.failed = Some("the loss became NaN".into());
        let conclusion = comparison(vec![calm(), failed]).conclusion().unwrap();
        assert!(
            conclusion.contains("training failed: “wild”"),
            "{conclusion}"
        );
    }
}
