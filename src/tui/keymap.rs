//! The one table of keys. Dispatch, the hint line, the help page and the README's table are all made from it.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::action::{Action, Panel};
use crate::app::prompt::Edit;
use crate::app::{App, Page, Phase};

/// Where a binding holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// On every page.
    Everywhere,
    /// On the dashboard and on a row's page.
    Work,
    /// On the dashboard.
    Dashboard,
    /// On a row's page.
    Row,
    /// On the page of columns.
    Columns,
}

impl Scope {
    /// Heading of the help page.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Work => "dashboard and row page",
            Self::Dashboard => "dashboard",
            Self::Row => "row page",
            Self::Columns => "columns",
        }
    }

    fn holds(self, page: Page) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Work => matches!(page, Page::Dashboard | Page::Row),
            Self::Dashboard => page == Page::Dashboard,
            Self::Row => page == Page::Row,
            Self::Columns => page == Page::Columns,
        }
    }
}

/// A key: its code and whether Ctrl is held. Shift is in the code, as in `B`.
pub type Key = (KeyCode, bool);

/// One line of the table.
#[derive(Debug)]
pub struct Binding {
    /// All keys that do it.
    pub keys: &'static [Key],
    /// How they are written.
    pub label: &'static str,
    /// A word or two for the hint line; empty where it is not hinted at.
    pub hint: &'static str,
    /// A sentence for the help page.
    pub help: &'static str,
    /// What it does.
    pub action: Action,
    /// Where it holds.
    pub scope: Scope,
}

const fn key(c: char) -> Key {
    (KeyCode::Char(c), false)
}

const fn ctrl(c: char) -> Key {
    (KeyCode::Char(c), true)
}

const fn code(code: KeyCode) -> Key {
    (code, false)
}

