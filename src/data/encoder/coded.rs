//! A column as the network sees it, and how its features turn back into words and dates.

use std::ops::Range;

use crate::data::columns::datetime::{self, Unit};

/// One column of the table as the network sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Coded {
    /// The column's name, sanitised.
    pub name: String,
    /// Its position in the file, 0 = first.
    pub place: usize,
    /// Its features.
    pub features: Range<usize>,
    /// Its categories, if it has any.
    pub levels: Option<Vec<String>>,
    /// The unit of its numbers, if they are dates.
    pub unit: Option<Unit>,
    /// Numbers that stand for a missing value.
    pub codes: Vec<f64>,
    /// What the numbers of the file are divided by.
    pub per: f64,
}

impl Coded {
    /// The place among its categories that values of its features stand for: the largest value's, or of two the nearer one.
    pub fn level(&self, values: &[f64]) -> usize {
        match values {
            [value] => usize::from(*value >= 0.5),
            _ => (0..values.len())
                .max_by(|a, b| values[*a].total_cmp(&values[*b]).then(b.cmp(a)))
                .unwrap_or(0),
        }
    }

    /// The category that values of its features stand for.
    pub fn word(&self, values: &[f64]) -> Option<&str> {
        let levels = self.levels.as_ref()?;
        levels.get(self.level(values)).map(String::as_str)
    }

    /// Whether it holds plain numbers, neither words nor dates.
    pub fn is_number(&self) -> bool {
        self.levels.is_none() && self.unit.is_none()
    }

    /// A value to show where a number alone says nothing: a category or a date.
    pub fn shown(&self, values: &[f64]) -> Option<String> {
        match self.unit {
            Some(unit) => Some(datetime::show(*values.first()?, unit)),
            None => self.word(values).map(str::to_owned),
        }
    }
}
