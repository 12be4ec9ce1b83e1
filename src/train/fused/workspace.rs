//! The memory of a step: every layer's output, every gradient on the way back, and the batch of the step after this one, with
//! which the first layer's weights are multiplied while they are in the cache to learn. Allocated once for the largest batch.

use std::mem::{swap, take};

use super::chunks::Chunks;
use super::errors::{Errors, Weights};
use super::loss::{LossJob, Sums};
use super::panels::{CELL_COPIED, Panels};
use super::threads::{Shape, Threads};
use super::transpose::Transpose;
use crate::model::spec::{Activation, NetworkSpec};
use crate::train::engine::{Batch, Metrics};
use crate::train::recipe::Loss;

/// Values and gradients of one batch, `[rows, width]` each.
#[derive(Debug)]
pub struct Workspace {
    /// The batch, then each layer's output: one more than there are layers.
    pub values: Vec<Panels>,
    /// The loss' gradient at each layer's sum before its activation, at the same place as that layer's output; the batch
    /// itself needs none.
    pub gradients: Vec<Panels>,
    /// One layer's gradients with every square transposed: room for the widest.
    pub transposed: Panels,
    /// Whether the first layer's product is there already.
    pub precomputed: bool,
    /// None before it is asked for.
    pub ahead: Option<Lookahead>,
    sums: Vec<Sums>,
    /// Rows of the batch.
    count: usize,
    /// Rows of a register block, which the batch is padded to.
    block: usize,
}

impl Workspace {
    /// For batches of up to `capacity` rows.
    pub fn new(spec: &NetworkSpec, capacity: usize, shape: Shape) -> Self {
        // Whole squares, whose side is a panel's width.
        let rows = capacity.max(1).next_multiple_of(shape.width);
        let panels = |columns: usize| Panels::zeros(rows, columns, shape.width);
        let outputs = || spec.layers().map(|layer| layer.outputs);
        let values: Vec<Panels> = [spec.inputs()]
            .into_iter()
            .chain(outputs())
            .map(panels)
            .collect();
        let gradients = [0].into_iter().chain(outputs()).map(panels).collect();
        let sums = vec![Sums::default(); spec.inputs().div_ceil(shape.width)];
        Self {
            values,
            gradients,
            transposed: panels(spec.widest()),
            precomputed: false,
            ahead: None,
            sums,
            count: 0,
            block: shape.rows,
        }
    }

    /// Makes room for `count` rows where a caller brings more than was foreseen.
    pub fn fit(&mut self, count: usize, spec: &NetworkSpec, shape: Shape) {
        if count > self.values[0].rows {
            *self = Self::new(spec, count, shape);
        }
    }

    /// Takes a batch.
    pub fn load(&mut self, batch: Batch<'_>, threads: &Threads) {
        self.count = batch.rows();
        let padded = self.rows();
        let [input, product, ..] = &mut self.values[..] else {
            unreachable!("a network has a layer");
        };
        let ahead = self.ahead.as_mut();
        self.precomputed = ahead.is_some_and(|ahead| ahead.give(batch, input, product));
        if !self.precomputed {
            input.load(batch, padded, threads);
        }
    }

    /// Takes the batch after it as well, unless that is larger than there is room for.
    pub fn load_ahead(&mut self, next: Batch<'_>, threads: &Threads) {
        let (input, product) = (&self.values[0], &self.values[1]);
        if next.rows() <= input.rows {
            let ahead = self
                .ahead
                .get_or_insert_with(|| Lookahead::like(input, product));
            ahead.take(next, self.block, threads);
        }
    }

    /// Rows in use, padded to whole register blocks.
    pub fn rows(&self) -> usize {
        self.count.next_multiple_of(self.block)
    }

