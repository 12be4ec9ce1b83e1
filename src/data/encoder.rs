//! [`Table`] → [`Matrix`] and back: fills gaps, makes features of words, scales, and returns to original units.
//!
//! Statistics are f64 and computed on values divided by the column's largest magnitude, so that neither 1e308 nor
//! 1e-300 overflows or vanishes in a square.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::data::columns::datetime::{self, Unit};
use crate::data::columns::packed::Packed;
use crate::data::matrix::Matrix;
use crate::data::records::original::Original;
use crate::data::table::{Column, Table, Values};

/// How a column becomes a feature of ordinary size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// (x − mean) / population standard deviation
    ZScore,
    /// (x − min) / (max − min), in [0, 1]
    MinMax,
}

/// One fitted feature: a column of numbers, or one of the words of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The column's name, with the word where it is one of several; sanitised.
    pub name: String,
    /// What a missing value becomes, in original units.
    pub median: f64,
    /// Original units per scaled unit.
    pub scale: f64,
    /// The value that scales to zero.
    pub offset: f64,
    mean: f64,
    sd: f64,
}

impl Feature {
    /// From original to scaled units.
    pub fn transform(&self, value: f64) -> f64 {
        let distance = value - self.offset;
        // Two values near the two ends of f64 lie further apart than f64 reaches.
        if distance.is_finite() {
            distance / self.scale
        } else {
            value / self.scale - self.offset / self.scale
        }
    }

    /// From scaled to original units.
    pub fn inverse(&self, scaled: f64) -> f64 {
        scaled * self.scale + self.offset
    }

    /// How many standard deviations a scaled value lies from the column's mean.
    pub fn z(&self, scaled: f64) -> f64 {
        (self.inverse(scaled) - self.mean) / self.sd
    }

    /// Fits to the values that `each` hands on, NaN where one is missing; always the same ones in the same order.
    fn fit(
        name: String,
        rows: usize,
        scaling: Scaling,
        each: impl Fn(&mut dyn FnMut(f64)),
    ) -> Self {
        let mut present = Vec::with_capacity(rows);
        each(&mut |value| {
            if !value.is_nan() {
                present.push(value);
            }
        });
        let (mut largest, mut min, mut max) = (f64::MIN_POSITIVE, f64::MAX, f64::MIN);
        for value in &present {
            largest = largest.max(value.abs());
            min = min.min(*value);
            max = max.max(*value);
        }
        let median = median(&mut present);
        drop(present);
        let filled = |sum: &dyn Fn(f64) -> f64| {
            let mut total = 0.0;
            each(&mut |value| total += sum(if value.is_nan() { median } else { value } / largest));
            total / rows as f64
        };
        let mean = filled(&|value| value);
        let variance = filled(&|value| (value - mean).powi(2));
        let (mean, sd) = (mean * largest, variance.sqrt() * largest);
        let (offset, scale) = match scaling {
            Scaling::ZScore => (mean, sd),
            // Halves first: max − min alone may overflow.
            Scaling::MinMax => (min, ((max / 2.0 - min / 2.0) * 2.0).min(f64::MAX)),
        };
        // A column may vary by less than a square can hold; then it has no scale of its own.
        let positive = |value: f64| if value > 0.0 { value } else { 1.0 };
        let (scale, sd) = (positive(scale), positive(sd));
        Self {
            name,
            median,
            scale,
            offset,
            mean,
            sd,
        }
    }
}

/// One column of the table as the network sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Coded {
    /// The column's name, sanitised.
    pub name: String,
    /// Its place in the file, 0 = first.
    pub place: usize,
    /// Its features.
    pub features: Range<usize>,
    /// Its words, where it is a column of words.
    pub levels: Option<Vec<String>>,
    /// What its numbers count, where they are dates.
    pub unit: Option<Unit>,
}

