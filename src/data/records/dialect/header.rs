//! Whether the file has a header, and a header whose names are fewer or more than its rows have cells.

use csv::ByteRecord;

use crate::data::columns::number::{self, Cell, Spelling};
use crate::data::records::dialect::first::{Records, usual};
use crate::data::text::{name_list, quote, sanitize_bytes};
use crate::format::count;

/// Whether the first record names the columns.
pub fn has_header(records: &[ByteRecord], spelling: Spelling, notices: &mut Vec<String>) -> bool {
    let Some((first, rest)) = records.split_first() else {
        return false;
    };
    let read = |cell: &[u8]| number::read(cell, spelling);
    let numbers: Vec<f64> = first
        .iter()
        .filter_map(|cell| {
            if let Cell::Number(value) = read(cell) {
                Some(value)
            } else {
                None
            }
        })
        .collect();
    let no_header = "no header: the first line looks like data, so columns are numbered; if it names them, say --header yes";
    if numbers.is_empty() {
        let is_data = occurs_below(first, rest);
        if is_data {
            notices.push(no_header.into());
        }
        return !is_data;
    }
    // A word above a column of numbers is its name.
    let named = first.iter().enumerate().any(|(column, cell)| {
        let below = rest
            .iter()
            .filter_map(|record| record.get(column))
            .map(read);
        let numeric = below
            .clone()
            .filter(|cell| matches!(cell, Cell::Number(_)))
            .count();
        read(cell) == Cell::Word && numeric * 2 > below.count()
    });
    // One word among measurements is a mark, such as `<0.05`; the numbers of a header are whole, or they increase.
    let words = first.iter().filter(|cell| read(cell) == Cell::Word).count();
    let measured = numbers.len() > 1
        && !numbers.is_sorted()
        && numbers.iter().any(|number| number.fract() != 0.0);
    if named && !(words == 1 && measured) {
        return true;
    }
    if is_ladder_above(records, spelling) {
        notices.push(
            "the first line counts up in equal steps and is taken as the header; if it is data, say --header no".into(),
        );
        return true;
    }
    notices.push(no_header.into());
    false
}

/// Rows that show whether the first of them holds words like the others.
const SHOWN: usize = 10;

/// Whether each cell of a record stands in its column further down too, in another record: then it names nothing.
fn occurs_below(first: &ByteRecord, rest: &[ByteRecord]) -> bool {
    let others = || {
        rest.iter()
            .filter(|record| record.len() == first.len() && *record != first)
    };
    let occurs = |(column, cell): (usize, &[u8])| {
        !number::trim(cell).is_empty() && others().any(|record| &record[column] == cell)
    };
    first.len() > 1 && others().count() >= SHOWN && first.iter().enumerate().all(occurs)
}

/// Whether the numbers of the first record increase in equal steps, as years and wavelengths above columns do, and those of the
/// next ones don't.
pub fn is_ladder_above(records: &[ByteRecord], spelling: Spelling) -> bool {
    let numbers = |record: &ByteRecord| -> Vec<f64> {
        let number = |cell| match number::read(cell, spelling) {
            Cell::Number(value) => Some(value),
            _ => None,
        };
        record.iter().filter_map(number).collect()
    };
    let Some((first, rest)) = records.split_first() else {
        return false;
    };
    is_ladder(&numbers(first))
        && !rest.is_empty()
        && !rest
            .iter()
            .take(5)
            .any(|record| is_ladder(&numbers(record)))
}

/// Whether values increase in equal steps; of three, only years from one to the next.
fn is_ladder(values: &[f64]) -> bool {
    const YEARS: std::ops::RangeInclusive<f64> = 1_800.0..=2_200.0;
    let steps = || values.windows(2).map(|pair| pair[1] - pair[0]);
    let step = steps().next().unwrap_or(0.0);
    let years = step == 1.0 && values.iter().all(|year| YEARS.contains(year));
    let enough = values.len() >= 4 || values.len() == 3 && years;
    enough && step > 0.0 && steps().all(|other| (other - step).abs() <= 1e-6 * step)
}

