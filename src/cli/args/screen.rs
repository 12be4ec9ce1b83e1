//! The flags about the screen, and the [`Theme`] they become.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::env;

use clap::{Args, ValueEnum};

use crate::tui::theme::Theme;

/// How to show things.
#[derive(Args, Debug)]
#[command(next_help_heading = "Screen")]
pub struct ScreenArgs {
    /// Whether to use colour; auto heeds NO_COLOR and TERM
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorArg,
    /// Draw with ASCII characters alone
    #[arg(long)]
    pub ascii: bool,
}

/// Whether to use colour.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorArg {
    /// Where the terminal has it and the user has not said otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ScreenArgs {
    /// How to draw. NO_COLOR (no-color.org) and a terminal without colours are heeded unless the flag says otherwise.
    pub fn theme(&self) -> Theme {
        let color = match self.color {
            ColorArg::Always => true,
            ColorArg::Never => false,
            ColorArg::Auto => {
                let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
                !set("NO_COLOR") && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        Theme {
            color,
            ascii: self.ascii,
        }
    }
}
