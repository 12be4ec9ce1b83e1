//! Scores taken while the network learns. Their mean makes the stopping time harmless: too early and too late are both
//! in it. Several networks' looks are averaged alike.

use crate::score::ranking::Basis;
use crate::score::view::{Seen, View};

/// The looks taken so far, and when the next is due.
pub struct Snapshots {
    schedule: Vec<u64>,
    taken: Vec<Taken>,
    sum: Vec<f32>,
}

/// A look, when it was taken and of which network.
struct Taken {
    network: u64,
    step: u64,
    view: View,
}

impl Snapshots {
    /// None taken yet; due at the steps of `schedule` and then at every doubling of the last.
    pub fn new(schedule: Vec<u64>) -> Self {
        Self {
            schedule,
            taken: Vec::new(),
            sum: Vec::new(),
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

    /// Adds a look at a network, the first being number 0, and its scores.
    pub fn take(&mut self, network: u64, step: u64, (view, scores): (View, Vec<f32>)) {
        self.sum.resize(scores.len(), 0.0);
        for (sum, score) in self.sum.iter_mut().zip(scores) {
            *sum += score;
        }
        self.taken.push(Taken {
            network,
            step,
            view,
        });
    }

    /// What the mean stands on.
    pub fn basis(&self) -> Basis {
        Basis::Snapshots {
            steps: self.taken.iter().map(|taken| taken.step).collect(),
            networks: self.taken.last().map_or(0, |taken| taken.network + 1),
        }
    }

    /// The mean score of each row; empty before the first look.
    pub fn mean(&self) -> Vec<f32> {
        self.sum
            .iter()
            .map(|sum| sum / self.taken.len() as f32)
            .collect()
    }

    /// The views that were taken.
    pub fn views(&self) -> impl ExactSizeIterator<Item = &View> {
        self.taken.iter().map(|taken| &taken.view)
    }
}

/// What several views see in some row-major rows, on average; `views` must not be empty.
pub fn look<'a>(mut views: impl ExactSizeIterator<Item = &'a View>, rows: &[f32]) -> Vec<Seen> {
    let count = views.len();
    let mut mean = views.next().map_or_else(Vec::new, |view| view.look(rows));
    for view in views {
        for (sum, seen) in mean.iter_mut().zip(view.look(rows)) {
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
    for Seen {
        reconstruction,
        parts,
    } in &mut mean
    {
        for value in reconstruction {
            *value /= count as f32;
        }
        for part in parts {
            *part /= count as f64;
        }
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_follow_the_schedule_and_then_double() {
        let snapshots = Snapshots::new(vec![25, 50, 100]);
        let due: Vec<u64> = (1..=900).filter(|step| snapshots.due(*step)).collect();
        assert_eq!(due, [25, 50, 100, 200, 400, 800]);
        assert!(!(0..1_000).any(|step| Snapshots::new(Vec::new()).due(step)));
    }
}
