//! The flags about scoring, and what they change in a [`Recipe`].

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use clap::{Args, ValueEnum};

use crate::cli::args::usage;
use crate::error::Result;
use crate::score::error::ErrorMeasure;
use crate::score::flag::FlagRule;
use crate::score::ranking::By;
use crate::train::recipe::{Preset, Recipe};

/// How to score.
#[derive(Args, Debug)]
#[command(next_help_heading = "Scoring")]
pub struct ScoringArgs {
    /// Which score ranks the rows
    #[arg(long, value_name = "SCORE", default_value = "network")]
    score: ScoreArg,
    /// How the errors of the columns are weighted; robust by default, mse for the preset classic
    #[arg(long, value_name = "HOW")]
    error: Option<ErrorArg>,
    /// Which rows are flagged: auto (those above a clear gap in the scores, or else a number of rows to look at), gap,
    /// mixture, iqr or iqr:K (upper quartile + K ranges), mad or mad:K (median + K robust deviations), top:N, top:P%,
    /// score:X, clean or clean:P%. Rows of equal score are flagged together or not at all
    #[arg(long, value_name = "RULE", default_value = "auto")]
    flag: FlagRule,
    /// All rows are ordinary, to find what is new in others: none is flagged, and `misfit score` flags what scores more than all of
    /// them. With =99% it flags what scores more than 99 % of rows that are kept back from training, a fifth unless --valid says
    /// otherwise, so that one ordinary row in a hundred is flagged by mistake. The same as --flag clean and --flag clean:99%
    #[arg(
        long,
        value_name = "P%",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "highest",
        value_parser = clean,
        conflicts_with = "flag"
    )]
    clean: Option<FlagRule>,
    /// Number of seeds to train from, consecutive from --seed on; the scores of their networks are averaged
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum ScoreArg {
    /// How badly the network reconstructs a row
    Network,
    /// How far a row is from the nearest of a few random rows; no network is involved
    Lesinn,
    /// The mean of both
    Both,
    /// The mean of the automatic network and a second, wide one, that of the preset local
    #[value(name = "network+local")]
    NetworkLocal,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum ErrorArg {
    /// All alike: the plain mean squared error
    Mse,
    /// Each relative to what is usual for that column
    Robust,
}

/// The value of `--clean`.
fn clean(text: &str) -> std::result::Result<FlagRule, String> {
    match text {
        "highest" => Ok(FlagRule::Clean(None)),
        share => format!("clean:{share}").parse(),
    }
}

impl ScoringArgs {
    /// Puts into the recipe what the flags say.
    pub(super) fn settle(&self, recipe: &mut Recipe) {
        recipe.by = match self.score {
            ScoreArg::Network | ScoreArg::NetworkLocal => By::Network,
            ScoreArg::Lesinn => By::Lesinn,
            ScoreArg::Both => By::Both,
        };
        recipe.measure = match self.error {
            Some(ErrorArg::Mse) => ErrorMeasure::Mse,
            Some(ErrorArg::Robust) => ErrorMeasure::Robust,
            None => recipe.measure,
        };
        recipe.flag = self.clean.unwrap_or(self.flag);
        recipe.networks = self.seeds;
        recipe.also = (self.score == ScoreArg::NetworkLocal).then_some(Preset::Local);
    }

    /// The second network is that of a preset, and so is the first.
    pub(super) fn check(&self, preset: Preset, layers: Option<&[usize]>) -> Result<()> {
        if self.score != ScoreArg::NetworkLocal {
            return Ok(());
        }
        if preset != Preset::Auto {
            return Err(usage(
                "--score network+local adds the network of local to that of auto; take --preset auto",
            ));
        }
        if layers.is_some() {
            return Err(usage(
                "--score network+local brings the widths of both networks; leave --layers out",
            ));
        }
        Ok(())
    }
}
