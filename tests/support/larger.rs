//! A run on a table larger than memory.

use std::path::Path;

use misfit::data::options::ReadOptions;
use misfit::data::read::Advance;
use misfit::data::source::Source;
use misfit::data::windows::choice::WindowChoice;
use misfit::message::Change;
use misfit::model::spec::{Activation, BiasChoice};
use misfit::plan::Plan;
use misfit::train::fused::FusedEngine;
use misfit::train::recipe::{Length, Preset, Recipe};
use misfit::worker::Worker;

/// A short run, whose rows are called by the column `name`.
pub fn plan(path: &Path) -> Plan {
    Plan {
        source: Source::Path(path.into()),
        read: ReadOptions {
            memory: Some(1 << 20),
            id: Some("name".into()),
            ..ReadOptions::default()
        },
        preset: Preset::Auto,
        recipe: Recipe {
            length: Length::Steps(60),
            ..Recipe::new(Preset::Auto)
        },
        window: WindowChoice::Found,
        hidden: None,
        activations: [Activation::Tanh, Activation::Linear, Activation::Linear],
        bias: BiasChoice::All,
        tied: false,
        start: None,
        model: None,
        engine: FusedEngine::build,
    }
}

/// The worker that does it.
pub fn worker(path: &Path) -> Worker {
    let plan = plan(path);
    let prepare = move |changes: &[Change], advance: &mut Advance<'_>| {
        let prepared = plan.prepare_from(&mut plan.source.origin(), changes, advance)?;
        Ok((prepared.loaded(), prepared.trainer))
    };
    Worker::spawn("auto".into(), prepare).expect("a thread for the worker")
}
