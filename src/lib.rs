//! misfit finds the rows of a table that don't fit: it trains an autoencoder on a CSV in a worker thread, shows it learning,
//! and ranks rows by how badly the network rebuilds them. This page is the map of the house.
//!
//! ```text
//! file ─ data ─▶ Table ─ Encoder ─▶ Matrix ─ Trainer ─▶ Report ─▶ App ─▶ draw(&App)
//!                                      ▲                               │
//!                                      └───────── Command ◀── Action ◀─┘ keys, mouse
//! ```
//!
//! One direction. The worker's thread reads, trains and ranks, and tells what it did ([`message::Report`]); the screen's shows
//! it, and asks for something else ([`message::Command`]). Beside the worker a thread of its own browses the table, so that
//! looking at it waits for no batch. Only plain data crosses.
//!
//! | module | what it owns |
//! |---|---|
//! | [`cli`] | the command line: a file for each subcommand; clap stops there |
//! | [`plan`] | one run before it begins: data, network, recipe |
//! | [`data`] | from bytes over records and columns to a table and its features |
//! | [`model`] | the network on paper ([`model::spec`]), what it costs ([`model::ledger`]), its first weights |
//! | [`train`] | how a network learns: recipe, trainer, and the engines that run it |
//! | [`score`] | from reconstruction errors to ranked rows, and scores without a network to hold against them |
//! | [`store`] | what lies on the disk: trained models, runs that can go on, networks of and for other programs |
//! | [`stream`] | every row of a file scored on its way through, where the table is too large for memory |
//! | [`fetch`] | rows of such a file that are not here, read from it when they are asked for
//! | `engine` | the same by another program's engine, on this machine or on many; with the features `datafusion` and `ballista` |
//! | [`compare`] | the experiment: bias everywhere, none, output only, tied |
//! | [`browse`] | the table: rows arranged, filtered, found and read in their own thread |
//! | [`export`] | rows taken along: to a file, to the clipboard |
//! | [`report`] | one page of HTML about a run |
//! | [`worker`] | the thread around a trainer |
//! | [`message`] | what crosses between the threads |
//! | [`app`] | the state of the screen: the session, the pages, what keys do; no terminal, no thread, no clock |
//! | [`tui`] | the drawing, the table of keys, the mouse, the terminal |
//! | [`run`] | the only loop: app, worker, clock and terminal |
//!
//! `tests/layering.rs` holds who may name whom.
//!
//! # To add …
//!
//! - **a page**: its state, actions and hints in `app/pages/NAME.rs`; its drawing in `tui/pages/NAME.rs` and an arm in
//!   `tui/pages.rs`; a line in the `pages!` of `app/pages.rs`; its rows in `tui/keymap/bindings.rs`; a snapshot at four sizes
//!   in `tests/screens.rs`. The layer's page is the shortest example.
//! - **a key**: an [`app::action::Action`], what it does on its page or in [`app::App::update`], its row in
//!   `tui/keymap/bindings.rs` (help and README follow from it), and its name in [`app::typed::ACTIONS`].
//! - **a column kind**: [`data::columns::kind::Kind`]; how it is recognised and read, in `data/columns/`; the features it gives, in
//!   `data/encoder/`.
//! - **a subcommand**: `cli/NAME.rs` with its arguments and its `run`, and a variant in `cli.rs`.
//! - **an activation**: [`model::spec::Activation`], `train/fused/activation.rs` with its slope, and `model/network.rs` for Burn, which
//!   `tests/agreement.rs` holds the other against.
//! - **a device**: [`train::device::Device`], its handle in `train/burn_engine.rs`, its cargo feature, and its row in the README.
//! - **a score**: its file in `score/`, a variant of [`score::ranking::By`] or of [`score::reference::Reference`], and where the
//!   trainer makes the ranking, `train/trainer/ranking.rs`.
//! - **a rule for flagging**: its file in `score/flag/`, a variant of [`score::flag::FlagRule`] with how it is written, and its line
//!   in [`score::flag::Flag`].

pub mod app;
pub mod browse;
pub mod cli;
pub mod compare;
pub mod data;
#[cfg(feature = "datafusion")]
pub mod engine;
pub mod error;
pub mod export;
pub mod fetch;
pub mod format;
pub mod message;
pub mod model;
mod panics;
pub mod plan;
pub mod report;
pub mod run;
pub mod score;
pub mod signals;
pub mod store;
pub mod stream;
pub mod train;
pub mod tui;
pub mod worker;
