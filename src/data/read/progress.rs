//! How far the reading has come, reported while it goes on.

use std::ops::ControlFlow;

/// How far the reading has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Rows so far.
    pub rows: usize,
    /// Bytes so far.
    pub bytes: u64,
    /// Bytes of the whole file, where known.
    pub total: Option<u64>,
    /// Bytes of memory that the whole table will take, estimated from the part read so far.
    pub need: Option<u64>,
}

impl Progress {
    /// Whether a pipe is open and nothing has come out of it.
    pub fn is_waiting(&self) -> bool {
        self.bytes == 0 && self.total.is_none()
    }
}

/// Called with the [`Progress`] every so often; may stop the reading.
pub type Advance<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;
