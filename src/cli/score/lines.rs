//! What is printed of each row: a line of CSV or a JSON object.

use std::io::Write;

use serde::Serialize;

use crate::cli::train::document::Because;
use crate::data::encoder::Coded;
use crate::format;
use crate::message::Explanation;
use crate::score::ordinary::Ordinary;
use crate::stream::{Kept, Scored};
use crate::train::explain::in_words;

/// How rows are printed.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the user's"
)]
pub struct Lines<'a> {
    pub json: bool,
    /// Whether only flagged rows are.
    pub flagged_only: bool,
    /// Whether they are printed in the order of their scores.
    pub ranked: bool,
    pub explained: bool,
    pub threshold: f64,
    /// Where the model knows ordinary rows: those that others are held against.
    pub ordinary: Option<&'a Ordinary>,
    /// What the column is called that names the rows, if there is one.
    pub id: Option<String>,
    /// And the label.
    pub label: Option<String>,
    /// The columns in use.
    pub columns: &'a [Coded],
}

/// A row to print.
pub struct Row<'a> {
    /// Its place in the ranking, 0 = first.
    pub rank: Option<usize>,
    pub number: u64,
    pub score: f32,
    pub id: Option<&'a str>,
    pub outlier: Option<bool>,
    pub why: Option<&'a Explanation>,
}

impl<'a> Row<'a> {
    /// A row that was kept.
    pub fn kept(rank: usize, kept: &'a Kept, labelled: bool, why: Option<&'a Explanation>) -> Self {
        Self {
            rank: Some(rank),
            number: kept.number,
            score: kept.score,
            id: Some(&kept.id),
            outlier: labelled.then_some(kept.outlier),
            why,
        }
    }
}

/// The same as JSON.
#[derive(Serialize)]
struct Object<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<usize>,
    row: u64,
    #[serde(serialize_with = "format::json::score")]
    score: f32,
    flagged: bool,
    /// Ordinary rows that score as high.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_high: Option<u64>,
    /// The share of ordinary rows that do, the row itself counted in.
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// What the label says.
    #[serde(skip_serializing_if = "Option::is_none")]
    outlier: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<Vec<Because>>,
}

impl Lines<'_> {
    /// The line above the rows; nothing above JSON.
    pub fn header(&self) -> Vec<u8> {
        if self.json {
            return Vec::new();
        }
        let mut names = vec!["row", "score"];
        names.extend(self.ranked.then_some("rank"));
        names.push("flagged");
        names.extend(self.ordinary.map(|_| "p"));
        names.extend(self.id.as_deref());
        names.extend(self.label.as_deref());
        names.extend(self.explained.then_some("reason"));
        let mut line = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            if index > 0 {
                line.push(b',');
            }
            push(&mut line, name);
        }
        line.push(b'\n');
        line
    }

    /// The lines of some rows.
    pub fn of(&self, scored: &Scored) -> Vec<u8> {
        let mut lines = Vec::with_capacity(if self.flagged_only {
            0
        } else {
            scored.scores.len() * 24
        });
        let mut reasons = scored.reasons.iter().peekable();
        for (row, score) in scored.scores.iter().enumerate() {
            let why = reasons.next_if(|(of, _)| *of == row).map(|(_, why)| why);
            self.push(
                &mut lines,
                &Row {
                    rank: None,
                    number: scored.numbers[row],
                    score: *score,
                    id: scored.ids.get(row).map(String::as_str),
                    outlier: scored.outliers.get(row).copied(),
                    why,
                },
            );
        }
        lines
    }

    /// The line of a row.
    pub fn row(&self, row: &Row<'_>) -> Vec<u8> {
        let mut line = Vec::new();
        self.push(&mut line, row);
        line
    }

    fn push(&self, lines: &mut Vec<u8>, row: &Row<'_>) {
        let flagged = f64::from(row.score) > self.threshold;
        if self.flagged_only && !flagged {
            return;
        }
        if self.json {
            self.push_object(lines, row, flagged);
            return;
        }
        // Writing to a vector cannot fail.
        let _ = write!(lines, "{},{}", row.number, row.score);
        if let Some(rank) = row.rank {
            let _ = write!(lines, ",{}", rank + 1);
        }
        lines.extend(if flagged { b",1" } else { b",0" });
        if let Some(ordinary) = self.ordinary {
            let _ = write!(lines, ",{}", ordinary.p(row.score) as f32);
        }
        if self.id.is_some() {
            lines.push(b',');
            push(lines, row.id.unwrap_or_default());
        }
        if let (Some(_), Some(outlier)) = (&self.label, row.outlier) {
            lines.extend(if outlier { b",1" } else { b",0" });
        }
        if self.explained {
            lines.push(b',');
            if let Some(why) = row.why {
                let reason = in_words(why);
                match self.ordinary {
                    Some(ordinary) => {
                        let beside = ordinary.beside(row.score);
                        push(lines, &format!("{beside}: {reason}"));
                    }
                    None => push(lines, &reason),
                }
            }
        }
        lines.push(b'\n');
    }

    fn push_object(&self, lines: &mut Vec<u8>, row: &Row<'_>, flagged: bool) {
        let name = |column: u32| self.columns[column as usize].name.clone();
        let object = Object {
            rank: row.rank.map(|rank| rank + 1),
            row: row.number,
            score: row.score,
            flagged,
            as_high: self.ordinary.map(|ordinary| ordinary.as_high(row.score)),
            p: self.ordinary.map(|ordinary| ordinary.p(row.score) as f32),
            id: row.id.filter(|_| self.id.is_some()),
            outlier: row.outlier,
            reasons: row.why.map(|why| Because::all(&why.reasons, name)),
        };
        // Neither can this: all its keys are strings.
        if serde_json::to_writer(&mut *lines, &object).is_ok() {
            lines.push(b'\n');
        }
    }
}

/// Adds a cell of text, in quotes where it needs them.
fn push(line: &mut Vec<u8>, text: &str) {
    let needs_quotes = |byte| matches!(byte, b'"' | b',' | b'\n' | b'\r');
    if !text.bytes().any(needs_quotes) {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_separators_are_quoted() {
        let lines = Lines {
            json: false,
            flagged_only: false,
            ranked: true,
            explained: false,
            threshold: 2.0,
            ordinary: None,
            id: Some("a, \"b\"".into()),
            label: Some("label".into()),
            columns: &[],
        };
        assert_eq!(
            String::from_utf8(lines.header()).unwrap(),
            "row,score,rank,flagged,\"a, \"\"b\"\"\",label\n"
        );
        let ordinary = Ordinary::new([(3.0, 1), (2.5, 2), (1.0, 6)].into_iter(), true);
        let row = Row {
            rank: Some(0),
            number: 7,
            score: 2.5,
            id: Some("x\ny"),
            outlier: Some(true),
            why: None,
        };
        assert_eq!(
            String::from_utf8(lines.row(&row)).unwrap(),
            "7,2.5,1,1,\"x\ny\",1\n"
        );
        let lines = Lines {
            ordinary: Some(&ordinary),
            ..lines
        };
        assert_eq!(
            String::from_utf8(lines.row(&row)).unwrap(),
            "7,2.5,1,1,0.4,\"x\ny\",1\n"
        );
    }
}
