//! How the columns of a model are read in some files: found out once, from the first rows, and told to whoever reads the rest.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::data::columns::datetime::Format;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::Spelling;
use crate::data::columns::unit::Suffix;
use crate::data::options::{Missing, ReadOptions};
use crate::data::read::matched::Matched;

/// How columns are read, in the order in which the model asks for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    columns: Vec<Column>,
    /// The decimal mark.
    decimal: u8,
    /// What stands for a missing value, where somebody said so.
    missing: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Column {
    #[serde(flatten)]
    read: Read,
    /// What dates are divided by, where they are written as numbers.
    per: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
enum Read {
    Numbers,
    Measures { unit: Suffix },
    Words,
    Presence,
    Iso,
    Clock,
    PointedClock,
    Elapsed,
    Digits,
    Pattern { pattern: usize },
}

impl Reading {
    /// As the first rows of a file show.
    pub fn of(matched: &Matched<'_>, options: &ReadOptions) -> Self {
        let layout = matched.rows.layout();
        let column = |(place, per): (&usize, &f64)| Column {
            read: Read::of(layout.read_as[*place]),
            per: *per,
        };
        Self {
            columns: matched
                .places
                .iter()
                .zip(&matched.per)
                .map(column)
                .collect(),
            decimal: layout.spelling.decimal,
            missing: match &options.missing {
                Missing::Found => None,
                Missing::Said(words) => Some(words.clone()),
            },
        }
    }

    /// How each column is read.
    pub fn read_as(&self) -> Vec<ReadAs> {
        self.columns
            .iter()
            .map(|column| column.read.into())
            .collect()
    }

    /// What the dates of each are divided by.
    pub fn per(&self) -> Vec<f64> {
        self.columns.iter().map(|column| column.per).collect()
    }

    /// How numbers are written.
    pub fn spelling(&self) -> Spelling {
        Spelling {
            decimal: self.decimal,
        }
    }

    /// What stands for a missing value, and the numbers among that.
    pub fn missing(&self) -> (Arc<MissingWords>, Vec<f64>) {
        let said = match &self.missing {
            None => Missing::Found,
            Some(words) => Missing::Said(words.clone()),
        };
        let words = MissingWords::new(&said, self.spelling());
        let codes = MissingWords::new(&said, Spelling::default()).codes;
        (Arc::new(words), codes)
    }
}

impl Read {
    fn of(read_as: ReadAs) -> Self {
        match read_as {
            ReadAs::Numbers => Self::Numbers,
            ReadAs::Measures(unit) => Self::Measures { unit },
            ReadAs::Words => Self::Words,
            ReadAs::Presence => Self::Presence,
            ReadAs::Times(Format::Iso) => Self::Iso,
            ReadAs::Times(Format::Clock) => Self::Clock,
            ReadAs::Times(Format::PointedClock) => Self::PointedClock,
            ReadAs::Times(Format::Elapsed) => Self::Elapsed,
            ReadAs::Times(Format::Digits) => Self::Digits,
            ReadAs::Times(Format::Pattern(pattern)) => Self::Pattern { pattern },
        }
    }
}

impl From<Read> for ReadAs {
    fn from(read: Read) -> Self {
        match read {
            Read::Numbers => Self::Numbers,
            Read::Measures { unit } => Self::Measures(unit),
            Read::Words => Self::Words,
            Read::Presence => Self::Presence,
            Read::Iso => Self::Times(Format::Iso),
            Read::Clock => Self::Times(Format::Clock),
            Read::PointedClock => Self::Times(Format::PointedClock),
            Read::Elapsed => Self::Times(Format::Elapsed),
            Read::Digits => Self::Times(Format::Digits),
            Read::Pattern { pattern } => Self::Times(Format::Pattern(pattern)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_understood() {
        let all = [
            ReadAs::Numbers,
            ReadAs::Words,
            ReadAs::Times(Format::Iso),
            ReadAs::Times(Format::Clock),
            ReadAs::Times(Format::PointedClock),
            ReadAs::Times(Format::Elapsed),
            ReadAs::Times(Format::Digits),
            ReadAs::Times(Format::Pattern(7)),
        ];
        let column = |read_as: &ReadAs| Column {
            read: Read::of(*read_as),
            per: 1e3,
        };
        let reading = Reading {
            columns: all.iter().map(column).collect(),
            decimal: b',',
            missing: Some(vec!["-999".into(), "?".into()]),
        };
        let text = serde_json::to_string(&reading).unwrap();
        let again: Reading = serde_json::from_str(&text).unwrap();
        assert_eq!(again, reading);
        assert_eq!(again.read_as(), all);
        let (words, codes) = again.missing();
        assert!(words.has(b"?"));
        assert_eq!(codes, [-999.0]);
    }
}
