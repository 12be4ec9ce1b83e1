//! Text files as instruments, databases and colleagues write them: separated by blanks, with lines above and totals below, with
//! units, codes for missing values and times as numbers. Each table here holds the same four columns, of which row 17 is odd.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use assert_cmd::Command;
use misfit::data::columns::column::Column;
use misfit::data::columns::datetime::Order;
use misfit::data::columns::kind::Kind;
use misfit::data::options::{Delimiter, LayoutOptions, Missing};
use misfit::data::read::{News, ReadOptions, check, read};
use misfit::data::several;
use misfit::data::table::Table;
use serde_json::Value;

/// Rows of the table.
const ROWS: usize = 60;

/// The cells of a row: four numbers that depend on each other, but in row 17.
fn row(row: usize) -> [f64; 4] {
    if row == 16 {
        return [4.0, 32.0, 12.0, 64.0];
    }
    let x = 10.0 + 2.0 * (row as f64 * 0.37 + 0.2).sin();
    let near = |times: f64, seed: f64| {
        let noise = 0.05 * (row as f64 * seed + times).cos();
        ((times * x + noise) * 1e3).round() / 1e3
    };
    [
        near(1.0, 1.3),
        near(2.0, 2.1),
        near(3.0, 3.7),
        near(4.0, 0.9),
    ]
}

/// All rows, each written by `write`.
fn rows(write: impl Fn(usize, [f64; 4]) -> String) -> String {
    (0..ROWS).fold(String::new(), |mut text, index| {
        let _ = writeln!(text, "{}", write(index, row(index)));
        text
    })
}

/// All rows, their cells joined.
fn joined(by: &str) -> String {
    rows(|_, cells| cells.map(|cell| cell.to_string()).join(by))
}

fn read_with(text: &str, options: &ReadOptions) -> Table {
    read(&mut text.as_bytes(), "t.csv", options, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap()
}

fn read_text(text: &str) -> Table {
    read_with(text, &ReadOptions::default())
}

fn with_layout(text: &str, layout: LayoutOptions) -> Table {
    let options = ReadOptions {
        layout,
        ..ReadOptions::default()
    };
    read_with(text, &options)
}

fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    let found = table.columns.iter().find(|column| column.name == name);
    found.unwrap_or_else(|| panic!("no {name} among {:?}", names(table)))
}

fn names(table: &Table) -> Vec<&str> {
    table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .collect()
}

#[track_caller]
fn assert_says(table: &Table, part: &str) {
    let said = table.notices.iter().any(|notice| notice.contains(part));
    assert!(said, "no notice says {part:?}: {:#?}", table.notices);
}

/// Row 17 as the file has it.
fn odd_row(table: &Table) -> Vec<String> {
    assert_eq!(table.number(16), 17);
    let cells = table.original.as_ref().unwrap().cells(16).unwrap();
    cells
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .collect()
}

#[track_caller]
fn assert_four_numbers(table: &Table, what: &str) {
    assert_eq!(table.rows, ROWS, "{what}: {:#?}", table.notices);
    assert_eq!(table.features(), 4, "{what}: {:#?}", names(table));
    let range = table.columns.last().unwrap().range.unwrap();
    assert_eq!(range.1, 64.0, "{what}");
}

#[test]
fn blanks_separate_cells_one_or_several_mixed_with_tabs_and_at_either_end() {
    let padded = rows(|_, cells| cells.map(|cell| format!("{cell:10.3}")).concat());
    let mixed = rows(|index, [a, b, c, d]| {
        if index % 2 == 0 {
            format!("{a} \t{b}   {c}\t{d} ")
        } else {
            format!("  {a} {b}\t{c} {d}\r")
        }
    });
    for body in [joined(" "), padded, mixed] {
        for header in ["", "temp  ph pressure\tflow\n", "# temp ph pressure flow\n"] {
            let table = read_text(&format!("{header}{body}"));
            assert_four_numbers(&table, header);
            assert_eq!(table.form.delimiter, "blanks");
            assert_eq!(table.form.header, !header.is_empty());
            assert_says(&table, "separated by blanks");
            assert_eq!(odd_row(&table).join(" ").replace(".000", ""), "4 32 12 64");
            if !header.is_empty() {
                assert_eq!(names(&table), ["temp", "ph", "pressure", "flow"]);
            }
        }
    }
}

