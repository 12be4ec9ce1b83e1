//! Text that is made piece by piece, as a stream.

use std::io::{self, Read};

/// Makes text.
pub trait Make {
    /// The next piece, and whether it is the last.
    fn piece(&mut self) -> io::Result<(Vec<u8>, bool)>;
}

/// A stream of what is made, behind what is there already.
pub struct Made<M> {
    maker: M,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<M: Make> Made<M> {
    /// `text` comes first: a header.
    pub fn new(maker: M, text: Vec<u8>) -> Self {
        Self {
            maker,
            text,
            given: 0,
            ended: false,
        }
    }
}

impl<M: Make> Read for Made<M> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            (self.text, self.ended) = self.maker.piece()?;
            self.given = 0;
        }
        let read = (&self.text[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}
