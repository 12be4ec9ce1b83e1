//! The original text of each row, so that a row's page can show what the file says and not only what was made of it.
//!
//! A plain file is read again where the row stands, unless it has changed since. Input that was compressed, decoded, converted
//! or piped in cannot be read so; its text is kept, in memory if it is short enough, else in a file without a name.

use std::fs::File;
use std::io::{Cursor, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use csv::ByteRecord;
use tempfile::{SpooledData, SpooledTempFile};

use crate::data::columns::number::Spelling;
use crate::data::records::reader::Reader;
use crate::data::records::separator::Separator;
use crate::data::records::shared::{Shared, Text};

/// Longest text kept in memory.
pub const IN_MEMORY: usize = 64 << 20;
/// Longest text kept at all: a small disk is not to be filled.
pub const KEPT: u64 = 4 << 30;
/// Bytes that are read at once where a row is looked up, at least and at most.
const PIECE: (usize, usize) = (512, 64 << 10);

/// Where the text of the table is found. Not a path alone: piped text has none.
#[derive(Debug)]
pub enum Place {
    /// In a file, beginning `skip` bytes into it.
    File {
        /// The file.
        path: PathBuf,
        /// Bytes before the stream begins.
        skip: u64,
        /// Its length when it was read.
        length: u64,
        /// Its time of last change when it was read.
        changed: Option<SystemTime>,
    },
    /// In memory.
    Memory {
        /// The text.
        text: Vec<u8>,
        /// Bytes of the stream before it.
        from: u64,
    },
    /// In a file without a name, which nobody else can change.
    Unnamed {
        /// The file.
        file: Mutex<File>,
        /// Bytes of the stream before it.
        from: u64,
    },
}

impl Place {
    /// Of text that was kept, and begins `from` bytes into the stream.
    pub fn kept(text: SpooledTempFile, from: u64) -> Self {
        match text.into_inner() {
            SpooledData::InMemory(text) => Self::Memory {
                text: text.into_inner(),
                from,
            },
            SpooledData::OnDisk(file) => Self::Unnamed {
                file: Mutex::new(file),
                from,
            },
        }
    }
}

/// Finds the original text of any row.
#[derive(Debug)]
pub struct Original {
    place: Arc<Place>,
    separator: Separator,
    terminator: u8,
    spelling: Spelling,
    columns: usize,
    /// For each block: the number of its first row, where the block begins in the stream, and where its rows begin in it.
    blocks: Vec<(usize, u64, Vec<u32>)>,
}

impl Original {
    /// For a stream with this layout. Each block says where it begins in the stream, and where its rows begin in it.
    pub fn new(
        place: Place,
        (separator, terminator): (Separator, u8),
        spelling: Spelling,
        columns: usize,
        blocks: impl Iterator<Item = (u64, Vec<u32>)>,
    ) -> Self {
        let mut first = 0;
        let place_block = |(offset, starts): (u64, Vec<u32>)| {
            let block = (first, offset, starts);
            first += block.2.len();
            block
        };
        Self {
            place: Arc::new(place),
            separator,
            terminator,
            spelling,
            columns,
            blocks: blocks.map(place_block).collect(),
        }
    }

    /// The first so many rows with others behind them, which begin at such places of the stream. Of these each is a block, and no
    /// block is cut in two.
    #[must_use]
    pub fn with_rows(&self, rows: usize, starts: &[u64]) -> Self {
        let own = self.blocks.iter().filter(|(first, ..)| *first < rows);
        let each = starts.iter().enumerate();
        let more = each.map(|(place, start)| (rows + place, *start, vec![0]));
        Self {
            place: Arc::clone(&self.place),
            separator: self.separator.clone(),
            blocks: own.cloned().chain(more).collect(),
            ..*self
        }
    }

    /// Where in the stream a row begins.
    pub fn start(&self, row: usize) -> Option<u64> {
        let block = self
            .blocks
            .partition_point(|(first, ..)| *first <= row)
            .checked_sub(1)?;
        let (first, offset, starts) = &self.blocks[block];
        Some(offset + u64::from(*starts.get(row - first)?))
    }

    /// The cells of a row as the file has them; none if they cannot be found any more.
    pub fn cells(&self, row: usize) -> Option<Vec<Vec<u8>>> {
        let mut opened = self.open()?;
        let cells = opened.cells(row)?;
        Some(cells.map(<[u8]>::to_vec).collect())
    }

    /// The text opened, for the cells of many rows; none if it has changed or cannot be found any more.
    pub fn open(&self) -> Option<Opened<'_>> {
        let opened = Opened::new(self)?;
        opened.is_unchanged().then_some(opened)
    }

    /// The text, and the file that it is in, for asking whether that has changed.
    fn text(&self) -> Option<(Option<File>, Box<dyn Text + '_>)> {
        Some(match &*self.place {
            Place::Memory { text, .. } => (None, Box::new(Cursor::new(&**text))),
            Place::Unnamed { file, .. } => (None, Box::new(Shared { file, at: 0 })),
            Place::File { path, .. } => {
                let file = File::open(path).ok()?;
                (Some(file.try_clone().ok()?), Box::new(file))
            }
        })
    }

    /// Bytes that hold most rows, and not many more.
    fn usual_length(&self) -> usize {
        let (least, most) = PIECE;
        let of_block = |(_, _, starts): &(usize, u64, Vec<u32>)| {
            let length = starts.last()? - starts.first()?;
            Some(2 * length as usize / starts.len())
        };
        let length = self.blocks.first().and_then(of_block);
        length.unwrap_or(least).clamp(least, most)
    }

    /// Where in the text a row begins.
    fn place_of(&self, row: usize) -> Option<u64> {
        self.in_text(self.start(row)?)
    }

    /// Where in the text a place of the stream is.
    fn in_text(&self, at: u64) -> Option<u64> {
        match &*self.place {
            Place::Memory { from, .. } | Place::Unnamed { from, .. } => at.checked_sub(*from),
            Place::File { skip, .. } => Some(skip + at),
        }
    }

    /// How numbers are written.
    pub fn spelling(&self) -> Spelling {
        self.spelling
    }

    /// Blocks that the rows stand in.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Passes through the rows of a block in order; none if they cannot be found any more.
    pub fn scan(&self, block: usize, each: &mut impl FnMut(usize, &ByteRecord)) -> Option<()> {
        let (first, offset, starts) = &self.blocks[block];
        let Some(begin) = starts.first() else {
            return Some(());
        };
        let mut text = match &*self.place {
            Place::File {
                path,
                length,
                changed,
                ..
            } => Box::new(unchanged(path, *length, *changed)?),
            _ => self.text()?.1,
        };
        let at = self.in_text(offset + u64::from(*begin))?;
        text.seek(SeekFrom::Start(at)).ok()?;
        // Records between two rows were skipped when the file was read, and are skipped here.
        let mut reader = Reader::new(text, &self.separator, self.terminator, false);
        let starts = starts.iter().map(|start| u64::from(start - begin));
        reader.each_at(starts, self.columns, |index, record| {
            each(first + index, record);
        })
    }
}

