//! The flags that several subcommands share: a room for each group of them, and how they become a [`Plan`] together.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

pub(super) mod beside;
pub(super) mod columns;
pub(super) mod device;
pub(super) mod keeping;
pub(super) mod network;
pub(super) mod output;
mod piped;
pub(super) mod scoring;
pub(super) mod screen;
pub(super) mod taking;
pub(super) mod training;

use std::path::PathBuf;

use clap::Args;

use crate::data::options::CurveChoice;
use crate::data::read::ReadOptions;
use crate::data::samples::Sample;
use crate::data::several::matching;
use crate::data::source::Source;
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::model::spec::Activation;
use crate::plan::Plan;
use crate::plan::given::Opened;
use crate::store::import;
use crate::store::model::{self, Model};
use crate::train::recipe::{Loss, Preset, Recipe};

use columns::ColumnArgs;
use network::NetworkArgs;
use piped::is_piped;
use scoring::ScoringArgs;
use training::TrainingArgs;

/// A table and how to learn it.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// Table: CSV, JSON lines, ARFF, Parquet, Excel or OpenDocument; also packed with gzip, zstd or zip; - is standard input.
    /// Several files, or a pattern such as 'logs/*.csv', are read as one table. Without it: what is piped in, or else the
    /// built-in sample `spectra`
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub columns: ColumnArgs,
    #[command(flatten)]
    pub network: NetworkArgs,
    #[command(flatten)]
    pub training: TrainingArgs,
    #[command(flatten)]
    pub scoring: ScoringArgs,
}

impl RunArgs {
    /// The plan that these flags make, and what is piped in where no file is named.
    pub fn plan(&self) -> Result<Plan> {
        self.plan_for(self.files.is_empty() && is_piped())
    }

    /// The plan that these flags make, whatever is piped in.
    pub fn plan_without_stdin(&self) -> Result<Plan> {
        self.plan_for(false)
    }

    /// The model to look through, where one is named.
    fn opened(&self) -> Result<Option<Opened>> {
        let Some(path) = &self.network.model else {
            return Ok(None);
        };
        let threads = self.training.threads();
        Ok(Some(Opened {
            file: sanitize(&path.to_string_lossy()),
            model: Model::open(path, threads)?,
        }))
    }

    fn plan_for(&self, piped: bool) -> Result<Plan> {
        let (source, default) = match &self.files[..] {
            [] if piped => (Source::Stdin, Preset::Auto),
            [] if self.network.model.is_some() => {
                return Err(usage("name the table to look at with the model"));
            }
            [] => (Source::Sample(Sample::Spectra), Preset::Classic),
            [path] if path.as_os_str() == "-" => (Source::Stdin, Preset::Auto),
            words => {
                let files: Result<Vec<_>> = words.iter().map(|word| matching(word)).collect();
                (named(files?.concat())?, Preset::Auto)
            }
        };
        let read = self.columns.options()?;
        // Of the built-in data too it can be said which columns form a curve.
        let said = ReadOptions {
            curve: CurveChoice::Auto,
            ..read.clone()
        };
        if matches!(source, Source::Sample(_)) && said != ReadOptions::default() {
            return Err(usage(
                "the flags under “Columns” apply to a file, and no file is named",
            ));
        }
        let chain = self.network.weights.as_deref().map(import::read);
        let chain = chain.transpose()?;
        let default = chain
            .as_ref()
            .map_or(default, |chain| NetworkArgs::preset_for(chain.output()));
        let opened = self.opened()?;
        let default = opened.as_ref().map_or(default, preset_of);
        let preset = self.network.preset.unwrap_or(default);
        self.scoring.check(preset, self.network.layers.as_deref())?;
        let mut activations = self.network.activations(preset);
        let mut recipe =
            self.training
                .recipe(preset, &mut activations, self.network.output.is_some());
        self.scoring.settle(&mut recipe);
        self.training.keep_back(&mut recipe)?;
        let read = match &opened {
            Some(opened) => goes_on(
                opened,
                &mut recipe,
                &mut activations,
                read,
                self.columns.layout.says_missing(),
            ),
            None => read,
        };
        let read = ReadOptions {
            // The seed draws the sample too, where one is drawn.
            seed: recipe.seed,
            ..read
        };
        let start = chain.map(|chain| chain.into_start(activations));
        let start = start.transpose()?;
        if start.is_some() && recipe.also.is_some() {
            return Err(usage(
                "--weights is one network, and this score takes two; leave out --score",
            ));
        }
        recipe.check(
            start
                .as_ref()
                .map_or(activations[2], |start| start.spec.output()),
        )?;
        Ok(Plan {
            source,
            read,
            preset,
            recipe,
            window: self.training.window()?,
            hidden: self.network.layers.clone(),
            activations,
            bias: self.network.bias.clone(),
            tied: self.network.tied,
            start,
            model: opened,
            engine: self.training.engine()?,
        })
    }
}

/// The preset that a model was trained by, as far as that matters for training on.
fn preset_of(opened: &Opened) -> Preset {
    let output = opened.model.networks.first().map(|(spec, _)| spec.output());
    match opened.model.recipe {
        Some((Loss::Bce, _)) => Preset::Classic,
        Some((Loss::Mse, _)) => Preset::Auto,
        None => NetworkArgs::preset_for(output),
    }
}

/// Trains and reads as the model says, but for what the user says of missing values.
fn goes_on(
    opened: &Opened,
    recipe: &mut Recipe,
    activations: &mut [Activation; 3],
    read: ReadOptions,
    says_missing: bool,
) -> ReadOptions {
    let model = &opened.model;
    if let Some((_, measure)) = model.recipe {
        recipe.measure = measure;
    }
    if let Some((spec, _)) = model.networks.first() {
        *activations = spec.activations();
    }
    let missing = if says_missing {
        read.missing.clone()
    } else {
        model.missing.clone()
    };
    ReadOptions { missing, ..read }
}

/// The source that these files are.
pub(super) fn named(mut files: Vec<PathBuf>) -> Result<Source> {
    if let Some(file) = files.iter().find(|file| import::is_weights(file)) {
        let file = sanitize(&file.to_string_lossy());
        return Err(usage(&format!(
            "{file} holds the weights of a network by its name; misfit summary {file} shows it, and misfit TABLE --weights {file} trains it on"
        )));
    }
    if let Some(file) = files.iter().find(|file| model::is_named_like_one(file)) {
        let file = sanitize(&file.to_string_lossy());
        return Err(usage(&format!(
            "{file} is a model by its name; misfit summary {file} shows it, and misfit TABLE --model {file} looks at a table with it"
        )));
    }
    if files.iter().any(|file| file.as_os_str() == "-") {
        return Err(usage(
            "standard input cannot be read as one table with files",
        ));
    }
    Ok(match files.len() {
        1 => Source::Path(files.remove(0)),
        _ => Source::Files(files),
    })
}

/// An error about flags.
pub fn usage(text: &str) -> Error {
    Error::Usage(text.into())
}
