//! JSON: objects line by line, one after the other, or in an array; arrays likewise; and documents that hold such rows under
//! some name, or columns side by side. Objects within rows become `a.b`.

mod arrays;
mod columns;
mod document;
mod objects;
mod outline;
mod plan;
mod region;

use std::io::{self, BufRead, Read};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::data::bytes::formats::flat::{Cell, Flat, Record};
use crate::data::bytes::formats::json::arrays::Arrays;
use crate::data::bytes::formats::json::objects::Objects;
use crate::data::bytes::formats::made::Made;
use crate::data::bytes::formats::value::number;
use crate::data::bytes::formats::{Converted, Damage, Said, saying};

/// Whether a text begins as objects do, or an array of them or of arrays.
pub fn is_json(head: &[u8]) -> bool {
    let mut marks = head
        .iter()
        .filter(|byte| !byte.is_ascii_whitespace() && **byte != 0x1e)
        .copied();
    match (marks.next(), marks.next()) {
        (Some(b'['), next) => matches!(next, Some(b'{' | b'[')) || are_array_lines(head),
        (Some(b'{'), next) => matches!(next, Some(b'"' | b'}')),
        _ => false,
    }
}

/// Whether the first line is an array, and the next one begins as one.
fn are_array_lines(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.by_ref().filter(|line| !line.is_empty());
    let is_array = |line: &[u8]| serde_json::from_slice::<Vec<Value>>(line).is_ok();
    lines.next().is_some_and(is_array) && lines.next().is_some_and(|line| line.starts_with(b"["))
}

/// Whether the first line is an object and no more.
fn is_first_whole(head: &[u8]) -> bool {
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    serde_json::from_slice::<serde_json::Map<String, Value>>(first).is_ok()
}

/// The rows of a text that begins with `head`.
pub fn open<'a>(head: &[u8], text: Box<dyn Read + Send + 'a>) -> io::Result<Converted<'a>> {
    let mut marks = head.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (marks.next(), marks.next()) {
        (Some(b'['), Some(b'[')) => arrays_of(text, true),
        (Some(b'['), other) if other != Some(&b'{') => arrays_of(text, false),
        (Some(b'{'), _) if !document::are_lines(head) => document::open(text),
        (Some(b'['), _) => objects("JSON, an array of objects", None, Objects::new(text, 1)),
        _ => {
            let lines = Objects {
                whole_lines: is_first_whole(head),
                ..Objects::new(text, 1)
            };
            objects("JSON lines", None, lines)
        }
    }
}

fn objects<'a, R: Read + Send + 'a>(
    form: &str,
    notice: Option<String>,
    mut objects: Objects<R>,
) -> io::Result<Converted<'a>> {
    let (say, said) = saying(form);
    if let Some(notice) = notice {
        // The receiver is here.
        let _ = say.send(Said::Notice(notice));
    }
    objects.said = Some(say.clone());
    Ok(Converted {
        reader: Box::new(Flat::text(objects, say)?),
        said,
        header: Some(true),
        named: Vec::new(),
    })
}

/// Arrays in an array, or line by line.
fn arrays_of<'a>(text: Box<dyn Read + Send + 'a>, nested: bool) -> io::Result<Converted<'a>> {
    let (_, said) = saying(if nested {
        "JSON, an array of arrays"
    } else {
        "JSON lines, arrays"
    });
    let mut arrays = Objects {
        opening: b'[',
        ..Objects::new(text, 1)
    };
    if nested && arrays.peek()?.is_some() {
        arrays.input.consume(1);
    }
    Ok(Converted {
        reader: Box::new(Made::new(Arrays(arrays), Vec::new())),
        said,
        header: None,
        named: Vec::new(),
    })
}

/// An error about an object that begins in a line.
fn not_json(begin: u64, error: &serde_json::Error) -> io::Error {
    let line = begin + (error.line() as u64).saturating_sub(1);
    let problem = format!("this is not JSON: {error}");
    Damage::at(
        format!("line {line}"),
        problem,
        "correct or remove the object",
    )
}

fn parse(object: &[u8]) -> serde_json::Result<Record> {
    let mut record = Record::new();
    let mut json = serde_json::Deserializer::from_slice(object);
    let whole = Under {
        path: "",
        record: &mut record,
    };
    whole.deserialize(&mut json)?;
    Ok(record)
}