#[test]
fn a_cell_in_quotes_may_hold_blanks() {
    let cars = ["ford torino", "amc rebel sst", "buick"];
    let text = rows(|index, [a, b, ..]| format!("{a}   {b}\t\"{}\"", cars[index % 3]));
    let table = read_text(&text);
    assert_eq!((table.rows, table.columns.len()), (ROWS, 3));
    assert_eq!(column(&table, "column 3").kind, Kind::Category);
    assert_eq!(odd_row(&table), ["4", "32", "amc rebel sst"]);
}

#[test]
fn columns_of_fixed_width_may_hold_blanks_and_be_empty() {
    let towns = ["New York", "Rio", "Köln", "São Paulo"];
    let body = rows(|index, [a, b, c, _]| {
        let first = if index % 7 == 3 {
            String::new()
        } else {
            format!("{a:.1}")
        };
        format!("{:<12}{first:>8}{b:>9.2}{c:>9.2}", towns[index % 4])
    });
    let header = "town            temp    press     flow\n";
    for text in [
        body.clone(),
        format!("{header}{body}"),
        format!("Stations, by hand\nObserver: J. Smith and others\n\n{header}{body}"),
    ] {
        let table = read_text(&text);
        assert_eq!(
            (table.rows, table.columns.len()),
            (ROWS, 4),
            "{:#?}",
            table.notices
        );
        assert_eq!(table.form.delimiter, "fixed widths");
        let empty = (0..ROWS).filter(|index| index % 7 == 3).count();
        assert_eq!(table.columns[1].missing, empty);
        assert_eq!(odd_row(&table), ["New York", "4.0", "32.00", "12.00"]);
        if text.len() > body.len() {
            assert_eq!(names(&table), ["town", "temp", "press", "flow"]);
        }
    }
    let forced = LayoutOptions {
        delimiter: Some(Delimiter::Fixed),
        ..LayoutOptions::default()
    };
    let aligned = rows(|_, cells| cells.map(|cell| format!("{cell:10.3}")).concat());
    assert_four_numbers(&with_layout(&aligned, forced), "forced");
}

#[test]
fn lines_above_the_table_are_skipped_and_said() {
    let body = joined(";");
    let header = "temp;ph;pressure;flow\n";
    for above in [
        "Extract of 2025-01-06\n",
        "Instrument;ACME 3000\nOperator;x\nDate;2024-03-01\n\n",
        "Instrument;ACME 3000\nOperator;x\nDate;2024-03-01\n",
        "a;b;c;d\nby;hand;for;all\n\n",
    ] {
        let table = read_text(&format!("{above}{header}{body}"));
        assert_four_numbers(&table, above);
        assert_eq!(names(&table), ["temp", "ph", "pressure", "flow"]);
        let lines = above.lines().count();
        assert_eq!(table.form.above, lines as u64);
        assert_says(&table, &format!("skipped {lines} line"));
        assert_says(&table, "--skip 0");
        assert_eq!(odd_row(&table), ["4", "32", "12", "64"]);
    }
    let skip = LayoutOptions {
        skip: Some(1),
        ..LayoutOptions::default()
    };
    let table = with_layout(&format!("left;right;up;down\n{header}{body}"), skip);
    assert_four_numbers(&table, "skip 1");
    assert_eq!(names(&table)[0], "temp");
}

#[test]
fn a_row_of_units_is_no_data_and_stands_beside_the_names() {
    for (second, unit) in [("s,degC,bar,l/min", "degC"), ("[1],[K],[-],[%]", "K")] {
        let text = format!("time,temp,pressure,flow\n{second}\n{}", joined(","));
        let table = read_text(&text);
        assert_four_numbers(&table, second);
        assert_eq!(column(&table, "temp").measure.as_deref(), Some(unit));
        assert_eq!(column(&table, "temp").titled(), format!("temp [{unit}]"));
        assert_says(&table, "line 2 holds units");
        assert_says(&table, "--units no");
        assert_eq!(odd_row(&table), ["4", "32", "12", "64"]);
        let no = LayoutOptions {
            units: Some(false),
            ..LayoutOptions::default()
        };
        assert_eq!(with_layout(&text, no).rows, ROWS + 1);
    }
    // Words in the first rows of a column of numbers are none.
    let text = format!(
        "name,score\nbob,absent\n{}",
        rows(|i, [a, ..]| format!("n{},{a}", i % 3))
    );
    assert_eq!(read_text(&text).rows, ROWS + 1);
}

