//! The files of numbers: a checkpoint, and looks. Both are safetensors with a document in the metadata, as a model file is, so
//! that other programs find the numbers, and both are refused whole if one byte of them is another.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::about::First;
use super::{BEGIN_ANEW, SCHEMA, program, refuse};
use crate::error::{Error, Result};
use crate::message::{Moment, Traced};
use crate::model::weights::{LayerWeights, Weights};
use crate::store::model::open::document_of;
use crate::store::model::save::{Named, serialize};
use crate::store::model::seal::{self, LENGTH, OPEN};
use crate::store::model::tensors::{Tensor, Tensors};
use crate::train::batches::{BatchesState, RANDOM};
use crate::train::checkpoint::{Checkpoint, Look};
use crate::train::engine::{EngineState, Metrics};
use crate::train::history::History;
use crate::train::sum::Sum;

/// Bytes of a header at most.
const LONGEST: u64 = 100_000_000;

/// What is wrong, in words.
type Outcome<T> = std::result::Result<T, String>;

/// The document of a checkpoint. Its first entry is the checksum.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    checksum: String,
    schema: u32,
    program: String,
    /// `checkpoint`
    part: String,
    fingerprint: String,
    progress: Progress,
    extended: bool,
    tied: bool,
    /// Which layers had a bias at the start of the run, and which have one now.
    began: Vec<bool>,
    bias: Vec<bool>,
    rate: f64,
    /// Steps that the moments of each layer's weights and of its bias have seen.
    moments: Vec<[u64; 2]>,
    /// Rows of this epoch that were taken.
    next: u64,
    /// The generator's state.
    random: Vec<u8>,
    looks: Vec<Looks>,
    history: Told,
}

/// How far a run has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// When the checkpoint was written.
    pub at: String,
    /// Networks trained to their end, and networks in all.
    pub network: u64,
    /// Of the recipe.
    pub networks: u64,
    /// Steps of the network that is trained now.
    pub step: u64,
    /// Steps that it is to have; none where it goes on beyond the recipe.
    pub steps: Option<u64>,
    /// The mean over the last epoch, or over what there is of the first.
    pub loss: Option<f64>,
    /// The same of the squared error.
    pub mse: Option<f64>,
    /// Seconds spent in training steps.
    pub seconds: f64,
}

/// A file of looks, and how many of them belong to the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looks {
    /// Its name in the run's folder.
    pub file: String,
    /// The first so many of it.
    pub count: usize,
}

/// What is told of the training, but for the numbers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    rows: u64,
    steps: u64,
    /// Points merged to one on the curve of the training, and on that of the validation.
    merged: [u64; 2],
    marks: Vec<(u64, String)>,
}

/// The document of a file of looks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    checksum: String,
    schema: u32,
    program: String,
    /// `looks`
    part: String,
    looks: Vec<Taken>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    network: u64,
    step: u64,
    layers: usize,
}

/// A checkpoint that was read.
pub struct Saved {
    /// The training.
    pub checkpoint: Checkpoint,
    /// What is told of it.
    pub history: History,
    /// Where the looks are.
    pub looks: Vec<Looks>,
    /// Of the table and the recipe.
    pub fingerprint: String,
    /// How far it is.
    pub progress: Progress,
}

/// How a layer is called, of so many.
fn layer(index: usize, layers: usize) -> String {
    if index < layers / 2 {
        format!("encoder.{}", index + 1)
    } else {
        format!("decoder.{}", layers - index)
    }
}

/// The tensors of some numbers; of each layer its weights and its bias, as vectors.
fn push(tensors: &mut Vec<Named>, place: &str, numbers: &[LayerWeights]) {
    for (index, own) in numbers.iter().enumerate() {
        let layer = layer(index, numbers.len());
        for (kind, values) in [("weight", &own.weight), ("bias", &own.bias)] {
            if let Some(values) = values {
                let tensor = Tensor::f32(&[values.len()], values);
                tensors.push((format!("{place}{layer}.{kind}"), tensor));
            }
        }
    }
}

/// The numbers of so many layers.
fn pull(tensors: &mut Tensors<'_>, place: &str, layers: usize) -> Outcome<Vec<LayerWeights>> {
    let own = |index| {
        let layer = layer(index, layers);
        Ok(LayerWeights {
            weight: tensors.vector(&format!("{place}{layer}.weight"))?,
            bias: tensors.vector(&format!("{place}{layer}.bias"))?,
        })
    };
    (0..layers).map(own).collect()
}

const PLACES: [&str; 3] = ["", "first_moment.", "second_moment."];
const CURVES: [&str; 4] = [
    "curve.train",
    "curve.train.pending",
    "curve.valid",
    "curve.valid.pending",
];

