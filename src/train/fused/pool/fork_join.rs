//! Where the leader forks and joins its helpers.
//!
//! One atomic number holds whether work is offered, how many helpers are active, and the epoch: how often work was offered. A
//! helper joins in by adding itself, and looks at the work only if it was offered at that moment. The leader puts the work
//! down before it offers it, and is done after it has withdrawn the offer and seen every helper leave.

use std::any::Any;
use std::cell::UnsafeCell;
use std::hint::spin_loop;
use std::mem::transmute;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::queue::TaskQueue;

/// How long a helper spins before it sleeps: longer than anything that happens between two passes of a step.
const SPIN_TIME: Duration = Duration::from_micros(500);
/// Looks in a row, about a microsecond, before the core is yielded to whoever else wants it.
const SPINS: usize = 50;

/// What is done for every task.
pub(super) type Work<'a> = dyn Fn(usize) + Sync + 'a;

/// Alone in its cache lines, since everybody reads it. The epoch may wrap around: a helper that has slept through all of
/// them misses one more.
#[derive(Default)]
#[repr(align(128))]
struct State(AtomicU64);

impl State {
    const OFFERED: u64 = 1;
    const ONE_ACTIVE: u64 = 1 << 1;
    const EPOCH: u64 = 1 << 32;

    fn is_offered(state: u64) -> bool {
        state & Self::OFFERED != 0
    }

    fn active(state: u64) -> u64 {
        (state % Self::EPOCH) / Self::ONE_ACTIVE
    }

    fn epoch(state: u64) -> u64 {
        state / Self::EPOCH
    }
}

/// The meeting point of the leader and its helpers.
pub(super) struct ForkJoin {
    state: State,
    work: WorkSlot,
    /// The leader's queue, then each helper's.
    queues: Vec<TaskQueue>,
    /// The last panic of a helper.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    asleep: AtomicUsize,
    stopping: AtomicBool,
}

/// Where the work is put down. It is borrowed for one epoch.
#[derive(Default)]
struct WorkSlot(UnsafeCell<Option<*const Work<'static>>>);

// SAFETY: written by the leader alone, while no helper is active; read only by helpers that joined in while it was offered.
// The work itself is `Sync`.
#[allow(unsafe_code, reason = "the work is borrowed for an epoch")]
unsafe impl Send for WorkSlot {}
// SAFETY: as above.
#[allow(unsafe_code, reason = "the work is borrowed for an epoch")]
unsafe impl Sync for WorkSlot {}

/// The offer. Withdraws it when dropped, and waits for every helper to leave.
pub(super) struct Forked<'a> {
    fork_join: &'a ForkJoin,
}

impl Drop for Forked<'_> {
    fn drop(&mut self) {
        let state = &self.fork_join.state.0;
        state.fetch_sub(State::OFFERED, Ordering::Relaxed);
        // What the helpers did happened before they left.
        let any_active = || State::active(state.load(Ordering::Acquire)) > 0;
        let mut spins = 0;
        while any_active() {
            spins += 1;
            if spins % SPINS == 0 {
                thread::yield_now();
            } else {
                spin_loop();
            }
        }
    }
}

impl ForkJoin {
    pub(super) fn new(members: usize) -> Self {
        Self {
            state: State::default(),
            work: WorkSlot::default(),
            queues: (0..members).map(|_| TaskQueue::default()).collect(),
            panic: Mutex::default(),
            asleep: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
        }
    }

