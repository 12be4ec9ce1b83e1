//! Text as records: how a file is laid out, and how it is cut into blocks that are read side by side.

pub mod block;
pub mod chunk;
pub mod dialect;
pub mod layout;
pub mod original;
pub mod ragged;
pub mod reader;
pub mod repeated;
pub mod rows;
pub mod sampler;
pub mod separator;
pub mod shared;
