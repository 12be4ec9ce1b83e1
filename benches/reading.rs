//! How fast a numeric CSV is read and typed: `cargo bench --bench reading -- [MB]`.
//!
//! The file is made in a temporary folder, 20 columns of four to nine digits, and read four times; the first reading warms
//! the page cache and is not counted. `benches/peers/reading.py` reads the same file with polars and `DuckDB`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use misfit::data::encoder::{Encoded, Scaling};
use misfit::data::read::ReadOptions;
use misfit::data::source::Source;

const COLUMNS: usize = 20;
const TURNS: usize = 3;

fn main() {
    let mut numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let megabytes: usize = numbers.next_back().unwrap_or(200);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let kept = std::env::var_os("MISFIT_BENCH_FILE");
    let path = kept.map_or_else(|| folder.path().join("numbers.csv"), Into::into);
    if !path.exists() {
        write(&path, megabytes << 20).expect("room for the file");
    }
    let bytes = path.metadata().expect("the file").len();
    let (mut reading, mut encoding) = (f64::MAX, f64::MAX);
    for turn in 0..=TURNS {
        let start = Instant::now();
        let source = Source::Path(path.clone());
        let options = ReadOptions::default();
        let mut table = source
            .load(&options, &mut |_| ControlFlow::Continue(()))
            .expect("a table");
        let read = start.elapsed().as_secs_f64();
        let encoded = Encoded::from_table(&mut table, Scaling::ZScore);
        let whole = start.elapsed().as_secs_f64();
        if turn > 0 {
            reading = reading.min(read);
            encoding = encoding.min(whole - read);
        }
        assert_eq!(encoded.matrix.rows(), table.rows);
    }
    let megabytes = bytes as f64 / 1e6;
    println!("{megabytes:.0} MB, {COLUMNS} columns, best of {TURNS}");
    println!(
        "read and typed  {reading:.2} s  {:.0} MB/s",
        megabytes / reading
    );
    println!(
        "and encoded     {:.2} s  {:.0} MB/s",
        reading + encoding,
        megabytes / (reading + encoding)
    );
}

/// Rows of numbers until the file is `size` bytes long.
fn write(path: &Path, size: usize) -> std::io::Result<()> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let names: Vec<String> = (1..=COLUMNS).map(|column| format!("x{column}")).collect();
    let mut written = writeln!(file, "{}", names.join(",")).map(|()| 0)?;
    // A Weyl sequence: different numbers everywhere, the same every time.
    let mut state = 0_u64;
    let mut line = String::new();
    while written < size {
        line.clear();
        for column in 0..COLUMNS {
            use std::fmt::Write;
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let (whole, digits) = (state >> 52, (state >> 20) % 100_000);
            let _ = match column % 4 {
                0 => write!(line, "{whole}"),
                1 => write!(line, "{whole}.{:02}", digits % 100),
                2 => write!(line, "-{whole}.{digits:05}"),
                _ => write!(line, "0.{digits:05}"),
            };
            line.push(if column + 1 == COLUMNS { '\n' } else { ',' });
        }
        file.write_all(line.as_bytes())?;
        written += line.len();
    }
    file.flush()
}
