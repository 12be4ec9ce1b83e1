//! Numbers that stand for a missing value: −999, 9999, 1e20. Such a code is written all in nines, or is a fill value that
//! programs use; it lies far outside everything else in its column; and but for the plainest it occurs more than once. A sensor
//! that saturates at 100, a count or a yes-or-no column has no such value. A round negative number such as −200 is a code where
//! many cells hold it; and what is a code in one column is one in others.

use crate::data::columns::missing::MissingWords;
use crate::data::columns::packed::Packed;
use crate::data::columns::profile::Profile;
use crate::data::options::Missing;
use crate::data::text::name_list;
use crate::format;

/// A code found in a column, and how many cells hold it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Code {
    /// The number.
    pub value: f64,
    /// Cells that hold it.
    pub count: usize,
}

/// The codes of all columns, to be said in a sentence each.
#[derive(Debug, Default)]
pub struct Coded(Vec<(f64, usize, Vec<String>)>);

impl Coded {
    /// Adds those of a column.
    pub fn add(&mut self, column: &str, codes: &[Code]) {
        for code in codes {
            let known = self.0.iter().position(|(value, ..)| *value == code.value);
            let place = known.unwrap_or_else(|| {
                self.0.push((code.value, 0, Vec::new()));
                self.0.len() - 1
            });
            let (_, count, columns) = &mut self.0[place];
            *count += code.count;
            columns.push(column.to_owned());
        }
    }

    /// A sentence about each.
    pub fn sentences(&self, missing: &Missing) -> Vec<String> {
        let otherwise = match missing {
            Missing::Found => "; if it is a value, say --missing none",
            Missing::Said(_) => "",
        };
        let sentence = |(value, count, columns): &(f64, usize, Vec<String>)| {
            let value = written(*value);
            let plural = if columns.len() == 1 { "" } else { "s" };
            let names = name_list(columns.iter().map(String::as_str));
            let cells = format::count(*count, "cell");
            format!("{value} counts as missing in {cells} of column{plural} {names}{otherwise}")
        };
        self.0.iter().map(sentence).collect()
    }
}

/// What is said of a column's codes beside what it is used for: nothing where it has none.
pub fn unless(codes: &[Code]) -> String {
    let values: Vec<String> = codes.iter().map(|code| written(code.value)).collect();
    match &values[..] {
        [] => String::new(),
        [value] => format!("; {value} counts as missing unless --missing none"),
        _ => format!(
            "; {} count as missing unless --missing none",
            values.join(", ")
        ),
    }
}

