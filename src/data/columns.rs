//! Records as columns: what each holds, what it is for, and what it looks like.

pub mod category;
pub mod clock;
pub mod codes;
pub mod column;
pub mod datetime;
pub mod epoch;
pub mod gaps;
pub mod guess;
pub mod ids;
pub mod judge;
pub mod kind;
pub mod known;
pub mod label;
pub mod missing;
pub mod number;
pub mod packed;
pub mod piece;
pub mod profile;
pub mod raw;
pub mod roles;
pub mod spread;
pub mod unit;
pub mod words;
