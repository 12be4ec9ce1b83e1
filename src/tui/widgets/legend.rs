//! The legend of a chart: the word and the value of each line, in the frame's upper edge where they fit there, and on lines
//! of their own below it where they don't.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::tui::theme::Theme;

/// A line of the chart: how it is drawn, what it is, and its value.
pub struct Figure {
    /// The dash of the line, as a character.
    pub sign: &'static str,
    /// What the line is.
    pub word: &'static str,
    /// Its value, at the cursor or at the end.
    pub value: String,
    /// The line's colour.
    pub style: Style,
}

/// Where the chart's cursor stands.
pub struct At {
    /// In short.
    pub step: String,
    /// What follows where there is room.
    pub more: String,
}

/// What a chart's lines are.
pub struct Legend {
    /// Where the values are read off, if not at the end.
    pub at: Option<At>,
    /// The lines, the most important first.
    pub figures: Vec<Figure>,
}

/// Cells of a frame's upper edge that its corners and the chart's name take.
const NAME: usize = 16;
/// The legend may take one row in so many of a panel.
const SHARE: u16 = 3;

impl Legend {
    /// What stands in the upper edge of a frame of this width: all, or as much as there is room for.
    pub fn headline(&self, theme: Theme, width: u16) -> Line<'static> {
        let room = usize::from(width).saturating_sub(NAME);
        let whole = [self.line(theme, true), self.line(theme, false)];
        if let Some(line) = whole.into_iter().find(|line| line.width() <= room) {
            return line;
        }
        if let Some(at) = &self.at {
            return Line::styled(format!(" {} ", at.step), theme.cursor());
        }
        let Some(first) = self.figures.first() else {
            return Line::default();
        };
        let named = Line::from(Vec::from(first.spans(theme)));
        if named.width() <= room {
            return named;
        }
        Line::styled(format!(" {} ", first.value), first.style)
    }

    /// The lines below the frame's edge, where the edge of a panel of this size, frame and all, has no room for every figure.
    pub fn lines(&self, theme: Theme, width: u16, height: u16) -> Vec<Line<'static>> {
        let room = usize::from(width).saturating_sub(NAME);
        if self.line(theme, false).width() <= room {
            return Vec::new();
        }
        let room = usize::from(width).saturating_sub(2);
        let most = usize::from(height.saturating_sub(2) / SHARE);
        let whole = wrap(self.figures.iter().map(|figure| figure.spans(theme)), room);
        if whole.len() <= most {
            return whole;
        }
        // What the lines are is worth more than where they ended, but not than what they are at the cursor.
        let less = if self.at.is_some() { 1 } else { 2 };
        let shorter = self.figures.iter().map(|figure| {
            let mut spans = figure.spans(theme);
            spans[less] = Span::raw("");
            spans
        });
        let mut lines = wrap(shorter, room);
        lines.truncate(most);
        lines
    }

    fn line(&self, theme: Theme, more: bool) -> Line<'static> {
        let at = self.at.as_ref().map(|at| {
            let more = if more { at.more.as_str() } else { "" };
            Span::styled(format!(" {}{more} ", at.step), theme.cursor())
        });
        let figures = self.figures.iter().flat_map(|figure| figure.spans(theme));
        Line::from(at.into_iter().chain(figures).collect::<Vec<_>>())
    }
}

/// As many figures on a line as it has room for.
fn wrap(figures: impl Iterator<Item = [Span<'static>; 3]>, room: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    for spans in figures {
        let wide: usize = spans.iter().map(Span::width).sum();
        match lines.last_mut() {
            Some(line) if line.width() + wide <= room => line.spans.extend(spans),
            _ => lines.push(Line::from(Vec::from(spans))),
        }
    }
    lines
}

impl Figure {
    fn spans(&self, theme: Theme) -> [Span<'static>; 3] {
        [
            Span::styled(format!(" {} ", theme.sign(self.sign)), self.style),
            Span::styled(format!("{} ", self.word), theme.quiet()),
            Span::styled(format!("{} ", self.value), self.style),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEME: Theme = Theme::PLAIN;

    fn legend() -> Legend {
        let figure = |sign, word, value: &str| Figure {
            sign,
            word,
            value: value.into(),
            style: Style::new(),
        };
        Legend {
            at: None,
            figures: vec![figure("━", "AUC", "0.922"), figure("╍", "AP", "0.525")],
        }
    }

    fn shown(width: u16, height: u16) -> (String, Vec<String>) {
        let lines = legend().lines(THEME, width, height);
        let headline = legend().headline(THEME, width).to_string();
        (headline, lines.iter().map(Line::to_string).collect())
    }

    #[test]
    fn what_the_edge_has_no_room_for_stands_below_it() {
        let (headline, lines) = shown(50, 14);
        assert_eq!(headline, " ━ AUC 0.922  ╍ AP 0.525 ");
        assert_eq!(lines, Vec::<String>::new());
        let (headline, lines) = shown(30, 14);
        assert_eq!(headline, " ━ AUC 0.922 ");
        assert_eq!(lines, [" ━ AUC 0.922  ╍ AP 0.525 "]);
        let (headline, lines) = shown(24, 14);
        assert_eq!(headline, " 0.922 ");
        assert_eq!(lines, [" ━ AUC 0.922 ", " ╍ AP 0.525 "]);
        let (_, lines) = shown(24, 7);
        assert_eq!(lines, [" ━ AUC  ╍ AP "]);
        let (headline, lines) = shown(30, 4);
        assert_eq!((headline.as_str(), lines.len()), (" ━ AUC 0.922 ", 0));
    }

    #[test]
    fn the_cursor_s_step_comes_before_the_values() {
        let at = At {
            step: "step 800".into(),
            more: ", epoch 53".into(),
        };
        let legend = Legend {
            at: Some(at),
            ..legend()
        };
        let headline = |width| legend.headline(THEME, width).to_string();
        assert!(headline(70).starts_with(" step 800, epoch 53  ━"));
        assert!(headline(52).starts_with(" step 800  ━"));
        assert_eq!(headline(26), " step 800 ");
    }
}
