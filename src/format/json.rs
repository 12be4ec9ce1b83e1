//! A score in JSON, which knows no infinite numbers: the word that CSV has for it. Of a row without a score there is nothing to
//! say.

use serde::Serializer;

/// What stands for a score that is beyond all measure.
pub const INFINITE: &str = "inf";

/// Writes a score, for `serialize_with`.
pub fn score<S: Serializer>(score: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    if *score == f32::INFINITY {
        serializer.serialize_str(INFINITE)
    } else {
        serializer.serialize_f32(*score)
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    #[derive(Serialize)]
    struct Row(#[serde(serialize_with = "super::score")] f32);

    #[test]
    fn an_infinite_score_is_written_as_in_csv() {
        let written = |score| serde_json::to_string(&Row(score)).unwrap();
        let infinite = format!("\"{}\"", f32::INFINITY);
        assert_eq!(written(f32::INFINITY), infinite);
        assert_eq!(written(2.5), "2.5");
        assert_eq!(written(f32::NAN), "null");
    }
}
