//! From keys to actions, by the one table in [`BINDINGS`]. Dispatch, the hint line, the help page and the README's table are
//! all made from it.

mod bindings;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::app::App;
use crate::app::action::Action;
use crate::app::pages::{Hint, PageKind};
use crate::app::prompt::Edit;
use crate::app::session::Phase;

pub use bindings::BINDINGS;

/// Where a binding holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// On every page.
    Everywhere,
    /// On these pages.
    On(&'static [PageKind]),
}

impl Scope {
    /// The pages in words.
    pub fn heading(self) -> String {
        match self {
            Self::Everywhere => "everywhere".into(),
            Self::On(pages) => {
                let names: Vec<&str> = pages.iter().map(|page| page.name()).collect();
                match names.split_last() {
                    Some((last, before)) if !before.is_empty() => {
                        format!("{} and {last}", before.join(", "))
                    }
                    _ => names.concat(),
                }
            }
        }
    }

    fn holds(self, page: PageKind) -> bool {
        match self {
            Self::Everywhere => true,
            Self::On(pages) => pages.contains(&page),
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

/// What a key does on this page.
pub fn action_for(key: KeyEvent, page: PageKind) -> Option<Action> {
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
        KeyCode::Tab => Edit::Complete,
        KeyCode::Up => Edit::Earlier,
        KeyCode::Down => Edit::Later,
        KeyCode::Char('w') if ctrl => Edit::EraseWord,
        KeyCode::Char('u') if ctrl => Edit::Clear,
        KeyCode::Char(c) if !ctrl => Edit::Insert(c.into()),
        _ => return None,
    })
}

/// The hints for what is on the screen, the most useful first.
pub fn hints(app: &App) -> impl Iterator<Item = (&'static str, &'static str)> {
    let page = app.page_kind();
    let alone = app
        .page()
        .is_some_and(|page| page.behaviour().stands_alone());
    let open = app.session.is_open() || alone;
    let failed = matches!(app.session.phase, Phase::Failed(_));
    let shown =
        move |binding: &&'static Binding| !binding.hint.is_empty() && binding.scope.holds(page);
    let word = move |binding: &'static Binding| {
        // A notice leaves few keys with a meaning.
        let means = match binding.action {
            Action::Restart | Action::Command => open || failed,
            Action::Back => page != PageKind::Dashboard || app.session.is_open(),
            _ => open || binding.scope == Scope::Everywhere,
        };
        match app.hint(binding.action) {
            Hint::Hidden => None,
            _ if !means => None,
            Hint::AsListed => Some((binding.label, binding.hint)),
            Hint::Word(word) => Some((binding.label, word)),
        }
    };
    BINDINGS.iter().filter(shown).filter_map(word)
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
        for page in PageKind::ALL {
            let held = BINDINGS.iter().filter(|binding| binding.scope.holds(*page));
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
    fn no_action_is_listed_twice_on_one_page() {
        for page in PageKind::ALL {
            let mut held = BINDINGS.iter().filter(|binding| binding.scope.holds(*page));
            let mut seen = HashSet::new();
            assert!(held.all(|binding| seen.insert(binding.action)), "{page:?}");
        }
    }

    #[test]
    fn whatever_a_key_does_can_be_typed_but_for_moving_about_and_typing_itself() {
        use Action::{
            Command, Copy, CursorLeft, CursorRight, Down, Export, Filter, Find, First, FirstColumn,
            Last, LastColumn, OutputBiasOnly, PageDown, PageUp, Quit, Return, Save,
            ToggleAllBiases, ToggleDisagreement, ToggleLog, ToggleMouse, ToggleTied, Up,
        };
        let moves = [
            Up,
            Down,
            PageUp,
            PageDown,
            First,
            Last,
            CursorLeft,
            CursorRight,
            FirstColumn,
            LastColumn,
            Return,
            Find,
            Command,
            Quit,
        ];
        // What a setting says by its value.
        let settings = [
            ToggleAllBiases,
            OutputBiasOnly,
            ToggleTied,
            ToggleDisagreement,
            ToggleLog,
            ToggleMouse,
            Filter,
            Export,
            Save,
            Copy,
        ];
        for Binding { action, .. } in BINDINGS {
            let typed = crate::app::typed::ACTIONS
                .iter()
                .any(|(_, named, _)| named == action);
            let exempt = moves.contains(action) || settings.contains(action);
            assert!(typed || exempt, "{action:?} cannot be typed");
        }
    }

    #[test]
    fn keys_reach_their_actions_and_only_presses_count() {
        let press = |code, modifiers| KeyEvent::new(code, modifiers);
        let b = press(KeyCode::Char('B'), KeyModifiers::SHIFT);
        assert_eq!(
            action_for(b, PageKind::Dashboard),
            Some(Action::ToggleAllBiases)
        );
        assert_eq!(action_for(b, PageKind::Row), None);
        let c = press(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert_eq!(action_for(c, PageKind::Help), Some(Action::QuitNow));
        assert_eq!(
            action_for(
                KeyEvent {
                    kind: KeyEventKind::Release,
                    ..c
                },
                PageKind::Help
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
