//! The file of `--scores`.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::data::table::Table;
use crate::error::csv_write;
use crate::message::Explanation;
use crate::score::flag::Flag;
use crate::score::order::order;
use crate::train::explain::in_words;

/// One line per data row in file order: row, score, rank, whether it is flagged, then the id and label columns if there are any,
/// and why, where there are reasons.
pub(super) fn write_scores(
    output: impl Write,
    scores: &[f32],
    flag: &Flag,
    table: &Table,
    reasons: &[Explanation],
) -> io::Result<()> {
    let reasons: HashMap<u32, String> = reasons
        .iter()
        .map(|explanation| (explanation.row, in_words(explanation)))
        .collect();
    let mut ranks = vec![0; scores.len()];
    for (rank, row) in order(scores).into_iter().enumerate() {
        ranks[row as usize] = rank + 1;
    }
    let mut writer = csv::Writer::from_writer(output);
    let names = [
        table.ids.as_ref().map(|ids| &ids.name),
        table.label.as_ref().map(|label| &label.name),
    ];
    let names = names.into_iter().flatten().map(String::as_str);
    let header = ["row", "score", "rank", "flagged"].into_iter().chain(names);
    let header = header.chain(["reason"]);
    writer.write_record(header).map_err(csv_write)?;
    for (row, (score, rank)) in scores.iter().zip(ranks).enumerate() {
        let mut record = vec![
            table.number(row).to_string(),
            score.to_string(),
            rank.to_string(),
            u8::from(rank <= flag.count).to_string(),
        ];
        record.extend(table.ids.as_ref().map(|ids| ids.values[row].clone()));
        record.extend(
            table
                .label
                .as_ref()
                .map(|label| u8::from(label.outlier[row]).to_string()),
        );
        record.push(reasons.get(&(row as u32)).cloned().unwrap_or_default());
        writer.write_record(record).map_err(csv_write)?;
    }
    writer.flush()
}
