//! From a file's bytes to a table: what is found, what is said, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::ops::ControlFlow;

use misfit::data::columns::column::{Column, Values};
use misfit::data::columns::kind::Kind;
use misfit::data::encoder::{Encoded, Scaling};
use misfit::data::options::{Delimiter, LayoutOptions};
use misfit::data::read::{ReadOptions, check, read};
use misfit::data::table::Table;
use misfit::error::{Error, Result};

fn read_bytes(mut bytes: &[u8], options: &ReadOptions) -> Result<Table> {
    read(&mut bytes, "t.csv", options, &mut |_| {
        ControlFlow::Continue(())
    })
}

fn read_with(text: &str, options: &ReadOptions) -> Result<Table> {
    read_bytes(text.as_bytes(), options)
}

fn read_text(text: &str) -> Result<Table> {
    read_with(text, &ReadOptions::default())
}

fn used(table: &Table) -> Vec<&str> {
    table.used().map(|column| column.name.as_str()).collect()
}

fn column<'a>(table: &'a Table, name: &str) -> &'a Column {
    table
        .columns
        .iter()
        .find(|column| column.name == name)
        .unwrap()
}

fn numbers(table: &Table, name: &str) -> Vec<f64> {
    let Some(Values::Numbers(pieces)) = &column(table, name).values else {
        panic!("{name} is no column of numbers: {:?}", column(table, name))
    };
    let mut values = Vec::new();
    for piece in pieces {
        piece.for_each(|value| values.push(value));
    }
    values
}

fn says(table: &Table, part: &str) -> bool {
    table.notices.iter().any(|notice| notice.contains(part))
}

#[track_caller]
fn assert_says(table: &Table, part: &str) {
    assert!(
        says(table, part),
        "no notice says {part:?}: {:#?}",
        table.notices
    );
}

fn refusal(text: &str) -> String {
    let learned = read_text(text).and_then(|table| check(&table));
    learned.unwrap_err().chain()
}

#[test]
fn columns_that_cannot_be_used_are_left_out_and_named() {
    let table = read_text("a,t,c,e\n1,x y,7,\n2,y z,7,\n3,z a,7,NA\n4,w b,7,?\n").unwrap();
    assert_eq!(used(&table), ["a"]);
    for expected in [
        "1 text column left out: t",
        "1 constant column left out: c",
        "1 empty column left out: e",
    ] {
        assert_says(&table, expected);
    }
}

#[test]
fn missing_infinite_and_foreign_cells_are_counted_and_named() {
    let table = read_text("a,b\n1,1\n,2\ninf,3\n1e400,4\n5,x\n").unwrap();
    let missing = |name| {
        numbers(&table, name)
            .iter()
            .map(|v| v.is_nan())
            .collect::<Vec<_>>()
    };
    assert_eq!(missing("a"), [false, true, true, true, false]);
    assert_eq!(missing("b"), [false, false, false, false, true]);
    assert_says(
        &table,
        "column “a”: 2 cells are NaN, infinite or too large and count as missing; the first is “inf” in line 4",
    );
    assert_says(
        &table,
        "column “b”: 1 cell is not a number and counts as missing: “x” in line 6",
    );
    assert_says(&table, "4 missing cells (40.00 %)");
    assert_eq!(
        (column(&table, "a").missing, column(&table, "b").missing),
        (3, 1)
    );
}

#[test]
fn ragged_rows_are_skipped_counted_and_named_or_refused() {
    let text = "a,b\n1,2\n3\n4,5\n6,7,8\n9,1\n2,2\n";
    let table = read_text(text).unwrap();
    assert_eq!((table.rows, table.skipped), (4, 2));
    assert_says(
        &table,
        "skipped 2 rows that do not have 2 cells (lines 3, 5; the first has 1)",
    );
    assert_eq!([0, 1, 2, 3].map(|row| table.number(row)), [1, 3, 5, 6]);
    let strict = ReadOptions {
        strict: true,
        ..ReadOptions::default()
    };
    let error = read_with(text, &strict).unwrap_err().chain();
    assert!(
        error.starts_with("t.csv, line 3: 1 cell instead of 2"),
        "{error}"
    );
    assert_eq!(
        read_text("a,b\n1,2\n4,5\n9,1\n2,2\n").unwrap().numbers,
        None
    );
}

