//! A trainer's present as a model file. What is written is put together at once, so that the training can go on while it goes to
//! the disk.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use super::document::{self, Document, SCHEMA};
use super::seal::{self, BEGINNING, LENGTH, OPEN};
use super::tensors::Tensor;
use super::{Quantiles, document::Snapshot};
use crate::data::columns::clock::Part;
use crate::data::columns::datetime::Unit;
use crate::data::encoder::{Coded, Encoded};
use crate::data::matrix::Matrix;
use crate::data::options::Missing;
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::export::target::{Refusal, Target, failed};
use crate::format;
use crate::model::spec::NetworkSpec;
use crate::score::error::ErrorMeasure;
use crate::score::lesinn::{DRAWN, DRAWS, Lesinn};
use crate::score::order::order;
use crate::score::ordinary::Ordinary;
use crate::score::ranking::{By, Quality};
use crate::score::view::View;
use crate::train::recipe::{Loss, Recipe};
use crate::train::trainer::Trainer;

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

impl document::Network {
    fn new(spec: &NetworkSpec, snapshots: Vec<Snapshot>) -> Self {
        let [hidden, code, output] = spec.activations().map(|of| of.name().to_owned());
        Self {
            widths: spec.widths().to_vec(),
            hidden,
            code,
            output,
            tied: spec.tied(),
            snapshots,
        }
    }
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

/// How a unit of dates is called in the document.
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "days",
        Unit::Seconds => "seconds",
        Unit::SecondsOfDay => "seconds_of_day",
    }
}

/// The columns of the table that no column in use is made of.
fn unused(data: &Encoded) -> Vec<String> {
    let (header, columns) = (&data.provenance.header, &data.encoder.columns);
    let used = |place: usize, name: &str| {
        columns
            .iter()
            .any(|column| match Part::found(&column.name) {
                Some((of, _)) if column.place >= header.len() => of == name,
                _ => column.place == place,
            })
    };
    let unused = header
        .iter()
        .enumerate()
        .filter(|(place, name)| !used(*place, name));
    unused.map(|(_, name)| name.clone()).collect()
}

fn column_of(data: &Encoded, column: &Coded) -> document::Column {
    let made = column.place >= data.provenance.header.len();
    let part = Part::found(&column.name).filter(|_| made);
    let features = &data.encoder.features[column.features.clone()];
    document::Column {
        name: column.name.clone(),
        of: part.map(|(of, _)| of.to_owned()),
        part: part.map(|(_, part)| {
            let name = match part {
                Part::Hour => "hour",
                Part::Day => "day",
            };
            name.to_owned()
        }),
        features: features
            .iter()
            .map(|feature| feature.name.clone())
            .collect(),
        levels: column.levels.clone(),
        unit: column.unit.map(|of| unit(of).to_owned()),
        codes: column.codes.clone(),
        per: column.per,
    }
}

fn encoder_tensors(data: &Encoded, tensors: &mut Vec<Named>) {
    let features = &data.encoder.features;
    let statistics = [
        (
            "mean",
            features.iter().map(|f| f.mean).collect::<Vec<f64>>(),
        ),
        ("sd", features.iter().map(|f| f.sd).collect()),
        ("offset", features.iter().map(|f| f.offset).collect()),
        ("scale", features.iter().map(|f| f.scale).collect()),
        ("median", features.iter().map(|f| f.median).collect()),
    ];
    let shape = [features.len()];
    for (name, values) in statistics {
        let tensor = Tensor::f64(&shape, values.into_iter());
        tensors.push((format!("encoder.{name}"), tensor));
    }
    let [least, greatest] = ranges(&data.matrix);
    tensors.push(("encoder.least".into(), Tensor::f32(&shape, &least)));
    tensors.push(("encoder.greatest".into(), Tensor::f32(&shape, &greatest)));
}

/// The least and the greatest value of each column.
fn ranges(matrix: &Matrix) -> [Vec<f32>; 2] {
    let mut least = vec![f32::INFINITY; matrix.columns()];
    let mut greatest = vec![f32::NEG_INFINITY; matrix.columns()];
    for row in 0..matrix.rows() {
        let bounds = least.iter_mut().zip(&mut greatest);
        for ((least, greatest), value) in bounds.zip(matrix.row(row)) {
            *least = least.min(*value);
            *greatest = greatest.max(*value);
        }
    }
    [least, greatest]
}