#[test]
fn totals_at_the_end_are_left_out_and_said() {
    let body = joined(",");
    let sums = (0..ROWS).map(row).fold([0.0; 4], |mut sums, cells| {
        for (sum, cell) in sums.iter_mut().zip(cells) {
            *sum += cell;
        }
        sums
    });
    let sums = sums.map(|sum| format!("{sum:.3}")).join(",");
    for end in [
        "Total,,,2341.2\n",
        "TOTAL:,1,2,3\n",
        "Sum,1,2,3\nMean,4,5,6\n",
        &format!("{sums}\n"),
        "Total,1,2,3\n\nmade by hand on Monday\n",
    ] {
        let text = format!("temp,ph,pressure,flow\n{body}{end}");
        let table = read_text(&text);
        assert_four_numbers(&table, end);
        assert!(table.form.totals);
        assert_says(&table, "left out");
        assert_says(&table, "--keep-totals");
        let keep = ReadOptions {
            keep_totals: true,
            ..ReadOptions::default()
        };
        assert!(read_with(&text, &keep).rows > ROWS, "{end}");
    }
    // A category may be called so, and rows may repeat.
    let kinds = ["North", "South", "Total"];
    let text = rows(|index, [a, b, ..]| format!("{},{a},{b}", kinds[index % 3]));
    assert_eq!(read_text(&format!("kind,a,b\n{text}")).rows, ROWS);
    let zeros = "0,0\n".repeat(20);
    assert_eq!(read_text(&format!("a,b\n1,2\n0,3\n{zeros}")).rows, 22);
}

#[test]
fn a_report_s_last_rows_are_no_data() {
    let body = rows(|row, [a, b, ..]| format!("s{row},{a},{b}"));
    for end in [
        "Mean,10,5\nSD,1,1\n%RSD,10,20\n",
        "Mean,10,5\nSD,1,1\nCV %,10,20\nMin,7,3\nMax,12,7\nn,60,60\n",
        "Subtotal,,3000\nVAT 19%,,600\nTotal,,3600\n",
        "TOTAL AMOUNT,,3000\n",
        "Total incl. VAT,,3600\n",
        "*,,3000\n",
        ",,\nNote: sensor 2 replaced,,\n",
    ] {
        let table = read_text(&format!("id,a,b\n{body}{end}"));
        assert_eq!(table.rows, ROWS, "{end:?}: {:?}", table.notices);
        assert_says(&table, "--keep-totals");
    }
    // Names that begin so, and a last row of which much is missing, are data.
    for end in [
        "Total Wine,10,5\n",
        "Max Mustermann,10,5\n",
        "Min 5,10,5\n",
        "Zimbabwe,,\n",
    ] {
        let table = read_text(&format!("id,a,b\n{body}{end}"));
        assert_eq!(table.rows, ROWS + 1, "{end:?}: {:?}", table.notices);
    }
}

#[test]
fn codes_for_missing_values_are_found_and_said() {
    let body = rows(|index, [a, b, c, d]| match index {
        3 | 9 => format!("-999,{b},{c},{d}"),
        5 | 30 => format!("{a},9999,{c},{d}"),
        7 => format!("{a},{b},1e20,{d}"),
        11 => format!("{a},x,{c},{d}"),
        _ => format!("{a},{b},{c},{d}"),
    });
    let text = format!("a,b,c,d\n{body}");
    let table = read_text(&text);
    let missing = |table: &Table| ["a", "b", "c", "d"].map(|name| column(table, name).missing);
    assert_eq!(missing(&table), [2, 3, 1, 0]);
    assert_says(
        &table,
        "-999 counts as missing in 2 cells of column a; if it is a value, say --missing none",
    );
    let said = |words: &[&str]| {
        let words = words.iter().map(ToString::to_string).collect();
        let options = ReadOptions {
            missing: Missing::Said(words),
            ..ReadOptions::default()
        };
        read_with(&text, &options)
    };
    assert_eq!(missing(&said(&[])), [0, 1, 0, 0]);
    let table = said(&["-999", "x"]);
    assert_eq!(missing(&table), [2, 1, 0, 0]);
    assert!(
        !table
            .notices
            .iter()
            .any(|notice| notice.contains("not a number"))
    );
}

