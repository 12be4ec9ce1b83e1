//! The columns that form a curve, as `--json` names them.

use serde::Serialize;

use crate::data::encoder::Encoded;

/// A curve.
#[derive(Serialize)]
pub struct Stretch {
    /// Its first column.
    pub first: String,
    /// Its last column.
    pub last: String,
    /// How many there are.
    pub columns: usize,
}

impl Stretch {
    /// Every curve of a table.
    pub fn all(data: &Encoded) -> Vec<Self> {
        let name = |column: usize| data.encoder.columns[column].name.clone();
        let curves = data.curves.iter().map(|curve| &curve.columns);
        curves
            .map(|columns| Self {
                first: name(columns.start),
                last: name(columns.end - 1),
                columns: columns.len(),
            })
            .collect()
    }
}