const fn bind(
    scope: Scope,
    action: Action,
    keys: &'static [Key],
    [label, hint, help]: [&'static str; 3],
) -> Binding {
    Binding {
        keys,
        label,
        hint,
        help,
        action,
        scope,
    }
}

use Scope::{Columns, Dashboard, Everywhere, Row, Work};

/// Every key, in the order in which hints are dropped from the end when the line is short.
#[rustfmt::skip]
pub const BINDINGS: &[Binding] = &[
    bind(Dashboard, Action::ToggleBias, &[key('b')], ["b", "bias", "bias of the selected layer on or off, in mid-run"]),
    bind(Dashboard, Action::ToggleAllBiases, &[key('B')], ["B", "all", "all biases on, or all off"]),
    bind(Work, Action::TogglePause, &[key(' ')], ["space", "pause", "pause and go on; after the end, go on beyond it"]),
    bind(Dashboard, Action::Open, &[code(KeyCode::Enter)], ["enter", "open", "open the selected outlier's page"]),
    bind(Row, Action::PreviousRow, &[code(KeyCode::Left), key('h')], ["←", "", "the row one rank above"]),
    bind(Row, Action::NextRow, &[code(KeyCode::Right), key('l')], ["→", "next row", "the row one rank below"]),
    bind(Row, Action::ToggleUnits, &[key('u')], ["u", "units", "draw in original or in scaled units"]),
    bind(Columns, Action::ToggleColumn, &[key('d')], ["d", "drop", "leave the column out, or take it in again"]),
    bind(Columns, Action::NextKind, &[code(KeyCode::Right), key('l')], ["→", "kind", "read the column as the next kind"]),
    bind(Columns, Action::PreviousKind, &[code(KeyCode::Left), key('h')], ["←", "", "read the column as the kind before"]),
    bind(Columns, Action::Apply, &[code(KeyCode::Enter)], ["enter", "apply", "read the table again with the columns as wanted, and start again"]),
    bind(Dashboard, Action::NextPanel, &[code(KeyCode::Tab)], ["tab", "panel", "next panel"]),
    bind(Dashboard, Action::PreviousPanel, &[code(KeyCode::BackTab)], ["shift-tab", "", "panel before"]),
    bind(Dashboard, Action::Focus(Panel::Loss), &[key('1')], ["1", "", "loss"]),
    bind(Dashboard, Action::Focus(Panel::Mse), &[key('2')], ["2", "", "mean squared error"]),
    bind(Dashboard, Action::Focus(Panel::Layers), &[key('3')], ["3", "", "layers"]),
    bind(Dashboard, Action::Focus(Panel::Outliers), &[key('4')], ["4", "", "outliers"]),
    bind(Everywhere, Action::Up, &[code(KeyCode::Up), key('k')], ["↑ k", "", "one up"]),
    bind(Everywhere, Action::Down, &[code(KeyCode::Down), key('j')], ["↓ j", "", "one down"]),
    bind(Everywhere, Action::PageUp, &[code(KeyCode::PageUp), ctrl('u'), ctrl('b')], ["page up", "", "half a screen up"]),
    bind(Everywhere, Action::PageDown, &[code(KeyCode::PageDown), ctrl('d'), ctrl('f')], ["page down", "", "half a screen down"]),
    bind(Everywhere, Action::First, &[code(KeyCode::Home), key('g')], ["home g", "", "to the top"]),
    bind(Everywhere, Action::Last, &[code(KeyCode::End), key('G')], ["end G", "", "to the bottom"]),
    bind(Everywhere, Action::Compare, &[key('C')], ["C", "compare", "compare biases, none and tied weights over five seeds; on its page, anew"]),
    bind(Dashboard, Action::NextScore, &[key('s')], ["s", "score", "rank by the network, by LeSiNN (no network), by both"]),
    bind(Dashboard, Action::ToggleDisagreement, &[key('D')], ["D", "", "the rows on which network and LeSiNN disagree most, or back"]),
    bind(Dashboard, Action::Restart, &[key('r')], ["r", "restart", "start again from the same seed; the former run stays drawn"]),
    bind(Dashboard, Action::ToggleTied, &[key('t')], ["t", "tie", "decoder borrows the encoder's weights, or not; starts again"]),
    bind(Dashboard, Action::OutputBiasOnly, &[key('o')], ["o", "", "the output bias alone"]),
    bind(Work, Action::Find, &[key('/')], ["/", "find", "find a row by number or id; on a row's page, a column"]),
    bind(Work, Action::FindNext, &[key('n')], ["n", "", "find the next"]),
    bind(Work, Action::Command, &[key(':')], [":", "command", "type a command: rate, row, bias, tied, restart, quit"]),
    bind(Dashboard, Action::RaiseRate, &[key('+'), key('=')], ["+", "", "double the learning rate"]),
    bind(Dashboard, Action::LowerRate, &[key('-')], ["-", "", "halve the learning rate"]),
    bind(Dashboard, Action::Zoom, &[key('z')], ["z", "zoom", "let the panel fill the screen, or no longer"]),
    bind(Dashboard, Action::ToggleLog, &[key('L')], ["L", "", "logarithmic axis of the focused curve on or off"]),
    bind(Everywhere, Action::Columns, &[key('c')], ["c", "columns", "the columns: what they hold, what becomes of them and why"]),
    bind(Everywhere, Action::About, &[key('i')], ["i", "about", "what was read, and how it is learned"]),
    bind(Everywhere, Action::Back, &[code(KeyCode::Esc)], ["esc", "back", "close what is open"]),
    bind(Everywhere, Action::Redraw, &[ctrl('l')], ["ctrl-l", "", "draw the screen anew"]),
    bind(Everywhere, Action::Suspend, &[ctrl('z')], ["ctrl-z", "", "back to the shell; `fg` returns"]),
    bind(Everywhere, Action::Help, &[key('?'), code(KeyCode::F(1))], ["?", "help", "these keys"]),
    bind(Everywhere, Action::Quit, &[key('q'), ctrl('c')], ["q", "quit", "quit"]),
];

/// What a key does on this page.
pub fn action_for(key: KeyEvent, page: Page) -> Option<Action> {
    if key.kind != KeyEventKind::Press
        || key
            .modifiers
            .intersects(KeyModifiers::ALT | KeyModifiers::SUPER)
    {
        return None;
    }
    let pressed = (key.code, key.modifiers.contains(KeyModifiers::CONTROL));
    let binding = BINDINGS
        .iter()
        .find(|binding| binding.scope.holds(page) && binding.keys.contains(&pressed));
    binding.map(|binding| binding.action)
}

/// What a key does to the line being typed. Ctrl-C still quits: see [`action_for`].
pub fn edit_for(key: KeyEvent) -> Option<Edit> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(match key.code {
        KeyCode::Enter => Edit::Submit,
        KeyCode::Esc => Edit::Cancel,
        KeyCode::Backspace => Edit::Erase,
        KeyCode::Char('w') if ctrl => Edit::EraseWord,
        KeyCode::Char('u') if ctrl => Edit::Clear,
        KeyCode::Char(c) if !ctrl => Edit::Insert(c.into()),
        _ => return None,
    })
}

