//! Asking for weights before they are needed. They are more than the caches hold, and the machine sees by itself only what
//! comes next in memory, not the next tile; asked for while the tile before is computed with, they are there in time.

use super::panels::LINE;

/// What stays in the second-level cache anyway, in floats (256 kB).
const KEPT: usize = 1 << 16;

/// Whether weights have to be asked for that are read again and again.
pub fn leaves_the_cache(floats: usize) -> bool {
    floats > KEPT
}

/// A cache line.
pub type Line = [f32; LINE];

/// Pieces that can wait at the same time: as many tiles as a product takes at once, or a tile and its moments.
const PIECES: usize = 8;

/// Where weights are that are read again and again.
pub trait Residence {
    /// At most eight pieces of them, none longer than the first, that are to be asked for in `times` times.
    fn soon<'a>(pieces: impl Iterator<Item = &'a [f32]>, times: usize) -> impl Soon<'a>;
}

/// What is needed soon.
pub trait Soon<'a> {
    /// The next few lines: many at once would have to wait for each other, and the arithmetic for them.
    fn due(&mut self) -> &'a [Line];
}

/// In the cache: nothing has to be asked for.
pub struct Cache;

impl Residence for Cache {
    #[inline(always)]
    fn soon<'a>(_: impl Iterator<Item = &'a [f32]>, _: usize) -> impl Soon<'a> {
        Self
    }
}

impl<'a> Soon<'a> for Cache {
    #[inline(always)]
    fn due(&mut self) -> &'a [Line] {
        &[]
    }
}

/// In memory.
pub struct Memory;

impl Residence for Memory {
    #[inline(always)]
    fn soon<'a>(pieces: impl Iterator<Item = &'a [f32]>, times: usize) -> impl Soon<'a> {
        let mut waiting: [&[Line]; PIECES] = [&[]; PIECES];
        let mut count = 0;
        for (slot, piece) in waiting.iter_mut().zip(pieces) {
            *slot = piece.as_chunks().0;
            count += 1;
        }
        let times = (times / count.max(1)).max(1);
        Queue {
            pace: waiting[0].len().div_ceil(times),
            pieces: waiting,
            first: 0,
        }
    }
}

/// Pieces that wait to be asked for.
struct Queue<'a> {
    pieces: [&'a [Line]; PIECES],
    first: usize,
    /// Lines at a time.
    pace: usize,
}

impl<'a> Soon<'a> for Queue<'a> {
    #[inline(always)]
    fn due(&mut self) -> &'a [Line] {
        let Some(piece) = self.pieces.get_mut(self.first) else {
            return &[];
        };
        let (due, later) = piece.split_at(self.pace.min(piece.len()));
        *piece = later;
        self.first += usize::from(later.is_empty());
        due
    }
}

/// Begins to bring a line into the second-level cache, where a machine can be asked to.
#[inline(always)]
#[allow(unsafe_code, reason = "there is no safe way to ask")]
pub fn ask_for(line: &Line) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a hint. Nothing is read or written, whatever the address; this one is a reference's.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = line;
}
