//! The files of numbers: a checkpoint, and looks. Both are safetensors with a document in the metadata, as a model file is, so
//! that other programs find the numbers, and both are refused whole if one byte of them is another.

mod layers;
mod looks;
mod sealed;

use std::path::Path;

use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};

use super::{BEGIN_ANEW, SCHEMA, program, refuse};
use crate::error::Result;
use crate::message::{Moment, Traced};
use crate::model::weights::Weights;
use crate::store::model::save::serialize;
use crate::store::model::seal::OPEN;
use crate::store::model::tensors::{Tensor, Tensors};
use crate::train::batches::{BatchesState, RANDOM};
use crate::train::checkpoint::Checkpoint;
use crate::train::engine::{EngineState, Metrics};
use crate::train::history::History;
use crate::train::sum::Sum;
use layers::{pull, push};
pub use looks::{looks_bytes, read_looks};
pub use sealed::progress;
use sealed::sealed;

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