/// The hints for what is on the screen, the most useful first.
pub fn hints(app: &App) -> impl Iterator<Item = (&'static str, &'static str)> {
    let page = app.page;
    let zoomed = app.zoomed;
    let (open, failed) = (app.is_open(), matches!(app.phase, Phase::Failed(_)));
    // A notice leaves few keys with a meaning.
    let works = move |binding: &&Binding| match binding.action {
        Action::Restart | Action::Command => open || failed,
        Action::Back => page != Page::Dashboard || zoomed,
        Action::Columns => open && page != Page::Columns,
        Action::Compare => open && matches!(page, Page::Dashboard | Page::Comparison),
        _ => open || binding.scope == Scope::Everywhere,
    };
    let shown = move |binding: &&Binding| {
        !binding.hint.is_empty() && binding.scope.holds(page) && works(binding)
    };
    let paused = matches!(app.phase, Phase::Paused | Phase::Finished);
    BINDINGS
        .iter()
        .filter(shown)
        .map(move |binding| match binding.action {
            Action::TogglePause if paused => (binding.label, "go on"),
            Action::Compare if page == Page::Comparison => (binding.label, "anew"),
            _ => (binding.label, binding.hint),
        })
}

/// The table for the README.
pub fn markdown() -> String {
    let line = |binding: &Binding| {
        format!(
            "| `{}` | {} | {} |\n",
            binding.label,
            binding.scope.heading(),
            binding.help
        )
    };
    let lines: String = BINDINGS.iter().map(line).collect();
    format!("| key | where | what |\n|---|---|---|\n{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_key_means_two_things_on_one_page() {
        for page in [Page::Dashboard, Page::Row, Page::About, Page::Help] {
            let held = BINDINGS.iter().filter(|binding| binding.scope.holds(page));
            let mut seen = HashSet::new();
            for (key, binding) in
                held.flat_map(|binding| binding.keys.iter().map(move |key| (key, binding)))
            {
                assert!(
                    seen.insert(*key),
                    "{page:?}: {key:?} again for {:?}",
                    binding.action
                );
            }
        }
    }

    #[test]
    fn no_action_is_listed_twice() {
        let mut seen = HashSet::new();
        assert!(BINDINGS.iter().all(|binding| seen.insert(binding.action)));
    }

    #[test]
    fn keys_reach_their_actions_and_only_presses_count() {
        let press = |code, modifiers| KeyEvent::new(code, modifiers);
        let b = press(KeyCode::Char('B'), KeyModifiers::SHIFT);
        assert_eq!(
            action_for(b, Page::Dashboard),
            Some(Action::ToggleAllBiases)
        );
        assert_eq!(action_for(b, Page::Row), None);
        let c = press(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(action_for(c, Page::Help), Some(Action::Quit));
        assert_eq!(
            action_for(
                KeyEvent {
                    kind: KeyEventKind::Release,
                    ..c
                },
                Page::Help
            ),
            None
        );
    }

    #[test]
    fn the_readme_lists_these_keys() {
        let readme = include_str!("../../README.md");
        assert!(
            readme.contains(&markdown()),
            "README.md should contain:\n{}",
            markdown()
        );
    }
}
