//! Names for rows, and how to recognise a column that holds them.

use crate::data::columns::words::Words;

/// Longest cell that can name a row.
const LONGEST: usize = 64;

/// An id column that was found, not chosen, names rows only in tables up to this many rows: names take memory.
pub const NAMED_ROWS: usize = 1_000_000;

/// Names for rows, shown beside the row number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ids {
    /// Header, sanitised.
    pub name: String,
    /// The text of each row as the file has it; sanitise before showing.
    pub values: Vec<String>,
}

impl Ids {
    /// Every row's word is its name.
    pub fn new(name: String, words: &Words) -> Self {
        let text =
            |row: usize| String::from_utf8_lossy(words.get(row).unwrap_or_default()).into_owned();
        Self {
            values: (0..words.codes().len()).map(text).collect(),
            name,
        }
    }
}

/// Whether some text can name a row: it is short, and a single word.
pub fn is_name(word: &[u8]) -> bool {
    word.len() <= LONGEST && !word.iter().any(u8::is_ascii_whitespace)
}

/// Whether every row has a name of its own.
pub fn name_every_row(words: &Words, present: usize) -> bool {
    words.words().len() == present
        && words.missing() == 0
        && words.words().iter().all(|word| is_name(word))
}

/// Whether a header says that its column holds ids. The index that pandas writes has none, and is the first column.
pub fn is_id_name(name: &str, index: usize) -> bool {
    let name = name.to_lowercase();
    let words = [
        "id",
        "ids",
        "index",
        "idx",
        "nr",
        "no",
        "number",
        "row",
        "rowid",
        "row_number",
        "rownum",
        "key",
        "uuid",
        "guid",
        "#",
        "unnamed: 0",
    ];
    words.contains(&name.as_str())
        || [" id", "_id", "-id", ".id", "_key", "_nr", "_no"]
            .iter()
            .any(|end| name.ends_with(end))
        || (index == 0 && name == "column 1")
}
