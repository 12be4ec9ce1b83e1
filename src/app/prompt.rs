//! The line a user types: what it is for, its text, and how it is edited, completed and recalled.

/// What the line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Find a row or a column.
    Find,
    /// Give a command.
    Command,
    /// Add a condition that rows must meet.
    Filter,
    /// Say by one key what is copied.
    Copy,
}

/// A line being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// What it says so far.
    pub text: String,
    /// What should be known before it is submitted.
    pub note: Option<String>,
    /// Lines gone back in the history; zero is the line itself.
    back: usize,
    /// What was typed when completing began, and which completion the text is now.
    completing: Option<(String, usize)>,
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
    /// Complete what is begun; again: the next way to.
    Complete,
    /// The line typed before.
    Earlier,
    /// The line typed after.
    Later,
    /// Do what the line says.
    Submit,
    /// Forget the line.
    Cancel,
}

impl Prompt {
    /// An empty line.
    pub fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            text: String::new(),
            note: None,
            back: 0,
            completing: None,
        }
    }

    /// A line that is begun.
    pub fn with(purpose: Purpose, text: String) -> Self {
        Self {
            text,
            ..Self::new(purpose)
        }
    }

    /// The same with something that should be known before it is submitted.
    #[must_use]
    pub fn noted(self, note: String) -> Self {
        Self {
            note: Some(note),
            ..self
        }
    }

    /// Changes the text; whatever else an edit does is the owner's.
    pub fn edit(&mut self, edit: &Edit) {
        /// Longer lines are no names of anything.
        const LONGEST: usize = 1_000;
        self.completing = None;
        self.note = None;
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
            Edit::Complete | Edit::Earlier | Edit::Later | Edit::Submit | Edit::Cancel => {}
        }
    }

    /// What was typed before completing began.
    pub fn typed(&self) -> &str {
        self.completing
            .as_ref()
            .map_or(&self.text, |(typed, _)| typed)
    }

    /// Completes the text to the next of `completions`, which are of what was typed.
    pub fn complete(&mut self, completions: &[String]) {
        if completions.is_empty() {
            return;
        }
        self.note = None;
        let (typed, next) = match self.completing.take() {
            Some((typed, at)) => (typed, (at + 1) % completions.len()),
            None => (self.text.clone(), 0),
        };
        self.text.clone_from(&completions[next]);
        // With one completion there is nothing to choose: the next key completes its argument.
        self.completing = (completions.len() > 1).then_some((typed, next));
    }

    /// Takes a line out of the history, whose latest is last.
    pub fn recall(&mut self, history: &[String], earlier: bool) {
        (self.completing, self.note) = (None, None);
        self.back = if earlier {
            (self.back + 1).min(history.len())
        } else {
            self.back.saturating_sub(1)
        };
        let line = history.len().checked_sub(self.back);
        let line = line.and_then(|line| history.get(line));
        self.text = line.cloned().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(edits(&[Edit::Insert("x".repeat(10_000))]).len(), 1_000);
    }

    #[test]
    fn completing_goes_through_all_ways_and_editing_takes_one() {
        let ways = ["rank".to_owned(), "rate ".to_owned()];
        let mut prompt = Prompt::new(Purpose::Command);
        prompt.edit(&Edit::Insert("ra".into()));
        let mut seen = Vec::new();
        for _ in 0..3 {
            prompt.complete(&ways);
            seen.push(prompt.text.clone());
            assert_eq!(prompt.typed(), "ra");
        }
        assert_eq!(seen, ["rank", "rate ", "rank"]);
        prompt.edit(&Edit::Erase);
        assert_eq!((prompt.typed(), prompt.text.as_str()), ("ran", "ran"));
    }

    #[test]
    fn the_history_goes_back_and_forth() {
        let history = ["tie on".to_owned(), "rate 1".to_owned()];
        let mut prompt = Prompt::new(Purpose::Command);
        let mut recall = |earlier| {
            prompt.recall(&history, earlier);
            prompt.text.clone()
        };
        assert_eq!(
            [recall(true), recall(true), recall(true)],
            ["rate 1", "tie on", "tie on"]
        );
        assert_eq!([recall(false), recall(false)], ["rate 1", ""]);
    }
}
