//! `--ascii`: the finished screen, translated cell by cell into characters that every terminal and font has.

use ratatui::buffer::Buffer;

/// Replaces what is not ASCII by the nearest that is.
pub fn translate(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if cell.symbol().is_ascii() {
            continue;
        }
        // A wide character leaves its second cell blank, and so does its substitute.
        let symbol = substitute(cell.symbol());
        cell.set_symbol(symbol);
    }
}

fn substitute(symbol: &str) -> &'static str {
    match symbol {
        "─" | "━" | "┄" | "−" | "–" | "—" | "═" | "⁻" => "-",
        "╍" => "=",
        "│" | "┃" | "║" => "|",
        "╎" | "┊" | "┆" => "!",
        "╭" | "╮" | "╰" | "╯" | "┏" | "┓" | "┗" | "┛" | "┌" | "┐" | "└" | "┘" | "├" | "┤" | "┬"
        | "┴" | "✓" => "+",
        "▸" | "→" => ">",
        "●" | "•" => "*",
        "▲" | "↑" => "^",
        "▼" | "↓" => "v",
        "◆" => "@",
        "⁰" => "0",
        "¹" => "1",
        "²" => "2",
        "³" => "3",
        "⁴" => "4",
        "⁵" => "5",
        "⁶" => "6",
        "⁷" => "7",
        "⁸" => "8",
        "⁹" => "9",
        "×" => "x",
        "←" | "◂" => "<",
        "░" | "┈" | "▯" | "·" | "…" | "⋮" | "▁" | "▂" => ".",
        "“" | "”" => "\"",
        "▃" | "▄" | "▅" | "▆" => ":",
        "▮" | "█" | "▇" | "▉" | "▊" | "▋" | "▌" | "▍" | "▎" | "▏" => "#",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn the_translated_screen_is_ascii_and_keeps_its_shape() {
        let mut buffer = Buffer::with_lines(["╭─ λ 3× ▲2 名 ─╮", "plain ascii    "]);
        translate(&mut buffer);
        assert_eq!(
            buffer,
            Buffer::with_lines(["+- ? 3x ^2 ?  -+", "plain ascii     "])
        );
        assert_eq!(buffer.area, Rect::new(0, 0, 16, 2));
    }
}
