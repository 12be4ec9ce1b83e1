//! The engine's thread pool: a leader and its helpers share the tasks of a pass.
//!
//! A pass takes some microseconds, and waking a sleeping thread takes fifty. So helpers spin for a while before they sleep, and
//! the leader waits only for those that have joined in: whoever sleeps misses a pass and holds nobody up.
//!
//! Every member has a queue of tasks of its own, the same in every step, so that what it computes with stays in its own core's
//! caches. When its queue is empty it steals from the ends of the others', since cores are never equally fast for long. (A
//! single shared queue costs a quarter at batch 32 where the cores share no cache. rayon wakes its threads for every pass,
//! which made two threads slower than one; a pool that aborts on a panic would take the screen along.)

mod fork_join;
mod queue;

use std::io;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, TryLockError};
use std::thread::{self, JoinHandle};

use fork_join::{ForkJoin, Work};

/// A leader's helpers.
pub struct Pool {
    fork_join: Arc<ForkJoin>,
    helpers: Vec<JoinHandle<()>>,
    /// Whoever leads holds it.
    lead: Mutex<()>,
}

impl Pool {
    /// A pool with this many helpers.
    ///
    /// # Errors
    /// The system has no more threads.
    pub fn new(helpers: usize) -> io::Result<Self> {
        let mut pool = Self {
            fork_join: Arc::new(ForkJoin::new(helpers + 1)),
            helpers: Vec::with_capacity(helpers),
            lead: Mutex::default(),
        };
        for member in 1..=helpers {
            let fork_join = Arc::clone(&pool.fork_join);
            let builder = thread::Builder::new().name(format!("fused-{member}"));
            pool.helpers
                .push(builder.spawn(move || fork_join.help(member))?);
        }
        Ok(pool)
    }

    /// Helpers there are.
    pub fn helpers(&self) -> usize {
        self.helpers.len()
    }

    /// Calls `work` once with every number below `tasks`, with the help of whoever is awake; alone if the helpers are busy
    /// already. A panic in any of them is resumed in the caller.
    #[allow(unsafe_code, reason = "the work is borrowed for one epoch")]
    pub fn share(&self, tasks: usize, work: &Work<'_>) {
        let _lead = match self.lead.try_lock() {
            Ok(lead) => lead,
            // The leader before has panicked, after everything was put in order.
            Err(TryLockError::Poisoned(lead)) => lead.into_inner(),
            Err(TryLockError::WouldBlock) => return (0..tasks).for_each(work),
        };
        // A panic of a helper that the leader of that time, panicking itself, did not take.
        self.fork_join.panic();
        // SAFETY: whoever holds the lead forks alone, and the work outlives this call.
        let forked = unsafe { self.fork_join.fork(tasks, work) };
        if self.fork_join.asleep() > 0 {
            self.wake();
        }
        self.fork_join.run_tasks(0, work);
        drop(forked);
        if let Some(panic) = self.fork_join.panic() {
            resume_unwind(panic);
        }
    }

    fn wake(&self) {
        for helper in &self.helpers {
            helper.thread().unpark();
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.fork_join.shut_down();
        self.wake();
        for helper in self.helpers.drain(..) {
            // It cannot panic outside `catch_unwind`.
            let _ = helper.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fork_join::lock;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    const TASKS: usize = 100;

    /// How often each task was done.
    fn done(pool: &Pool) -> Vec<usize> {
        let times: Vec<_> = (0..TASKS).map(|_| AtomicUsize::new(0)).collect();
        pool.share(TASKS, &|task| {
            times[task].fetch_add(1, Ordering::Relaxed);
        });
        times.into_iter().map(AtomicUsize::into_inner).collect()
    }

    /// Who did each of a few tasks: nobody goes on before everybody has one.
    fn members(pool: &Pool, tasks: usize) -> Vec<thread::ThreadId> {
        let came = AtomicUsize::new(0);
        let who = Mutex::new(vec![thread::current().id(); tasks]);
        pool.share(tasks, &|task| {
            lock(&who)[task] = thread::current().id();
            came.fetch_add(1, Ordering::SeqCst);
            while came.load(Ordering::SeqCst) <= pool.helpers() {
                thread::yield_now();
            }
        });
        who.into_inner().unwrap()
    }

    #[test]
    fn every_task_is_done_once_however_many_help() {
        for helpers in [0, 1, 2, 5] {
            let pool = Pool::new(helpers).unwrap();
            for round in 0..2_000 {
                assert_eq!(done(&pool), [1; TASKS], "round {round} of {helpers}");
            }
        }
    }

    #[test]
    fn everybody_has_the_same_tasks_each_time_awake_or_asleep() {
        let pool = Pool::new(2).unwrap();
        let helpers: Vec<_> = pool.helpers.iter().map(|h| h.thread().id()).collect();
        for asleep in [0, 2] {
            while pool.fork_join.asleep() < asleep {
                thread::yield_now();
            }
            let expected = [thread::current().id(), helpers[0], helpers[1]];
            assert_eq!(members(&pool, 3), expected);
        }
    }

    #[test]
    fn a_panic_of_any_of_them_is_the_leader_s_and_the_pool_goes_on() {
        let pool = Pool::new(2).unwrap();
        for lost in 0..3 {
            let came = AtomicUsize::new(0);
            let result = catch_unwind(AssertUnwindSafe(|| {
                pool.share(3, &|task| {
                    came.fetch_add(1, Ordering::SeqCst);
                    while came.load(Ordering::SeqCst) < 3 {
                        thread::yield_now();
                    }
                    assert!(task != lost, "lost");
                });
            }));
            assert!(result.is_err());
            assert_eq!(done(&pool), [1; TASKS]);
        }
    }

    #[test]
    fn work_within_work_is_done_alone() {
        let pool = Pool::new(1).unwrap();
        let inner = Mutex::new(Vec::new());
        pool.share(2, &|_| lock(&inner).push(done(&pool)));
        assert_eq!(inner.into_inner().unwrap(), [[1; TASKS]; 2]);
    }
}
