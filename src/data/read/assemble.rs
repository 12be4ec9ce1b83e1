//! Makes the [`Table`]: judges every column, finds the label and the names of the rows, and says what was left out.

use std::sync::Arc;

use rayon::prelude::*;

use crate::data::columns::codes::Coded;
use crate::data::columns::column::Column;
use crate::data::columns::guess::ReadAs;
use crate::data::columns::ids::Ids;
use crate::data::columns::judge::judged::Judged;
use crate::data::columns::judge::{self, Seen, judge};
use crate::data::columns::kind::Kind;
use crate::data::columns::label::label_from;
use crate::data::columns::missing::MissingWords;
use crate::data::columns::raw::RawColumn;
use crate::data::columns::roles::{ColumnSpec, Role};
use crate::data::columns::words::Words;
use crate::data::options::ReadOptions;
use crate::data::read::errors::FileErrors;
use crate::data::read::pass::Pass;
use crate::data::read::timing;
use crate::data::read::usable::MIN_ROWS;
use crate::data::series::Groups;
use crate::data::table::Table;
use crate::data::text::name_list;
use crate::error::{Error, Result};
use crate::format::count;

/// Columns whose notices are shown; a wide file may have thousands.
const NOTICED: usize = 6;

/// Makes the table.
pub fn table(pass: Pass, options: &ReadOptions, errors: FileErrors<'_>) -> Result<Table> {
    if pass.rows == 0 {
        return Err(no_rows(&pass, errors));
    }
    let drawn_from = pass.drawn_from();
    let Pass {
        specs,
        read_as,
        columns,
        rows,
        numbers,
        ragged,
        notices,
        form,
        original,
        header,
        missing,
        again,
        ..
    } = pass;
    let judged = judged(columns, (&specs, &read_as, rows), options, &missing);
    let mut table = Table {
        name: errors.name(),
        rows,
        drawn_from,
        skipped: ragged.count,
        numbers: numbers.map(Arc::new),
        header,
        form,
        original: original.map(Arc::new),
        notices,
        again: again.map(Arc::new),
        missing: options.missing.clone(),
        ..Table::default()
    };
    let (mut filled, mut noticed) = (0, 0);
    let mut coded = Coded::default();
    let mut found_id: Option<(String, Words)> = None;
    let mut groups = None;
    for (spec, judged) in specs.iter().zip(judged) {
        let Judged {
            mut column,
            words,
            notices,
            filled: gaps,
        } = judged;
        if column.used {
            coded.add(&column.name, &column.codes);
        }
        filled += gaps;
        noticed += usize::from(!notices.is_empty());
        if noticed <= NOTICED {
            table.notices.extend(notices);
        }
        match (spec.role, words) {
            (Role::Label, Some(words)) => {
                match label_from(column.name.clone(), &words, &mut table.notices) {
                    Ok(label) => table.label = Some(label),
                    Err(problem) if options.label.is_some() => {
                        let advice = "a label has two values, such as 0 and 1; choose one with --label, or none with --label none";
                        return Err(errors.whole(&problem, advice));
                    }
                    // `--label` does not insist on it, so the table is not refused; still, the network must not learn from it.
                    Err(problem) => {
                        column.reason = "no label: it does not have two values".into();
                        table.notices.push(format!("{problem} and is left out"));
                    }
                }
            }
            (Role::Id, Some(words)) => table.ids = Some(named(&column.name, &words)),
            (Role::Group, Some(words)) => {
                groups = Some(Groups::new(column.name.clone(), &words));
            }
            (Role::Feature, Some(words)) if found_id.is_none() => {
                found_id = Some((column.name.clone(), words));
            }
            _ => {}
        }
        let above = table.form.unit(table.columns.len());
        column.measure = above.or(column.measure);
        table.columns.push(column);
    }
    if noticed > NOTICED {
        table.notices.push(format!(
            "{} more columns have cells that count as missing; `misfit inspect` lists them",
            noticed - NOTICED
        ));
    }
    if let (None, Some((name, words))) = (&table.ids, found_id) {
        name_rows(&mut table, &name, &words);
    }
    timing::find(&mut table, &specs, groups, options.known.as_deref());
    table.notices.extend(coded.sentences(&options.missing));
    say_left_out(&mut table, filled);
    Ok(table)
}

/// What each column holds; what a model knows of one is not judged.
fn judged(
    columns: Vec<RawColumn>,
    (specs, read_as, rows): (&[ColumnSpec], &[ReadAs], usize),
    options: &ReadOptions,
    missing: &MissingWords,
) -> Vec<Judged> {
    let known = |spec: &ColumnSpec| {
        let known = options.known.as_deref();
        let known = known.filter(|_| spec.role == Role::Feature);
        known.and_then(|known| known.column(&spec.name))
    };
    let see = |(index, raw): (usize, RawColumn)| match known(&specs[index]) {
        Some(_) => Seen::Other(raw),
        None => Seen::of(raw, read_as[index], missing),
    };
    let mut seen: Vec<Seen> = columns.into_par_iter().enumerate().map(see).collect();
    judge::share_codes(&mut seen);
    let judge = |(index, seen): (usize, Seen)| {
        let (spec, read_as) = (&specs[index], read_as[index]);
        match (known(spec), seen) {
            (Some(known), Seen::Other(raw)) => {
                judge::known::judge(known, read_as, raw, &missing.codes)
            }
            (_, seen) => judge(spec, index, read_as, seen, rows),
        }
    };
    seen.into_par_iter().enumerate().map(judge).collect()
}

/// What is wrong with a file without rows.
fn no_rows(pass: &Pass, errors: FileErrors<'_>) -> Error {
    let problem = match pass.ragged.count {
        0 if pass.form.header => "there is a header, but no data rows".to_owned(),
        0 => "there are no data rows".to_owned(),
        _ => pass.ragged.sentence(pass.specs.len()),
    };
    let advice = format!("at least {MIN_ROWS} rows of equal length are needed");
    errors.whole(&problem, &advice)
}

/// Calls the rows by a column that was found to name them.
fn name_rows(table: &mut Table, name: &str, words: &Words) {
    table
        .notices
        .push(format!("column “{name}” names the rows"));
    if let Some(column) = table.columns.iter_mut().find(|column| column.name == name) {
        column.reason.push_str("; names the rows");
    }
    table.ids = Some(named(name, words));
}

fn named(column: &str, words: &Words) -> Arc<Ids> {
    Arc::new(Ids::new(column.into(), words))
}

fn say_left_out(table: &mut Table, filled: usize) {
    if table.rows < MIN_ROWS {
        table.notices.push(format!(
            "only {}: too few to learn from, at least {MIN_ROWS} are needed",
            count(table.rows, "data row")
        ));
    }
    let mut report = |kind: Kind| {
        let left_out = |column: &&Column| {
            !column.used && column.kind == kind && !column.reason.contains("names the rows")
        };
        let names: Vec<&str> = table
            .columns
            .iter()
            .filter(left_out)
            .map(|column| column.name.as_str())
            .collect();
        if !names.is_empty() {
            let plural = if names.len() == 1 { "" } else { "s" };
            let list = name_list(names.iter().copied());
            table.notices.push(format!(
                "{} {kind} column{plural} left out: {list}",
                names.len()
            ));
        }
    };
    for kind in [Kind::Text, Kind::Empty, Kind::Constant, Kind::Id] {
        report(kind);
    }
    if filled > 0 {
        let cells = table.rows * table.used().count();
        let share = 100.0 * filled as f64 / cells as f64;
        table.notices.push(format!(
            "{} ({share:.2} %) filled with their column's median",
            count(filled, "missing cell")
        ));
    }
}
