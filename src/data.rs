//! From a file to numbers, floor by floor.
//!
//! ```text
//! bytes     source ─ stream (compression, encoding)           a file, a pipe or a sample becomes text; memory says what fits
//! records   dialect ─ block ─ chunk ─┐ one per block,         text becomes records of words; original leads back to
//!                                    │ side by side           what the file itself says
//! columns   roles, kind              ▼                        words become numbers, times, categories; label and profile
//! table     matrix ◀── encoder ◀── table ◀── join             what was read, and the features made of it
//! ```
//!
//! [`read`] takes a stream through all of them; [`samples`] holds the built-in data, [`text`] makes foreign text safe to show.

pub mod bytes;
pub mod columns;
pub mod encoder;
pub mod matrix;
pub mod options;
pub mod read;
pub mod records;
pub mod samples;
pub mod table;
pub mod text;
