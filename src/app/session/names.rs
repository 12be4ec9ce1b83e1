//! How rows and columns are called, and what all names of rows have in common at their beginning, so that where there is little
//! room the rest can be shown: of times of one day the hours.

use super::Session;
use crate::message::{ColumnInfo, Loaded};

impl Session {
    /// The row of this id, of this number, or else the first of a part of an id.
    pub fn find_row(&self, name: &str) -> Option<u32> {
        let part = name.to_lowercase();
        self.row_called(name)
            .or_else(|| self.row_whose_id(|id| id.contains(&part)))
    }

    /// The row of this id, or of this number.
    pub fn row_called(&self, name: &str) -> Option<u32> {
        let loaded = self.loaded.as_ref()?;
        let rows = loaded.numbers.as_ref().map_or(loaded.rows, Vec::len) as u32;
        let (number, whole) = (name.parse().ok(), name.to_lowercase());
        self.row_whose_id(|id| id == whole)
            .or_else(|| (0..rows).find(|row| number == Some(self.row_number(*row))))
    }

    fn row_whose_id(&self, means: impl Fn(&str) -> bool) -> Option<u32> {
        let mut ids = self.ids()?.iter().map(|id| id.to_lowercase());
        ids.position(|id| means(&id)).map(|row| row as u32)
    }

    /// What the network learns from: rows or windows.
    pub fn examples(&self) -> &'static str {
        self.loaded.as_ref().map_or("rows", Loaded::examples)
    }

    /// The number of a row among the data rows of the file, 1 = first.
    pub fn row_number(&self, row: u32) -> u32 {
        let numbers = self
            .loaded
            .as_ref()
            .and_then(|loaded| loaded.numbers.as_ref());
        let number = numbers.and_then(|numbers| numbers.get(row as usize));
        number.copied().unwrap_or(row + 1)
    }

    /// The rows' names, where there are any.
    pub fn ids(&self) -> Option<&[String]> {
        self.loaded.as_ref()?.ids.as_deref()
    }

    /// The name of a row, where rows have names.
    pub fn row_id(&self, row: u32) -> Option<&str> {
        self.ids()?.get(row as usize).map(String::as_str)
    }

    /// How a row is called: its id, or its number.
    pub fn row_name(&self, row: u32) -> String {
        let id = self.row_id(row).map(str::to_owned);
        id.unwrap_or_else(|| self.row_number(row).to_string())
    }

    /// The name of a column in use.
    pub fn column_name(&self, column: usize) -> &str {
        self.loaded
            .as_ref()
            .and_then(|loaded| loaded.features.get(column))
            .map_or("", String::as_str)
    }

    /// The name of a column in use, with its unit where one is known.
    pub fn column_title(&self, column: usize) -> String {
        let name = self.column_name(column);
        let info = self.columns().iter().find(|info| info.name == name);
        info.map_or_else(|| name.to_owned(), ColumnInfo::titled)
    }
}

/// The words that all names begin with, up to the sign that ends them.
pub(super) fn stem<'a>(mut names: impl Iterator<Item = &'a str>) -> String {
    let Some(first) = names.next() else {
        return String::new();
    };
    let mut stem = first;
    for name in names {
        let same = stem.bytes().zip(name.bytes()).take_while(|(a, b)| a == b);
        let mut length = same.count();
        while !stem.is_char_boundary(length) {
            length -= 1;
        }
        stem = &stem[..length];
        if stem.is_empty() {
            break;
        }
    }
    let end = stem.rfind(|sign: char| !sign.is_alphanumeric());
    let end = end.and_then(|at| Some(at + stem[at..].chars().next()?.len_utf8()));
    stem[..end.unwrap_or(0)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_whole_words_in_common() {
        let times = ["2024-05-01 09:40:00", "2024-05-01 09:45:00"];
        assert_eq!(stem(times.into_iter()), "2024-05-01 09:");
        assert_eq!(stem(["SN-0012", "SN-0034"].into_iter()), "SN-");
        assert_eq!(stem(["é1", "è1"].into_iter()), "");
        assert_eq!(stem(std::iter::empty()), "");
    }
}
