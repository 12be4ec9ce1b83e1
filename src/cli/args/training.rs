//! The flags about training, the [`Recipe`] they make of a preset and the engine that follows it.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::num::NonZeroU8;

use clap::{Args, ValueEnum};

use crate::cli::args::device::{DeviceArg, Named, TokenArgs};
use crate::cli::args::usage;
use crate::data::encoder::Scaling;
use crate::data::windows::WindowSize;
use crate::data::windows::choice::WindowChoice;
use crate::error::Result;
use crate::model::spec::Activation;
use crate::score::flag::FlagRule;
use crate::train::device::Device;
use crate::train::engine::BuildEngine;
use crate::train::fused::FusedEngine;
use crate::train::recipe::{Length, Loss, Preset, Recipe};

/// How to train.
#[derive(Args, Debug)]
#[command(next_help_heading = "Training")]
pub struct TrainingArgs {
    /// Loss function
    #[arg(long, value_name = "LOSS")]
    loss: Option<LossArg>,
    /// How the columns are scaled
    #[arg(long, value_name = "HOW")]
    scale: Option<ScaleArg>,
    /// Learning rate of Adam
    #[arg(long, value_name = "RATE")]
    lr: Option<f64>,
    /// Batch size: rows, or windows, per training step
    #[arg(long, value_name = "ROWS")]
    batch: Option<usize>,
    /// Learn from windows of so many consecutive rows instead of single rows, where the rows are a series; 64 by itself where
    /// there is one column over time; `off` takes single rows
    #[arg(long, value_name = "ROWS|off", value_parser = window)]
    window: Option<WindowArg>,
    /// Rows from the beginning of one window to that of the next; 1 by default
    #[arg(long, value_name = "ROWS", requires = "window", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    step: Option<u32>,
    /// How long to train, in passes over the data
    #[arg(long, value_name = "N", conflicts_with = "steps", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    epochs: Option<u64>,
    /// How long to train, in batches; the presets auto and local take 3200, on wide tables 1600 or 800
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Share of the rows to hold back for validation, 0 to 0.9
    #[arg(long, value_name = "SHARE")]
    valid: Option<f64>,
    /// Random seed; the same seed gives the same result
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Number of threads; by default one per core
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroU8>,
    /// Which implementation trains the network
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    engine: EngineArg,
    /// Where the network is trained: cpu, this machine's processor; through Burn ndarray, flex, wgpu (a graphics card) or cuda,
    /// where built in; or remote=ws://HOST:PORT, the machine where misfit serve runs
    #[arg(long, value_name = "DEVICE", default_value = "cpu", value_parser = Named::device())]
    device: DeviceArg,
    #[command(flatten)]
    token: TokenArgs,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum LossArg {
    /// Binary cross-entropy, for values between 0 and 1
    Bce,
    /// Mean squared error
    Mse,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum ScaleArg {
    /// To mean 0 and standard deviation 1
    Zscore,
    /// To the range from 0 to 1
    Minmax,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum EngineArg {
    /// The fastest one for the device: fused on the CPU
    Auto,
    /// misfit's own, written for this kind of network
    Fused,
    /// Burn, with automatic differentiation
    Burn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WindowArg {
    /// Single rows
    Off,
    /// Windows of so many
    Rows(usize),
}

fn window(text: &str) -> std::result::Result<WindowArg, String> {
    const LONGEST: usize = 100_000;
    match (text, text.parse()) {
        ("off", _) => Ok(WindowArg::Off),
        (_, Ok(rows @ 2..=LONGEST)) => Ok(WindowArg::Rows(rows)),
        _ => Err("expected a number of rows from 2 to 100000, or off".into()),
    }
}

impl TrainingArgs {
    /// The preset's recipe with what the flags say instead. `--loss bce` alone brings the scaling and the output it needs.
    pub(super) fn recipe(
        &self,
        preset: Preset,
        activations: &mut [Activation; 3],
        output_given: bool,
    ) -> Recipe {
        let mut recipe = Recipe::new(preset);
        match self.loss {
            Some(LossArg::Bce) => {
                recipe.loss = Loss::Bce;
                recipe.scaling = Scaling::MinMax;
                if !output_given {
                    activations[2] = Activation::Sigmoid;
                }
            }
            Some(LossArg::Mse) => recipe.loss = Loss::Mse,
            None => {}
        }
        match self.scale {
            Some(ScaleArg::Zscore) => recipe.scaling = Scaling::ZScore,
            Some(ScaleArg::Minmax) => recipe.scaling = Scaling::MinMax,
            None => {}
        }
        if let Some(steps) = self.steps {
            (recipe.length, recipe.budget) = (Length::Steps(steps), None);
        }
        if let Some(epochs) = self.epochs {
            (recipe.length, recipe.budget) = (Length::Epochs(epochs), None);
        }
        recipe.rate = self.lr.unwrap_or(recipe.rate);
        recipe.batch = self.batch.unwrap_or(recipe.batch);
        recipe.validation = self.valid.unwrap_or(recipe.validation);
        recipe.seed = self.seed.unwrap_or(recipe.seed);
        recipe.threads = self.threads.map(|count| usize::from(count.get()));
        recipe
    }

    /// Keeps rows back from training where they say which others are flagged: as many as the user says, or a fifth.
    pub(super) fn keep_back(&self, recipe: &mut Recipe) -> Result<()> {
        /// Enough of a few hundred rows, and few enough to learn from the rest.
        const KEPT_BACK: f64 = 0.2;
        let FlagRule::Clean(Some(share)) = recipe.flag else {
            return Ok(());
        };
        match self.valid {
            None => recipe.validation = KEPT_BACK,
            Some(none) if none <= 0.0 => {
                return Err(usage(&format!(
                    "--clean={share}% looks at rows kept back from training, and --valid {none} keeps none; leave one of them out"
                )));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// How many threads the user allows.
    pub(super) fn threads(&self) -> Option<usize> {
        self.threads.map(|count| usize::from(count.get()))
    }

    /// Whether windows are learned.
    pub(super) fn window(&self) -> Result<WindowChoice> {
        match (self.window, self.step) {
            (None, _) => Ok(WindowChoice::Found),
            (Some(WindowArg::Off), None) => Ok(WindowChoice::Off),
            (Some(WindowArg::Off), Some(_)) => Err(usage(
                "--step leads from window to window, and --window off takes none",
            )),
            (Some(WindowArg::Rows(rows)), step) => Ok(WindowChoice::Said(WindowSize::new(
                rows,
                step.unwrap_or(1) as usize,
            ))),
        }
    }

    /// Whether Burn trains, on whatever device.
    pub(super) fn is_burn(&self) -> bool {
        !matches!(
            (self.engine, &self.device),
            (EngineArg::Auto | EngineArg::Fused, DeviceArg::Cpu)
        )
    }

    /// Which engine trains, and where.
    pub(super) fn engine(&self) -> Result<BuildEngine> {
        match (self.engine, &self.device) {
            (EngineArg::Auto | EngineArg::Fused, DeviceArg::Cpu) => Ok(FusedEngine::build),
            (EngineArg::Fused, _) => Err(usage(
                "only Burn trains on that device; use --engine burn, or leave out --device",
            )),
            (EngineArg::Burn, DeviceArg::Cpu) => Device::Ndarray.engine(),
            (_, DeviceArg::Burn(device)) => device.engine(),
            #[cfg(feature = "remote")]
            (_, DeviceArg::Remote(address)) => {
                crate::train::remote::engine(address, &self.token.needed()?)
            }
        }
    }
}
