//! Where `--scores` go: into a file that appears when all of it is written, so that a run that fails leaves an older one as it was;
//! or straight into a device or a pipe.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::export::target::{Target, failed};

/// Bytes that are written at once.
const BUFFER: usize = 1 << 18;

/// The file that was asked for.
pub(super) struct Place {
    path: PathBuf,
}

impl Place {
    /// Refuses what cannot be written, before the work begins.
    pub fn check(path: &Path) -> Result<Self> {
        let place = Self {
            path: path.to_owned(),
        };
        if !place.is_stream() {
            place.target()?;
        }
        Ok(place)
    }

    /// The path as it was given.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Lets `write` write, and then gives the file its name.
    pub fn fill(&self, write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<()>) -> Result<()> {
        let fill = |file: &mut File| {
            let mut output = BufWriter::with_capacity(BUFFER, file);
            write(&mut output)?;
            output.flush().map_err(|error| failed(&self.path, &error))
        };
        if self.is_stream() {
            let opened = File::options().write(true).open(&self.path);
            return fill(&mut opened.map_err(|error| failed(&self.path, &error))?);
        }
        let mut target = self.target()?;
        fill(target.file_mut())?;
        target
            .keep_soon()
            .map_err(|refusal| refusal.error(&self.path))
    }

    fn target(&self) -> Result<Target> {
        Target::open(&self.path, true, None).map_err(|refusal| refusal.error(&self.path))
    }

    /// Whether there is a device or a pipe, which no file can take the place of.
    fn is_stream(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|there| !there.is_file() && !there.is_dir())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn an_older_file_stays_as_it_was_until_the_new_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scores.csv");
        fs::write(&path, "last night").unwrap();
        let place = Place::check(&path).unwrap();
        let failed = place.fill(|output| {
            output.write_all(b"half").unwrap();
            Err(Error::Stopped)
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"last night");
        let whole = |output: &mut BufWriter<&mut File>| {
            output.write_all(b"new").unwrap();
            Ok(())
        };
        place.fill(whole).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