impl Coded {
    /// The word that values of its features stand for: the strongest, or of two words the nearer.
    pub fn word(&self, values: &[f64]) -> Option<&str> {
        let levels = self.levels.as_ref()?;
        let strongest = match values {
            [value] => usize::from(*value >= 0.5),
            _ => {
                (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]).then(b.cmp(a)))?
            }
        };
        levels.get(strongest).map(String::as_str)
    }

    /// A value for the eye, where the number itself says nothing: a word or a date.
    pub fn shown(&self, values: &[f64]) -> Option<String> {
        match self.unit {
            Some(unit) => Some(datetime::show(*values.first()?, unit)),
            None => self.word(values).map(str::to_owned),
        }
    }
}

/// Fitted on a [`Table`]; turns its rows into features and features back into original units.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    /// In the order of the matrix' columns.
    pub features: Vec<Feature>,
    /// The columns in use, in file order.
    pub columns: Vec<Coded>,
}

/// Which rows of a column are missing: one bit for each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn set(&mut self, row: usize) {
        if self.0.len() <= row / 64 {
            self.0.resize(row / 64 + 1, 0);
        }
        self.0[row / 64] |= 1 << (row % 64);
    }

    fn get(&self, row: usize) -> bool {
        self.0
            .get(row / 64)
            .is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }
}

/// An encoded table.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// How it was encoded.
    pub encoder: Encoder,
    /// `[rows, features]`, scaled.
    pub matrix: Matrix,
    /// The file's own words, where they can be found again.
    pub original: Option<Arc<Original>>,
    missing: Vec<Bits>,
}

impl Encoded {
    /// Fits and encodes the columns that are in use; each block of values is given back as soon as it is encoded.
    pub fn new(columns: Vec<Column>, rows: usize, scaling: Scaling) -> Self {
        let used: Vec<(usize, Column)> = columns
            .into_iter()
            .enumerate()
            .filter(|(_, column)| column.values.is_some())
            .collect();
        let fitted: Vec<Vec<Feature>> = used
            .par_iter()
            .map(|(_, column)| fit(column, rows, scaling))
            .collect();
        let mut coded = Vec::with_capacity(used.len());
        let mut values = Vec::with_capacity(used.len());
        let mut features = Vec::new();
        for ((place, column), fitted) in used.into_iter().zip(fitted) {
            let range = features.len()..features.len() + fitted.len();
            features.extend(fitted);
            coded.push(Coded {
                levels: if let Some(Values::Levels(levels)) = &column.values {
                    Some(levels.names.clone())
                } else {
                    None
                },
                name: column.name,
                place,
                features: range,
                unit: column.unit,
            });
            values.extend(column.values);
        }
        let mut matrix = Matrix::zeros(rows, features.len());
        let missing = fill(&mut matrix, values, &coded, &features);
        Self {
            encoder: Encoder {
                features,
                columns: coded,
            },
            matrix,
            original: None,
            missing,
        }
    }

    /// Encodes what `table` holds; its columns stay, without their values.
    pub fn from_table(table: &mut Table, scaling: Scaling) -> Self {
        let take = |column: &mut Column| {
            let values = column.values.take();
            Column {
                values,
                ..column.clone()
            }
        };
        let columns = table.columns.iter_mut().map(take).collect();
        Self {
            original: table.original.clone(),
            ..Self::new(columns, table.rows, scaling)
        }
    }

    /// Whether a cell was missing in the file. `column` counts the columns in use.
    pub fn is_missing(&self, row: usize, column: usize) -> bool {
        self.missing[column].get(row)
    }
}

fn fit(column: &Column, rows: usize, scaling: Scaling) -> Vec<Feature> {
    match &column.values {
        None => Vec::new(),
        Some(Values::Numbers(pieces)) => {
            let each = |take: &mut dyn FnMut(f64)| {
                for piece in pieces {
                    piece.for_each(&mut *take);
                }
            };
            vec![Feature::fit(column.name.clone(), rows, scaling, each)]
        }
        Some(Values::Levels(levels)) => (0..levels.width())
            .map(|feature| {
                let each = |take: &mut dyn FnMut(f64)| {
                    for row in 0..rows {
                        take(levels.value(row, feature));
                    }
                };
                let level = if levels.width() == 1 { 1 } else { feature };
                let name = format!("{} = {}", column.name, levels.names[level]);
                Feature::fit(name, rows, scaling, each)
            })
            .collect(),
    }
}

