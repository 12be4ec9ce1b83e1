//! Where rows lie in a network's code, the numbers that its narrowest layer holds of a row, and which rows lie nearest to one.
//!
//! The code's numbers are standardised, since one of them may vary a hundred times as much as another, and distances are
//! Euclidean, in multiples of the distance between two rows taken at random (the root of its mean square).

use std::sync::Arc;

use crate::data::matrix::Matrix;
use crate::score::median::median;
use crate::score::view::View;

/// Rows that pass through the network in one call.
const CHUNK: usize = 256;
/// Most numbers that are held.
const MOST: usize = 1 << 20;
/// Rows whose nearest tells what is usual: the pass over all rows is made once for each of them.
const ASKED: usize = 31;

/// The code of every row, or of an even sample of them.
pub struct Codes {
    view: Arc<()>,
    /// Every so manieth row is held.
    stride: usize,
    /// Row-major, standardised.
    values: Vec<f32>,
    standard: Vec<Unit>,
    usual: f32,
}

/// A number of the code that is not the same for every row.
struct Unit {
    place: usize,
    mean: f64,
    sd: f64,
}

/// A row, and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Row index.
    pub row: u32,
    /// 1 is the distance between two rows taken at random.
    pub distance: f32,
}

impl Codes {
    /// Looks at all rows, or at `most` evenly spaced ones; none where the code is the same for all of them.
    pub fn new(view: &View, data: &Matrix, most: usize) -> Option<Self> {
        let width = view.encode(data.row(0)).len().max(1);
        let most = most.min(MOST / width).max(1);
        let stride = data.rows().div_ceil(most);
        let chosen: Vec<usize> = (0..data.rows()).step_by(stride).collect();
        let (mut raw, mut rows) = (Vec::with_capacity(chosen.len() * width), Vec::new());
        for chunk in chosen.chunks(CHUNK) {
            data.gather(chunk.iter().copied(), &mut rows);
            raw.extend(view.encode(&rows));
        }
        let unit = |place: usize| {
            let values = || raw.iter().skip(place).step_by(width).map(|v| f64::from(*v));
            let count = chosen.len() as f64;
            let mean = values().sum::<f64>() / count;
            let sd = (values().map(|v| (v - mean).powi(2)).sum::<f64>() / count).sqrt();
            (sd > 1e-6 * mean.abs() && sd.is_finite()).then_some(Unit { place, mean, sd })
        };
        let standard: Vec<Unit> = (0..width).filter_map(unit).collect();
        if standard.is_empty() || raw.is_empty() {
            return None;
        }
        let values = raw.chunks_exact(width);
        let mut codes = Self {
            view: view.identity(),
            stride,
            values: values
                .flat_map(|code| standardised(&standard, code))
                .collect(),
            standard,
            usual: 0.0,
        };
        codes.usual = codes.usual();
        Some(codes)
    }

    /// Whether they are those of this view.
    pub fn are_of(&self, view: &View) -> bool {
        Arc::ptr_eq(&self.view, &view.identity())
    }

    /// Rows that are held.
    pub fn rows(&self) -> usize {
        self.values.len() / self.standard.len()
    }

    /// Numbers of the code that are not the same for every row.
    pub fn units(&self) -> usize {
        self.standard.len()
    }

    /// How far the nearest row of a row usually is: the median.
    pub fn usual_distance(&self) -> f32 {
        self.usual
    }

    /// The rows nearest to one of `data`, the nearest first, itself left out.
    pub fn nearest(&self, view: &View, data: &Matrix, row: u32, count: usize) -> Vec<Near> {
        let own = view.encode(data.row(row as usize));
        let own: Vec<f32> = standardised(&self.standard, &own).collect();
        self.near(&own, row, count)
    }

