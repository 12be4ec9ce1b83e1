//! The file of `--scores` of a table larger than memory: the scores come with the rows, but ranks and reasons are known only when
//! all rows have gone by. Until then the scores wait in a file without a name beside the one that is asked for.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use csv::{Reader, ReaderBuilder, StringRecord, Writer, WriterBuilder};

use crate::error::{Result, csv_write};
use crate::export::target::failed;
use crate::stream::Scored;
use crate::train::explain::in_words;
use crate::train::trainer::Trainer;

/// Bytes that are read and written at once.
const BUFFER: usize = 1 << 18;

/// The scores so far.
pub struct Draft {
    /// The file that is asked for.
    path: PathBuf,
    writer: Writer<BufWriter<File>>,
}

impl Draft {
    /// Begins one beside the file that is asked for.
    pub fn new(path: &Path) -> Result<Self> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let file = tempfile::tempfile_in(folder.unwrap_or(Path::new(".")));
        let file = file.map_err(|error| failed(path, &error))?;
        let buffer = BufWriter::with_capacity(BUFFER, file);
        Ok(Self {
            path: path.to_owned(),
            writer: WriterBuilder::new().flexible(true).from_writer(buffer),
        })
    }

    /// Adds rows.
    pub fn add(&mut self, scored: &Scored) -> Result<()> {
        let mut line = StringRecord::new();
        for (row, (number, score)) in scored.numbers.iter().zip(&scored.scores).enumerate() {
            line.clear();
            line.push_field(&number.to_string());
            line.push_field(&score.to_string());
            if let Some(outlier) = scored.outliers.get(row) {
                line.push_field(if *outlier { "1" } else { "0" });
            }
            if let Some(id) = scored.ids.get(row) {
                line.push_field(id);
            }
            let written = self.writer.write_record(&line);
            written.map_err(|error| failed(&self.path, &csv_write(error)))?;
        }
        Ok(())
    }

    /// Writes all rows in the order of the file, with rank and reason as far as they are among the first.
    pub fn finish(
        self,
        output: impl Write,
        trainer: &Trainer,
        [id, label]: [Option<&str>; 2],
    ) -> Result<()> {
        let Self { path, writer } = self;
        let wrong = |error: io::Error| failed(&path, &error);
        let failed = |error| wrong(csv_write(error));
        let mut file = writer
            .into_inner()
            .map_err(|error| wrong(error.into_error()))?
            .into_inner()
            .map_err(|error| wrong(error.into_error()))?;
        file.rewind().map_err(wrong)?;
        let mut reader: Reader<_> = ReaderBuilder::new()
            .has_headers(false)
            .from_reader(BufReader::with_capacity(BUFFER, file));
        let Some(whole) = trainer.whole() else {
            return Ok(());
        };
        let (flag, provenance) = (&whole.ranking().flag, &whole.data().provenance);
        let ranks: HashMap<u32, usize> = whole
            .top()
            .iter()
            .enumerate()
            .map(|(rank, row)| (provenance.number(*row as usize), rank))
            .collect();
        // Of an ordinary row a reason says nothing.
        let count = flag.count.max(super::TOP).min(whole.top().len());
        let reasons: Vec<String> = trainer
            .explain_rows(&whole.top()[..count])
            .iter()
            .map(in_words)
            .collect();
        let mut writer = csv::Writer::from_writer(output);
        let header = ["row", "score", "rank", "flagged"].into_iter();
        let header = header.chain(id).chain(label).chain(["reason"]);
        writer.write_record(header).map_err(failed)?;
        let (mut from, mut line) = (StringRecord::new(), StringRecord::new());
        while reader.read_record(&mut from).map_err(failed)? {
            let (number, score) = (&from[0], &from[1]);
            let rank = number
                .parse()
                .ok()
                .and_then(|number: u32| ranks.get(&number));
            let more = score
                .parse::<f32>()
                .is_ok_and(|score| f64::from(score) > flag.threshold);
            line.clear();
            line.push_field(number);
            line.push_field(score);
            line.push_field(&rank.map_or_else(String::new, |rank| (rank + 1).to_string()));
            line.push_field(if more { "1" } else { "0" });
            let named = 2 + usize::from(label.is_some());
            if id.is_some() {
                line.push_field(from.get(named).unwrap_or_default());
            }
            if label.is_some() {
                line.push_field(from.get(2).unwrap_or_default());
            }
            let reason = rank.and_then(|rank| reasons.get(*rank));
            line.push_field(reason.map_or("", String::as_str));
            writer.write_record(&line).map_err(failed)?;
        }
        writer.flush().map_err(wrong)
    }
}
