//! A file read by the columns of another: what a network learned from is looked for by name, wherever in the file it stands and
//! however the file is written. Nothing is guessed of what the columns hold, since that is known.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use memchr::memrchr;

use crate::data::bytes::formats::Said;
use crate::data::bytes::stream::Reopen;
use crate::data::columns::epoch;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::kind::Kind;
use crate::data::columns::known::lacking;
use crate::data::columns::piece::Piece;
use crate::data::columns::roles::{self, ColumnSpec, Role};
use crate::data::options::ReadOptions;
use crate::data::read::errors::FileErrors;
use crate::data::read::head::Further;
use crate::data::read::passing::Passing;
use crate::data::read::progress::Advance;
use crate::data::read::{head, made, notices, text_of};
use crate::data::records::block::Block;
use crate::data::records::chunk::Chunk;
use crate::data::records::dialect::{self, Dialect};
use crate::data::records::layout::Layout;
use crate::data::text::{name_list, quote};
use crate::error::Result;

/// A column that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// Its name, as the other file has it.
    pub name: String,
    /// Numbers, dates or words: [`Kind::Number`], [`Kind::Datetime`] or [`Kind::Category`].
    pub kind: Kind,
}

/// A column that need not be there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Perhaps {
    /// It is not wanted.
    #[default]
    Unwanted,
    /// The user named it, so that it is an error if it is missing.
    Named(String),
    /// It is taken if it is there.
    IfThere(String),
    /// Any column that is called like one.
    Any,
}

/// What is looked for.
#[derive(Debug, Clone, Default)]
pub struct Seeking {
    /// Must be there.
    pub columns: Vec<Sought>,
    /// The label.
    pub label: Perhaps,
    /// What names the rows.
    pub id: Perhaps,
}

/// A file whose columns were found.
pub struct Matched<'a> {
    /// Its rows.
    pub rows: Passing<'a>,
    /// Its column names, sanitised.
    pub header: Vec<String>,
    /// Where each column that was looked for stands.
    pub places: Vec<usize>,
    /// What dates of each are divided by, as its first cells show, where they are written as numbers; 1 elsewhere.
    pub per: Vec<f64>,
    /// Whether each was read as dates, and not as numbers.
    pub written_out: Vec<bool>,
    /// The label's place.
    pub label: Option<usize>,
    /// The place of what names the rows.
    pub id: Option<usize>,
    /// Columns that nobody asked for.
    pub extra: Vec<String>,
    /// Lines before the first row.
    pub lines: u64,
    /// Whether the text has the same bytes as the file, so that what is added to the file can be read as it comes.
    pub plain: bool,
    /// Bytes of the stream, where they are known.
    pub total: Option<u64>,
    /// What the user should know.
    pub notices: Vec<String>,
    /// What is said while its rows are read.
    pub said: Option<Receiver<Said>>,
}

/// Opens a file at its first row, which messages call `file`.
pub fn open<'a>(
    input: &'a mut dyn Reopen,
    file: &str,
    (options, seeking): (&ReadOptions, &Seeking),
    advance: &mut Advance<'_>,
) -> Result<Matched<'a>> {
    let errors = FileErrors { file };
    let (text, _) = text_of(input, options, errors, advance)?;
    if text.head.is_empty() {
        return Err(errors.whole(
            "the file is empty",
            "it needs the columns that the model was trained on",
        ));
    }
    let written = made::layout(&text, options.layout);
    let dialect = dialect::find(&text.head, text.whole, written, None);
    let mut notices = notices::of_text(&text);
    notices.extend(dialect.notices.iter().cloned());
    let header = roles::unique_names(dialect.header.as_ref(), dialect.columns);
    let found = find(&header, seeking, errors)?;
    let specs = specs(&header, seeking, &found);
    let layout = head::layout(
        &text.head,
        text.whole,
        &dialect,
        &specs,
        &Further::default(),
        options,
    );
    let read_as: Vec<ReadAs> = found
        .places
        .iter()
        .map(|place| layout.read_as[*place])
        .collect();
    let dates = |index: usize| seeking.columns[index].kind == Kind::Datetime;
    let in_head = (0..read_as.len()).any(|index| dates(index) && read_as[index] == ReadAs::Numbers);
    let head = in_head.then(|| first_rows(&text.head, &dialect, &layout));
    let per = (0..read_as.len()).map(|index| match &head {
        Some(head) if dates(index) && read_as[index] == ReadAs::Numbers => {
            per_second(&head.pieces[found.places[index]])
        }
        _ => 1.0,
    });
    let (body, total) = (dialect.body, text.total);
    let plain = text.plain && text.made.is_none();
    let taken = Arc::clone(&text.taken);
    let rows = Cursor::new(text.head[body..].to_vec()).chain(text.rest);
    let passing = Passing::new(Box::new(rows), layout, body as u64, taken);
    let passing = passing.for_the_first_time(format!("read {file}"), !options.keep_totals);
    Ok(Matched {
        rows: passing,
        per: per.collect(),
        written_out: read_as
            .iter()
            .map(|read_as| matches!(read_as, ReadAs::Times(_)))
            .collect(),
        places: found.places,
        label: found.label,
        id: found.id,
        extra: found.extra,
        header,
        lines: dialect.lines,
        plain,
        total,
        notices,
        said: text.said,
    })
}