    /// Offers `work` on every task to the helpers, until what it returns is dropped.
    ///
    /// # Safety
    /// Nobody else forks meanwhile, and what it returns is dropped before the work is.
    #[allow(unsafe_code, reason = "the work is borrowed for an epoch")]
    #[allow(
        clippy::transmute_ptr_to_ptr,
        reason = "a cast may not change the lifetime"
    )]
    pub(super) unsafe fn fork<'a>(&'a self, tasks: usize, work: &'a Work<'a>) -> Forked<'a> {
        assert!(
            u32::try_from(tasks).is_ok(),
            "a queue holds no larger numbers"
        );
        let begin = |member| tasks * member / self.queues.len();
        for (member, queue) in self.queues.iter().enumerate() {
            queue.set(begin(member)..begin(member + 1));
        }
        let work: *const Work<'a> = work;
        // SAFETY: only the lifetime changes.
        let work = unsafe { transmute::<*const Work<'a>, *const Work<'static>>(work) };
        // SAFETY: nobody else reads: helpers look only while work is offered, and whoever offered it before saw all of them
        // leave, which the atomic's ordering makes happen before this.
        unsafe { *self.work.0.get() = Some(work) };
        // Ordered before the look at the sleepers; see `sleep`.
        self.state
            .0
            .fetch_add(State::EPOCH + State::OFFERED, Ordering::SeqCst);
        Forked { fork_join: self }
    }

    /// How many helpers have to be woken to see the offer.
    pub(super) fn asleep(&self) -> usize {
        self.asleep.load(Ordering::SeqCst)
    }

    /// Tells all helpers to end; those asleep have to be woken after it.
    pub(super) fn shut_down(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// The panic of a helper since this was asked last.
    pub(super) fn panic(&self) -> Option<Box<dyn Any + Send>> {
        lock(&self.panic).take()
    }

    /// Runs what is left in a member's own queue, then steals from the others'.
    pub(super) fn run_tasks(&self, member: usize, work: &Work<'_>) {
        let (before, own) = self.queues.split_at(member);
        while let Some(task) = own[0].take_first() {
            work(task);
        }
        for other in own[1..].iter().chain(before) {
            while let Some(task) = other.take_last() {
                work(task);
            }
        }
    }

    /// The loop of a helper thread.
    pub(super) fn help(&self, member: usize) {
        let mut seen = 0;
        while let Some(epoch) = self.wait_for_work(seen) {
            seen = epoch;
            self.join_in(member);
        }
    }

    /// Waits until work is offered in another epoch than `seen`; none when the pool shuts down.
    fn wait_for_work(&self, seen: u64) -> Option<u64> {
        let mut since = None;
        loop {
            for _ in 0..SPINS {
                let state = self.state.0.load(Ordering::Relaxed);
                if State::is_offered(state) && State::epoch(state) != seen {
                    return Some(State::epoch(state));
                }
                spin_loop();
            }
            if self.stopping.load(Ordering::Relaxed) {
                return None;
            }
            if since.get_or_insert_with(Instant::now).elapsed() < SPIN_TIME {
                thread::yield_now();
            } else {
                self.sleep(seen);
                since = None;
            }
        }
    }

    /// Sleeps until work is offered again.
    fn sleep(&self, seen: u64) {
        // Either the leader sees that somebody sleeps after it has offered work, or the new epoch is seen here.
        self.asleep.fetch_add(1, Ordering::SeqCst);
        let state = self.state.0.load(Ordering::SeqCst);
        if !State::is_offered(state) || State::epoch(state) == seen {
            let epoch = || State::epoch(self.state.0.load(Ordering::SeqCst));
            let stopping = || self.stopping.load(Ordering::SeqCst);
            while epoch() == State::epoch(state) && !stopping() {
                thread::park();
            }
        }
        self.asleep.fetch_sub(1, Ordering::SeqCst);
    }

    /// Joins in, helps if work was offered, and leaves.
    #[allow(unsafe_code, reason = "the work is borrowed for an epoch")]
    fn join_in(&self, member: usize) {
        let state = &self.state.0;
        // The work was put down before it was offered.
        if State::is_offered(state.fetch_add(State::ONE_ACTIVE, Ordering::Acquire)) {
            // SAFETY: work was offered when this thread was counted, so the leader had put it down and waits, even if it
            // panics, until this thread is no longer counted before it drops the work or writes here again.
            let work = unsafe { (*self.work.0.get()).map(|work| &*work) };
            let help = || work.map(|work| self.run_tasks(member, work));
            if let Err(panic) = catch_unwind(AssertUnwindSafe(help)) {
                *lock(&self.panic) = Some(panic);
            }
        }
        state.fetch_sub(State::ONE_ACTIVE, Ordering::Release);
    }
}

/// Nothing here is left half done by a panic.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