/// Python writes numbers that JSON does not have; makes them empty, and says whether there were any.
fn without_nan(object: &mut [u8]) -> bool {
    let (mut quoted, mut escaped, mut found, mut at) = (false, false, false, 0);
    while at < object.len() {
        let word = [&b"NaN"[..], b"-Infinity", b"Infinity"]
            .into_iter()
            .find(|word| !quoted && object[at..].starts_with(word));
        if let Some(word) = word {
            // `null` would be longer than `NaN`; an empty string is as good for a cell.
            let place = &mut object[at..at + word.len()];
            place.fill(b' ');
            place[..2].fill(b'"');
            found = true;
            at += word.len();
            continue;
        }
        match object[at] {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        at += 1;
    }
    found
}

/// Puts a value into a record, under a path of names.
struct Under<'a> {
    path: &'a str,
    record: &'a mut Record,
}

impl Under<'_> {
    fn put(self, cell: Cell) {
        self.record.push((self.path.to_owned(), cell));
    }

    fn one(self, text: impl Into<String>) {
        self.put(Cell::One(text.into()));
    }
}

impl<'de> DeserializeSeed<'de> for Under<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Under<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put(Cell::Missing);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.one(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.one(value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.one(value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        let mut text = String::new();
        number(&mut text, value);
        self.one(text);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.one(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut values: Vec<Value> = Vec::new();
        while let Some(value) = items.next_element()? {
            values.push(value);
        }
        let as_number = |value: &Value| match value {
            Value::Null => Some(String::new()),
            // What was NaN.
            Value::String(text) if text.is_empty() => Some(String::new()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let numbers: Option<Vec<String>> = values.iter().map(as_number).collect();
        self.put(match numbers {
            Some(numbers) if numbers.is_empty() => Cell::Missing,
            Some(numbers) => Cell::Numbers(numbers),
            None => Cell::One(Value::Array(values).to_string()),
        });
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            let path = if self.path.is_empty() {
                name
            } else {
                format!("{}.{name}", self.path)
            };
            members.next_value_seed(Under {
                path: &path,
                record: self.record,
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(json: &str) -> io::Result<(String, Vec<String>)> {
        let mut converted = open(json.as_bytes(), Box::new(json.as_bytes()))?;
        let mut text = String::new();
        converted.reader.read_to_string(&mut text)?;
        let said = converted.said.try_iter().filter_map(Said::sentence);
        Ok((text, said.collect()))
    }

    #[test]
    fn objects_become_rows_and_what_is_in_them_columns() {
        let lines = "{\"a\":1,\"b\":{\"c\":\"x,y\",\"d\":null}}\n\n{\"b\":{\"d\":true},\"a\":0.5,\"e\":[1,2]}\n";
        let rows = "\"a\",\"b.c\",\"b.d\",\"e[0]\",\"e[1]\"\n1,\"x,y\",,,\n0.5,,true,1,2\n";
        assert_eq!(csv(lines).unwrap().0, rows);
        let array = format!("[{}]", lines.trim().replace("\n\n", ",\n "));
        assert_eq!(csv(&array).unwrap().0, rows);
    }

    #[test]
    fn arrays_of_different_lengths_stay_text_and_nan_is_missing() {
        let (rows, _) = csv("{\"a\":[1],\"b\":NaN}\n{\"a\":[1,2],\"b\":-Infinity}\n").unwrap();
        assert_eq!(rows, "\"a\",\"b\"\n[1],\n\"[1,2]\",\n");
    }

    #[test]
    fn names_that_come_late_are_said() {
        let text = "{\"a\":1}\n".repeat(1_000) + "{\"a\":1,\"new\":2}\n";
        assert!(csv(&text).unwrap().1[0].contains("new"));
    }

    #[test]
    fn what_is_no_object_names_its_line() {
        for (text, line) in [
            ("{\"a\":1}\n17\n", "line 2"),
            ("{\"a\":\n1}\n{\"a\":\n", "line 3"),
            ("{\"a\":1}\n{\"a\" 1}\n", "line 2"),
        ] {
            let error = csv(text).unwrap_err().to_string();
            assert!(error.starts_with(line), "{error}");
        }
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(csv(&deep).unwrap_err().to_string().contains("recursion"));
    }

    #[test]
    fn json_is_told_from_csv() {
        for text in [" {\"a\"", "[\n{", "{}", "[[1"] {
            assert!(is_json(text.as_bytes()), "{text}");
        }
        for text in ["{a},b", "[1],2", "\"a\"", ""] {
            assert!(!is_json(text.as_bytes()), "{text}");
        }
    }
}