#[test]
fn what_is_measured_is_no_code() {
    // A sensor that saturates, a yes-or-no column, counts up to 99, one high value.
    let body = rows(|index, [a, ..]| {
        let high = if index == 5 { 9999.0 } else { a };
        format!(
            "{},{},{},{high}",
            (a * 11.0).min(100.0),
            index % 2,
            index * 99 / 59
        )
    });
    let table = read_text(&format!("level,on,count,high\n{body}"));
    assert!(
        table.columns.iter().all(|column| column.missing == 0),
        "{:#?}",
        table.notices
    );
}

#[test]
fn numbers_come_as_fortran_banks_and_sheets_write_them() {
    let body =
        rows(|_, [a, b, c, d]| format!("{a}%,\"${:.2}\",{:.4}D+02,({d})", b * 1e3, c / 100.0));
    let table = read_text(&format!("a,b,c,d\n{body}"));
    assert_eq!((table.rows, table.features()), (ROWS, 4));
    assert_eq!(column(&table, "b").range.unwrap().1, 32_000.0);
    assert_eq!(column(&table, "c").range.unwrap().0, 12.0);
    assert_eq!(column(&table, "d").range.unwrap().0, -64.0);
}

#[test]
fn the_shape_of_most_rows_is_taken() {
    let narrow = rows(|_, [a, b, ..]| format!("{a},{b}"));
    let wide = rows(|_, [a, b, c, _]| format!("{a},{b},{c}"));
    let table = read_text(&format!("a,b\n{}{}", narrow.repeat(4), wide.repeat(8)));
    assert_eq!((table.rows, table.skipped), (8 * ROWS, 4 * ROWS));
    assert_eq!(names(&table), ["a", "b", "column 3"]);
    assert_says(&table, "most rows have 3 cells, but the header has 2 names");
    assert_says(&table, "skipped 240 rows");
    // A few wider ones at the end are skipped and named.
    let table = read_text(&format!("a,b\n{narrow}1,2,3\n1,2,3\n"));
    assert_eq!((table.rows, table.skipped), (ROWS, 2));
    let table = read_text(&format!("a,b,c,extra\n{wide}"));
    assert_eq!((table.rows, table.features()), (ROWS, 3));
    assert_says(&table, "“extra” names no column");
    let half = ROWS / 2;
    let lines: Vec<&str> = wide.lines().collect();
    let text = [
        "a,b,c",
        &lines[..half].join("\n"),
        "",
        "recalibrated here",
        &lines[half..].join("\n"),
    ];
    let table = read_text(&text.join("\n"));
    assert_eq!((table.rows, table.skipped), (ROWS, 1));
    assert_says(&table, &format!("(line {} has 1)", half + 3));
}

#[test]
fn times_as_numbers_are_dates() {
    for (per, name) in [
        (1.0, "seconds"),
        (1e3, "milliseconds"),
        (1e6, "microseconds"),
        (1e9, "nanoseconds"),
    ] {
        let body = rows(|index, [a, ..]| {
            let at = (1_700_000_000.0 + 60.0 * index as f64) * per;
            format!("{at},{at},{a}")
        });
        let table = read_text(&format!("event_time,amount,x\n{body}"));
        let time = column(&table, "event_time");
        assert_eq!(time.kind, Kind::Datetime);
        assert!(
            time.reason.contains(&format!("written as {name}")),
            "{}",
            time.reason
        );
        assert_eq!(time.range.unwrap().0, 1_700_000_000.0);
        assert_eq!(column(&table, "amount").kind, Kind::Number);
        let options = ReadOptions {
            kinds: vec![
                ("event_time".into(), Kind::Number),
                ("amount".into(), Kind::Datetime),
            ],
            ..ReadOptions::default()
        };
        let table = read_with(&format!("event_time,amount,x\n{body}"), &options);
        assert_eq!(column(&table, "event_time").kind, Kind::Number);
        assert_eq!(column(&table, "amount").kind, Kind::Datetime);
    }
}

#[test]
fn small_tables_are_shown_and_only_not_learned() {
    let table = read_text("a,b\n1,2\n3,4\n");
    assert_eq!((table.rows, table.features()), (2, 2));
    assert!(
        check(&table)
            .unwrap_err()
            .chain()
            .contains("only 2 data rows")
    );
    assert_eq!(read_text("a\n1\n2\n3\n4\n5\n").features(), 1);
    let constant = read_text("a\n1\n1\n1\n1\n1\n");
    assert!(
        check(&constant)
            .unwrap_err()
            .chain()
            .contains("no column to learn from")
    );
}

