//! A model bound to a file: where in it the columns stand that the model needs, and how their dates are written there.

use crate::data::columns::missing::MissingWords;
use crate::data::columns::number::Spelling;
use crate::data::encoder::Encoder;
use crate::data::read::ReadOptions;
use crate::data::read::matched::Matched;
use crate::store::model::Model;
use crate::stream::{Clocked, Cut};

/// What it takes to make features of the file's cells.
pub struct Bound {
    pub encoder: Encoder,
    pub clocks: Vec<Clocked>,
    /// How windows are cut, where the model looks at windows.
    pub cut: Option<Cut>,
}

impl Bound {
    pub fn new(model: &Model, matched: &Matched<'_>, options: &ReadOptions) -> Self {
        let sought = model.sought();
        let index = |name: &str| sought.iter().position(|sought| sought.name == name);
        // Every column was found, or the file would have been refused.
        let found = |name: &str| index(name).unwrap_or_default();
        let place = |name: &str| matched.places[found(name)];
        let mut encoder = model.encoder.clone();
        let mut clocks = Vec::new();
        // What the user calls missing now may not have been in the table that was learned from.
        let said = MissingWords::new(&options.missing, Spelling::default()).codes;
        for (column, origin) in encoder.columns.iter_mut().zip(&model.sources) {
            let at = place(&origin.column);
            if let Some(part) = origin.part {
                column.place = matched.header.len() + clocks.len();
                clocks.push(Clocked {
                    column: at,
                    part,
                    per: matched.per[found(&origin.column)],
                });
                continue;
            }
            column.place = at;
            // Dates that are written out are seconds already.
            if column.unit.is_some() && matched.written_out[found(&origin.column)] {
                column.per = 1.0;
            }
            if column.is_number() {
                column.codes.extend(&said);
            }
        }
        let cut = model.window.as_ref().map(|window| Cut {
            size: window.size,
            clock: window.clock.as_ref().map(|(name, unit)| {
                let per = matched.per[found(name)];
                (name.clone(), place(name), *unit, per)
            }),
            group: window
                .group
                .as_ref()
                .map(|name| (name.clone(), place(name))),
        });
        Self {
            encoder,
            clocks,
            cut,
        }
    }
}
