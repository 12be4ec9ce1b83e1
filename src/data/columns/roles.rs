//! What each column is for, as the user or its name says.

use std::collections::HashSet;

use csv::ByteRecord;

use crate::data::columns::kind::Kind;
use crate::data::columns::known::{Known, lacking};
use crate::data::options::ReadOptions;
use crate::data::text::{name_list, quote, sanitize_bytes};

/// Header names of a label column, for when the user names none.
const LABEL_NAMES: [&str; 9] = [
    "label",
    "class",
    "outlier",
    "anomaly",
    "is_fraud",
    "fraud",
    "is_outlier",
    "is_anomaly",
    "ground_truth",
];

/// Whether a column is called like a label.
pub fn is_label_name(name: &str) -> bool {
    LABEL_NAMES.contains(&name.to_lowercase().as_str())
}

/// What a column of the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The network learns from it, if it can be used.
    Feature,
    /// It says which rows are outliers.
    Label,
    /// It names the rows.
    Id,
    /// It says what a row belongs to.
    Group,
    /// It is left out, for this reason.
    Dropped(&'static str),
}

/// What is known of a column before its cells are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Header, sanitised and made unique.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// The kind that the user asks for.
    pub kind: Option<Kind>,
}

/// An option that names no column: the problem, and what to do.
pub struct Unknown {
    /// The problem.
    pub problem: String,
    /// What can be done.
    pub advice: String,
}

/// Header names as the file has them, but for what is left of a line end behind the last.
pub fn original_names(header: &ByteRecord, columns: usize) -> Vec<String> {
    let name = |index: usize| {
        let raw = header.get(index).unwrap_or_default();
        let last = index + 1 == columns;
        let raw = raw.strip_suffix(b"\r").filter(|_| last).unwrap_or(raw);
        String::from_utf8_lossy(raw).into_owned()
    };
    (0..columns).map(name).collect()
}

/// Header names, sanitised. Empty names become the column's number, repeated ones get a suffix; without a header all columns
/// are numbered.
pub fn unique_names(header: Option<&ByteRecord>, columns: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(columns);
    let mut seen = HashSet::with_capacity(columns);
    for index in 0..columns {
        let raw = header
            .and_then(|header| header.get(index))
            .unwrap_or_default();
        let mut name = sanitize_bytes(raw.trim_ascii());
        if name.is_empty() {
            name = format!("column {}", index + 1);
        }
        let stem = name.clone();
        let mut count = 2;
        while !seen.insert(name.clone()) {
            name = format!("{stem} ({count})");
            count += 1;
        }
        names.push(name);
    }
    names
}

/// What each of the named columns is for where a model says so.
fn assign_known(
    names: &[String],
    options: &ReadOptions,
    known: &Known,
) -> Result<Vec<ColumnSpec>, Unknown> {
    let wanted = known.columns.iter().map(|column| &*column.name);
    if let Some((problem, advice)) = lacking(names, wanted) {
        return Err(Unknown { problem, advice });
    }
    let find = |flag: &str, name: &str| {
        let place = names.iter().position(|own| own == name);
        place.ok_or_else(|| Unknown {
            problem: format!("{flag}: there is no column {}", quote(name.as_bytes())),
            advice: format!(
                "the columns are {}",
                name_list(names.iter().map(String::as_str))
            ),
        })
    };
    let if_there = |name: &Option<String>| {
        let name = name.as_ref()?;
        names.iter().position(|own| own == name)
    };
    let is_free = |place: &usize| known.column(&names[*place]).is_none();
    let any = || (0..names.len()).find(|place| is_free(place) && is_label_name(&names[*place]));
    let label = match options.label.as_deref() {
        Some("none") => None,
        Some(name) => Some(find("--label", name)?),
        None => if_there(&known.label).or_else(any),
    };
    if let Some(place) = label.filter(|place| !is_free(place)) {
        return Err(Unknown {
            problem: format!(
                "--label: the model was trained on column {}",
                quote(names[place].as_bytes())
            ),
            advice: "a label can only judge what was learned without it".into(),
        });
    }
    let id = match &options.id {
        Some(name) => Some(find("--id", name)?),
        None => if_there(&known.id),
    };
    let group = match &options.by {
        Some(name) => Some(find("--by", name)?),
        None => None,
    };
    let spec = |(place, name): (usize, &String)| {
        let column = known.column(name);
        let role = match column {
            _ if Some(place) == group => Role::Group,
            Some(_) => Role::Feature,
            None if Some(place) == label => Role::Label,
            None if Some(place) == id => Role::Id,
            None => Role::Dropped("the model does not know it"),
        };
        ColumnSpec {
            role,
            kind: column.map(|column| column.kind),
            name: name.clone(),
        }
    };
    Ok(names.iter().enumerate().map(spec).collect())
}

/// What each of the named columns is for.
pub fn assign(
    names: Vec<String>,
    options: &ReadOptions,
    notices: &mut Vec<String>,
) -> Result<Vec<ColumnSpec>, Unknown> {
    if let Some(known) = &options.known {
        return assign_known(&names, options, known);
    }
    let find = |flag: &str, name: &str| {
        names.iter().position(|n| n == name).ok_or_else(|| Unknown {
            problem: format!("{flag}: there is no column {}", quote(name.as_bytes())),
            advice: format!(
                "the columns are {}",
                name_list(names.iter().map(String::as_str))
            ),
        })
    };
    let mut roles = vec![Role::Feature; names.len()];
    let mut kinds = vec![None; names.len()];
    if !options.columns.is_empty() {
        roles.fill(Role::Dropped("not among --columns"));
        for name in &options.columns {
            roles[find("--columns", name)?] = Role::Feature;
        }
    }
    for name in &options.drop {
        roles[find("--drop", name)?] = Role::Dropped("left out with --drop");
    }
    for (name, kind) in &options.kinds {
        let index = find("--kind", name)?;
        match kind {
            Kind::Label => roles[index] = Role::Label,
            Kind::Id => roles[index] = Role::Id,
            _ => {
                roles[index] = Role::Feature;
                kinds[index] = Some(*kind);
            }
        }
    }
    if let Some(name) = &options.id {
        roles[find("--id", name)?] = Role::Id;
    }
    if let Some(name) = &options.by {
        roles[find("--by", name)?] = Role::Group;
    }
    match options.label.as_deref() {
        Some("none") => {}
        Some(name) => roles[find("--label", name)?] = Role::Label,
        None if roles.contains(&Role::Label) => {}
        None => {
            let known = |name: &String| is_label_name(name);
            // `--columns` chooses what to learn from; a label need not be among them.
            let free = |index: &usize| {
                let open = matches!(
                    roles[*index],
                    Role::Feature | Role::Dropped("not among --columns")
                );
                known(&names[*index]) && open && kinds[*index].is_none()
            };
            let free: Vec<usize> = (0..names.len()).filter(free).collect();
            let mut free = free.into_iter();
            if let Some(index) = free.next() {
                roles[index] = Role::Label;
            }
            // A second label would give the truth away as a feature.
            for index in free {
                roles[index] = Role::Dropped("looks like another label");
                notices.push(format!(
                    "column “{}” looks like another label and is left out; choose one with --label",
                    names[index]
                ));
            }
        }
    }
    let parts = names.into_iter().zip(roles).zip(kinds);
    Ok(parts
        .map(|((name, role), kind)| ColumnSpec { name, role, kind })
        .collect())
}