#[test]
fn everything_is_said_in_json_and_can_be_said_otherwise() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/logger.csv");
    let inspect = |flags: &[&str]| -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_misfit"))
            .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .args(["inspect", "--json", file])
            .args(flags)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let found = inspect(&[]);
    assert_eq!(found["rows"], 24);
    assert_eq!(
        (&found["lines_above"], &found["totals_left_out"]),
        (&4.into(), &true.into())
    );
    assert_eq!(found["columns"][1]["unit"], "degC");
    assert_eq!(
        found["columns"][1]["missing_codes"],
        Value::from(vec![-999.0])
    );
    assert_eq!(found["columns"][0]["kind"], "datetime");
    // What trains says the same of what it read.
    let train = |flags: &[&str]| -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_misfit"))
            .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
            .args(["train", "--json", "--steps", "5", file])
            .args(flags)
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let trained = train(&[]);
    for name in [
        "encoding",
        "delimiter",
        "header",
        "lines_above",
        "totals_left_out",
        "skipped_rows",
    ] {
        assert_eq!(trained[name], found[name], "{name}");
    }
    assert_eq!(
        (&trained["units"][1]["column"], &trained["units"][1]["unit"]),
        (&"temp".into(), &"degC".into())
    );
    assert_eq!(trained["missing_codes"][0]["column"], "temp");
    assert_eq!(
        trained["missing_codes"][0]["codes"],
        found["columns"][1]["missing_codes"]
    );
    assert_eq!(
        (trained.get("rows_in_file"), found.get("rows_in_file")),
        (None, None)
    );
    for sampled in [train(&["--sample", "20"]), inspect(&["--sample", "20"])] {
        assert_eq!(
            (&sampled["rows"], &sampled["rows_in_file"]),
            (&20.into(), &24.into())
        );
    }
    let otherwise = inspect(&[
        "--keep-totals",
        "--missing",
        "none",
        "--units",
        "no",
        "--skip",
        "4",
    ]);
    assert_eq!(otherwise["rows"], 26);
    assert_eq!(
        (&otherwise["lines_above"], &otherwise["totals_left_out"]),
        (&0.into(), &false.into())
    );
    assert_eq!(otherwise["columns"][1].get("unit"), None);
    assert_eq!(
        inspect(&["--missing", "-999,x"])["columns"][1]["missing"],
        2
    );
}

/// The files of `../shared/data/field`, where they are, each with what its index asks for.
#[test]
fn every_file_of_the_index_is_read_and_its_odd_row_is_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/field");
    let Ok(index) = fs::read_to_string(folder.join("INDEX.tsv")) else {
        println!("skipped: ../shared/data/field is not here");
        return;
    };
    for line in index.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, rows, features, holds, ..] = fields[..] else {
            continue;
        };
        // JSON lines are no text of records.
        if Path::new(name).extension().is_some_and(|is| is == "jsonl") {
            continue;
        }
        let run = |flags: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_misfit"));
            command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
            command.args(flags).arg(folder.join(name)).output().unwrap()
        };
        let output = run(&["inspect", "--json"]);
        assert!(output.status.success(), "{name}");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        if let Ok(rows) = rows.parse::<u64>() {
            assert_eq!(document["rows"], rows, "{name}: {}", document["notices"]);
        }
        if let Ok(features) = features.parse::<u64>() {
            assert_eq!(document["features"], features, "{name}");
        }
        if holds.contains("data row 17 ranks first") {
            let output = run(&["train", "-q", "--json", "--steps", "800"]);
            let document: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(document["top"][0]["row"], 17, "{name}");
        }
    }
}

#[test]
fn a_header_of_several_rows_and_one_in_comments_are_read() {
    let body = joined(",");
    let logger =
        "TOA5,CR1000,CR1000,12,Std.31,CPU:a,5,Table1\na,b,c,d\nVolts,Deg C,%,TS\nMin,Avg,Smp,\n";
    let table = read_text(&format!("{logger}{body}"));
    assert_four_numbers(&table, "a logger's");
    assert_eq!(names(&table), ["a", "b", "c", "d"]);
    assert_eq!(table.columns[1].titled(), "b [Deg C Avg]");
    assert_says(&table, "lines 3 to 4 hold units");
    odd_row(&table);
    let table = read_text(&format!("# run 5\n# a b c d\n# s m kg %\n{}", joined(" ")));
    assert_four_numbers(&table, "comments");
    assert_eq!(table.columns[2].titled(), "c [kg]");
    let table = read_text(&format!(
        "#,a,b,c,d\n{}",
        rows(|row, cells| { format!("{row},{}", cells.map(|cell| cell.to_string()).join(",")) })
    ));
    assert_eq!(names(&table), ["#", "a", "b", "c", "d"]);
}