#[test]
fn a_label_is_found_by_name_and_never_a_feature() {
    let text = "a,Label\n1,0\n2,1\n3,0\n4,0\n";
    let table = read_text(text).unwrap();
    assert_eq!(used(&table), ["a"]);
    assert_eq!(table.label.unwrap().outlier, [false, true, false, false]);
    let options = ReadOptions {
        label: Some("none".into()),
        ..ReadOptions::default()
    };
    let table = read_with(text, &options).unwrap();
    assert_eq!(
        (used(&table), table.label.clone()),
        (vec!["a", "Label"], None)
    );
}

#[test]
fn the_rarer_of_two_words_is_the_outlier_and_more_are_no_label() {
    let table = read_text("a,class\n1,good\n2,good\n3,odd\n4,good\n").unwrap();
    assert_eq!(table.label.unwrap().outlier, [false, false, true, false]);
    let three = "a,class\n1,p\n2,q\n3,r\n4,p\n";
    let options = ReadOptions {
        label: Some("class".into()),
        ..ReadOptions::default()
    };
    assert!(
        read_with(three, &options)
            .unwrap_err()
            .chain()
            .contains("3 different values")
    );
    let table = read_text(three).unwrap();
    assert_eq!((used(&table), table.label.clone()), (vec!["a"], None));
    assert_says(&table, "3 different values");
}

#[test]
fn further_labels_are_no_features() {
    let text = "a,class,outlier\n1,0,0\n2,0,1\n3,1,0\n4,0,0\n";
    let table = read_text(text).unwrap();
    assert_eq!(
        (used(&table), table.label.as_ref().unwrap().name.as_str()),
        (vec!["a"], "class")
    );
    let options = ReadOptions {
        drop: vec!["class".into()],
        ..ReadOptions::default()
    };
    let table = read_with(text, &options).unwrap();
    assert_eq!(
        (used(&table), table.label.as_ref().unwrap().name.as_str()),
        (vec!["a"], "outlier")
    );
}

#[test]
fn columns_are_chosen_dropped_and_named_for_rows() {
    let text = "k,a,b,label\np,1,4,0\nq,2,3,0\nr,3,2,1\ns,4,1,0\n";
    let options = ReadOptions {
        id: Some("k".into()),
        drop: vec!["b".into()],
        ..ReadOptions::default()
    };
    let table = read_with(text, &options).unwrap();
    assert_eq!(
        (used(&table), table.ids.as_ref().unwrap().values[2].as_str()),
        (vec!["a"], "r")
    );
    let options = ReadOptions {
        columns: vec!["b".into()],
        ..ReadOptions::default()
    };
    let table = read_with(text, &options).unwrap();
    assert!(used(&table) == ["b"] && table.label.is_some() && table.ids.is_none());
    let options = ReadOptions {
        drop: vec!["nope".into()],
        ..ReadOptions::default()
    };
    let error = read_with(text, &options).unwrap_err().chain();
    assert!(
        error.contains("--drop: there is no column “nope”") && error.contains("k, a"),
        "{error}"
    );
}

#[test]
fn ids_are_found_by_themselves_and_name_the_rows() {
    let table = read_text("machine,x\nA-1,1\nA-2,3\nA-3,2\nA-4,9\n").unwrap();
    assert_eq!(
        (
            column(&table, "machine").kind,
            table.ids.as_ref().unwrap().values[3].as_str()
        ),
        (Kind::Id, "A-4")
    );
    let table = read_text(",x\n0,1\n1,3\n2,2\n3,9\n").unwrap();
    assert_eq!(
        (used(&table), table.ids.as_ref().unwrap().values[3].as_str()),
        (vec!["x"], "3")
    );
    let table = read_text("t,x\n1,1\n2,3\n3,2\n4,9\n").unwrap();
    assert_eq!(
        (used(&table), table.ids.clone()),
        (vec!["t", "x"], None),
        "counting up alone is no id"
    );
}

