//! The two lines above the rows: what the columns are called, and their kinds.

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::columns::Shown;
use super::{SCORE, TablePanel, rule};
use crate::message::Order;
use crate::tui::cells;

impl TablePanel<'_> {
    pub(super) fn heading(&self, shown: &Shown, frozen: usize, width: usize) -> Vec<Line<'static>> {
        let (theme, session) = (self.theme, &self.app.session);
        let arrangement = &session.arrangement;
        let arrow = if arrangement.reversed { "▼" } else { "▲" };
        let sorted = |order| arrangement.order == order;
        let rank = format!(
            "rank{}",
            if sorted(Order::Rank) && arrangement.reversed {
                "▼"
            } else {
                ""
            }
        );
        let reason = match Self::reason_width(width) {
            0 => String::new(),
            reason => format!(" {}", cells::left("reason", reason)),
        };
        let names = format!(
            "   {} {} {}  {reason}",
            cells::right(&rank, self.rank_width()),
            cells::right("row", self.name_width(width)),
            cells::right("score", SCORE),
        );
        let mut top = vec![Span::styled(cells::left(&names, frozen), theme.quiet())];
        let more = match (shown.before, shown.after) {
            (0, 0) => String::new(),
            (0, after) => format!("+{after} →"),
            (before, 0) => format!("← +{before}"),
            (before, after) => format!("← +{before}  +{after} →"),
        };
        let mut kinds = vec![Span::styled(cells::right(&more, frozen), theme.accent())];
        for (place, column) in shown.columns.iter().enumerate() {
            let (index, cell) = (column.index, column.width);
            let info = &session.columns()[index];
            let rule = Span::styled(rule(shown, place), theme.quiet());
            let name = if sorted(Order::Column(index)) {
                let room = cell.saturating_sub(1);
                format!("{}{arrow}", cells::middle(&info.name, room))
            } else {
                cells::middle(&info.name, cell)
            };
            let name = Self::align(info, &name, cell);
            let style = if index == self.page.column {
                theme.accent().add_modifier(Modifier::UNDERLINED)
            } else {
                theme.strong()
            };
            top.extend([
                rule.clone(),
                Span::styled(if column.pinned { "◂" } else { " " }, theme.accent()),
                Span::styled(name, style),
                Span::raw(" "),
            ]);
            let kind = Self::align(info, &info.kind.to_string(), cell);
            kinds.extend([
                rule,
                Span::raw(" "),
                Span::styled(kind, theme.quiet()),
                Span::raw(" "),
            ]);
        }
        vec![Line::from(top), Line::from(kinds)]
    }
}
