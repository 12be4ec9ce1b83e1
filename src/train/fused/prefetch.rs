//! Software prefetching of weights that are more than the caches hold. The hardware prefetcher foresees only what
//! comes next in memory, not the next tile; requested during the work on the tile before, they arrive in time.

use super::panels::LINE;

/// What stays in the second-level cache anyway, in floats (256 kB).
const KEPT: usize = 1 << 16;

/// Whether weights that are read again and again have to be prefetched.
pub fn leaves_the_cache(floats: usize) -> bool {
    floats > KEPT
}

/// A cache line.
pub type Line = [f32; LINE];

/// Slices that can be queued at once: as many tiles as a product takes at once, or a tile and its moments.
const SLICES: usize = 8;

/// Where weights lie that are read again and again.
pub trait Residence {
    /// At most eight slices of them, none longer than the first, to be requested over `times` calls of `due`.
    fn prefetch<'a>(slices: impl Iterator<Item = &'a [f32]>, times: usize) -> impl Prefetch<'a>;
}

/// What is needed soon, requested a few lines at a time.
pub trait Prefetch<'a> {
    /// The next few lines: many at once would have to wait for each other, and the arithmetic for them.
    fn due(&mut self) -> &'a [Line];
}

/// In the cache: nothing has to be prefetched.
pub struct Cache;

impl Residence for Cache {
    #[inline(always)]
    fn prefetch<'a>(_: impl Iterator<Item = &'a [f32]>, _: usize) -> impl Prefetch<'a> {
        Self
    }
}

impl<'a> Prefetch<'a> for Cache {
    #[inline(always)]
    fn due(&mut self) -> &'a [Line] {
        &[]
    }
}

/// In memory.
pub struct Memory;

impl Residence for Memory {
    #[inline(always)]
    fn prefetch<'a>(slices: impl Iterator<Item = &'a [f32]>, times: usize) -> impl Prefetch<'a> {
        let mut waiting: [&[Line]; SLICES] = [&[]; SLICES];
        let mut count = 0;
        for (slot, slice) in waiting.iter_mut().zip(slices) {
            *slot = slice.as_chunks().0;
            count += 1;
        }
        let times = (times / count.max(1)).max(1);
        PrefetchQueue {
            pace: waiting[0].len().div_ceil(times),
            slices: waiting,
            first: 0,
        }
    }
}

/// Slices that wait to be prefetched.
struct PrefetchQueue<'a> {
    slices: [&'a [Line]; SLICES],
    first: usize,
    /// Lines at a time.
    pace: usize,
}

impl<'a> Prefetch<'a> for PrefetchQueue<'a> {
    #[inline(always)]
    fn due(&mut self) -> &'a [Line] {
        let Some(slice) = self.slices.get_mut(self.first) else {
            return &[];
        };
        let (due, later) = slice.split_at(self.pace.min(slice.len()));
        *slice = later;
        self.first += usize::from(later.is_empty());
        due
    }
}

/// Begins to bring a line into the second-level cache, where a machine can be asked to.
#[inline(always)]
#[allow(unsafe_code, reason = "there is no safe way to ask")]
pub fn prefetch_line(line: &Line) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a hint. Nothing is read or written, whatever the address; this one is a reference's.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = line;
}
