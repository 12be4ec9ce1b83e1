//! Numbers as bars: a histogram in one line, and one that fills an area.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::tui::cells::HEIGHTS;

/// `counts` in `cells` parts at the most; neighbours are added up where there are more counts than cells.
pub fn grouped(counts: &[u32], cells: usize) -> Vec<u64> {
    let parts = counts.len().min(cells);
    let mut sums = vec![0_u64; parts];
    for (index, count) in counts.iter().enumerate() {
        if parts > 0 {
            sums[index * parts / counts.len()] += u64::from(*count);
        }
    }
    sums
}

/// A histogram in one line of at most `cells` cells. What is there shows, however little it is.
pub fn line(counts: &[u32], cells: usize) -> String {
    let sums = grouped(counts, cells);
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let bar = |sum: &u64| match sum {
        0 => ' ',
        sum => HEIGHTS[((sum * 7).div_ceil(most) as usize).min(7)],
    };
    sums.iter().map(bar).collect()
}

/// A histogram over the whole of `area`, as many cells a part as fit; its bars stand on the lowest row.
pub fn draw(counts: &[u32], style: Style, area: Rect, buffer: &mut Buffer) {
    let sums = grouped(counts, usize::from(area.width));
    if sums.is_empty() || area.height == 0 {
        return;
    }
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let eighths = u64::from(area.height) * 8;
    for column in 0..area.width {
        let part = usize::from(column) * sums.len() / usize::from(area.width);
        let full = match sums[part] {
            0 => 0,
            sum => (sum * eighths / most).max(1),
        };
        for row in 0..area.height {
            let here = full.saturating_sub(u64::from(row) * 8).min(8) as usize;
            if here > 0 {
                let cell = (area.x + column, area.bottom() - 1 - row);
                buffer[cell].set_char(HEIGHTS[here - 1]).set_style(style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_shows_and_the_most_is_full() {
        assert_eq!(line(&[0, 1, 700, 350], 8), " ▂█▅");
        assert_eq!(line(&[1, 1, 0, 0], 2), "█ ");
        assert_eq!(line(&[], 8), "");
    }

    #[test]
    fn bars_stand_on_the_ground_and_reach_the_top() {
        let area = Rect::new(0, 0, 4, 2);
        let mut buffer = Buffer::empty(area);
        draw(&[8, 4, 0, 1], Style::new(), area, &mut buffer);
        assert_eq!(buffer, Buffer::with_lines(["█   ", "██ ▂"]));
    }
}