/// Writes the features of all columns, block after block.
fn fill(
    matrix: &mut Matrix,
    mut values: Vec<Values>,
    coded: &[Coded],
    features: &[Feature],
) -> Vec<Bits> {
    let width = features.len();
    let mut missing = vec![Bits::default(); coded.len()];
    let blocks = values.iter().find_map(|values| {
        if let Values::Numbers(pieces) = values {
            Some(pieces.len())
        } else {
            None
        }
    });
    let lengths: Vec<usize> = (0..blocks.unwrap_or(0))
        .map(|block| length(&values, block))
        .collect();
    let mut rest = matrix.values_mut();
    let mut first = 0;
    for (block, rows) in lengths.into_iter().enumerate() {
        let (cells, after) = rest.split_at_mut(rows * width);
        rest = after;
        let pieces: Vec<Option<Packed>> = values
            .iter_mut()
            .map(|values| take(values, block))
            .collect();
        // Rows side by side: each thread has its own part of the block.
        let part = rows.div_ceil(rayon::current_num_threads().max(1)).max(1);
        cells
            .par_chunks_mut(part * width)
            .enumerate()
            .for_each(|(turn, cells)| {
                for (piece, column) in pieces.iter().zip(coded) {
                    let (Some(piece), feature) = (piece, &features[column.features.start]) else {
                        continue;
                    };
                    for (row, cell) in cells
                        .iter_mut()
                        .skip(column.features.start)
                        .step_by(width)
                        .enumerate()
                    {
                        let value = piece.get(turn * part + row);
                        *cell = feature.transform(if value.is_nan() {
                            feature.median
                        } else {
                            value
                        }) as f32;
                    }
                }
            });
        for (piece, missing) in pieces.iter().zip(&mut missing) {
            let mut row = first;
            if let Some(piece) = piece {
                piece.for_each(|value| {
                    if value.is_nan() {
                        missing.set(row);
                    }
                    row += 1;
                });
            }
        }
        first += rows;
    }
    for (column, (values, coded)) in values.iter().zip(coded).enumerate() {
        let Values::Levels(levels) = values else {
            continue;
        };
        let nothing = levels
            .names
            .iter()
            .position(|name| name == crate::data::columns::category::NOTHING);
        for (row, cells) in matrix.values_mut().chunks_exact_mut(width).enumerate() {
            for (feature, index) in coded.features.clone().enumerate() {
                cells[index] = features[index].transform(levels.value(row, feature)) as f32;
            }
            if Some(usize::from(levels.codes[row])) == nothing {
                missing[column].set(row);
            }
        }
    }
    missing
}

fn length(values: &[Values], block: usize) -> usize {
    let numbers = |values: &Values| {
        if let Values::Numbers(pieces) = values {
            Some(pieces[block].len())
        } else {
            None
        }
    };
    values.iter().find_map(numbers).unwrap_or(0)
}

fn take(values: &mut Values, block: usize) -> Option<Packed> {
    match values {
        Values::Numbers(pieces) => Some(std::mem::replace(
            &mut pieces[block],
            Packed::Long(Vec::new()),
        )),
        Values::Levels(_) => None,
    }
}

