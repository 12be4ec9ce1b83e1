//! The line a user types: what it is for, its text, and the commands it understands.

use crate::message::is_rate;
use crate::model::spec::BiasChoice;

/// What the line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Find a row, or a column on a row's page.
    Find,
    /// Give a command.
    Command,
}

/// A line being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// What it says so far.
    pub text: String,
}

/// An edit of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Add this text, without its control characters.
    Insert(String),
    /// Take the last character away.
    Erase,
    /// Take the last word away.
    EraseWord,
    /// Take everything away.
    Clear,
    /// Do what the line says.
    Submit,
    /// Forget the line.
    Cancel,
}

/// A command as it is typed after `:`.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// `rate 3e-4`
    Rate(f64),
    /// `row 418`: go to this row's place in the ranking.
    Row(String),
    /// `bias all|none|output|encoder.1,…`
    Bias(BiasChoice),
    /// `tied on|off`
    Tied(bool),
    /// `compare`
    Compare,
    /// `restart`
    Restart,
    /// `quit`
    Quit,
}

/// The commands, for the hint line.
pub const COMMANDS: &str = "rate 3e-4 · row 418 · bias all|none|output|encoder.1,… · tied on|off · restart · compare · quit";

impl Prompt {
    /// An empty line.
    pub fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            text: String::new(),
        }
    }

    /// Changes the text; submitting and cancelling are the owner's.
    pub fn edit(&mut self, edit: &Edit) {
        /// Longer lines are no names of anything.
        const LONGEST: usize = 200;
        match edit {
            Edit::Insert(text) => {
                let room = LONGEST.saturating_sub(self.text.chars().count());
                self.text
                    .extend(text.chars().filter(|c| !c.is_control()).take(room));
            }
            Edit::Erase => {
                self.text.pop();
            }
            Edit::EraseWord => {
                let kept = self.text.trim_end().rfind(' ').map_or(0, |space| space + 1);
                self.text.truncate(kept);
            }
            Edit::Clear => self.text.clear(),
            Edit::Submit | Edit::Cancel => {}
        }
    }
}

/// Understands a command, or says what was expected.
pub fn parse(line: &str) -> Result<Typed, String> {
    let (verb, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
    let rest = rest.trim();
    match (verb, rest) {
        ("rate" | "lr", rate) => match rate.parse() {
            Ok(rate) if is_rate(rate) => Ok(Typed::Rate(rate)),
            _ => Err("rate takes a number above 0 and at most 10, such as 3e-4".into()),
        },
        ("row", "") => Err("row takes a row number or an id".into()),
        ("row", name) => Ok(Typed::Row(name.into())),
        ("bias", "") => Err("bias takes all, none, output or names such as encoder.1".into()),
        ("bias", choice) => choice.parse().map(Typed::Bias),
        ("tied" | "tie", "on" | "") => Ok(Typed::Tied(true)),
        ("tied" | "tie", "off") => Ok(Typed::Tied(false)),
        ("restart", "") => Ok(Typed::Restart),
        ("compare", "") => Ok(Typed::Compare),
        ("quit" | "q", "") => Ok(Typed::Quit),
        _ => Err(format!("there is no command “{}”; {COMMANDS}", line.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_understood_or_explained() {
        assert_eq!(parse("rate 3e-4"), Ok(Typed::Rate(3e-4)));
        assert_eq!(parse(" bias  output "), Ok(Typed::Bias(BiasChoice::Output)));
        assert_eq!(parse("row pump 7"), Ok(Typed::Row("pump 7".into())));
        assert_eq!(parse("tied off"), Ok(Typed::Tied(false)));
        for (line, expected) in [
            ("rate 0", "above 0"),
            ("rate x", "above 0"),
            ("row", "row number"),
            ("fly", "fly"),
        ] {
            assert!(parse(line).unwrap_err().contains(expected), "{line}");
        }
    }

    #[test]
    fn edits_change_the_text() {
        let mut prompt = Prompt::new(Purpose::Command);
        let mut edits = |edits: &[Edit]| {
            for edit in edits {
                prompt.edit(edit);
            }
            prompt.text.clone()
        };
        assert_eq!(edits(&[Edit::Insert("rate 3e\n-4".into())]), "rate 3e-4");
        assert_eq!(edits(&[Edit::Erase]), "rate 3e-");
        assert_eq!(edits(&[Edit::EraseWord]), "rate ");
        assert_eq!(edits(&[Edit::EraseWord, Edit::EraseWord, Edit::Erase]), "");
        assert_eq!(edits(&[Edit::Insert("x".repeat(1_000))]).len(), 200);
    }
}
