//! The flags that several subcommands share, and how they become a [`Plan`].

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::env;
use std::io::{self, BufRead};
use std::num::{NonZeroU8, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::data::columns::kind::Kind;
use crate::data::encoder::Scaling;
use crate::data::options::LayoutOptions;
use crate::data::read::ReadOptions;
use crate::data::samples::Sample;
use crate::data::source::Source;
use crate::error::{Error, Result};
use crate::model::spec::{Activation, BiasChoice};
use crate::plan::Plan;
use crate::score::error::ErrorMeasure;
use crate::score::ranking::By;
use crate::train::burn_engine::BurnEngine;
use crate::train::engine::BuildEngine;
use crate::train::fused::FusedEngine;
use crate::train::recipe::{Length, Loss, Preset, Recipe, activations};
use crate::tui::theme::Theme;

/// A table and how to learn it.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// CSV file, plain or packed with gzip or zstd, or - for standard input; without it, what is piped in, or else the
    /// built-in sample `spectra`
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
    #[command(flatten)]
    pub training: TrainingArgs,
    #[command(flatten)]
    pub scoring: ScoringArgs,
}

/// What the columns of the table are for.
#[derive(Args, Debug)]
#[command(next_help_heading = "Columns")]
pub struct ColumnArgs {
    /// Column that says which rows are outliers, to judge by and never to train on; `none` for none. A column called
    /// label, class, outlier, anomaly or is_fraud is found by itself
    #[arg(long, value_name = "COL")]
    label: Option<String>,
    /// Column that names the rows
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// Columns to leave out
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    drop: Vec<String>,
    /// Columns to keep; all others are left out
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    columns: Vec<String>,
    /// What a column holds, where misfit is wrong about it: number, datetime, category, id or label
    #[arg(long, value_name = "COL=KIND", value_parser = kind)]
    kind: Vec<(String, Kind)>,
    /// Character between the cells; found by itself
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Whether the first line names the columns; found by itself
    #[arg(long, value_name = "WHETHER")]
    header: Option<HeaderArg>,
    /// Mark before the decimals, . or ,; found by itself
    #[arg(long, value_name = "MARK", value_parser = decimal)]
    decimal: Option<u8>,
    /// What the file is written in: utf-8, utf-16, windows-1252 …; found by itself
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Take this many rows, drawn evenly from the whole file
    #[arg(long, value_name = "ROWS")]
    sample: Option<NonZeroUsize>,
    /// Fail at the first row of the wrong length, instead of skipping it
    #[arg(long)]
    strict: bool,
}

/// Which network.
#[derive(Args, Debug)]
#[command(next_help_heading = "Network")]
pub struct NetworkArgs {
    /// auto (default for a file) tunes itself; local is for rows that are strange only beside their like, with a wide
    /// code and more steps; classic is 1024,8,4,3 with a sigmoid output, as in many tutorials
    #[arg(long, value_name = "PRESET")]
    pub preset: Option<Preset>,
    /// Widths behind the input, down to the code; the decoder mirrors them
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',')]
    pub layers: Option<Vec<usize>>,
    /// Layers with a bias: all, none, output, or names such as encoder.1,decoder.1
    #[arg(long, value_name = "LAYERS", default_value = "all")]
    pub bias: BiasChoice,
    /// Let the decoder use the encoder's weights, transposed
    #[arg(long)]
    pub tied: bool,
    /// Activation of the hidden layers: linear, relu, leaky_relu, elu, tanh, sigmoid
    #[arg(long, value_name = "NAME")]
    pub activation: Option<Activation>,
    /// Activation of the output
    #[arg(long, value_name = "NAME")]
    pub output: Option<Activation>,
}

