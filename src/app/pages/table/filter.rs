//! Conditions on rows as they are typed: `pump`, `~^9\d`, `temp > 40`, `label = 1`, `name ~ x$`, `flagged`.

use crate::message::{ColumnInfo, Filter, Subject, Test};

/// What every row has besides its columns. A column of the same name comes first.
const WORDS: [(&str, Subject); 6] = [
    ("row", Subject::Row),
    ("rank", Subject::Rank),
    ("score", Subject::Score),
    ("flagged", Subject::Flagged),
    ("label", Subject::Label),
    ("marked", Subject::Marked),
];

/// What may stand between a subject and a value; longer ones before those they begin with.
const OPERATORS: [&str; 8] = [">=", "<=", "!=", ">", "<", "=", "~", ":"];

/// Understands a condition, or says what was expected.
pub fn parse(typed: &str, columns: &[ColumnInfo]) -> Result<Filter, String> {
    let typed = typed.trim();
    let Some((subject, rest)) = subject(typed, columns) else {
        return Ok(anywhere(typed));
    };
    let built = |test| {
        Ok(Filter {
            subject,
            test,
            typed: typed.to_owned(),
        })
    };
    let Some(operator) = OPERATORS
        .iter()
        .find(|operator| rest.starts_with(**operator))
    else {
        // A word alone: it is so.
        return built(Test::Is("1".into()));
    };
    let value = rest[operator.len()..].trim();
    let number = || {
        let number = value.replace(',', ".").parse::<f64>();
        number.map_err(|_| format!("{operator} takes a number behind it, not “{value}”"))
    };
    built(match *operator {
        ">" => Test::Above(number()?, false),
        ">=" => Test::Above(number()?, true),
        "<" => Test::Below(number()?, false),
        "<=" => Test::Below(number()?, true),
        "=" => Test::Is(value.into()),
        "!=" => Test::IsNot(value.into()),
        "~" => Test::Matches(value.into()),
        _ => Test::Contains(value.into()),
    })
}

/// A text, or behind `~` a regular expression, in any column.
pub fn anywhere(typed: &str) -> Filter {
    let test = match typed.strip_prefix('~') {
        Some(pattern) => Test::Matches(pattern.trim().into()),
        None => Test::Contains(typed.into()),
    };
    Filter {
        subject: Subject::Anything,
        test,
        typed: typed.into(),
    }
}

/// The longest name that the line begins with and an operator follows, and what comes after it. A name may hold spaces and
/// operators itself. `flagged` and `marked` may stand alone.
fn subject<'a>(typed: &'a str, columns: &[ColumnInfo]) -> Option<(Subject, &'a str)> {
    let names = columns.iter().enumerate();
    let names = names.map(|(place, column)| (column.name.as_str(), Subject::Column(place)));
    let mut best: Option<(usize, Subject, &str)> = None;
    for (name, subject) in names.chain(WORDS) {
        let Some(rest) = strip(typed, name) else {
            continue;
        };
        let alone = rest.is_empty() && matches!(subject, Subject::Flagged | Subject::Marked);
        let followed = OPERATORS.iter().any(|operator| rest.starts_with(operator));
        let longer = best.is_none_or(|(length, ..)| name.len() > length);
        if !name.is_empty() && (alone || followed) && longer {
            best = Some((name.len(), subject, rest));
        }
    }
    best.map(|(_, subject, rest)| (subject, rest))
}

fn strip<'a>(typed: &'a str, name: &str) -> Option<&'a str> {
    let (head, rest) = typed.split_at_checked(name.len())?;
    head.eq_ignore_ascii_case(name).then(|| rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::columns::kind::Kind;

    fn parsed(typed: &str) -> Result<(Subject, Test), String> {
        let column = |name: &str| ColumnInfo {
            measure: None,
            name: name.into(),
            kind: Kind::Number,
            used: true,
            reason: String::new(),
            missing: 0,
            distinct: 0,
            more: false,
            range: None,
            example: String::new(),
            histogram: Vec::new(),
        };
        let columns = ["temp", "temp max", "a=b", "Score"].map(column);
        parse(typed, &columns).map(|filter| (filter.subject, filter.test))
    }

    #[test]
    fn what_is_typed_is_understood() {
        let column = Subject::Column;
        let cases = [
            ("temp > 40", column(0), Test::Above(40.0, false)),
            ("Temp>=-1.5", column(0), Test::Above(-1.5, true)),
            ("temp max <= 3", column(1), Test::Below(3.0, true)),
            ("a=b = x y", column(2), Test::Is("x y".into())),
            ("temp ~ ^4", column(0), Test::Matches("^4".into())),
            ("temp:4", column(0), Test::Contains("4".into())),
            ("score > 3", column(3), Test::Above(3.0, false)),
            ("label = 1", Subject::Label, Test::Is("1".into())),
            ("flagged", Subject::Flagged, Test::Is("1".into())),
            ("temp", Subject::Anything, Test::Contains("temp".into())),
            (
                "temperature > 4",
                Subject::Anything,
                Test::Contains("temperature > 4".into()),
            ),
            ("~^a|b$", Subject::Anything, Test::Matches("^a|b$".into())),
        ];
        for (typed, subject, test) in cases {
            assert_eq!(parsed(typed), Ok((subject, test)), "{typed}");
        }
    }

    #[test]
    fn a_comparison_takes_a_number() {
        let why = parsed("temp > hot").unwrap_err();
        assert!(
            why.contains("takes a number") && why.contains("hot"),
            "{why}"
        );
    }
}
