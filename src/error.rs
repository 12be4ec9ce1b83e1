//! The one error type. Every message says what went wrong, where, and what to do about it.

use std::fmt;
use std::io;

/// What can go wrong, sorted by what the user has to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file that cannot be opened, read or written.
    #[error("cannot {doing}")]
    Io {
        /// The attempt, naming the file: `read flows.csv`.
        doing: String,
        /// What the system said.
        source: io::Error,
    },
    /// A table that cannot be used as it is.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Options that contradict each other or cannot be met; exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The network, or the thread that trains it, gave up.
    #[error("training failed: {0}")]
    Training(String),
    /// A failure that already has its words, as the screen showed them.
    #[error("{0}")]
    Told(String),
    /// The user asked to stop while work was under way.
    #[error("stopped")]
    Stopped,
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An [`Error::Io`] for `doing`, to be handed to `map_err`.
    pub fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    /// Whether the reader of our output has gone away, which is no failure of ours.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The message with its causes, on one line.
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }
}

/// The system's error behind a failed CSV write, so that a closed pipe is still seen as one.
pub fn csv_write(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}

/// What is wrong with a table, where, and the way out. All text is sanitised before it gets here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DataError {
    /// The file, as the user named it.
    pub file: String,
    /// Line of the file, 1 = first; none when the whole file is meant.
    pub line: Option<u64>,
    /// Column name, where one column is meant.
    pub column: Option<String>,
    /// What is wrong, quoting the text in question.
    pub problem: String,
    /// What the user can do.
    pub advice: String,
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column “{column}”")?;
        }
        write!(f, ": {}", self.problem)?;
        if !self.advice.is_empty() {
            write!(f, "; {}", self.advice)?;
        }
        Ok(())
    }
}

impl std::error::Error for DataError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_error_says_where_and_what_to_do() {
        let error = Error::from(DataError {
            file: "flows.csv".into(),
            line: Some(13),
            column: Some("temp".into()),
            problem: "“12kg” is not a number".into(),
            advice: "drop the column with --drop temp".into(),
        });
        assert_eq!(
            error.chain(),
            "flows.csv, line 13, column “temp”: “12kg” is not a number; drop the column with --drop temp"
        );
    }

    #[test]
    fn the_chain_names_the_cause() {
        let error = Error::io("read x.csv")(io::Error::other("disk on fire"));
        assert_eq!(error.chain(), "cannot read x.csv: disk on fire");
    }
}
