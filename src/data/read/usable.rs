//! Whether a table can be learned. One that can't is still shown.

use crate::data::read::errors::FileErrors;
use crate::data::table::Table;
use crate::error::Result;

/// With fewer rows, nothing can be an exception to a rule.
pub const MIN_ROWS: usize = 4;

/// Refuses a table that cannot be learned.
pub fn check(table: &Table) -> Result<()> {
    let path = table.path.as_ref().map(|path| path.to_string_lossy());
    let errors = FileErrors {
        file: path.as_deref().unwrap_or(&table.name),
    };
    if table.rows < MIN_ROWS {
        let problem = match table.rows {
            1 => "only 1 data row".to_owned(),
            rows => format!("only {rows} data rows"),
        };
        let advice = format!("at least {MIN_ROWS} rows of equal length are needed");
        return Err(errors.whole(&problem, &advice));
    }
    if table.features() == 0 {
        let problem = format!("no column to learn from ({})", table.notices.join("; "));
        return Err(errors.whole(
            &problem,
            "misfit needs columns that vary: numbers, dates or a few words",
        ));
    }
    Ok(())
}