    fn near(&self, own: &[f32], row: u32, count: usize) -> Vec<Near> {
        let mut nearest: Vec<(f32, u32)> = Vec::with_capacity(count + 1);
        let codes = self.values.chunks_exact(self.standard.len());
        for (place, code) in codes.enumerate() {
            let pairs = code.iter().zip(own);
            let distance: f32 = pairs.map(|(a, b)| (a - b) * (a - b)).sum();
            let other = (place * self.stride) as u32;
            let last = nearest.last().map_or(f32::INFINITY, |last| last.0);
            let closer = nearest.len() < count || distance < last;
            if other != row && closer && distance.is_finite() {
                let at = nearest.partition_point(|near| near.0 <= distance);
                nearest.insert(at, (distance, other));
                nearest.truncate(count);
            }
        }
        // Two random rows differ by twice the variance in each number.
        let random = 2.0 * self.standard.len() as f32;
        let near = |(distance, row): (f32, u32)| Near {
            row,
            distance: (distance / random).sqrt(),
        };
        nearest.into_iter().map(near).collect()
    }

    fn usual(&self) -> f32 {
        let (rows, width) = (self.rows(), self.standard.len());
        let asked = ASKED.min(rows);
        let nearest = (0..asked).filter_map(|index| {
            let place = index * rows / asked;
            let own = &self.values[place * width..][..width];
            let near = self.near(own, (place * self.stride) as u32, 1);
            Some(near.first()?.distance)
        });
        let mut nearest: Vec<f32> = nearest.collect();
        if nearest.is_empty() {
            return 0.0;
        }
        median(&mut nearest)
    }
}

fn standardised<'a>(standard: &'a [Unit], code: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
    let standardise = |unit: &Unit| ((f64::from(code[unit.place]) - unit.mean) / unit.sd) as f32;
    standard.iter().map(standardise)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::error::ErrorMeasure;
    use crate::score::view::Reconstruct;

    /// A code of the first two columns and a constant.
    struct First;

    impl Reconstruct for First {
        fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
            vec![0.0; rows.len()]
        }

        fn encode(&self, rows: &[f32]) -> Vec<f32> {
            rows.chunks(3)
                .flat_map(|row| [row[0], 7.0, 100.0 * row[1]])
                .collect()
        }

        fn fork(&self) -> Box<dyn Reconstruct> {
            Box::new(Self)
        }
    }

    /// A grid of 10 × 10 rows; the third column says nothing of where they lie.
    fn grid() -> Matrix {
        let rows = (0..100).flat_map(|row| [(row % 10) as f32, (row / 10) as f32, row as f32]);
        Matrix::new(3, rows.collect())
    }

    fn codes(most: usize) -> (Codes, View, Matrix) {
        let data = grid();
        let (view, _) = View::new(Box::new(First), ErrorMeasure::Mse, &data);
        (Codes::new(&view, &data, most).unwrap(), view, data)
    }

    #[test]
    fn the_nearest_rows_are_those_beside_it_whatever_the_scales_of_the_code() {
        let (codes, view, data) = codes(1_000);
        assert_eq!((codes.rows(), codes.units()), (100, 2));
        let near = codes.nearest(&view, &data, 44, 4);
        let mut rows: Vec<u32> = near.iter().map(|near| near.row).collect();
        rows.sort_unstable();
        assert_eq!(rows, [34, 43, 45, 54]);
        // A step is 1 of a deviation of √8.25; two random rows are √(2 · 2) deviations apart.
        let step = 1.0 / 8.25_f32.sqrt() / 2.0;
        assert!(
            near.iter().all(|near| (near.distance - step).abs() < 1e-5),
            "{near:?}"
        );
        assert!((codes.usual_distance() - step).abs() < 1e-5);
        assert!(codes.are_of(&view));
    }

    #[test]
    fn of_many_rows_some_are_looked_at_and_the_row_need_not_be_among_them() {
        let (codes, view, data) = codes(34);
        assert_eq!(codes.rows(), 34);
        let near = codes.nearest(&view, &data, 44, 1);
        assert_eq!(near.first().map(|near| near.row), Some(45));
    }

    #[test]
    fn a_code_that_is_the_same_for_all_rows_tells_nothing() {
        let data = Matrix::new(3, [1.0, 2.0, 3.0].repeat(9));
        let (view, _) = View::new(Box::new(First), ErrorMeasure::Mse, &data);
        assert!(Codes::new(&view, &data, 9).is_none());
    }
}
