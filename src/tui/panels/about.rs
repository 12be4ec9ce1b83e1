//! What was read, what was left out, and how it is learned.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Widget};

use crate::app::App;
use crate::format;
use crate::message::{Judged, Started};
use crate::score::reference::LOCAL_HINT;
use crate::tui::cells;
use crate::tui::panels::draw_lines;
use crate::tui::theme::Theme;

/// The page about the data and the run.
pub struct About<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

impl Widget for About<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        page(
            self.app,
            self.theme,
            "about",
            &Self::entries(self.app),
            area,
            buffer,
        );
    }
}

impl About<'_> {
    /// What there is to say.
    pub fn entries(app: &App) -> Vec<Entry> {
        let mut entries = vec![Entry::Heading("data")];
        match &app.loaded {
            None => entries.push(Entry::Fact(
                "",
                if app.is_loading() {
                    format!("{} is still being read", app.source)
                } else {
                    format!("{} could not be read", app.source)
                },
            )),
            Some(loaded) => {
                let (features, columns) = (
                    format::group(loaded.features.len()),
                    format::group(loaded.columns.len()),
                );
                entries.push(Entry::Fact("name", loaded.name.clone()));
                entries.push(Entry::Fact("rows", format::group(loaded.rows)));
                let encoded = if loaded.encoded == loaded.features.len() {
                    String::new()
                } else {
                    format!(", as {} features", format::group(loaded.encoded))
                };
                entries.push(Entry::Fact(
                    "columns",
                    format!("{features} of {columns} in use{encoded}"),
                ));
                entries.extend(
                    loaded
                        .notices
                        .iter()
                        .map(|notice| Entry::Fact("note", notice.clone())),
                );
            }
        }
        if let (Some(started), Some(spec)) = (&app.started, &app.spec) {
            let (steps, epoch) = (
                format::group(started.steps),
                format::group(started.steps_per_epoch),
            );
            let shortened = started.shortened_from.map_or_else(String::new, |all| {
                format!(" of {}, as the table is wide", format::group(all))
            });
            let tied = if spec.tied() { ", tied" } else { "" };
            let (rate, batch) = (format::rate(app.rate), started.batch);
            let Started {
                engine,
                device,
                threads,
                ..
            } = started;
            entries.extend([
                Entry::Heading("run"),
                Entry::Fact("preset", started.preset.clone()),
                Entry::Fact("network", format!("{}{tied}", spec.shape())),
                Entry::Fact("loss", started.loss.into()),
                Entry::Fact(
                    "optimizer",
                    format!("Adam, learning rate {rate}, {batch} rows a step"),
                ),
                Entry::Fact(
                    "length",
                    format!("{steps} steps{shortened}, {epoch} to the epoch"),
                ),
                Entry::Fact("engine", format!("{engine} on {device}, {threads} threads")),
            ]);
            if started.networks > 1 {
                let (number, networks) = (started.network + 1, started.networks);
                let text = format!("{number} of {networks}; their scores are averaged");
                entries.push(Entry::Fact("network", text));
            }
        }
        if !app.run.judged.is_empty() {
            entries.push(Entry::Heading("scores so far"));
            entries.extend(app.run.judged.iter().map(judged));
        }
        if app.hints_at_local() {
            entries.push(Entry::Fact("hint", LOCAL_HINT.into()));
        }
        entries
    }
}

/// How good the ranking was at a step: against the label, or, as a hint, in its own words.
fn judged(judged: &Judged) -> Entry {
    let step = format!("at step {}", format::group(judged.at.step));
    let share =
        |share: Option<f64>| share.map_or_else(|| "none".into(), |share| format!("{share:.3}"));
    let text = match judged.quality {
        Some(quality) => format!(
            "{step}: ROC-AUC {:.3}, average precision {:.3}, precision of the flagged {}",
            quality.roc_auc,
            quality.average_precision,
            share(judged.precision)
        ),
        None => format!(
            "{step}: entropy of the scores {} (a hint: lower is more telling)",
            share(judged.entropy)
        ),
    };
    Entry::Fact("", text)
}

/// Lines of `entries` that a page on `area` cannot show at once.
pub(in crate::tui) fn overflow(entries: &[Entry], area: Rect) -> usize {
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

/// A framed page of entries, scrolled by [`App::scroll`] and never past its last line.
pub(super) fn page(
    app: &App,
    theme: Theme,
    title: &str,
    entries: &[Entry],
    area: Rect,
    buffer: &mut Buffer,
) {
    let block = theme.block(true).title_top(Line::from(vec![
        Span::raw(" "),
        Span::styled(title.to_owned(), theme.accent()),
        Span::styled("  esc closes · ↑↓ scrolls ", theme.quiet()),
    ]));
    let inner = block.inner(area);
    block.render(area, buffer);
    let lines: Vec<Line<'_>> = entries
        .iter()
        .flat_map(|entry| entry.lines(theme, usize::from(inner.width)))
        .collect();
    let last = lines.len().saturating_sub(usize::from(inner.height));
    let first = app.scroll.min(last);
    draw_lines(lines.into_iter().skip(first), inner, buffer);
}

/// A piece of a page of text.
pub enum Entry {
    /// A heading, with a blank line above it.
    Heading(&'static str),
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
                let words = [*word].into_iter().chain(std::iter::repeat(""));
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
