//! What the network is: its plan ([`spec`]), its cost ([`ledger`]), its numbers ([`weights`], [`init`], [`start`]) and the Burn
//! module that runs it ([`network`]).

pub mod init;
pub mod ledger;
pub mod network;
pub mod spec;
pub mod start;
pub mod weights;
