//! ARFF, the format of Weka and `OpenML`: a header that names the columns, then rows with commas, or sparse ones in braces.

use std::io::{self, BufRead, BufReader, Read};

use crate::data::bytes::formats::made::{Made, Make};
use crate::data::bytes::formats::{Converted, Damage, header, saying, writer};

/// Longest line.
const LONGEST: u64 = 64 << 20;
/// Bytes of text made at once.
const AHEAD: usize = 1 << 18;

/// Whether a text begins as ARFF does: with comments, and then the name of the relation.
pub fn is_arff(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(b"%"));
    first.and_then(|line| after(line, "@relation")).is_some()
}

/// What follows a word, whatever its case.
fn after<'a>(line: &'a [u8], word: &str) -> Option<&'a [u8]> {
    let (begin, rest) = line.split_at_checked(word.len())?;
    let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
    (ends && begin.eq_ignore_ascii_case(word.as_bytes())).then(|| rest.trim_ascii())
}

/// A column.
struct Attribute {
    name: String,
    /// Whether its values are names from a list.
    named: bool,
    /// What stands for it in a sparse row that does not mention it.
    absent: Vec<u8>,
}

/// The rows as a table.
pub fn open<'a>(text: Box<dyn Read + Send + 'a>) -> io::Result<Converted<'a>> {
    let mut lines = Lines {
        input: BufReader::with_capacity(1 << 18, text),
        line: Vec::new(),
        number: 0,
    };
    let mut attributes = Vec::new();
    loop {
        if !lines.next()? {
            return Err(lines.damage("the file ends before @data", "get the whole file"));
        }
        let line = lines.line.as_slice();
        if let Some(rest) = after(line, "@attribute") {
            let attribute = attribute(rest).ok_or_else(|| {
                lines.damage(
                    "this is no column that misfit knows",
                    "it reads @attribute NAME and numeric, string, date or {a, b}",
                )
            })?;
            attributes.push(attribute);
        } else if after(line, "@data").is_some() {
            break;
        } else if after(line, "@relation").is_none() {
            return Err(lines.damage(
                "neither @attribute nor @data stands here",
                "correct or remove the line",
            ));
        }
    }
    if attributes.is_empty() {
        return Err(lines.damage("no @attribute names a column", "name them above @data"));
    }
    let (_, said) = saying("ARFF");
    let names = attributes.iter().map(|attribute| attribute.name.as_str());
    let header = header(names);
    Ok(Converted {
        said,
        header: Some(true),
        named: attributes.iter().map(|attribute| attribute.named).collect(),
        reader: Box::new(Made::new(Rows { lines, attributes }, header)),
    })
}

/// A column's name and type.
fn attribute(text: &[u8]) -> Option<Attribute> {
    let mut cells = Cells(text);
    let name = String::from_utf8_lossy(&cells.word()?).into_owned();
    let kind = cells.0.trim_ascii();
    if let Some(list) = kind.strip_prefix(b"{") {
        let first = Cells(list.strip_suffix(b"}").unwrap_or(list)).next();
        return Some(Attribute {
            name,
            named: true,
            absent: first.unwrap_or_default(),
        });
    }
    let known = ["numeric", "real", "integer", "string", "date"];
    let kind = known.into_iter().find(|word| after(kind, word).is_some())?;
    let counts = matches!(kind, "numeric" | "real" | "integer");
    Some(Attribute {
        name,
        named: false,
        absent: if counts { b"0".to_vec() } else { Vec::new() },
    })
}

/// Lines that say something.
struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// Takes the next line that is neither blank nor a comment; false at the end.
    fn next(&mut self) -> io::Result<bool> {
        loop {
            self.line.clear();
            let read = Read::take(&mut self.input, LONGEST).read_until(b'\n', &mut self.line)?;
            if read == 0 {
                return Ok(false);
            }
            self.number += 1;
            if read as u64 == LONGEST {
                return Err(self.damage(
                    "the line is longer than 64 MB",
                    "this is no table with rows in lines",
                ));
            }
            let line = self.line.trim_ascii();
            if !line.is_empty() && !line.starts_with(b"%") {
                self.line = line.to_vec();
                return Ok(true);
            }
        }
    }

    fn damage(&self, problem: &str, advice: &str) -> io::Error {
        Damage::at(format!("line {}", self.number), problem, advice)
    }
}

/// The rows as CSV.
struct Rows<R> {
    lines: Lines<R>,
    attributes: Vec<Attribute>,
}