/// How to train.
#[derive(Args, Debug)]
#[command(next_help_heading = "Training")]
pub struct TrainingArgs {
    /// What to make small
    #[arg(long, value_name = "LOSS")]
    loss: Option<LossArg>,
    /// How to scale the columns
    #[arg(long, value_name = "HOW")]
    scale: Option<ScaleArg>,
    /// Adam's learning rate
    #[arg(long, value_name = "RATE")]
    lr: Option<f64>,
    /// Rows per step
    #[arg(long, value_name = "ROWS")]
    batch: Option<usize>,
    /// Passes over the data
    #[arg(long, value_name = "N", conflicts_with = "steps", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    epochs: Option<u64>,
    /// Batches
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Share of the rows to validate on and not to train on
    #[arg(long, value_name = "SHARE")]
    valid: Option<f64>,
    /// Same seed, same result
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads to compute with; default: one per core
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroU8>,
    /// What computes
    #[arg(long, value_name = "ENGINE", default_value = "auto")]
    engine: EngineArg,
    /// Where it computes
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    device: DeviceArg,
}

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

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum LossArg {
    /// Binary cross-entropy, for values in [0, 1]
    Bce,
    /// Mean squared error
    Mse,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum ScaleArg {
    /// Mean 0, standard deviation 1
    Zscore,
    /// 0 to 1
    Minmax,
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

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum EngineArg {
    /// The fastest for the device: fused on the CPU
    Auto,
    /// Written for this kind of network
    Fused,
    /// Burn's autodiff
    Burn,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum DeviceArg {
    /// This machine's processor
    Cpu,
    /// Burn's ndarray backend on it
    Ndarray,
    /// Burn's flex backend on it
    #[cfg(feature = "flex")]
    Flex,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum HeaderArg {
    /// As the file looks
    Auto,
    /// It does
    Yes,
    /// It is data
    No,
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

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("expected one ASCII character, or tab".into()),
    }
}

fn decimal(text: &str) -> Result<u8, String> {
    match text {
        "." => Ok(b'.'),
        "," => Ok(b','),
        _ => Err("expected . or ,".into()),
    }
}

fn kind(text: &str) -> Result<(String, Kind), String> {
    let (column, kind) = text.rsplit_once('=').ok_or("expected COLUMN=KIND")?;
    Ok((column.into(), kind.parse()?))
}

/// Whether something is piped in. Waits for the first byte; an empty pipe is none, and neither is a terminal or a device.
fn is_piped() -> bool {
    is_pipe_or_file()
        && io::stdin()
            .lock()
            .fill_buf()
            .is_ok_and(|bytes| !bytes.is_empty())
}

#[cfg(unix)]
fn is_pipe_or_file() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let stdin = io::stdin().as_fd().try_clone_to_owned();
    let metadata = stdin.and_then(|stdin| std::fs::File::from(stdin).metadata());
    metadata.is_ok_and(|metadata| {
        let kind = metadata.file_type();
        kind.is_fifo() || kind.is_file() || kind.is_socket()
    })
}

#[cfg(not(unix))]
fn is_pipe_or_file() -> bool {
    use std::io::IsTerminal;
    !io::stdin().is_terminal()
}

impl RunArgs {
    /// The plan that these flags make, and what is piped in where no file is named.
    pub fn plan(&self) -> Result<Plan> {
        self.plan_for(self.file.is_none() && is_piped())
    }

    /// The plan that these flags make, whatever is piped in.
    pub fn plan_without_stdin(&self) -> Result<Plan> {
        self.plan_for(false)
    }

    fn plan_for(&self, piped: bool) -> Result<Plan> {
        let (source, default) = match &self.file {
            None if piped => (Source::Stdin, Preset::Auto),
            None => (Source::Sample(Sample::Spectra), Preset::Classic),
            Some(path) if path.as_os_str() == "-" => (Source::Stdin, Preset::Auto),
            Some(path) => (Source::Path(path.clone()), Preset::Auto),
        };
        let read = self.columns.options();
        if matches!(source, Source::Sample(_)) && read != ReadOptions::default() {
            return Err(usage(
                "the flags about columns are about a file, and none is named",
            ));
        }
        let preset = self.network.preset.unwrap_or(default);
        let mut activations = self.network.activations(preset);
        let mut recipe =
            self.training
                .recipe(preset, &mut activations, self.network.output.is_some());
        self.scoring.settle(&mut recipe);
        let read = ReadOptions {
            // The seed draws the sample too, where one is drawn.
            seed: read.sample.map_or(0, |_| recipe.seed),
            ..read
        };
        recipe.check(activations[2])?;
        Ok(Plan {
            source,
            read,
            preset,
            recipe,
            hidden: self.network.layers.clone(),
            activations,
            bias: self.network.bias.clone(),
            tied: self.network.tied,
            engine: self.training.engine()?,
        })
    }
}

impl ScoringArgs {
    /// Puts into the recipe what the flags say.
    fn settle(&self, recipe: &mut Recipe) {
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

impl ColumnArgs {
    fn options(&self) -> ReadOptions {
        ReadOptions {
            label: self.label.clone(),
            id: self.id.clone(),
            drop: self.drop.clone(),
            columns: self.columns.clone(),
            kinds: self.kind.clone(),
            layout: LayoutOptions {
                delimiter: self.delimiter,
                header: match self.header {
                    Some(HeaderArg::Yes) => Some(true),
                    Some(HeaderArg::No) => Some(false),
                    Some(HeaderArg::Auto) | None => None,
                },
                decimal: self.decimal,
            },
            encoding: self.encoding.clone(),
            sample: self.sample.map(NonZeroUsize::get),
            seed: 0,
            strict: self.strict,
        }
    }
}

impl NetworkArgs {
    /// The preset's activations with what the flags say instead. A linear code stays linear.
    pub fn activations(&self, preset: Preset) -> [Activation; 3] {
        let [mut hidden, mut code, mut output] = activations(preset);
        if let Some(chosen) = self.activation {
            if code == hidden {
                code = chosen;
            }
            hidden = chosen;
        }
        if let Some(chosen) = self.output {
            output = chosen;
        }
        [hidden, code, output]
    }
}

impl TrainingArgs {
    /// The preset's recipe with what the flags say instead. `--loss bce` alone brings the scaling and the output it needs.
    fn recipe(
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
            recipe.length = Length::Steps(steps);
        }
        if let Some(epochs) = self.epochs {
            recipe.length = Length::Epochs(epochs);
        }
        recipe.rate = self.lr.unwrap_or(recipe.rate);
        recipe.batch = self.batch.unwrap_or(recipe.batch);
        recipe.validation = self.valid.unwrap_or(recipe.validation);
        recipe.seed = self.seed.unwrap_or(recipe.seed);
        recipe.threads = self.threads.map(|count| usize::from(count.get()));
        recipe
    }

    /// What computes.
    fn engine(&self) -> Result<BuildEngine> {
        match (self.engine, self.device) {
            (EngineArg::Auto | EngineArg::Fused, DeviceArg::Cpu) => Ok(FusedEngine::build),
            (EngineArg::Fused, _) => Err(usage(
                "that is a device of Burn's; take --engine burn, or leave --device out",
            )),
            (EngineArg::Burn, DeviceArg::Cpu) | (_, DeviceArg::Ndarray) => Ok(BurnEngine::ndarray),
            #[cfg(feature = "flex")]
            (_, DeviceArg::Flex) => Ok(BurnEngine::flex),
        }
    }
}

/// An error about flags.
pub fn usage(text: &str) -> Error {
    Error::Usage(text.into())
}
