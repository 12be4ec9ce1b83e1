//! What stands above the rows of a file that took the place of the one that was followed: the same names, or rows at once, as a
//! program writes them that goes on with its log.

use csv::ByteRecord;
use memchr::memchr_iter;

use crate::data::columns::piece::Piece;
use crate::data::columns::roles::unique_names;
use crate::data::records::block::Block;
use crate::data::records::chunk::Chunk;
use crate::data::records::layout::Layout;
use crate::data::records::reader::Reader;
use crate::data::text::name_list;
use crate::error::{DataError, Result};

/// What stood above the rows of the first file.
#[derive(Debug, Clone, Copy)]
pub struct Top<'a> {
    /// The columns' names.
    pub header: &'a [String],
    /// Lines.
    pub lines: u64,
}

impl Top<'_> {
    /// Where the first row of a new file begins, whose first lines these are; none where that takes more of them. An error where
    /// its columns are others.
    pub fn end(&self, lines: &[u8], layout: &Layout, file: &str) -> Result<Option<usize>> {
        let above = self.lines.max(1) as usize;
        let (mut start, mut first, mut looked_at) = (0, None, 0);
        for end in memchr_iter(layout.terminator, lines).map(|at| at + 1) {
            let line = &lines[start..end];
            let comment = layout.comments && line.starts_with(b"#");
            if !comment && !layout.separator.passes_over(line) {
                let cells = cells(line, layout);
                if cells.len() == self.header.len()
                    && unique_names(Some(&cells), cells.len()) == self.header
                {
                    return Ok(Some(end));
                }
                first.get_or_insert((start, end));
            }
            (start, looked_at) = (end, looked_at + 1);
            if looked_at >= above && first.is_some() {
                break;
            }
        }
        let Some((from, to)) = first.filter(|_| looked_at >= above) else {
            return Ok(None);
        };
        if is_row(&lines[from..to], layout) {
            return Ok(Some(from));
        }
        let cells = cells(&lines[from..to], layout);
        let names = unique_names(Some(&cells), cells.len());
        Err(DataError {
            file: file.to_owned(),
            problem: format!(
                "a file with other columns has taken its place: {}",
                name_list(names.iter().map(String::as_str))
            ),
            advice: format!(
                "the one before it had {}; follow the new one by itself",
                name_list(self.header.iter().map(String::as_str))
            ),
            ..DataError::default()
        }
        .into())
    }
}

fn cells(line: &[u8], layout: &Layout) -> ByteRecord {
    let mut record = ByteRecord::new();
    let mut reader = Reader::new(line, &layout.separator, layout.terminator, false);
    // Reading from memory cannot fail.
    let _ = reader.read(&mut record);
    record
}

/// Whether a line has all cells of a row, and a number wherever there should be one.
fn is_row(line: &[u8], layout: &Layout) -> bool {
    let block = Block {
        bytes: line.to_vec(),
        offset: 0,
        quoted: layout.separator.byte().is_some() && line.contains(&b'"'),
        unclosed: None,
    };
    let chunk = Chunk::read(&block, layout);
    let readable = |piece: &Piece| match piece {
        Piece::Numbers(_, gaps) => gaps.words == 0,
        _ => true,
    };
    chunk.seen == 1 && chunk.ragged.count == 0 && chunk.pieces.iter().all(readable)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::columns::guess::ReadAs;
    use crate::data::columns::number::Spelling;
    use crate::data::records::sampler::Sampler;
    use crate::data::records::separator::Separator;

    #[test]
    fn the_same_header_is_passed_over_rows_are_taken_and_other_columns_are_refused() {
        let layout = Layout {
            separator: Separator::Byte(b','),
            terminator: b'\n',
            comments: true,
            top: Arc::default(),
            spelling: Spelling::default(),
            read_as: vec![ReadAs::Words, ReadAs::Numbers],
            missing: Arc::default(),
            no_prose: false,
            sampler: Sampler::new(0),
        };
        let header = ["name".to_owned(), "flow".to_owned()];
        let top = |lines: u64, text: &str| {
            let top = Top {
                header: &header,
                lines,
            };
            top.end(text.as_bytes(), &layout, "log.csv")
        };
        for (lines, text, end) in [
            (1, "name,", None),
            (1, "name,flow\n", Some(10)),
            (1, "# new\n\n\"name\", flow\nx,1\n", Some(20)),
            (1, "x,1\ny,2\n", Some(0)),
            (3, "Report\n", None),
            (3, "Report\n\nname,flow\n", Some(18)),
        ] {
            assert_eq!(top(lines, text).unwrap(), end, "{text}");
        }
        for text in ["name,level\n", "name,flow,more\n", "x\n"] {
            let told = top(1, text).unwrap_err().chain();
            assert!(
                told.contains("other columns") && told.contains("had name, flow;"),
                "{told}"
            );
        }
    }
}
