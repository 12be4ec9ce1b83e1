//! A growing series kept to a bounded number of points.

use crate::message::Point;

/// Most points kept: several for each column of any screen.
const CAPACITY: usize = 4_096;

/// Loss and MSE over steps. When it is full, neighbours are merged into their mean, so that old and new points stay
/// equally dense.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    points: Vec<(f64, Point)>,
    /// Points pushed per point kept.
    merged: usize,
    pending: Vec<(f64, Point)>,
}

impl Curve {
    /// Adds a point. Steps must not fall.
    pub fn push(&mut self, step: u64, point: Point) {
        self.pending.push((step as f64, point));
        if self.pending.len() < self.merged.max(1) {
            return;
        }
        self.points.push(mean(&self.pending));
        self.pending.clear();
        if self.points.len() == CAPACITY {
            self.points = self.points.chunks(2).map(mean).collect();
            self.merged = 2 * self.merged.max(1);
        }
    }

    /// The points, oldest first, as (step, point).
    pub fn points(&self) -> impl Iterator<Item = (f64, Point)> {
        let rest = (!self.pending.is_empty()).then(|| mean(&self.pending));
        self.points.iter().copied().chain(rest)
    }

    /// At each point the mean over the points of the last `window` steps.
    pub fn smoothed(&self, window: f64) -> Vec<(f64, Point)> {
        let points: Vec<_> = self.points().collect();
        let (mut first, mut sum) = (0, Point::default());
        let mut smooth = Vec::with_capacity(points.len());
        for (last, (step, point)) in points.iter().enumerate() {
            (sum.loss, sum.mse) = (sum.loss + point.loss, sum.mse + point.mse);
            while points[first].0 <= step - window {
                let (_, gone) = points[first];
                (sum.loss, sum.mse) = (sum.loss - gone.loss, sum.mse - gone.mse);
                first += 1;
            }
            let count = (last + 1 - first) as f64;
            smooth.push((
                *step,
                Point {
                    loss: sum.loss / count,
                    mse: sum.mse / count,
                },
            ));
        }
        smooth
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty() && self.pending.is_empty()
    }
}

/// The mean loss and MSE, at the last step.
fn mean(points: &[(f64, Point)]) -> (f64, Point) {
    let count = points.len() as f64;
    let sum =
        |of: fn(&Point) -> f64| points.iter().map(|(_, point)| of(point)).sum::<f64>() / count;
    let step = points.last().map_or(0.0, |(step, _)| *step);
    (
        step,
        Point {
            loss: sum(|point| point.loss),
            mse: sum(|point| point.mse),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_stays_bounded_ordered_and_true_to_its_mean() {
        let mut curve = Curve::default();
        let pushed = 100_000;
        for step in 1..=pushed {
            curve.push(
                step,
                Point {
                    loss: step as f64,
                    mse: 1.0,
                },
            );
        }
        let points: Vec<_> = curve.points().collect();
        assert!(
            points.len() <= CAPACITY && points.len() > CAPACITY / 4,
            "{} points",
            points.len()
        );
        assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(points.last().map(|(step, _)| *step), Some(pushed as f64));
        let mean = points.iter().map(|(_, point)| point.loss).sum::<f64>() / points.len() as f64;
        assert!((mean / 50_000.0 - 1.0).abs() < 0.01, "mean {mean}");
    }

    #[test]
    fn smoothing_averages_the_last_window_and_keeps_the_steps() {
        let mut curve = Curve::default();
        for step in 1..=6 {
            curve.push(
                step,
                Point {
                    loss: (step % 2) as f64,
                    mse: step as f64,
                },
            );
        }
        let smooth = curve.smoothed(2.0);
        let losses: Vec<f64> = smooth.iter().map(|(_, point)| point.loss).collect();
        assert_eq!(losses, [1.0, 0.5, 0.5, 0.5, 0.5, 0.5]);
        assert_eq!((smooth[5].0, smooth[5].1.mse), (6.0, 5.5));
    }

    #[test]
    fn a_short_run_keeps_every_point() {
        let mut curve = Curve::default();
        assert!(curve.is_empty());
        for step in [1, 5, 9] {
            curve.push(
                step,
                Point {
                    loss: 0.5,
                    mse: 0.1,
                },
            );
        }
        assert_eq!(
            curve.points().map(|(step, _)| step).collect::<Vec<_>>(),
            [1.0, 5.0, 9.0]
        );
    }
}
