//! Columns that are known before a file is read: those that a model was trained on. Nothing is guessed of them, and nothing that
//! they hold puts them out of use.

use crate::data::columns::clock::Part;
use crate::data::columns::kind::Kind;
use crate::data::text::{full_list, name_list};
use crate::format::count;

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Known {
    /// The columns that must be there, each once.
    pub columns: Vec<KnownColumn>,
    /// The label, if it is there.
    pub label: Option<String>,
    /// What names the rows, if it is there.
    pub id: Option<String>,
}

/// What is known of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownColumn {
    /// Its name.
    pub name: String,
    /// [`Kind::Number`], [`Kind::Datetime`] or [`Kind::Category`].
    pub kind: Kind,
    /// Whether its values are learned from; else it only tells the time or what a row belongs to.
    pub used: bool,
    /// Its categories.
    pub levels: Vec<String>,
    /// Numbers that stand for a missing value.
    pub codes: Vec<f64>,
    /// What its numbers are divided by.
    pub per: f64,
    /// What a clock makes of it, each with its categories.
    pub parts: Vec<(Part, Vec<String>)>,
}

impl Known {
    /// What is known of the column of this name.
    pub fn column(&self, name: &str) -> Option<&KnownColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Which columns a file lacks that a model was trained on, and which it has; none where it lacks none.
pub fn lacking<'a>(
    header: &[String],
    wanted: impl Iterator<Item = &'a str>,
) -> Option<(String, String)> {
    let missing: Vec<&str> = wanted
        .filter(|name| !header.iter().any(|own| own == name))
        .collect();
    let verb = match missing.len() {
        0 => return None,
        1 => "is",
        _ => "are",
    };
    let problem = format!(
        "{} that the model was trained on {verb} missing: {}",
        count(missing.len(), "column"),
        full_list(missing.iter().copied())
    );
    let has = name_list(header.iter().map(String::as_str));
    Some((problem, format!("it has {has}")))
}
