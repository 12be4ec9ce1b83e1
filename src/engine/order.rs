//! Rows that an engine scored, put back into the order of their files. It hands on the rows of a file in their order, and files in
//! whatever order they are done.

use std::collections::VecDeque;

use datafusion::arrow::array::ArrayRef;

use crate::error::{Error, Result};
use crate::format::{count, group};

/// Rows of a file, scored.
#[derive(Debug, Clone)]
pub struct Rows {
    /// Which file, counted from 0 on.
    pub file: usize,
    /// Rows of the file before them.
    pub before: u64,
    /// What they score.
    pub scores: Vec<f32>,
    /// The cells of the columns that were asked for besides.
    pub cells: Vec<ArrayRef>,
    /// Where scores depend on the numbers of rows: what [`super::drawn`] looks at.
    pub drawn: Option<ArrayRef>,
}

/// Takes rows in the order of the files; an error ends the work.
pub type Listener<'a> = dyn FnMut(&Rows) -> Result<()> + 'a;

/// The rows that came so far.
pub struct Order<'a> {
    /// Rows of each file, where that is known.
    expected: Option<&'a [u64]>,
    /// Rows of each file that came.
    came: Vec<u64>,
    /// Rows of each that wait for those of the files before.
    waiting: Vec<VecDeque<Rows>>,
    /// The file whose turn it is.
    turn: usize,
    /// Rows of each file that came before the engine began anew, and come again.
    again: Vec<u64>,
    each: &'a mut Listener<'a>,
}

impl<'a> Order<'a> {
    pub fn new(files: usize, expected: Option<&'a [u64]>, each: &'a mut Listener<'a>) -> Self {
        Self {
            expected,
            came: vec![0; files],
            waiting: vec![VecDeque::new(); files],
            turn: 0,
            again: vec![0; files],
            each,
        }
    }

    /// Takes the next rows of a file.
    pub fn take(&mut self, mut rows: Rows) -> Result<()> {
        let file = rows.file;
        let known = self.again[file].min(rows.scores.len() as u64);
        if known > 0 {
            self.again[file] -= known;
            let known = known as usize;
            rows.scores.drain(..known);
            for cells in rows.cells.iter_mut().chain(&mut rows.drawn) {
                *cells = cells.slice(known, cells.len() - known);
            }
        }
        rows.before = self.came[file];
        self.came[file] += rows.scores.len() as u64;
        self.waiting[file].push_back(rows);
        self.tell()
    }

    /// The engine begins anew: what came comes again, and is not told again.
    #[cfg(feature = "ballista")]
    pub fn anew(&mut self) {
        self.again.clone_from(&self.came);
    }

    /// No more rows come.
    pub fn finish(mut self) -> Result<()> {
        if let Some(expected) = self.expected
            && let Some(file) = (0..expected.len()).find(|file| expected[*file] != self.came[*file])
        {
            return Err(Error::Told(format!(
                "the engine scored {} of the {} of file {}: the file has changed meanwhile, or the engine has failed; run it again",
                group(self.came[file] as usize),
                count(expected[file] as usize, "row"),
                file + 1,
            )));
        }
        while self.turn < self.waiting.len() {
            self.tell()?;
            self.turn += 1;
        }
        Ok(())
    }

    /// Tells the rows whose turn it is.
    fn tell(&mut self) -> Result<()> {
        while let Some(waiting) = self.waiting.get_mut(self.turn) {
            while let Some(rows) = waiting.pop_front() {
                if !rows.scores.is_empty() {
                    (self.each)(&rows)?;
                }
            }
            let whole = self.expected.map(|expected| expected[self.turn]);
            if whole != Some(self.came[self.turn]) {
                break;
            }
            self.turn += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(file: usize, scores: &[f32]) -> Rows {
        Rows {
            file,
            before: 0,
            scores: scores.to_vec(),
            cells: Vec::new(),
            drawn: None,
        }
    }

    /// A file, the rows of it before, and the scores that were told of.
    type Told = (usize, u64, Vec<f32>);

    fn told(expected: Option<&[u64]>, come: &[Rows]) -> (Vec<Told>, Result<()>) {
        let mut told = Vec::new();
        let mut each = |rows: &Rows| {
            told.push((rows.file, rows.before, rows.scores.clone()));
            Ok(())
        };
        let mut order = Order::new(3, expected, &mut each);
        for rows in come {
            order.take(rows.clone()).unwrap();
        }
        let ended = order.finish();
        (told, ended)
    }

    #[test]
    fn files_that_are_done_early_wait_for_their_turn() {
        let come = [
            rows(2, &[5.0]),
            rows(0, &[1.0, 2.0]),
            rows(0, &[3.0]),
            rows(2, &[6.0]),
        ];
        let all = vec![
            (0, 0, vec![1.0, 2.0]),
            (0, 2, vec![3.0]),
            (2, 0, vec![5.0]),
            (2, 1, vec![6.0]),
        ];
        for expected in [None, Some(&[3, 0, 2][..])] {
            let (told, ended) = told(expected, &come);
            assert_eq!(told, all);
            ended.unwrap();
        }
    }

    #[test]
    fn rows_that_are_missing_are_an_error() {
        let (_, ended) = told(Some(&[3, 0, 2]), &[rows(0, &[1.0, 2.0, 3.0])]);
        assert!(ended.unwrap_err().to_string().contains("0 of the 2 rows"));
    }
}
