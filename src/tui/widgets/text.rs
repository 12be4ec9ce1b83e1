//! A page of text: headings, and words with what there is to say about them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::panel::draw_lines;

/// Lines of `entries` that a page on `area` cannot show at once.
pub fn overflow(entries: &[Entry], area: Rect) -> usize {
    let inner = Block::bordered().inner(area);
    let theme = Theme {
        color: false,
        ascii: false,
    };
    let lines: usize = entries
        .iter()
        .map(|entry| entry.lines(theme, usize::from(inner.width)).len())
        .sum();
    lines.saturating_sub(usize::from(inner.height))
}

/// A framed page of entries whose first line is `first`, never past its last one.
pub fn page(
    theme: Theme,
    (title, first): (&str, usize),
    entries: &[Entry],
    area: Rect,
    buffer: &mut Buffer,
) {
    let block = theme.block(true).title_top(Line::from(vec![
        Span::raw(" "),
        Span::styled(title.to_owned(), theme.accent()),
        Span::styled("  esc closes, ↑↓ scroll ", theme.quiet()),
    ]));
    let inner = block.inner(area);
    block.render(area, buffer);
    let lines: Vec<Line<'_>> = entries
        .iter()
        .flat_map(|entry| entry.lines(theme, usize::from(inner.width)))
        .collect();
    let last = lines.len().saturating_sub(usize::from(inner.height));
    let first = first.min(last);
    draw_lines(lines.into_iter().skip(first), inner, buffer);
}

/// A piece of a page of text.
pub enum Entry {
    /// A heading, with a blank line above it.
    Heading(String),
    /// A word and what there is to say about it.
    Fact(&'static str, String),
}

impl Entry {
    /// Columns of the words.
    const WORD: usize = 14;

    /// The text stands beside its word on as many lines as it needs.
    fn lines(&self, theme: Theme, width: usize) -> Vec<Line<'_>> {
        match self {
            Self::Heading(text) => vec![
                Line::default(),
                Line::styled(format!(" {text}"), theme.strong()),
            ],
            Self::Fact(word, text) => {
                let pieces = cells::wrap(text, width.saturating_sub(Self::WORD + 4));
                let word = theme.key(word);
                let words = [word.as_str()].into_iter().chain(std::iter::repeat(""));
                let line = |(word, text): (&str, String)| {
                    let word = Span::styled(
                        format!("   {}", cells::left(word, Self::WORD)),
                        theme.accent(),
                    );
                    Line::from(vec![word, Span::raw(text)])
                };
                words.zip(pieces).map(line).collect()
            }
        }
    }
}
