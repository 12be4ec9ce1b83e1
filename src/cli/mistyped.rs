//! What to say where the first word is neither a subcommand nor a file, or stands in the wrong place. clap cannot: to it,
//! any first word may be the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::data::text::sanitize;
use crate::error::Error;

/// The arguments as they were typed, and the subcommands that there are.
pub struct Typed {
    words: Vec<String>,
    subcommands: Vec<String>,
}

impl Typed {
    /// `arguments` without the program's name.
    pub fn new(arguments: impl Iterator<Item = OsString>, mut command: Command) -> Self {
        // clap adds its own `help` only now.
        command.build();
        let names = command.get_subcommands().map(|sub| sub.get_name().into());
        Self {
            words: arguments
                .map(|word| word.to_string_lossy().into_owned())
                .collect(),
            subcommands: names.collect(),
        }
    }

    /// A first word that is almost a subcommand, and no file.
    pub fn mistyped(&self) -> Option<Error> {
        let word = self.words.first()?;
        if word.starts_with('-') || self.is_subcommand(word) || Path::new(word).exists() {
            return None;
        }
        let nearest = self.nearest(word)?;
        let word = sanitize(word);
        Some(Error::Usage(format!(
            "there is no subcommand \"{word}\"; did you mean \"misfit {nearest}\"? (no file of that name exists either)"
        )))
    }

    /// A subcommand behind other arguments, which clap takes for the file.
    pub fn misplaced(&self, file: &Path) -> Option<Error> {
        let word = file.to_str()?;
        (self.is_subcommand(word) && !file.exists()).then(|| comes_first(word))
    }

    /// A first word before a file that is neither a subcommand nor a file itself.
    pub fn no_command(files: &[PathBuf]) -> Option<Error> {
        let (first, rest) = files.split_first()?;
        let word = first.to_str()?;
        let is_path = word.contains(['.', '/', '*', '?', '[']);
        (!rest.is_empty() && !first.exists() && !is_path).then(|| neither(word))
    }

    /// In plain words what clap says about a subcommand behind a file; none for its other errors.
    pub fn second_word(&self, error: &clap::Error) -> Option<Error> {
        let Some(ContextValue::String(second)) = error.get(ContextKind::InvalidSubcommand) else {
            return None;
        };
        if error.kind() != ErrorKind::ArgumentConflict {
            return None;
        }
        if self.is_subcommand(second) {
            return Some(comes_first(second));
        }
        let first = self.words.first().filter(|word| !word.starts_with('-'));
        first.map(|first| neither(first))
    }

    fn is_subcommand(&self, word: &str) -> bool {
        self.subcommands.iter().any(|name| name == word)
    }

    /// The subcommand that `word` is a slip away from, or two in a longer one.
    fn nearest(&self, word: &str) -> Option<&str> {
        let near = self.subcommands.iter().filter_map(|name| {
            let slips = slips(word, name);
            (slips <= (name.len() / 2).min(2)).then_some((slips, name))
        });
        near.min_by_key(|(slips, _)| *slips)
            .map(|(_, name)| name.as_str())
    }
}

fn neither(word: &str) -> Error {
    Error::Usage(format!(
        "\"{}\" is neither a subcommand nor a file; `misfit --help` lists the subcommands",
        sanitize(word)
    ))
}

fn comes_first(subcommand: &str) -> Error {
    Error::Usage(format!(
        "\"{subcommand}\" is a subcommand and comes first: misfit {subcommand} …"
    ))
}

/// Letters to add, drop, replace or swap with their neighbour until `a` is `b` (the optimal string alignment distance).
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let least = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least.min(rows[i - 2][j - 2] + 1)
                } else {
                    least
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(word: &str) -> Typed {
        let subcommands = ["train", "sample", "man"];
        let command = Command::new("misfit").subcommands(subcommands.map(Command::new));
        Typed::new([OsString::from(word)].into_iter(), command)
    }

    #[test]
    fn slips_are_counted() {
        let cases = [
            ("trian", "train", 1),
            ("tran", "train", 1),
            ("man", "main", 1),
            ("", "man", 3),
            ("kitten", "sitting", 3),
        ];
        for (a, b, count) in cases {
            assert_eq!(slips(a, b), count, "{a} {b}");
        }
    }

    #[test]
    fn only_what_is_almost_a_subcommand_is_taken_for_one() {
        let nearest = |word: &str| typed(word).nearest(word).map(ToOwned::to_owned);
        assert_eq!(nearest("trian").as_deref(), Some("train"));
        assert_eq!(nearest("sampel").as_deref(), Some("sample"));
        assert_eq!(nearest("mna").as_deref(), Some("man"));
        for word in ["an.csv", "m", "train.csv", "data", "resample2"] {
            assert_eq!(nearest(word), None, "{word}");
        }
    }
}