#[test]
fn a_table_is_found_behind_hundreds_of_other_lines() {
    let body = joined(";");
    for line in ["Setting: value\n", "Setting;12\n", "It is; as it; was\n"] {
        let table = read_text(&format!("{}a;b;c;d\n{}", line.repeat(400), body.repeat(20)));
        assert_eq!(
            (table.rows, names(&table)),
            (20 * ROWS, vec!["a", "b", "c", "d"]),
            "{line}"
        );
        assert_says(&table, "skipped 400 lines above the table");
    }
}

#[test]
fn a_code_found_in_one_column_is_one_in_another() {
    let text = rows(|index, [a, b, ..]| match index % 10 {
        7 => "-200;-200;-200".to_owned(),
        _ => format!("{a};{};{}", b * 60.0, index * 3),
    });
    let table = read_text(&format!("a;b;c\n{text}"));
    let missing: Vec<usize> = table.columns.iter().map(|column| column.missing).collect();
    assert_eq!(missing, [6, 6, 6], "{:#?}", table.notices);
    assert_says(
        &table,
        "-200 counts as missing in 18 cells of columns a, b, c",
    );
    // Once is enough where it is far from all else.
    let text = rows(|index, [a, b, ..]| match index {
        7 | 11 => format!("9999.9;{b}"),
        13 => format!("{a};9999.9"),
        _ => format!("{a};{b}"),
    });
    let table = read_text(&format!("a;b\n{text}"));
    let missing: Vec<usize> = table.columns.iter().map(|column| column.missing).collect();
    assert_eq!(missing, [2, 1], "{:#?}", table.notices);
}

#[test]
fn a_date_and_a_time_in_columns_of_their_own_are_one_time() {
    let text = rows(|index, [a, ..]| {
        let (day, hour) = (21 + index / 24, index % 24);
        format!("{day:02}/03/2004;{hour:02}.00.00;{a};{index}")
    });
    let table = read_text(&format!("Date;Time;a;b\n{text}"));
    let clock = table.series.clock.as_ref().unwrap();
    assert_eq!((clock.name().as_str(), table.features()), ("Date Time", 2));
    assert_eq!(clock.shown(25).unwrap(), "2004-03-22 01:00:00");
    assert_eq!(
        table.ids.as_ref().unwrap().values[25],
        "2004-03-22 01:00:00"
    );
    let text = rows(|index, [a, ..]| format!("202403{:02}{:02};{a}", 1 + index / 24, index % 24));
    let table = read_text(&format!("MESS_DATUM;a\n{text}"));
    let clock = table.series.clock.as_ref().unwrap();
    assert_eq!(clock.shown(25).unwrap(), "2024-03-02 01:00:00");
}

#[test]
fn totals_are_known_by_their_sums_and_names_by_their_values() {
    let sum = |column: usize| (0..ROWS).map(|index| row(index)[column]).sum::<f64>();
    let body = rows(|index, [a, b, ..]| format!("r{index},{a},{b}"));
    for (label, rows) in [("*", ROWS), ("World", ROWS)] {
        let table = read_text(&format!(
            "name,a,b\n{body}{label},{:.3},{:.3}\n",
            sum(0),
            sum(1)
        ));
        assert_eq!(table.rows, rows, "{label}");
    }
    let table = read_text(&format!("name,a,b\n{body}Max,9.5,19.5\n"));
    assert_eq!(table.rows, ROWS + 1, "a person");
    let table = read_text(&format!("name,a,b\n{body}Max,12,32\n"));
    assert_eq!(table.rows, ROWS);
    let ledger = rows(|index, [a, b, ..]| format!("{index};{a:.2}-;{b:.2}").replace('.', ","));
    let table = read_text(&format!("n;a;b\n{ledger}"));
    assert_eq!(column(&table, "a").range.unwrap().1, -4.0);
}

