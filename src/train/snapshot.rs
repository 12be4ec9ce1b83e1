//! Scores taken while the network learns. Their mean makes the stopping time harmless: too early and too late are both
//! in it. Of several networks each has its own mean, and the score is the mean of those.

use crate::data::matrix::Matrix;
use crate::message::Moment;
use crate::score::error::ErrorMeasure;
use crate::score::jury::{Jury, add, mean, weight};
use crate::score::ranking::Basis;
use crate::score::view::{Reconstruct, Seen, View};

/// The looks taken so far, and when the next is due.
pub struct Snapshots {
    schedule: Vec<u64>,
    networks: Vec<Looks>,
    keeps_scores: bool,
    /// Networks held still that the rows are still to be looked at through, and when they were.
    waiting: Vec<(Moment, Box<dyn Reconstruct>)>,
    /// How the rows scored before the first step, where scores are kept.
    untrained: Option<Vec<f32>>,
}

/// The looks at one network, at least one.
struct Looks {
    network: u64,
    taken: Vec<Taken>,
    sum: Vec<f32>,
}

/// One look at a network.
struct Taken {
    step: u64,
    view: View,
    /// Where scores are kept.
    scores: Option<Vec<f32>>,
}

impl Snapshots {
    /// None taken yet; due at the steps of `schedule` and then at every doubling of the last.
    pub fn new(schedule: Vec<u64>) -> Self {
        Self {
            schedule,
            networks: Vec::new(),
            keeps_scores: false,
            waiting: Vec::new(),
            untrained: None,
        }
    }

    /// From now on keeps the scores of every look, so that the mean as it was can be had again.
    pub fn keep_scores(&mut self) {
        self.keeps_scores = true;
    }

    /// How the rows score before the first step.
    pub fn begin(&mut self, scores: &[f32]) {
        if self.keeps_scores {
            self.untrained = Some(scores.to_vec());
        }
    }

    /// Whether `step` is one to take.
    pub fn due(&self, step: u64) -> bool {
        match self.schedule.last() {
            Some(last) if step > *last => {
                step.is_multiple_of(*last) && (step / last).is_power_of_two()
            }
            _ => self.schedule.contains(&step),
        }
    }

    /// Adds a look at a network, the first being number 0, and its scores. One network's looks come together.
    pub fn take(&mut self, network: u64, step: u64, (view, scores): (View, Vec<f32>)) {
        let taken = Taken {
            step,
            view,
            scores: self.keeps_scores.then(|| scores.clone()),
        };
        match self.networks.last_mut() {
            Some(looks) if looks.network == network => {
                looks.taken.push(taken);
                add(&mut looks.sum, &scores);
            }
            _ => self.networks.push(Looks {
                network,
                taken: vec![taken],
                sum: scores,
            }),
        }
    }

    /// Holds a network still as it is at a moment, to look at the rows later.
    pub fn wait(&mut self, moment: Moment, network: Box<dyn Reconstruct>) {
        self.waiting.push((moment, network));
    }

    /// How many networks wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Looks at the rows through all networks that wait. Tells of rows as they are looked at, and `each` of the looks so far
    /// after each of them.
    pub fn look(
        &mut self,
        measure: ErrorMeasure,
        data: &Matrix,
        tell: &(dyn Fn(usize) + Sync),
        each: &mut dyn FnMut(&Self),
    ) {
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let (moments, networks): (Vec<_>, Vec<_>) = waiting.unzip();
        let mut moments = moments.into_iter();
        View::several(networks, measure, data, tell, |view, scores| {
            if let Some(Moment { network, step }) = moments.next() {
                self.take(network, step, (view, scores));
                each(self);
            }
        });
    }

    /// Forgets all but the first `count` looks, whose scores must have been kept.
    pub fn truncate(&mut self, count: usize) {
        let mut left = count;
        for looks in &mut self.networks {
            looks.taken.truncate(left);
            left -= looks.taken.len();
            let mut scores = looks
                .taken
                .iter()
                .filter_map(|taken| taken.scores.as_deref());
            if let Some(first) = scores.next() {
                looks.sum = first.to_vec();
                scores.for_each(|scores| add(&mut looks.sum, scores));
            }
        }
        self.networks.retain(|looks| !looks.taken.is_empty());
    }

