//! A file that appears only when all of it is written: a temporary one in the same folder, brought to the disk, then renamed.
//! What goes wrong is told with the way out.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::data::text::sanitize;
use crate::error::Error;

/// Why nothing was written.
#[derive(Debug)]
pub enum Refusal {
    /// There is a file of that name, and nobody said that it may be replaced.
    Exists,
    /// It cannot be done.
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Refusal {
    /// As an error, where nobody can be asked.
    pub fn error(self, path: &Path) -> Error {
        match self {
            Self::Exists => refused(path, "there is such a file already", "name another"),
            Self::Failed(error) => error,
        }
    }
}

/// A file in the making.
#[derive(Debug)]
pub struct Target {
    /// As the user named it.
    named: PathBuf,
    /// Where it will be, behind any links.
    path: PathBuf,
    temporary: NamedTempFile,
    overwrite: bool,
}

impl Target {
    /// Begins a file; never one that would replace `table`.
    pub fn open(named: &Path, overwrite: bool, table: Option<&Path>) -> Result<Self, Refusal> {
        let path = named.canonicalize().unwrap_or_else(|_| named.to_owned());
        let former = match fs::metadata(&path) {
            Ok(former) => Some(former),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(named, &error).into()),
        };
        if let Some(former) = &former {
            if former.is_dir() {
                return Err(refused(named, "it is a folder", "name a file in it").into());
            }
            if !former.is_file() {
                let what = "it is a device or a pipe, which cannot be replaced by a file";
                return Err(refused(named, what, "name a file").into());
            }
            if table.and_then(|table| table.canonicalize().ok()).as_ref() == Some(&path) {
                let what = "it is the table that was read";
                return Err(refused(named, what, "name another file").into());
            }
            if !overwrite {
                return Err(Refusal::Exists);
            }
            if former.permissions().readonly() {
                let what = "the file there is read-only";
                return Err(refused(named, what, "name another, or make it writable").into());
            }
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let permissions =
            former.map_or_else(usual_permissions, |former| Some(former.permissions()));
        let mut builder = Builder::new();
        builder.prefix(".misfit-").suffix(".part");
        if let Some(permissions) = permissions {
            builder.permissions(permissions);
        }
        let temporary = builder
            .tempfile_in(folder)
            .map_err(|error| failed(named, &error))?;
        Ok(Self {
            named: named.to_owned(),
            path,
            temporary,
            overwrite,
        })
    }

    /// The name to show.
    pub fn file(&self) -> String {
        shown(&self.named)
    }

    /// Where to write.
    pub fn writer(&mut self) -> BufWriter<&mut File> {
        BufWriter::with_capacity(1 << 16, self.temporary.as_file_mut())
    }

    /// The file itself.
    pub fn file_mut(&mut self) -> &mut File {
        self.temporary.as_file_mut()
    }

    /// Gives the file its name; its bytes.
    pub fn keep(self) -> Result<u64, Refusal> {
        let wrong = |error| failed(&self.named, &error);
        let file = self.temporary.as_file();
        file.sync_all().map_err(wrong)?;
        let bytes = file.metadata().map_err(wrong)?.len();
        let folder = self.path.parent().map(Path::to_owned);
        self.keep_soon()?;
        // The name itself reaches the disk with the folder. Not every system can be asked for that, and the file is whole.
        if let Some(folder) = folder
            && let Ok(folder) = File::open(folder)
        {
            let _ = folder.sync_all();
        }
        Ok(bytes)
    }

    /// The same without waiting for the disk, for what is quickly made again: a power failure may cost it.
    pub fn keep_soon(self) -> Result<(), Refusal> {
        let kept = if self.overwrite {
            self.temporary.persist(&self.path)
        } else {
            self.temporary.persist_noclobber(&self.path)
        };
        match kept {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(Refusal::Exists),
            Err(error) => Err(failed(&self.named, &error.error).into()),
        }
    }
}

/// What a new file may be used for, less what the user's mask takes away; a temporary file would be the owner's alone.
#[cfg(unix)]
#[allow(
    clippy::unnecessary_wraps,
    reason = "other systems have no such permissions"
)]
fn usual_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<Permissions> {
    None
}

