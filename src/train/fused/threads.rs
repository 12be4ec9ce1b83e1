//! Who computes: the instruction set and the threads.

use std::cell::RefCell;
use std::sync::{Arc, Weak};
use std::thread::available_parallelism;

use pulp::{Arch, Simd, WithSimd};

use super::chunks::DisjointChunks;
use super::pool::Pool;
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
        // Asked of constants, so that for each instruction set only its own blocks are compiled.
        if const { S::F32_LANES == 16 } {
            if self.narrow {
                self.job.run::<S, 8, 1>(simd)
            } else {
                self.job.run::<S, 8, 2>(simd)
            }
        } else if const { S::F32_LANES == 8 } {
            self.job.run::<S, 4, 2>(simd)
        } else if const { S::F32_LANES == 4 } {
            self.job.run::<S, 4, 4>(simd)
        } else {
            self.job.run::<S, 4, 16>(simd)
        }
    }
}

/// The threads that share the chunks of a pass, and the instruction set they use.
#[derive(Clone)]
pub struct Threads {
    arch: Arch,
    narrow: bool,
    shape: Shape,
    /// Numbers of a vector.
    lanes: usize,
    /// None with one thread.
    pool: Option<Arc<Pool>>,
}

/// Layers up to this width lose more to the padding of wide panels than wide panels save.
pub const NARROW: usize = 64;

/// Multiply-adds of a pass below which sharing it costs more than it saves: one or two microseconds of one core.
const WORTH_SHARING: usize = 100_000;

impl Threads {
    /// `count` threads, or as many as there are cores where none is named, for a network whose layers are at most `widest`.
    pub fn new(count: Option<usize>, widest: usize) -> Result<Self> {
        Self::with_arch(Arch::new(), count, widest)
    }

    /// The same with a given instruction set.
    pub fn with_arch(arch: Arch, count: Option<usize>, widest: usize) -> Result<Self> {
        let count = count.unwrap_or_else(|| available_parallelism().map_or(1, Into::into));
        let narrow = widest <= NARROW;
        let job = AskShape;
        let (shape, lanes) = arch.dispatch(Dispatched { job, narrow });
        Ok(Self {
            arch,
            narrow,
            shape,
            lanes,
            pool: if count > 1 {
                Some(pool(count - 1)?)
            } else {
                None
            },
        })
    }

    /// The calling thread without the others.
    pub fn alone(&self) -> Self {
        Self {
            pool: None,
            ..self.clone()
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        1 + self.pool.as_ref().map_or(0, |pool| pool.helpers())
    }

    /// The block this machine's kernels use.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Numbers of a vector.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Does one job.
    pub fn run<J: Job>(&self, job: J) -> J::Output {
        let narrow = self.narrow;
        self.arch.dispatch(Dispatched { job, narrow })
    }

    /// Does `job` with every chunk, shared out where the `work` in all of them, in multiply-adds, is worth it.
    #[allow(unsafe_code, reason = "chunks are taken by their number")]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "chunks that are lent could be had twice"
    )]
    pub fn each<P: DisjointChunks>(
        &self,
        work: usize,
        chunks: P,
        job: impl Fn(usize, P::Chunk) + Sync,
    ) {
        let count = chunks.count();
        // SAFETY: either way every number below `count` comes once at most.
        let job = |index| job(index, unsafe { chunks.chunk(index) });
        match &self.pool {
            Some(pool) if count > 1 && work >= WORTH_SHARING => pool.share(count, &job),
            _ => (0..count).for_each(job),
        }
    }
}

thread_local! {
    /// The pool of the engines that this thread runs, of which one computes at a time.
    static POOL: RefCell<Weak<Pool>> = const { RefCell::new(Weak::new()) };
}

/// A pool with so many helpers.
fn pool(helpers: usize) -> Result<Arc<Pool>> {
    POOL.with_borrow_mut(|own| {
        if let Some(pool) = own.upgrade().filter(|pool| pool.helpers() == helpers) {
            return Ok(pool);
        }
        let pool = Pool::new(helpers).map_err(Error::io("start threads"))?;
        let pool = Arc::new(pool);
        *own = Arc::downgrade(&pool);
        Ok(pool)
    })
}

struct AskShape;

impl Job for AskShape {
    type Output = (Shape, usize);

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const VECTORS: usize>(self, _: S) -> (Shape, usize) {
        let width = VECTORS * S::F32_LANES;
        (Shape { rows: ROWS, width }, S::F32_LANES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::fused::chunks::Chunks;

    #[test]
    fn chunks_are_numbered_whether_they_are_shared_or_not() {
        for (count, work) in [(1, WORTH_SHARING), (3, WORTH_SHARING), (3, 0)] {
            let threads = Threads::new(Some(count), 8).unwrap();
            assert_eq!(threads.count(), count);
            let mut squares = vec![0; 100];
            for _ in 0..50 {
                threads.each(work, Chunks::of(&mut squares, 1), |index, square| {
                    square[0] += index * index;
                });
            }
            assert!((0..100).all(|index| squares[index] == 50 * index * index));
        }
    }

    #[test]
    fn a_thread_s_engines_share_its_pool_while_there_are_any() {
        let threads = |count| Threads::new(Some(count), 8).unwrap().pool.unwrap();
        let [one, other, larger] = [3, 3, 4].map(threads);
        assert!(Arc::ptr_eq(&one, &other));
        assert_eq!((one.helpers(), larger.helpers()), (2, 3));
    }
}
