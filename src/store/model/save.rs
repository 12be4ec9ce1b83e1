//! A trainer's present as a model file. What is written is put together at once, so that the training can go on while it goes to
//! the disk.

mod columns;
mod networks;
mod scores;

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::document::{self, Document, SCHEMA, Snapshot};
use super::seal::{self, BEGINNING, LENGTH, OPEN};
use super::tensors::Tensor;
use crate::data::options::Missing;
use crate::error::{Error, Result};
use crate::export::target::{Refusal, Target, failed};
use crate::format;
use crate::score::error::ErrorMeasure;
use crate::score::ranking::By;
use crate::train::recipe::{Loss, Recipe};
use crate::train::trainer::Trainer;
pub use columns::unit;
use columns::{column_of, encoder_tensors, unused};
use networks::view_tensors;
use scores::{lesinn_tensors, trained};

/// A model file that only needs to be written.
pub struct Job {
    bytes: Vec<u8>,
    /// What is in it, in words.
    words: String,
}

/// The name and the numbers of a tensor.
pub type Named = (String, Tensor);

/// Whether a model file could be written, so that a wrong path costs no work. Never in place of `table`.
pub fn check(path: &Path, overwrite: bool, table: Option<&Path>) -> Result<(), Refusal> {
    Target::open(path, overwrite, table).map(drop)
}

impl Job {
    /// Puts together what a trainer has learned up to now. An error where nothing is scored yet.
    pub fn new(trainer: &mut Trainer) -> Result<Self> {
        if trainer.is_given() {
            return Err(Error::Told(
                "nothing was learned here yet, and the model is in its file as it is; space trains on".into(),
            ));
        }
        let (network, _) = trainer.scores()?;
        let (scores, by) = trainer.ranking_scores(&network);
        let mut tensors = Vec::new();
        let data = trainer.data();
        encoder_tensors(data, &mut tensors);
        let mut networks = Vec::new();
        for (index, looked) in trainer.looked().into_iter().enumerate() {
            let mut snapshots = Vec::new();
            for (turn, (at, view)) in looked.looks.iter().enumerate() {
                let place = format!("network.{index}.snapshot.{turn}");
                let (bias, median) = view_tensors(&place, &looked.spec, view, &mut tensors)?;
                snapshots.push(Snapshot {
                    step: *at,
                    bias,
                    median,
                });
            }
            networks.push(document::Network::new(&looked.spec, snapshots));
        }
        let lesinn = trainer.references().filter(|_| by != By::Network);
        let lesinn = lesinn.map(|references| {
            lesinn_tensors(data, &references.neighbours, &mut tensors);
            document::Lesinn {
                median: references.neighbours.median(),
            }
        });
        let (flag, learned) = trained(trainer, &scores, &mut tensors)?;
        let provenance = &data.provenance;
        let columns = data.encoder.columns.iter();
        let document = Document {
            checksum: OPEN.into(),
            schema: SCHEMA,
            program: format!("misfit {}", env!("CARGO_PKG_VERSION")),
            columns: columns.map(|column| column_of(data, column)).collect(),
            curves: data
                .curves
                .iter()
                .map(|curve| document::Curve {
                    first: curve.columns.start,
                    places: curve.places.clone(),
                })
                .collect(),
            missing: match &provenance.missing {
                Missing::Found => None,
                Missing::Said(words) => Some(words.clone()),
            },
            window: data.examples.windows().map(|windows| {
                let (size, series) = (windows.size(), &provenance.series);
                let columns = series
                    .clock
                    .as_ref()
                    .map_or(&[][..], |clock| &clock.columns);
                document::Window {
                    rows: size.rows,
                    step: size.step,
                    clock: columns.last().cloned(),
                    clock_date: columns
                        .split_last()
                        .and_then(|(_, date)| date.first().cloned()),
                    clock_unit: series.clock.as_ref().map(|clock| unit(clock.unit).into()),
                    group: series.groups.as_ref().map(|groups| groups.name.clone()),
                }
            }),
            label: provenance.label.as_ref().map(|label| document::Label {
                name: label.name.clone(),
                marks: label.marks.clone(),
                speaks: label.speaks,
            }),
            id: provenance.ids.as_ref().map(|ids| ids.name.clone()),
            unused: unused(data),
            recipe: Some(recipe(trainer.recipe())),
            engine: match trainer.engine_name().engine {
                "fused" => "fused".into(),
                _ => "burn".into(),
            },
            networks,
            score: by.name().into(),
            lesinn,
            flag,
            trained: learned,
        };
        let words = in_words(&document);
        let bytes = serialize(&document, tensors)?;
        Ok(Self { bytes, words })
    }

    /// Writes it; what was written, in a sentence. Never in place of `table`.
    pub fn write(
        &self,
        path: &Path,
        overwrite: bool,
        table: Option<&Path>,
    ) -> Result<String, Refusal> {
        let mut target = Target::open(path, overwrite, table)?;
        let file = target.file();
        let mut writer = target.writer();
        let written = writer.write_all(&self.bytes).and_then(|()| writer.flush());
        drop(writer);
        written.map_err(|error| failed(path, &error))?;
        let bytes = target.keep()?;
        Ok(format!(
            "wrote the model to {file}: {}, {}",
            self.words,
            format::bytes(bytes)
        ))
    }
}

fn in_words(document: &Document) -> String {
    let columns = format::count(document.columns.len(), "column");
    let networks = format::count(document.networks.len(), "network");
    let snapshots = document.networks.iter().map(|n| n.snapshots.len()).sum();
    format!(
        "{columns}, {networks} as of {}",
        format::count(snapshots, "snapshot")
    )
}

fn recipe(recipe: &Recipe) -> document::Recipe {
    let loss = match recipe.loss {
        Loss::Bce => "bce",
        Loss::Mse => "mse",
    };
    let error = match recipe.measure {
        ErrorMeasure::Robust => "robust",
        ErrorMeasure::Mse => "mse",
    };
    document::Recipe {
        loss: loss.into(),
        error: error.into(),
    }
}

/// The bytes of a file: a document, whose first entry is an open checksum, and tensors.
pub fn serialize(document: &impl Serialize, tensors: Vec<Named>) -> Result<Vec<u8>> {
    let failed = |error: String| Error::Told(format!("the file cannot be written: {error}"));
    let text = serde_json::to_string(document).map_err(|error| failed(error.to_string()))?;
    let said = HashMap::from([("misfit".to_owned(), text)]);
    let file = safetensors::serialize(tensors, Some(said));
    let mut file = file.map_err(|error| failed(error.to_string()))?;
    debug_assert!(file[LENGTH..].starts_with(BEGINNING.as_bytes()));
    seal::seal(&mut file);
    Ok(file)
}
