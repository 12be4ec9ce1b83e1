//! A file that grows: at first all its whole lines, then those that are added to it, as they come.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use memchr::{memchr_iter, memrchr};

use crate::data::bytes::stream::{Reopen, Stream};
use crate::data::text::sanitize;
use crate::error::{Error, Result};

/// Bytes that are read at once.
const BUFFER: usize = 1 << 16;
/// Most bytes of what was added that are handed on together.
const TOGETHER: usize = 1 << 20;

/// A file that grows.
#[derive(Debug)]
pub struct Growing {
    path: PathBuf,
    file: File,
    /// Bytes up to the end of the last line that was handed on.
    end: u64,
    /// What follows it, as far as it has been read.
    pending: Vec<u8>,
}

impl Growing {
    /// A file as it is now, up to its last line end.
    pub fn open(path: &Path) -> Result<Self> {
        let name = sanitize(&path.to_string_lossy());
        let doing = || Error::io(format!("read {name}"));
        let mut file = File::open(path).map_err(doing())?;
        let known = file.metadata().map_err(doing())?;
        if !known.is_file() {
            return Err(Error::Usage(format!(
                "{name} is no file that can be followed; a pipe is read as it comes without --follow"
            )));
        }
        let end = last_line_end(&mut file, known.len()).map_err(doing())?;
        Ok(Self {
            path: path.to_owned(),
            file,
            end,
            pending: Vec::new(),
        })
    }

    /// The same for somebody else, who reads what there is now.
    pub fn again(&self) -> Result<Self> {
        let name = sanitize(&self.path.to_string_lossy());
        Ok(Self {
            path: self.path.clone(),
            file: File::open(&self.path).map_err(Error::io(format!("read {name}")))?,
            end: self.end,
            pending: Vec::new(),
        })
    }

    /// How many whole lines there are, two if there are more.
    pub fn lines(&mut self) -> Result<usize> {
        let name = sanitize(&self.path.to_string_lossy());
        let doing = || Error::io(format!("read {name}"));
        self.file.rewind().map_err(doing())?;
        let mut start = Vec::new();
        (&mut self.file)
            .take(self.end.min(TOGETHER as u64))
            .read_to_end(&mut start)
            .map_err(doing())?;
        Ok(memchr_iter(b'\n', &start).take(2).count())
    }

    /// Whole lines that were added, and where in the file they begin; none where there are none yet. An error where the file is
    /// shorter than it was, and so is another.
    pub fn more(&mut self, terminator: u8) -> Result<Option<(u64, Vec<u8>)>> {
        let name = sanitize(&self.path.to_string_lossy());
        let doing = || Error::io(format!("read {name}"));
        let known = self.file.metadata().map_err(doing())?;
        if known.len() < self.end + self.pending.len() as u64 {
            return Err(Error::Told(format!(
                "{name} has become shorter, so it is another file by now; follow it anew"
            )));
        }
        let at = self.end + self.pending.len() as u64;
        let room = TOGETHER.saturating_sub(self.pending.len()).max(BUFFER);
        self.file.seek(SeekFrom::Start(at)).map_err(doing())?;
        (&mut self.file)
            .take(room as u64)
            .read_to_end(&mut self.pending)
            .map_err(doing())?;
        let Some(last) = memrchr(terminator, &self.pending) else {
            return Ok(None);
        };
        let rest = self.pending.split_off(last + 1);
        let lines = std::mem::replace(&mut self.pending, rest);
        let start = self.end;
        self.end += lines.len() as u64;
        Ok(Some((start, lines)))
    }

    /// Takes lines back, to hand them on with those that follow: a cell in quotes goes on beyond them.
    pub fn put_back(&mut self, (start, mut lines): (u64, Vec<u8>)) {
        self.end = start;
        lines.append(&mut self.pending);
        self.pending = lines;
    }
}

impl Reopen for Growing {
    fn open(&mut self) -> Result<Stream<'_>> {
        let name = sanitize(&self.path.to_string_lossy());
        let file = File::open(&self.path).map_err(Error::io(format!("read {name}")))?;
        Ok(Stream {
            reader: Box::new(file.take(self.end)),
            total: Some(self.end),
            file: None,
            rests: None,
            said: None,
        })
    }
}

/// Bytes up to the end of the last whole line.
fn last_line_end(file: &mut File, length: u64) -> io::Result<u64> {
    let mut to = length;
    let mut buffer = Vec::new();
    while to > 0 {
        let from = to.saturating_sub(BUFFER as u64);
        file.seek(SeekFrom::Start(from))?;
        buffer.clear();
        file.by_ref().take(to - from).read_to_end(&mut buffer)?;
        if let Some(at) = memrchr(b'\n', &buffer) {
            return Ok(from + at as u64 + 1);
        }
        to = from;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn only_whole_lines_are_handed_on() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"a,b\n1,2\n3").unwrap();
        let mut growing = Growing::open(file.path()).unwrap();
        let mut text = String::new();
        growing
            .open()
            .unwrap()
            .reader
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "a,b\n1,2\n");
        assert_eq!(growing.more(b'\n').unwrap(), None);
        file.write_all(b",4\n5,\"6").unwrap();
        let lines = growing.more(b'\n').unwrap().unwrap();
        assert_eq!(lines, (8, b"3,4\n".to_vec()));
        growing.put_back(lines);
        file.write_all(b"\"\n").unwrap();
        let lines = growing.more(b'\n').unwrap();
        assert_eq!(lines, Some((8, b"3,4\n5,\"6\"\n".to_vec())));
        file.as_file().set_len(3).unwrap();
        assert!(growing.more(b'\n').unwrap_err().chain().contains("shorter"));
    }
}
