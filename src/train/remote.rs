//! The engine on another machine, and what becomes of a training when that machine is lost.
//!
//! The network learns there; here is kept how it was a moment ago. Whoever looks at the rows looks from here, through a copy of
//! the numbers, so that nothing that was looked at is lost with the connection. When the other side is lost, the fused engine goes
//! on from the numbers that are here: Adam begins anew, and the steps of the last moments are learned from other rows again.

mod address;
mod connect;
mod link;
pub mod server;

use std::cell::{Cell, OnceCell, RefCell};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::format;
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;
use crate::score::view::Reconstruct;
use crate::train::burn_engine::BurnEngine;
use crate::train::engine::{Batch, BuildEngine, Engine, EngineName, Metrics};
use crate::train::fused::FusedEngine;
use crate::train::recipe::Recipe;
pub use address::Address;
use link::Link;

/// How old the numbers that are here become: what is learned again at most where the connection breaks.
const HOLD: Duration = Duration::from_secs(2);

/// The other side. A process has one, for as long as it lives: Burn keeps the session that long.
static LINK: OnceLock<Arc<Link>> = OnceLock::new();

/// What builds engines at `address`, which asks for `token`. Nothing is connected before the first engine is built. An error where
/// this process trains elsewhere already.
pub fn engine(address: &Address, token: &str) -> Result<BuildEngine> {
    let link = LINK.get_or_init(|| Arc::new(Link::new(address.clone(), token.into())));
    if link.leads_to(address, token) {
        return Ok(RemoteEngine::build);
    }
    Err(Error::Told(
        "this process trains on another remote device already".into(),
    ))
}

/// A network that learns on another machine, or on this one once that is lost.
struct RemoteEngine {
    spec: NetworkSpec,
    recipe: Recipe,
    link: Arc<Link>,
    /// The network there; none where there was no connection.
    far: Option<Arc<Mutex<BurnEngine>>>,
    /// The network here, once the other is lost.
    near: OnceCell<Box<dyn Engine>>,
    /// How the network there was a moment ago, when that was, and how many steps it has learned since.
    held: RefCell<Weights>,
    held_at: Cell<Instant>,
    since: Cell<u64>,
}

impl RemoteEngine {
    /// Puts `weights` on the other machine, or on this one where that cannot be; a [`BuildEngine`].
    fn build(spec: &NetworkSpec, recipe: &Recipe, weights: &Weights) -> Result<Box<dyn Engine>> {
        weights.check(spec)?;
        let link = LINK
            .get()
            .ok_or_else(|| Error::Training("no remote device was named".into()))?;
        let mut engine = Self {
            spec: spec.clone(),
            recipe: recipe.clone(),
            link: Arc::clone(link),
            far: None,
            near: OnceCell::new(),
            held: RefCell::new(weights.clone()),
            held_at: Cell::new(Instant::now()),
            since: Cell::new(0),
        };
        // What it cannot build at all is told now, and not when the connection breaks.
        let near = FusedEngine::build(spec, recipe, weights)?;
        let name = engine.name();
        let far = link.connect(|device| {
            let (spec, recipe, weights) = (spec.clone(), recipe.clone(), weights.clone());
            move || BurnEngine::on(device, name, &spec, &recipe, &weights)
        });
        match far {
            Some(far) => engine.far = Some(Arc::new(Mutex::new(far?))),
            None => engine.near = OnceCell::from(near),
        }
        Ok(Box::new(engine))
    }

    /// Does something with the network there; nothing where it is lost, or is now. `bytes` go there and back.
    fn ask<T: Send + 'static>(
        &self,
        bytes: usize,
        job: impl FnOnce(&mut BurnEngine) -> T + Send + 'static,
    ) -> Option<T> {
        if self.near.get().is_some() {
            return None;
        }
        let far = Arc::clone(self.far.as_ref()?);
        let work = move || job(&mut far.lock().unwrap_or_else(PoisonError::into_inner));
        let answer = self.link.call(bytes, work);
        if answer.is_none() {
            self.link.tell(|why| self.moved(why));
        }
        answer
    }

    /// The network here, from how the one there was a moment ago.
    fn near(&self) -> &dyn Engine {
        &**self.near.get_or_init(|| self.rebuilt())
    }

    fn near_mut(&mut self) -> &mut dyn Engine {
        self.near();
        &mut **self.near.get_mut().expect("it was just built")
    }

    fn rebuilt(&self) -> Box<dyn Engine> {
        FusedEngine::build(&self.spec, &self.recipe, &self.held.borrow())
            .expect("it could be built when the training began")
    }

    /// What to say of the loss of the other side.
    fn moved(&self, why: &str) -> String {
        let name = self.link.name();
        let from = match self.since.get() {
            0 => "from where it stood".to_owned(),
            1 => "from the weights of one step before".to_owned(),
            steps => format!("from the weights of {} steps before", format::group(steps)),
        };
        format!("{name} is lost: {why}; training continues on this machine's processor, {from}")
    }

    /// How many bytes the numbers take.
    fn bytes(&self) -> usize {
        let layers = &self.held.borrow().layers;
        let numbers = layers.iter().flat_map(|own| [&own.weight, &own.bias]);
        numbers
            .flatten()
            .map(|own| own.len() * size_of::<f32>())
            .sum()
    }

    /// Brings the numbers here up to the present; whether it could.
    fn hold(&self) -> bool {
        if self.since.get() == 0 {
            return true;
        }
        let Some(weights) = self.ask(self.bytes(), |engine| engine.weights()) else {
            return false;
        };
        *self.held.borrow_mut() = weights;
        self.held_at.set(Instant::now());
        self.since.set(0);
        true
    }
}

