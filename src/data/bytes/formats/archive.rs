//! ZIP archives: a workbook, or one packed file. What an archive claims to unpack to is not believed: what a workbook's reader
//! would hold in memory is unpacked and counted first.

use std::fs::File;
use std::io::{self, Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::data::bytes::formats::pour::pour;
use crate::data::bytes::formats::workbook::{self, Kind};
use crate::data::bytes::formats::{Converted, Damage};
use crate::data::text::{name_list, sanitize};

/// Bytes of a workbook's parts that are held in memory: all texts of its cells, styles, or whole sheets.
const HELD: u64 = 1 << 30;

/// What is in an archive.
pub enum Contents {
    /// The text of a packed file.
    Packed(Box<dyn Read + Send>),
    /// A table.
    Table(Converted<'static>),
}

/// The table in an archive.
pub fn open(file: File, sheet: Option<String>) -> io::Result<Contents> {
    let mut archive = ZipArchive::new(file.try_clone()?).map_err(damage)?;
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let name = archive.name_for_index(index).and_then(Result::ok);
        names.push(name.map(std::borrow::Cow::into_owned).unwrap_or_default());
    }
    let has = |name: &str| names.iter().any(|other| other.starts_with(name));
    let kind = if has("xl/workbook.bin") {
        Some(Kind::Xlsb)
    } else if has("xl/") {
        Some(Kind::Xlsx)
    } else if has("content.xml") && has("mimetype") {
        Some(Kind::Ods)
    } else {
        None
    };
    if let Some(kind) = kind {
        count(&mut archive, &names, kind)?;
        let mut file = file;
        file.rewind()?;
        return workbook::open(file, kind, sheet).map(Contents::Table);
    }
    // What macOS adds, folders, and hidden files hold no table.
    let is_file = |name: &&String| {
        let last = name.rsplit('/').next().unwrap_or_default();
        !last.is_empty() && !last.starts_with('.') && !name.starts_with("__MACOSX/")
    };
    let files: Vec<&String> = names.iter().filter(is_file).collect();
    let [only] = files[..] else {
        let shown: Vec<String> = files.iter().map(|name| sanitize(name)).collect();
        let list = name_list(shown.iter().map(String::as_str));
        return Err(Damage::whole(
            match files.len() {
                0 => "this ZIP archive holds no file".to_owned(),
                many => format!("this ZIP archive holds {many} files: {list}"),
            },
            "unzip it and name the table",
        ));
    };
    let index = names
        .iter()
        .position(|name| name == only)
        .unwrap_or_default();
    // Opened once here, so that what cannot be unpacked is refused before anything is read.
    archive.by_index(index).map_err(damage)?;
    let packed = pour(move |spout| {
        let mut entry = archive.by_index(index).map_err(damage)?;
        io::copy(&mut entry, spout)
            .map(drop)
            .map_err(|error| match error.kind() {
                io::ErrorKind::BrokenPipe => error,
                _ => Damage::whole(
                    format!("the ZIP archive is damaged: {error}"),
                    "get it anew",
                ),
            })
    })?;
    Ok(Contents::Packed(Box::new(packed)))
}

/// Unpacks what the workbook's reader would hold in memory, and counts it.
fn count(archive: &mut ZipArchive<File>, names: &[String], kind: Kind) -> io::Result<()> {
    let mut held = 0;
    for (index, name) in names.iter().enumerate() {
        let streamed = kind == Kind::Xlsx && name.starts_with("xl/worksheets/");
        if streamed || name.contains("media/") || name.contains("Pictures/") {
            continue;
        }
        let entry = archive.by_index(index).map_err(damage)?;
        held += io::copy(&mut entry.take(HELD + 1 - held), &mut io::sink()).map_err(|error| {
            let place = format!("“{}”", sanitize(name));
            Damage::at(
                place,
                format!("the file is damaged: {error}"),
                "save it anew",
            )
        })?;
        if held > HELD {
            return Err(Damage::at(
                format!("“{}”", sanitize(name)),
                "the workbook unpacks to more than 1 GB",
                "save the sheet as CSV",
            ));
        }
    }
    Ok(())
}

fn damage(error: ZipError) -> io::Error {
    match error {
        ZipError::UnsupportedArchive(what) => Damage::whole(
            format!("this ZIP archive cannot be unpacked: {what}"),
            "unpack it first",
        ),
        error => Damage::whole(
            format!("the file is damaged or cut off: {error}"),
            "get or save it anew",
        ),
    }
}