/// Where the columns are.
struct Found {
    places: Vec<usize>,
    label: Option<usize>,
    id: Option<usize>,
    extra: Vec<String>,
}

fn find(header: &[String], seeking: &Seeking, errors: FileErrors<'_>) -> Result<Found> {
    let known: HashMap<&str, usize> = header
        .iter()
        .enumerate()
        .map(|(place, name)| (&**name, place))
        .collect();
    let place = |name: &str| known.get(name).copied();
    let has = format!("it has {}", name_list(header.iter().map(String::as_str)));
    let wanted = seeking.columns.iter().map(|sought| &*sought.name);
    if let Some((problem, has)) = lacking(header, wanted) {
        return Err(errors.whole(&problem, &has));
    }
    let places: Vec<usize> = seeking
        .columns
        .iter()
        .filter_map(|sought| place(&sought.name))
        .collect();
    let taken: HashSet<usize> = places.iter().copied().collect();
    let perhaps = |flag: &str, wanted: &Perhaps| match wanted {
        Perhaps::Unwanted => Ok(None),
        Perhaps::IfThere(name) => Ok(place(name)),
        Perhaps::Named(name) => place(name).map(Some).ok_or_else(|| {
            let problem = format!("{flag}: there is no column {}", quote(name.as_bytes()));
            errors.whole(&problem, &has)
        }),
        Perhaps::Any => Ok((0..header.len())
            .find(|place| !taken.contains(place) && roles::is_label_name(&header[*place]))),
    };
    let (label, id) = (
        perhaps("--label", &seeking.label)?,
        perhaps("--id", &seeking.id)?,
    );
    let learned = label.filter(|label| taken.contains(label));
    if let Some(label) = learned {
        let problem = format!(
            "--label: the model was trained on column {}",
            quote(header[label].as_bytes())
        );
        return Err(errors.whole(
            &problem,
            "a label can only judge what was learned without it",
        ));
    }
    let used = |place: &usize| taken.contains(place) || Some(*place) == label || Some(*place) == id;
    let extra = (0..header.len()).filter(|place| !used(place));
    Ok(Found {
        extra: extra.map(|place| header[place].clone()).collect(),
        places,
        label,
        id,
    })
}

fn specs(header: &[String], seeking: &Seeking, found: &Found) -> Vec<ColumnSpec> {
    let mut specs: Vec<ColumnSpec> = header
        .iter()
        .map(|name| ColumnSpec {
            name: name.clone(),
            role: Role::Dropped("the model does not know it"),
            kind: None,
        })
        .collect();
    if let Some(id) = found.id {
        specs[id].role = Role::Id;
    }
    if let Some(label) = found.label {
        specs[label].role = Role::Label;
    }
    // What was learned wins: a name is read as words from numbers too.
    for (sought, place) in seeking.columns.iter().zip(&found.places) {
        specs[*place].role = Role::Feature;
        specs[*place].kind = Some(sought.kind);
    }
    specs
}

/// The whole rows of the head.
fn first_rows(head: &[u8], dialect: &Dialect, layout: &Layout) -> Chunk {
    let rows = &head[dialect.body..];
    let end = memrchr(layout.terminator, rows).map_or(rows.len(), |end| end + 1);
    let block = Block {
        bytes: rows[..end].to_vec(),
        offset: dialect.body as u64,
        quoted: layout.separator.byte().is_some() && rows.contains(&b'"'),
        unclosed: None,
    };
    Chunk::read(&block, layout)
}

/// How many of its unit make a second in a column of times since 1970.
fn per_second(piece: &Piece) -> f64 {
    let Piece::Numbers(values, _) = piece else {
        return 1.0;
    };
    let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
    values.for_each(|value| (min, max) = (min.min(value), max.max(value)));
    epoch::unit(min, max).map_or(1.0, |(per, _)| per)
}
