//! A reason in words: which columns, and what is wrong with them.

use super::Reasons;
use super::erring::{Erring, How};
use super::fold::Folded;
use crate::data::columns::category::NOTHING;
use crate::data::encoder::curve::span;
use crate::format;
use crate::message::Reason;
use crate::score::ranking::By;

impl Reasons<'_> {
    /// What errs in a row, in words; `score` is its whole score.
    pub(super) fn reason(&self, row: u32, erring: &Erring, seen: &Folded, score: f64) -> Reason {
        let columns = &self.data.encoder.columns;
        let (first, last) = (erring.columns.start, erring.columns.end - 1);
        let range = span(&columns[first].name, &columns[last].name);
        // Where there is nothing but the curve its name says nothing.
        let whole = erring.columns.len() == columns.len();
        let curve = || {
            if whole {
                String::new()
            } else {
                format!("{range} ")
            }
        };
        let features = columns[first].features.start..columns[last].features.end;
        let stretch = seen.stretch(features).and_then(|places| self.when(places));
        let (subject, detail) = match erring.how {
            How::Alone if stretch.is_some() => (range, String::new()),
            How::Alone => (range, self.alone(row, first, &seen.seen.reconstruction)),
            How::Run(side) => {
                let words = side.map_or("", |above| if above { ": too high" } else { ": too low" });
                (range, words.to_owned())
            }
            How::Shift { up, columns } => {
                let way = if up { "up" } else { "down" };
                let share = format::percent(columns as f32);
                (
                    format!("{}shifted {way}", curve()),
                    format!(", {share} of the columns"),
                )
            }
            How::Spread => (
                format!("{}spread", curve()),
                ", no stretch stands out".to_owned(),
            ),
        };
        Reason {
            subject,
            detail: detail + &stretch.unwrap_or_default(),
            columns: first as u32..last as u32 + 1,
            share: super::share(erring.part, score),
        }
    }

    /// When something errs, to be written behind it: `, 09:40 to 10:05`, `, rows 1,204 to 1,251`.
    fn when(&self, places: std::ops::Range<usize>) -> Option<String> {
        let windows = self.data.examples.windows()?;
        let (first, last) = (windows.row(places.start), windows.row(places.end - 1));
        let clock = self.data.provenance.series.clock.as_ref();
        let time = |row: usize| clock.and_then(|clock| clock.shown(row));
        Some(match (time(first), time(last)) {
            (Some(first), Some(last)) if first == last => format!(", {first}"),
            (Some(first), Some(last)) => format!(", {first} to {}", format::rest_of(&first, &last)),
            _ if first == last => format!(
                ", row {}",
                format::group(self.data.provenance.number(first))
            ),
            _ => {
                let number = |row| format::group(self.data.provenance.number(row));
                format!(", rows {} to {}", number(first), number(last))
            }
        })
    }

    /// What a column says, and what was expected of it.
    fn alone(&self, row: u32, index: usize, rebuilt: &[f32]) -> String {
        let column = &self.data.encoder.columns[index];
        let missing = self.data.is_missing(row as usize, index);
        let own = self.data.matrix.row(row as usize);
        if column.levels.is_some() {
            let own = self.data.units(column, own);
            let expected = self.data.units(column, rebuilt);
            let [own, expected] = [&own, &expected].map(|values| column.word(values));
            return self.word(own.filter(|_| !missing), expected);
        }
        let feature = &self.data.encoder.features[column.features.start];
        let number = |scaled: &[f32]| {
            let value = feature.inverse(f64::from(scaled[column.features.start]));
            column.shown(&[value]).unwrap_or_else(|| {
                let text = format::aligned(value, 10.0 * feature.scale);
                match text.split_once('.') {
                    Some((_, decimals)) if !decimals.contains('e') => {
                        text.trim_end_matches('0').trim_end_matches('.').to_owned()
                    }
                    _ => text,
                }
            })
        };
        let own = if missing {
            "nothing".to_owned()
        } else {
            number(own)
        };
        match self.by {
            By::Lesinn => format!(": {own}"),
            _ => format!(": {own} instead of {}", number(rebuilt)),
        }
    }

    /// What a column of words says, nothing perhaps, and what was expected of it.
    fn word(&self, own: Option<&str>, expected: Option<&str>) -> String {
        let quoted = |word: Option<&str>| match word {
            None | Some(NOTHING) => "nothing".to_owned(),
            Some(word) => format!("“{word}”"),
        };
        let (own, expected) = (quoted(own), quoted(expected));
        // Scores without a network expect no word of their own, and the network may be unsure of the right one.
        if own == expected || self.by == By::Lesinn {
            format!(": {own}")
        } else {
            format!(": {own} instead of {expected}")
        }
    }
}
