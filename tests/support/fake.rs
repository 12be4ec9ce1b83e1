//! A trainer whose engine only pretends: it learns nothing, fast and always the same.

#![allow(
    clippy::unnecessary_wraps,
    reason = "the builders have the type that the trainer asks for"
)]

use std::sync::Arc;

use misfit::data::columns::column::Column;
use misfit::data::columns::spread::Spread;
use misfit::data::encoder::{Encoded, Scaling};
use misfit::error::Result;
use misfit::message::Loaded;
use misfit::model::init::Initializer;
use misfit::model::spec::{Activation, NetworkSpec};
use misfit::model::weights::Weights;
use misfit::score::view::Reconstruct;
use misfit::train::engine::{Batch, BuildEngine, Engine, EngineName, Metrics};
use misfit::train::recipe::{Length, Preset, Recipe};
use misfit::train::trainer::Trainer;

pub const ROWS: usize = 40;
/// The row that differs from all others.
pub const STRANGE: u32 = 17;

#[derive(Clone)]
struct Fake {
    spec: NetworkSpec,
    steps: u64,
    panics_at: Option<u64>,
    diverges_at: Option<u64>,
    /// After so many steps its device is lost.
    moves_at: Option<u64>,
    moved: bool,
}

impl Engine for Fake {
    fn step(&mut self, _: Batch<'_>, _: f64) -> Metrics {
        self.steps += 1;
        assert_ne!(
            Some(self.steps),
            self.panics_at,
            "the fake engine was told to panic"
        );
        let loss = if Some(self.steps) == self.diverges_at {
            f64::NAN
        } else {
            1.0 / self.steps as f64
        };
        Metrics {
            loss,
            mse: loss / 2.0,
        }
    }

    fn evaluate(&self, _: Batch<'_>) -> Metrics {
        Metrics {
            loss: 0.5,
            mse: 0.25,
        }
    }

    fn freeze(&self) -> Box<dyn Reconstruct> {
        Box::new(Zero)
    }

    fn set_bias(&mut self, layer: usize, on: bool) {
        self.spec.set_bias(layer, on);
    }

    fn weights(&self) -> Weights {
        Initializer::GlorotNormal.draw(&self.spec, 0)
    }

    fn fork(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }

    fn name(&self) -> EngineName {
        EngineName {
            engine: "fake",
            device: if self.moved { "home" } else { "none" },
            threads: Some(1),
        }
    }

    fn news(&mut self) -> Option<String> {
        let moves = self.moves_at == Some(self.steps) && !self.moved;
        self.moved |= moves;
        moves.then(|| "the device is lost".into())
    }
}

/// Rebuilds every row as zeros; its code is the first column.
struct Zero;

impl Reconstruct for Zero {
    fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
        vec![0.0; rows.len()]
    }

    fn encode(&self, rows: &[f32]) -> Vec<f32> {
        rows.chunks(3).map(|row| row[0]).collect()
    }

    fn fork(&self) -> Box<dyn Reconstruct> {
        Box::new(Self)
    }
}

pub fn steady(spec: &NetworkSpec, _: &Recipe, _: &Weights) -> Result<Box<dyn Engine>> {
    Ok(Box::new(Fake {
        spec: spec.clone(),
        steps: 0,
        panics_at: None,
        diverges_at: None,
        moves_at: None,
        moved: false,
    }))
}

pub fn moving(spec: &NetworkSpec, _: &Recipe, _: &Weights) -> Result<Box<dyn Engine>> {
    Ok(Box::new(Fake {
        spec: spec.clone(),
        steps: 0,
        panics_at: None,
        diverges_at: None,
        moves_at: Some(3),
        moved: false,
    }))
}

pub fn panicking(spec: &NetworkSpec, _: &Recipe, _: &Weights) -> Result<Box<dyn Engine>> {
    Ok(Box::new(Fake {
        spec: spec.clone(),
        steps: 0,
        panics_at: Some(3),
        diverges_at: None,
        moves_at: None,
        moved: false,
    }))
}

/// Diverges with all biases on, and is steady otherwise.
pub fn diverging(spec: &NetworkSpec, _: &Recipe, _: &Weights) -> Result<Box<dyn Engine>> {
    Ok(Box::new(Fake {
        spec: spec.clone(),
        steps: 0,
        panics_at: None,
        diverges_at: spec.bias().iter().all(|on| *on).then_some(5),
        moves_at: None,
        moved: false,
    }))
}

pub fn spec() -> NetworkSpec {
    NetworkSpec::new(
        vec![3, 2, 1],
        Activation::Tanh,
        Activation::Linear,
        Activation::Linear,
    )
    .unwrap()
}

fn data() -> Encoded {
    let column = |index: usize| {
        let value = |row| {
            if row == STRANGE as usize {
                9.0
            } else {
                ((row * (index + 3)) as f64).sin()
            }
        };
        Column::numbers(format!("c{index}"), (0..ROWS).map(value).collect())
    };
    Encoded::new((0..3).map(column).collect(), ROWS, Scaling::ZScore)
}

pub fn loaded() -> Loaded {
    Loaded {
        name: "fake.csv".into(),
        rows: ROWS,
        of: None,
        columns: Vec::new(),
        numbers: None,
        features: vec!["c0".into(), "c1".into(), "c2".into()],
        encoded: 3,
        offsets: vec![0.0; 3],
        scales: vec![1.0; 3],
        spreads: vec![Spread::default(); 3],
        window: None,
        curves: Vec::new(),
        ids: None,
        outlier: None,
        notices: vec!["a notice".into()],
        model: None,
    }
}

/// A run of `steps` steps, ten rows each, snapshots at none.
pub fn trainer(steps: u64, build: BuildEngine) -> Trainer {
    trainer_of(1, steps, &[], build)
}

/// The same with several networks, one after the other, and with snapshots of each.
pub fn trainer_of(networks: u64, steps: u64, snapshots: &[u64], build: BuildEngine) -> Trainer {
    let recipe = Recipe {
        networks,
        length: Length::Steps(steps),
        batch: 10,
        snapshots: snapshots.to_vec(),
        ..Recipe::new(Preset::Auto)
    };
    Trainer::new(Arc::new(data()), None, recipe, spec(), build).unwrap()
}
