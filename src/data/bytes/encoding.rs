//! The character encoding of a stream: UTF-8 unless a byte-order mark, the bytes themselves or the user say otherwise.

use std::io::Read;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;

/// The encoding of a stream, and how it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Length of the byte-order mark in bytes.
    pub mark: usize,
    /// The first line of the head that is not UTF-8, 1 = first; none where all of it is, or a mark or UTF-16 decided.
    pub line: Option<u64>,
    /// Whether it is only a guess.
    pub guessed: bool,
}

/// The encoding that a user names: `latin1`, `utf-16`, `windows-1252` …
pub fn named(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label(name.as_bytes())
}

/// Finds the encoding of a stream from its head.
pub fn find(head: &[u8]) -> Found {
    let found = |encoding| Found {
        encoding,
        mark: 0,
        line: None,
        guessed: true,
    };
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        return Found {
            mark,
            guessed: false,
            ..found(encoding)
        };
    }
    if let Some(encoding) = utf16(head) {
        return found(encoding);
    }
    match std::str::from_utf8(head) {
        // A character may be cut by the end of the head.
        Err(error) if error.error_len().is_some() => {
            let before = &head[..error.valid_up_to()];
            let line = Some(1 + memchr::memchr_iter(b'\n', before).count() as u64);
            // A file with valid non-ASCII characters and a few broken ones is still UTF-8.
            let encoding = if has_utf8_characters(head) {
                UTF_8
            } else {
                WINDOWS_1252
            };
            Found {
                line,
                ..found(encoding)
            }
        }
        _ => Found {
            guessed: false,
            ..found(UTF_8)
        },
    }
}

/// UTF-16 without a mark: most characters of a table are ASCII, so every other byte is zero.
fn utf16(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    let zeros = |at: usize| {
        head.iter()
            .skip(at)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if pairs >= 4 && odd * 10 >= pairs * 7 && even * 10 < pairs {
        Some(UTF_16LE)
    } else if pairs >= 4 && even * 10 >= pairs * 7 && odd * 10 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn has_utf8_characters(head: &[u8]) -> bool {
    head.utf8_chunks().any(|chunk| !chunk.valid().is_ascii())
}

/// The stream as UTF-8. Where it is UTF-8 already, its bytes pass unchanged, invalid ones too.
pub fn decode<'a>(
    input: impl Read + Send + 'a,
    encoding: &'static Encoding,
) -> Box<dyn Read + Send + 'a> {
    if encoding == UTF_8 {
        return Box::new(input);
    }
    let mut builder = DecodeReaderBytesBuilder::new();
    Box::new(
        builder
            .encoding(Some(encoding))
            .bom_sniffing(false)
            .build(input),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (&'static str, String) {
        let found = find(bytes);
        let mut text = Vec::new();
        decode(&bytes[found.mark..], found.encoding)
            .read_to_end(&mut text)
            .unwrap();
        (
            found.encoding.name(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings_are_found_by_mark_or_by_evidence() {
        let table = "a,größe\n1,2\n";
        assert_eq!(text(table.as_bytes()), ("UTF-8", table.into()));
        assert_eq!(
            text(&[b"\xef\xbb\xbf", table.as_bytes()].concat()),
            ("UTF-8", table.into())
        );
        for mark in ["\u{feff}", ""] {
            let marked = format!("{mark}{table}");
            assert_eq!(
                text(&utf16(&marked, u16::to_le_bytes)),
                ("UTF-16LE", table.into())
            );
            assert_eq!(
                text(&utf16(&marked, u16::to_be_bytes)),
                ("UTF-16BE", table.into())
            );
        }
        assert_eq!(
            text(b"a,gr\xf6\xdfe\n1,2\n"),
            ("windows-1252", table.into())
        );
    }

    #[test]
    fn the_first_line_that_is_not_utf8_is_named() {
        assert_eq!(find(b"a\nb\ncaf\xe9\n").line, Some(3));
        let mixed = find(
            "größe\ncaf\u{e9}\n"
                .as_bytes()
                .iter()
                .copied()
                .chain(*b"caf\xe9\n")
                .collect::<Vec<_>>()
                .as_slice(),
        );
        assert_eq!((mixed.encoding.name(), mixed.line), ("UTF-8", Some(3)));
        assert_eq!(find("größe".as_bytes().split_last().unwrap().1).line, None);
        assert_eq!(
            find("a,ö".as_bytes().split_last().unwrap().1).line,
            None,
            "cut at the end of the head"
        );
    }

    #[test]
    fn encodings_can_be_named() {
        assert_eq!(named("latin1"), Some(WINDOWS_1252));
        assert_eq!(named("UTF-16"), Some(UTF_16LE));
        assert_eq!(named("klingon"), None);
    }
}
