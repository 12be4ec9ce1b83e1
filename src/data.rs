//! From a file to numbers, floor by floor.
//!
//! ```text
//! bytes     input ─ stream (compression, encoding)         a file or a pipe becomes text; memory says what fits
//! records   dialect ─ block ─ chunk                        text becomes records, block by block and side by side;
//!                                                          original leads back to what the file itself says
//! columns   guess ─ piece ─ raw ─ judge ─ column           cells become numbers, times and categories; roles, ids, label
//! table     table ─▶ encoder ─▶ matrix                     what was read, and the features made of it
//!           series ─▶ windows                              rows that follow each other, taken together
//! ```
//!
//! [`read`] takes a stream through the floors, [`source`] says where it comes from, [`several`] joins files; [`samples`] holds the built-in data,
//! [`options`] what the user said, and [`text`] makes foreign text safe to show. A floor names only itself and those it
//! rests on, which `tests/layering.rs` holds.

pub mod bytes;
pub mod columns;
pub mod encoder;
pub mod matrix;
pub mod median;
pub mod options;
pub mod provenance;
pub mod read;
pub mod records;
pub mod samples;
pub mod series;
pub mod several;
pub mod source;
pub mod table;
pub mod text;
pub mod windows;
