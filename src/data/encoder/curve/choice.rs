//! Settles which columns form a curve where the user says so, because names and values do not tell, or tell wrong.

use std::ops::Range;

use super::{Curve, Place, span};
use crate::data::encoder::{Coded, Encoded};
use crate::data::options::CurveChoice;
use crate::data::table::Table;
use crate::data::text::{quote, sanitize};
use crate::error::{Error, Result};
use crate::format;

/// Fewest columns that are drawn and explained as a curve because somebody says so.
const FEWEST: usize = 3;

/// Settles which columns in use form curves, and says so among the table's notices.
pub fn settle(choice: &CurveChoice, data: &mut Encoded, table: &mut Table) -> Result<()> {
    let columns = &data.encoder.columns;
    let said = match choice {
        CurveChoice::Auto => None,
        CurveChoice::None => Some(Vec::new()),
        CurveChoice::All => Some(side_by_side(columns)),
        CurveChoice::Spans(spans) => {
            let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
            let found: Result<Vec<_>> = spans
                .iter()
                .map(|span| find(span, &names, columns))
                .collect();
            let mut found = found?;
            found.sort_by_key(|range| range.start);
            if found.windows(2).any(|two| two[0].end > two[1].start) {
                return Err(usage("two of the curves share columns"));
            }
            Some(found)
        }
    };
    let seen = data.curves.len();
    if let Some(said) = said {
        let curve = |range: Range<usize>| Curve::named(range, columns);
        data.curves = said.into_iter().map(curve).collect();
    }
    let told = match choice {
        CurveChoice::None if seen > 0 => Some(
            "each column is explained alone, though some look like a curve, as --curve none says"
                .to_owned(),
        ),
        CurveChoice::None => None,
        CurveChoice::All if data.curves.is_empty() => {
            let few = "there are no three columns of numbers side by side";
            return Err(usage(few));
        }
        CurveChoice::Auto if data.curves.is_empty() => None,
        CurveChoice::Auto => Some(format!(
            "{}, so neighbours that err together are one reason; --curve none takes each column alone",
            sentence(&data.curves, columns)
        )),
        CurveChoice::All | CurveChoice::Spans(_) => Some(format!(
            "{}, as --curve says",
            sentence(&data.curves, columns)
        )),
    };
    table.notices.extend(told);
    Ok(())
}

/// Which columns form curves, in words.
fn sentence(curves: &[Curve], columns: &[Coded]) -> String {
    /// Curves that are named.
    const NAMED: usize = 3;
    let one = |curve: &Curve| {
        let Range { start, end } = curve.columns;
        let span = span(&columns[start].name, &columns[end - 1].name);
        format!("{} ({span})", format::count(curve.columns.len(), "column"))
    };
    if let [curve] = curves {
        return format!("{} form a curve", one(curve));
    }
    let mut named: Vec<String> = curves.iter().take(NAMED).map(one).collect();
    if curves.len() > NAMED {
        named.push(format!("{} more", curves.len() - NAMED));
    }
    let count = format::count(curves.len(), "curve");
    format!("there are {count}: {}", named.join(", "))
}

/// Every run of numbers side by side.
fn side_by_side(columns: &[Coded]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    while start < columns.len() {
        let rest = columns[start..].iter();
        let length = rest.take_while(|column| column.is_number()).count();
        if length >= FEWEST {
            runs.push(start..start + length);
        }
        start += length.max(1);
    }
    runs
}

/// The columns in use that a span names, by the names of all columns of the file.
fn find(span: &str, names: &[&str], columns: &[Coded]) -> Result<Range<usize>> {
    let place = |name: &str| names.iter().position(|known| *known == name);
    let ends = span
        .match_indices("..")
        .find_map(|(at, _)| Some((place(&span[..at])?, place(&span[at + 2..])?)));
    let shown = sanitize(span);
    let Some((first, last)) = ends else {
        let (first, last) = span.split_once("..").unwrap_or((span, ""));
        let unknown = if place(first).is_none() { first } else { last };
        return Err(usage(&format!(
            "there is no column {}; misfit inspect lists them",
            quote(unknown.as_bytes())
        )));
    };
    let (first, last) = (first.min(last), first.max(last));
    let start = columns.partition_point(|column| column.place < first);
    let end = columns.partition_point(|column| column.place <= last);
    if let Some(other) = columns[start..end]
        .iter()
        .find(|column| !column.is_number())
    {
        return Err(usage(&format!(
            "column “{}” in {shown} holds no numbers; leave it out with --drop, or name a shorter curve",
            other.name
        )));
    }
    if end < start + FEWEST {
        return Err(usage(&format!(
            "{shown} has {} in use, and a curve needs at least {FEWEST}",
            format::count(end - start, "column")
        )));
    }
    Ok(start..end)
}

