//! The layers' numbers at a moment: how large they are, how they are spread, and what the units do on a sample of the rows.
//! The rows pass through a plain f32 forward pass of our own, so that every engine is measured alike.

use crate::data::matrix::Matrix;
use crate::message::{Histogram, Layer, Layers, Moment, Units};
use crate::model::spec::{Activation, LEAKY_SLOPE, LayerSpec, NetworkSpec};
use crate::model::weights::Weights;

/// Parts of a histogram: of so many numbers at least, so many parts. Few numbers in many parts show gaps that say nothing.
const PARTS: [(usize, usize); 4] = [(512, 32), (64, 16), (16, 8), (0, 4)];
/// Multiply-adds that the sample may cost, unless that would leave too few rows: about ten milliseconds.
const WORK: usize = 32_000_000;
/// Fewest and most rows of the sample.
const ROWS: [usize; 2] = [16, 512];
/// Rows that pass through a layer together, so that its weights are read once for all of them.
const BLOCK: usize = 16;
/// Share of the rows above which a unit that is at a flat end counts as saturated.
const OFTEN: f64 = 0.9;

/// Measures a network, whose `weights` must fit `spec`, on evenly spaced rows of `data`.
pub fn measure(at: Moment, spec: &NetworkSpec, weights: &Weights, data: &Matrix) -> Layers {
    let mut layers: Vec<Layer> = Vec::with_capacity(spec.len());
    let mut values = sample(spec, data);
    for layer in spec.layers() {
        let own = &weights.layers[layer.index];
        values = pass(layer, weights, spec, &values);
        let units = units(&values, layer);
        let bias = own.bias.as_deref();
        let (weight_norm, histogram) = if let Some(weight) = &own.weight {
            (norm(weight), histogram(weight))
        } else {
            let mirror = &layers[spec.mirror(layer.index)];
            (mirror.weight_norm, mirror.weights.clone())
        };
        layers.push(Layer {
            weight_norm,
            bias_norm: bias.map(norm),
            weights: histogram,
            biases: bias.map(self::histogram),
            units,
        });
    }
    Layers { at, layers }
}

/// Evenly spaced rows, as many as the network's size allows.
fn sample(spec: &NetworkSpec, data: &Matrix) -> Vec<f32> {
    let work: usize = spec
        .layers()
        .map(|layer| layer.inputs * layer.outputs)
        .sum();
    let [least, most] = ROWS;
    let count = (WORK / work).clamp(least, most).min(data.rows());
    let mut values = Vec::new();
    data.gather((0..count).map(|row| row * data.rows() / count), &mut values);
    values
}

/// What a layer makes of its row-major input.
fn pass(layer: LayerSpec, weights: &Weights, spec: &NetworkSpec, input: &[f32]) -> Vec<f32> {
    let (inputs, outputs) = (layer.inputs, layer.outputs);
    let own = &weights.layers[layer.index];
    let mut output = match &own.bias {
        Some(bias) => bias.repeat(input.len() / inputs),
        None => vec![0.0; input.len() / inputs * outputs],
    };
    let blocks = output
        .chunks_mut(BLOCK * outputs)
        .zip(input.chunks(BLOCK * inputs));
    for (output, input) in blocks {
        let rows = || input.chunks_exact(inputs);
        if let Some(weight) = &own.weight {
            for (place, weight) in weight.chunks_exact(outputs).enumerate() {
                for (output, row) in output.chunks_exact_mut(outputs).zip(rows()) {
                    add(output, row[place], weight);
                }
            }
        } else if let Some(weight) = &weights.layers[spec.mirror(layer.index)].weight {
            // Transposed: each of its rows gives one value.
            for (place, weight) in weight.chunks_exact(inputs).enumerate() {
                for (output, row) in output.chunks_exact_mut(outputs).zip(rows()) {
                    output[place] += dot(row, weight);
                }
            }
        }
    }
    for value in &mut output {
        *value = activate(layer.activation, *value);
    }
    output
}

