//! Who computes: the instruction set and the threads.

use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, available_parallelism};

use pulp::{Arch, Simd, WithSimd};
use rayon::iter::plumbing::{Producer, ProducerCallback};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder, Yield, current_thread_index, join, yield_now};

use crate::error::{Error, Result};

/// The block that a kernel keeps in registers, as this machine's instruction set wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Rows of a block.
    pub rows: usize,
    /// Columns of a panel.
    pub width: usize,
}

/// Work for the vector unit: `run` is compiled for every instruction set and called for the best that is there.
pub trait Job {
    /// What it comes to.
    type Output;

    /// Does it with blocks of `ROWS` rows and `VECTORS` vectors to a panel's row.
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, simd: S) -> Self::Output;
}

struct Dispatched<J> {
    job: J,
    narrow: bool,
}

impl<J: Job> WithSimd for Dispatched<J> {
    type Output = J::Output;

    /// Eight accumulators or more hide the latency of the multiply-adds (4 cycles, two at a time) and leave registers for
    /// the operands. A panel is a cache line wide at least; two of them save reads of A, where the padding costs less.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> J::Output {
        match (S::F32_LANES, self.narrow) {
            (16, false) => self.job.run::<S, 8, 2>(simd),
            (16, true) => self.job.run::<S, 8, 1>(simd),
            (8, _) => self.job.run::<S, 4, 2>(simd),
            (4, _) => self.job.run::<S, 4, 4>(simd),
            _ => self.job.run::<S, 4, 16>(simd),
        }
    }
}

/// The threads that share the panels of one step, and the instruction set they use.
#[derive(Clone)]
pub struct Threads {
    arch: Arch,
    narrow: bool,
    shape: Shape,
    /// None with one thread.
    pool: Option<Arc<ThreadPool>>,
    count: usize,
    /// Multiply-adds from which a pass is shared out now; none is but within [`Threads::install`].
    worth: usize,
}

/// Layers up to this width lose more to the padding of wide panels than wide panels save.
const NARROW: usize = 64;

/// Multiply-adds below which handing work to a thread that may be asleep costs more than doing it: about 20 µs of one core.
const WORTH_SHARING: usize = 400_000;

/// The same where the other threads stand by.
const WORTH_SHARING_AWAKE: usize = 100_000;

/// Multiply-adds of a pass forward from which on the other threads stand by all the step: a millisecond and more, where the 20
/// to 30 µs that it costs are less than what it saves (7 % lost at a tenth of it, 5 % gained at double).
const WORTH_STANDING_BY: usize = 50_000_000;

impl Threads {
    /// `count` threads, or as many as there are cores where none is named, for a network whose layers are at most `widest`.
    pub fn new(count: Option<usize>, widest: usize) -> Result<Self> {
        Self::with_arch(Arch::new(), count, widest)
    }

