//! Which rows a step sees: shuffled anew each epoch by a seeded generator that gives the same order everywhere.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

/// The streams of the seed that belong to this file; the first weights draw from others.
const SPLIT_STREAM: u64 = 1 << 40;
const SHUFFLE_STREAM: u64 = SPLIT_STREAM + 1;

/// Training rows in shuffled batches. The last batch of an epoch may be smaller.
#[derive(Debug)]
pub struct Batches {
    rows: Vec<usize>,
    batch: usize,
    next: usize,
    rng: ChaCha8Rng,
}

impl Clone for Batches {
    /// A copy that goes on with the same rows. The generator can only be copied by its state, so that nobody does it unawares.
    fn clone(&self) -> Self {
        Self {
            rows: self.rows.clone(),
            batch: self.batch,
            next: self.next,
            rng: ChaCha8Rng::deserialize_state(&self.rng.serialize_state()),
        }
    }
}

/// Where [`Batches`] stand, in plain data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchesState {
    /// The rows in the order of this epoch.
    pub rows: Vec<u32>,
    /// How many of them were taken.
    pub next: u64,
    /// The generator.
    pub random: [u8; RANDOM],
}

/// Bytes of a generator's state.
pub const RANDOM: usize = 49;

/// Splits `0 .. rows` into training and validation rows; both are never empty unless `share` is 0.
pub fn split(rows: usize, share: f64, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let mut all: Vec<usize> = (0..rows).collect();
    if share <= 0.0 || rows < 2 {
        return (all, Vec::new());
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(SPLIT_STREAM);
    all.shuffle(&mut rng);
    let count = ((rows as f64 * share).round() as usize).clamp(1, rows - 1);
    let mut validation = all.split_off(rows - count);
    all.sort_unstable();
    validation.sort_unstable();
    (all, validation)
}

impl Batches {
    /// Batches of `batch` out of `rows`, neither empty.
    pub fn new(rows: Vec<usize>, batch: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(SHUFFLE_STREAM);
        Self {
            batch: batch.min(rows.len()),
            rows,
            next: 0,
            rng,
        }
    }

    /// Where they stand.
    pub fn state(&self) -> BatchesState {
        BatchesState {
            rows: self.rows.iter().map(|row| *row as u32).collect(),
            next: self.next as u64,
            random: self.rng.serialize_state(),
        }
    }

    /// The same rows from where others stood; false, and nothing is changed, where those had other rows.
    pub fn restore(&mut self, state: &BatchesState) -> bool {
        let sorted = |rows: &[usize]| {
            let mut rows = rows.to_vec();
            rows.sort_unstable();
            rows
        };
        let rows: Vec<usize> = state.rows.iter().map(|row| *row as usize).collect();
        let next = state.next as usize;
        let stands = next < rows.len() && next.is_multiple_of(self.batch);
        if !stands || sorted(&rows) != sorted(&self.rows) {
            return false;
        }
        self.rng = ChaCha8Rng::deserialize_state(&state.random);
        (self.rows, self.next) = (rows, next);
        true
    }

    /// Steps in one epoch.
    pub fn per_epoch(&self) -> u64 {
        self.rows.len().div_ceil(self.batch) as u64
    }

    /// The rows of the next step, and those of the step after, none at the end of an epoch.
    pub fn advance(&mut self) -> (&[usize], &[usize]) {
        if self.next == 0 {
            self.rows.shuffle(&mut self.rng);
        }
        let (now, later) =
            self.rows[self.next..].split_at(self.batch.min(self.rows.len() - self.next));
        self.next = if later.is_empty() {
            0
        } else {
            self.next + now.len()
        };
        (now, &later[..self.batch.min(later.len())])
    }

    /// Whether the last step ended an epoch.
    pub fn epoch_ended(&self) -> bool {
        self.next == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epoch(batches: &mut Batches) -> Vec<usize> {
        let mut seen = Vec::new();
        loop {
            seen.extend_from_slice(batches.advance().0);
            if batches.epoch_ended() {
                return seen;
            }
        }
    }

    #[test]
    fn an_epoch_sees_every_row_once_in_a_new_order() {
        let mut batches = Batches::new((0..10).collect(), 4, 7);
        assert_eq!(batches.per_epoch(), 3);
        let (first, second) = (epoch(&mut batches), epoch(&mut batches));
        assert_ne!(first, second);
        for mut seen in [first, second] {
            seen.sort_unstable();
            assert_eq!(seen, (0..10).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_seed_alone_decides_the_order() {
        let order = |seed| epoch(&mut Batches::new((0..50).collect(), 8, seed));
        assert_eq!(order(3), order(3));
        assert_ne!(order(3), order(4));
    }

    #[test]
    fn a_copy_goes_on_with_the_same_rows() {
        let mut batches = Batches::new((0..50).collect(), 8, 3);
        for _ in 0..3 {
            epoch(&mut batches);
        }
        batches.advance();
        let mut copy = batches.clone();
        for _ in 0..4 {
            assert_eq!(epoch(&mut batches), epoch(&mut copy));
        }
    }

    #[test]
    fn the_split_is_seeded_disjoint_and_complete() {
        let (train, valid) = split(100, 0.1, 5);
        assert_eq!((train.len(), valid.len()), (90, 10));
        assert!(valid.iter().all(|row| !train.contains(row)));
        assert_eq!(split(100, 0.1, 5).1, valid);
        assert_eq!(split(3, 0.01, 5).1.len(), 1);
        assert_eq!(split(3, 0.0, 5), (vec![0, 1, 2], vec![]));
    }
}
