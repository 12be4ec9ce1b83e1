//! Errors that name the file they are about.

use crate::data::bytes::formats::Damage;
use crate::error::{DataError, Error};

/// Makes the errors about one file.
#[derive(Clone, Copy)]
pub struct FileErrors<'a> {
    /// The file, as the user named it.
    pub file: &'a str,
}

impl FileErrors<'_> {
    pub fn whole(self, problem: &str, advice: &str) -> Error {
        self.at(None, problem, advice)
    }

    pub fn line(self, line: u64, problem: &str, advice: &str) -> Error {
        self.at(Some(line), problem, advice)
    }

    fn at(self, line: Option<u64>, problem: &str, advice: &str) -> Error {
        DataError {
            file: self.file.to_owned(),
            line,
            problem: problem.to_owned(),
            advice: advice.to_owned(),
            ..DataError::default()
        }
        .into()
    }

    pub fn io(self, source: std::io::Error) -> Error {
        if let Some(damage) = Damage::of(&source) {
            let place = match damage.place.as_str() {
                "" => self.file.to_owned(),
                place => format!("{}, {place}", self.file),
            };
            return FileErrors { file: &place }.whole(&damage.problem, &damage.advice);
        }
        // Of several files read as one, one may have said already what is wrong.
        match source.downcast::<Error>() {
            Ok(said) => said,
            Err(source) => Error::io(format!("read {}", self.file))(source),
        }
    }

    pub fn name(self) -> String {
        self.file.to_owned()
    }
}
