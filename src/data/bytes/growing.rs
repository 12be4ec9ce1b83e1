//! A file that grows: at first all its whole lines, then those that are added to it, as they come, until another one stands under
//! its path.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use memchr::{memchr_iter, memrchr};

use crate::data::bytes::stream::{Reopen, Stream};
use crate::data::text::sanitize;
use crate::error::{Error, Result};

/// Bytes that are read at once.
const BUFFER: usize = 1 << 16;
/// Most bytes of what was added that are handed on together.
const TOGETHER: usize = 1 << 20;

/// What stands under a path beside the file that was opened there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum There {
    /// That file.
    Same,
    /// That file, which was cut and begins anew.
    Shorter,
    /// Another one.
    Another,
    /// None.
    Nothing,
}

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

    /// What stands under the path now.
    pub fn look(&self) -> Result<There> {
        let name = sanitize(&self.path.to_string_lossy());
        let doing = || Error::io(format!("read {name}"));
        let there = match fs::metadata(&self.path) {
            Ok(there) => there,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(There::Nothing),
            Err(error) => return Err(doing()(error)),
        };
        if !is_same(&there, &self.file.metadata().map_err(doing())?) {
            return Ok(There::Another);
        }
        if there.len() < self.end + self.pending.len() as u64 {
            return Ok(There::Shorter);
        }
        Ok(There::Same)
    }

    /// What stands under the path now, to be read from its start; none where nothing does.
    pub fn anew(&self) -> Result<Option<Self>> {
        let name = sanitize(&self.path.to_string_lossy());
        match File::open(&self.path) {
            Ok(file) => Ok(Some(Self {
                path: self.path.clone(),
                file,
                end: 0,
                pending: Vec::new(),
            })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io(format!("read {name}"))(error)),
        }
    }

    /// Goes back to an earlier place, to read on from there.
    pub fn back_to(&mut self, place: u64) {
        self.end = place;
        self.pending.clear();
    }

    /// The number of the line that begins at a place, 1 = first.
    pub fn line(&mut self, place: u64, terminator: u8) -> Result<u64> {
        let name = sanitize(&self.path.to_string_lossy());
        let doing = || Error::io(format!("read {name}"));
        self.file.rewind().map_err(doing())?;
        let mut before = (&mut self.file).take(place);
        let (mut buffer, mut lines) = (vec![0; BUFFER], 1);
        loop {
            match before.read(&mut buffer).map_err(doing())? {
                0 => return Ok(lines),
                read => lines += memchr_iter(terminator, &buffer[..read]).count() as u64,
            }
        }
    }

    /// What has been read and not handed on, with a line that nobody will end now.
    pub fn rest(&mut self) -> (u64, Vec<u8>) {
        let (start, rest) = (self.end, std::mem::take(&mut self.pending));
        self.end += rest.len() as u64;
        (start, rest)
    }

    /// Whole lines that were added, and where in the file they begin; none where there are none yet.
    pub fn more(&mut self, terminator: u8) -> Result<Option<(u64, Vec<u8>)>> {
        let name = sanitize(&self.path.to_string_lossy());
        let doing = || Error::io(format!("read {name}"));
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

/// Whether both are one file. While one of them is open, no other can have its number.
#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere no file can be moved away while it is open.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
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
        assert_eq!(growing.line(12, b'\n').unwrap(), 4);
    }

    #[cfg(unix)]
    #[test]
    fn another_file_under_the_path_is_seen_and_the_old_one_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let [path, moved] = ["log.csv", "log.csv.1"].map(|name| folder.path().join(name));
        fs::write(&path, "a\n1\n").unwrap();
        let mut growing = Growing::open(&path).unwrap();
        assert_eq!(growing.look().unwrap(), There::Same);
        fs::rename(&path, &moved).unwrap();
        assert_eq!(growing.look().unwrap(), There::Nothing);
        assert!(growing.anew().unwrap().is_none());
        fs::write(&path, "a\n3\n").unwrap();
        assert_eq!(growing.look().unwrap(), There::Another);
        let mut old = File::options().append(true).open(&moved).unwrap();
        old.write_all(b"2\n2.5").unwrap();
        assert_eq!(growing.more(b'\n').unwrap().unwrap(), (4, b"2\n".to_vec()));
        assert_eq!(growing.more(b'\n').unwrap(), None);
        assert_eq!(growing.rest(), (6, b"2.5".to_vec()));
        let mut growing = growing.anew().unwrap().unwrap();
        assert_eq!(
            growing.more(b'\n').unwrap().unwrap(),
            (0, b"a\n3\n".to_vec())
        );
        fs::write(&path, "a\n").unwrap();
        assert_eq!(growing.look().unwrap(), There::Shorter);
    }
}
