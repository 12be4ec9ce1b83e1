//! What the other way of scoring says of the row, and how the row moved while the network learned.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::{RowPanel, moved};
use crate::format;
use crate::message::{Beside, RowPage};
use crate::score::ranking::By;
use crate::tui::cells;
use crate::tui::widgets::panel::draw_lines;
use crate::tui::widgets::reasons;

/// The name of the other way.
pub fn name(by: By) -> &'static str {
    match by {
        By::Network => "the network",
        _ => "LeSiNN, no network",
    }
}

impl RowPanel<'_> {
    /// Where the row stands by the other way.
    pub(super) fn standing(&self, beside: &Beside) -> String {
        let total = self.app.session.loaded.as_ref();
        let total = total.map_or(0, |loaded| loaded.rows);
        match beside.standing {
            Some((rank, score)) => format!(
                "rank {} of {}, {} the median row",
                format::group(rank + 1),
                format::group(total),
                format::score(score)
            ),
            None => "its scores of then were not kept".into(),
        }
    }

    pub(super) fn draw_beside(&self, page: &RowPage, area: Rect, buffer: &mut Buffer) {
        /// Lines for the reasons.
        const LINES: usize = 4;
        /// A heading alone says nothing.
        const LEAST: u16 = 3;
        if area.height < LEAST {
            return;
        }
        let width = usize::from(area.width).saturating_sub(2);
        let mut lines = Vec::new();
        if let Some(beside) = &page.beside {
            let name = match beside.by {
                By::Network => "What the network says",
                _ => "What LeSiNN says, without a network",
            };
            lines.push(Line::styled(format!("  {name}"), self.theme.strong()));
            let standing = cells::wrap(&self.standing(beside), width);
            lines.extend(
                standing
                    .into_iter()
                    .map(|text| Line::raw(format!("  {text}"))),
            );
            let reasons = reasons::in_lines("", &beside.reasons, [width, LINES]);
            lines.extend(
                reasons
                    .into_iter()
                    .map(|text| Line::raw(format!("  {text}"))),
            );
        }
        let ranks = self.app.session.ranks.of(page.row);
        let moved = moved(ranks);
        let way = match (moved.split_once(": "), ranks) {
            (Some((_, way)), _) => Some(way.to_owned()),
            (None, [only]) => Some(format!(
                "{} in every ranking so far",
                format::group(only + 1)
            )),
            _ => None,
        };
        if let Some(way) = way {
            lines.push(Line::default());
            let heading = "  Its rank while the network learned";
            lines.push(Line::styled(heading, self.theme.strong()));
            lines.push(Line::raw(format!("  {}", cells::cut(&way, width))));
        }
        draw_lines(lines, area, buffer);
    }
}