#[test]
fn several_files_are_each_read_without_what_is_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| {
        let path = folder.path().join(name);
        let row = |index: usize, [a, b, ..]: [f64; 4]| {
            let again = if index == 30 { "name;a;b\n" } else { "" };
            format!("{again}r{index};{a};{b}")
        };
        let total = "Total;600;1200\n";
        let text = format!("Report\n\nname;a;b\n-;m;kg\n{}{total}", rows(row));
        fs::write(&path, text).unwrap();
        path
    };
    let files = vec![file("a.csv"), file("b.csv")];
    let options = ReadOptions::default();
    let read_all = |options: &ReadOptions| {
        let (mut several, read_as) = several::one(&files, options).unwrap();
        let go_on = &mut |_: News<'_>| ControlFlow::Continue(());
        read(&mut several, "two files", &read_as, go_on).unwrap()
    };
    let table = read_all(&options);
    assert_eq!(
        (table.rows, table.skipped),
        (2 * ROWS, 0),
        "{:#?}",
        table.notices
    );
    assert_eq!(column(&table, "b").titled(), "b [kg]");
    assert_says(
        &table,
        "in all files: rows of totals at the end are left out",
    );
    assert_says(&table, "in all files: skipped 2 lines above the table");
    let table = read_all(&ReadOptions {
        keep_totals: true,
        ..options
    });
    assert_eq!(table.rows, 2 * ROWS + 2);
}

#[test]
fn rows_of_the_wrong_length_are_named_by_the_lines_of_their_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, wrong: &str| {
        let path = folder.path().join(name);
        let row = |index: usize, [a, b, ..]: [f64; 4]| {
            let wrong = if index == 9 { wrong } else { "" };
            format!("{wrong}{a};{b}")
        };
        fs::write(&path, format!("Report\n\na;b\n{}", rows(row))).unwrap();
        path
    };
    let files = vec![
        file("a.csv", ""),
        file("b.csv", "1;2;3\n\n4\n"),
        file("c.csv", "5\n"),
    ];
    let options = ReadOptions::default();
    let (mut several, read_as) = several::one(&files, &options).unwrap();
    let go_on = &mut |_: News<'_>| ControlFlow::Continue(());
    let table = read(&mut several, "three files", &read_as, go_on).unwrap();
    assert_eq!((table.rows, table.skipped), (3 * ROWS, 3));
    assert_says(
        &table,
        "b.csv: skipped 2 rows that do not have 2 cells (lines 13, 15; the first has 3)",
    );
    assert_says(
        &table,
        "c.csv: skipped 1 row that does not have 2 cells (line 13 has 1)",
    );
}

#[test]
fn a_count_of_the_rows_is_no_row() {
    let listing = |last: &str| {
        let body = rows(|_, [a, b, c, _]| format!("{a} {b} {c}"));
        read_text(&format!("a b c\n{body}\n{last}\n"))
    };
    for last in [
        "60 rows selected.",
        "(60 rows affected)",
        "(60 records in set)",
    ] {
        let table = listing(last);
        assert_eq!(table.rows, ROWS, "{last}");
    }
    for last in ["12 row 60", "12 row pulled"] {
        assert_eq!(listing(last).rows, ROWS + 1, "{last}");
    }
    assert_says(
        &listing("60 rows selected."),
        "“60 rows selected.” counts the rows",
    );
}

#[test]
fn a_unit_behind_every_number_is_the_column_s_unit() {
    let body = rows(|_, [a, b, c, d]| format!("{a} mV,{b}kg,{c},{d} °C"));
    let table = read_text(&format!("a,b,c,d\n{body}"));
    assert_four_numbers(&table, "units in cells");
    let titles: Vec<String> = table.columns.iter().map(Column::titled).collect();
    assert_eq!(titles, ["a [mV]", "b [kg]", "c", "d [°C]"]);
    // Another unit would be another number.
    let table = read_text(&format!("a,b,c,d\n{body}3 V,2kg,1,1 °C\n"));
    assert_eq!(column(&table, "a").missing, 1);
    assert_says(&table, "“3 V” in line 62");
}

#[test]
fn marks_that_part_thousands_are_no_decimal_marks() {
    let body = rows(|index, [a, ..]| {
        let sold = 850 + index * 7;
        let sold = if sold < 1_000 {
            sold.to_string()
        } else {
            format!("1.{:03}", sold - 1_000)
        };
        format!("01.03.2024;{sold};{}", (a * 1e3) as i32 % 997)
    });
    let table = read_text(&format!("day;sold;other\n{body}"));
    assert_eq!(column(&table, "sold").range, Some((850.0, 1_263.0)));
    assert_says(&table, "say --decimal .");
}

