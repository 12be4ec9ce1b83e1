//! Asking for weights before they are needed. They are more than the caches hold, and the machine sees by itself only what
//! comes next in memory, not the next tile; asked for while the tile before is computed with, they are there in time.

use super::panels::LINE;

/// What stays in the second-level cache anyway, in floats (256 kB).
const KEPT: usize = 1 << 16;

/// How much is asked for at a time.
#[derive(Debug, Clone, Copy)]
pub struct Pace(usize);

impl Pace {
    /// For `length` floats in `times` times, out of `all` that are read again and again.
    pub fn new(length: usize, times: usize, all: usize) -> Self {
        let needed = all > KEPT;
        let lines = (length / LINE).div_ceil(times.max(1));
        Self(if needed { lines * LINE } else { 0 })
    }

    /// Begins to bring what is due this time of `values` into the second-level cache, where a machine can be asked to.
    #[inline(always)]
    pub fn ask(self, values: &[f32], time: usize) {
        if self.0 > 0
            && let Some(due) = values.chunks(self.0).nth(time)
        {
            due.chunks(LINE).for_each(ask_for_line);
        }
    }
}

#[inline(always)]
#[allow(unsafe_code, reason = "there is no safe way to ask")]
fn ask_for_line(line: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a hint. Nothing is read or written, whatever the address; this one is a slice's.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(line.as_ptr().cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = line;
}