impl Engine for RemoteEngine {
    fn step(&mut self, batch: Batch<'_>, rate: f64) -> Metrics {
        if self.near.get().is_none() {
            let (rows, width) = owned(batch);
            let bytes = rows.len() * size_of::<f32>();
            let learned = self.ask(bytes, move |engine| {
                engine.step(Batch::whole(&rows, width), rate)
            });
            if let Some(metrics) = learned {
                self.since.set(self.since.get() + 1);
                if self.held_at.get().elapsed() >= HOLD {
                    self.hold();
                }
                return metrics;
            }
        }
        self.near_mut().step(batch, rate)
    }

    fn evaluate(&self, batch: Batch<'_>) -> Metrics {
        if self.near.get().is_none() {
            let (rows, width) = owned(batch);
            let bytes = rows.len() * size_of::<f32>();
            let measured = self.ask(bytes, move |engine| {
                engine.evaluate(Batch::whole(&rows, width))
            });
            if let Some(metrics) = measured {
                return metrics;
            }
        }
        self.near().evaluate(batch)
    }

    /// A copy that is here: rows are looked at on this machine, whatever becomes of the other.
    fn freeze(&self) -> Box<dyn Reconstruct> {
        if self.near.get().is_none() && self.hold() {
            return self.rebuilt().freeze();
        }
        self.near().freeze()
    }

    fn set_bias(&mut self, layer: usize, on: bool) {
        let there = self.ask(0, move |engine| engine.set_bias(layer, on));
        if there.is_none() {
            self.near_mut().set_bias(layer, on);
        }
        self.spec.set_bias(layer, on);
        let zeros = || vec![0.0; self.spec.layer(layer).outputs];
        self.held.get_mut().layers[layer].bias = on.then(zeros);
        // The other numbers are those of a moment ago.
        self.hold();
    }

    fn weights(&self) -> Weights {
        if self.near.get().is_none() && self.hold() {
            return self.held.borrow().clone();
        }
        self.near().weights()
    }

    fn fork(&self) -> Box<dyn Engine> {
        let far = self.hold().then(|| self.ask(0, |engine| engine.clone()));
        let far = far.flatten().map(|far| Arc::new(Mutex::new(far)));
        let near = match &far {
            Some(_) => OnceCell::new(),
            None => OnceCell::from(self.near().fork()),
        };
        Box::new(Self {
            spec: self.spec.clone(),
            recipe: self.recipe.clone(),
            link: Arc::clone(&self.link),
            far,
            near,
            held: self.held.clone(),
            held_at: self.held_at.clone(),
            since: self.since.clone(),
        })
    }

    fn name(&self) -> EngineName {
        // The loss may be known, and told, before the network here was needed.
        if self.near.get().is_some() || self.link.is_lost() {
            return self.near().name();
        }
        EngineName {
            engine: "burn",
            device: self.link.name(),
            // How many it takes there is the other machine's business.
            threads: None,
        }
    }

    fn news(&mut self) -> Option<String> {
        self.link.news()
    }
}

impl Drop for RemoteEngine {
    fn drop(&mut self) {
        if let Some(far) = self.far.take() {
            self.link.let_go(far);
        }
    }
}

/// The rows of a batch one after the other, and how wide they are.
fn owned(batch: Batch<'_>) -> (Vec<f32>, usize) {
    let rows = (0..batch.rows()).flat_map(|row| batch.row(row));
    (rows.copied().collect(), batch.columns())
}