/// The bytes of a checkpoint.
pub fn checkpoint_bytes(saved: &Saved) -> Result<Vec<u8>> {
    let Saved {
        checkpoint,
        history,
        looks,
        fingerprint,
        progress,
    } = saved;
    let mut tensors = Vec::new();
    let EngineState {
        weights,
        moments: [first, second],
        steps,
    } = &checkpoint.engine;
    for (place, numbers) in PLACES.iter().zip([weights, first, second]) {
        push(&mut tensors, place, &numbers.layers);
    }
    let rows = &checkpoint.batches.rows;
    tensors.push(("rows".into(), Tensor::u32(&[rows.len()], rows)));
    let epoch = checkpoint.epoch.parts();
    tensors.push(("epoch".into(), Tensor::f64(&[3], epoch.into_iter())));
    for (name, metrics) in [("last_epoch", history.last_epoch), ("valid", history.valid)] {
        if let Some(Metrics { loss, mse }) = metrics {
            let tensor = Tensor::f64(&[2], [loss, mse].into_iter());
            tensors.push((name.into(), tensor));
        }
    }
    let Traced {
        points, pending, ..
    } = &history.train;
    let Traced {
        points: valid,
        pending: valid_pending,
        ..
    } = &history.validated;
    for (name, numbers) in CURVES.iter().zip([points, pending, valid, valid_pending]) {
        let values = numbers.as_flattened().iter().copied();
        tensors.push(((*name).into(), Tensor::f64(&[numbers.len(), 8], values)));
    }
    let document = Document {
        checksum: OPEN.into(),
        schema: SCHEMA,
        program: program(),
        part: "checkpoint".into(),
        fingerprint: fingerprint.clone(),
        progress: progress.clone(),
        extended: checkpoint.extended,
        tied: checkpoint.tied,
        began: checkpoint.began.clone(),
        bias: weights
            .layers
            .iter()
            .map(|own| own.bias.is_some())
            .collect(),
        rate: checkpoint.rate,
        moments: steps.clone(),
        next: checkpoint.batches.next,
        random: checkpoint.batches.random.to_vec(),
        looks: looks.clone(),
        history: Told {
            rows: history.rows,
            steps: history.steps,
            merged: [history.train.merged, history.validated.merged],
            marks: history.marks.clone(),
        },
    };
    serialize(&document, tensors)
}

/// The bytes of some looks.
pub fn looks_bytes(looks: &[Look]) -> Result<Vec<u8>> {
    let mut tensors = Vec::new();
    for (index, look) in looks.iter().enumerate() {
        let own = |[weight, bias]: &[Option<Vec<f32>>; 2]| LayerWeights {
            weight: weight.clone(),
            bias: bias.clone(),
        };
        let numbers: Vec<LayerWeights> = look.layers.iter().map(own).collect();
        push(&mut tensors, &format!("look.{index}."), &numbers);
    }
    let taken = looks.iter().map(|look| Taken {
        network: look.moment.network,
        step: look.moment.step,
        layers: look.layers.len(),
    });
    let index = Index {
        checksum: OPEN.into(),
        schema: SCHEMA,
        program: program(),
        part: "looks".into(),
        looks: taken.collect(),
    };
    serialize(&index, tensors)
}

/// How far a run has come, from the header of its checkpoint alone; what is wrong with it is found out when it is read.
pub fn progress(path: &Path) -> Option<Progress> {
    #[derive(Deserialize)]
    struct Part {
        progress: Progress,
    }
    let mut file = File::open(path).ok()?;
    let mut size = [0; LENGTH];
    file.read_exact(&mut size).ok()?;
    let size = u64::from_le_bytes(size);
    if size > LONGEST.min(file.metadata().ok()?.len()) {
        return None;
    }
    let mut header = Vec::new();
    file.take(size).read_to_end(&mut header).ok()?;
    let document = document_of(&header)?;
    Some(serde_json::from_str::<Part>(&document).ok()?.progress)
}

/// The bytes of a file, once its checksum was looked at, and its document.
fn sealed(path: &Path) -> Result<(Vec<u8>, String)> {
    let damaged = |what: &str| refuse(path, format!("the file is damaged: {what}"), BEGIN_ANEW);
    let doing = || Error::io(format!("read {}", path.display()));
    let mut file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(refuse(path, "the file is gone", BEGIN_ANEW));
        }
        file => file.map_err(doing())?,
    };
    let length = file.metadata().map_err(doing())?.len();
    let mut bytes = Vec::new();
    let room = usize::try_from(length).ok();
    if room.is_none_or(|room| bytes.try_reserve_exact(room).is_err()) {
        return Err(refuse(path, "it does not fit into memory", ""));
    }
    file.by_ref()
        .take(length)
        .read_to_end(&mut bytes)
        .map_err(doing())?;
    let header = bytes.first_chunk::<LENGTH>();
    let header = header.and_then(|size| usize::try_from(u64::from_le_bytes(*size)).ok());
    let end = header.and_then(|header| header.checked_add(LENGTH));
    let document = end
        .and_then(|end| bytes.get(LENGTH..end))
        .and_then(document_of);
    if let Some(Ok(first)) = document.as_deref().map(serde_json::from_str::<First>)
        && first.schema > SCHEMA
    {
        let problem = format!(
            "the run was written by a newer program, {}",
            crate::data::text::sanitize(&first.program)
        );
        return Err(refuse(path, problem, "update misfit"));
    }
    if !seal::is_whole(&bytes) {
        return Err(damaged("its checksum is wrong"));
    }
    let document = document.ok_or_else(|| damaged("its header cannot be read"))?;
    Ok((bytes, document))
}

