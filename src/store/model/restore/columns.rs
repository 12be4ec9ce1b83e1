//! How columns become features, from the document and its statistics.

use super::{Outcome, finite, quoted};
use crate::data::columns::clock::Part;
use crate::data::columns::datetime::Unit;
use crate::data::encoder::curve::Curve;
use crate::data::encoder::{Coded, Encoder, Feature};
use crate::data::text::sanitize;
use crate::store::model::tensors::Tensors;
use crate::store::model::{Origin, document, save};

pub(super) fn unit(name: &str) -> Outcome<Unit> {
    let units = [Unit::Days, Unit::Seconds, Unit::SecondsOfDay];
    let found = units.into_iter().find(|unit| save::unit(*unit) == name);
    found.ok_or_else(|| format!("there is no unit {}", quoted(name)))
}

pub(super) fn encoder(
    columns: &[document::Column],
    tensors: &mut Tensors<'_>,
) -> Outcome<(Encoder, Vec<Origin>)> {
    let names: Vec<&String> = columns.iter().flat_map(|column| &column.features).collect();
    if names.is_empty() {
        return Err("it has no columns".into());
    }
    let shape = [names.len()];
    let mut statistic = |name: &str| finite(name, tensors.f64(name, &shape)?);
    let mean = statistic("encoder.mean")?;
    let sd = statistic("encoder.sd")?;
    let offset = statistic("encoder.offset")?;
    let scale = statistic("encoder.scale")?;
    let median = statistic("encoder.median")?;
    if sd.iter().chain(&scale).any(|value| *value <= 0.0) {
        return Err("a column of it has no scale".into());
    }
    let features = names.iter().enumerate().map(|(index, name)| Feature {
        name: sanitize(name),
        median: median[index],
        scale: scale[index],
        offset: offset[index],
        mean: mean[index],
        sd: sd[index],
    });
    let features = features.collect();
    let (mut coded, mut sources, mut first) = (Vec::new(), Vec::new(), 0);
    for (place, column) in columns.iter().enumerate() {
        let (own, source) = self::column(column, place, first)?;
        first = own.features.end;
        coded.push(own);
        sources.push(source);
    }
    let columns = coded;
    Ok((Encoder { features, columns }, sources))
}

fn column(column: &document::Column, place: usize, first: usize) -> Outcome<(Coded, Origin)> {
    let name = sanitize(&column.name);
    let width = match column.levels.as_ref().map(Vec::len) {
        None | Some(2) => 1,
        // One level has no feature, and a table has no more than fit a byte.
        Some(levels @ 3..=255) => levels,
        Some(levels) => return Err(format!("its column “{name}” has {levels} categories")),
    };
    if column.features.len() != width {
        let features = column.features.len();
        return Err(format!("its column “{name}” has {features} features"));
    }
    let sound = column.codes.iter().all(|code| code.is_finite());
    if !sound || !column.per.is_finite() || column.per <= 0.0 {
        return Err(format!("its column “{name}” holds what is no number"));
    }
    let part = match column.part.as_deref() {
        None => None,
        Some("hour") => Some(Part::Hour),
        Some("day") => Some(Part::Day),
        Some(other) => return Err(format!("a time has no {}", quoted(other))),
    };
    let source = match (&column.of, part) {
        (Some(of), Some(_)) => sanitize(of),
        (None, None) => name.clone(),
        _ => {
            return Err(format!(
                "it is not said what its column “{name}” is made of"
            ));
        }
    };
    let levels = column.levels.as_ref();
    Ok((
        Coded {
            name,
            place,
            features: first..first + width,
            levels: levels.map(|levels| levels.iter().map(|level| sanitize(level)).collect()),
            unit: column.unit.as_deref().map(unit).transpose()?,
            codes: column.codes.clone(),
            per: column.per,
        },
        Origin {
            column: source,
            part,
        },
    ))
}

pub(super) fn curves(curves: &[document::Curve], columns: usize) -> Outcome<Vec<Curve>> {
    let mut end = 0;
    let curve = |curve: &document::Curve| {
        let last = curve.first.checked_add(curve.places.len());
        let last = last.filter(|last| curve.first >= end && *last <= columns);
        let last = last.filter(|last| *last > curve.first);
        end = last.ok_or("its curves and its columns do not fit together")?;
        if curve.places.iter().any(|place| !place.is_finite()) {
            return Err("a place on a curve of it is no number".to_owned());
        }
        Ok(Curve {
            columns: curve.first..end,
            places: curve.places.clone(),
        })
    };
    curves.iter().map(curve).collect()
}
