//! A model bound to a file: where in it the columns stand that the model needs, and how their dates are written there.

use super::{Clocked, Cut, Told};
use crate::data::encoder::Encoder;
use crate::store::model::Model;

/// What is known of the columns that a model needs, in the order of [`Model::sought`].
pub struct Places<'a> {
    /// Columns of the file.
    pub columns: usize,
    /// Where each stands.
    pub places: &'a [usize],
    /// What dates of each are divided by, where they are written as numbers.
    pub per: &'a [f64],
    /// Whether each was read as dates that are written out.
    pub written_out: &'a [bool],
    /// Numbers that stand for a missing value in this file, beside those of the training.
    pub codes: &'a [f64],
}

/// What it takes to make features of the file's cells.
pub struct Bound {
    /// The model's, with the places of the file.
    pub encoder: Encoder,
    /// Columns that a clock makes.
    pub clocks: Vec<Clocked>,
    /// How windows are cut, where the model looks at windows.
    pub cut: Option<Cut>,
}

impl Bound {
    /// Binds a model, all of whose columns were found.
    pub fn new(model: &Model, file: &Places<'_>) -> Self {
        let sought = model.sought();
        let index = |name: &str| sought.iter().position(|sought| sought.name == name);
        // Every column was found, or the file would have been refused.
        let found = |name: &str| index(name).unwrap_or_default();
        let place = |name: &str| file.places[found(name)];
        let mut encoder = model.encoder.clone();
        let mut clocks = Vec::new();
        for (column, origin) in encoder.columns.iter_mut().zip(&model.sources) {
            let at = place(&origin.column);
            if let Some(part) = origin.part {
                column.place = file.columns + clocks.len();
                clocks.push(Clocked {
                    column: at,
                    part,
                    per: file.per[found(&origin.column)],
                });
                continue;
            }
            column.place = at;
            // Dates that are written out are seconds already.
            if column.unit.is_some() && file.written_out[found(&origin.column)] {
                column.per = 1.0;
            }
            if column.is_number() {
                // What is called missing now may not have been in the table that was learned from.
                column.codes.extend(file.codes);
            }
        }
        let cut = model.window.as_ref().map(|window| Cut {
            size: window.size,
            clock: window.clock.as_ref().map(|(columns, unit)| Told {
                columns: columns.clone(),
                places: columns
                    .iter()
                    .map(|name| (place(name), file.per[found(name)]))
                    .collect(),
                unit: *unit,
            }),
            group: window
                .group
                .as_ref()
                .map(|name| (name.clone(), place(name))),
            named: model.named_by_series(),
        });
        Self {
            encoder,
            clocks,
            cut,
        }
    }
}
