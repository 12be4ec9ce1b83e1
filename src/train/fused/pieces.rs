//! What is changed piece by piece: stretches of equal length that lie one after the other, or several of these side by side.

use std::marker::PhantomData;

/// Pieces that can be had in any order, from any thread.
pub trait Pieces: Sync {
    /// One of them.
    type Piece;

    /// How many there are.
    fn count(&self) -> usize;

    /// One of them.
    ///
    /// # Safety
    /// `index` is below `count`, and nobody asks twice for the same.
    #[allow(
        unsafe_code,
        reason = "borrows are checked for a whole slice, not for its pieces"
    )]
    unsafe fn piece(&self, index: usize) -> Self::Piece;
}

/// Pieces of a slice; the last may be shorter.
pub struct Chunks<'a, T> {
    start: *mut T,
    length: usize,
    size: usize,
    slice: PhantomData<&'a mut [T]>,
}

impl<'a, T> Chunks<'a, T> {
    /// Pieces of `size` items.
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

// SAFETY: it hands pieces of a mutable slice out, each once, and each to one thread.
#[allow(
    unsafe_code,
    reason = "borrows are checked for a whole slice, not for its pieces"
)]
unsafe impl<T: Send> Sync for Chunks<'_, T> {}

impl<'a, T: Send> Pieces for Chunks<'a, T> {
    type Piece = &'a mut [T];

    fn count(&self) -> usize {
        self.length.div_ceil(self.size)
    }

    #[allow(
        unsafe_code,
        reason = "borrows are checked for a whole slice, not for its pieces"
    )]
    unsafe fn piece(&self, index: usize) -> &'a mut [T] {
        let first = index * self.size;
        let length = self.size.min(self.length - first);
        // SAFETY: within the slice, which is borrowed for as long as the piece; no other index reaches there.
        unsafe { std::slice::from_raw_parts_mut(self.start.add(first), length) }
    }
}

impl<A: Pieces, B: Pieces> Pieces for (A, B) {
    type Piece = (A::Piece, B::Piece);

    fn count(&self) -> usize {
        self.0.count().min(self.1.count())
    }

    #[allow(
        unsafe_code,
        reason = "borrows are checked for a whole slice, not for its pieces"
    )]
    unsafe fn piece(&self, index: usize) -> Self::Piece {
        // SAFETY: the caller promises the same of this index.
        unsafe { (self.0.piece(index), self.1.piece(index)) }
    }
}

impl<A: Pieces, const N: usize> Pieces for [A; N] {
    type Piece = [A::Piece; N];

    fn count(&self) -> usize {
        self.iter().map(Pieces::count).min().unwrap_or(0)
    }

    #[allow(
        unsafe_code,
        reason = "borrows are checked for a whole slice, not for its pieces"
    )]
    unsafe fn piece(&self, index: usize) -> Self::Piece {
        // SAFETY: the caller promises the same of this index.
        self.each_ref().map(|part| unsafe { part.piece(index) })
    }
}
