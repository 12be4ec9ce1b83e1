//! A growing series kept to a bounded number of points.

use super::progress::Point;

/// Most points kept: several for each column of any screen.
const CAPACITY: usize = 4_096;

/// Loss and MSE over steps, each point the mean over so many rows with the least and the greatest value that went into it. When
/// it is full, neighbours are merged, so that old and new points stay equally dense.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curve {
    points: Vec<Mean>,
    /// Points pushed per point kept.
    merged: usize,
    pending: Vec<Mean>,
}

/// A curve in plain numbers: what it takes to draw it, and to draw on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Traced {
    /// Points that were merged to one.
    pub merged: u64,
    /// Step, rows, then loss and mean squared error: mean, least, greatest.
    pub points: Vec<[f64; 8]>,
    /// The same of what is to be merged into the next.
    pub pending: Vec<[f64; 8]>,
}

/// A mean up to a step, and what it lies between.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Mean {
    step: f64,
    rows: f64,
    point: Point,
    low: Point,
    high: Point,
}

impl Mean {
    fn numbers(&self) -> [f64; 8] {
        let Self {
            step,
            rows,
            point,
            low,
            high,
        } = self;
        let [mean, least, greatest] = [point, low, high].map(|of| [of.loss, of.mse]);
        let mut numbers = [*step, *rows, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        numbers[2..].copy_from_slice([mean, least, greatest].as_flattened());
        numbers
    }

    fn restored(numbers: [f64; 8]) -> Self {
        let point = |first: usize| Point {
            loss: numbers[first],
            mse: numbers[first + 1],
        };
        Self {
            step: numbers[0],
            rows: numbers[1],
            point: point(2),
            low: point(4),
            high: point(6),
        }
    }
}

impl Curve {
    /// Adds the mean over `rows` rows up to `step`. Steps must not fall.
    pub fn push(&mut self, step: u64, rows: u64, point: Point) {
        self.pending.push(Mean {
            step: step as f64,
            rows: rows.max(1) as f64,
            point,
            low: point,
            high: point,
        });
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

    /// The curve in plain numbers.
    pub fn traced(&self) -> Traced {
        let all = |means: &[Mean]| means.iter().map(Mean::numbers).collect();
        Traced {
            merged: self.merged as u64,
            points: all(&self.points),
            pending: all(&self.pending),
        }
    }

    /// The curve that these numbers are of.
    pub fn restored(traced: &Traced) -> Self {
        let all = |numbers: &[[f64; 8]]| numbers.iter().copied().map(Mean::restored).collect();
        Self {
            points: all(&traced.points),
            merged: usize::try_from(traced.merged).unwrap_or_default(),
            pending: all(&traced.pending),
        }
    }

    /// Forgets what lies beyond `step`.
    pub fn truncate(&mut self, step: u64) {
        self.points.append(&mut self.pending);
        self.points.retain(|mean| mean.step <= step as f64);
    }

    fn means(&self) -> impl Iterator<Item = Mean> {
        let rest = (!self.pending.is_empty()).then(|| mean(&self.pending));
        self.points.iter().copied().chain(rest)
    }

    /// The points, oldest first, as (step, point).
    pub fn points(&self) -> impl Iterator<Item = (f64, Point)> {
        self.means().map(|mean| (mean.step, mean.point))
    }

    /// What each point lies between, oldest first, as (step, least, greatest).
    pub fn spread(&self) -> impl Iterator<Item = (f64, Point, Point)> {
        self.means().map(|mean| (mean.step, mean.low, mean.high))
    }

    /// At each point the mean over the rows of the last `window` steps.
    pub fn smoothed(&self, window: f64) -> Vec<(f64, Point)> {
        let means: Vec<Mean> = self.means().collect();
        let (mut first, mut sum) = (0, Sum::default());
        let mut smooth = Vec::with_capacity(means.len());
        for last in &means {
            sum.add(last, 1.0);
            while means[first].step <= last.step - window {
                sum.add(&means[first], -1.0);
                first += 1;
            }
            smooth.push((last.step, sum.mean()));
        }
        smooth
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty() && self.pending.is_empty()
    }
}

/// A mean in the making.
#[derive(Default)]
struct Sum {
    rows: f64,
    loss: f64,
    mse: f64,
}

impl Sum {
    /// Adds a mean with its rows, or with `sign` −1 takes it away again.
    fn add(&mut self, Mean { rows, point, .. }: &Mean, sign: f64) {
        self.rows += sign * rows;
        self.loss += sign * rows * point.loss;
        self.mse += sign * rows * point.mse;
    }

    fn mean(&self) -> Point {
        Point {
            loss: self.loss / self.rows,
            mse: self.mse / self.rows,
        }
    }
}

/// The mean of several means, at the last step.
fn mean(means: &[Mean]) -> Mean {
    let mut sum = Sum::default();
    for mean in means {
        sum.add(mean, 1.0);
    }
    let extreme = |of: fn(&Mean) -> Point, pick: fn(f64, f64) -> f64, start: f64| {
        let both = Point {
            loss: start,
            mse: start,
        };
        means.iter().map(of).fold(both, |so_far, point| Point {
            loss: pick(so_far.loss, point.loss),
            mse: pick(so_far.mse, point.mse),
        })
    };
    Mean {
        step: means.last().map_or(0.0, |mean| mean.step),
        rows: sum.rows,
        point: sum.mean(),
        low: extreme(|mean| mean.low, f64::min, f64::INFINITY),
        high: extreme(|mean| mean.high, f64::max, f64::NEG_INFINITY),
    }
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
                1,
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
    fn a_curve_in_plain_numbers_goes_on_as_it_would_have() {
        let mut curve = Curve::default();
        let push = |curve: &mut Curve, steps: std::ops::Range<u64>| {
            for step in steps {
                let loss = (step as f64).sin();
                let mse = loss * 0.3;
                curve.push(step, step % 7, Point { loss, mse });
            }
        };
        push(&mut curve, 1..9_001);
        let mut other = Curve::restored(&curve.traced());
        assert_eq!(other, curve);
        push(&mut curve, 9_001..20_000);
        push(&mut other, 9_001..20_000);
        assert_eq!(other, curve);
    }

    #[test]
    fn smoothing_averages_the_last_window_and_keeps_the_steps() {
        let mut curve = Curve::default();
        for step in 1..=6 {
            curve.push(
                step,
                1,
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
    fn a_mean_over_few_rows_weighs_little() {
        let mut curve = Curve::default();
        curve.push(
            1,
            99,
            Point {
                loss: 1.0,
                mse: 0.0,
            },
        );
        curve.push(
            2,
            1,
            Point {
                loss: 101.0,
                mse: 0.0,
            },
        );
        assert_eq!(curve.smoothed(10.0)[1].1.loss, 2.0);
    }

    #[test]
    fn a_short_run_keeps_every_point() {
        let mut curve = Curve::default();
        assert!(curve.is_empty());
        for step in [1, 5, 9] {
            curve.push(
                step,
                1,
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