fn usage(problem: &str) -> Error {
    Error::Usage(format!("--curve: {problem}"))
}

impl Curve {
    /// These columns as a curve: where their names say, if they count along one axis, else one after the other.
    fn named(range: Range<usize>, columns: &[Coded]) -> Self {
        let places: Vec<Option<Place<'_>>> = columns[range.clone()]
            .iter()
            .map(|column| Place::of(&column.name))
            .collect();
        let counts = super::counts_throughout(&places);
        let by_number = places.iter().flatten().map(|place| place.number);
        let in_turn = (1..=range.len()).map(|place| place as f64);
        Self {
            columns: range,
            places: if counts {
                by_number.collect()
            } else {
                in_turn.collect()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::columns::column::Column;
    use crate::data::encoder::Scaling;

    fn settled(choice: &CurveChoice) -> Result<(Vec<Curve>, Vec<String>)> {
        let numbers = |name: &str, factor: f64| {
            let values = (0..40).map(|row| f64::from(row * 7 % 11) * factor);
            Column::numbers(name.into(), values.collect())
        };
        let names = ["a", "b", "c..d", "gone", "e", "10 nm", "20 nm", "30 nm"];
        let mut columns: Vec<Column> = names.iter().map(|name| numbers(name, 2.0)).collect();
        columns[3] = Column::unused("gone".into(), crate::data::columns::kind::Kind::Empty, "");
        columns[4].unit = Some(crate::data::columns::datetime::Unit::Seconds);
        let mut table = Table {
            rows: 40,
            columns,
            ..Table::default()
        };
        let mut data = Encoded::from_table(&mut table, Scaling::ZScore);
        settle(choice, &mut data, &mut table)?;
        Ok((data.curves, table.notices))
    }

    fn columns(choice: &CurveChoice) -> Vec<Range<usize>> {
        let (curves, _) = settled(choice).unwrap();
        curves.into_iter().map(|curve| curve.columns).collect()
    }

    #[test]
    fn numbers_side_by_side_are_a_curve_where_somebody_says_so() {
        assert!(columns(&CurveChoice::Auto).is_empty());
        assert_eq!(columns(&CurveChoice::All), [0..3, 4..7]);
        let (curves, notices) = settled(&CurveChoice::All).unwrap();
        assert_eq!(curves[0].places, [1.0, 2.0, 3.0]);
        assert_eq!(curves[1].places, [10.0, 20.0, 30.0]);
        assert_eq!(
            notices,
            ["there are 2 curves: 3 columns (a–c..d), 3 columns (10–30 nm), as --curve says"]
        );
    }

    #[test]
    fn a_span_is_found_whatever_dots_its_names_have() {
        let span = |text: &str| text.parse::<CurveChoice>().unwrap();
        assert_eq!(columns(&span("a..c..d")).len(), 1);
        assert_eq!(
            columns(&span("30 nm..10 nm")),
            columns(&span("10 nm..30 nm"))
        );
        let both = CurveChoice::of(&[span("10 nm..30 nm"), span("a..c..d")]).unwrap();
        assert_eq!(columns(&both), [0..3, 4..7]);
        assert_eq!(CurveChoice::of(&[span("a..b"), CurveChoice::All]), None);
        for (text, problem) in [
            ("a..z", "no column “z”"),
            ("a..b", "at least 3"),
            ("a..10 nm", "“e” in a..10 nm holds no numbers"),
        ] {
            let told = settled(&span(text)).unwrap_err().chain();
            assert!(told.contains(problem), "{told}");
        }
        let twice = CurveChoice::Spans(vec!["a..c..d".into(), "a..c..d".into()]);
        assert!(settled(&twice).is_err());
        assert!("waves".parse::<CurveChoice>().is_err());
    }
}
