//! Categories as features: one for each frequent word, one for all rare words together, one for missing cells. Where there
//! would be only two, one is enough.

use crate::data::columns::words::{MISSING, Words};
use crate::data::text::sanitize_bytes;

/// At most this many words get a feature of their own.
const MOST: usize = 32;
/// A word is rare if it occurs in fewer than one row in this many.
const RARE: usize = 100;
/// The name of all rare words together.
pub const OTHERS: &str = "(rare values)";
/// The code of a row that is on no level.
const NONE: u8 = u8::MAX;
/// The name of missing cells.
pub const NOTHING: &str = "(missing)";
/// Pairs of words for no and yes, in this order, in lower case.
const PAIRS: [(&str, &str); 8] = [
    ("false", "true"),
    ("f", "t"),
    ("no", "yes"),
    ("n", "y"),
    ("off", "on"),
    ("0", "1"),
    ("nein", "ja"),
    ("non", "oui"),
];

/// The categories of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    /// The words, sanitised, then [`OTHERS`] and [`NOTHING`] where there are such cells.
    pub names: Vec<String>,
    /// Each row's index into `names`.
    pub codes: Vec<u8>,
    /// Whether the words mean no and yes.
    pub boolean: bool,
    /// How many words were rare.
    pub pooled: usize,
}

impl Levels {
    /// The levels of a column, if it has at least two.
    pub fn of(words: &Words) -> Option<Self> {
        let counts = words.counts();
        let rows = words.codes().len();
        let mut frequent: Vec<usize> = (0..counts.len())
            .filter(|code| counts[*code] * RARE >= rows)
            .collect();
        frequent.sort_by(|a, b| {
            counts[*b]
                .cmp(&counts[*a])
                .then(words.words()[*a].cmp(&words.words()[*b]))
        });
        frequent.truncate(MOST);
        // A single rare word keeps its own name.
        if frequent.len() + 1 == counts.len() && frequent.len() < MOST {
            frequent = (0..counts.len()).collect();
        }
        if frequent.is_empty() {
            return None;
        }
        frequent.sort_by(|a, b| words.words()[*a].cmp(&words.words()[*b]));
        let pair = pair(words, &mut frequent);
        let pooled = counts.len() - frequent.len();
        let mut names: Vec<String> = frequent
            .iter()
            .map(|code| sanitize_bytes(&words.words()[*code]))
            .collect();
        let others = names.len() as u8;
        names.extend((pooled > 0).then(|| OTHERS.to_owned()));
        let nothing = names.len() as u8;
        names.extend((words.missing() > 0).then(|| NOTHING.to_owned()));
        let mut places = vec![others; counts.len()];
        for (place, code) in frequent.iter().enumerate() {
            places[*code] = place as u8;
        }
        let place = |code: &u32| {
            if *code == MISSING {
                nothing
            } else {
                places[*code as usize]
            }
        };
        (names.len() > 1).then(|| Self {
            codes: words.codes().iter().map(place).collect(),
            boolean: pair && pooled == 0,
            pooled,
            names,
        })
    }

    /// These levels, which were found elsewhere; a word that is none of them is rare, missing or none, as far as there is such a level.
    pub fn among(words: &Words, names: &[String]) -> Self {
        let known = Found::new(names);
        let (others, nothing) = (known.place(OTHERS), known.place(NOTHING));
        let places: Vec<Option<usize>> = words
            .words()
            .iter()
            .map(|word| known.place(&sanitize_bytes(word)).or(others).or(nothing))
            .collect();
        let code = |code: &u32| {
            let own = places.get(*code as usize).copied();
            let level = own.unwrap_or(nothing.or(others));
            level.map_or(NONE, |level| level as u8)
        };
        Self {
            names: names.to_vec(),
            codes: words.codes().iter().map(code).collect(),
            boolean: false,
            pooled: 0,
        }
    }

    /// Features: one for each level, or one for two levels.
    pub fn width(&self) -> usize {
        if self.names.len() == 2 {
            1
        } else {
            self.names.len()
        }
    }

    /// The value of a feature in a row: 1 or 0; of a row on neither of two levels the middle.
    pub fn value(&self, row: usize, feature: usize) -> f64 {
        if self.names.len() == 2 && self.codes[row] == NONE {
            return 0.5;
        }
        let level = if self.names.len() == 2 { 1 } else { feature };
        f64::from(u8::from(usize::from(self.codes[row]) == level))
    }

    /// Rows on each level.
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.names.len()];
        for code in &self.codes {
            if let Some(count) = counts.get_mut(usize::from(*code)) {
                *count += 1;
            }
        }
        counts
    }
}

/// Levels that were found elsewhere, to look words up among them.
pub struct Found<'a> {
    names: &'a [String],
    /// What they are worth, where all are numbers and no two are the same: `1.0` of one kind of file is `1` of another.
    numbers: Vec<(f64, usize)>,
}

