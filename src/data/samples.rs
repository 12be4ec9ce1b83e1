//! The built-in data: made by code from a fixed seed, with about 1 % planted outliers and the truth in a `label` column.

mod chance;
mod made;
mod sensors;
mod spectra;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::data::columns::column::{Column, Values};
use crate::data::columns::kind::Kind;
use crate::data::columns::label::Label;
use crate::data::options::CurveChoice;
use crate::data::options::ReadOptions;
use crate::data::read::{self, Advance};
use crate::data::samples::chance::Chance;
use crate::data::samples::made::Made;
use crate::data::table::{Form, Table};
use crate::error::{Result, csv_write};

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
        let mut columns = made.columns;
        let label = Column::unused("label".into(), Kind::Label, "judges, never trains");
        columns.push(label);
        Table {
            name,
            rows: made.outlier.len(),
            columns,
            notices: vec![format!(
                "built-in data, {outliers} outliers planted; the label judges, it never trains"
            )],
            label: Some(Label {
                name: "label".into(),
                outlier: made.outlier,
                marks: vec!["1".into()],
                speaks: true,
            }),
            form: Form {
                format: None,
                encoding: "UTF-8".into(),
                delimiter: ",".into(),
                header: true,
                ..Form::default()
            },
            ..Table::default()
        }
    }

    /// The table as the options ask for it; with any option set, it is written as CSV and read like a file.
    pub fn load(
        self,
        name: String,
        options: &ReadOptions,
        advance: &mut Advance<'_>,
    ) -> Result<Table> {
        // What forms a curve is said of the table, however it was read.
        let said = ReadOptions {
            curve: CurveChoice::Auto,
            ..options.clone()
        };
        if said == ReadOptions::default() {
            return Ok(self.table(name));
        }
        let mut csv = Vec::new();
        // Writing to memory cannot fail.
        let _ = self.write_csv(&mut csv);
        read::read(&mut csv.as_slice(), &name, options, advance)
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
            let cells = made.columns.iter().map(|column| cell(column, row));
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

fn cell(column: &Column, row: usize) -> String {
    match &column.values {
        Some(Values::Numbers(pieces)) => pieces[0].get(row).to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    #[test]
    fn samples_have_their_stated_shape_and_about_one_percent_outliers() {
        for (sample, rows, columns) in [
            (Sample::Spectra, 1_000, 1_602),
            (Sample::Sensors, 5_000, 24),
        ] {
            let table = sample.table("x".into());
            assert_eq!((table.rows, table.features()), (rows, columns));
            let outliers = table
                .label
                .as_ref()
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
                    .used()
                    .all(|column| column.missing == 0 && column.range.is_some())
            );
        }
    }

    #[test]
    fn the_csv_reads_back_to_the_same_table() {
        for sample in Sample::ALL {
            let mut csv = Vec::new();
            sample.write_csv(&mut csv).unwrap();
            let mut advance = |_: read::News<'_>| ControlFlow::Continue(());
            let table = read::read(
                &mut csv.as_slice(),
                "x",
                &ReadOptions::default(),
                &mut advance,
            )
            .unwrap();
            let made = sample.table("x".into());
            assert_eq!(table.label, made.label);
            for (read, made) in table.used().zip(made.used()) {
                assert_eq!(
                    (&read.name, read.range, read.distinct),
                    (&made.name, made.range, made.distinct)
                );
                assert!((0..made_rows(made)).all(|row| cell_at(read, row) == cell(made, row)));
            }
        }
    }

    fn made_rows(column: &Column) -> usize {
        if let Some(Values::Numbers(pieces)) = &column.values {
            pieces[0].len()
        } else {
            0
        }
    }

    /// A cell of a column that may be in several blocks.
    fn cell_at(column: &Column, mut row: usize) -> String {
        let Some(Values::Numbers(pieces)) = &column.values else {
            return String::new();
        };
        for piece in pieces {
            match row.checked_sub(piece.len()) {
                Some(rest) => row = rest,
                None => return piece.get(row).to_string(),
            }
        }
        String::new()
    }
}