    /// Whether no look was taken yet.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// Looks taken so far.
    pub fn len(&self) -> usize {
        self.networks.iter().map(|looks| looks.taken.len()).sum()
    }

    /// Which network was looked at last among the first `count` looks, and after how many steps; none of no looks.
    pub fn last_of(&self, count: usize) -> Option<(u64, u64)> {
        let (network, taken) = self.first(count).last()?;
        Some((network, taken.last()?.step))
    }

    /// What the mean over the first `count` looks stands on.
    pub fn basis(&self, count: usize) -> Basis {
        let taken = self.first(count).flat_map(|(_, taken)| taken);
        Basis::Snapshots {
            steps: taken.map(|taken| taken.step).collect(),
            networks: self.last_of(count).map_or(0, |(network, _)| network + 1),
        }
    }

    /// The mean score of each row; empty before the first look. Every network counts alike, however often it was looked at.
    pub fn mean(&self) -> Vec<f32> {
        let sums = self.networks.iter();
        mean(sums.map(|looks| (looks.sum.as_slice(), looks.taken.len())))
    }

    /// The mean as it was after the first `count` looks, before the first step for none of them; none where the scores were
    /// not kept.
    pub fn mean_then(&self, count: usize) -> Option<Vec<f32>> {
        if count == 0 {
            return self.untrained.clone();
        }
        let mut sums = Vec::new();
        for (_, taken) in self.first(count) {
            let mut scores = taken.iter().map(|taken| taken.scores.as_deref());
            let mut sum = scores.next()??.to_vec();
            for scores in scores {
                add(&mut sum, scores?);
            }
            sums.push((sum, taken.len()));
        }
        Some(mean(
            sums.iter().map(|(sum, looks)| (sum.as_slice(), *looks)),
        ))
    }

    /// The first `count` views and what each counts in the mean.
    pub fn views(&self, count: usize) -> impl Iterator<Item = (&View, f64)> {
        let networks = self.first(count).count();
        self.first(count).flat_map(move |(_, taken)| {
            let weight = weight(networks, taken.len());
            taken.iter().map(move |taken| (&taken.view, weight))
        })
    }

    /// The networks as they were looked at, for scoring other rows.
    pub fn jury(&self) -> Jury {
        let fork = |looks: &Looks| looks.taken.iter().map(|taken| taken.view.fork()).collect();
        Jury::new(self.networks.iter().map(fork).collect())
    }

    /// Of each network, the first being number 0, the steps at which it was looked at, and the looks.
    pub fn networks(&self) -> impl Iterator<Item = (u64, Vec<(u64, &View)>)> {
        self.networks.iter().map(|looks| {
            let taken = looks.taken.iter();
            (
                looks.network,
                taken.map(|taken| (taken.step, &taken.view)).collect(),
            )
        })
    }

    /// All looks in order, and behind them the networks that wait for theirs: when, and through what.
    pub fn all(&self) -> impl Iterator<Item = (Moment, &dyn Reconstruct)> {
        let taken = self.networks.iter().flat_map(|looks| {
            looks.taken.iter().map(|taken| {
                let (network, step) = (looks.network, taken.step);
                (Moment { network, step }, taken.view.parts().0)
            })
        });
        let waiting = self.waiting.iter();
        taken.chain(waiting.map(|(moment, network)| (*moment, &**network)))
    }

    /// The first `count` looks, network by network.
    fn first(&self, count: usize) -> impl Iterator<Item = (u64, &[Taken])> {
        let mut left = count;
        let some = self.networks.iter().map(move |looks| {
            let some = &looks.taken[..looks.taken.len().min(left)];
            left -= some.len();
            (looks.network, some)
        });
        some.filter(|(_, taken)| !taken.is_empty())
    }
}

