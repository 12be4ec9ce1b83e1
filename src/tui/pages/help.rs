//! The keys, from the one table.

use crate::tui::keymap::{BINDINGS, Scope};
use crate::tui::widgets::text::Entry;

/// Every key and every word.
pub fn entries() -> Vec<Entry> {
    let mut scopes: Vec<Scope> = Vec::new();
    for binding in BINDINGS {
        if !scopes.contains(&binding.scope) {
            scopes.push(binding.scope);
        }
    }
    let mut entries = Vec::new();
    for scope in scopes {
        entries.push(Entry::Heading(scope.heading()));
        let bindings = BINDINGS.iter().filter(|binding| binding.scope == scope);
        entries.extend(bindings.map(|binding| Entry::Fact(binding.label, binding.help.into())));
    }
    entries.push(Entry::Heading("words".into()));
    let meaning = |(word, meaning): &(&'static str, &str)| Entry::Fact(word, (*meaning).into());
    entries.extend(WORDS.iter().map(meaning));
    entries
}

/// What the figures on the dashboard mean.
const WORDS: &[(&str, &str)] = &[
    (
        "loss",
        "what training minimises; the cross-entropy of values in [0, 1] never reaches 0",
    ),
    (
        "mse",
        "mean squared error between a row and its reconstruction by the network, in scaled units",
    ),
    (
        "░",
        "between the least and the greatest loss of single steps; the line is their mean over an epoch",
    ),
    (
        "●",
        "on an axis: scores were taken here (a snapshot); in the list: the label calls this row an outlier, which the network never sees",
    ),
    (
        "same order",
        "rank correlation between this ranking and the one before: near 1, the ranking has settled",
    ),
    (
        "same flagged",
        "share of the rows flagged before that still are",
    ),
    (
        "entropy",
        "how evenly the scores are spread, 1 where all are equal; a hint only: lower is more telling",
    ),
    (
        "AUC, AP",
        "area under the ROC curve and average precision, against the label; chance is 0.5 and the share of outliers",
    ),
    (
        "score",
        "a row's reconstruction error in multiples of the median row's",
    ),
    (
        "since",
        "ranks gained ▲ or lost ▼ since the ranking before; new: flagged since then",
    ),
    (
        "reason",
        "the columns that contribute most to the score, with their shares; neighbours on a curve that err together are one",
    ),
    (
        "no network",
        "ROC-AUC of rankings without a network: LeSiNN (distance to the closest of a few random rows), PCA (what principal components leave over), z-norm (mean squared z-score)",
    ),
    (
        "gap",
        "parameters of the decoder minus those of the encoder",
    ),
    (
        "norm",
        "root of the sum of squares of a layer's weights, or of its biases",
    ),
    (
        "pace",
        "how many seconds a whole run is shown for; the engine itself is faster, and f lets it finish",
    ),
    ("thick frame", "the panel that the arrow keys go to"),
];
