//! Rows that are arrays: `[["a", "b"], [1, 2], [3, 4]]`.

use std::io::{self, Read};

use serde_json::Value;

use crate::data::bytes::formats::json::{Objects, not_json, without_nan};
use crate::data::bytes::formats::made::Make;
use crate::data::bytes::formats::writer;

/// Bytes of text made at once.
const PIECE: usize = 1 << 18;

/// The arrays of a text, as CSV.
pub struct Arrays<R>(pub Objects<R>);

impl<R: Read> Make for Arrays<R> {
    fn piece(&mut self) -> io::Result<(Vec<u8>, bool)> {
        let (mut text, mut made, mut ended) = (writer(), 0, false);
        while made < PIECE {
            let Some(begin) = self.0.take()? else {
                ended = true;
                break;
            };
            made += self.0.object.len();
            let parse = |array: &[u8]| serde_json::from_slice::<Vec<Value>>(array);
            let parsed = match parse(&self.0.object) {
                Err(_) if without_nan(&mut self.0.object) => parse(&self.0.object),
                parsed => parsed,
            };
            let row = parsed.map_err(|error| not_json(begin, &error))?;
            let cells = row.into_iter().map(cell);
            text.write_record(cells).map_err(io::Error::other)?;
        }
        let text = text.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((text, ended))
    }
}

/// A value as a cell has it.
pub fn cell(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}