#[test]
fn words_dates_and_truths_become_features() {
    let mut text = "when,state,on,zip,x\n".to_owned();
    for row in 0..40 {
        let (state, on) = (["ok", "warm", "hot"][row % 3], ["f", "t"][row % 2]);
        writeln!(
            text,
            "2024-01-{:02} 08:00,{state},{on},00{},{row}.5",
            row % 28 + 1,
            row % 4
        )
        .unwrap();
    }
    let table = read_text(&text).unwrap();
    let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::Datetime,
            Kind::Category,
            Kind::Boolean,
            Kind::Category,
            Kind::Number
        ]
    );
    assert_eq!(table.features(), 1 + 3 + 1 + 4 + 1);
    assert_eq!(
        column(&table, "when").shown_range().unwrap(),
        "2024-01-01 08:00:00 to 2024-01-28 08:00:00"
    );
}

#[test]
fn a_column_is_read_as_the_user_says() {
    let text = "code,x\n1,1.5\n2,2\n1,3\n3,9\n";
    let options = ReadOptions {
        kinds: vec![("code".into(), Kind::Category)],
        ..ReadOptions::default()
    };
    let table = read_with(text, &options).unwrap();
    assert_eq!(
        (column(&table, "code").kind, table.features()),
        (Kind::Category, 4)
    );
    let options = ReadOptions {
        kinds: vec![("x".into(), Kind::Label)],
        ..ReadOptions::default()
    };
    assert!(
        read_with(text, &options).unwrap().label.is_none(),
        "four values are no label"
    );
    let options = ReadOptions {
        kinds: vec![("code".into(), Kind::Number)],
        ..ReadOptions::default()
    };
    let words = read_with("code,x\n007,1\nx,2\ny,3\nz,4\n008,7\n", &options).unwrap();
    assert_eq!(column(&words, "code").kind, Kind::Number);
}

#[test]
fn a_column_that_turns_into_words_is_read_again_as_words() {
    let mut text = "a,b\n".to_owned();
    for row in 0..300_000 {
        let word = if row < 100_000 {
            "7"
        } else {
            ["up", "down"][row % 2]
        };
        writeln!(text, "{row}.25,{word}").unwrap();
    }
    let table = read_text(&text).unwrap();
    assert_eq!(
        (column(&table, "b").kind, column(&table, "b").distinct.count),
        (Kind::Category, 3)
    );
    assert_eq!(table.rows, 300_000);
}

#[test]
fn header_names_are_made_unique_and_never_empty() {
    let table = read_text("x,x,,x\n1.5,2,3,4\n2,3,4,5\n3,4,5,6\n5,5,5,7\n").unwrap();
    assert_eq!(used(&table), ["x", "x (2)", "column 3", "x (3)"]);
}

#[test]
fn useless_files_are_refused_with_the_reason() {
    let cases = [
        ("", "the file is empty"),
        ("\n \n\n", "nothing but blank lines"),
        ("a,b\n", "no data rows"),
        ("a,b\n1,2\n", "only 1 data row;"),
        ("a,b\n1,2\n3,4\n", "only 2 data rows"),
        (
            "a\n1\n1\n1\n1\n",
            "no column to learn from (1 constant column left out: a)",
        ),
        (
            "PK\u{3}\u{4}...",
            "the file is damaged or cut off: invalid Zip archive",
        ),
    ];
    for (text, expected) in cases {
        let error = refusal(text);
        assert!(
            error.starts_with("t.csv: ") && error.contains(expected),
            "{text:?}: {error}"
        );
    }
}

#[test]
fn a_quote_that_never_closes_is_named_by_its_line_in_any_column() {
    for text in [
        "a,b\n1,2\n4,5\n9,1\n2,3\n\"6,7\n8,9\n1,1\n",
        "a,b\n1,2\n4,5\n9,1\n2,3\n6,\"7\n8,9\n1,1\n",
    ] {
        let error = refusal(text);
        assert!(
            error.starts_with("t.csv, line 6: a quote opens here and is never closed"),
            "{error}"
        );
    }
    let table = read_text("a,b\n1,5\" pipe\n2,6\" pipe\n3,5\" pipe\n4,6\" pipe\n").unwrap();
    assert_eq!(table.rows, 4, "a quote inside a cell is a quote");
}

