//! Disjoint parts of slices that threads may change side by side: chunks of equal length that lie one after the other, or
//! several slices' chunks together.

use std::marker::PhantomData;

/// Chunks that can be had in any order, from any thread.
pub trait DisjointChunks: Sync {
    /// One of them.
    type Chunk;

    /// How many there are.
    fn count(&self) -> usize;

    /// One of them.
    ///
    /// # Safety
    /// `index` is below `count`, and nobody asks twice for the same.
    #[allow(
        unsafe_code,
        reason = "borrows are checked for a whole slice, not for its chunks"
    )]
    unsafe fn chunk(&self, index: usize) -> Self::Chunk;
}

/// Chunks of a slice; the last may be shorter.
pub struct Chunks<'a, T> {
    start: *mut T,
    length: usize,
    size: usize,
    slice: PhantomData<&'a mut [T]>,
}

impl<'a, T> Chunks<'a, T> {
    /// Chunks of `size` items.
    pub fn of(slice: &'a mut [T], size: usize) -> Self {
        assert!(size > 0);
        Self {
            start: slice.as_mut_ptr(),
            length: slice.len(),
            size,
            slice: PhantomData,
        }
    }
}

// SAFETY: it hands chunks of a mutable slice out, each once, and each to one thread.
#[allow(
    unsafe_code,
    reason = "borrows are checked for a whole slice, not for its chunks"
)]
unsafe impl<T: Send> Sync for Chunks<'_, T> {}

impl<'a, T: Send> DisjointChunks for Chunks<'a, T> {
    type Chunk = &'a mut [T];

    fn count(&self) -> usize {
        self.length.div_ceil(self.size)
    }

    #[allow(
        unsafe_code,
        reason = "borrows are checked for a whole slice, not for its chunks"
    )]
    unsafe fn chunk(&self, index: usize) -> &'a mut [T] {
        let first = index * self.size;
        let length = self.size.min(self.length - first);
        // SAFETY: within the slice, which is borrowed for as long as the chunk; no other index reaches there.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(first), length) }
    }
}

impl<A: DisjointChunks, B: DisjointChunks> DisjointChunks for (A, B) {
    type Chunk = (A::Chunk, B::Chunk);

    fn count(&self) -> usize {
        self.0.count().min(self.1.count())
    }

    #[allow(
        unsafe_code,
        reason = "borrows are checked for a whole slice, not for its chunks"
    )]
    unsafe fn chunk(&self, index: usize) -> Self::Chunk {
        // SAFETY: the caller promises the same of this index.
        unsafe { (self.0.chunk(index), self.1.chunk(index)) }
    }
}

impl<A: DisjointChunks, const N: usize> DisjointChunks for [A; N] {
    type Chunk = [A::Chunk; N];

    fn count(&self) -> usize {
        self.iter().map(DisjointChunks::count).min().unwrap_or(0)
    }

    #[allow(
        unsafe_code,
        reason = "borrows are checked for a whole slice, not for its chunks"
    )]
    unsafe fn chunk(&self, index: usize) -> Self::Chunk {
        // SAFETY: the caller promises the same of this index.
        self.each_ref().map(|part| unsafe { part.chunk(index) })
    }
}
