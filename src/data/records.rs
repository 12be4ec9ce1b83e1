//! Text as records: how it is laid out, cut into blocks that are read side by side, and joined again in order.

pub mod block;
pub mod chunk;
pub mod dialect;
pub(super) mod join;
pub mod original;
pub mod words;
