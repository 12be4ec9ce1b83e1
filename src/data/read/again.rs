//! A stream read again, as it was read the first time.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use crate::data::bytes::encoding;
use crate::data::bytes::stream::{Refusal, Reopen, Stamp, Text, Wanted};
use crate::data::read::passing::Passing;
use crate::data::records::layout::Layout;
use crate::data::text::sanitize;
use crate::error::{Error, Result};
use crate::format;

/// How a stream was read.
#[derive(Debug, Clone)]
pub struct Again {
    /// How to parse its blocks; every row is in the sample.
    pub layout: Layout,
    /// The encoding that the user named.
    pub encoding: Option<String>,
    /// The sheet that was asked for.
    pub sheet: Option<String>,
    /// Where in the text the rows begin.
    pub body: u64,
    /// Where they end.
    pub end: u64,
    /// Rows that there are.
    pub rows: usize,
    /// What is read; none where it can't be had twice.
    pub input: Option<Arc<dyn Reopen + Send + Sync>>,
    /// Its files as they were.
    pub stamps: Vec<Stamp>,
}

impl Again {
    /// The stream for a pass through it.
    pub fn input(&self) -> Result<Box<dyn Reopen + Send + Sync>> {
        let gone = || Error::Told("the table cannot be read a second time".into());
        let input = self.input.as_ref().and_then(|input| input.another());
        input.ok_or_else(gone)
    }

    /// An error where a file is no longer what was read.
    pub fn check(&self) -> Result<()> {
        let now = self
            .input
            .as_ref()
            .map_or_else(Vec::new, |input| input.stamps());
        let mut pairs = self.stamps.iter().zip(&now);
        let Some((then, now)) = pairs.find(|(then, now)| then != now) else {
            return Ok(());
        };
        let what = match (then.state, now.state) {
            (_, None) => "is gone".to_owned(),
            (Some((then, _)), Some((now, _))) if then < now => {
                format!("has grown by {}", format::bytes(now - then))
            }
            (Some((then, _)), Some((now, _))) if now < then => {
                format!("has shrunk by {}", format::bytes(then - now))
            }
            _ => "was written to".to_owned(),
        };
        let name = sanitize(&then.path.to_string_lossy());
        Err(Error::Told(format!(
            "{name} {what} since its rows were sampled, so they cannot all be scored; run it again once the file stays as it is, or on a copy"
        )))
    }

    /// Opens the stream at its first row. It must not have changed.
    pub fn open<'a>(&'a self, input: &'a mut dyn Reopen) -> Result<Passing<'a>> {
        let doing = || Error::io("read the table again");
        let wanted = self.encoding.as_deref().and_then(encoding::named);
        let text = Text::open(
            input.open()?,
            Wanted {
                encoding: wanted,
                sheet: self.sheet.as_deref(),
            },
        )
        .map_err(|refusal| match refusal {
            Refusal::Io(error) => doing()(error),
            Refusal::Stopped => Error::Stopped,
            Refusal::Foreign(what, _) => doing()(io::Error::other(format!("by now it is {what}"))),
        })?;
        let mut head = Cursor::new(text.head);
        head.set_position(self.body);
        let rows = head.chain(text.rest).take(self.end - self.body);
        let rows: Box<dyn Read + Send + 'a> = Box::new(rows);
        let layout = self.layout.clone();
        Ok(Passing::new(rows, layout, self.body, text.taken))
    }
}
