//! Where text comes from: a file, a pipe or a built-in sample, unpacked and decoded.

pub mod compression;
pub mod encoding;
pub mod memory;
pub mod source;
pub mod stream;
