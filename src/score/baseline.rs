//! Scores without a network, to be shown beside it: a network that cannot beat no network proves nothing.

use crate::data::encoder::Encoded;

/// The mean squared z-score of each row. An untrained network ranks rows about like this.
pub fn z_norm(data: &Encoded) -> Vec<f32> {
    let features = &data.encoder.features;
    let score = |row: usize| {
        let cells = data.matrix.row(row).iter().zip(features);
        let sum: f64 = cells
            .map(|(value, feature)| feature.z(f64::from(*value)).powi(2))
            .sum();
        (sum / features.len() as f64) as f32
    };
    (0..data.matrix.rows()).map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::encoder::Scaling;
    use crate::data::table::Column;

    #[test]
    fn z_norm_is_the_same_for_every_scaling() {
        let column = |values: [f64; 4]| Column::numbers("x".into(), values.to_vec());
        let columns = vec![column([1.0, 2.0, 3.0, 4.0]), column([0.0, 0.0, 0.0, 10.0])];
        let by = |scaling| z_norm(&Encoded::new(columns.clone(), 4, scaling));
        // By hand: z of 4 in 1..4 is 1.5/√1.25, z of 10 is √3.
        let expected = f32::midpoint(1.5 * 1.5 / 1.25, 3.0);
        assert!((by(Scaling::ZScore)[3] - expected).abs() < 1e-5);
        for (a, b) in by(Scaling::ZScore).iter().zip(by(Scaling::MinMax)) {
            assert!((a - b).abs() < 1e-5);
        }
    }
}
