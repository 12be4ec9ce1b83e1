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
        "what training makes small; cross-entropy of values in [0, 1] never reaches 0",
    ),
    (
        "mse",
        "mean squared error between a row and what the network makes of it, scaled",
    ),
    (
        "score",
        "a row's reconstruction error in multiples of the median row's",
    ),
    (
        "since",
        "ranks climbed ▲ or fallen ▼ since the ranking before; new: flagged since then",
    ),
    (
        "largest part",
        "the column that contributes most to the score, and its share",
    ),
    (
        "●",
        "the label calls this row an outlier; the network never sees the label",
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
        "thick frame",
        "the panel with the thick frame is the one that arrows go to",
    ),
];
