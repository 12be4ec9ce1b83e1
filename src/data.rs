//! From a file to numbers: [`source`] opens it, [`read`] makes a [`table`] out of its [`mod@column`]s and its [`label`], [`encoder`] makes a [`matrix`] and leads
//! back to original units. [`sample`] holds the built-in data, [`text`] makes foreign text safe to show.

pub mod column;
pub mod encoder;
pub mod label;
pub mod matrix;
pub mod read;
pub mod sample;
pub mod source;
pub mod table;
pub mod text;
