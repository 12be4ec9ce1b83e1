//! The flags about the screen: how it is drawn, how fast a run passes over it, and whether it heeds the mouse.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::env;
use std::ffi::OsString;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, ValueEnum};

use crate::app::pace::PaceSetting;
use crate::app::typed::parse_pace;
use crate::cli::args::taking::FormulaArgs;
use crate::cli::{again, locale};
use crate::error::{Error, Result};
use crate::run::Look;
use crate::tui::theme::Theme;

/// How to show things.
#[derive(Args, Debug)]
#[command(next_help_heading = "Screen")]
pub struct ScreenArgs {
    /// Whether to use colour; auto heeds NO_COLOR and TERM
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorArg,
    /// Whether to draw with ASCII characters alone; --ascii without a value means always
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "always"
    )]
    pub ascii: AsciiArg,
    /// How fast a short run is shown: watch (about eight seconds), full, or so many seconds
    #[arg(long, value_name = "PACE", default_value = "watch", value_parser = parse_pace)]
    pub pace: PaceSetting,
    /// Whether the mouse can be used; off leaves it to the terminal, for selecting text
    #[arg(
        long,
        value_name = "WHETHER",
        default_value = "on",
        action = ArgAction::Set,
        value_parser = PossibleValuesParser::new(["on", "off"]).map(|word| word == "on")
    )]
    pub mouse: bool,
    #[command(flatten)]
    pub formulas: FormulaArgs,
}

/// Whether to use colour.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorArg {
    /// Where the terminal has colours and NO_COLOR is not set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Whether to draw with ASCII characters alone.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsciiArg {
    /// Where LC_ALL, LC_CTYPE or LANG (the first that is set) does not name UTF-8; where none is set, UTF-8 is assumed
    Auto,
    /// Always
    #[value(alias = "yes")]
    Always,
    /// Never
    #[value(alias = "no")]
    Never,
}

impl ScreenArgs {
    /// As it is where no flag says otherwise.
    pub fn usual() -> Result<Self> {
        #[derive(Parser)]
        struct Alone {
            #[command(flatten)]
            screen: ScreenArgs,
        }
        let parsed = Alone::try_parse_from(["misfit"]);
        let parsed = parsed.map_err(|error| Error::Usage(error.to_string()))?;
        Ok(parsed.screen)
    }

    /// How the screen is to be.
    pub fn look(&self) -> Look {
        Look {
            theme: self.theme(),
            pace: self.pace,
            mouse: self.mouse,
            formulas: self.formulas.formulas,
            again: again::without_screen(env::args_os().skip(1)),
        }
    }

    /// The same for a run of another day, which was begun with these words.
    pub fn look_again(&self, command: &[String]) -> Look {
        let words = match command {
            [first, rest @ ..] if first == "train" => rest,
            words => words,
        };
        Look {
            again: again::without_screen(words.iter().map(OsString::from)),
            ..self.look()
        }
    }

    /// How to draw.
    pub fn theme(&self) -> Theme {
        let color = match self.color {
            ColorArg::Always => true,
            ColorArg::Never => false,
            ColorArg::Auto => {
                let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
                // https://no-color.org
                !set("NO_COLOR") && env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        let ascii = match self.ascii {
            AsciiArg::Always => true,
            AsciiArg::Never => false,
            AsciiArg::Auto => locale::is_ascii_only(|name| env::var_os(name)),
        };
        Theme { color, ascii }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Parser)]
    struct Cli {
        file: Option<String>,
        #[command(flatten)]
        screen: ScreenArgs,
    }

    fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from([&["misfit"], words].concat())
    }

    #[test]
    fn a_pace_is_a_word_or_a_number_of_seconds() {
        let pace = |text: &str| Some(parse(&["--pace", text]).ok()?.screen.pace);
        assert_eq!(
            parse(&[]).ok().map(|cli| cli.screen.pace),
            Some(PaceSetting::Watch)
        );
        assert_eq!(pace("watch"), Some(PaceSetting::Watch));
        assert_eq!(pace("full"), Some(PaceSetting::Full));
        assert_eq!(pace("2.5"), Some(PaceSetting::Seconds(2.5)));
        for nonsense in ["0", "-1", "nan", "inf", "fast", "", "8m"] {
            assert_eq!(pace(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn the_mouse_is_on_or_off() {
        let mouse = |words: &[&str]| Some(parse(words).ok()?.screen.mouse);
        assert_eq!(mouse(&[]), Some(true));
        assert_eq!(mouse(&["--mouse", "off"]), Some(false));
        assert_eq!(mouse(&["--mouse=on"]), Some(true));
        assert_eq!(mouse(&["--mouse", "maybe"]), None);
    }

    #[test]
    fn ascii_alone_says_always_and_never_takes_the_file() {
        let ascii = |words: &[&str]| {
            let cli = parse(words).ok()?;
            Some((cli.screen.ascii, cli.file.is_some()))
        };
        assert_eq!(ascii(&[]), Some((AsciiArg::Auto, false)));
        assert_eq!(ascii(&["--ascii", "x.csv"]), Some((AsciiArg::Always, true)));
        assert_eq!(
            ascii(&["--ascii=no", "x.csv"]),
            Some((AsciiArg::Never, true))
        );
    }
}
