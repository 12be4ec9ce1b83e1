//! The built-in data, made by code from a fixed seed, with about 1 % planted outliers and the truth in a `label` column.

mod sensors;
mod spectra;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use rand::rngs::ChaCha8Rng;
use rand::seq::index;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

use crate::data::table::{Column, Label, Table};
use crate::error::csv_write;

/// One built-in data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// 1,000 spectra of 1,602 channels, mixed from three components.
    Spectra,
    /// 5,000 readings of 24 sensors on one pump.
    Sensors,
}

impl Sample {
    /// Every sample, in the order the help lists them.
    pub const ALL: [Self; 2] = [Self::Spectra, Self::Sensors];

    const fn name(self) -> &'static str {
        match self {
            Self::Spectra => "spectra",
            Self::Sensors => "sensors",
        }
    }

    /// Makes the table. The same numbers every time, and the same that [`Sample::write_csv`] writes.
    pub fn table(self, name: String) -> Table {
        let made = self.make();
        let outliers = made.outlier.iter().filter(|is| **is).count();
        Table {
            name,
            rows: made.outlier.len(),
            file_columns: made.columns.len() + 1,
            columns: made.columns,
            notices: vec![format!(
                "built-in data, {outliers} outliers planted; the label judges, it never trains"
            )],
            label: Some(Label {
                name: "label".into(),
                outlier: made.outlier,
            }),
            ids: None,
            numbers: None,
        }
    }

    /// Writes the table with its label as the last column.
    pub fn write_csv(self, output: impl Write) -> io::Result<()> {
        let made = self.make();
        let mut writer = csv::Writer::from_writer(output);
        let names = made.columns.iter().map(|column| column.name.as_str());
        writer
            .write_record(names.chain(["label"]))
            .map_err(csv_write)?;
        for (row, outlier) in made.outlier.iter().enumerate() {
            let cells = made
                .columns
                .iter()
                .map(|column| column.values[row].to_string());
            writer
                .write_record(cells.chain([u8::from(*outlier).to_string()]))
                .map_err(csv_write)?;
        }
        writer.flush()
    }

    fn make(self) -> Made {
        match self {
            Self::Spectra => spectra::make(&mut Chance::new(1602)),
            Self::Sensors => sensors::make(&mut Chance::new(24)),
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Sample {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|sample| sample.name() == text);
        found.ok_or_else(|| format!("expected one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// A made data set.
struct Made {
    columns: Vec<Column>,
    outlier: Vec<bool>,
}

impl Made {
    /// Columns from rows, rounded to `decimals[column]` so that the CSV is short and reads back to the same numbers.
    fn from_rows(
        names: Vec<String>,
        decimals: &[i32],
        rows: &[Vec<f64>],
        outlier: Vec<bool>,
    ) -> Self {
        let round = |value: f64, column: usize| {
            let unit = 10_f64.powi(decimals[column % decimals.len()]);
            (value * unit).round() / unit
        };
        let column = |(index, name)| Column {
            name,
            values: rows.iter().map(|row| round(row[index], index)).collect(),
        };
        Self {
            columns: names.into_iter().enumerate().map(column).collect(),
            outlier,
        }
    }
}

/// The seeded source of everything that varies in a sample.
struct Chance(ChaCha8Rng);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Standard normal.
    fn normal(&mut self) -> f64 {
        self.0.sample(StandardNormal)
    }

    /// Uniform in `low .. high`.
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        self.0.random_range(low..high)
    }

    /// A whole number in `low .. high`.
    fn index(&mut self, low: usize, high: usize) -> usize {
        self.0.random_range(low as u64..high as u64) as usize
    }

    /// `count` different numbers below `below`, in random order.
    fn distinct(&mut self, count: usize, below: usize) -> Vec<usize> {
        index::sample(&mut self.0, below, count).into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::read::{ReadOptions, read};
    use std::ops::ControlFlow;

    #[test]
    fn samples_have_their_stated_shape_and_about_one_percent_outliers() {
        for (sample, rows, columns) in [
            (Sample::Spectra, 1_000, 1_602),
            (Sample::Sensors, 5_000, 24),
        ] {
            let table = sample.table("x".into());
            assert_eq!((table.rows, table.columns.len()), (rows, columns));
            let outliers = table
                .label
                .unwrap()
                .outlier
                .iter()
                .filter(|is| **is)
                .count();
            assert!(
                (rows * 8 / 1_000..=rows * 15 / 1_000).contains(&outliers),
                "{sample}: {outliers}"
            );
            assert!(
                table
                    .columns
                    .iter()
                    .all(|c| c.values.iter().all(|v| v.is_finite()))
            );
        }
    }

    #[test]
    fn the_csv_reads_back_to_the_same_table() {
        for sample in Sample::ALL {
            let mut csv = Vec::new();
            sample.write_csv(&mut csv).unwrap();
            let options = ReadOptions::default();
            let table = read(csv.as_slice(), "x", None, &options, &mut |_| {
                ControlFlow::Continue(())
            })
            .unwrap();
            let made = sample.table("x".into());
            assert_eq!((table.columns, table.label), (made.columns, made.label));
        }
    }
}