impl<'a> Found<'a> {
    /// To look words up among these.
    pub fn new(names: &'a [String]) -> Self {
        let words = names.iter().enumerate();
        let words = words.filter(|(_, name)| **name != OTHERS && **name != NOTHING);
        let numbers = words.map(|(place, name)| Some((number(name)?, place)));
        let mut numbers: Vec<(f64, usize)> = numbers.collect::<Option<_>>().unwrap_or_default();
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        if numbers.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            numbers.clear();
        }
        Self { names, numbers }
    }

    /// Which of them a sanitised word is.
    pub fn place(&self, word: &str) -> Option<usize> {
        let same = self.names.iter().position(|known| known == word);
        same.or_else(|| {
            let value = number(word).filter(|_| !self.numbers.is_empty())?;
            let known = self
                .numbers
                .binary_search_by(|known| known.0.total_cmp(&value));
            known.ok().map(|at| self.numbers[at].1)
        })
    }
}

/// The number that a word is; both zeros are one.
fn number(word: &str) -> Option<f64> {
    let value: f64 = word.parse().ok()?;
    value.is_finite().then_some(value + 0.0)
}

/// Whether the words mean no and yes; puts them in this order.
fn pair(words: &Words, codes: &mut [usize]) -> bool {
    let [first, second] = codes else { return false };
    let word = |code: usize| String::from_utf8_lossy(&words.words()[code]).to_lowercase();
    let pair = (word(*first), word(*second));
    let is = |(no, yes): &(&str, &str), (a, b): &(String, String)| a == no && b == yes;
    if PAIRS.iter().any(|known| is(known, &pair)) {
        return true;
    }
    let turned = (pair.1, pair.0);
    if PAIRS.iter().any(|known| is(known, &turned)) {
        std::mem::swap(first, second);
        return true;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(words: &[&str]) -> Option<Levels> {
        let mut column = Words::default();
        for word in words {
            column.push((!word.is_empty()).then_some(word.as_bytes()));
        }
        Levels::of(&column)
    }

    #[test]
    fn two_words_are_one_feature_and_yes_is_one() {
        let column = levels(&["yes", "no", "no"]).unwrap();
        assert_eq!(
            (column.width(), column.boolean, column.names.join(" ")),
            (1, true, "no yes".into())
        );
        assert_eq!([0, 1, 2].map(|row| column.value(row, 0)), [1.0, 0.0, 0.0]);
        assert!(!levels(&["a", "b"]).unwrap().boolean);
        assert_eq!(levels(&["a", "a"]), None);
    }

    #[test]
    fn levels_that_were_found_elsewhere_are_kept() {
        let mut column = Words::default();
        for word in [Some(&b"b"[..]), Some(b"new"), None] {
            column.push(word);
        }
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let two = Levels::among(&column, &names(&["a", "b"]));
        assert_eq!([0, 1, 2].map(|row| two.value(row, 0)), [1.0, 0.5, 0.5]);
        assert_eq!(two.counts(), [0, 1]);
        let three = Levels::among(&column, &names(&["b", OTHERS, NOTHING]));
        assert_eq!(three.codes, [0, 1, 2]);
        let three = Levels::among(&column, &names(&["a", "b", "c"]));
        let rows = [0, 1, 2].map(|row| [0, 1, 2].map(|feature| three.value(row, feature)));
        assert_eq!(rows, [[0.0, 1.0, 0.0], [0.0; 3], [0.0; 3]]);
    }

    #[test]
    fn levels_that_are_numbers_are_known_by_their_value() {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let place = |names: &[String], word: &str| Found::new(names).place(word);
        let numbers = names(&["1.0", "2.0", "-0.5", "0", OTHERS]);
        assert_eq!(place(&numbers, "1"), Some(0));
        assert_eq!(place(&numbers, "-0.50"), Some(2));
        assert_eq!(place(&numbers, "-0"), Some(3));
        assert_eq!(place(&numbers, "3"), None);
        assert_eq!(place(&numbers, OTHERS), Some(4));
        // A code is no number, and neither is one of two spellings that were told apart.
        assert_eq!(place(&names(&["1.0", "a"]), "1"), None);
        let both = names(&["1", "01"]);
        assert_eq!([place(&both, "01"), place(&both, "1.0")], [Some(1), None]);
    }

    #[test]
    fn missing_is_a_level_of_its_own() {
        let column = levels(&["t", "f", ""]).unwrap();
        assert_eq!(
            (column.width(), column.names.join(" ")),
            (3, "f t (missing)".into())
        );
        assert_eq!(
            [0, 1, 2].map(|feature| column.value(2, feature)),
            [0.0, 0.0, 1.0]
        );
        assert_eq!(levels(&["a", ""]).unwrap().width(), 1);
    }

    #[test]
    fn rare_words_are_one_level_together() {
        let mut words = vec!["a"; 150];
        words.extend(["b"; 150]);
        assert_eq!(
            levels(&[&words[..], &["c"]].concat()).unwrap().names,
            ["a", "b", "c"]
        );
        let column = levels(&[&words[..], &["c", "d"]].concat()).unwrap();
        assert_eq!(
            (column.names.join(" "), column.pooled),
            ("a b (rare values)".into(), 2)
        );
        let many: Vec<String> = (0..300).map(|word| word.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(levels(&many), None, "every word is rare");
    }
}