/// The tensors of a look at a network; which layers have a bias, and the median row's error.
fn view_tensors(
    place: &str,
    spec: &NetworkSpec,
    view: &View,
    tensors: &mut Vec<Named>,
) -> Result<(Vec<bool>, f64)> {
    let (network, weights, median) = view.parts();
    let numbers = network.numbers();
    if numbers.len() != spec.len() {
        let what = "the numbers of the network cannot be had";
        return Err(Error::Told(what.into()));
    }
    let mut bias = Vec::new();
    for (layer, [weight, own]) in spec.layers().zip(numbers) {
        bias.push(own.is_some());
        let name = |of: &str| format!("{place}.{}.{of}", layer.name());
        if let Some(weight) = weight {
            let shape = [layer.inputs, layer.outputs];
            tensors.push((name("weight"), Tensor::f32(&shape, &weight)));
        }
        if let Some(own) = own {
            tensors.push((name("bias"), Tensor::f32(&[layer.outputs], &own)));
        }
    }
    let tensor = Tensor::f32(&[weights.len()], weights);
    tensors.push((format!("{place}.error_weights"), tensor));
    Ok((bias, median))
}

/// Rows that were drawn are called by their numbers in the file, windows by their places.
fn lesinn_tensors(data: &Encoded, lesinn: &Lesinn, tensors: &mut Vec<Named>) {
    let (means, factors): (Vec<f64>, Vec<f64>) = lesinn.standard().statistics().unzip();
    let (inputs, draws) = (means.len(), lesinn.draws());
    let number = |row: &usize| match data.examples.windows() {
        Some(_) => *row as u64,
        None => u64::from(data.provenance.number(*row)),
    };
    let rows_each = draws.first().map_or(0, |draw| draw.rows.len());
    let rows = draws.iter().flat_map(|draw| draw.rows.iter().map(number));
    let values: Vec<f32> = draws
        .iter()
        .flat_map(|draw| draw.features.as_flattened())
        .copied()
        .collect();
    tensors.extend([
        (
            "lesinn.mean".to_owned(),
            Tensor::f64(&[inputs], means.into_iter()),
        ),
        (
            "lesinn.factor".into(),
            Tensor::f64(&[inputs], factors.into_iter()),
        ),
        ("lesinn.rows".into(), Tensor::u64(&[DRAWS, rows_each], rows)),
        (
            "lesinn.drawn".into(),
            Tensor::f32(&[DRAWS, inputs, DRAWN], &values),
        ),
    ]);
}

/// What was flagged, and what the scores were like: of the whole file where all of it was scored.
fn trained(
    trainer: &Trainer,
    scores: &[f32],
    tensors: &mut Vec<Named>,
) -> Result<(document::Flag, document::Trained)> {
    let mut ordinary = trainer.ordinary(scores);
    let (flag, scores, quality) = if let Some(whole) = trainer.whole() {
        let counted = whole.distribution();
        let steps = counted.steps().map(|step| (step.score, step.rows));
        let found = Quantiles::of(steps.clone(), counted.total().0);
        // Rows kept back are honester; all rows of the file are more than its sample.
        if ordinary.as_ref().is_some_and(|ordinary| !ordinary.kept) {
            ordinary = Some(Ordinary::new(steps, false));
        }
        (whole.ranking().flag, found, whole.ranking().quality)
    } else {
        let order = order(scores);
        let descending: Vec<f32> = order.iter().map(|row| scores[*row as usize]).collect();
        let flag = trainer.flagging().flag(scores, &descending);
        let each = descending.iter().map(|score| (*score, 1));
        let outlier = trainer.outlier();
        let quality = outlier.and_then(|outlier| Quality::judge(scores, outlier));
        (flag, Quantiles::of(each, scores.len() as u64), quality)
    };
    let scores = scores.ok_or_else(|| Error::Told("nothing is scored yet".into()))?;
    let Quantiles {
        median,
        p90,
        p99,
        highest,
    } = scores;
    let data = trainer.data();
    let path = data.provenance.path.as_ref();
    let name = path.and_then(|path| path.file_name());
    Ok((
        document::Flag {
            rule: flag.rule.to_string(),
            threshold: Some(flag.threshold).filter(|threshold| threshold.is_finite()),
            ordinary: ordinary.map(|ordinary| {
                let Ordinary {
                    scores,
                    above,
                    rows,
                    kept,
                } = ordinary;
                let shape = [scores.len()];
                tensors.push(("ordinary.scores".into(), Tensor::f32(&shape, &scores)));
                let above = Tensor::u64(&shape, above.into_iter());
                tensors.push(("ordinary.above".into(), above));
                document::Ordinary {
                    rows,
                    kept_back: kept,
                    scores: shape[0],
                }
            }),
        },
        document::Trained {
            source: name.map(|name| sanitize(&name.to_string_lossy())),
            rows: data.matrix.rows() as u64,
            scored: flag.rows as u64,
            flagged: flag.count as u64,
            // What is beyond all measure cannot be written.
            scores: [median, p90, p99, highest].map(|score| score.min(f64::MAX)),
            roc_auc: quality.map(|quality| quality.roc_auc),
            average_precision: quality.map(|quality| quality.average_precision),
            seed: trainer.recipe().seed,
        },
    ))
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