    /// Transposes the gradients at a layer's output.
    pub fn transpose_gradients(&mut self, layer: usize, threads: &Threads) {
        let (source, rows) = (&self.gradients[layer + 1], self.rows());
        let (columns, width, size) = (source.columns, source.width, source.panel_size());
        let used = rows.next_multiple_of(width) * width;
        self.transposed.columns = columns;
        let panels = columns.div_ceil(width) * size;
        let panels = Chunks::of(&mut self.transposed.values[..panels], size);
        threads.each(CELL_COPIED * rows * columns, panels, |index, transposed| {
            threads.run(Transpose {
                panel: &source.panel(index)[..used],
                width,
                transposed: &mut transposed[..used],
            });
        });
    }

    /// Appends the output of the first `layers`, row-major, to `target`.
    pub fn unload(&self, layers: usize, target: &mut Vec<f32>) {
        if let Some(output) = self.values.get(layers) {
            output.unload(self.count, target);
        }
    }

    /// The error of each row of the batch, when features are weighed so.
    pub fn errors(&self, weights: &Weights, errors: &mut [f32], threads: &Threads) {
        if let [original, .., rebuilt] = &self.values[..] {
            threads.run(Errors {
                original,
                rebuilt,
                weights,
                found: errors,
            });
        }
    }

    /// The loss of the batch, and its gradient at the last layer's logits.
    pub fn measure(&mut self, loss: Loss, activation: Activation, threads: &Threads) -> Metrics {
        let Self {
            values,
            gradients,
            sums,
            count,
            ..
        } = self;
        let rows = count.next_multiple_of(self.block);
        let last = values.len() - 1;
        let (targets, logits, gradient) = (&values[0], &values[last], &mut gradients[last]);
        let (columns, width, size) = (targets.columns, targets.width, gradient.panel_size());
        let cells = *count * columns;
        let work = cells * LossJob::cell_cost(loss, activation);
        let panels = Chunks::of(&mut gradient.values, size);
        let panels = (panels, Chunks::of(sums, 1));
        threads.each(work, panels, |index, (panel, sum)| {
            let used = *count * width;
            sum[0] = threads.run(LossJob {
                loss,
                activation,
                logits: &logits.panel(index)[..used],
                targets: &targets.panel(index)[..used],
                gradients: &mut panel[..used],
                columns: columns - index * width,
                cells,
            });
            panel[used..rows * width].fill(0.0);
        });
        let total = |of: fn(&Sums) -> f64| sums.iter().map(of).sum::<f64>() / cells as f64;
        Metrics {
            loss: total(|sum| sum.loss),
            mse: total(|sum| sum.squares),
        }
    }
}

/// The next batch, and its product with the first layer's weights.
#[derive(Debug)]
pub struct Lookahead {
    /// `[rows, inputs]`
    pub input: Panels,
    /// `[rows, outputs]` of the first layer.
    pub product: Panels,
    /// Rows in use, padded.
    pub rows: usize,
    /// Whether there is a batch here, or only room for one.
    pub filled: bool,
    /// Which table and rows the batch is.
    table: usize,
    chosen: Vec<usize>,
}

impl Lookahead {
    /// Room for as large a batch.
    pub fn like(input: &Panels, product: &Panels) -> Self {
        Self {
            input: input.clone(),
            product: product.clone(),
            rows: 0,
            filled: false,
            table: 0,
            chosen: Vec::new(),
        }
    }

    /// Takes a batch that the next step will probably take.
    pub fn take(&mut self, batch: Batch<'_>, block: usize, threads: &Threads) {
        let (table, chosen) = batch.identity();
        self.rows = batch.rows().next_multiple_of(block);
        self.filled = chosen.is_some();
        self.table = table;
        self.chosen.clear();
        self.chosen.extend_from_slice(chosen.unwrap_or_default());
        self.input.load(batch, self.rows, threads);
    }

    /// Hands what is here over, if it is this batch; gone it is in any case, since the weights are about to change.
    pub fn give(&mut self, batch: Batch<'_>, input: &mut Panels, product: &mut Panels) -> bool {
        let precomputed = take(&mut self.filled);
        let same = precomputed && batch.identity() == (self.table, Some(&self.chosen));
        if same {
            swap(input, &mut self.input);
            swap(product, &mut self.product);
        }
        same
    }
}
