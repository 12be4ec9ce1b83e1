//! What is written on one thread is read on another: a crate that reads a format in its own order writes rows, and the
//! reading takes them as a stream. Never more than a few pieces wait. A crate that panics over a damaged file ends its stream
//! with an error and nothing else.

use std::io::{self, Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::data::bytes::formats::Damage;
use crate::panics;

/// Bytes in a piece.
const PIECE: usize = 1 << 18;
/// Pieces that wait.
const WAITING: usize = 4;
/// The name of these threads, by which their panics are known.
const NAME: &str = "converter";

/// Where the rows are written.
pub struct Spout {
    piece: Vec<u8>,
    pieces: SyncSender<io::Result<Vec<u8>>>,
}

impl Write for Spout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.piece);
        // Nobody reads on: the reading was stopped, or has failed.
        self.pieces
            .send(Ok(piece))
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// What `work` writes.
pub fn pour(
    work: impl FnOnce(&mut Spout) -> io::Result<()> + Send + 'static,
) -> io::Result<impl Read + Send> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| panics::keep_to_myself(|name| name == NAME));
    let (sender, pieces) = sync_channel(WAITING);
    let body = move || {
        let last = sender.clone();
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let mut spout = Spout {
                piece: Vec::new(),
                pieces: sender,
            };
            work(&mut spout)?;
            spout.flush()
        }));
        let ended = ended.unwrap_or_else(|_| {
            Err(Damage::whole(
                "the file is damaged in a way that its reader does not expect",
                "write it anew, or as CSV",
            ))
        });
        if let Err(error) = ended {
            let _ = last.send(Err(error));
        }
    };
    thread::Builder::new().name(NAME.into()).spawn(body)?;
    Ok(Poured {
        pieces,
        piece: Cursor::default(),
    })
}

struct Poured {
    pieces: Receiver<io::Result<Vec<u8>>>,
    piece: Cursor<Vec<u8>>,
}

impl Read for Poured {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.pieces.recv() {
                Ok(piece) => self.piece = Cursor::new(piece?),
                Err(_) => return Ok(0),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_a_panic_is_an_error() {
        let mut text = String::new();
        pour(|spout| spout.write_all("a,b\n".repeat(100_000).as_bytes()))
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text.len(), 400_000);
        let mut broken = pour(|_| panic!("the crate gave up")).unwrap();
        let error = broken.read(&mut [0]).unwrap_err();
        assert!(error.to_string().contains("damaged"), "{error}");
    }
}
