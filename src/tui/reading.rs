//! How far the reading has come, in words.

use crate::app::session::Session;
use crate::data::read::Progress;
use crate::format;

/// What there is to say of it.
pub struct Far {
    /// The share that is read, where the length of the file is known.
    pub share: Option<f64>,
    /// `4.2 MB of 11 MB`.
    pub read: String,
    /// `12,800 rows, 4.2 MB of 11 MB`.
    pub done: String,
    /// `about 3 s left`, once it has taken long enough for anybody to ask; or what comes behind the reading.
    pub left: Option<String>,
    /// `all of it will take about 38 MB of memory`.
    pub need: Option<String>,
}

impl Far {
    /// The words for this progress.
    pub fn new(session: &Session, progress: Progress) -> Self {
        let total = progress.total.filter(|total| *total > 0);
        let share = total.map(|total| progress.bytes.min(total) as f64 / total as f64);
        let left = match share {
            Some(share) if share >= 1.0 => Some("all read, its columns are being prepared".into()),
            share => share
                .and_then(|share| session.busy_left(share))
                .map(|left| format!("about {} left", format::clock(left))),
        };
        let of = total.map_or_else(String::new, |total| format!(" of {}", format::bytes(total)));
        let read = format!("{}{of}", format::bytes(progress.bytes));
        Self {
            share,
            done: format!("{} rows, {read}", format::group(progress.rows)),
            read,
            left,
            need: progress.need.map(|need| {
                format!(
                    "all of it will take about {} of memory",
                    format::bytes(need)
                )
            }),
        }
    }

    /// A bar of so many cells; none where the length of the file is not known.
    pub fn bar(&self, cells: usize) -> Option<String> {
        let full = (self.share? * cells as f64) as usize;
        Some(format!("{}{}", "█".repeat(full), "·".repeat(cells - full)))
    }
}
