//! Scores taken while the network learns. Their mean makes the stopping time harmless: too early and too late are both
//! in it. Of several networks each has its own mean, and the score is the mean of those.

use crate::score::ranking::Basis;
use crate::score::view::{Seen, View};

/// The looks taken so far, and when the next is due.
pub struct Snapshots {
    schedule: Vec<u64>,
    networks: Vec<Looks>,
}

/// The looks at one network, at least one.
struct Looks {
    network: u64,
    taken: Vec<(u64, View)>,
    sum: Vec<f32>,
}

impl Snapshots {
    /// None taken yet; due at the steps of `schedule` and then at every doubling of the last.
    pub fn new(schedule: Vec<u64>) -> Self {
        Self {
            schedule,
            networks: Vec::new(),
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
        match self.networks.last_mut() {
            Some(looks) if looks.network == network => {
                looks.taken.push((step, view));
                for (sum, score) in looks.sum.iter_mut().zip(scores) {
                    *sum += score;
                }
            }
            _ => self.networks.push(Looks {
                network,
                taken: vec![(step, view)],
                sum: scores,
            }),
        }
    }

    /// Whether no look was taken yet.
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty()
    }

    /// What the mean stands on.
    pub fn basis(&self) -> Basis {
        let taken = self.networks.iter().flat_map(|looks| &looks.taken);
        Basis::Snapshots {
            steps: taken.map(|(step, _)| *step).collect(),
            networks: self.networks.last().map_or(0, |looks| looks.network + 1),
        }
    }

    /// The mean score of each row; empty before the first look. Every network counts alike, however often it was looked at.
    pub fn mean(&self) -> Vec<f32> {
        let mut mean = vec![0.0; self.networks.first().map_or(0, |looks| looks.sum.len())];
        for looks in &self.networks {
            let weight = self.weight(looks) as f32;
            for (mean, sum) in mean.iter_mut().zip(&looks.sum) {
                *mean += sum * weight;
            }
        }
        mean
    }

    /// The views that were taken and what each counts in the mean.
    pub fn views(&self) -> impl Iterator<Item = (&View, f64)> {
        self.networks.iter().flat_map(|looks| {
            let weight = self.weight(looks);
            looks.taken.iter().map(move |(_, view)| (view, weight))
        })
    }

    /// What each of a network's looks counts.
    fn weight(&self, looks: &Looks) -> f64 {
        1.0 / (self.networks.len() * looks.taken.len()) as f64
    }
}

/// What several views see in some row-major rows: the mean, each view counted as it comes with; nothing of no views.
pub fn look<'a>(views: impl Iterator<Item = (&'a View, f64)>, rows: &[f32]) -> Vec<Seen> {
    let mut mean: Vec<Seen> = Vec::new();
    for (view, weight) in views {
        let mut look = view.look(rows);
        for seen in &mut look {
            for value in &mut seen.reconstruction {
                *value *= weight as f32;
            }
            for part in &mut seen.parts {
                *part *= weight;
            }
        }
        if mean.is_empty() {
            mean = look;
            continue;
        }
        for (sum, seen) in mean.iter_mut().zip(look) {
            sum.reconstruction
                .iter_mut()
                .zip(seen.reconstruction)
                .for_each(|(sum, value)| *sum += value);
            sum.parts
                .iter_mut()
                .zip(seen.parts)
                .for_each(|(sum, part)| *sum += part);
        }
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::matrix::Matrix;
    use crate::score::error::ErrorMeasure;
    use crate::score::view::Reconstruct;

    /// Rebuilds every value as the same one.
    struct Always(f32);

    impl Reconstruct for Always {
        fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
            vec![self.0; rows.len()]
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
        let seen = look(snapshots.views(), data.row(1));
        assert!((seen[0].parts[0] - f64::from(expected[1])).abs() < 1e-6);
        assert!((seen[0].reconstruction[0] - 2.75).abs() < 1e-6);
        let steps = vec![1, 2, 1];
        assert_eq!(snapshots.basis(), Basis::Snapshots { steps, networks: 2 });
    }

    #[test]
    fn snapshots_follow_the_schedule_and_then_double() {
        let snapshots = Snapshots::new(vec![25, 50, 100]);
        let due: Vec<u64> = (1..=900).filter(|step| snapshots.due(*step)).collect();
        assert_eq!(due, [25, 50, 100, 200, 400, 800]);
        assert!(!(0..1_000).any(|step| Snapshots::new(Vec::new()).due(step)));
    }
}
