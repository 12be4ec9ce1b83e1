//! Where in a JSON document its rows are.

use std::collections::BTreeMap;

use crate::data::bytes::formats::json::outline::Node;

/// What the rows of a document are made of; each names the nodes that hold them.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// The document is one row.
    One,
    /// The objects in an array.
    Objects(usize),
    /// The arrays in an array, and the array of their names.
    Arrays(usize, Option<usize>),
    /// The objects under the names of an object: `{"a": {…}, "b": {…}}`.
    Named(usize),
    /// Columns side by side: arrays of values, or objects that name the rows.
    Columns(Vec<usize>),
}

/// What describes a table is not the table.
const ABOUT: [&str; 9] = [
    "schema", "fields", "columns", "meta", "metadata", "headers", "errors", "links", "paging",
];
/// What the names of columns may be called.
const NAMES: [&str; 7] = [
    "columns", "names", "header", "headers", "fields", "keys", "cols",
];

/// The plan that gives most rows.
pub fn choose(nodes: &[Node]) -> Plan {
    let mut plans: Vec<(bool, u64, bool, Plan)> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        let described = node
            .path
            .split('.')
            .any(|name| ABOUT.contains(&&*name.to_lowercase()));
        // Beside as many rows, a list of values is their index.
        let mut add = |rows: u64, plan: Plan| {
            let are_rows = !matches!(plan, Plan::Columns(_));
            plans.push((!described, rows, are_rows, plan));
        };
        if node.is_array {
            if node.objects > 0 && node.objects == node.children() {
                add(node.objects, Plan::Objects(at));
            } else if node.arrays > 1 && node.arrays == node.children() {
                add(node.arrays, Plan::Arrays(at, names(nodes, at)));
            }
        } else {
            if let Some((rows, columns)) = columns(nodes, at) {
                add(rows, Plan::Columns(columns));
            }
            if let Some((rows, plan)) = named(nodes, at) {
                add(rows, plan);
            }
        }
    }
    let mut best = (false, 0, false, Plan::One);
    for plan in plans {
        if (plan.0, plan.1, plan.2) > (best.0, best.1, best.2) {
            best = plan;
        }
    }
    best.3
}

/// The array of names beside an array of arrays.
fn names(nodes: &[Node], at: usize) -> Option<usize> {
    let node = &nodes[at];
    let fits = |other: &&usize| {
        let other = &nodes[**other];
        other.is_array
            && other.parent == node.parent
            && other.scalars == other.children()
            && Some(other.scalars) == node.first
    };
    let all: Vec<usize> = (0..nodes.len()).collect();
    let fitting: Vec<usize> = all.iter().filter(fits).copied().collect();
    let called = |at: &&usize| NAMES.contains(&&*nodes[**at].name.to_lowercase());
    fitting.iter().find(called).copied()
}

/// The children of a node, as far as they are remembered.
fn children(nodes: &[Node], at: usize) -> impl Iterator<Item = (usize, &Node)> {
    let all = nodes.iter().enumerate();
    all.filter(move |(_, node)| node.parent == Some(at))
}

/// The arrays of an object that are columns: those as long as most are.
fn columns(nodes: &[Node], at: usize) -> Option<(u64, Vec<usize>)> {
    let arrays = || {
        children(nodes, at).filter(|(_, node)| {
            node.is_array && node.scalars > 1 && node.scalars == node.children()
        })
    };
    let rows = usual(arrays().map(|(_, node)| node.scalars))?;
    let columns = arrays().filter(|(_, node)| node.scalars == rows);
    Some((rows, columns.map(|(at, _)| at).collect()))
}

/// The most frequent length, the greater of two.
fn usual(lengths: impl Iterator<Item = u64>) -> Option<u64> {
    let mut counts = BTreeMap::<u64, usize>::new();
    for length in lengths {
        *counts.entry(length).or_default() += 1;
    }
    let most = counts
        .into_iter()
        .max_by_key(|(length, count)| (*count, *length));
    most.map(|(length, _)| length)
}

/// An object of objects: each is a row, or a column whose rows have the names of numbers.
fn named(nodes: &[Node], at: usize) -> Option<(u64, Plan)> {
    let node = &nodes[at];
    if node.objects < 2 || node.objects != node.children() {
        return None;
    }
    let inside: Vec<(usize, &Node)> = children(nodes, at).collect();
    let flat = |(_, node): &(usize, &Node)| node.scalars > 0 && node.scalars == node.children();
    let is_number = |name: &String| name.parse::<f64>().is_ok();
    let rows = inside.first()?.1.scalars;
    let alike = inside
        .iter()
        .all(|inner| flat(inner) && inner.1.scalars == rows);
    let complete = inside.len() as u64 == node.objects;
    let numbered = |node: &Node| node.names.iter().all(is_number);
    let columns = if node.names.iter().all(is_number) {
        false
    } else {
        inside.iter().all(|(_, inner)| numbered(inner)) || rows > 4 * node.objects
    };
    if columns && alike && complete && rows > 1 {
        return Some((
            rows,
            Plan::Columns(inside.into_iter().map(|(at, _)| at).collect()),
        ));
    }
    // `{"meta": {…}, "links": {…}}` are no rows: those have the same names.
    let names = &inside.first()?.1.names;
    let same = inside
        .iter()
        .filter(|(_, inner)| inner.names == *names)
        .count();
    (same * 2 > inside.len()).then_some((node.objects, Plan::Named(at)))
}
