//! The files that a run reads, and whether they are still what they were.

use std::fs::File;
use std::hash::Hasher;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash64;

use crate::data::text::sanitize;
use crate::error::{DataError, Error, Result};
use crate::format;

/// Of larger files the checksum is that of so many parts, evenly spaced, each of so many bytes.
const PARTS: u64 = 64;
const PART: u64 = 4 << 20;

/// A file as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Where it is.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// When it was last written to, in nanoseconds since 1970; none where the system doesn't tell.
    pub modified: Option<u64>,
    /// XXH64 of what is in it, once that was made.
    pub checksum: Option<String>,
}

impl Input {
    /// A file as it is now; none where it cannot be found, or its path cannot be written down.
    pub fn of(path: &Path) -> Option<Self> {
        let path = path.canonicalize().ok()?;
        let known = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
        Some(Self {
            path: path.to_str()?.to_owned(),
            bytes: known.len(),
            modified: modified(&known),
            checksum: None,
        })
    }

    /// The same with the checksum of what is in it, where it can be read.
    pub(super) fn sealed(self) -> Self {
        let sum = checksum(Path::new(&self.path), self.bytes).ok();
        Self {
            checksum: sum.or(self.checksum),
            ..self
        }
    }

    /// Refuses a file that is no longer what it was.
    pub fn check(&self) -> Result<()> {
        let path = PathBuf::from(&self.path);
        let changed = |what: String| {
            Err(Error::from(DataError {
                file: sanitize(&self.path),
                problem: format!("{what} since the run began, so the run cannot go on"),
                advice: "bring the file back as it was, or train anew".into(),
                ..DataError::default()
            }))
        };
        let Ok(known) = path.metadata() else {
            return changed("it is gone".into());
        };
        let (then, now) = (self.bytes, known.len());
        if now > then {
            return changed(format!("it has grown by {}", format::bytes(now - then)));
        }
        if now < then {
            return changed(format!("it has shrunk by {}", format::bytes(then - now)));
        }
        if self.modified.is_some() && modified(&known) == self.modified {
            return Ok(());
        }
        // Touched, or copied back perhaps.
        let now = checksum(&path, now).map_err(Error::io(format!("read {}", path.display())))?;
        if self.checksum.as_ref() == Some(&now) {
            return Ok(());
        }
        changed("it was written to".into())
    }
}

fn modified(known: &std::fs::Metadata) -> Option<u64> {
    let since = known.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_nanos()).ok()
}

/// The checksum of a file of so many bytes.
fn checksum(path: &Path, bytes: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = XxHash64::with_seed(0);
    let mut buffer = vec![0; 1 << 18];
    let mut take = |file: &mut File, count: u64| -> io::Result<()> {
        let mut part = file.take(count);
        loop {
            match part.read(&mut buffer)? {
                0 => return Ok(()),
                read => hasher.write(&buffer[..read]),
            }
        }
    };
    if bytes <= PARTS * PART {
        take(&mut file, bytes)?;
    } else {
        let last = bytes - PART;
        for part in 0..PARTS {
            let at = (u128::from(last) * u128::from(part) / u128::from(PARTS - 1)) as u64;
            file.seek(SeekFrom::Start(at))?;
            take(&mut file, PART)?;
        }
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn a_file_that_was_touched_is_the_same_and_one_that_was_changed_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        fs::write(&path, "a,b\n1,2\n").unwrap();
        let input = Input::of(&path).unwrap().sealed();
        input.check().unwrap();
        let later = SystemTime::now() + Duration::from_secs(100);
        let touch = || {
            let file = File::options().append(true).open(&path).unwrap();
            file.set_modified(later).unwrap();
        };
        touch();
        input.check().unwrap();
        let refusal = |text: &str| {
            fs::write(&path, text).unwrap();
            touch();
            input.check().unwrap_err().chain()
        };
        assert!(refusal("a,b\n1,3\n").contains("it was written to since the run began"));
        assert!(refusal("a,b\n1,2\n3,4\n").contains("it has grown by 4 B"));
        assert!(refusal("a,b\n").contains("it has shrunk by 4 B"));
        fs::remove_file(&path).unwrap();
        assert!(input.check().unwrap_err().chain().contains("it is gone"));
    }

    #[test]
    fn of_a_large_file_parts_are_looked_at_its_ends_among_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        let bytes = PARTS * PART + 12_345;
        let file = File::create(&path).unwrap();
        file.set_len(bytes).unwrap();
        let zeros = checksum(&path, bytes).unwrap();
        for at in [0, bytes - 1] {
            let mut file = File::options().write(true).open(&path).unwrap();
            file.seek(SeekFrom::Start(at)).unwrap();
            io::Write::write_all(&mut file, b"x").unwrap();
            assert_ne!(checksum(&path, bytes).unwrap(), zeros, "{at}");
            file.seek(SeekFrom::Start(at)).unwrap();
            io::Write::write_all(&mut file, &[0]).unwrap();
        }
        assert_eq!(checksum(&path, bytes).unwrap(), zeros);
    }
}