/// What several views see in some row-major rows: the mean, each view counted as it comes with; nothing of no views.
pub fn look<'a>(views: impl Iterator<Item = (&'a View, f64)>, rows: &[f32]) -> Vec<Seen> {
    let mut mean = Vec::new();
    for (view, weight) in views {
        view.look_on(rows, weight, &mut mean);
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rebuilds every value as the same one.
    struct Always(f32);

    impl Reconstruct for Always {
        fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
            vec![self.0; rows.len()]
        }

        fn fork(&self) -> Box<dyn Reconstruct> {
            Box::new(Self(self.0))
        }
    }

    #[test]
    fn every_network_counts_alike_however_often_it_was_looked_at() {
        let data = Matrix::new(1, vec![0.0, 1.0, 3.0]);
        let view = |value| View::new(Box::new(Always(value)), ErrorMeasure::Mse, &data);
        let [first, second, other] = [-1.0, 2.0, 5.0].map(|value| view(value).1);
        let mut snapshots = Snapshots::new(vec![1, 2]);
        snapshots.take(0, 1, view(-1.0));
        snapshots.take(0, 2, view(2.0));
        snapshots.take(1, 1, view(5.0));
        let expected: Vec<f32> = (0..3)
            .map(|row| f32::midpoint(f32::midpoint(first[row], second[row]), other[row]))
            .collect();
        assert_eq!(snapshots.mean(), expected);
        let seen = look(snapshots.views(3), data.row(1));
        assert!((seen[0].parts[0] - f64::from(expected[1])).abs() < 1e-6);
        assert!((seen[0].reconstruction[0] - 2.75).abs() < 1e-6);
        let steps = vec![1, 2, 1];
        assert_eq!(snapshots.basis(3), Basis::Snapshots { steps, networks: 2 });
        assert_eq!(snapshots.mean_then(3), None, "nobody asked to keep them");
    }

    #[test]
    fn the_mean_as_it_was_can_be_had_again_to_the_bit() {
        let data = Matrix::new(1, vec![0.3, 1.7, 2.9, 0.1]);
        let mut snapshots = Snapshots::new(vec![1]);
        snapshots.keep_scores();
        snapshots.begin(&[0.5; 4]);
        let mut means = vec![vec![0.5; 4]];
        for (network, step) in [(0, 1), (0, 2), (1, 1), (1, 2), (1, 4)] {
            let value = (network * 7 + step) as f32 * 0.37;
            let view = View::new(Box::new(Always(value)), ErrorMeasure::Mse, &data);
            snapshots.take(network, step, view);
            means.push(snapshots.mean());
        }
        for (count, mean) in means.iter().enumerate() {
            assert_eq!(snapshots.mean_then(count).as_ref(), Some(mean), "{count}");
        }
        assert_eq!(snapshots.last_of(3), Some((1, 1)));
        let steps = vec![1, 2, 1];
        assert_eq!(snapshots.basis(3), Basis::Snapshots { steps, networks: 2 });
        let weights: Vec<f64> = snapshots.views(3).map(|(_, weight)| weight).collect();
        assert_eq!(weights, [0.25, 0.25, 0.5]);
        for count in [4, 1] {
            snapshots.truncate(count);
            assert_eq!(
                (snapshots.len(), snapshots.mean()),
                (count, means[count].clone())
            );
        }
        snapshots.truncate(0);
        assert!(snapshots.is_empty());
    }

    #[test]
    fn looks_that_were_put_off_come_to_the_same() {
        let data = Matrix::new(1, vec![0.3, 1.7, 2.9, 0.1]);
        let [mut at_once, mut later] = [(); 2].map(|()| Snapshots::new(vec![1]));
        let mut means = Vec::new();
        for (network, step) in [(0, 1), (0, 2), (1, 1), (1, 2), (1, 4)] {
            let value = (network * 7 + step) as f32 * 0.37;
            let view = View::new(Box::new(Always(value)), ErrorMeasure::Robust, &data);
            at_once.take(network, step, view);
            later.wait(Moment { network, step }, Box::new(Always(value)));
            means.push((at_once.mean(), at_once.basis(at_once.len())));
        }
        assert!(later.is_empty() && later.waiting() == 5);
        let mut told = Vec::new();
        let robust = ErrorMeasure::Robust;
        later.look(robust, &data, &|_| {}, &mut |looks| {
            told.push((looks.mean(), looks.basis(looks.len())));
        });
        assert_eq!((told, later.waiting()), (means, 0));
        later.look(robust, &data, &|_| {}, &mut |_| panic!("none waits"));
    }

    #[test]
    fn snapshots_follow_the_schedule_and_then_double() {
        let snapshots = Snapshots::new(vec![25, 50, 100]);
        let due: Vec<u64> = (1..=900).filter(|step| snapshots.due(*step)).collect();
        assert_eq!(due, [25, 50, 100, 200, 400, 800]);
        assert!(!(0..1_000).any(|step| Snapshots::new(Vec::new()).due(step)));
    }
}