/// Reads a checkpoint.
pub fn read_checkpoint(path: &Path) -> Result<Saved> {
    let (bytes, document) = sealed(path)?;
    let read = || {
        let document: Document = serde_json::from_str(&document).map_err(|e| e.to_string())?;
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| error.to_string())?;
        restore(document, &mut Tensors::new(tensors))
    };
    read().map_err(|what| refuse(path, format!("the file is damaged: {what}"), BEGIN_ANEW))
}

fn restore(document: Document, tensors: &mut Tensors<'_>) -> Outcome<Saved> {
    if document.part != "checkpoint" {
        return Err("it is no checkpoint".into());
    }
    let layers = document.bias.len();
    if layers < 2 || !layers.is_multiple_of(2) || document.moments.len() != layers {
        return Err("its layers do not fit together".into());
    }
    if !document.rate.is_finite() {
        return Err("its learning rate is no number".into());
    }
    let mut numbers = Vec::new();
    for place in PLACES {
        let layers = pull(tensors, place, layers)?;
        let bias = layers.iter().map(|own| own.bias.is_some());
        if !bias.eq(document.bias.iter().copied()) {
            return Err("its biases do not fit together".into());
        }
        numbers.push(Weights { layers });
    }
    let numbers: [Weights; 3] = numbers.try_into().unwrap_or_else(|_| unreachable!());
    let [weights, first, second] = numbers;
    let random = <[u8; RANDOM]>::try_from(document.random);
    let random = random.map_err(|_| "its generator has no state")?;
    let epoch = tensors.f64("epoch", &[3])?;
    let epoch = <[f64; 3]>::try_from(epoch).map_err(|_| "its epoch has other numbers")?;
    let mut metrics = |name: &str| match tensors.f64(name, &[2]) {
        Ok(pair) => Some(Metrics {
            loss: pair[0],
            mse: pair[1],
        }),
        Err(_) => None,
    };
    let (last_epoch, valid) = (metrics("last_epoch"), metrics("valid"));
    let mut curve = |name: &str| {
        let rows = tensors.rows(name, 8);
        let rows = rows.ok_or_else(|| format!("its tensor {name} has another shape"))?;
        let values = tensors.f64(name, &[rows, 8])?;
        Ok::<_, String>(values.as_chunks().0.to_vec())
    };
    let [train, validated] = [0, 2].map(|first| {
        Ok::<_, String>(Traced {
            merged: document.history.merged[first / 2],
            points: curve(CURVES[first])?,
            pending: curve(CURVES[first + 1])?,
        })
    });
    let (train, validated) = (train?, validated?);
    let rows = tensors.u32("rows")?;
    if tensors.left() > 0 {
        return Err(format!("it has {} tensors too many", tensors.left()));
    }
    let progress = document.progress;
    Ok(Saved {
        checkpoint: Checkpoint {
            moment: Moment {
                network: progress.network,
                step: progress.step,
            },
            extended: document.extended,
            tied: document.tied,
            began: document.began,
            engine: EngineState {
                weights,
                moments: [first, second],
                steps: document.moments,
            },
            batches: BatchesState {
                rows,
                next: document.next,
                random,
            },
            epoch: Sum::restored(epoch),
            rate: document.rate,
            looks: document.looks.iter().map(|looks| looks.count).sum(),
        },
        history: History {
            seconds: progress.seconds,
            rows: document.history.rows,
            steps: document.history.steps,
            last_epoch,
            valid,
            train,
            validated,
            marks: document.history.marks,
        },
        looks: document.looks,
        fingerprint: document.fingerprint,
        progress,
    })
}

/// Reads the looks of a file.
pub fn read_looks(path: &Path) -> Result<Vec<Look>> {
    let (bytes, document) = sealed(path)?;
    let read = || {
        let index: Index = serde_json::from_str(&document).map_err(|error| error.to_string())?;
        if index.part != "looks" {
            return Err("it holds no looks".into());
        }
        let tensors = SafeTensors::deserialize(&bytes).map_err(|error| error.to_string())?;
        let tensors = &mut Tensors::new(tensors);
        let mut looks = Vec::new();
        for (place, taken) in index.looks.iter().enumerate() {
            if taken.layers > 1_000 {
                return Err(format!("there is no network of {} layers", taken.layers));
            }
            let numbers = pull(tensors, &format!("look.{place}."), taken.layers)?;
            let layers = numbers.into_iter().map(|own| [own.weight, own.bias]);
            looks.push(Look {
                moment: Moment {
                    network: taken.network,
                    step: taken.step,
                },
                layers: layers.collect(),
            });
        }
        Ok::<_, String>(looks)
    };
    read().map_err(|what| refuse(path, format!("the file is damaged: {what}"), BEGIN_ANEW))
}
