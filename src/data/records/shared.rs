//! Text that several readers read from any place on, of a file without a name too, which can't be opened again.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

/// Text that can be read from any place on.
pub trait Text: Read + Seek + Send {}

impl<T: Read + Seek + Send> Text for T {}

/// A reader of a file that several read: each goes to its own place first.
pub struct Shared<'a> {
    /// The file.
    pub file: &'a Mutex<File>,
    /// Where the next read begins.
    pub at: u64,
}

impl Read for Shared<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Shared<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::Current(by) => self.at.saturating_add_signed(by),
            SeekFrom::End(_) => {
                let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(to)?
            }
        };
        Ok(self.at)
    }
}
