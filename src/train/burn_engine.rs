//! The engine on Burn: autodiff for the gradients, Burn's Adam for the step.
//!
//! Everything random is ours (first weights, shuffles), so Burn's process-wide generator is never used. Only one thread
//! may train at a time: Burn keeps one registry of autodiff graphs per process.

use std::thread::available_parallelism;

use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
#[cfg(feature = "wgpu")]
use burn::tensor::DeviceKind;
use burn::tensor::activation::log_sigmoid;
use burn::tensor::{Device, Tensor, TensorData};

use crate::error::{Error, Result};
use crate::model::network::{Network, activate, bias};
use crate::model::spec::NetworkSpec;
use crate::model::weights::Weights;
use crate::score::view::Reconstruct;
use crate::train::device;
use crate::train::engine::{Batch, Engine, EngineName, Metrics};
use crate::train::recipe::{Loss, Recipe};
#[cfg(any(feature = "wgpu", feature = "cuda"))]
use crate::train::trial::trial;

/// A network on one of Burn's devices.
#[derive(Clone)]
pub struct BurnEngine {
    spec: NetworkSpec,
    loss: Loss,
    /// Without autodiff.
    device: Device,
    network: Network,
    optimizer: ModuleOptimizer,
    name: EngineName,
}

impl BurnEngine {
    /// Puts `weights` on the ndarray device; a [`BuildEngine`](crate::train::engine::BuildEngine).
    pub fn ndarray(
        spec: &NetworkSpec,
        recipe: &Recipe,
        weights: &Weights,
    ) -> Result<Box<dyn Engine>> {
        Self::build(device::Device::Ndarray, spec, recipe, weights)
    }

    /// The same on the flex device.
    #[cfg(feature = "flex")]
    pub fn flex(spec: &NetworkSpec, recipe: &Recipe, weights: &Weights) -> Result<Box<dyn Engine>> {
        Self::build(device::Device::Flex, spec, recipe, weights)
    }

    /// The same on a graphics card.
    #[cfg(feature = "wgpu")]
    pub fn wgpu(spec: &NetworkSpec, recipe: &Recipe, weights: &Weights) -> Result<Box<dyn Engine>> {
        Self::build(device::Device::Wgpu, spec, recipe, weights)
    }

    /// The same on the first NVIDIA card.
    #[cfg(feature = "cuda")]
    pub fn cuda(spec: &NetworkSpec, recipe: &Recipe, weights: &Weights) -> Result<Box<dyn Engine>> {
        Self::build(device::Device::Cuda, spec, recipe, weights)
    }

    fn build(
        device: device::Device,
        spec: &NetworkSpec,
        recipe: &Recipe,
        weights: &Weights,
    ) -> Result<Box<dyn Engine>> {
        let name = EngineName {
            engine: "burn",
            device: device.name(),
            threads: match device {
                // matrixmultiply, which ndarray uses for products, takes four threads at most.
                device::Device::Ndarray => Some(cores().min(4)),
                device::Device::Flex => Some(cores()),
                device::Device::Wgpu | device::Device::Cuda => None,
            },
        };
        let device = Self::device(device, "without --device, the processor trains")?;
        let engine = Self::on(device, name, spec, recipe, weights)?;
        Ok(Box::new(engine))
    }

    /// Burn's handle of a device; an error where it is not built in or not there, which says what to do `instead`. It is always
    /// named: `Device::default()` would take whatever is compiled in and obey `BURN_DEVICE`.
    #[cfg_attr(
        not(any(feature = "wgpu", feature = "cuda")),
        expect(unused_variables, reason = "the processor is always there")
    )]
    pub(in crate::train) fn device(device: device::Device, instead: &str) -> Result<Device> {
        match device {
            #[expect(
                deprecated,
                reason = "burn-ndarray is the backend this project was asked to use"
            )]
            device::Device::Ndarray => Ok(Device::ndarray()),
            #[cfg(feature = "flex")]
            device::Device::Flex => Ok(Device::flex()),
            #[cfg(feature = "wgpu")]
            device::Device::Wgpu => tried(device, instead, || Device::wgpu(DeviceKind::default())),
            #[cfg(feature = "cuda")]
            device::Device::Cuda => tried(device, instead, || Device::cuda(0)),
            #[cfg(not(all(feature = "flex", feature = "wgpu", feature = "cuda")))]
            _ => Err(Error::Usage(device::missing(device.name()))),
        }
    }

    /// Puts `weights` on a device that is there.
    pub(in crate::train) fn on(
        device: Device,
        name: EngineName,
        spec: &NetworkSpec,
        recipe: &Recipe,
        weights: &Weights,
    ) -> Result<Self> {
        weights.check(spec)?;
        Ok(Self {
            spec: spec.clone(),
            loss: recipe.loss,
            network: Network::new(spec, weights, &device.clone().autodiff()),
            optimizer: AdamConfig::new().with_epsilon(recipe.epsilon).init(),
            device,
            name,
        })
    }

    /// The loss as a tensor that can be differentiated, and the metrics.
    fn measure(&self, network: &Network, target: Tensor<2>) -> (Tensor<1>, Metrics) {
        let logits = network.logits(&self.spec, target.clone());
        let (loss, output) = match self.loss {
            Loss::Bce => {
                let loss = bce_with_logits(logits.clone(), target.clone());
                (loss, activate(self.spec.output(), logits.detach()))
            }
            Loss::Mse => {
                let output = activate(self.spec.output(), logits);
                (
                    (output.clone() - target.clone()).powi_scalar(2).mean(),
                    output.detach(),
                )
            }
        };
        let value = f64::from(loss.clone().into_scalar::<f32>());
        let mse = match self.loss {
            Loss::Mse => value,
            Loss::Bce => f64::from((output - target).powi_scalar(2).mean().into_scalar::<f32>()),
        };
        (loss, Metrics { loss: value, mse })
    }
}

