//! The pieces of a pass that a member of a team begins with, as one number, so that a piece is taken in one go.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// The pieces of a member that nobody has taken yet.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Stretch(AtomicU64);

impl Stretch {
    pub(super) fn set(&self, pieces: Range<usize>) {
        self.0
            .store(pack(pieces.start, pieces.end), Ordering::Relaxed);
    }

    pub(super) fn take_first(&self) -> Option<usize> {
        self.take(|first, end| (first, pack(first + 1, end)))
    }

    pub(super) fn take_last(&self) -> Option<usize> {
        self.take(|first, end| (end - 1, pack(first, end - 1)))
    }

    /// One piece, and what is left. What was done with pieces is ordered by the door.
    fn take(&self, split: impl Fn(usize, usize) -> (usize, u64)) -> Option<usize> {
        let mut stretch = self.0.load(Ordering::Relaxed);
        loop {
            let (first, end) = ((stretch >> 32) as usize, stretch as u32 as usize);
            if first >= end {
                return None;
            }
            let (piece, left) = split(first, end);
            let swap =
                self.0
                    .compare_exchange_weak(stretch, left, Ordering::Relaxed, Ordering::Relaxed);
            match swap {
                Ok(_) => return Some(piece),
                Err(now) => stretch = now,
            }
        }
    }
}

fn pack(first: usize, end: usize) -> u64 {
    (first as u64) << 32 | end as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_taken_from_both_ends_until_there_are_none() {
        let stretch = Stretch::default();
        stretch.set(3..6);
        assert_eq!(
            (stretch.take_last(), stretch.take_first()),
            (Some(5), Some(3))
        );
        assert_eq!((stretch.take_last(), stretch.take_first()), (Some(4), None));
    }
}
