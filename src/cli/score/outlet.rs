//! Standard output, whose reader may go away before all is written, as `head` does. Whoever asked for a status by `--fail-on` still
//! gets the right one: the rows are counted on without being written, until enough of them are flagged.

use std::cell::Cell;
use std::io::{self, ErrorKind, Write};

/// What is known of the reader.
#[derive(Debug, Default)]
pub struct Reader {
    /// Rows that have to be flagged for the status that was asked for, where one was.
    pub fail_on: Option<usize>,
    /// Whether it is gone though rows are still counted.
    pub gone: Cell<bool>,
    /// Rows that were flagged so far.
    pub flagged: Cell<usize>,
}

impl Reader {
    /// Counts the rows among these that score more than the threshold.
    pub fn count(&self, scores: &[f32], threshold: f64) {
        let flagged = scores.iter().filter(|score| f64::from(**score) > threshold);
        self.flagged.set(self.flagged.get() + flagged.count());
    }

    /// Whether as many rows are flagged as make the status.
    pub fn fails(&self) -> bool {
        self.fail_on.is_some_and(|most| self.flagged.get() >= most)
    }

    /// Whether there is nothing left to find out.
    pub fn has_enough(&self) -> bool {
        self.gone.get() && self.fails()
    }
}

/// What is written for it.
pub struct Outlet<'a, W> {
    pub inner: W,
    pub reader: &'a Reader,
}

impl<W> Outlet<'_, W> {
    /// Takes a reader that is gone for one that reads, where there is something to count.
    fn unless_gone<T>(&self, written: io::Result<T>, else_: T) -> io::Result<T> {
        match written {
            Err(error)
                if error.kind() == ErrorKind::BrokenPipe && self.reader.fail_on.is_some() =>
            {
                self.reader.gone.set(true);
                Ok(else_)
            }
            other => other,
        }
    }
}

impl<W: Write> Write for Outlet<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.reader.gone.get() {
            return Ok(bytes.len());
        }
        let written = self.inner.write(bytes);
        self.unless_gone(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.reader.gone.get() {
            return Ok(());
        }
        let flushed = self.inner.flush();
        self.unless_gone(flushed, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_goes_ends_the_work_unless_rows_are_counted() {
        for (fail_on, goes_on) in [(None, false), (Some(2), true)] {
            let reader = Reader {
                fail_on,
                ..Reader::default()
            };
            let inner = Broken;
            let reader = &reader;
            let mut outlet = Outlet { inner, reader };
            assert_eq!(outlet.write_all(b"row").is_ok(), goes_on);
            assert_eq!(reader.gone.get(), goes_on);
            reader.count(&[3.0, 1.0, 4.0], 2.0);
            assert_eq!(reader.has_enough(), goes_on);
        }
    }
}
