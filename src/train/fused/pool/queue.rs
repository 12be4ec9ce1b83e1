//! A work-stealing queue of consecutive tasks: its owner takes from the front, others steal from the end. Both ends are one
//! atomic number, so that a task is taken in one go.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// The tasks of a pool's member that nobody has taken yet.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct TaskQueue(AtomicU64);

impl TaskQueue {
    pub(super) fn set(&self, tasks: Range<usize>) {
        self.0
            .store(pack(tasks.start, tasks.end), Ordering::Relaxed);
    }

    pub(super) fn take_first(&self) -> Option<usize> {
        self.take(|first, end| (first, pack(first + 1, end)))
    }

    pub(super) fn take_last(&self) -> Option<usize> {
        self.take(|first, end| (end - 1, pack(first, end - 1)))
    }

    /// One task, and what is left. What was done in tasks is ordered by the fork and the join.
    fn take(&self, split: impl Fn(usize, usize) -> (usize, u64)) -> Option<usize> {
        let mut queue = self.0.load(Ordering::Relaxed);
        loop {
            let (first, end) = ((queue >> 32) as usize, queue as u32 as usize);
            if first >= end {
                return None;
            }
            let (task, left) = split(first, end);
            let swap =
                self.0
                    .compare_exchange_weak(queue, left, Ordering::Relaxed, Ordering::Relaxed);
            match swap {
                Ok(_) => return Some(task),
                Err(now) => queue = now,
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
    fn tasks_are_taken_from_both_ends_until_there_are_none() {
        let queue = TaskQueue::default();
        queue.set(3..6);
        assert_eq!((queue.take_last(), queue.take_first()), (Some(5), Some(3)));
        assert_eq!((queue.take_last(), queue.take_first()), (Some(4), None));
    }
}
