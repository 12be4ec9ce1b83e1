//! The batch of the step after this one: while the first layer's weights are in the cache to learn, they are multiplied with it.

use std::mem::{swap, take};

use super::panels::Panels;
use super::threads::Threads;
use crate::train::engine::Batch;

/// The next batch, and its product with the first layer's weights.
#[derive(Debug)]
pub struct Ahead {
    /// `[rows, inputs]`
    pub input: Panels,
    /// `[rows, outputs]` of the first layer.
    pub product: Panels,
    /// Rows in use, padded.
    pub rows: usize,
    /// Whether there is a batch here, or only room for one.
    pub begins: bool,
    /// Which table and rows the batch is.
    table: usize,
    chosen: Vec<usize>,
}

impl Ahead {
    /// Room for as large a batch.
    pub fn like(input: &Panels, product: &Panels) -> Self {
        Self {
            input: input.clone(),
            product: product.clone(),
            rows: 0,
            begins: false,
            table: 0,
            chosen: Vec::new(),
        }
    }

    /// Takes a batch that the next step will probably take.
    pub fn take(&mut self, batch: Batch<'_>, block: usize, threads: &Threads) {
        let (table, chosen) = batch.identity();
        self.rows = batch.rows().next_multiple_of(block);
        self.begins = chosen.is_some();
        self.table = table;
        self.chosen.clear();
        self.chosen.extend_from_slice(chosen.unwrap_or_default());
        self.input.load(batch, self.rows, threads);
    }

    /// Hands what is here over, if it is this batch; gone it is in any case, since the weights are about to change.
    pub fn give(&mut self, batch: Batch<'_>, input: &mut Panels, product: &mut Panels) -> bool {
        let begun = take(&mut self.begins);
        let same = begun && batch.identity() == (self.table, Some(&self.chosen));
        if same {
            swap(input, &mut self.input);
            swap(product, &mut self.product);
        }
        same
    }
}
