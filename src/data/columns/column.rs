//! A column of a table: its kind, whether it is used and why, a summary, and its values.

use crate::data::columns::category::Levels;
use crate::data::columns::codes::Code;
use crate::data::columns::datetime::{self, Unit};
use crate::data::columns::kind::Kind;
use crate::data::columns::packed::Packed;
use crate::data::columns::profile::{Distinct, Profile};

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Numbers, block by block; NaN where one is missing.
    Numbers(Vec<Packed>),
    /// One of a few words.
    Levels(Levels),
}

/// A column of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Header, sanitised.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Whether the network learns from it.
    pub used: bool,
    /// Why it is not used, or what the network gets from it.
    pub reason: String,
    /// Rows without a value.
    pub missing: usize,
    /// Different values.
    pub distinct: Distinct,
    /// Least and greatest number.
    pub range: Option<(f64, f64)>,
    /// The unit that a row under the header names, sanitised.
    pub measure: Option<String>,
    /// Numbers in it that stand for a missing value, and were taken for one.
    pub codes: Vec<Code>,
    /// The unit of the numbers of a column of dates.
    pub unit: Option<Unit>,
    /// What the numbers of the file are divided by to get seconds; 1 where they are taken as they are.
    pub per: f64,
    /// One of its values, sanitised.
    pub example: String,
    /// Number of rows in each of equal parts of the range, or in each category.
    pub histogram: Vec<u32>,
    /// The values of a column that is used, until they are encoded.
    pub values: Option<Values>,
}

impl Column {
    /// A column that is left out.
    pub fn unused(name: String, kind: Kind, reason: impl Into<String>) -> Self {
        Self {
            name,
            kind,
            used: false,
            reason: reason.into(),
            missing: 0,
            distinct: Distinct::default(),
            range: None,
            measure: None,
            codes: Vec::new(),
            unit: None,
            per: 1.0,
            example: String::new(),
            histogram: Vec::new(),
            values: None,
        }
    }

    /// A column of numbers to learn from; NaN where one is missing.
    pub fn numbers(name: String, values: Vec<f64>) -> Self {
        let missing = values.iter().filter(|value| value.is_nan()).count();
        let pieces = vec![Packed::new(values)];
        let profile = Profile::of(&pieces);
        Self {
            used: true,
            missing,
            distinct: profile.distinct,
            range: profile.range,
            histogram: profile.histogram(&pieces),
            example: profile
                .range
                .map_or_else(String::new, |(min, _)| min.to_string()),
            values: Some(Values::Numbers(pieces)),
            ..Self::unused(name, Kind::Number, "one feature")
        }
    }

    /// The same with the values of every so many rows only; one that is missing in all of them is zero.
    #[must_use]
    pub fn thinned(&self, stride: usize) -> Self {
        let values = self.values.as_ref().map(|values| values.thinned(stride));
        Self {
            name: self.name.clone(),
            reason: self.reason.clone(),
            measure: self.measure.clone(),
            codes: self.codes.clone(),
            example: self.example.clone(),
            histogram: self.histogram.clone(),
            values,
            ..*self
        }
    }

    /// Its name, with the unit where one is known: `temp [degC]`.
    pub fn titled(&self) -> String {
        match &self.measure {
            Some(unit) => format!("{} [{unit}]", self.name),
            None => self.name.clone(),
        }
    }

    /// Features that the network gets from it.
    pub fn width(&self) -> usize {
        match &self.values {
            None => 0,
            Some(Values::Numbers(_)) => 1,
            Some(Values::Levels(levels)) => levels.width(),
        }
    }

    /// Its range, to show.
    pub fn shown_range(&self) -> Option<String> {
        let (min, max) = self.range?;
        Some(match self.unit {
            Some(unit) => format!(
                "{} to {}",
                datetime::show(min, unit),
                datetime::show(max, unit)
            ),
            None => format!("{} to {}", short(min), short(max)),
        })
    }
}

impl Values {
    /// Those of every so many rows only.
    fn thinned(&self, stride: usize) -> Self {
        match self {
            Self::Numbers(pieces) => {
                let (mut kept, mut first) = (Vec::new(), 0);
                for piece in pieces {
                    // `first` is the row's place in this piece.
                    while first < piece.len() {
                        kept.push(piece.get(first));
                        first += stride;
                    }
                    first -= piece.len();
                }
                if kept.iter().all(|value| value.is_nan()) {
                    kept.fill(0.0);
                }
                Self::Numbers(vec![Packed::new(kept)])
            }
            Self::Levels(levels) => Self::Levels(Levels {
                codes: levels.codes.iter().copied().step_by(stride).collect(),
                ..levels.clone()
            }),
        }
    }
}

/// A number with five significant digits.
fn short(value: f64) -> String {
    if value != 0.0 && !(1e-4..1e7).contains(&value.abs()) {
        return format!("{value:.3e}");
    }
    let whole = (value.abs().max(1.0).log10() as usize) + 1;
    let text = format!("{value:.0$}", 5_usize.saturating_sub(whole));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
