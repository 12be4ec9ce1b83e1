//! The last line: the keys of the moment, the line being typed with what can follow, or an answer to the last key.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::app::App;
use crate::app::prompt::{Prompt, Purpose};
use crate::app::typed;
use crate::tui::theme::Theme;
use crate::tui::{cells, keymap};

/// The hint line.
pub struct Hints<'a> {
    pub app: &'a App,
    pub theme: Theme,
}

fn sign(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Find => "/",
        Purpose::Command => ":",
        Purpose::Filter => "&",
        Purpose::Copy => "",
    }
}

/// Where the cursor stands while a line is typed.
pub fn cursor(app: &App, width: u16) -> Option<u16> {
    let typed = |prompt: &&Prompt| prompt.note.is_none() && prompt.purpose != Purpose::Copy;
    let prompt = app.prompt.as_ref().filter(typed)?;
    let end = 1 + sign(prompt.purpose).len() + cells::width(&prompt.text);
    Some((end as u16).min(width.saturating_sub(2)))
}

/// The end of a line, as much as fits: that is where one types.
fn end_of(text: &str, width: usize) -> &str {
    let mut starts = text.char_indices().map(|(start, _)| start);
    let fits = |start: &usize| cells::width(&text[*start..]) <= width;
    &text[starts.find(fits).unwrap_or(text.len())..]
}

/// Lines of an answer that is too long for one.
const ANSWER: usize = 4;

/// An answer, line by line; where there is more of it, the last line ends in `…`.
fn lines_of(answer: &str, width: u16) -> Vec<String> {
    let width = usize::from(width).saturating_sub(2).max(1);
    let mut lines = cells::wrap(answer, width);
    if let Some(more) = lines.get(ANSWER).cloned() {
        lines.truncate(ANSWER);
        if let Some(last) = lines.last_mut() {
            // Both do not fit, or they would be one line.
            *last = cells::cut(&format!("{last} {more}"), width);
        }
    }
    lines
}

/// The last line of the screen, and as much of the `body` above it as an answer takes that is longer.
pub fn area(app: &App, line: Rect, body: Rect) -> Rect {
    let answer = app.answer.as_ref().filter(|_| app.prompt.is_none());
    let lines = answer.map_or(1, |answer| lines_of(answer, line.width).len());
    let above = (lines as u16 - 1).min(body.height);
    Rect {
        y: line.y - above,
        height: line.height + above,
        ..line
    }
}

impl Widget for Hints<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Self { app, theme } = self;
        let width = usize::from(area.width);
        let line = match (&app.prompt, &app.answer) {
            (Some(prompt), _) => self.prompt(prompt, width),
            (None, Some(answer)) => {
                Clear.render(area, buffer);
                for (text, row) in lines_of(answer, area.width).iter().zip(area.rows()) {
                    Line::styled(format!(" {text}"), theme.warn()).render(row, buffer);
                }
                return;
            }
            (None, None) => self.keys(width),
        };
        line.render(area, buffer);
    }
}

