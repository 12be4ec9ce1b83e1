//! Text as records: how it is laid out, cut into blocks that are read side by side, and joined again in order.

pub mod block;
pub mod chunk;
pub mod dialect;
pub mod layout;
pub mod original;
pub mod ragged;
pub mod reader;
pub mod rows;
pub mod sampler;