fn add(sum: &mut [f32], factor: f32, values: &[f32]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

/// In several sums at a time, which the compiler makes one vector of.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const SUMS: usize = 16;
    let mut sums = [0.0; SUMS];
    let (a, a_rest) = a.as_chunks::<SUMS>();
    let (b, b_rest) = b.as_chunks::<SUMS>();
    for (a, b) in a.iter().zip(b) {
        for run in 0..SUMS {
            sums[run] += a[run] * b[run];
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| a * b);
    sums.into_iter().sum::<f32>() + rest.sum::<f32>()
}

fn activate(activation: Activation, x: f32) -> f32 {
    match activation {
        Activation::Relu => x.max(0.0),
        Activation::LeakyRelu if x < 0.0 => LEAKY_SLOPE * x,
        Activation::Elu if x < 0.0 => x.exp_m1(),
        Activation::Linear | Activation::LeakyRelu | Activation::Elu => x,
        Activation::Tanh => x.tanh(),
        Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
    }
}

/// Whether a value lies at a flat end of the activation that gave it.
fn is_flat(activation: Activation, value: f32) -> bool {
    match activation {
        Activation::Tanh => value.abs() > 0.95,
        Activation::Sigmoid => !(0.025..=0.975).contains(&value),
        _ => false,
    }
}

/// What the units do whose values these are, row by row. One row alone says nothing of units that are the same in every row.
fn units(values: &[f32], layer: LayerSpec) -> Units {
    let count = layer.outputs;
    let rows = values.len() / count;
    let first = &values[..count.min(values.len())];
    let mut same = vec![rows > 1; first.len()];
    let mut flat = vec![0_usize; first.len()];
    for row in values.chunks_exact(count) {
        for (unit, value) in row.iter().enumerate() {
            same[unit] &= *value == first[unit];
            flat[unit] += usize::from(is_flat(layer.activation, *value));
        }
    }
    let often = |flat: &usize| *flat as f64 > OFTEN * rows as f64;
    Units {
        rows,
        count,
        dead: chosen(same.into_iter()),
        saturated: chosen(flat.iter().map(often)),
    }
}

/// The numbers of those that are true.
fn chosen(are: impl Iterator<Item = bool>) -> Vec<u32> {
    let numbered = (0..).zip(are);
    numbered
        .filter_map(|(number, is)| is.then_some(number))
        .collect()
}

fn norm(numbers: &[f32]) -> f64 {
    let squares = numbers.iter().map(|number| f64::from(*number).powi(2));
    squares.sum::<f64>().sqrt()
}

/// Counts numbers in equal parts of their range; all in the first where they are all the same. What is not finite is passed
/// over.
fn histogram(numbers: &[f32]) -> Histogram {
    let finite = || numbers.iter().copied().filter(|number| number.is_finite());
    let enough = PARTS.iter().find(|(least, _)| numbers.len() >= *least);
    let parts = enough.map_or(1, |(_, parts)| *parts);
    let mut counts = vec![0; parts];
    let Some(least) = finite().reduce(f32::min) else {
        return Histogram {
            least: 0.0,
            greatest: 0.0,
            counts,
        };
    };
    let greatest = finite().fold(least, f32::max);
    let range = f64::from(greatest) - f64::from(least);
    let scale = if range > 0.0 {
        parts as f64 / range
    } else {
        0.0
    };
    for number in finite() {
        let part = (f64::from(number) - f64::from(least)) * scale;
        counts[(part as usize).min(parts - 1)] += 1;
    }
    Histogram {
        least,
        greatest,
        counts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::weights::LayerWeights;

    const AT: Moment = Moment {
        network: 0,
        step: 7,
    };

    fn layer(weight: Option<&[f32]>, bias: Option<&[f32]>) -> LayerWeights {
        LayerWeights {
            weight: weight.map(<[f32]>::to_vec),
            bias: bias.map(<[f32]>::to_vec),
        }
    }

    /// Two columns, two hidden units: x₁ + x₂ + 1 and −x₁, and what `hidden` makes of them.
    fn measured(hidden: Activation, tied: bool, rows: &[f32]) -> (Layers, Vec<f32>) {
        let spec = NetworkSpec::new(
            vec![2, 2, 1],
            hidden,
            Activation::Linear,
            Activation::Linear,
        )
        .unwrap()
        .with_tied(tied);
        let decoder = |weight: &[f32]| (!tied).then(|| weight.to_vec());
        let [third, fourth] = [&[0.5, -1.0][..], &[1.0, 0.0, 0.0, 2.0]].map(decoder);
        let mut spec = spec;
        for (index, on) in [true, false, false, true].into_iter().enumerate() {
            spec.set_bias(index, on);
        }
        let weights = Weights {
            layers: vec![
                layer(Some(&[1.0, -1.0, 1.0, 0.0]), Some(&[1.0, 0.0])),
                layer(Some(&[2.0, 3.0]), None),
                layer(third.as_deref(), None),
                layer(fourth.as_deref(), Some(&[3.0, -4.0])),
            ],
        };
        weights.check(&spec).unwrap();
        let data = Matrix::new(2, rows.to_vec());
        let layers = measure(AT, &spec, &weights, &data);
        let mut values = rows.to_vec();
        for layer in spec.layers() {
            values = pass(layer, &weights, &spec, &values);
        }
        (layers, values)
    }

    /// By hand, of the rows (1, 2) and (−3, 1): the hidden units come to 4 and −1, and to −1 and 3.
    #[test]
    fn the_pass_is_that_of_the_formulas() {
        let rows = [1.0, 2.0, -3.0, 1.0];
        // leaky: 4 −0.2 | −0.2 3; code 7.4 | 8.6; ×(0.5, −1): 3.7 −7.4 | 4.3 −8.6, leaky: 3.7 −1.48 | 4.3 −1.72.
        let (_, values) = measured(Activation::LeakyRelu, false, &rows);
        for (value, expected) in values.iter().zip([6.7, -6.96, 7.3, -7.44]) {
            assert!((value - expected).abs() < 1e-5, "{values:?}");
        }
        // relu: 4 0 | 0 3; code 8 | 9; ×(2, 3): 16 24 | 18 27; back: a − b + 3 and a − 4, since decoder.1 borrows.
        let (_, values) = measured(Activation::Relu, true, &rows);
        assert_eq!(
            values,
            [16.0 - 24.0 + 3.0, 16.0 - 4.0, 18.0 - 27.0 + 3.0, 18.0 - 4.0]
        );
    }

    #[test]
    fn norms_and_spreads_are_those_of_the_numbers_and_of_the_mirror_where_they_are_borrowed() {
        let (layers, _) = measured(Activation::Relu, true, &[1.0, 2.0, -3.0, 1.0]);
        assert_eq!(layers.at, AT);
        let norms: Vec<f64> = layers
            .layers
            .iter()
            .map(|layer| layer.weight_norm)
            .collect();
        let [outer, inner] = [3.0_f64.sqrt(), 13.0_f64.sqrt()];
        assert_eq!(norms, [outer, inner, inner, outer]);
        let biases: Vec<_> = layers.layers.iter().map(|layer| layer.bias_norm).collect();
        assert_eq!(biases, [Some(1.0), None, None, Some(5.0)]);
        let [first, .., last] = &layers.layers[..] else {
            unreachable!()
        };
        assert_eq!(first.weights, last.weights);
        assert_eq!((first.weights.least, first.weights.greatest), (-1.0, 1.0));
        let counts = &first.weights.counts;
        assert_eq!(&counts[..], &[1, 0, 1, 2]);
        assert_eq!(last.biases.as_ref().unwrap().counts[3], 1);
        assert!(layers.layers[1].biases.is_none());
    }

    #[test]
    fn a_unit_that_is_always_the_same_is_dead_and_one_at_its_flat_end_saturated() {
        // Below x₁ = 0 the second unit gives something, above it nothing; the first is above zero in all rows.
        let (layers, _) = measured(Activation::Relu, false, &[1.0, 2.0, 3.0, 1.0, 0.5, 9.0]);
        let units = &layers.layers[0].units;
        assert_eq!((units.rows, units.count), (3, 2));
        assert_eq!((&units.dead[..], &units.saturated[..]), (&[1][..], &[][..]));
        // tanh(1 + x₁ + x₂) is beyond 0.95 above 1.84, −x₁ here never.
        let (layers, _) = measured(Activation::Tanh, false, &[0.1, 2.0, 0.2, 1.0, 0.3, 9.0]);
        let units = &layers.layers[0].units;
        assert_eq!((&units.dead[..], &units.saturated[..]), (&[][..], &[0][..]));
        let (layers, _) = measured(Activation::Tanh, false, &[0.1, 2.0, 0.2, -1.0, 0.3, 9.0]);
        assert!(layers.layers[0].units.saturated.is_empty());
        let (layers, _) = measured(Activation::Sigmoid, false, &[4.0, 2.0]);
        let units = &layers.layers[0].units;
        assert_eq!(
            (&units.dead[..], &units.saturated[..]),
            (&[][..], &[0, 1][..])
        );
    }

    #[test]
    fn all_equal_numbers_lie_in_the_first_part_and_odd_ones_in_none() {
        let equal = histogram(&[2.5; 7]);
        assert_eq!(
            (equal.least, equal.greatest, equal.counts[0]),
            (2.5, 2.5, 7)
        );
        let odd = histogram(&[f32::NAN, 0.0, f32::INFINITY, 1.0]);
        assert_eq!((odd.greatest, odd.counts.iter().sum::<u32>()), (1.0, 2));
        assert_eq!(histogram(&[]).counts, [0; 4]);
    }

    #[test]
    fn the_sample_shrinks_with_the_network_and_spans_the_table() {
        let spec = |width: usize| {
            let linear = Activation::Linear;
            NetworkSpec::new(vec![2, width], linear, linear, linear).unwrap()
        };
        let data = Matrix::new(2, (0..20_000).map(|cell| cell as f32).collect());
        for (width, rows) in [(4, 512), (80_000, 100), (8_000_000, 16)] {
            let sample = sample(&spec(width), &data);
            assert_eq!(sample.len() / 2, rows);
            assert!(sample[sample.len() - 1] > 18_000.0);
        }
    }
}
