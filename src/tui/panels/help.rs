//! The keys, from the one table.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::app::App;
use crate::tui::keymap::{BINDINGS, Scope};
use crate::tui::panels::about::{Entry, page};
use crate::tui::theme::Theme;

/// The help page.
pub struct Help<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

impl Help<'_> {
    /// Every key and every word.
    pub fn entries() -> Vec<Entry> {
        let mut entries = Vec::new();
        for scope in [
            Scope::Dashboard,
            Scope::Row,
            Scope::Columns,
            Scope::Work,
            Scope::Everywhere,
        ] {
            entries.push(Entry::Heading(scope.heading()));
            let bindings = BINDINGS.iter().filter(|binding| binding.scope == scope);
            entries.extend(bindings.map(|binding| Entry::Fact(binding.label, binding.help.into())));
        }
        entries.push(Entry::Heading("words"));
        entries.extend(
            WORDS
                .iter()
                .map(|(word, meaning)| Entry::Fact(word, (*meaning).into())),
        );
        entries
    }
}

impl Widget for Help<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        page(
            self.app,
            self.theme,
            "keys and words",
            &Self::entries(),
            area,
            buffer,
        );
    }
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
        "no model",
        "ROC-AUC of the mean squared z-score: what ranking without a network achieves",
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
