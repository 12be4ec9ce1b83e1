//! What one run is: where the data comes from, how it is read, which network learns it and how. The command line makes a
//! plan; the worker and `misfit train` carry it out.

pub mod given;

use std::sync::Arc;

use crate::data::bytes::memory;
use crate::data::columns::column::Column;
use crate::data::columns::kind::Kind;
use crate::data::encoder::Encoded;
use crate::data::encoder::curve::choice::settle;
use crate::data::read::{self, Advance, ReadOptions};
use crate::data::source::{Origin, Source};
use crate::data::table::Table;
use crate::data::text::sanitize;
use crate::data::windows::WindowSize;
use crate::data::windows::choice::{self, WindowChoice};
use crate::error::Result;
use crate::format::count;
use rayon::prelude::*;

use crate::message::{Change, Choice, ColumnInfo, InWindows, Loaded, Through};
use crate::model::spec::{Activation, BiasChoice, NetworkSpec};
use crate::model::start::Start;
use crate::score::flag::FlagRule;
use crate::score::ranking::By;
use crate::score::reference::References;
use crate::train::engine::BuildEngine;
use crate::train::recipe::{Preset, Recipe, network};
use crate::train::trainer::Trainer;
use given::Opened;

/// One run, before anything is read.
#[derive(Debug)]
pub struct Plan {
    /// Where the table comes from.
    pub source: Source,
    /// What the user said about its columns.
    pub read: ReadOptions,
    /// Where the recipe started from.
    pub preset: Preset,
    /// How to train.
    pub recipe: Recipe,
    /// Whether windows of rows are learned instead of single ones.
    pub window: WindowChoice,
    /// Widths behind the input, down to the code; the preset's where none are given.
    pub hidden: Option<Vec<usize>>,
    /// Hidden, code and output activation.
    pub activations: [Activation; 3],
    /// Which layers have a bias.
    pub bias: BiasChoice,
    /// Whether the decoder borrows the encoder's weights.
    pub tied: bool,
    /// The network and its weights, where they are from a file; then widths, biases and activations are those.
    pub start: Option<Start>,
    /// The model that the rows are looked at through, and trained on from once that is asked for; then how columns are read and which
    /// network learns is as it says.
    pub model: Option<Opened>,
    /// What computes.
    pub engine: BuildEngine,
}

/// A plan with its data read, ready to train.
pub struct Prepared {
    /// What was read; its columns have moved into the encoded data.
    pub table: Table,
    /// The features.
    pub data: Arc<Encoded>,
    /// The run, at step 0; of a model that is only looked through, where that was left.
    pub trainer: Trainer,
    /// That model.
    pub through: Option<Through>,
}

impl Plan {
    /// The network for a table of `features`.
    pub fn network(&self, features: usize) -> Result<NetworkSpec> {
        self.network_of(self.preset, features, self.hidden.clone())
    }

    fn network_of(
        &self,
        preset: Preset,
        features: usize,
        hidden: Option<Vec<usize>>,
    ) -> Result<NetworkSpec> {
        if let Some(start) = &self.start {
            return start.network(features);
        }
        let spec = network(preset, features, hidden, self.activations)?;
        Ok(spec.with_bias(&self.bias)?.with_tied(self.tied))
    }

    /// Reads and encodes the table and builds the network.
    pub fn prepare(&self, advance: &mut Advance<'_>) -> Result<Prepared> {
        self.prepare_from(&mut self.source.origin(), &[], advance)
    }

    /// The same from an origin that may have been read before, with the columns as the user wants them.
    pub fn prepare_from(
        &self,
        origin: &mut Origin,
        changes: &[Change],
        advance: &mut Advance<'_>,
    ) -> Result<Prepared> {
        if let Some(opened) = &self.model {
            return given::prepare(self, opened, (origin, changes), advance);
        }
        let options = changed(&self.read, changes);
        let asked = changes.iter().rev().find_map(|change| match change {
            Change::Window(rows) => Some(*rows),
            Change::Column(..) => None,
        });
        let window = match asked {
            Some(Some(rows)) => WindowChoice::Said(WindowSize::new(rows, 1)),
            Some(None) => WindowChoice::Off,
            None => self.window,
        };
        let mut table = origin.load(self.source.name(), &options, advance)?;
        read::check(&table)?;
        memory::give_back();
        let windows = choice::settle(window, &mut table)?;
        let rows = windows.as_ref().map_or(1, |windows| windows.size().rows);
        let width = table.features() * rows;
        let spec = self.network(width)?;
        let also = self
            .recipe
            .also
            .map(|preset| self.network_of(preset, width, None));
        let also = also.transpose()?;
        let mut data = Encoded::from_table(&mut table, self.recipe.scaling);
        settle(&options.curve, &mut data, &mut table)?;
        let data = Arc::new(match windows {
            Some(windows) => data.in_windows(windows),
            None => data,
        });
        memory::give_back();
        let outlier = table
            .label
            .as_ref()
            .map(|label| Arc::from(label.outlier.as_slice()));
        let trainer = Trainer::new(
            Arc::clone(&data),
            outlier,
            self.recipe.clone(),
            spec,
            self.engine,
        )?;
        let trainer = match also {
            Some(spec) => trainer.and_then(spec)?,
            None => trainer,
        };
        table.notices.extend(about_clean(&trainer));
        let trainer = match &self.start {
            Some(start) => {
                table.notices.extend(start.notes.iter().cloned());
                trainer.starting_from(Arc::clone(&start.weights))?
            }
            None => trainer,
        };
        Ok(Prepared {
            table,
            data,
            trainer,
            through: None,
        })
    }
}

