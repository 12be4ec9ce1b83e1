//! The flags about scoring, and what they change in a [`Recipe`].

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use clap::{Args, ValueEnum};

use crate::score::error::ErrorMeasure;
use crate::score::ranking::By;
use crate::train::recipe::Recipe;

/// How to score.
#[derive(Args, Debug)]
#[command(next_help_heading = "Scoring")]
pub struct ScoringArgs {
    /// Whose score ranks the rows
    #[arg(long, value_name = "WHOSE", default_value = "network")]
    score: ScoreArg,
    /// How columns' errors are weighed; robust is the default, but for the preset classic
    #[arg(long, value_name = "HOW")]
    error: Option<ErrorArg>,
    /// Networks to train one after the other, from --seed on a seed each; their scores are averaged
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum ScoreArg {
    /// How badly the network rebuilds a row
    Network,
    /// How far a row is from the closest of a few random rows; no network in it
    Lesinn,
    /// The mean of both
    Both,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum ErrorArg {
    /// All alike: the plain mean squared error
    Mse,
    /// Each by what is usual for it
    Robust,
}

impl ScoringArgs {
    /// Puts into the recipe what the flags say.
    pub(super) fn settle(&self, recipe: &mut Recipe) {
        recipe.by = match self.score {
            ScoreArg::Network => By::Network,
            ScoreArg::Lesinn => By::Lesinn,
            ScoreArg::Both => By::Both,
        };
        recipe.measure = match self.error {
            Some(ErrorArg::Mse) => ErrorMeasure::Mse,
            Some(ErrorArg::Robust) => ErrorMeasure::Robust,
            None => recipe.measure,
        };
        recipe.networks = self.seeds;
    }
}