#[test]
fn tables_as_programs_draw_and_print_them() {
    let body = rows(|_, cells| format!("│ {} │", cells.map(|cell| cell.to_string()).join(" ┆ ")));
    let drawn = format!(
        "shape: (60, 4)\n┌───┬───┬───┬───┐\n│ a ┆ b ┆ c ┆ d │\n│ --- ┆ --- ┆ --- ┆ --- │\n│ f64 ┆ f64 ┆ f64 ┆ f64 │\n\
         ╞═══╪═══╪═══╪═══╡\n{body}└───┴───┴───┴───┘\n"
    );
    let table = read_text(&drawn);
    assert_four_numbers(&table, "boxes");
    assert_eq!(names(&table), ["a", "b", "c", "d"]);
    // With a header over every page, ruled or not; a page is no longer than a few rows.
    for rule in ["----- ----- ----- -----\n", ""] {
        let mut text = String::from("Report of today (all of it)\n\n");
        for page in joined("  ").lines().collect::<Vec<_>>().chunks(3) {
            let _ = write!(text, "a b c d\n{rule}{}\n\n", page.join("\n"));
        }
        let table = read_text(&text);
        assert_four_numbers(&table, "pages");
        assert_eq!(names(&table), ["a", "b", "c", "d"], "{rule}");
        assert_says(&table, "the header, 19 times more");
    }
}

#[test]
fn the_order_of_day_and_month_is_that_of_the_whole_file() {
    // Days above twelve come only after the lines that are looked at first.
    let mut minutes = String::new();
    for minute in 0..20_000 {
        let (day, of_day) = (minute / 1_440, minute % 1_440);
        let (hour, minute) = (of_day / 60, of_day % 60);
        let _ = writeln!(
            minutes,
            "{:02}/03/2024 {hour:02}:{minute:02},{}",
            1 + day,
            day % 7
        );
    }
    let unsteady = "05/07/2024,1\n03/02/2024,2\n11/08/2024,3\n06/01/2024,4\n";
    for (text, first, undecided) in [
        (&*minutes, "2024-03-01", false),
        (unsteady, "2024-05-07", true),
    ] {
        let table = read_text(&format!("t,a\n{text}"));
        let time = column(&table, "t");
        assert_eq!((time.kind, time.missing), (Kind::Datetime, 0));
        assert!(time.example.starts_with(first), "{}", time.example);
        let said = table
            .notices
            .iter()
            .any(|notice| notice.contains("--dates dmy"));
        assert_eq!(said, undecided, "{:?}", table.notices);
    }
    let dates = Some(Order::Day);
    let table = with_layout(
        &format!("t,a\n{unsteady}"),
        LayoutOptions {
            dates,
            ..LayoutOptions::default()
        },
    );
    assert!(column(&table, "t").example.starts_with("2024-07-05"));
}

#[test]
fn lines_without_a_value_are_no_rows() {
    let rows = rows(|row, [a, b, c, d]| {
        let empty = if row % 20 == 7 { ",,,\r\n" } else { "" };
        format!("{empty}{a},{b},{c},{d}\r")
    });
    let table = read_text(&format!(
        "Report,,,\r\n,,,\r\na,b,c,d\r\n{rows},,,\r\n,,,\r\n"
    ));
    assert_eq!(names(&table), ["a", "b", "c", "d"]);
    assert_says(&table, "without a value");
    assert!(table.columns.iter().all(|column| column.missing == 0));
}

#[test]
fn a_line_of_words_among_numbers_is_no_row() {
    for by in [",", "  "] {
        let body = rows(|row, cells| {
            let cells = cells.map(|cell| cell.to_string()).join(by);
            let prose = ["sensor", "was", "replaced", "here"].join(by);
            match row {
                17 => format!("{prose}\n{cells}"),
                _ => cells,
            }
        });
        let header = ["a", "b", "c", "d"].join(by);
        let table = read_text(&format!("{header}\n{body}"));
        assert_eq!(table.rows, ROWS, "{by:?}: {:?}", table.notices);
        assert_says(&table, "1 line of words where numbers stand, line 19");
        assert!(table.columns.iter().all(|column| column.missing == 0));
    }
    // A sensor that failed is missing at a time, or under a name.
    let body = rows(|row, [a, ..]| match row {
        17 => format!("2024-03-01 10:{row:02},err,n{row}"),
        _ => format!("2024-03-01 10:{row:02},{a},n{row}"),
    });
    assert_eq!(read_text(&format!("t,a,n\n{body}")).rows, ROWS);
}
