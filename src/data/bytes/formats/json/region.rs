//! Parts of a document that was put into a file without a name, each read by its own reader.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

/// A document in a file.
#[derive(Clone)]
pub struct Kept(Arc<Mutex<File>>);

impl Kept {
    /// Puts a text into a file.
    pub fn of(text: &mut dyn Read) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        io::copy(text, &mut file)?;
        Ok(Self(Arc::new(Mutex::new(file))))
    }

    /// From one place to behind another.
    pub fn region(&self, from: u64, to: u64) -> Region {
        Region {
            kept: self.clone(),
            at: from,
            to,
        }
    }
}

/// Part of a document.
pub struct Region {
    kept: Kept,
    at: u64,
    to: u64,
}

impl Read for Region {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.to.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = buffer.len().min(left);
        let mut file = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(&mut buffer[..length])?;
        self.at += read as u64;
        Ok(read)
    }
}
