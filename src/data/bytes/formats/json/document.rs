//! A JSON document that is one object, and holds a table somewhere: `{"data": [{…}, …]}`, `{"columns": […], "data": [[…], …]}`,
//! `{"a": [1, 2], "b": [3, 4]}`. Where the table is shows only when the document has been seen, so it is put into a file without a
//! name, looked through once, and its rows are then read from there; memory never holds it.

use std::io::{self, BufReader, Read};

use crate::data::bytes::formats::json::arrays::{self, Arrays};
use crate::data::bytes::formats::json::columns::Columns;
use crate::data::bytes::formats::json::outline::{self, Node, Outline};
use crate::data::bytes::formats::json::plan::{self, Plan};
use crate::data::bytes::formats::json::region::{Kept, Region};
use crate::data::bytes::formats::json::{Objects, objects};
use crate::data::bytes::formats::made::Made;
use crate::data::bytes::formats::{Converted, Damage, Said, header, saying};
use crate::data::text::{name_list, quote, sanitize};
use crate::format::count;

/// Longest list of names.
const LONGEST: u64 = 64 << 20;

/// Whether the head of a text shows that its first object is not all there is.
pub fn are_lines(head: &[u8]) -> bool {
    match outline::read(head) {
        Ok(Outline::Cut(_)) => false,
        Ok(Outline::One(nodes)) => plan::choose(&nodes) == Plan::One,
        // What is wrong is said when it is read.
        Ok(Outline::Several) | Err(_) => true,
    }
}

/// The table in a document.
pub fn open<'a>(mut text: Box<dyn Read + Send + 'a>) -> io::Result<Converted<'a>> {
    let kept = Kept::of(&mut text)?;
    let all = || kept.region(0, u64::MAX);
    let whole = || BufReader::with_capacity(1 << 18, all());
    let nodes = match outline::read(whole())? {
        Outline::One(nodes) => nodes,
        Outline::Several => return objects("JSON lines", None, Objects::new(all(), 1)),
        Outline::Cut(line) => {
            return Err(Damage::at(
                format!("line {line}"),
                "the document ends in the middle: the file is cut off",
                "get the whole file",
            ));
        }
    };
    let plan = plan::choose(&nodes);
    let region = |at: usize| kept.region(nodes[at].from, nodes[at].to);
    let rows = |at: usize| Objects::new(region(at), nodes[at].lines + 1);
    let notice = sentence(&plan, &nodes);
    match &plan {
        Plan::One => objects("JSON", None, Objects::new(all(), 1)),
        Plan::Objects(at) => objects("JSON, an array of objects", notice, rows(*at)),
        Plan::Named(at) => {
            let rows = Objects {
                names: Some(String::new()),
                ..rows(*at)
            };
            objects("JSON, objects under names", notice, rows)
        }
        Plan::Arrays(at, names) => {
            let rows = Objects {
                opening: b'[',
                ..rows(*at)
            };
            let names = names.map(|at| self::names(region(at))).transpose()?;
            let line = names
                .as_ref()
                .map(|names| header(names.iter().map(String::as_str)));
            let rows = Made::new(Arrays(rows), line.unwrap_or_default());
            Ok(table(
                "JSON, an array of arrays",
                notice,
                rows,
                names.map(|_| true),
            ))
        }
        Plan::Columns(columns) => {
            let first = &nodes[columns[0]];
            // Names such as 0, 1, 2 say nothing that the place of a row does not.
            let named =
                (!first.is_array).then(|| first.names.first().is_some_and(|name| name != "0"));
            let key = named.filter(|named| *named).map(|_| "key");
            let every = columns.iter().map(|at| &*nodes[*at].name);
            let line = header(key.into_iter().chain(every));
            let regions = columns
                .iter()
                .map(|at| (nodes[*at].name.clone(), region(*at)));
            let columns = Columns::new(regions.collect(), first.scalars, named);
            Ok(table(
                "JSON, columns",
                notice,
                Made::new(columns, line),
                Some(true),
            ))
        }
    }
}

fn table<'a>(
    form: &str,
    notice: Option<String>,
    rows: impl Read + Send + 'a,
    header: Option<bool>,
) -> Converted<'a> {
    let (say, said) = saying(form);
    if let Some(notice) = notice {
        // The receiver is here.
        let _ = say.send(Said::Notice(notice));
    }
    Converted {
        reader: Box::new(rows),
        said,
        header,
        named: Vec::new(),
    }
}

/// The values of an array, as names.
fn names(region: Region) -> io::Result<Vec<String>> {
    let mut text = vec![b'['];
    region.take(LONGEST).read_to_end(&mut text)?;
    text.push(b']');
    let names: Vec<serde_json::Value> = serde_json::from_slice(&text).map_err(|error| {
        Damage::whole(
            format!("the names of the columns are no JSON: {error}"),
            "correct the document, or write the table as CSV",
        )
    })?;
    Ok(names.into_iter().map(arrays::cell).collect())
}

/// Says where the rows are, and what else the document holds; nothing where it holds nothing else and has one place for them.
fn sentence(plan: &Plan, nodes: &[Node]) -> Option<String> {
    let shown = |at: usize| quote(nodes[at].path.as_bytes());
    let (used, mut text) = match plan {
        Plan::One => return None,
        Plan::Objects(at) => {
            let rows = count(nodes[*at].objects as usize, "object");
            (
                vec![*at],
                format!("the rows are the {rows} under {}", shown(*at)),
            )
        }
        Plan::Arrays(at, names) => {
            let rows = count(nodes[*at].arrays as usize, "array");
            let called = names.map(|names| format!(", their names {}", shown(names)));
            let text = format!("the rows are the {rows} under {}", shown(*at));
            let used = names.iter().copied().chain([*at]);
            (used.collect(), text + &called.unwrap_or_default())
        }
        Plan::Named(at) => {
            let rows = count(nodes[*at].objects as usize, "object");
            let text = format!("the rows are {rows}, whose names are the column “key”");
            (vec![*at], text)
        }
        Plan::Columns(columns) => {
            let values = count(nodes[columns[0]].scalars as usize, "value");
            let text = format!(
                "the columns are {} of {values}",
                count(columns.len(), "list")
            );
            (columns.clone(), text)
        }
    };
    let is_used = |node: &Node| {
        let within = |at: &usize| {
            let path = &nodes[*at].path;
            *path == node.path || path.starts_with(&format!("{}.", node.path))
        };
        used.iter().any(within)
    };
    let top = nodes.iter().filter(|node| node.parent == Some(0));
    let names: Vec<String> = top
        .filter(|node| !is_used(node) && used[0] != 0)
        .map(|node| sanitize(&node.name))
        .collect();
    let single = nodes[0].scalars as usize;
    let left: Vec<String> = [
        (!names.is_empty()).then(|| name_list(names.iter().map(String::as_str))),
        (single > 0).then(|| count(single, "single value")),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !left.is_empty() {
        text = format!(
            "{text}; left out is what stands beside them: {}",
            left.join(", ")
        );
    }
    Some(text)
}
