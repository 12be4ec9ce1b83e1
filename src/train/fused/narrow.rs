//! Networks of narrow layers that only rebuild: a row lies in each lane of the vectors, so that no panel is padded and all that
//! is passed on stays in the first-level cache. Nothing comes out otherwise than from [`Network`], to the bit.

use std::cell::RefCell;
use std::sync::Arc;

use pulp::Simd;

use super::activation::apply;
use super::kernel::{rows_of, rows_of_mut};
use super::network::Network;
use super::panels::Aligned;
use super::threads::{Job, NARROW, Threads};
use super::transpose::turn;
use crate::model::spec::{Activation, LayerSpec};
use crate::model::weights::Weights;
use crate::score::view::Reconstruct;

/// Vectors side by side: so many products with one number of the weights hide its way from the cache.
const VECTORS: usize = 2;
/// Most outputs whose sums are in registers together.
const GROUP: usize = 8;
/// Squares that are summed side by side, as in [`error`](crate::score::error::error).
const ABREAST: usize = 8;

/// A copy of a network's numbers, for looking at rows.
pub struct Narrow {
    /// Its copies for other threads share the numbers.
    layers: Arc<[Layer]>,
    inputs: usize,
    /// Layers of the encoder.
    encoder: usize,
    room: RefCell<Room>,
    threads: Threads,
}

/// A layer's numbers.
struct Layer {
    /// Row-major `[inputs, outputs]`; none where they are the mirror layer's.
    own: Option<Vec<f32>>,
    /// The weights as they are multiplied with.
    groups: Vec<Group>,
    /// One for each output.
    bias: Option<Vec<f32>>,
    activation: Activation,
    outputs: usize,
}

/// Neighbouring outputs and their weights: of each input, one for each of them.
struct Group {
    outputs: usize,
    weights: Vec<f32>,
}

/// The values of as many rows as lie side by side, feature after feature.
struct Room {
    rows: Aligned,
    /// What one layer makes of what the other holds.
    values: [Aligned; 2],
    sums: Vec<f64>,
}

impl Narrow {
    /// Of a network, where its layers are narrow enough.
    pub fn of(network: &Network, threads: &Threads) -> Option<Self> {
        let spec = network.spec();
        if spec.widest() > NARROW {
            return None;
        }
        let Weights { layers: numbers } = network.weights();
        let layer = |layer: LayerSpec| {
            let own = numbers[layer.index].weight.clone();
            let borrowed = || {
                let mirror = numbers[spec.mirror(layer.index)].weight.as_deref();
                let mut turned = vec![0.0; layer.inputs * layer.outputs];
                turn(
                    mirror.unwrap_or_default(),
                    layer.inputs,
                    &mut turned,
                    layer.outputs,
                );
                turned
            };
            Layer {
                groups: match &own {
                    Some(own) => Group::all(own, layer.outputs),
                    None => Group::all(&borrowed(), layer.outputs),
                },
                own,
                bias: numbers[layer.index].bias.clone(),
                activation: layer.activation,
                outputs: layer.outputs,
            }
        };
        Some(Self {
            layers: spec.layers().map(layer).collect(),
            inputs: spec.inputs(),
            encoder: spec.encoder(),
            room: RefCell::new(Room::new(spec.widest(), threads)),
            threads: threads.clone(),
        })
    }

    /// What so many layers make of row-major `rows`.
    fn pass(&self, rows: &[f32], layers: usize) -> Vec<f32> {
        let outputs = self.layers[layers - 1].outputs;
        let mut passed = vec![0.0; rows.len() / self.inputs * outputs];
        self.threads.run(Rebuild {
            layers: &self.layers[..layers],
            rows,
            inputs: self.inputs,
            room: &mut self.room.borrow_mut(),
            passed: &mut passed,
        });
        passed
    }
}

impl Reconstruct for Narrow {
    fn reconstruct(&self, rows: &[f32]) -> Vec<f32> {
        self.pass(rows, self.layers.len())
    }

    fn encode(&self, rows: &[f32]) -> Vec<f32> {
        self.pass(rows, self.encoder)
    }

    fn errors(&self, rows: &[f32], weights: &[f32], errors: &mut [f32]) {
        self.threads.run(Errors {
            layers: &self.layers,
            rows,
            weights,
            room: &mut self.room.borrow_mut(),
            found: errors,
        });
    }

    fn numbers(&self) -> Vec<[Option<Vec<f32>>; 2]> {
        let layers = self.layers.iter();
        layers
            .map(|layer| [layer.own.clone(), layer.bias.clone()])
            .collect()
    }

    /// The copy leaves the pool to the training.
    fn fork(&self) -> Box<dyn Reconstruct> {
        Box::new(Self {
            layers: Arc::clone(&self.layers),
            room: RefCell::new(self.room.borrow().like()),
            threads: self.threads.alone(),
            ..*self
        })
    }

    fn threads(&self) -> usize {
        self.threads.count()
    }
}

impl Room {
    /// For layers of this width.
    fn new(widest: usize, threads: &Threads) -> Self {
        let abreast = threads.lanes() * VECTORS;
        Self::sized(widest * abreast, 2 * abreast)
    }

    fn like(&self) -> Self {
        Self::sized(self.rows.len(), self.sums.len())
    }

    fn sized(values: usize, sums: usize) -> Self {
        let zeros = || Aligned::zeros(values);
        Self {
            rows: zeros(),
            values: [zeros(), zeros()],
            sums: vec![0.0; sums],
        }
    }
}

