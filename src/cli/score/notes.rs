//! What is said of a file that was scored: how it was read, and what in it the model has not seen before.

use std::sync::mpsc::Receiver;

use crate::data::bytes::formats::Said;
use crate::data::columns::category::OTHERS;
use crate::data::encoder::{Coded, Encoder};
use crate::data::read::matched::Matched;
use crate::data::records::ragged::Ragged;
use crate::data::text::{name_list, quote};
use crate::error::{DataError, Result};
use crate::format::{count, group, percent, value};
use crate::stream::{New, News, Scored};

/// Columns of which it is said what is new in them.
const NAMED: usize = 6;

/// What was met on the way.
pub struct Notes {
    file: String,
    /// Cells of a row.
    width: usize,
    said: Vec<String>,
    lines: u64,
    rows: u64,
    ragged: Ragged,
    not_utf8: Option<u64>,
    news: News,
}

impl Notes {
    pub fn new(file: &str, matched: &Matched<'_>, unused: &[String]) -> Self {
        let mut said = matched.notices.clone();
        let extra: Vec<&str> = matched
            .extra
            .iter()
            .filter(|name| !unused.contains(name))
            .map(String::as_str)
            .collect();
        if !extra.is_empty() {
            said.push(format!(
                "{} that the model does not know: {}",
                count(extra.len(), "column"),
                name_list(extra.iter().copied())
            ));
        }
        Self {
            file: file.to_owned(),
            width: matched.header.len(),
            said,
            lines: matched.lines,
            rows: 0,
            ragged: Ragged::default(),
            not_utf8: None,
            news: News::default(),
        }
    }

    /// Adds a note.
    pub fn add(&mut self, note: Option<String>) {
        self.said.extend(note);
    }

    /// Takes what was met in rows.
    pub fn take(&mut self, scored: &Scored) -> Result<()> {
        let met = &scored.met;
        if let Some(line) = met.unclosed {
            return Err(DataError {
                file: self.file.clone(),
                line: Some(self.lines + line + 1),
                problem: "a quote opens here and is never closed".into(),
                advice: "close it, or double it if it is meant as text".into(),
                ..DataError::default()
            }
            .into());
        }
        if met.anew {
            self.tell_ragged(" of the file that was there before");
            self.lines = 0;
        }
        self.ragged.append(&met.ragged, self.lines);
        let first = met.not_utf8.map(|line| self.lines + line + 1);
        self.not_utf8 = self.not_utf8.or(first);
        self.lines += met.lines;
        self.rows += scored.scores.len() as u64;
        if let Some(news) = &scored.news {
            self.news.add(news.clone());
        }
        Ok(())
    }

    /// Tells of the rows of the wrong length so far, in a file that is called so.
    fn tell_ragged(&mut self, whose: &str) {
        let ragged = std::mem::take(&mut self.ragged);
        if ragged.count > 0 {
            self.said.push(ragged.sentence(self.width) + whose);
        }
    }

    /// All there is to say.
    pub fn finish(
        mut self,
        matched: &Matched<'_>,
        encoder: &Encoder,
        ranges: &[[f32; 2]],
    ) -> Vec<String> {
        if let Some(line) = self.not_utf8 {
            self.said.push(format!(
                "line {line} is not UTF-8; unreadable characters show as \u{FFFD}; choose another encoding with --encoding"
            ));
        }
        self.tell_ragged("");
        self.said.extend(matched.rows.totals().map(str::to_owned));
        let heard = matched.said.iter().flat_map(Receiver::try_iter);
        self.said.extend(heard.filter_map(Said::sentence));
        let columns = encoder.columns.iter().zip(&self.news.columns);
        let mut new: Vec<String> = columns
            .filter_map(|(column, new)| self.of_column(encoder, ranges, column, new))
            .collect();
        let more = new.len().saturating_sub(NAMED);
        new.truncate(NAMED);
        self.said.extend(new);
        if more > 0 {
            let columns = count(more, "more column");
            self.said
                .push(format!("{columns} hold values that training did not see"));
        }
        self.said
    }

    /// What is new in a column, where anything is.
    fn of_column(
        &self,
        encoder: &Encoder,
        ranges: &[[f32; 2]],
        column: &Coded,
        new: &New,
    ) -> Option<String> {
        // A sensor that died; in training no such column is used.
        if self.rows > 0 && new.missing == self.rows {
            return Some(format!("column “{}”: empty in every row", column.name));
        }
        let mut said = Vec::new();
        let share = |rows: u64| {
            let share = rows as f32 / self.rows.max(1) as f32;
            format!("{} ({})", count_rows(rows), percent(share))
        };
        if new.unseen > 0 {
            let words: Vec<String> = new
                .words
                .iter()
                .map(|word| quote(word.as_bytes()))
                .collect();
            let words = words.join(", ");
            // Where rare values were learned together, those that are no category of their own may be among them.
            let usual = rare(encoder, column);
            let own = new.unseen as f64 / self.rows.max(1) as f64;
            match usual {
                None => said.push(format!(
                    "{} with values that training did not see, such as {words}",
                    share(new.unseen)
                )),
                Some(usual) if own > usual * 1.5 + 1e-3 => said.push(format!(
                    "{} with rare or unseen values, such as {words}; in training {}",
                    share(new.unseen),
                    percent(usual as f32)
                )),
                Some(_) => {}
            }
        }
        let beyond = new.below + new.above;
        if beyond > 0 {
            let feature = column.features.start;
            let feature_of = &encoder.features[feature];
            let shown = |scaled: f32| {
                let own = feature_of.inverse(f64::from(scaled));
                // The decimals that a float of the scaled value holds.
                let decimals = 4.0 - feature_of.scale.abs().log10().floor();
                let power = 10_f64.powi(decimals.clamp(0.0, 9.0) as i32);
                let plain = || value((own * power).round() / power);
                column.shown(&[own]).unwrap_or_else(plain)
            };
            let [least, greatest] = ranges[feature].map(shown);
            said.push(format!(
                "{} outside what training saw, {least} to {greatest}: {} below, {} above",
                share(beyond),
                group(new.below),
                group(new.above)
            ));
        }
        if new.unreadable > 0 {
            let what = if column.unit.is_some() {
                "date"
            } else {
                "number"
            };
            let cells = count(new.unreadable as usize, "cell");
            let count = if new.unreadable == 1 {
                "counts"
            } else {
                "count"
            };
            said.push(format!("{cells} without a {what} {count} as missing"));
        }
        (!said.is_empty()).then(|| format!("column “{}”: {}", column.name, said.join("; ")))
    }
}

fn count_rows(rows: u64) -> String {
    count(rows as usize, "row")
}

/// The share of the rows whose value was rare in training, where rare values were learned together.
fn rare(encoder: &Encoder, column: &Coded) -> Option<f64> {
    let levels = column.levels.as_ref()?;
    let place = levels.iter().position(|level| level == OTHERS)?;
    Some(match (levels.len(), place) {
        (2, 0) => 1.0 - encoder.features[column.features.start].mean,
        (2, _) => encoder.features[column.features.start].mean,
        _ => encoder.features[column.features.start + place].mean,
    })
}
