//! Whether the numbers of a last row are what it says: the sums of the rows above it, their greatest or their least.

use csv::ByteRecord;

use super::FEWEST;
use super::said::first_cell;
use crate::data::columns::number::{self, Cell};
use crate::data::columns::raw::RawColumn;
use crate::data::records::layout::Layout;

/// Whether a row that is called the greatest or the least of its columns is neither in most of them: then that is a name.
pub(super) fn is_denied(row: &ByteRecord, columns: &[RawColumn], layout: &Layout) -> bool {
    let greatest = match first_cell(row).map(|(_, word)| word).as_deref() {
        Some("max" | "maximum") => true,
        Some("min" | "minimum") => false,
        _ => return false,
    };
    let (mut numbers, mut denied) = (0, 0);
    for (column, cell) in columns.iter().zip(row) {
        let (RawColumn::Numbers(pieces, _), Cell::Number(value)) =
            (column, number::read(cell, layout.spelling))
        else {
            continue;
        };
        let mut beyond = false;
        for piece in pieces {
            piece.for_each(|other| {
                beyond |= if greatest {
                    other > value
                } else {
                    other < value
                }
            });
        }
        numbers += 1;
        denied += usize::from(beyond);
    }
    denied * 2 > numbers
}

/// Whether the last row holds the sums of all rows above it, in every column of numbers, and elsewhere nothing but a word or two
/// that say what they are sums of.
pub(super) fn is_sum(last: &ByteRecord, columns: &[RawColumn], layout: &Layout) -> bool {
    let (mut sums, mut words) = (0, 0);
    for (column, cell) in columns.iter().zip(last) {
        let value = match number::read(cell, layout.spelling) {
            Cell::Number(value) => value,
            Cell::Missing => continue,
            Cell::Word if matches!(column, RawColumn::Words(_)) => {
                words += 1;
                continue;
            }
            Cell::NotFinite | Cell::Word => return false,
        };
        let RawColumn::Numbers(pieces, _) = column else {
            return false;
        };
        let (mut sum, mut size, mut rows) = (0.0, 0.0, 0);
        for piece in pieces {
            piece.for_each(|value| {
                if !value.is_nan() {
                    (sum, size, rows) = (sum + value, size + value.abs(), rows + 1);
                }
            });
        }
        let (sum, size) = (sum - value, size - value.abs());
        // A column of zeros sums to zero whatever the row means.
        if rows <= FEWEST || size == 0.0 {
            continue;
        }
        if (sum - value).abs() > (1e-6 * size).max(rounding(cell, layout, rows).min(1e-3 * size)) {
            return false;
        }
        sums += 1;
    }
    let gaps = last.iter().filter(|cell| number::trim(cell).is_empty());
    match words {
        0 => sums > 1 || sums == 1 && gaps.count() > 0,
        _ => sums > words,
    }
}

/// How far the sum of so many rounded values is likely to be from the rounded sum of the values, by the places that this has. A
/// sum without places says nothing: small whole numbers would all be near to some sum.
fn rounding(sum: &[u8], layout: &Layout, rows: usize) -> f64 {
    let cell = number::trim(sum);
    let places = memchr::memchr(layout.spelling.decimal, cell).map_or(0, |mark| {
        cell[mark + 1..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    });
    if places == 0 {
        return 0.0;
    }
    (rows as f64).sqrt() * 10_f64.powi(-(places.min(18) as i32))
}
