//! Rows for the clipboard, as CSV with a header, or one cell as it stands. Terminals take only so much of it.

use std::ops::ControlFlow;

use crate::data::encoder::Encoded;
use crate::data::text::{quote, sanitize};
use crate::error::{Error, Result};
use crate::export::formula::is_like_formula;
use crate::export::notes;
use crate::export::pieces::{self, Manner, Piece};
use crate::export::rows::{Source, Take, cell};
use crate::export::sheet::{Cell, Form, Sheet};
use crate::format;
use crate::message::{Copied, Copy, CopyCell, Formulas};
use crate::train::trainer::Trainer;

/// Bytes that are copied at most: 74,668 as base64. Some terminals ignore more than 74,994 of those.
pub const MOST: usize = 56_000;

/// What cannot be known, since terminals do not answer.
const ALLOWED: &str = "if your terminal allows it (OSC 52)";

/// The rows that fit.
struct Fitting {
    text: String,
    rows: usize,
    formulas: usize,
}

/// Makes rows ready: all that are asked for, or as many from the top as terminals take. `option` is what the user would say
/// to make text of formulas.
pub fn copy(trainer: &Trainer, asked: &Copy, option: &str) -> Result<Copied> {
    let take = Take::new(trainer, &asked.rows)?;
    for source in take.sources() {
        let Some(fitting) = fit(&take, source, asked)? else {
            continue;
        };
        return Ok(told(fitting, take.len(), source, asked, option));
    }
    Err(Error::Told("the table's file keeps changing".into()))
}

/// Makes a cell ready, as it stands in the file, without quotes around it.
pub fn copy_cell(data: &Encoded, asked: &CopyCell, option: &str) -> Copied {
    let nothing = |why: String| Copied {
        text: String::new(),
        sentence: format!("copied nothing: {why}"),
    };
    let row = asked.row as usize;
    let Some((source, cell)) = cell(data, row, asked.column) else {
        return nothing("the file has changed, and this column was not kept".into());
    };
    let Cell::Text(bytes) = cell else {
        return nothing("the cell is empty".into());
    };
    if bytes.is_empty() {
        return nothing("the cell is empty".into());
    }
    let is_formula = is_like_formula(&bytes);
    let shown = quote(&bytes);
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    if is_formula && asked.formulas == Formulas::Quote {
        text.insert(0, '\'');
    }
    let bytes = format::bytes(text.len() as u64);
    if text.len() > MOST {
        let most = format::bytes(MOST as u64);
        return nothing(format!(
            "the cell takes {bytes}, and terminals take {most}; e writes its row to a file"
        ));
    }
    let provenance = &data.provenance;
    let column = provenance.header.get(asked.column);
    let column = column.map_or_else(String::new, |name| format!(" of {}", sanitize(name)));
    let row = match &provenance.ids {
        Some(ids) => ids.values[row].clone(),
        None => provenance.number(asked.row as usize).to_string(),
    };
    let row = sanitize(&row);
    let mut sentence =
        format!("copied the cell{column} in row {row}: {shown} ({bytes}) – {ALLOWED}");
    for note in notes(source, usize::from(is_formula), asked.formulas, option) {
        sentence.push_str("; ");
        sentence.push_str(&note);
    }
    Copied { text, sentence }
}

/// None where the file turned out to have changed.
fn fit(take: &Take, source: Source, asked: &Copy) -> Result<Option<Fitting>> {
    let doing = || Error::io("copy");
    let form = Form::Csv;
    let header = Sheet::with_header(form, &take.names(source), asked.formulas).map_err(doing())?;
    let begins = header.formulas();
    let mut text = header.into_bytes().map_err(doing())?;
    let (mut rows, mut formulas) = (0, 0);
    let mut add = |piece: Piece| {
        let room = MOST.saturating_sub(text.len());
        let fits = piece.ends.partition_point(|(end, _)| *end <= room);
        if let Some((end, counted)) = fits.checked_sub(1).map(|last| piece.ends[last]) {
            text.extend_from_slice(&piece.bytes[..end]);
            (rows, formulas) = (rows + fits, formulas + counted);
        }
        Ok(if fits < piece.ends.len() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    };
    let manner = Manner {
        form,
        formulas: asked.formulas,
        threads: 1,
    };
    let mut heard = |_, _| ControlFlow::Continue(());
    if !pieces::each(take, source, manner, &mut heard, &mut add)? {
        return Ok(None);
    }
    Ok(Some(Fitting {
        text: String::from_utf8_lossy(&text).into_owned(),
        rows,
        formulas: begins + formulas,
    }))
}

fn told(fitting: Fitting, wanted: usize, source: Source, asked: &Copy, option: &str) -> Copied {
    let Fitting {
        text,
        rows,
        formulas,
    } = fitting;
    let most = format::bytes(MOST as u64);
    if rows == 0 {
        return Copied {
            text: String::new(),
            sentence: format!(
                "copied nothing: one row takes more than the {most} that terminals take; e writes it to a file"
            ),
        };
    }
    let (count, bytes) = (format::count(rows, "row"), format::bytes(text.len() as u64));
    let mut sentence = if rows < wanted {
        let (rows, of) = (format::group(rows), format::group(wanted));
        format!(
            "copied {rows} of {of} rows, all that terminals take ({bytes}) – {ALLOWED}; e writes a file"
        )
    } else {
        format!("copied {count} ({bytes}) – {ALLOWED}")
    };
    for note in notes(source, formulas, asked.formulas, option) {
        sentence.push_str("; ");
        sentence.push_str(&note);
    }
    Copied { text, sentence }
}
