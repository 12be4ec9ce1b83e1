//! Where text comes from: a file or a pipe, unpacked and decoded.

pub mod boxes;
pub mod compression;
pub mod encoding;
pub mod foreign;
pub mod formats;
pub mod growing;
pub mod input;
pub mod memory;
pub mod pipe;
pub mod stream;