impl Engine for BurnEngine {
    fn step(&mut self, batch: Batch<'_>, rate: f64) -> Metrics {
        let target = to_tensor(batch, &self.device.clone().autodiff());
        let (loss, metrics) = self.measure(&self.network, target);
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        metrics
    }

    fn evaluate(&self, batch: Batch<'_>) -> Metrics {
        let target = to_tensor(batch, &self.device);
        self.measure(&self.network.valid(), target).1
    }

    fn freeze(&self) -> Box<dyn Reconstruct> {
        Box::new(Frozen {
            spec: self.spec.clone(),
            network: self.network.valid(),
            device: self.device.clone(),
        })
    }

    fn set_bias(&mut self, layer: usize, on: bool) {
        self.spec.set_bias(layer, on);
        let zeros = || {
            let outputs = self.spec.layer(layer).outputs;
            bias(vec![0.0; outputs], &self.device.clone().autodiff())
        };
        self.network.layers[layer].bias = on.then(zeros);
    }

    fn weights(&self) -> Weights {
        self.network.valid().weights()
    }

    /// Tensors are never changed in place where somebody else holds them, so that sharing them copies nothing until then.
    fn fork(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }

    fn name(&self) -> EngineName {
        self.name
    }
}

#[derive(Clone)]
struct Frozen {
    spec: NetworkSpec,
    network: Network,
    device: Device,
}

impl Reconstruct for Frozen {
    fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
        let rows = to_tensor(Batch::whole(rows, self.spec.inputs()), &self.device);
        let logits = self.network.logits(&self.spec, rows);
        activate(self.spec.output(), logits)
            .into_data()
            .try_to_vec()
            .expect("the output is f32")
    }

    fn encode(&self, rows: &[f32]) -> Vec<f32> {
        let rows = to_tensor(Batch::whole(rows, self.spec.inputs()), &self.device);
        let code = self.network.code(&self.spec, rows);
        code.into_data().try_to_vec().expect("the code is f32")
    }

    fn numbers(&self) -> Vec<[Option<Vec<f32>>; 2]> {
        let layers = self.network.weights().layers.into_iter();
        layers.map(|layer| [layer.weight, layer.bias]).collect()
    }

    fn fork(&self) -> Box<dyn Reconstruct> {
        Box::new(self.clone())
    }
}

/// The mean over cells of −t·ln σ(x) − (1 − t)·ln(1 − σ(x)), written as (1 − t)·x − ln σ(x), which is stable for any x.
/// Burn's own loss takes whole-number targets only.
fn bce_with_logits(logits: Tensor<2>, target: Tensor<2>) -> Tensor<1> {
    ((target.neg() + 1.0) * logits.clone() - log_sigmoid(logits)).mean()
}

fn to_tensor(batch: Batch<'_>, device: &Device) -> Tensor<2> {
    let shape = [batch.rows(), batch.columns()];
    let rows = (0..batch.rows()).flat_map(|row| batch.row(row));
    let values: Vec<f32> = rows.copied().collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// A graphics card that answers. Burn panics where there is none, or no driver for it.
#[cfg(any(feature = "wgpu", feature = "cuda"))]
fn tried(
    device: device::Device,
    instead: &str,
    open: impl FnOnce() -> Device + Send + 'static,
) -> Result<Device> {
    let tried = trial(move || {
        let device = open();
        let sum = Tensor::<1>::from_data([1.0f32, 2.0], &device).sum();
        (sum.into_scalar::<f32>() == 3.0).then_some(device)
    });
    tried?.flatten().ok_or_else(|| {
        let (name, words) = (device.name(), device.words());
        Error::Told(format!(
            "no {words} answers here, and {name} needs one and its driver; {instead}"
        ))
    })
}

fn cores() -> usize {
    available_parallelism().map_or(1, Into::into)
}
