//! From a file to numbers.
//!
//! ```text
//! source ─ stream (compression, encoding) ─ dialect ─ block ─ chunk ─┐ one per block, side by side
//!                                            roles, kind             ▼
//!          matrix ◀── encoder ◀── table ◀── join ◀── column (profile, category, label)
//! ```
//!
//! [`sample`] holds the built-in data, [`text`] makes foreign text safe to show, [`original`] leads back to the file's own words.

pub mod block;
pub mod category;
pub mod chunk;
pub mod column;
pub mod compression;
pub mod datetime;
pub mod dialect;
pub mod encoder;
pub mod encoding;
mod join;
pub mod kind;
pub mod label;
pub mod matrix;
pub mod memory;
pub mod number;
pub mod options;
pub mod original;
pub mod packed;
pub mod profile;
pub mod read;
pub mod roles;
pub mod sample;
pub mod source;
pub mod stream;
pub mod table;
pub mod text;
pub mod words;
