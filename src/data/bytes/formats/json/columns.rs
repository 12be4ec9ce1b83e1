//! JSON whose columns stand one after the other: `{"a": [1, 2], "b": [3, 4]}`, or `{"a": {"x": 1, "y": 2}, …}`. Each is read from
//! its own place of the document, so that memory holds a row and not the table.

use std::io::{self, BufRead, BufReader};

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::data::bytes::formats::json::region::Region;
use crate::data::bytes::formats::made::Make;
use crate::data::bytes::formats::{Damage, writer};

/// Bytes that are read ahead in all columns together, and at least and at most in one.
const AHEAD: usize = 16 << 20;
const LEAST: usize = 4 << 10;
const MOST: usize = 64 << 10;
/// Bytes of text made at once.
const PIECE: usize = 1 << 18;
/// Longest value.
const LONGEST: usize = 64 << 20;

/// Columns side by side.
pub struct Columns {
    each: Vec<Values>,
    /// Rows that are still to come.
    rows: u64,
    /// Whether the names of the rows are the first column; none where there are no such names.
    named: Option<bool>,
}

impl Columns {
    /// So many rows of the columns that stand in these regions. `named` says that the values have names, and whether they
    /// are a column.
    pub fn new(regions: Vec<(String, Region)>, rows: u64, named: Option<bool>) -> Self {
        let ahead = (AHEAD / regions.len().max(1)).clamp(LEAST, MOST);
        let values = |(name, region): (String, Region)| Values {
            name,
            input: BufReader::with_capacity(ahead, region),
            text: Vec::new(),
        };
        Self {
            each: regions.into_iter().map(values).collect(),
            rows,
            named,
        }
    }

    fn row(&mut self) -> io::Result<Vec<String>> {
        let mut row = Vec::with_capacity(self.each.len() + 1);
        let mut first: Option<String> = None;
        for column in &mut self.each {
            if self.named.is_some() {
                let name = column.value(true)?;
                match &first {
                    None => first = Some(name),
                    Some(first) if *first == name => {}
                    Some(first) => {
                        let problem =
                            format!("a value is named “{name}” where others are named “{first}”");
                        return Err(column.damage(&problem));
                    }
                }
            }
            row.push(column.value(false)?);
        }
        if let (Some(true), Some(first)) = (self.named, first) {
            row.insert(0, first);
        }
        Ok(row)
    }
}

impl Make for Columns {
    fn piece(&mut self) -> io::Result<(Vec<u8>, bool)> {
        let (mut text, mut made) = (writer(), 0);
        while made < PIECE && self.rows > 0 {
            let row = self.row()?;
            made += row.iter().map(|cell| cell.len() + 1).sum::<usize>();
            text.write_record(row).map_err(io::Error::other)?;
            self.rows -= 1;
        }
        let text = text.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((text, self.rows == 0))
    }
}

/// The values of one column.
struct Values {
    name: String,
    input: BufReader<Region>,
    text: Vec<u8>,
}

impl Values {
    /// The next value as text, or its name.
    fn value(&mut self, is_name: bool) -> io::Result<String> {
        self.text.clear();
        let (mut quoted, mut escaped) = (false, false);
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                break;
            }
            let (mut taken, mut ended) = (0, false);
            for byte in bytes {
                taken += 1;
                if quoted {
                    self.text.push(*byte);
                    if escaped {
                        escaped = false;
                    } else if *byte == b'\\' {
                        escaped = true;
                    } else if *byte == b'"' {
                        ended = true;
                    }
                } else if byte.is_ascii_whitespace() || matches!(byte, b',' | b':') {
                    ended = !self.text.is_empty();
                } else {
                    quoted = *byte == b'"' && self.text.is_empty();
                    self.text.push(*byte);
                }
                if ended {
                    break;
                }
            }
            self.input.consume(taken);
            if ended {
                break;
            }
            if self.text.len() > LONGEST {
                return Err(self.damage("a value is longer than 64 MB"));
            }
        }
        let text = &self.text[..];
        match text {
            b"null" | b"NaN" | b"Infinity" | b"-Infinity" if !is_name => Ok(String::new()),
            [b'"', ..] => match serde_json::from_slice(text) {
                Ok(Value::String(text)) => Ok(text),
                _ => Err(self.damage("a text is no JSON")),
            },
            text => {
                let is_json = !is_name && serde_json::from_slice::<IgnoredAny>(text).is_ok();
                let shown = String::from_utf8_lossy(text).into_owned();
                if is_json {
                    Ok(shown)
                } else {
                    Err(self.damage(&format!("“{}” is no value", shown.escape_default())))
                }
            }
        }
    }

    fn damage(&self, problem: &str) -> io::Error {
        let place = format!("column “{}”", self.name.escape_default());
        Damage::at(
            place,
            problem,
            "correct the document, or write the table as CSV",
        )
    }
}