/// Passes rows on through these layers, which take turns with the `values`; gives the last one's output.
#[inline(always)]
fn pass<'v, S: Simd>(
    simd: S,
    layers: &[Layer],
    rows: &[f32],
    values: &'v mut [Aligned; 2],
) -> &'v [f32] {
    let [mut output, mut input] = values.each_mut().map(|values| &mut **values);
    for (index, layer) in layers.iter().enumerate() {
        layer.forward(simd, if index == 0 { rows } else { input }, output);
        std::mem::swap(&mut input, &mut output);
    }
    input
}

impl Layer {
    /// The product, the bias and the activation. The sums come together in the order of the inputs.
    #[inline(always)]
    fn forward<S: Simd>(&self, simd: S, input: &[f32], output: &mut [f32]) {
        let inputs = rows_of::<S, VECTORS>(input);
        let output = &mut rows_of_mut::<S, VECTORS>(output)[..self.outputs];
        let mut first = 0;
        for group in &self.groups {
            let to = &mut output[first..];
            match group.outputs {
                1 => group.sum::<S, 1>(simd, inputs, to),
                2 => group.sum::<S, 2>(simd, inputs, to),
                3 => group.sum::<S, 3>(simd, inputs, to),
                4 => group.sum::<S, 4>(simd, inputs, to),
                5 => group.sum::<S, 5>(simd, inputs, to),
                6 => group.sum::<S, 6>(simd, inputs, to),
                7 => group.sum::<S, 7>(simd, inputs, to),
                _ => group.sum::<S, GROUP>(simd, inputs, to),
            }
            first += group.outputs;
        }
        if let Some(bias) = &self.bias {
            for (sums, bias) in output.iter_mut().zip(bias) {
                for sum in sums {
                    *sum = simd.add_f32s(*sum, simd.splat_f32s(*bias));
                }
            }
        }
        apply(simd, self.activation, output.as_flattened_mut());
    }
}

impl Group {
    /// All outputs of a layer in as few groups as there can be, of about the same size.
    fn all(weight: &[f32], outputs: usize) -> Vec<Self> {
        let count = outputs.div_ceil(GROUP);
        let cuts = (0..=count).map(|cut| cut * outputs / count);
        let group = |(first, end): (usize, usize)| Self {
            outputs: end - first,
            weights: weight
                .chunks_exact(outputs)
                .flat_map(|row| row[first..end].iter().copied())
                .collect(),
        };
        cuts.clone().zip(cuts.skip(1)).map(group).collect()
    }

    /// The sums of these outputs, of which there are `COUNT`.
    #[inline(always)]
    fn sum<S: Simd, const COUNT: usize>(
        &self,
        simd: S,
        inputs: &[[S::f32s; VECTORS]],
        output: &mut [[S::f32s; VECTORS]],
    ) {
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; COUNT];
        for (weights, input) in self.weights.as_chunks::<COUNT>().0.iter().zip(inputs) {
            for i in 0..COUNT {
                let number = simd.splat_f32s(weights[i]);
                for j in 0..VECTORS {
                    sums[i][j] = simd.mul_add_e_f32s(number, input[j], sums[i][j]);
                }
            }
        }
        output[..COUNT].copy_from_slice(&sums);
    }
}

/// What some layers make of rows.
struct Rebuild<'a> {
    layers: &'a [Layer],
    rows: &'a [f32],
    inputs: usize,
    room: &'a mut Room,
    /// Row-major.
    passed: &'a mut [f32],
}

impl Job for Rebuild<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const _V: usize>(self, simd: S) {
        let abreast = VECTORS * S::F32_LANES;
        let (inputs, outputs) = (self.inputs, self.layers[self.layers.len() - 1].outputs);
        let passed = self.passed.chunks_mut(abreast * outputs);
        for (rows, passed) in self.rows.chunks(abreast * inputs).zip(passed) {
            let room = &mut *self.room;
            turn(rows, inputs, &mut room.rows, abreast);
            let output = pass(simd, self.layers, &room.rows, &mut room.values);
            turn(&output[..outputs * abreast], abreast, passed, outputs);
        }
    }
}

/// How far rows are from what a network makes of them.
struct Errors<'a> {
    layers: &'a [Layer],
    rows: &'a [f32],
    /// What each feature weighs.
    weights: &'a [f32],
    room: &'a mut Room,
    /// One for each row.
    found: &'a mut [f32],
}

impl Job for Errors<'_> {
    type Output = ();

    /// As many squares are summed abreast, and in the same order, as where a row is looked at by itself.
    #[inline(always)]
    fn run<S: Simd, const ROWS: usize, const _V: usize>(self, simd: S) {
        let abreast = VECTORS * S::F32_LANES;
        let features = self.weights.len();
        let blocks = self.rows.chunks(abreast * features);
        for (rows, found) in blocks.zip(self.found.chunks_mut(abreast)) {
            let room = &mut *self.room;
            turn(rows, features, &mut room.rows, abreast);
            let rebuilt = pass(simd, self.layers, &room.rows, &mut room.values);
            let (totals, sums) = room.sums.split_at_mut(abreast);
            totals.fill(0.0);
            for lane in 0..ABREAST.min(features) {
                sums.fill(0.0);
                for feature in (lane..features).step_by(ABREAST) {
                    let weight = f64::from(self.weights[feature]);
                    let x = &room.rows[feature * abreast..][..abreast];
                    let y = &rebuilt[feature * abreast..][..abreast];
                    for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
                        let error = f64::from(x - y);
                        *sum += weight * error * error;
                    }
                }
                for (total, sum) in totals.iter_mut().zip(&*sums) {
                    *total += sum;
                }
            }
            for (slot, total) in found.iter_mut().zip(&*totals) {
                *slot = (total / features as f64) as f32;
            }
        }
    }
}
