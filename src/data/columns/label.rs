//! The label column: which rows are known to be outliers.

use std::collections::BTreeMap;

use crate::data::columns::words::Words;
use crate::data::text::quote;
use crate::format::count;

/// The truth about each row: it judges a ranking and is never trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Header, sanitised.
    pub name: String,
    /// Whether each row is an outlier.
    pub outlier: Vec<bool>,
    /// The values that mark outliers, in lower case.
    pub marks: Vec<String>,
    /// Whether the values say so themselves, so that one that is not among these rows is understood too.
    pub speaks: bool,
}

impl Label {
    /// What is known of the label but for the rows.
    #[must_use]
    pub fn without_rows(&self) -> Self {
        Self {
            name: self.name.clone(),
            outlier: Vec::new(),
            marks: self.marks.clone(),
            speaks: self.speaks,
        }
    }

    /// A label whose values say themselves what they mean.
    pub fn speaking(name: String) -> Self {
        Self {
            name,
            outlier: Vec::new(),
            marks: Vec::new(),
            speaks: true,
        }
    }

    /// Whether a value marks an outlier.
    pub fn is_outlier(&self, word: &[u8]) -> bool {
        let word = String::from_utf8_lossy(word).trim().to_lowercase();
        self.marks.contains(&word) || self.speaks && meaning(&word) == Some(true)
    }
}

/// What a value says of its row, where it speaks for itself.
fn meaning(text: &str) -> Option<bool> {
    match text {
        "1" | "1.0" | "true" | "t" | "yes" | "y" | "outlier" | "anomaly" | "anomalous"
        | "abnormal" | "fraud" | "attack" => Some(true),
        "0" | "0.0" | "false" | "f" | "no" | "n" | "inlier" | "nominal" | "normal" | "ok"
        | "benign" | "none" => Some(false),
        _ => None,
    }
}

/// Reads a label column. `0` and words such as `normal` are inliers, `1` and words such as `anomaly` are outliers; of any two
/// other values, the rarer one marks the outliers. An error says why the column cannot be a label.
pub fn label_from(name: String, words: &Words, notices: &mut Vec<String>) -> Result<Label, String> {
    let spelled: Vec<String> = words
        .words()
        .iter()
        .map(|word| String::from_utf8_lossy(word).trim().to_lowercase())
        .collect();
    let mut counts = BTreeMap::<&str, usize>::new();
    for (word, count) in spelled.iter().zip(words.counts()) {
        *counts.entry(word).or_default() += count;
    }
    let speaks = spelled.iter().all(|word| meaning(word).is_some());
    let outliers: Vec<bool> = if speaks {
        spelled
            .iter()
            .map(|word| meaning(word) == Some(true))
            .collect()
    } else if counts.len() == 2 {
        let rarer = counts
            .iter()
            .min_by_key(|(_, count)| **count)
            .map_or("", |(word, _)| *word);
        notices.push(format!(
            "column “{name}”: the rarer value, {}, marks the outliers",
            quote(rarer.as_bytes())
        ));
        spelled.iter().map(|word| word == rarer).collect()
    } else {
        return Err(format!(
            "the label column “{name}” has {}",
            count(counts.len(), "different value")
        ));
    };
    let marks = spelled.iter().zip(&outliers);
    let marks = marks.filter(|(_, outlier)| **outlier);
    let marks = marks.map(|(word, _)| word.clone()).collect();
    // A row without a label counts as an inlier.
    let is_outlier = |code: &u32| outliers.get(*code as usize).copied().unwrap_or(false);
    let outlier: Vec<bool> = words.codes().iter().map(is_outlier).collect();
    let outliers = outlier.iter().filter(|is| **is).count();
    notices.push(format!(
        "column “{name}” is the label ({}): used to judge, never to train",
        count(outliers, "outlier")
    ));
    Ok(Label {
        name,
        outlier,
        marks,
        speaks,
    })
}
