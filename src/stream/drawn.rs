//! Rows of which it is not known which rows of the file they are. A row that `LeSiNN` has drawn is not its own neighbour, so its
//! score depends on whether it is that row or another like it.

use super::Stream;
use super::rows::Rows;
use crate::data::records::chunk::Chunk;
use crate::score::ranking::By;

impl Stream<'_> {
    /// For each row of a block the numbers that it may have in the table that was learned from, and what it scores if it has them.
    /// Most rows may have none.
    pub fn drawn(&self, chunk: &Chunk) -> Vec<Vec<(u64, f32)>> {
        let count = chunk.places.len();
        let lesinn = self.judge.lesinn.as_ref();
        let Some(lesinn) = lesinn.filter(|_| self.judge.by() != By::Network) else {
            return vec![Vec::new(); count];
        };
        let rows = Rows::of(self);
        let made = rows.made(&chunk.pieces);
        let pieces = made.as_deref().unwrap_or(&chunk.pieces);
        let values = self.encoder.rows(pieces, count);
        let of = |row: &[f32]| {
            let numbers = lesinn.twins(row).into_iter();
            let scored =
                numbers.map(|number| (number as u64, self.judge.score(row, || vec![number])[0]));
            scored.collect()
        };
        let width = self.encoder.features.len();
        values.chunks_exact(width.max(1)).map(of).collect()
    }
}
