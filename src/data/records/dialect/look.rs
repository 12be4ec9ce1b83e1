//! A first look at a file: what separates its cells, and its first records.

use std::borrow::Cow;

use crate::data::options::{Delimiter, LayoutOptions};
use crate::data::records::dialect::first::{MANY, Records, Sample, enough};
use crate::data::records::dialect::preamble::Preamble;
use crate::data::records::dialect::{delimiter, start};
use crate::data::records::separator::Separator;

/// What a first look shows.
pub struct Look<'a> {
    /// The text behind the preamble, without the `#`s of a header that is a comment.
    pub text: Cow<'a, [u8]>,
    /// Its first records.
    pub records: Records,
    /// What separates cells.
    pub separator: Separator,
    /// What may surprise the user.
    pub notices: Vec<String>,
}

impl<'a> Look<'a> {
    /// Looks behind the preamble, further where the first records show no table, and takes the header out of the preamble if it
    /// stands there. `whole` says that `head` is the whole file; `columns` is how many cells most rows have, where that is known.
    pub fn take(
        head: &'a [u8],
        (whole, terminator): (bool, u8),
        wanted: LayoutOptions,
        columns: Option<usize>,
        preamble: &mut Preamble,
    ) -> Self {
        let said = preamble.said;
        let sample = |text, most| Sample {
            text,
            terminator,
            whole,
            most,
        };
        let look = |text, most| {
            let (sample, mut notices) = (sample(text, most), Vec::new());
            let separator = separator(&sample, said, wanted, &mut notices);
            Self {
                records: Records::read(&sample, &separator),
                text: Cow::Borrowed(text),
                separator,
                notices,
            }
        };
        let text = &head[preamble.bytes..];
        let mut most = enough(text, terminator);
        let mut found = look(text, most);
        if found.records.are_unsettled(&sample(text, most), columns) {
            let further = look(text, MANY);
            // Rows may also have grown wider; a table further down has a header of its own.
            if columns.is_none() || start::is_headed(&further.records) {
                (found, most) = (further, MANY);
            }
        }
        if let Some(head) = preamble.keep_header(head, &found.records, &found.separator) {
            let text = &head[preamble.bytes..];
            found.records = Records::read(&sample(text, most), &found.separator);
            found.text = Cow::Owned(text.to_vec());
        }
        found
    }
}

/// What separates cells: as the user says, as the first line says, or as the records show.
fn separator(
    sample: &Sample<'_>,
    said: Option<u8>,
    wanted: LayoutOptions,
    notices: &mut Vec<String>,
) -> Separator {
    if let Some(said) = said {
        notices.push(format!(
            "the first line says that cells are separated by “{}”",
            Separator::Byte(said).name()
        ));
    }
    match (wanted.delimiter, said) {
        (Some(Delimiter::Byte(byte)), _) | (None, Some(byte)) => {
            delimiter::framed(Separator::Byte(byte), sample)
        }
        (Some(Delimiter::Blanks), _) => Separator::Blanks,
        (Some(Delimiter::Fixed), _) => delimiter::fixed(sample).unwrap_or_else(|| {
            notices.push("no position is blank in every line, so there is one column".into());
            Separator::Fixed([].into())
        }),
        (None, None) => {
            let found = delimiter::find(sample);
            if found != Separator::Byte(b',') {
                notices.push(found.sentence());
            }
            found
        }
    }
}