/// What the user should know of rows that are all taken as ordinary.
fn about_clean(trainer: &Trainer) -> Vec<String> {
    let mut said = Vec::new();
    let rule = trainer.recipe().flag;
    if let FlagRule::Clean(Some(_)) = rule {
        said.push(format!(
            "{} kept back from training, to say above which score others are flagged; --valid takes another share",
            count(trainer.kept_back().len(), "row")
        ));
    }
    let outliers = trainer.outlier().filter(|_| rule.is_clean());
    let outliers = outliers.map_or(0, |outlier| outlier.iter().filter(|is| **is).count());
    if outliers > 0 {
        said.push(format!(
            "the label calls {} an outlier, and --clean takes all rows as ordinary: it works best on a file without them",
            count(outliers, "row")
        ));
    }
    said
}

/// What the user said on the command line, and then on the screen.
fn changed(read: &ReadOptions, changes: &[Change]) -> ReadOptions {
    let mut read = read.clone();
    for change in changes {
        let Change::Column(column, choice) = change else {
            continue;
        };
        read.drop.retain(|name| name != column);
        read.kinds.retain(|(name, _)| name != column);
        read.id = read.id.filter(|name| name != column);
        if read.label.as_ref() == Some(column) {
            read.label = Some("none".into());
        }
        match choice {
            Choice::Drop => read.drop.push(column.clone()),
            Choice::As(kind) => {
                if *kind == Kind::Label {
                    read.label = None;
                }
                read.kinds.push((column.clone(), *kind));
            }
        }
    }
    read
}

fn info(column: &Column) -> ColumnInfo {
    ColumnInfo {
        name: column.name.clone(),
        measure: column.measure.clone(),
        kind: column.kind,
        used: column.used,
        reason: column.reason.clone(),
        missing: column.missing,
        distinct: column.distinct.count,
        more: column.distinct.more,
        range: column.shown_range(),
        example: column.example.clone(),
        histogram: column.histogram.clone(),
    }
}

impl Prepared {
    /// Of a model that was only looked through: trains on from its weights, and says so.
    pub fn train_on(&mut self) -> Result<()> {
        if !self.trainer.is_given() {
            return Ok(());
        }
        self.trainer.train_on()?;
        self.table.notices.insert(
            1,
            "training goes on from its weights, with a fresh optimizer and scores of its own"
                .into(),
        );
        Ok(())
    }

    /// The scores without a network, from the recipe's seed and on its threads.
    pub fn references(&self) -> Result<References> {
        let recipe = self.trainer.recipe();
        References::new(&self.data.examples, recipe.seed, recipe.threads)
    }

    /// Whether the scores without a network rank no rows and are judged by no label: then they only stand beside the network's,
    /// and those of a sample will do.
    fn stands_beside(&self) -> bool {
        self.trainer.recipe().by == By::Network && self.trainer.outlier().is_none()
    }

    /// Of how many rows they are needed.
    pub fn referred_rows(&self) -> usize {
        if self.stands_beside() {
            References::rows_beside(&self.data.examples)
        } else {
            self.data.examples.rows()
        }
    }

    /// The same as far as they are needed, telling of rows as they are done.
    pub fn references_telling(&self, tell: &(dyn Fn(usize) + Sync)) -> Result<References> {
        let recipe = self.trainer.recipe();
        let (data, seed, threads) = (&self.data.examples, recipe.seed, recipe.threads);
        let references = if self.stands_beside() {
            References::beside(data, seed, threads, tell)
        } else {
            References::telling(data, seed, threads, tell)
        };
        // A covariance of a wide table is as large as its network, whose moments are still to be taken.
        memory::give_back();
        references
    }

    /// What the screen needs to know of the table.
    pub fn loaded(&self) -> Loaded {
        let encoder = &self.data.encoder;
        let (table, data) = (&self.table, &self.data);
        // Of a column of numbers its one feature's units; words have none.
        let units = encoder.columns.iter().map(|column| {
            let feature = &encoder.features[column.features.start];
            match column.levels {
                Some(_) => (0.0, 1.0),
                None => (feature.offset, feature.scale),
            }
        });
        let (offsets, scales) = units.unzip();
        Loaded {
            name: table.name.clone(),
            rows: table.rows,
            of: table.again.as_ref().map(|again| again.rows),
            columns: table.columns.iter().map(info).collect(),
            numbers: table.numbers.as_deref().cloned(),
            features: encoder
                .columns
                .iter()
                .map(|column| column.name.clone())
                .collect(),
            encoded: encoder.features.len(),
            offsets,
            scales,
            spreads: (0..encoder.columns.len())
                .into_par_iter()
                .map(|column| data.spread(column))
                .collect(),
            curves: self.data.curves.clone(),
            window: data.examples.windows().map(|windows| InWindows {
                rows: windows.size().rows,
                step: windows.size().step,
                count: windows.len(),
            }),
            ids: table
                .ids
                .as_ref()
                .map(|ids| ids.values.iter().map(|id| sanitize(id)).collect()),
            outlier: table.label.as_ref().map(|label| label.outlier.clone()),
            notices: table.notices.clone(),
            model: self.through.clone(),
        }
    }
}