#[test]
fn any_encoding_and_packing_gives_the_same_table() {
    let text = "größe,x\n1.5,2\n2.5,9\n3,4\n4,1\n";
    let plain = read_text(text).unwrap();
    let utf16 = |mark: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("{mark}{text}")
            .encode_utf16()
            .flat_map(bytes)
            .collect()
    };
    let gzip = {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let zstd = ruzstd::encoding::compress_to_vec(
        text.as_bytes(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    let forms = [
        format!("\u{feff}{text}").into_bytes(),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        utf16("\u{feff}", u16::to_le_bytes),
        utf16("\u{feff}", u16::to_be_bytes),
        utf16("", u16::to_le_bytes),
        latin,
        gzip,
        zstd,
        format!("sep=;\r\n{}", text.replace(',', ";")).into_bytes(),
        format!("\u{feff}sep=;\n{}", text.replace(',', ";")).into_bytes(),
        text.replace(',', "\t").into_bytes(),
        text.replace(',', ";").replace('.', ",").into_bytes(),
        format!("# made by a tool\n\n{text}").into_bytes(),
        text.replace("größe", "\"größe\"").into_bytes(),
    ];
    for form in forms {
        let table = read_bytes(&form, &ReadOptions::default()).unwrap();
        assert_eq!(
            used(&table),
            ["größe", "x"],
            "{:?}",
            String::from_utf8_lossy(&form)
        );
        for name in ["größe", "x"] {
            assert_eq!(numbers(&table, name), numbers(&plain, name));
        }
        let words = table.original.as_ref().unwrap().cells(1).unwrap();
        assert_eq!(String::from_utf8_lossy(&words[0]).replace(',', "."), "2.5");
    }
}

#[test]
fn what_is_not_utf8_is_said_with_its_line() {
    let mut bytes = b"a,b\n".to_vec();
    for row in 0..200_000 {
        bytes.extend(format!("{row}.5,x\n").as_bytes());
    }
    let late = [&bytes[..], b"1,caf\xe9\n"].concat();
    assert_says(
        &read_bytes(&late, &ReadOptions::default()).unwrap(),
        "line 200002 is not UTF-8; unreadable characters",
    );
    let early = read_bytes(b"a,b\n1,caf\xe9\n2,x\n3,x\n4,x\n", &ReadOptions::default()).unwrap();
    assert_says(
        &early,
        "line 2 is not UTF-8, so the file is read as windows-1252",
    );
    let options = ReadOptions {
        encoding: Some("klingon".into()),
        ..ReadOptions::default()
    };
    assert!(matches!(
        read_with("a\n1\n", &options),
        Err(Error::Usage(_))
    ));
}

#[test]
fn numbers_and_names_come_as_the_world_writes_them() {
    let text = "amount;rate;when\n1 234,50;12 %;31/01/2024\n2 000,00;7,5 %;01/02/2024\n999,25;8 %;15/03/2024\n5;9 %;16/03/2024\n";
    let table = read_text(text).unwrap();
    assert_eq!(numbers(&table, "amount"), [1234.5, 2000.0, 999.25, 5.0]);
    assert_eq!(numbers(&table, "rate")[1], 7.5);
    assert_eq!(column(&table, "when").kind, Kind::Datetime);
    let table = read_text("a,b\n\"$1,000.5\",-3\n\"$2,000\",+4\n$7,5.\n$9,.5\n").unwrap();
    assert_eq!(
        (numbers(&table, "a")[0], numbers(&table, "b")),
        (1000.5, vec![-3.0, 4.0, 5.0, 0.5])
    );
}

#[test]
fn odd_files_of_all_kinds_are_read_or_refused_but_never_worse() {
    let long = format!("a,b\n{},1\n2,2\n3,3\n4,4\n5,5\n", "9".repeat(1_000_000));
    let word = format!("a,b\n{},1\ny,2\nx,3\ny,4\nx,5\n", "x".repeat(1_000_000));
    let wide = format!("{}\n", vec!["1"; 5_000].join(",")).repeat(4);
    let files: [&[u8]; 16] = [
        long.as_bytes(),
        word.as_bytes(),
        wide.as_bytes(),
        b"a,b\n1,2\0\n3,4\n5,6\n7,8\n",
        b"\0\0\0\0\0\0\0\0\0\0",
        b"a,b,\n1,2,\n3,5,\n5,6,\n7,8,\n",
        b"a,b\n1,2,\n3,5,\n5,6,\n7,8,\n",
        b"a,b;c\n1,2;3\n4,5;6\n7,8;9\n1,2;1\n",
        b"\"a\"\"b\",\"c,d\"\n\"1\",\"2\"\n\"3\",\"4\"\n\"5\",\"9\"\n\"7\",\"8\"\n",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd",
        b"\"",
        b",,,\n,,,\n,,,\n,,,\n,,,\n",
        b"a b c\n1 2 3\n4 5 6\n7 8 9\n1 2 1\n",
    ];
    for bytes in files {
        match read_bytes(bytes, &ReadOptions::default()) {
            Ok(mut table) => {
                let encoded = Encoded::from_table(&mut table, Scaling::ZScore);
                let mut buffer = Vec::new();
                let cells = encoded.matrix.block(0, table.rows, &mut buffer);
                assert!(cells.iter().all(|cell| cell.is_finite()));
            }
            Err(error) => {
                let error = error.chain();
                assert!(
                    error.contains("t.csv") && error.len() < 1_000 && !error.contains('\0'),
                    "{error}"
                );
            }
        }
    }
}

#[test]
fn a_sample_is_drawn_at_random_and_the_same_for_the_same_seed() {
    let mut text = "a,b\n".to_owned();
    for row in 0..400_000 {
        writeln!(text, "{row},{}", row % 7).unwrap();
    }
    let draw = |seed| {
        let options = ReadOptions {
            sample: Some(1_000),
            seed,
            ..ReadOptions::default()
        };
        let table = read_with(&text, &options).unwrap();
        assert_eq!(table.rows, 1_000);
        assert_says(&table, "a sample of 1,000 of 400,000 rows");
        (numbers(&table, "a"), table.numbers.unwrap())
    };
    let (rows, places) = draw(1);
    assert_eq!((&rows, &places), (&draw(1).0, &draw(1).1));
    assert_ne!(rows, draw(2).0);
    assert!(
        rows.iter()
            .zip(places.iter())
            .all(|(row, place)| *row as u32 + 1 == *place),
        "rows know their place"
    );
    let mean = rows.iter().sum::<f64>() / 1_000.0;
    assert!((mean - 200_000.0).abs() < 20_000.0, "{mean}");
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let mut text = "a,b,c\n".to_owned();
    for row in 0..250_000 {
        writeln!(
            text,
            "{}.{},\"w{}\",{}",
            row % 977,
            row % 89,
            row % 5,
            if row % 1_000 == 3 { "?" } else { "1.5e3" }
        )
        .unwrap();
    }
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let mut table = read_text(&text).unwrap();
            let encoded = Encoded::from_table(&mut table, Scaling::ZScore);
            (encoded.matrix, encoded.encoder, table.notices)
        })
    };
    let one = with(1);
    assert!(one == with(2) && one == with(5));
}

#[test]
fn the_layout_can_be_said() {
    let options = ReadOptions {
        layout: LayoutOptions {
            delimiter: Some(Delimiter::Byte(b':')),
            header: Some(true),
            ..LayoutOptions::default()
        },
        ..ReadOptions::default()
    };
    let table = read_with("1:2\n3:4\n5:6\n7:9\n8:8\n", &options).unwrap();
    assert_eq!((used(&table), table.rows), (vec!["1", "2"], 4));
}

#[test]
fn the_reading_can_be_stopped() {
    let text = format!("a\n{}", "1\n".repeat(2_000));
    let stopped = read(
        &mut text.as_bytes(),
        "t.csv",
        &ReadOptions::default(),
        &mut |_| ControlFlow::Break(()),
    );
    assert!(matches!(stopped, Err(Error::Stopped)));
}
