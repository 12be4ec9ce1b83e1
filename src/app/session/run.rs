//! The figures of one run: its curves, what happened on the way, what its rankings were worth and how its layers grew.

use crate::message::{Advanced, Curve, Event, Judged, Layer, Layers, Mark, Moment, Point, Sample};

/// The figures of one run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// The training rows.
    pub train: Curve,
    /// After each epoch, where rows are kept for it.
    pub valid: Curve,
    /// What happened on the way.
    pub marks: Vec<Mark>,
    /// The latest report, without its samples.
    pub last: Option<Advanced>,
    /// The latest validation.
    pub last_valid: Option<Point>,
    /// What the rankings were worth, in order.
    pub judged: Vec<Judged>,
    /// How the layers grew, in order.
    pub growth: Vec<Growth>,
}

/// All layers' norms and idle units at a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Growth {
    /// When.
    pub at: Moment,
    /// One per layer, in the order of the data flow.
    pub layers: Vec<Size>,
}

/// How large a layer's numbers are, and how many of its units are of no use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Norm of the weights.
    pub weights: f64,
    /// Norm of the biases; none where the bias is off.
    pub biases: Option<f64>,
    /// Units that give the same value for every row.
    pub dead: usize,
    /// Units at a flat end of their activation nearly always.
    pub saturated: usize,
}

impl From<&Layer> for Size {
    fn from(layer: &Layer) -> Self {
        Self {
            weights: layer.weight_norm,
            biases: layer.bias_norm,
            dead: layer.units.dead.len(),
            saturated: layer.units.saturated.len(),
        }
    }
}

/// Most entries of a history; when there are more, every second one goes.
const LONGEST: usize = 512;

/// Puts `entry` in the place of the entry for the same moment, or in order behind the earlier ones.
fn put<T>(history: &mut Vec<T>, entry: T, at: impl Fn(&T) -> Moment) {
    history.retain(|former| at(former) != at(&entry));
    if history.len() >= LONGEST {
        let mut keep = false;
        history.retain(|_| {
            keep = !keep;
            keep
        });
    }
    let place = history.partition_point(|former| at(former) < at(&entry));
    history.insert(place, entry);
}

impl Run {
    /// Adds what was trained.
    pub fn advance(&mut self, mut advanced: Advanced) {
        for Sample { step, rows, mean } in advanced.train.drain(..) {
            self.train.push(step, rows, mean);
        }
        for Sample { step, rows, mean } in advanced.valid.drain(..) {
            self.valid.push(step, rows, mean);
            self.last_valid = Some(mean);
        }
        self.last = Some(advanced);
    }

    /// Adds what a ranking was worth. Those by other scores are forgotten: they are not of this curve.
    pub fn judge(&mut self, judged: Judged) {
        self.judged.retain(|former| former.by == judged.by);
        put(&mut self.judged, judged, |judged| judged.at);
    }

    /// Adds the layers' sizes.
    pub fn grow(&mut self, layers: &Layers) {
        let growth = Growth {
            at: layers.at,
            layers: layers.layers.iter().map(Size::from).collect(),
        };
        put(&mut self.growth, growth, |growth| growth.at);
    }

    /// Steps done.
    pub fn step(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.step)
    }

    /// This run up to `moment`: what a branch has in common with it.
    #[must_use]
    pub fn until(&self, moment: Moment) -> Self {
        let mut run = self.clone();
        run.train.truncate(moment.step);
        run.valid.truncate(moment.step);
        run.marks.retain(|mark| mark.step <= moment.step);
        run.judged.retain(|judged| judged.at <= moment);
        run.growth.retain(|growth| growth.at <= moment);
        run.last = self.last.as_ref().map(|last| Advanced {
            step: moment.step,
            seconds: last.seconds * moment.step as f64 / last.step.max(1) as f64,
            ..last.clone()
        });
        run.last_valid = run.valid.points().last().map(|(_, point)| point);
        run
    }

    /// Changes of the network and the recipe on the way, for the curves to mark.
    pub fn changes(&self) -> impl DoubleEndedIterator<Item = (u64, &str)> {
        self.marks.iter().filter_map(|mark| match &mark.event {
            Event::Change(what) => Some((mark.step, what.as_str())),
            Event::Snapshot => None,
        })
    }

    /// Steps at which scores were taken.
    pub fn snapshots(&self) -> impl Iterator<Item = u64> {
        let taken = |mark: &&Mark| mark.event == Event::Snapshot;
        self.marks.iter().filter(taken).map(|mark| mark.step)
    }

    /// What the ranking was worth at `moment`, or last before it.
    pub fn judged_at(&self, moment: Moment) -> Option<&Judged> {
        self.judged.iter().rev().find(|judged| judged.at <= moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::ranking::By;

    fn judged(step: u64, entropy: f64) -> Judged {
        Judged {
            at: Moment { network: 0, step },
            by: By::Network,
            quality: None,
            precision: None,
            entropy: Some(entropy),
            agreement: None,
            stayed: None,
        }
    }

    #[test]
    fn judgements_are_kept_in_order_once_a_moment_and_bounded() {
        let mut run = Run::default();
        for (step, entropy) in [(50, 0.5), (25, 0.25), (50, 0.6), (100, 1.0)] {
            run.judge(judged(step, entropy));
        }
        let told: Vec<_> = run.judged.iter().map(|j| (j.at.step, j.entropy)).collect();
        assert_eq!(told, [(25, Some(0.25)), (50, Some(0.6)), (100, Some(1.0))]);
        for step in 0..5_000 {
            run.judge(judged(step, 0.0));
        }
        assert!(run.judged.len() <= LONGEST);
        assert!(run.judged.windows(2).all(|pair| pair[0].at < pair[1].at));
    }

    #[test]
    fn a_curve_is_of_one_way_of_ranking() {
        let mut run = Run::default();
        run.judge(judged(25, 0.5));
        run.judge(judged(50, 0.6));
        let by = By::Lesinn;
        run.judge(Judged {
            by,
            ..judged(50, 0.7)
        });
        let told: Vec<_> = run.judged.iter().map(|j| (j.at.step, j.by)).collect();
        assert_eq!(told, [(50, By::Lesinn)]);
    }

    #[test]
    fn a_branch_shares_the_past_and_nothing_after_it() {
        let mut run = Run::default();
        for step in 1..=100 {
            run.train.push(
                step,
                1,
                Point {
                    loss: 1.0,
                    mse: 1.0,
                },
            );
            run.judge(judged(step, 0.0));
        }
        run.marks.push(Mark {
            step: 70,
            event: Event::Snapshot,
        });
        let branch = run.until(Moment {
            network: 0,
            step: 60,
        });
        assert_eq!(
            branch.train.points().last().map(|(step, _)| step),
            Some(60.0)
        );
        assert_eq!(
            (branch.judged.len(), branch.marks.len(), branch.step()),
            (60, 0, 0)
        );
    }
}