/// Whether both are one file, by links or by two names of it.
pub fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path| {
            fs::metadata(path)
                .ok()
                .map(|there| (there.dev(), there.ino()))
        };
        identity(one).is_some() && identity(one) == identity(other)
    }
    #[cfg(not(unix))]
    {
        let real = |path: &Path| path.canonicalize().ok();
        real(one).is_some() && real(one) == real(other)
    }
}

/// A file's name, safe to show.
pub fn shown(path: &Path) -> String {
    sanitize(&path.to_string_lossy())
}

/// What went wrong with a file, and the way out.
pub fn failed(path: &Path, error: &io::Error) -> Error {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| "this folder".to_owned(), shown);
    let elsewhere = "name a file in another folder";
    let is_there = path
        .parent()
        .is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir());
    match error.kind() {
        // Whoever reads a pipe has gone away, which is no failure.
        ErrorKind::BrokenPipe => Error::io(format!("write {}", shown(path)))(error.kind().into()),
        // A folder that is no place for files, such as /proc.
        ErrorKind::NotFound if is_there => {
            refused(path, &format!("{folder} takes no files"), elsewhere)
        }
        ErrorKind::NotFound => refused(
            path,
            &format!("there is no folder {folder}"),
            "make it, or name another",
        ),
        ErrorKind::NotADirectory => refused(path, &format!("{folder} is no folder"), elsewhere),
        ErrorKind::PermissionDenied => {
            refused(path, &format!("you may not write to {folder}"), elsewhere)
        }
        ErrorKind::ReadOnlyFilesystem => refused(path, "its disk is read-only", elsewhere),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => refused(
            path,
            "the disk is full",
            "free some of it, or name a file on another",
        ),
        ErrorKind::InvalidFilename => {
            refused(path, "no file can be called so", "name a shorter one")
        }
        _ => refused(path, &error.to_string(), elsewhere),
    }
}

fn refused(path: &Path, what: &str, way_out: &str) -> Error {
    Error::Told(format!("cannot write {}: {what}; {way_out}", shown(path)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn write(path: &Path, overwrite: bool) -> Result<u64, Refusal> {
        let mut target = Target::open(path, overwrite, None)?;
        target.writer().write_all(b"new").unwrap();
        target.keep()
    }

    fn entries(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_appears_whole_and_replaces_another_only_when_told_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let unfinished = Target::open(&path, false, None).unwrap();
        assert!(!path.exists());
        drop(unfinished);
        assert_eq!(entries(folder.path()), 0, "nothing is left of it");
        assert_eq!(write(&path, false).unwrap(), 3);
        fs::write(&path, "old").unwrap();
        assert!(matches!(write(&path, false), Err(Refusal::Exists)));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        write(&path, true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(entries(folder.path()), 1);
    }

    #[test]
    fn a_file_that_came_about_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let target = Target::open(&path, false, None).unwrap();
        fs::write(&path, "somebody else's").unwrap();
        assert!(matches!(target.keep(), Err(Refusal::Exists)));
        assert_eq!(fs::read(&path).unwrap(), b"somebody else's");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_behind_a_link_is_replaced_and_keeps_its_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file.csv", "link.csv"].map(|name| folder.path().join(name));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, true).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }

    #[test]
    fn what_cannot_be_written_is_told_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("table.csv");
        fs::write(&table, "a,b").unwrap();
        let told = |path: &Path| match Target::open(path, true, Some(&table)) {
            Err(Refusal::Failed(error)) => error.chain(),
            other => panic!("{other:?}"),
        };
        for (path, what) in [
            (folder.path().join("none/out.csv"), "there is no folder"),
            (folder.path().to_owned(), "it is a folder"),
            (
                folder
                    .path()
                    .join("../")
                    .join(folder.path())
                    .join("table.csv"),
                "the table",
            ),
            (table.join("out.csv"), "is no folder"),
            (folder.path().join("x".repeat(300) + ".csv"), "called so"),
        ] {
            let told = told(&path);
            assert!(told.contains(what) && told.contains("; "), "{told}");
        }
        let full = failed(&table, &ErrorKind::StorageFull.into()).chain();
        assert!(
            full.contains("full") && full.contains("table.csv"),
            "{full}"
        );
        assert!(failed(&table, &ErrorKind::BrokenPipe.into()).is_broken_pipe());
    }
}
