//! Files that hold no table that misfit reads, told by how they begin: what they are, and what to do instead.

/// What such a file is, and what to do instead.
pub type Foreign = (&'static str, &'static str);

/// First bytes of files that are no text.
const MAGIC: [(&[u8], &str, &str); 14] = [
    (
        b"SQLite format 3",
        "an SQLite database",
        "write a table as CSV first: sqlite3 -csv -header",
    ),
    (
        b"FEA1",
        "a Feather file of the first version",
        "write it anew as Parquet or CSV",
    ),
    (b"\x89HDF", "an HDF5 file", "write a table as CSV first"),
    (b"%PDF", "a PDF", "name a CSV file"),
    (
        b"BZh",
        "bzip2-compressed",
        "unpack it first: bunzip2 -c FILE | misfit -",
    ),
    (
        b"\xfd7zXZ",
        "xz-compressed",
        "unpack it first: xz -dc FILE | misfit -",
    ),
    (
        b"\x93NUMPY",
        "a NumPy array",
        "write it as CSV first: numpy.savetxt with delimiter=\",\"",
    ),
    (
        b"MATLAB 5.0",
        "a MATLAB file",
        "write a table as CSV first: writetable",
    ),
    (
        b"<stata_dta>",
        "a Stata file",
        "write it as CSV first: export delimited",
    ),
    (b"$FL2", "an SPSS file", "write it as CSV first"),
    (b"ORC", "an ORC file", "write it anew as Parquet or CSV"),
    (
        b"Obj\x01",
        "an Avro file",
        "write it anew as Parquet or JSON lines",
    ),
    (b"\x89PNG", "a picture", "name a CSV file"),
    (b"\x7fELF", "a program", "name a CSV file"),
];

/// How texts begin that hold no rows line by line, in lower case.
const TEXTS: [(&[u8], Foreign); 6] = [
    (b"<!doctype html", HTML),
    (b"<html", HTML),
    (b"<table", HTML),
    (b"<?xml", XML),
    (b"create table", SQL),
    (b"insert into", SQL),
];

const HTML: Foreign = (
    "an HTML page, whatever its name says",
    "open it in a spreadsheet and save the table as CSV or xlsx",
);
const XML: Foreign = (
    "XML",
    "write its records as CSV or JSON lines first; a spreadsheet opens some XML and saves it as xlsx",
);
const SQL: Foreign = (
    "SQL statements, not a table",
    "load them into a database and export a table as CSV from there",
);

/// What a file that cannot be read is, by how it begins.
pub fn of(head: &[u8]) -> Option<Foreign> {
    let magic = MAGIC.iter().find(|(magic, ..)| head.starts_with(magic));
    magic.map(|(_, what, advice)| (*what, *advice)).or_else(|| {
        let text = statement(head);
        let begins = |begin: &[u8]| {
            let begun = text.get(..begin.len());
            begun.is_some_and(|begun| begun.eq_ignore_ascii_case(begin))
        };
        let found = TEXTS.iter().find(|(begin, _)| begins(begin));
        found.map(|(_, foreign)| *foreign)
    })
}

/// A text without blanks, comments of SQL, and the settings that dumps begin with.
fn statement(mut text: &[u8]) -> &[u8] {
    text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    loop {
        text = text.trim_ascii_start();
        let begins = |begin: &[u8]| {
            let begun = text.get(..begin.len());
            begun.is_some_and(|begun| begun.eq_ignore_ascii_case(begin))
        };
        let dump = [
            &b"-- "[..],
            b"/*!",
            b"set ",
            b"pragma ",
            b"begin;",
            b"begin transaction;",
            b"drop table",
        ];
        let line_end = memchr::memchr(b'\n', text);
        match line_end {
            Some(end) if text.starts_with(b"--\n") || dump.into_iter().any(begins) => {
                text = &text[end..];
            }
            _ => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_no_table_is_told_by_its_beginning() {
        let cases: [(&[u8], &str); 6] = [
            (b"%PDF-1.7", "a PDF"),
            (b"\xef\xbb\xbf <!DOCTYPE html>\n<html>", HTML.0),
            (b"<?xml version=\"1.0\"?>\n<rows>", XML.0),
            (b"CREATE TABLE t (a int);\n", SQL.0),
            (
                b"-- dump\n--\nSET names utf8;\n\nINSERT INTO t VALUES (1);\n",
                SQL.0,
            ),
            (
                b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\n",
                SQL.0,
            ),
        ];
        for (head, what) in cases {
            assert_eq!(of(head).map(|found| found.0), Some(what));
        }
        for head in [
            &b"a,b\n"[..],
            b"-- a b\n1 2\n",
            b"<0.5,1\n",
            b"set a,b\n1,2\n",
            b"",
        ] {
            assert_eq!(of(head), None);
        }
    }
}
