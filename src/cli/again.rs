//! The command line that does without a screen what was done with one: the same words behind `misfit train`, without the flags
//! about the screen.

use std::ffi::OsString;

use crate::data::text::sanitize;

/// Flags about the screen, and a secret that is not to be read there; whether a word of their own follows.
const SCREEN: [(&str, bool); 7] = [
    ("--token", true),
    ("--beside", true),
    // The folder is taken by now.
    ("--run", true),
    ("--color", true),
    ("--pace", true),
    ("--mouse", true),
    ("--ascii", false),
];

/// `misfit train` with these words, quoted as a shell wants them.
pub fn without_screen(words: impl Iterator<Item = OsString>) -> String {
    let mut line = "misfit train".to_owned();
    let mut words = words.map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        let (name, value) = word.split_once('=').unwrap_or((&word, ""));
        if let Some((_, takes)) = SCREEN.iter().find(|(flag, _)| *flag == name) {
            if *takes && value.is_empty() {
                words.next();
            }
            continue;
        }
        line.push(' ');
        line.push_str(&quoted(&word));
    }
    line
}

/// A word in quotes where a shell would take it apart.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=,:+@%".contains(c);
    let word = sanitize(word);
    if !word.is_empty() && word.chars().all(plain) {
        word
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_about_the_screen_go_and_words_are_quoted() {
        let line = |words: &[&str]| without_screen(words.iter().map(OsString::from));
        assert_eq!(line(&[]), "misfit train");
        assert_eq!(
            line(&[
                "my file.csv",
                "--pace",
                "20",
                "--id",
                "it's",
                "--color=never",
                "--ascii",
                "--token",
                "secret"
            ]),
            "misfit train 'my file.csv' --id 'it'\\''s'"
        );
    }
}