/// Gives a header as many names as its rows have cells. One that is a name short gets it at the end where rows end in a
/// delimiter, else at the start, as R writes row names without a heading; of too many names the last ones are left out.
/// `below` says how many records of the header's lines are above the rows.
pub fn fit(
    mut header: ByteRecord,
    records: &Records,
    below: usize,
    notices: &mut Vec<String>,
) -> ByteRecord {
    let rows = &records.cells[below.min(records.cells.len())..];
    let (width, most) = usual(rows.iter());
    let own = rows.iter().filter(|row| row.len() == header.len()).count();
    if most * 2 > rows.len() && own * 10 < rows.len() && width > 0 && width < header.len() {
        return cut(&header, width, notices);
    }
    let longer = rows.iter().filter(|row| row.len() == header.len() + 1);
    if rows.is_empty() || longer.clone().count() * 10 < rows.len() * 9 {
        return header;
    }
    if longer.clone().all(|row| {
        row.iter()
            .next_back()
            .is_none_or(|cell| number::trim(cell).is_empty())
    }) {
        header.push_field(b"");
        return header;
    }
    notices.push(
        "the rows have one cell more than the header: the first cell is taken as the row's name"
            .into(),
    );
    std::iter::once(&b""[..]).chain(header.iter()).collect()
}

/// The header's first `width` names.
fn cut(header: &ByteRecord, width: usize, notices: &mut Vec<String>) -> ByteRecord {
    let extra: Vec<&[u8]> = header.iter().skip(width).collect();
    if extra.iter().any(|name| !name.trim_ascii().is_empty()) {
        let names: Vec<String> = extra.iter().map(|name| quote(name.trim_ascii())).collect();
        let names_none = if names.len() == 1 { "names" } else { "name" };
        notices.push(format!(
            "the header has {}, but the rows have {}: {} {names_none} no column",
            count(header.len(), "name"),
            count(width, "cell"),
            name_list(names.iter().map(String::as_str))
        ));
    }
    header.iter().take(width).collect()
}

/// A header for rows of `width` cells, which most rows of the file turned out to have.
pub fn force(header: &ByteRecord, width: usize, notices: &mut Vec<String>) -> ByteRecord {
    if width < header.len() {
        return cut(header, width, notices);
    }
    let nameless = (header.len()..width).map(|_| &b""[..]);
    if header.len() < width {
        let last = sanitize_bytes(header.iter().next_back().unwrap_or_default());
        notices.push(format!(
            "most rows have {}, but the header has {}: the columns behind “{last}” are numbered",
            count(width, "cell"),
            count(header.len(), "name")
        ));
    }
    header.iter().chain(nameless).collect()
}

#[cfg(test)]
mod tests {
    use crate::data::records::dialect::fixtures::{found, header};

    #[test]
    fn headers_are_found_or_missed() {
        let with = [
            "a,b\n1,2\n",
            "a,b\nx,y\n",
            "id,2019,2020,2021,2022\nx,1,2,9,3\ny,3,4,1,2\n",
            "400,402,404,406\n0.3,0.1,0.2,0.2\n0.2,0.9,0.3,0.1\n",
            ",1st\n1,2\n",
            "\"a,b\",\"c\nd\"\n1,2\n",
        ];
        for text in with {
            assert!(found(text).header.is_some(), "{text:?}");
        }
        for text in [
            "9.83,19.27,29.0\n11.2,22.6,34.1\n",
            "x,1,2\ny,3,4\n",
            "1\n2\n3\n4\n",
            "22.7,19.4,<0.05\n21.9,18.7,0.3\n22.1,19.9,0.4\n",
        ] {
            let dialect = found(text);
            assert!(dialect.header.is_none() && dialect.body == 0, "{text:?}");
            assert!(
                dialect
                    .notices
                    .iter()
                    .any(|notice| notice.starts_with("no header"))
            );
        }
    }

    #[test]
    fn a_name_without_a_column_is_left_out_and_said() {
        let dialect = found("a,b,c,extra\n1,2,3\n4,5,6\n");
        assert_eq!((header(&dialect).len(), dialect.columns), (3, 3));
        assert!(dialect.notices[0].contains("“extra” names no column"));
        // Rows that end in a delimiter less than they should are not all rows.
        assert_eq!(found("a,b,c\n1,2,3\n4,5\n6,7,8\n9,1,2\n").columns, 3);
    }

    #[test]
    fn a_header_one_short_of_its_rows_is_widened() {
        assert_eq!(header(&found("a,b\n1,2,\n3,4,\n")), ["a", "b", ""]);
        assert_eq!(header(&found("a,b\nx,1,2\ny,3,4\n")), ["", "a", "b"]);
    }
}