    /// The same with a given instruction set.
    pub fn with_arch(arch: Arch, count: Option<usize>, widest: usize) -> Result<Self> {
        let count = count.unwrap_or_else(|| available_parallelism().map_or(1, Into::into));
        let pool = if count > 1 { Some(pool(count)?) } else { None };
        let narrow = widest <= NARROW;
        Ok(Self {
            arch,
            narrow,
            shape: arch.dispatch(Dispatched {
                job: AskShape,
                narrow,
            }),
            pool,
            count,
            worth: usize::MAX,
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The block this machine's kernels use.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Runs `step` among the threads if its `work`, in multiply-adds of a pass forward, is worth it. It is given the threads as
    /// they are meanwhile: those that stand by share smaller passes as well.
    pub fn install<R: Send>(&self, work: usize, step: impl FnOnce(&Self) -> R + Send) -> R {
        let sharing = |worth| Self {
            worth,
            ..self.clone()
        };
        match &self.pool {
            Some(pool) if work >= WORTH_STANDING_BY => {
                let threads = sharing(WORTH_SHARING_AWAKE);
                pool.install(|| attended(self.count, || step(&threads)))
            }
            Some(pool) if work >= WORTH_SHARING => {
                let threads = sharing(WORTH_SHARING);
                pool.install(|| step(&threads))
            }
            _ => step(self),
        }
    }

    /// Does one job.
    pub fn run<J: Job>(&self, job: J) -> J::Output {
        let narrow = self.narrow;
        self.arch.dispatch(Dispatched { job, narrow })
    }

    /// Does `job` with every piece, shared out where the `work` in all of them is worth it.
    pub fn each<I: IndexedParallelIterator>(
        &self,
        work: usize,
        pieces: I,
        job: impl Fn(usize, I::Item) + Sync + Send,
    ) {
        if work >= self.worth {
            // A thread that is done early may take over any of the pieces another has not begun, if they are handed over
            // one by one: cores are never equally fast for long (9 % in a busy hour, 2 % in a quiet one).
            let together = (pieces.len() * self.worth / work).max(1);
            pieces
                .with_max_len(together)
                .enumerate()
                .for_each(|(index, piece)| job(index, piece));
        } else {
            pieces.with_producer(InOrder(job));
        }
    }
}

thread_local! {
    /// The pool that this thread is the first of. It stays so for its whole life, hence one pool for all its engines.
    static OWN: OnceCell<Arc<ThreadPool>> = const { OnceCell::new() };
}

/// So many threads, the calling one among them where it is not in another pool already: it does its part of a step instead
/// of waking the others and being woken by them each time (5 % of a step at batch 32). From a thread that is not in it a
/// pool serves as well, with one thread less.
fn pool(count: usize) -> Result<Arc<ThreadPool>> {
    let has_count = |pool: &&Arc<ThreadPool>| pool.current_num_threads() == count;
    OWN.with(|own| {
        if let Some(pool) = own.get().filter(has_count) {
            return Ok(Arc::clone(pool));
        }
        let mut builder = ThreadPoolBuilder::new()
            .num_threads(count)
            .thread_name(|index| format!("fused-{index}"));
        let joins = current_thread_index().is_none();
        if joins {
            builder = builder.use_current_thread();
        }
        let pool = builder.build().map(Arc::new);
        let pool = pool.map_err(|error| Error::Training(error.to_string()))?;
        if joins {
            own.get_or_init(|| Arc::clone(&pool));
        }
        Ok(pool)
    })
}

/// Does a job with every piece, one after the other.
struct InOrder<F>(F);

impl<T, F: Fn(usize, T)> ProducerCallback<T> for InOrder<F> {
    type Output = ();

    fn callback<P: Producer<Item = T>>(self, pieces: P) {
        pieces
            .into_iter()
            .enumerate()
            .for_each(|(index, piece)| self.0(index, piece));
    }
}

/// Does `step` while the pool's other threads stand by.
///
/// Between two passes that are shared a thread of the pool would fall asleep, and to wake it takes the system longer than
/// the layers of a few units take that come between.
fn attended<R: Send>(count: usize, step: impl FnOnce() -> R + Send) -> R {
    let (done, home) = (AtomicBool::new(false), current_thread_index());
    let step = || {
        let _done = Done(&done);
        step()
    };
    join(step, || stand_by(count - 1, home, &done)).0
}

/// Keeps `count` threads looking for work until the step is done.
fn stand_by(count: usize, home: Option<usize>, done: &AtomicBool) {
    let look = || {
        // The step's own thread comes by here while it waits for a piece that another has taken.
        while current_thread_index() != home && !done.load(Ordering::Acquire) {
            if yield_now() != Some(Yield::Executed) {
                thread::yield_now();
            }
        }
    };
    if count > 1 {
        join(look, || stand_by(count - 1, home, done));
    } else {
        look();
    }
}

/// Says that a step is done, even where it panics.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

struct AskShape;

impl Job for AskShape {
    type Output = Shape;

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) -> Shape {
        Shape {
            rows: ROWS,
            width: VECTORS * S::F32_LANES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    /// Squares by steps that are shared out.
    fn squares(threads: &Threads) -> Vec<usize> {
        let mut squares = vec![0; 100];
        for _ in 0..50 {
            threads.install(WORTH_STANDING_BY, |threads| {
                threads.each(WORTH_SHARING, squares.par_iter_mut(), |index, square| {
                    *square += index * index;
                });
            });
        }
        squares
    }

    #[test]
    fn threads_that_stand_by_take_part_and_leave() {
        for count in [2, 3, 5] {
            let threads = Threads::new(Some(count), 8).unwrap();
            let squares = squares(&threads);
            assert!((0..100).all(|index| squares[index] == 50 * index * index));
            let lost = catch_unwind(AssertUnwindSafe(|| {
                threads.install(WORTH_STANDING_BY, |_| panic!("a step that fails"));
            }));
            assert!(lost.is_err());
        }
    }

    #[test]
    fn a_thread_s_engines_share_its_pool_which_outlives_it() {
        let threads = thread::spawn(|| {
            let [one, other] = [(); 2].map(|()| Threads::new(Some(3), 8).unwrap());
            let [a, b] = [&one, &other].map(|threads| threads.pool.as_ref().unwrap());
            assert!(Arc::ptr_eq(a, b) && a.current_thread_index() == Some(0));
            assert_eq!(squares(&other)[99], 50 * 99 * 99);
            one
        });
        let threads = threads.join().unwrap();
        assert_eq!(squares(&threads)[99], 50 * 99 * 99);
    }
}