/// The original text, opened once for many rows.
pub struct Opened<'a> {
    original: &'a Original,
    /// Where the text is in a file: the file, for asking whether it has changed.
    file: Option<File>,
    reader: Reader<Box<dyn Text + 'a>>,
    record: ByteRecord,
}

impl<'a> Opened<'a> {
    fn new(original: &'a Original) -> Option<Self> {
        let (file, text) = original.text()?;
        let (separator, ahead) = (&original.separator, original.usual_length());
        Some(Self {
            original,
            file,
            reader: Reader::here_and_there(text, ahead, separator, original.terminator),
            record: ByteRecord::new(),
        })
    }

    /// Whether the file still is what was read.
    pub fn is_unchanged(&self) -> bool {
        match (&*self.original.place, &self.file) {
            (
                Place::File {
                    length, changed, ..
                },
                Some(file),
            ) => file
                .metadata()
                .is_ok_and(|now| now.len() == *length && now.modified().ok() == *changed),
            _ => true,
        }
    }

    /// The cells of a row as the file has them; none if they cannot be found any more.
    pub fn cells(&mut self, row: usize) -> Option<impl Iterator<Item = &[u8]>> {
        self.reader.seek(self.original.place_of(row)?).ok()?;
        let found = self.reader.read(&mut self.record).ok()?;
        let columns = self.original.columns;
        if !found || self.record.len() != columns {
            return None;
        }
        // Of a line end of two characters the first is left over.
        let leaves_one = self.original.terminator == b'\n';
        let cells = self.record.iter().enumerate().map(move |(index, cell)| {
            cell.strip_suffix(b"\r")
                .filter(|_| leaves_one && index + 1 == columns)
                .unwrap_or(cell)
        });
        Some(cells)
    }
}

/// The file, if it is still what was read.
fn unchanged(path: &Path, length: u64, changed: Option<SystemTime>) -> Option<File> {
    let file = File::open(path).ok()?;
    let now = file.metadata().ok()?;
    (now.len() == length && now.modified().ok() == changed).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> &'static [u8] {
        b"1,\"a\nb\"\n22,c\n3,d\n"
    }

    fn blocks() -> impl Iterator<Item = (u64, Vec<u32>)> {
        [(0, vec![0, 8]), (13, vec![0])].into_iter()
    }

    #[test]
    fn rows_are_found_in_memory() {
        let place = Place::Memory {
            text: text().to_vec(),
            from: 0,
        };
        let original = Original::new(
            place,
            (Separator::Byte(b','), b'\n'),
            Spelling::default(),
            2,
            blocks(),
        );
        let row = |row| original.cells(row).unwrap();
        assert_eq!(row(0), [b"1".to_vec(), b"a\nb".to_vec()]);
        assert_eq!(
            (row(1)[0].clone(), row(2)[0].clone()),
            (b"22".to_vec(), b"3".to_vec())
        );
        assert_eq!(original.cells(3), None);
    }

    #[test]
    fn a_pass_sees_every_row_and_skips_what_was_skipped() {
        let text = b"1,x\nno row\n\n2,y\n".to_vec();
        let place = Place::Memory { text, from: 0 };
        let blocks = [(0, vec![0, 12])].into_iter();
        let original = Original::new(
            place,
            (Separator::Byte(b','), b'\n'),
            Spelling::default(),
            2,
            blocks,
        );
        let mut seen = Vec::new();
        original
            .scan(0, &mut |row, record| seen.push((row, record[1].to_vec())))
            .unwrap();
        assert_eq!(seen, [(0, b"x".to_vec()), (1, b"y".to_vec())]);
    }

    #[test]
    fn a_file_that_has_changed_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, [b"x,y\n", text()].concat()).unwrap();
        let metadata = std::fs::metadata(&path).unwrap();
        let place = Place::File {
            path: path.clone(),
            skip: 4,
            length: metadata.len(),
            changed: metadata.modified().ok(),
        };
        let original = Original::new(
            place,
            (Separator::Byte(b','), b'\n'),
            Spelling::default(),
            2,
            blocks(),
        );
        assert_eq!(original.cells(1).unwrap()[1], b"c");
        std::fs::write(&path, b"short").unwrap();
        assert_eq!(original.cells(1), None);
    }
}
