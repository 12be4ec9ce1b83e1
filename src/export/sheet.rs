//! Records as CSV or as JSON lines, one cell like another: numbers, yes and no, and text byte by byte as it came.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};

use csv::IntoInnerError;

use crate::error::csv_write;
use crate::export::formula::is_like_formula;
use crate::format::json;
use crate::message::Formulas;

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A header, then lines of cells.
    Csv,
    /// An object each line.
    Lines,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// A whole number.
    Count(u64),
    /// A score.
    Score(f32),
    /// Yes or no.
    Flag(bool),
    /// Text as it came, which need not be UTF-8.
    Text(Cow<'a, [u8]>),
    /// No value.
    Nothing,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text.as_bytes()))
    }
}

enum Output {
    Csv(Box<csv::Writer<Vec<u8>>>),
    Lines(Vec<u8>, Vec<String>),
}

/// Records as bytes.
pub struct Sheet {
    output: Output,
    formulas: Formulas,
    /// Cells that begin like a formula.
    counted: usize,
}

impl Sheet {
    /// An empty one for records whose cells have these names.
    pub fn new(form: Form, names: &[String], formulas: Formulas) -> Self {
        let output = match form {
            Form::Csv => Output::Csv(Box::new(csv::Writer::from_writer(Vec::new()))),
            Form::Lines => Output::Lines(Vec::new(), keys(names)),
        };
        Self {
            output,
            formulas,
            counted: 0,
        }
    }

    /// One that begins with the names, where records do not carry them themselves.
    pub fn with_header(form: Form, names: &[String], formulas: Formulas) -> io::Result<Self> {
        let mut sheet = Self::new(form, names, formulas);
        if form == Form::Csv {
            let header: Vec<Cell> = names.iter().map(|name| Cell::from(&**name)).collect();
            sheet.write(&header)?;
        }
        Ok(sheet)
    }

    /// Writes one record, as many cells as there are names.
    pub fn write(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        match &mut self.output {
            Output::Csv(writer) => {
                for cell in cells {
                    let mut bytes = match cell {
                        Cell::Count(number) => Cow::Owned(number.to_string().into_bytes()),
                        Cell::Score(score) => Cow::Owned(score.to_string().into_bytes()),
                        Cell::Flag(flag) => Cow::Owned(flag.to_string().into_bytes()),
                        Cell::Text(text) => Cow::Borrowed(&**text),
                        Cell::Nothing => Cow::Borrowed(&b""[..]),
                    };
                    if matches!(cell, Cell::Text(_)) && is_like_formula(&bytes) {
                        self.counted += 1;
                        if self.formulas == Formulas::Quote {
                            bytes = Cow::Owned([b"'", &*bytes].concat());
                        }
                    }
                    writer.write_field(bytes).map_err(csv_write)?;
                }
                writer.write_record(None::<&[u8]>).map_err(csv_write)
            }
            Output::Lines(output, keys) => {
                let mut before = '{';
                for (key, cell) in keys.iter().zip(cells) {
                    write!(output, "{before}{key}:")?;
                    before = ',';
                    match cell {
                        Cell::Count(number) => write!(output, "{number}")?,
                        Cell::Score(score) if score.is_finite() => write!(output, "{score}")?,
                        Cell::Score(f32::INFINITY) => {
                            output.write_all(string(json::INFINITE.as_bytes()).as_bytes())?;
                        }
                        Cell::Flag(flag) => write!(output, "{flag}")?,
                        Cell::Text(text) => output.write_all(string(text).as_bytes())?,
                        Cell::Score(_) | Cell::Nothing => output.write_all(b"null")?,
                    }
                }
                output.write_all(b"}\n")
            }
        }
    }

    /// Cells so far that begin like a formula. Of JSON lines none do: nothing runs them.
    pub fn formulas(&self) -> usize {
        self.counted
    }

    /// How many bytes there are so far.
    pub fn bytes(&mut self) -> io::Result<usize> {
        match &mut self.output {
            Output::Csv(writer) => {
                writer.flush()?;
                Ok(writer.get_ref().len())
            }
            Output::Lines(output, _) => Ok(output.len()),
        }
    }

    /// All of it.
    pub fn into_bytes(self) -> io::Result<Vec<u8>> {
        match self.output {
            Output::Csv(writer) => writer.into_inner().map_err(IntoInnerError::into_error),
            Output::Lines(output, _) => Ok(output),
        }
    }
}

/// The names as JSON strings, each one once.
fn keys(names: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let unique = |name: &String| {
        let mut key = name.clone();
        let mut count = 2;
        while !seen.insert(key.clone()) {
            key = format!("{name} ({count})");
            count += 1;
        }
        string(key.as_bytes())
    };
    names.iter().map(unique).collect()
}

fn string(text: &[u8]) -> String {
    serde_json::Value::from(String::from_utf8_lossy(text)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Form, formulas: Formulas) -> (String, usize) {
        let names = ["a", "=b", "a"].map(str::to_owned);
        let mut sheet = Sheet::with_header(form, &names, formulas).unwrap();
        sheet
            .write(&[Cell::Count(1), Cell::from("=1,\"2\"\n"), Cell::Nothing])
            .unwrap();
        sheet
            .write(&[
                Cell::Score(f32::INFINITY),
                Cell::from("-3.5"),
                Cell::Flag(true),
            ])
            .unwrap();
        let counted = sheet.formulas();
        let bytes = sheet.into_bytes().unwrap();
        (String::from_utf8(bytes).unwrap(), counted)
    }

    #[test]
    fn csv_keeps_cells_or_makes_text_of_formulas() {
        let (kept, counted) = written(Form::Csv, Formulas::Keep);
        assert_eq!(kept, "a,=b,a\n1,\"=1,\"\"2\"\"\n\",\ninf,-3.5,true\n");
        assert_eq!(counted, 2, "a header counts too");
        let (quoted, _) = written(Form::Csv, Formulas::Quote);
        assert_eq!(quoted, "a,'=b,a\n1,\"'=1,\"\"2\"\"\n\",\ninf,-3.5,true\n");
    }

    #[test]
    fn json_lines_are_objects_whose_names_differ() {
        let (lines, counted) = written(Form::Lines, Formulas::Quote);
        let records: Vec<serde_json::Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(records[0]["=b"], "=1,\"2\"\n");
        assert_eq!(records[0]["a (2)"], serde_json::Value::Null);
        assert_eq!(records[1]["a"], "inf", "as in CSV");
        assert_eq!((&records[1]["a (2)"], counted), (&true.into(), 0));
    }
}
