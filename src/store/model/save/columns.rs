//! How columns become features, for the document and as tensors.

use super::Named;
use crate::data::columns::clock::Part;
use crate::data::columns::datetime::Unit;
use crate::data::encoder::{Coded, Encoded};
use crate::data::matrix::Matrix;
use crate::store::model::document;
use crate::store::model::tensors::Tensor;

/// How a unit of dates is called in the document.
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => "days",
        Unit::Seconds => "seconds",
        Unit::SecondsOfDay => "seconds_of_day",
    }
}

/// The columns of the table that no column in use is made of.
pub(super) fn unused(data: &Encoded) -> Vec<String> {
    let (header, columns) = (&data.provenance.header, &data.encoder.columns);
    let used = |place: usize, name: &str| {
        columns
            .iter()
            .any(|column| match Part::found(&column.name) {
                Some((of, _)) if column.place >= header.len() => of == name,
                _ => column.place == place,
            })
    };
    let unused = header
        .iter()
        .enumerate()
        .filter(|(place, name)| !used(*place, name));
    unused.map(|(_, name)| name.clone()).collect()
}

pub(super) fn column_of(data: &Encoded, column: &Coded) -> document::Column {
    let made = column.place >= data.provenance.header.len();
    let part = Part::found(&column.name).filter(|_| made);
    let features = &data.encoder.features[column.features.clone()];
    document::Column {
        name: column.name.clone(),
        of: part.map(|(of, _)| of.to_owned()),
        part: part.map(|(_, part)| {
            let name = match part {
                Part::Hour => "hour",
                Part::Day => "day",
            };
            name.to_owned()
        }),
        features: features
            .iter()
            .map(|feature| feature.name.clone())
            .collect(),
        levels: column.levels.clone(),
        unit: column.unit.map(|of| unit(of).to_owned()),
        codes: column.codes.clone(),
        per: column.per,
    }
}

pub(super) fn encoder_tensors(data: &Encoded, tensors: &mut Vec<Named>) {
    let features = &data.encoder.features;
    let statistics = [
        (
            "mean",
            features.iter().map(|f| f.mean).collect::<Vec<f64>>(),
        ),
        ("sd", features.iter().map(|f| f.sd).collect()),
        ("offset", features.iter().map(|f| f.offset).collect()),
        ("scale", features.iter().map(|f| f.scale).collect()),
        ("median", features.iter().map(|f| f.median).collect()),
    ];
    let shape = [features.len()];
    for (name, values) in statistics {
        let tensor = Tensor::f64(&shape, values.into_iter());
        tensors.push((format!("encoder.{name}"), tensor));
    }
    let [least, greatest] = ranges(&data.matrix);
    tensors.push(("encoder.least".into(), Tensor::f32(&shape, &least)));
    tensors.push(("encoder.greatest".into(), Tensor::f32(&shape, &greatest)));
}

/// The least and the greatest value of each column.
fn ranges(matrix: &Matrix) -> [Vec<f32>; 2] {
    let mut least = vec![f32::INFINITY; matrix.columns()];
    let mut greatest = vec![f32::NEG_INFINITY; matrix.columns()];
    for row in 0..matrix.rows() {
        let bounds = least.iter_mut().zip(&mut greatest);
        for ((least, greatest), value) in bounds.zip(matrix.row(row)) {
            *least = least.min(*value);
            *greatest = greatest.max(*value);
        }
    }
    [least, greatest]
}
