//! Conditions on rows, ready to be tested.

use csv::ByteRecord;
use regex::bytes::{Regex, RegexBuilder};

use crate::data::columns::number::{self, Cell, Spelling};
use crate::message::{Filter, Subject, Test};

/// A filter, made ready.
pub struct Condition {
    subject: Subject,
    test: Ready,
}

enum Ready {
    /// Contained text is a regular expression, too: that knows about case in every script.
    Matches(Regex),
    /// Equal to a text, and to a number if it is one.
    Is(Vec<u8>, Option<f64>, bool),
    Below(f64, bool),
    Above(f64, bool),
}

/// What is known of a row besides what the file says.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// Its number in the file, 1 = first.
    pub number: u64,
    /// 0 = the strangest; none where that is not known.
    pub rank: Option<u64>,
    /// In multiples of the median row's; not a number where that is not known.
    pub score: f32,
    /// Whether it is flagged.
    pub flagged: bool,
    /// The truth, where it is known.
    pub outlier: Option<bool>,
    /// Whether the user marked it.
    pub marked: bool,
}

/// Largest compiled expression: a hostile one is refused and not obeyed.
const LARGEST: usize = 1 << 20;

impl Condition {
    /// Makes a filter ready; why it cannot be understood, otherwise.
    pub fn new(filter: &Filter) -> Result<Self, String> {
        let compiled = |pattern: &str| {
            let regex = RegexBuilder::new(pattern)
                .case_insensitive(true)
                .size_limit(LARGEST)
                .build();
            regex.map_err(|error| {
                let error = error.to_string();
                let last = error.lines().last().unwrap_or_default();
                format!(
                    "“{pattern}” is no regular expression: {}",
                    last.trim_start_matches("error: ")
                )
            })
        };
        let test = match &filter.test {
            Test::Contains(text) => Ready::Matches(compiled(&regex::escape(text))?),
            Test::Matches(pattern) => Ready::Matches(compiled(pattern)?),
            Test::Is(text) => Ready::Is(text.clone().into_bytes(), text.parse().ok(), true),
            Test::IsNot(text) => Ready::Is(text.clone().into_bytes(), text.parse().ok(), false),
            Test::Below(bound, equal) => Ready::Below(*bound, *equal),
            Test::Above(bound, equal) => Ready::Above(*bound, *equal),
        };
        Ok(Self {
            subject: filter.subject,
            test,
        })
    }

    /// Whether what it is about changes when the rows are ranked anew, or marked.
    pub fn moves(subject: Subject) -> bool {
        matches!(
            subject,
            Subject::Rank | Subject::Score | Subject::Flagged | Subject::Marked
        )
    }

    /// Whether it is about what the file says.
    pub fn reads(&self) -> bool {
        matches!(self.subject, Subject::Anything | Subject::Column(_))
    }

    /// Whether it holds of a row; none where only the file can tell.
    pub fn about_row(&self, facts: &Facts) -> Option<bool> {
        let yes_or_no = |is: bool| f64::from(u8::from(is));
        let number = match self.subject {
            Subject::Anything | Subject::Column(_) => return None,
            Subject::Row => facts.number as f64,
            Subject::Rank => facts.rank.map_or(f64::NAN, |rank| (rank + 1) as f64),
            Subject::Score => f64::from(facts.score),
            Subject::Flagged => yes_or_no(facts.flagged),
            Subject::Label => facts.outlier.map_or(f64::NAN, yes_or_no),
            Subject::Marked => yes_or_no(facts.marked),
        };
        Some(self.holds(number.to_string().as_bytes(), Some(number)))
    }

    /// Whether it holds of what the file says; a condition on something else does.
    pub fn about_record(&self, record: &ByteRecord, spelling: Spelling) -> bool {
        let number = |cell: &[u8]| match number::read(cell, spelling) {
            Cell::Number(number) => Some(number),
            _ => None,
        };
        let holds = |cell: &[u8]| {
            let cell = cell.trim_ascii();
            let wants_number = !matches!(self.test, Ready::Matches(_));
            self.holds(cell, wants_number.then(|| number(cell)).flatten())
        };
        match self.subject {
            Subject::Column(column) => record.get(column).is_some_and(holds),
            Subject::Anything => record.iter().any(holds),
            _ => true,
        }
    }

    fn holds(&self, text: &[u8], number: Option<f64>) -> bool {
        match &self.test {
            Ready::Matches(regex) => regex.is_match(text),
            Ready::Is(wanted, as_number, is) => {
                let same = match (number, as_number) {
                    (Some(a), Some(b)) => a == *b,
                    _ => text.eq_ignore_ascii_case(wanted),
                };
                same == *is
            }
            Ready::Below(bound, equal) => {
                number.is_some_and(|number| number < *bound || (*equal && number == *bound))
            }
            Ready::Above(bound, equal) => {
                number.is_some_and(|number| number > *bound || (*equal && number == *bound))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(test: Test, record: &[&str]) -> bool {
        let filter = Filter {
            subject: Subject::Column(1),
            test,
            typed: String::new(),
        };
        let record = ByteRecord::from(record);
        Condition::new(&filter)
            .unwrap()
            .about_record(&record, Spelling::default())
    }

    #[test]
    fn texts_and_numbers_are_told_apart() {
        let text = |text: &str| text.to_owned();
        assert!(holds(Test::Contains(text("ümp")), &["", "pÜMPe"]));
        assert!(holds(Test::Contains(text("(")), &["", "a(b"]));
        assert!(!holds(Test::Contains(text("x")), &["x", "y"]));
        assert!(holds(Test::Matches(text("^4[0-9]$")), &["", "41"]));
        assert!(holds(Test::Is(text("1")), &["", "1.0"]));
        assert!(holds(Test::Is(text("yes")), &["", "Yes"]));
        assert!(holds(Test::IsNot(text("1")), &["", "x"]));
        assert!(holds(Test::Above(40.0, false), &["", "41"]));
        assert!(!holds(Test::Above(41.0, false), &["", "41"]));
        assert!(holds(Test::Above(41.0, true), &["", "41"]));
        assert!(!holds(Test::Below(40.0, true), &["", "?"]));
    }

    #[test]
    fn what_is_no_expression_is_told() {
        let filter = Filter {
            subject: Subject::Anything,
            test: Test::Matches("(".into()),
            typed: "~(".into(),
        };
        let why = Condition::new(&filter).err().unwrap();
        assert!(why.contains("no regular expression"), "{why}");
    }
}
