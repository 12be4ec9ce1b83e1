//! Workbooks of Excel and `LibreOffice`: one sheet as a table. Without a name it is the first sheet that looks like one, and
//! the others are said.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::sync::mpsc::Sender;

use calamine::{Data, Ods, Reader, Xls, Xlsb, Xlsx, open_workbook_from_rs};

use crate::data::bytes::formats::pour::{Spout, pour};
use crate::data::bytes::formats::value::number;
use crate::data::bytes::formats::{Converted, Damage, Said, saying, writer};
use crate::data::text::{name_list, sanitize};

/// Rows that show where the table stands.
const SHOWN: usize = 1_000;
/// Rows written at once.
const AHEAD: usize = 256;

/// Which program wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Excel since 2007.
    Xlsx,
    /// The same, binary.
    Xlsb,
    /// Excel until 2003.
    Xls,
    /// `OpenDocument`, as `LibreOffice` writes it.
    Ods,
}

type Input = BufReader<File>;

enum Book {
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Xls(Box<Xls<Input>>),
    Ods(Box<Ods<Input>>),
}

/// A row's cells that hold something, each with its column.
type Cells = Vec<(u32, String)>;

/// A sheet of the workbook as a table.
pub fn open(file: File, kind: Kind, sheet: Option<String>) -> io::Result<Converted<'static>> {
    let (say, said) = saying("");
    let reader = pour(move |spout| {
        let mut book = Book::open(BufReader::new(file), kind)?;
        let names = book.names();
        let (name, shown) = match &sheet {
            Some(wanted) => {
                let name = named(&names, wanted)?;
                let shown = book.first(&name)?;
                (name, shown)
            }
            None => find(&mut book, &names)?,
        };
        let Some(place) = Place::of(&shown) else {
            return Err(Damage::at(
                format!("sheet “{}”", sanitize(&name)),
                "it holds no table",
                "choose another one with --sheet",
            ));
        };
        tell(&say, kind, &names, (&name, &place));
        place.write(&mut book, &name, spout)
    })?;
    Ok(Converted {
        reader: Box::new(reader),
        said,
        header: None,
        named: Vec::new(),
    })
}

fn tell(say: &Sender<Said>, kind: Kind, names: &[String], (name, place): (&String, &Place)) {
    let program = match kind {
        Kind::Ods => "OpenDocument",
        _ => "Excel",
    };
    let form = format!("{program}, sheet “{}”", sanitize(name));
    let _ = say.send(Said::Form(form));
    let others: Vec<String> = names
        .iter()
        .filter(|other| *other != name)
        .map(|other| sanitize(other))
        .collect();
    if !others.is_empty() {
        let list = name_list(others.iter().map(String::as_str));
        let notice = format!("other sheets, chosen with --sheet: {list}");
        let _ = say.send(Said::Notice(notice));
    }
    if place.skipped > 0 {
        let plural = if place.skipped == 1 { "" } else { "s" };
        let notice = format!("{} line{plural} above the table skipped", place.skipped);
        let _ = say.send(Said::Notice(notice));
    }
}

/// The sheet that the user means, by its name or its number.
fn named(names: &[String], wanted: &str) -> io::Result<String> {
    let exact = names.iter().find(|name| *name == wanted);
    let close = || names.iter().find(|name| name.eq_ignore_ascii_case(wanted));
    let numbered = || {
        wanted
            .parse::<usize>()
            .ok()?
            .checked_sub(1)
            .and_then(|at| names.get(at))
    };
    exact
        .or_else(close)
        .or_else(numbered)
        .cloned()
        .ok_or_else(|| {
            let shown: Vec<String> = names.iter().map(|name| sanitize(name)).collect();
            Damage::whole(
                format!("--sheet: there is no sheet “{}”", sanitize(wanted)),
                format!(
                    "the sheets are {}",
                    name_list(shown.iter().map(String::as_str))
                ),
            )
        })
}

/// The first sheet with several rows of several cells, or else the first that is not empty.
fn find(book: &mut Book, names: &[String]) -> io::Result<(String, Vec<Cells>)> {
    let mut found = None;
    for name in names {
        let shown = book.first(name)?;
        if shown.iter().filter(|cells| cells.len() > 1).count() > 2 {
            return Ok((name.clone(), shown));
        }
        if found.is_none() && !shown.is_empty() {
            found = Some((name.clone(), shown));
        }
    }
    found.ok_or_else(|| {
        Damage::whole(
            "no sheet of the workbook holds anything",
            "fill one, or name a CSV file",
        )
    })
}

/// Where on a sheet the table stands.
struct Place {
    /// Rows with something in them above it.
    skipped: usize,
    first: u32,
    columns: u32,
}

impl Place {
    fn of(shown: &[Cells]) -> Option<Self> {
        let widest = shown.iter().map(Vec::len).max()?;
        // A title above the table fills a cell or two.
        let skipped = shown.iter().position(|cells| cells.len() * 2 > widest)?;
        let columns = || shown[skipped..].iter().flatten().map(|(column, _)| *column);
        let first = columns().min()?;
        Some(Self {
            skipped,
            first,
            columns: columns().max()? - first + 1,
        })
    }

