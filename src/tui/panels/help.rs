//! The keys, from the one table.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::tui::cells;
use crate::tui::keymap::{BINDINGS, Scope};
use crate::tui::panels::about::page;
use crate::tui::theme::Theme;

/// The help page.
pub struct Help<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

impl Widget for Help<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme;
        let mut lines = Vec::new();
        for scope in [Scope::Dashboard, Scope::Row, Scope::Work, Scope::Everywhere] {
            lines.push(Line::styled(scope.heading(), theme.strong()));
            for binding in BINDINGS.iter().filter(|binding| binding.scope == scope) {
                let label = Span::styled(
                    format!("  {} ", cells::left(binding.label, 10)),
                    theme.accent(),
                );
                lines.push(Line::from(vec![label, Span::raw(binding.help)]));
            }
            lines.push(Line::default());
        }
        lines.push(Line::styled("words", theme.strong()));
        for (word, meaning) in WORDS {
            let label = Span::styled(format!("  {} ", cells::left(word, 10)), theme.accent());
            lines.push(Line::from(vec![label, Span::raw(*meaning)]));
        }
        page(self.app, theme, "keys and words", lines, area, buffer);
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
        "largest",
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
        "thick",
        "the panel with the thick frame is the one that arrows go to",
    ),
];