/// A code as a file has it.
pub fn written(value: f64) -> String {
    if value.abs() < 1e15 {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// A column has no more codes than this.
const MOST: usize = 4;

/// Numbers with fewer cells than this don't show what is usual.
const FEWEST: usize = 8;

/// Fill values of programs: netCDF's, the ends of 16 and 32 bits, the largest f32.
const FILLS: [f64; 8] = [
    9.969_209_968_386_869e36,
    -32_768.0,
    -32_767.0,
    32_767.0,
    65_535.0,
    -2_147_483_648.0,
    2_147_483_647.0,
    3.402_823_466_385_288_6e38,
];

/// Takes the codes out of a column: their cells become missing. The profile is that of the values that remain.
pub fn take_out(values: &mut [Packed], profile: &mut Profile, missing: &MissingWords) -> Vec<Code> {
    let mut codes = Vec::new();
    for value in &missing.codes {
        let count = blank(values, *value);
        if count > 0 {
            codes.push(Code {
                value: *value,
                count,
            });
        }
    }
    while missing.find && codes.len() < MOST {
        let Some(code) = find(values, profile) else {
            break;
        };
        blank(values, code.value);
        codes.push(code);
        *profile = Profile::of(values);
    }
    if !codes.is_empty() {
        *profile = Profile::of(values);
    }
    codes
}

/// A code that another column shows need not lie far outside the others: of so many times their range.
const NEAR: f64 = 0.1;

/// The same of one that occurs once: far from them, and no short number.
const FAR: f64 = 2.0;
const LONG: f64 = 999.0;

/// Takes out those of these codes, which other columns show, that lie outside all other values.
pub fn take_out_of(codes: &[f64], values: &mut [Packed], profile: &mut Profile) -> Vec<Code> {
    let mut taken = Vec::new();
    while let Some((min, max)) = profile.range {
        let near = Likeness {
            repeats: 2,
            distance: NEAR,
            different: 3,
            share: 0.0,
        };
        let mut found = [min, max].into_iter().filter(|value| codes.contains(value));
        let once = Likeness {
            repeats: 1,
            distance: FAR,
            ..near
        };
        let outside = |value: f64| {
            let count = is_outside(values, value, near).or_else(|| {
                let long = value.abs() >= LONG;
                long.then(|| is_outside(values, value, once)).flatten()
            })?;
            Some(Code { value, count })
        };
        let Some(code) = found.find_map(outside) else {
            break;
        };
        blank(values, code.value);
        taken.push(code);
        *profile = Profile::of(values);
    }
    taken
}

/// The least or the greatest value, if it is a code.
fn find(values: &[Packed], profile: &Profile) -> Option<Code> {
    let (min, max) = profile.range?;
    [min, max].into_iter().find_map(|value| {
        let likeness = likeness(value).or_else(|| round(value))?;
        is_outside(values, value, likeness).map(|count| Code { value, count })
    })
}

/// How a number looks like a code.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Likeness {
    /// How many cells must hold it at least.
    repeats: usize,
    /// How many times the range of all other values it must lie outside that range.
    distance: f64,
    /// How many other values there must be.
    different: usize,
    /// Which share of the cells must hold it at least.
    share: f64,
}

/// How a number looks like a code; none if it doesn't.
fn likeness(value: f64) -> Option<Likeness> {
    let size = value.abs();
    if size >= 1e19 {
        let power = size.log10();
        let round = (power - power.round()).abs() < 1e-9;
        let fill = FILLS
            .iter()
            .any(|fill| (size / fill.abs() - 1.0).abs() < 1e-6);
        return (round && size < 1e40 || fill).then_some(Likeness {
            repeats: 1,
            distance: 1e6,
            different: 1,
            share: 0.0,
        });
    }
    if FILLS.contains(&value) {
        return Some(Likeness {
            repeats: 2,
            distance: 2.0,
            different: 3,
            share: 0.0,
        });
    }
    // Nines alone, or eights or sevens, before the point; behind it nothing, zeros or nines.
    let text = size.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let same = |digit: char| whole.len() >= 2 && whole.chars().all(|c| c == digit);
    let nines = same('9') && fraction.chars().all(|c| c == '9');
    let others = value < 0.0 && whole.len() >= 3 && (same('8') || same('7')) && fraction.is_empty();
    if !nines && !others {
        return None;
    }
    let (repeats, distance, different) = match (whole.len(), value < 0.0) {
        (2, true) => (2, 2.0, 3),
        (2, false) => (3, 4.0, 3),
        (_, true) if nines => (1, 2.0, 2),
        _ => (2, 2.0, 2),
    };
    Some(Likeness {
        repeats,
        distance,
        different,
        share: 0.0,
    })
}

/// The same of a round negative number, such as −200: it says less, so more must speak for it.
fn round(value: f64) -> Option<Likeness> {
    (value <= -100.0 && value % 100.0 == 0.0).then_some(Likeness {
        repeats: 5,
        distance: 2.0,
        different: 20,
        share: 0.005,
    })
}

/// How many cells hold `code`, if all others lie together, far from it.
fn is_outside(values: &[Packed], code: f64, likeness: Likeness) -> Option<usize> {
    let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
    let (mut count, mut others, mut different) = (0, 0, Vec::new());
    for piece in values {
        piece.for_each(|value| {
            if value == code {
                count += 1;
            } else if !value.is_nan() {
                others += 1;
                // Other codes don't widen the range: −999 and −9999 may stand in one column.
                if value.abs() >= 99.0 && self::likeness(value).is_some() {
                    return;
                }
                if different.len() < likeness.different && !different.contains(&value) {
                    different.push(value);
                }
                least = least.min(value);
                greatest = greatest.max(value);
            }
        });
    }
    let usual = others >= FEWEST && different.len() >= likeness.different;
    let few = (count as f64) < likeness.share * (count + others) as f64;
    if !usual || few || count < likeness.repeats {
        return None;
    }
    // A single code in a column that goes both ways may be a value after all.
    if count == 1 && code < 0.0 && least < 0.0 && code.abs() < 1e19 {
        let far = (least - code) > 10.0 * (greatest - least);
        return far.then_some(count);
    }
    let gap = if code < least {
        least - code
    } else {
        code - greatest
    };
    (gap > likeness.distance * (greatest - least)).then_some(count)
}

/// Makes every cell that holds `code` missing, and says how many did.
fn blank(values: &mut [Packed], code: f64) -> usize {
    let mut count = 0;
    for piece in values {
        let mut here = 0;
        piece.for_each(|value| here += usize::from(value == code));
        if here > 0 {
            let mut kept = Vec::with_capacity(piece.len());
            piece.for_each(|value| kept.push(if value == code { f64::NAN } else { value }));
            *piece = Packed::new(kept);
            count += here;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::columns::number::Spelling;

    fn found(others: impl Iterator<Item = f64>, codes: &[f64]) -> Vec<f64> {
        let values: Vec<f64> = others.chain(codes.iter().copied()).collect();
        let mut pieces = [Packed::new(values)];
        let mut profile = Profile::of(&pieces);
        let missing = MissingWords::new(&Missing::Found, Spelling::default());
        let codes = take_out(&mut pieces, &mut profile, &missing);
        codes.iter().map(|code| code.value).collect()
    }

    fn measured() -> impl Iterator<Item = f64> {
        (0..50).map(|row| 20.0 + f64::from(row % 13) / 4.0)
    }

    #[test]
    fn codes_lie_far_outside_and_look_like_codes() {
        assert_eq!(found(measured(), &[-999.0]), [-999.0]);
        assert_eq!(found(measured(), &[-99.0, -99.0]), [-99.0]);
        assert_eq!(found(measured(), &[9999.0, 9999.0]), [9999.0]);
        assert_eq!(
            found(measured(), &[-999.9, 999.99, 999.99]),
            [-999.9, 999.99]
        );
        assert_eq!(found(measured(), &[-9999.0, -999.0]).len(), 2);
        assert_eq!(found(measured(), &[1e20]), [1e20]);
        assert_eq!(found(measured(), &[-32_768.0, -32_768.0]), [-32_768.0]);
        let fine = || (0..100).map(|row| 0.5 + f64::from(row) / 9.0);
        assert_eq!(found(fine(), &[-200.0; 5]), [-200.0]);
        assert!(found(fine(), &[-200.0; 4]).is_empty());
        assert!(found(fine(), &[-201.0; 9]).is_empty());
    }

    #[test]
    fn what_is_a_code_in_one_column_is_one_in_others() {
        let wide = (0..100).map(|row| 2.0 + 14.0 * f64::from(row));
        let mut pieces = [Packed::new(wide.chain([-200.0; 3]).collect())];
        let mut profile = Profile::of(&pieces);
        let none = take_out_of(&[-999.0], &mut pieces, &mut profile);
        assert!(none.is_empty());
        let codes = take_out_of(&[-999.0, -200.0], &mut pieces, &mut profile);
        assert_eq!(
            codes,
            [Code {
                value: -200.0,
                count: 3
            }]
        );
        assert_eq!(profile.range, Some((2.0, 1388.0)));
    }

    #[test]
    fn what_may_be_measured_is_no_code() {
        // A sensor that saturates, a single high value, one near the others, a value that is no code.
        assert!(found(measured(), &[100.0; 9]).is_empty());
        assert!(found(measured(), &[9999.0]).is_empty());
        assert!(found((0..50).map(|row| f64::from(row) * 20.0), &[999.0; 5]).is_empty());
        assert!(found(measured(), &[-1000.0, -1000.0]).is_empty());
        assert!(
            found(
                (0..50).map(|row| f64::from(row) * 2.0 - 400.0),
                &[-999.0, -999.0]
            )
            .len()
                == 1
        );
        assert!(
            found(
                (0..50).map(|row| f64::from(row) * 20.0 - 990.0),
                &[-999.0, -999.0]
            )
            .is_empty()
        );
        // Counts, truths, and a column of two values.
        assert!(found((0..50).map(f64::from), &[99.0; 3]).is_empty());
        assert!(found((0..50).map(|row| f64::from(row % 2)), &[99.0; 5]).is_empty());
        assert!(found(measured(), &[1e308]).is_empty());
    }
}
