//! All colours and styles. The sixteen colours of the terminal, which follow the user's own palette; without colour the
//! modifiers alone carry the meaning, and nothing is told by colour alone in either case.

use malevich::Charset;
use ratatui::style::{Color, Modifier, Style};
use ratatui::widgets::{Block, BorderType};

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Whether to use colour.
    pub color: bool,
    /// Whether to use ASCII characters alone.
    pub ascii: bool,
}

impl Theme {
    /// For those who only measure.
    pub const PLAIN: Self = Self {
        color: false,
        ascii: false,
    };

    fn fg(self, color: Color) -> Style {
        if self.color {
            Style::new().fg(color)
        } else {
            Style::new()
        }
    }

    /// What the eye should find first.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What can be looked for but need not be seen: labels, units, borders at rest.
    pub fn quiet(self) -> Style {
        self.fg(Color::DarkGray)
    }

    /// Keys, the focused panel.
    pub fn accent(self) -> Style {
        self.fg(Color::Cyan).add_modifier(Modifier::BOLD)
    }

    /// Running, climbing, switched on.
    pub fn good(self) -> Style {
        self.fg(Color::Green)
    }

    /// Paused, flagged, changed.
    pub fn warn(self) -> Style {
        self.fg(Color::Yellow)
    }

    /// Failed.
    pub fn bad(self) -> Style {
        self.fg(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// The selected line: reversed where the keys go, bold elsewhere.
    pub fn selected(self, focused: bool) -> Style {
        Style::new().add_modifier(if focused {
            Modifier::REVERSED
        } else {
            Modifier::BOLD
        })
    }

    /// The training curve; the network's side of a comparison.
    pub fn train(self) -> Style {
        self.fg(Color::Cyan)
    }

    /// The validation curve; the file's side of a comparison.
    pub fn valid(self) -> Style {
        self.fg(Color::Yellow)
    }

    /// What a smooth curve is the mean of.
    pub fn band(self) -> Style {
        self.fg(Color::DarkGray).add_modifier(Modifier::DIM)
    }

    /// The run before.
    pub fn former(self) -> Style {
        self.fg(Color::LightBlue)
    }

    /// Where something was changed.
    pub fn mark(self) -> Style {
        self.fg(Color::Magenta)
    }

    /// The chart cursor.
    pub fn cursor(self) -> Style {
        self.fg(Color::Green).add_modifier(Modifier::BOLD)
    }

    /// How a key is written: arrows by their names where they cannot be drawn, since `<` and `>` are keys of their own.
    pub fn key(self, label: &str) -> String {
        if !self.ascii {
            return label.to_owned();
        }
        let names = [("←", "left"), ("→", "right"), ("↑", "up"), ("↓", "down")];
        names.iter().fold(label.to_owned(), |label, (arrow, name)| {
            label.replace(arrow, name)
        })
    }

    /// The sign of a line in a legend: where there is no dash to tell lines apart, the character it is drawn with.
    pub fn sign(self, sign: &'static str) -> &'static str {
        match sign {
            "━" if self.ascii => "*",
            "╍" if self.ascii => "o",
            "┈" if self.ascii => ":",
            _ => sign,
        }
    }

    /// The dots that curves are drawn with.
    pub fn charset(self) -> Charset {
        if self.ascii {
            Charset::Ascii
        } else {
            Charset::Braille
        }
    }

    /// A panel's frame; the focused one is thick, so that it shows without colour.
    pub fn block(self, focused: bool) -> Block<'static> {
        let block = Block::bordered();
        if focused {
            block
                .border_type(BorderType::Thick)
                .border_style(self.accent())
        } else {
            block
                .border_type(BorderType::Rounded)
                .border_style(self.quiet())
        }
    }
}