impl<R: Read> Make for Rows<R> {
    fn piece(&mut self) -> io::Result<(Vec<u8>, bool)> {
        let (mut text, mut made, mut ended) = (writer(), 0, false);
        while made < AHEAD {
            if !self.lines.next()? {
                ended = true;
                break;
            }
            made += self.lines.line.len();
            let cells = match self.lines.line.strip_prefix(b"{") {
                Some(sparse) => self.sparse(sparse)?,
                // Behind the cells a weight may stand in braces.
                None => Cells(&self.lines.line)
                    .enumerate()
                    .filter(|(place, cell)| {
                        *place != self.attributes.len() || !cell.starts_with(b"{")
                    })
                    .map(|(_, cell)| cell)
                    .collect(),
            };
            text.write_record(cells).map_err(io::Error::other)?;
        }
        let text = text.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((text, ended))
    }
}

impl<R: Read> Rows<R> {
    /// A row that names only what is not zero: `{0 1.5, 7 red}`.
    fn sparse(&self, text: &[u8]) -> io::Result<Vec<Vec<u8>>> {
        let mut row: Vec<Vec<u8>> = self
            .attributes
            .iter()
            .map(|attribute| attribute.absent.clone())
            .collect();
        let end = text.iter().rposition(|byte| *byte == b'}');
        let mut rest = Cells(text[..end.unwrap_or(text.len())].trim_ascii());
        while !rest.0.is_empty() {
            let cell = rest.word().and_then(|place| {
                let place: usize = std::str::from_utf8(&place).ok()?.parse().ok()?;
                row.get_mut(place).zip(rest.next())
            });
            let Some((place, value)) = cell else {
                let problem = "a cell of this sparse row is not a column's number and a value";
                let advice = "columns are counted from 0, as in {0 1.5, 7 red}";
                return Err(self.lines.damage(problem, advice));
            };
            *place = value;
        }
        Ok(row)
    }
}

/// The cells of a line, between commas or tabs, without their quotes; `?` is none.
struct Cells<'a>(&'a [u8]);

impl Cells<'_> {
    /// What stands before the next blank, comma or end, or in quotes.
    fn word(&mut self) -> Option<Vec<u8>> {
        self.take(|byte| byte == b',' || byte.is_ascii_whitespace())
            .map(|(word, _)| word)
    }

    /// Takes up to a byte that `ends`, and says whether it was quoted.
    fn take(&mut self, ends: impl Fn(u8) -> bool) -> Option<(Vec<u8>, bool)> {
        let text = self.0.trim_ascii_start();
        let (&first, _) = text.split_first()?;
        let quote = matches!(first, b'\'' | b'"').then_some(first);
        let (mut word, mut at) = (Vec::new(), usize::from(quote.is_some()));
        while let Some(&byte) = text.get(at) {
            at += 1;
            match (byte, quote) {
                (b'\\', Some(_)) => {
                    word.extend(text.get(at));
                    at += 1;
                }
                (byte, Some(quote)) if byte == quote => break,
                (byte, None) if ends(byte) => {
                    at -= 1;
                    break;
                }
                (byte, _) => word.push(byte),
            }
        }
        self.0 = text.get(at..).unwrap_or_default();
        Some((word, quote.is_some()))
    }
}

impl Iterator for Cells<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let (cell, quoted) = self.take(|byte| matches!(byte, b',' | b'\t'))?;
        let rest = self.0.trim_ascii_start();
        self.0 = rest.strip_prefix(b",").unwrap_or(rest);
        Some(match cell.trim_ascii() {
            b"?" if !quoted => Vec::new(),
            bare if !quoted => bare.to_vec(),
            _ => cell,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(rows: &str) -> io::Result<String> {
        let head = "% a comment\n@RELATION 'some data'\n@attribute 'the size' REAL\n@attribute kind {'a b', c}\n@attribute n numeric\n@DATA\n";
        let arff = format!("{head}{rows}");
        assert!(is_arff(arff.as_bytes()));
        let mut text = String::new();
        let mut converted = open(Box::new(arff.as_bytes()))?;
        assert_eq!(converted.named, [false, true, false]);
        converted.reader.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn rows_become_csv_sparse_and_missing_too() {
        let rows = "1.5, 'a b', 2\n?,c,?\n% nothing\n{0 7, 1 c}\n{}\n1,'it\\'s, so',3,{2}\n";
        assert_eq!(
            csv(rows).unwrap(),
            "\"the size\",\"kind\",\"n\"\n1.5,a b,2\n,c,\n7,c,0\n0,a b,0\n1,\"it's, so\",3\n"
        );
    }

    #[test]
    fn damage_names_its_line() {
        let error = csv("{9 1}\n").unwrap_err().to_string();
        assert!(error.starts_with("line 7"), "{error}");
        let cut: &[u8] = b"@relation x\n@attribute a numeric\n";
        assert!(open(Box::new(cut)).is_err());
    }
}
