//! Rows that are scored together, in whatever instruction set the machine has.

#![allow(
    clippy::inline_always,
    reason = "what is not inlined is not compiled for the instruction set that was found"
)]

use pulp::{Simd, WithSimd, bytemuck};

use super::{DRAWN, DRAWS, Lesinn, is_itself};

/// Drawn rows that meet a vector of rows at once: enough independent sums to keep the vector unit busy, few enough to stay in
/// its registers.
const AT_ONCE: usize = 8;

/// The sums of squared differences between the rows of a group and some rows of a draw, each over the features in their order.
#[inline(always)]
fn distances<S: Simd>(
    simd: S,
    group: &[S::f32s],
    features: &[[f32; DRAWN]],
    first: usize,
) -> [S::f32s; AT_ONCE] {
    let mut sums = [simd.splat_f32s(0.0); AT_ONCE];
    for (rows, drawn) in group.iter().zip(features) {
        let drawn = &drawn[first..][..AT_ONCE];
        for (sum, drawn) in sums.iter_mut().zip(drawn) {
            let difference = simd.sub_f32s(*rows, simd.splat_f32s(*drawn));
            *sum = simd.mul_add_e_f32s(difference, difference, *sum);
        }
    }
    sums
}

/// Neighbouring rows to be scored, in whatever instruction set the machine has.
pub(super) struct Chunk<'a> {
    pub(super) lesinn: &'a Lesinn,
    /// Row-major, as the table has them.
    pub(super) rows: &'a [f32],
    /// Their numbers, ascending.
    pub(super) numbers: &'a [usize],
    pub(super) scores: &'a mut [f32],
}

impl WithSimd for Chunk<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (lanes, features) = (S::F32_LANES, self.lesinn.features());
        let groups = self.lesinn.groups(self.rows, lanes);
        let groups = S::as_simd_f32s(&groups).0;
        let mut sums = vec![0.0; groups.len() / features * lanes];
        for draw in &self.lesinn.draws {
            let here = self.numbers[0]..=self.numbers[self.numbers.len() - 1];
            let owns = draw.rows.iter().any(|row| here.contains(row));
            let parts = sums.chunks_exact_mut(lanes).enumerate();
            for (group, (turn, sums)) in groups.chunks_exact(features).zip(parts) {
                let mut all = [[simd.splat_f32s(0.0); AT_ONCE]; DRAWN / AT_ONCE];
                for (turn, distances) in all.iter_mut().enumerate() {
                    *distances = self::distances(simd, group, &draw.features, turn * AT_ONCE);
                }
                if owns {
                    // A row is never its own neighbour.
                    let cells: &mut [f32] = bytemuck::cast_slice_mut(all.as_flattened_mut());
                    let numbers = self.numbers[turn * lanes..].iter().take(lanes);
                    for (lane, number) in numbers.enumerate() {
                        let place = draw.place(*number).map(|place| place * lanes + lane);
                        if let Some(itself) = place.filter(|place| is_itself(cells[*place])) {
                            cells[itself] = f32::INFINITY;
                        }
                    }
                }
                let mut nearest = simd.splat_f32s(f32::INFINITY);
                for distances in all.as_flattened() {
                    nearest = simd.min_f32s(nearest, *distances);
                }
                let nearest = [nearest];
                let nearest: &[f32] = bytemuck::cast_slice(&nearest);
                for (sum, nearest) in sums.iter_mut().zip(nearest) {
                    // The only row of a table has no neighbour.
                    *sum += f64::from(if nearest.is_finite() { *nearest } else { 0.0 });
                }
            }
        }
        let whole = (DRAWS * features) as f64;
        for (score, sum) in self.scores.iter_mut().zip(sums) {
            *score = (sum / whole) as f32;
        }
    }
}
