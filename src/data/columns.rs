//! Records as columns: what each holds, what it is for, and what it looks like.

pub mod category;
pub mod column;
pub mod datetime;
pub mod kind;
pub mod label;
pub mod number;
pub mod packed;
pub mod profile;
pub mod roles;