    /// Writes the table, each row from its first column on; a row that reaches further is longer than the others, and the
    /// reading says so.
    fn write(&self, book: &mut Book, name: &str, spout: &mut Spout) -> io::Result<()> {
        let (mut seen, mut ahead, mut text) = (0, 0, writer());
        book.rows(name, &mut |cells| {
            seen += 1;
            if seen <= self.skipped {
                return Ok(true);
            }
            let mut row = vec![String::new(); self.columns as usize];
            for (column, cell) in cells {
                let Some(at) = column.checked_sub(self.first) else {
                    continue;
                };
                if at as usize >= row.len() {
                    row.resize(at as usize + 1, String::new());
                }
                row[at as usize] = cell;
            }
            text.write_record(row).map_err(io::Error::other)?;
            ahead += 1;
            if ahead == AHEAD {
                let full = std::mem::replace(&mut text, writer());
                spout.write_all(&full.into_inner().map_err(csv::IntoInnerError::into_error)?)?;
                ahead = 0;
            }
            Ok(true)
        })?;
        spout.write_all(&text.into_inner().map_err(csv::IntoInnerError::into_error)?)
    }
}

impl Book {
    fn open(input: Input, kind: Kind) -> io::Result<Self> {
        let refuse = |error: String| {
            Damage::whole(
                format!("the workbook cannot be read: {error}"),
                "it may be damaged, or protected with a password; save the sheet as CSV",
            )
        };
        Ok(match kind {
            Kind::Xlsx => Self::Xlsx(Box::new(
                open_workbook_from_rs(input)
                    .map_err(|error: calamine::XlsxError| refuse(error.to_string()))?,
            )),
            Kind::Xlsb => Self::Xlsb(Box::new(
                open_workbook_from_rs(input)
                    .map_err(|error: calamine::XlsbError| refuse(error.to_string()))?,
            )),
            Kind::Xls => Self::Xls(Box::new(
                open_workbook_from_rs(input)
                    .map_err(|error: calamine::XlsError| refuse(error.to_string()))?,
            )),
            Kind::Ods => Self::Ods(Box::new(
                open_workbook_from_rs(input)
                    .map_err(|error: calamine::OdsError| refuse(error.to_string()))?,
            )),
        })
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Xlsx(book) => book.sheet_names(),
            Self::Xlsb(book) => book.sheet_names(),
            Self::Xls(book) => book.sheet_names(),
            Self::Ods(book) => book.sheet_names(),
        }
    }

    /// The first rows of a sheet that hold something.
    fn first(&mut self, name: &str) -> io::Result<Vec<Cells>> {
        let mut shown = Vec::new();
        self.rows(name, &mut |cells| {
            shown.push(cells);
            Ok(shown.len() < SHOWN)
        })?;
        Ok(shown)
    }

    /// Passes through the rows of a sheet that hold something, until `each` has seen enough.
    fn rows(
        &mut self,
        name: &str,
        each: &mut dyn FnMut(Cells) -> io::Result<bool>,
    ) -> io::Result<()> {
        let refuse = |error: &dyn std::fmt::Display| {
            let place = format!("sheet “{}”", sanitize(name));
            Damage::at(
                place,
                format!("it cannot be read: {error}"),
                "it may be damaged; save it as CSV",
            )
        };
        let range = match self {
            Self::Xlsx(book) => {
                let mut reader = match book.worksheet_cells_reader(name) {
                    Ok(reader) => reader,
                    // A sheet that holds a chart and no cells.
                    Err(calamine::XlsxError::NotAWorksheet(_)) => return Ok(()),
                    Err(error) => return Err(refuse(&error)),
                };
                let (mut at, mut cells) = (0, Cells::new());
                while let Some(cell) = reader.next_cell().map_err(|error| refuse(&error))? {
                    let (row, column) = cell.get_position();
                    if row != at && !cells.is_empty() && !each(std::mem::take(&mut cells))? {
                        return Ok(());
                    }
                    at = row;
                    cells.extend(text(&cell.get_value().clone().into()).map(|text| (column, text)));
                }
                if !cells.is_empty() {
                    each(cells)?;
                }
                return Ok(());
            }
            Self::Xlsb(book) => book.worksheet_range(name).map_err(|error| refuse(&error))?,
            Self::Xls(book) => book.worksheet_range(name).map_err(|error| refuse(&error))?,
            Self::Ods(book) => book.worksheet_range(name).map_err(|error| refuse(&error))?,
        };
        for row in range.rows() {
            let cells: Cells = row
                .iter()
                .zip(0..)
                .filter_map(|(cell, column)| text(cell).map(|text| (column, text)))
                .collect();
            if !cells.is_empty() && !each(cells)? {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// A cell as text; none where it is empty or holds an error.
fn text(cell: &Data) -> Option<String> {
    let mut written = String::new();
    match cell {
        Data::Empty | Data::Error(_) => return None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            return (!text.is_empty()).then(|| text.clone());
        }
        Data::Int(value) => return Some(value.to_string()),
        Data::Bool(value) => return Some(value.to_string()),
        Data::Float(value) => number(&mut written, *value),
        // A duration counts days; in seconds it is a number like any other.
        Data::DateTime(time) if time.is_duration() => {
            number(
                &mut written,
                (time.as_f64() * 86_400_000.0).round() / 1_000.0,
            );
        }
        Data::DateTime(time) => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            let clock = match (hour, minute, second, milli) {
                (0, 0, 0, 0) => String::new(),
                (.., 0) => format!("{hour:02}:{minute:02}:{second:02}"),
                _ => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
            };
            // A time of day without a date.
            if time.as_f64() < 1.0 {
                return Some(if clock.is_empty() {
                    "00:00:00".into()
                } else {
                    clock
                });
            }
            let day = format!("{year:04}-{month:02}-{day:02}");
            return Some(if clock.is_empty() {
                day
            } else {
                format!("{day}T{clock}")
            });
        }
    }
    Some(written)
}
