//! [`Table`] → [`Matrix`] and back: fills gaps, makes features of words, scales, and returns to original units.

mod coded;
pub mod curve;
mod feature;
mod fill;
mod fit;
mod rows;

use std::sync::Arc;

use rayon::prelude::*;

use crate::data::columns::column::{Column, Values};
use crate::data::columns::packed::Packed;
use crate::data::columns::spread::Spread;
use crate::data::encoder::curve::{Curve, curves};
use crate::data::encoder::fill::{Bits, fill};
use crate::data::matrix::Matrix;
use crate::data::provenance::Provenance;
use crate::data::table::Table;
use crate::data::windows::Windows;

pub use crate::data::encoder::coded::Coded;
pub use crate::data::encoder::feature::{Feature, Scaling};
pub use crate::data::encoder::rows::More;

/// Fitted on a [`Table`]; turns its rows into features and features back into original units.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    /// In the order of the matrix's columns.
    pub features: Vec<Feature>,
    /// The columns in use, in file order.
    pub columns: Vec<Coded>,
}

/// An encoded table.
#[derive(Debug, Clone)]
pub struct Encoded {
    /// How it was encoded.
    pub encoder: Encoder,
    /// `[rows, features]`, scaled.
    pub matrix: Matrix,
    /// What is learned: the rows, or windows of them, `[windows, rows of a window × features]`.
    pub examples: Matrix,
    /// Where the rows come from.
    pub provenance: Provenance,
    /// Which columns in use form curves, see [`curve`].
    pub curves: Vec<Curve>,
    missing: Vec<Bits>,
}

impl Encoded {
    /// Fits and encodes the columns that are in use; each block of values is freed as soon as it is encoded.
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
                codes: column.codes.iter().map(|code| code.value).collect(),
                per: column.per,
            });
            values.extend(column.values);
        }
        let mut matrix = Matrix::zeros(rows, features.len());
        let missing = fill(&mut matrix, values, &coded, &features);
        Self {
            curves: curves(&coded, &matrix),
            examples: matrix.clone(),
            encoder: Encoder {
                features,
                columns: coded,
            },
            matrix,
            provenance: Provenance::default(),
            missing,
        }
    }

    /// Encodes a table, whose columns stay but lose their values.
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
            provenance: table.provenance(),
            ..Self::new(columns, table.rows, scaling)
        }
    }

    /// Encodes a table as an encoder has it that was fitted to another, whose columns it has by their names. They lose their values.
    /// An error names the column that is not there.
    pub fn by(encoder: &Encoder, curves: &[Curve], table: &mut Table) -> Result<Self, String> {
        let (mut encoder, rows) = (encoder.clone(), table.rows);
        let mut values = Vec::with_capacity(encoder.columns.len());
        for coded in &mut encoder.columns {
            let found = table.columns.iter().position(|own| own.name == coded.name);
            let own = found.and_then(|place| Some((place, table.columns[place].values.take()?)));
            let (place, own) = own.ok_or_else(|| coded.name.clone())?;
            (coded.place, coded.per) = (place, table.columns[place].per);
            values.push(own);
        }
        let mut matrix = Matrix::zeros(rows, encoder.features.len());
        let missing = fill(&mut matrix, values, &encoder.columns, &encoder.features);
        Ok(Self {
            curves: curves.to_vec(),
            examples: matrix.clone(),
            encoder,
            matrix,
            provenance: table.provenance(),
            missing,
        })
    }

    /// The same, to be learned in windows.
    #[must_use]
    pub fn in_windows(mut self, windows: Windows) -> Self {
        self.examples = self.matrix.through(Arc::new(windows));
        self
    }

    /// How the values of a column are spread over an even sample of the rows that have one.
    pub fn spread(&self, column: usize) -> Spread {
        /// Rows that are looked at: enough for a hundredth to be some forty of them.
        const ROWS: usize = 4_096;
        let coded = &self.encoder.columns[column];
        let stride = self.matrix.rows().div_ceil(ROWS).max(1);
        let rows = (0..self.matrix.rows()).step_by(stride);
        match &coded.levels {
            Some(levels) => {
                let mut counts = vec![0; levels.len()];
                for row in rows {
                    counts[coded.level(&self.units(coded, self.matrix.row(row)))] += 1;
                }
                Spread::of_words(counts)
            }
            None => Spread::of_numbers(
                rows.filter(|row| !self.is_missing(*row, column))
                    .map(|row| self.units(coded, self.matrix.row(row))[0])
                    .collect(),
            ),
        }
    }

    /// The features of one column of a scaled row in the file's units.
    pub fn units(&self, column: &Coded, scaled: &[f32]) -> Vec<f64> {
        let features = column.features.clone();
        features
            .map(|index| self.encoder.features[index].inverse(f64::from(scaled[index])))
            .collect()
    }

    /// Whether a cell was missing in the file. `column` is an index into [`Encoder::columns`].
    pub fn is_missing(&self, row: usize, column: usize) -> bool {
        self.missing[column].get(row)
    }

    /// What an example is called: a row by its number in the file, a window by its place.
    pub fn number(&self, example: usize) -> usize {
        match self.examples.windows() {
            Some(_) => example,
            None => self.provenance.number(example) as usize,
        }
    }
}

fn fit(column: &Column, rows: usize, scaling: Scaling) -> Vec<Feature> {
    match &column.values {
        None => Vec::new(),
        Some(Values::Numbers(pieces)) => {
            vec![Feature::fit(column.name.clone(), scaling, pieces)]
        }
        Some(Values::Levels(levels)) => (0..levels.width())
            .map(|feature| {
                let values = (0..rows).map(|row| levels.value(row, feature)).collect();
                let level = if levels.width() == 1 { 1 } else { feature };
                let name = format!("{} = {}", column.name, levels.names[level]);
                Feature::fit(name, scaling, &[Packed::Long(values)])
            })
            .collect(),
    }
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
        assert_eq!(
            encoded.matrix.block(0, 4, &mut Vec::new()),
            [0.0, 1.0, 0.5, 0.5]
        );
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
                    encoded
                        .matrix
                        .block(0, 4, &mut Vec::new())
                        .iter()
                        .all(|x| x.is_finite()),
                    "{values:?} {scaling:?}"
                );
            }
        }
    }

    #[test]
    fn words_become_features_that_lead_back_to_words() {
        let words = |list: &[&str]| {
            let mut words = crate::data::columns::words::Words::default();
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
