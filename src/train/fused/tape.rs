//! What one batch leaves behind on its way through the network: every layer's output, and every gradient on the way back.
//! Allocated once for the largest batch.

use super::ahead::Ahead;
use super::loss::{LossJob, Sums};
use super::panels::{CELL_COPIED, Panels};
use super::pieces::Chunks;
use super::threads::{Shape, Threads};
use super::turn::Turn;
use crate::model::spec::{Activation, NetworkSpec};
use crate::train::engine::{Batch, Metrics};
use crate::train::recipe::Loss;

/// Values and gradients of one batch, `[rows, width]` each.
#[derive(Debug)]
pub struct Tape {
    /// The batch, then each layer's output: one more than there are layers.
    pub values: Vec<Panels>,
    /// The loss' gradient at each layer's sum before its activation, at the same place as that layer's output; the batch
    /// itself needs none.
    pub gradients: Vec<Panels>,
    /// One layer's gradients with every square turned: room for the widest.
    pub turned: Panels,
    /// Whether the first layer's product is there already.
    pub begun: bool,
    /// None before it is asked for.
    pub ahead: Option<Ahead>,
    sums: Vec<Sums>,
    /// Rows of the batch.
    count: usize,
    /// Rows of a register block, which the batch is padded to.
    block: usize,
}

impl Tape {
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
            turned: panels(spec.widest()),
            begun: false,
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
        self.begun = ahead.is_some_and(|ahead| ahead.give(batch, input, product));
        if !self.begun {
            input.load(batch, padded, threads);
        }
    }

    /// Takes the batch after it as well, unless that is larger than there is room for.
    pub fn load_ahead(&mut self, next: Batch<'_>, threads: &Threads) {
        let (input, product) = (&self.values[0], &self.values[1]);
        if next.rows() <= input.rows {
            let ahead = self
                .ahead
                .get_or_insert_with(|| Ahead::like(input, product));
            ahead.take(next, self.block, threads);
        }
    }

    /// Rows in use, padded to whole register blocks.
    pub fn rows(&self) -> usize {
        self.count.next_multiple_of(self.block)
    }

    /// Turns the gradients at a layer's output.
    pub fn turn_gradients(&mut self, layer: usize, threads: &Threads) {
        let (source, rows) = (&self.gradients[layer + 1], self.rows());
        let (columns, width, size) = (source.columns, source.width, source.panel_size());
        let used = rows.next_multiple_of(width) * width;
        self.turned.columns = columns;
        let panels = columns.div_ceil(width) * size;
        let panels = Chunks::of(&mut self.turned.values[..panels], size);
        threads.each(CELL_COPIED * rows * columns, panels, |index, turned| {
            threads.run(Turn {
                panel: &source.panel(index)[..used],
                width,
                turned: &mut turned[..used],
            });
        });
    }

    /// Appends the last layer's output, row-major, to `target`.
    pub fn unload(&self, target: &mut Vec<f32>) {
        if let Some(output) = self.values.last() {
            output.unload(self.count, target);
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
