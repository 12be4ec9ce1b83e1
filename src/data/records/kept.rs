//! Text that cannot be read again where it came from, kept to show what it said: in memory, or where it is long in a temporary
//! file without a name, which is gone with whoever keeps it.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use crate::data::records::original::Text;

/// Bytes that are kept in memory.
const IN_MEMORY: usize = 64 << 20;

/// Kept text.
#[derive(Debug)]
pub struct Kept {
    most: usize,
    text: Place,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    File(File),
}

impl Default for Kept {
    fn default() -> Self {
        Self::in_memory_up_to(IN_MEMORY)
    }
}

impl Kept {
    /// None so far.
    pub fn in_memory_up_to(most: usize) -> Self {
        let text = Place::Memory(Vec::new());
        Self { most, text }
    }

    /// Adds what follows. An error where it would have to go to a disk that does not take it.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Place::Memory(text) = &mut self.text {
            if text.len() + bytes.len() <= self.most {
                text.extend_from_slice(bytes);
                return Ok(());
            }
            let mut file = tempfile::tempfile()?;
            file.write_all(text)?;
            self.text = Place::File(file);
        }
        if let Place::File(file) = &mut self.text {
            file.write_all(bytes)?;
        }
        Ok(())
    }

    /// The text, to be read from any place on, by as many as want to.
    pub fn text(&self) -> Box<dyn Text + '_> {
        match &self.text {
            Place::Memory(text) => Box::new(Cursor::new(&**text)),
            Place::File(file) => Box::new(Shared { file, at: 0 }),
        }
    }
}

/// A file that is read by several, each at a place of its own.
struct Shared<'a> {
    file: &'a File,
    at: u64,
}

impl Read for Shared<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.at)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(self.file, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Shared<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let wrong = || io::Error::from(io::ErrorKind::InvalidInput);
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.at = at.ok_or_else(wrong)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_goes_to_a_file_that_several_read_at_once() {
        for most in [4, 100] {
            let mut kept = Kept::in_memory_up_to(most);
            for piece in ["abc", "def", "ghi"] {
                kept.push(piece.as_bytes()).unwrap();
            }
            let [mut one, mut other] = [kept.text(), kept.text()];
            let read = |text: &mut Box<dyn Text + '_>, from, length| {
                let mut buffer = vec![0; length];
                text.seek(SeekFrom::Start(from)).unwrap();
                text.read_exact(&mut buffer).unwrap();
                String::from_utf8(buffer).unwrap()
            };
            assert_eq!(read(&mut one, 2, 5), "cdefg");
            assert_eq!(read(&mut other, 0, 3), "abc");
            assert_eq!(one.stream_position().unwrap(), 7);
            assert_eq!(other.seek(SeekFrom::End(-1)).unwrap(), 8);
        }
    }
}