impl Hints<'_> {
    /// The line as it is typed; behind it what it can become, or what it does.
    fn prompt(&self, prompt: &Prompt, width: usize) -> Line<'static> {
        let theme = self.theme;
        if prompt.purpose == Purpose::Copy {
            return self.copies(width);
        }
        let sign = sign(prompt.purpose);
        if let Some(note) = &prompt.note {
            let line = format!("{sign}{}", prompt.text);
            // What enter does matters most, and what is there is seen by that.
            let does = note.split_once(": ").map_or(&**note, |(_, does)| does);
            let enter = does.split_once(", ").map_or(does, |(enter, _)| enter);
            let room = width.saturating_sub(cells::width(&line) + 4);
            let note = format!(" {}  ", cells::first_fitting(room, &[note, does, enter]));
            return Line::from(vec![
                Span::styled(note, theme.warn()),
                Span::styled(line, theme.strong()),
            ]);
        }
        let text = end_of(&prompt.text, width.saturating_sub(sign.len() + 3));
        let typed = format!(" {sign}{text} ");
        let mut room = width.saturating_sub(cells::width(&typed) + 2);
        let mut spans = vec![Span::styled(typed, theme.strong()), Span::raw("  ")];
        if prompt.purpose == Purpose::Find {
            let sought = self.app.sought().unwrap_or_default();
            spans.push(Span::styled(format!("{sought}, then enter"), theme.quiet()));
            return Line::from(spans);
        }
        if prompt.purpose == Purpose::Filter {
            let help = "temp > 40, label = 1, name ~ x$, flagged, or a text; empty: all rows";
            spans.push(Span::styled(cells::cut(help, room), theme.quiet()));
            return Line::from(spans);
        }
        let ways = typed::completions(prompt.typed(), &self.app.session);
        let only = matches!(&ways[..], [way] if way.trim() == prompt.text.trim());
        if ways.is_empty() || only {
            let help = typed::help(&prompt.text).unwrap_or("enter does it, esc forgets it");
            // Of a sentence that is too long, what it begins with.
            let parts = ["; ", ": "].map(|end| help.split_once(end).map_or(help, |(part, _)| part));
            let help = cells::first_fitting(room, &[help, parts[0], parts[1]]);
            spans.push(Span::styled(help, theme.quiet()));
            return Line::from(spans);
        }
        // Around the one that tab has come to.
        let at = ways.iter().position(|way| *way == prompt.text);
        let first = at.map_or(0, |at| at.saturating_sub(1));
        for (index, way) in ways.iter().enumerate().skip(first) {
            let word = match way.split_once(' ') {
                Some((_, value)) if !value.is_empty() => value,
                _ => way.trim_end(),
            };
            if cells::width(word) + 4 > room {
                spans.push(Span::styled("…", theme.quiet()));
                break;
            }
            room -= cells::width(word) + 2;
            let style = if Some(index) == at {
                theme.selected(true)
            } else {
                theme.quiet()
            };
            spans.push(Span::styled(word.to_owned(), style));
            spans.push(Span::raw("  "));
        }
        Line::from(spans)
    }

    /// What can be copied, and by which key.
    fn copies(&self, width: usize) -> Line<'static> {
        let theme = self.theme;
        let mut spans = vec![Span::styled(" copy  ", theme.strong())];
        let mut room = width.saturating_sub(7);
        let esc = ("esc".to_owned(), "nothing".to_owned());
        let keys = self.app.copies().into_iter();
        let keys = keys.map(|(key, what)| (key.to_string(), cells::middle(&what, 24)));
        for (key, what) in keys.chain([esc]) {
            let size = cells::width(&key) + cells::width(&what) + 3;
            if size > room {
                break;
            }
            room -= size;
            spans.extend([
                Span::styled(key, theme.accent()),
                Span::raw(format!(" {what}  ")),
            ]);
        }
        Line::from(spans)
    }

    /// As many hints as fit; the way back, help and quit always do.
    fn keys(&self, width: usize) -> Line<'static> {
        let theme = self.theme;
        let size =
            |(key, hint): (&str, &str)| cells::width(&theme.key(key)) + cells::width(hint) + 3;
        let (last, others): (Vec<_>, Vec<_>) =
            keymap::hints(self.app).partition(|(key, _)| matches!(*key, "?" | "q" | "esc"));
        let mut room = width.saturating_sub(1 + last.iter().copied().map(size).sum::<usize>());
        let fitting = others.into_iter().take_while(|hint| {
            let fits = size(*hint) <= room;
            room = room.saturating_sub(size(*hint));
            fits
        });
        let span = |(key, hint): (&'static str, &'static str)| {
            [
                Span::styled(theme.key(key), theme.accent()),
                Span::raw(" "),
                Span::styled(hint, theme.quiet()),
                Span::raw("  "),
            ]
        };
        let mut spans = vec![Span::raw(" ")];
        spans.extend(fitting.chain(last).flat_map(span));
        Line::from(spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_cut_says_so() {
        let words = |count: usize| vec!["word"; count].join(" ");
        let fits = lines_of(&words(8), 11);
        assert_eq!(fits, ["word word"; ANSWER]);
        let cut = lines_of(&words(9), 11);
        assert_eq!(cut[..ANSWER - 1], ["word word"; ANSWER - 1]);
        assert_eq!(cut[ANSWER - 1..], ["word wor…"]);
    }
}
