//! A row on its line: its place, its score and its cells, each with a sign for its share of the score.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::columns::Shown;
use super::{SCORE, TablePanel, rule};
use crate::format;
use crate::message::{self, Reason};
use crate::tui::cells;
use crate::tui::theme::Theme;
use crate::tui::widgets::reasons::in_cell;

/// Shares of the score that have a sign: from which on, and the sign; in ASCII no two look alike either, nor like a point.
pub(super) const SHARES: [(f32, &str, &str); 4] = [
    (0.5, "█", "#"),
    (0.25, "▆", "="),
    (0.1, "▄", ":"),
    (0.05, "▂", "'"),
];

impl TablePanel<'_> {
    pub(super) fn row(&self, at: usize, shown: &Shown, width: usize) -> Line<'static> {
        let (theme, session) = (self.theme, &self.app.session);
        let selected = at == self.page.at;
        // Every other row is quieter, so that the eye stays on its own.
        let zebra = if at % 2 == 1 {
            Modifier::DIM
        } else {
            Modifier::empty()
        };
        let Some(line) = self.page.line(at) else {
            return Line::styled("  …", theme.quiet());
        };
        let sign = |is: bool, sign: &'static str| if is { sign } else { " " };
        let marked = session.arrangement.marked.contains(&line.row);
        let ordinary = session.ordinary.contains(&line.row);
        let labelled = session.is_labelled(line.row) == Some(true);
        let about = sign(line.about, "~").trim();
        let rank = line
            .rank
            .map_or_else(String::new, |rank| format!("{about}{}", rank + 1));
        let score = if line.score.is_nan() {
            String::new()
        } else {
            format::score(line.score)
        };
        let reason = match Self::reason_width(width) {
            0 => String::new(),
            reason => format!(
                " {}",
                cells::left(&in_cell(self.reasons(line), reason), reason)
            ),
        };
        let base = if ordinary {
            theme.quiet()
        } else {
            Style::new().add_modifier(zebra)
        };
        let mut spans = vec![
            Span::raw(sign(selected, "▸")),
            Span::styled(sign(marked, "◆"), theme.accent()),
            Span::styled(sign(labelled, "●"), theme.warn()),
            Span::styled(cells::right(&rank, self.rank_width()), theme.quiet()),
            Span::styled(
                format!(
                    " {}",
                    cells::right(
                        &cells::without_stem(
                            &session.row_name(line.row),
                            &session.stem,
                            self.name_width(width)
                        ),
                        self.name_width(width)
                    )
                ),
                base,
            ),
            Span::styled(
                format!(" {}", cells::right(&score, SCORE)),
                if line.flagged { theme.strong() } else { base },
            ),
            Span::styled(format!("{} ", sign(line.flagged, "!")), theme.warn()),
            Span::styled(reason, base),
        ];
        for (place, column) in shown.columns.iter().enumerate() {
            let index = column.index;
            let info = &session.columns()[index];
            let text = line.cells.get(index).map_or("", String::as_str);
            let share = self.share(line, index);
            let (mark, style) = match share {
                // What the label says has no share.
                _ if labelled && info.is_label() => ("●", theme.warn()),
                Some(share) => weight(share, theme, base),
                None => (" ", base),
            };
            let style = if selected && index == self.page.column {
                theme.selected(true)
            } else if selected {
                style
                    .add_modifier(Modifier::BOLD)
                    .remove_modifier(Modifier::DIM)
            } else {
                style
            };
            spans.extend([
                Span::styled(rule(shown, place), theme.quiet()),
                Span::raw(" "),
                Span::styled(Self::align(info, &format::short(text), column.width), style),
                Span::styled(
                    mark,
                    style.remove_modifier(Modifier::REVERSED | Modifier::DIM),
                ),
            ]);
        }
        Line::from(spans)
    }

    /// The number of a column of the file among those in use.
    fn used(&self, column: usize) -> Option<usize> {
        let columns = self.app.session.columns();
        let before = || columns[..column].iter().filter(|info| info.used).count();
        columns[column].used.then(before)
    }

    /// Why a row has its score.
    pub(super) fn reasons(&self, line: &message::Line) -> &[Reason] {
        let weighed = self.page.weighed.get(&line.row);
        weighed.map_or(&[][..], |weighed| &weighed.reasons)
    }

    /// A column's share in the score of a row, where it is in use and known.
    pub(super) fn share(&self, line: &message::Line, column: usize) -> Option<f32> {
        let shares = &self.page.weighed.get(&line.row)?.shares;
        shares.get(self.used(column)?).copied()
    }
}

/// The sign and the colour of a cell that carries this share of the row's score.
fn weight(share: f32, theme: Theme, base: Style) -> (&'static str, Style) {
    let sign = SHARES.iter().find(|(least, ..)| share >= *least);
    match sign {
        Some((least, sign, ascii)) => {
            let style = if *least >= 0.25 {
                theme.bad()
            } else {
                theme.warn()
            };
            (if theme.ascii { ascii } else { sign }, style)
        }
        None => (" ", base),
    }
}
