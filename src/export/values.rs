//! The cells of a row as the network's table has them, where its text is not to be had any more.

use std::borrow::Cow;

use crate::data::encoder::Encoded;
use crate::export::sheet::Cell;

/// The columns in use as the network's table has them: words, dates, and numbers as precise as its floats.
pub fn as_read(data: &Encoded, row: usize) -> Vec<Cell<'static>> {
    let scaled = data.matrix.row(row);
    let columns = data.encoder.columns.iter().enumerate();
    columns
        .map(|(index, column)| {
            let values: Vec<f64> = column
                .features
                .clone()
                .map(|feature| data.encoder.features[feature].inverse(f64::from(scaled[feature])))
                .collect();
            let text = match values.first() {
                _ if data.is_missing(row, index) => return Cell::Nothing,
                None => return Cell::Nothing,
                Some(first) => column.shown(&values).unwrap_or_else(|| {
                    let feature = column.features.start;
                    let scale = data.encoder.features[feature].scale;
                    rounded(*first, scaled[feature], scale)
                }),
            };
            Cell::Text(Cow::Owned(text.into_bytes()))
        })
        .collect()
}

/// A number as precise as the float that it was scaled to, and no more: 0.1 and not 0.10000000149.
fn rounded(value: f64, scaled: f32, scale: f64) -> String {
    let fine = scale.abs() * f64::from(scaled.abs().max(1.0)) * f64::from(f32::EPSILON);
    let power = fine.log10().ceil();
    if !power.is_finite() {
        return value.to_string();
    }
    let digits = (-power).clamp(0.0, 300.0) as usize;
    if digits == 0 {
        let place = 10f64.powf(power);
        return format!("{:.0}", (value / place).round() * place);
    }
    let text = format!("{value:.digits$}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "-0" => "0".into(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_as_they_were() {
        for (value, offset, scale) in [
            (7.25, 49.5, 28.9),
            (-0.1, 3.0, 1.7),
            (0.0, 0.3, 0.5),
            (123_456.0, 0.0, 50_000.0),
            (1.5e-9, 0.0, 1e-9),
            (3e15, 0.0, 1e15),
        ] {
            let scaled = ((value - offset) / scale) as f32;
            let back = f64::from(scaled) * scale + offset;
            let text = rounded(back, scaled, scale);
            assert_eq!(text.parse::<f64>(), Ok(value), "{text}");
        }
        assert_eq!(rounded(5.0, 0.0, 0.0), "5");
    }
}