/// The middle value, the mean of the middle two for an even count; reorders `values`, which must not be empty.
fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if odd {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::MIN, f64::max);
    lower / 2.0 + upper / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(values: &[f64], scaling: Scaling) -> Encoded {
        let column = Column::numbers("x".into(), values.to_vec());
        Encoded::new(vec![column], values.len(), scaling)
    }

    #[test]
    fn zscore_has_mean_zero_and_population_sd_one() {
        let encoded = encode(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0], Scaling::ZScore);
        let feature = &encoded.encoder.features[0];
        assert_eq!((feature.offset, feature.scale), (5.0, 2.0));
        assert_eq!(encoded.matrix.row(0), [-1.5]);
    }

    #[test]
    fn minmax_spans_zero_to_one_and_knows_z() {
        let encoded = encode(&[10.0, 20.0, 15.0, 15.0], Scaling::MinMax);
        assert_eq!(encoded.matrix.slice(0, 4), [0.0, 1.0, 0.5, 0.5]);
        let z = encoded.encoder.features[0].z(1.0);
        assert!((z - 2.0_f64.sqrt()).abs() < 1e-12, "{z}");
    }

    #[test]
    fn a_missing_value_becomes_the_median_and_is_remembered() {
        let encoded = encode(&[1.0, f64::NAN, 3.0, 8.0], Scaling::MinMax);
        assert_eq!(encoded.encoder.features[0].median, 3.0);
        assert_eq!(encoded.matrix.row(1), encoded.matrix.row(2));
        assert!(encoded.is_missing(1, 0) && !encoded.is_missing(2, 0));
    }

    #[test]
    fn extreme_values_stay_finite() {
        for scaling in [Scaling::ZScore, Scaling::MinMax] {
            for values in [
                [1e308, -1e308, 1.0, 2.0],
                [5e-324, 0.0, 0.0, 0.0],
                [1e300, 1e300, 1e300, 1.0],
            ] {
                let encoded = encode(&values, scaling);
                assert!(
                    encoded.matrix.slice(0, 4).iter().all(|x| x.is_finite()),
                    "{values:?} {scaling:?}"
                );
            }
        }
    }

    #[test]
    fn words_become_features_that_lead_back_to_words() {
        let words = |list: &[&str]| {
            let mut words = crate::data::records::words::Words::default();
            for word in list {
                words.push((!word.is_empty()).then_some(word.as_bytes()));
            }
            let levels = crate::data::columns::category::Levels::of(&words).unwrap();
            let values = Some(Values::Levels(levels));
            Column {
                used: true,
                values,
                ..Column::unused("w".into(), crate::data::columns::kind::Kind::Category, "")
            }
        };
        let columns = vec![
            words(&["a", "b", "c", ""]),
            Column::numbers("x".into(), vec![1.0, 2.0, 3.0, f64::NAN]),
            words(&["t", "f", "f", "f"]),
        ];
        let encoded = Encoded::new(columns, 4, Scaling::MinMax);
        assert_eq!(encoded.matrix.row(1), [0.0, 1.0, 0.0, 0.0, 0.5, 0.0]);
        let names: Vec<&str> = encoded
            .encoder
            .features
            .iter()
            .map(|feature| feature.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["w = a", "w = b", "w = c", "w = (missing)", "x", "w = t"]
        );
        let [first, _, last] = &encoded.encoder.columns[..] else {
            unreachable!()
        };
        assert_eq!(
            (first.features.clone(), first.word(&[0.1, 0.2, 0.9, 0.0])),
            (0..4, Some("c"))
        );
        assert_eq!(
            (last.word(&[0.7]), last.word(&[0.2])),
            (Some("t"), Some("f"))
        );
        assert!(
            [0, 1].iter().all(|column| encoded.is_missing(3, *column)) && !encoded.is_missing(2, 1)
        );
    }

    #[test]
    fn blocks_are_encoded_like_one() {
        let values: Vec<f64> = (0..100).map(|row| f64::from(row * row) / 8.0).collect();
        let whole = Column::numbers("x".into(), values.clone());
        let blocks = values
            .chunks(7)
            .map(|part| Packed::new(part.to_vec()))
            .collect();
        let parted = Column {
            values: Some(Values::Numbers(blocks)),
            ..whole.clone()
        };
        let encode = |column: Column| Encoded::new(vec![column], 100, Scaling::ZScore);
        let (whole, parted) = (encode(whole), encode(parted));
        assert_eq!(
            (whole.matrix, whole.encoder),
            (parted.matrix, parted.encoder)
        );
    }

    proptest! {
        #[test]
        fn the_inverse_leads_back(values in prop::collection::vec(-1e6..1e6_f64, 4..40)) {
            for scaling in [Scaling::ZScore, Scaling::MinMax] {
                let encoded = encode(&values, scaling);
                let feature = &encoded.encoder.features[0];
                for value in &values {
                    let back = feature.inverse(feature.transform(*value));
                    prop_assert!((back - value).abs() <= 1e-9 * (1.0 + value.abs()), "{value} came back as {back}");
                }
            }
        }
    }
}
