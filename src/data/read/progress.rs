//! What is told of a reading while it goes on: the first rows, and how far it has come.

use std::ops::ControlFlow;

use crate::data::read::first::FirstRows;

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

/// What is told of a reading.
#[derive(Clone, Copy)]
pub enum News<'a> {
    /// How the first rows look can be asked for now, before any block is read; none as long as not one row has come. Told
    /// again where more of them have come, or where they are read in another way than at first.
    First(&'a dyn Fn() -> Option<FirstRows>),
    /// How far it has come.
    Progress(Progress),
}

/// Called with [`News`] every so often; may stop the reading.
pub type Advance<'a> = dyn FnMut(News<'_>) -> ControlFlow<()> + 'a;
