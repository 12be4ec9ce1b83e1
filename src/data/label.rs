//! The label column: words → truth.

use std::collections::BTreeMap;

use crate::data::table::Label;
use crate::data::text::quote;

/// Turns a label column into truth. `0` and words for normal are inliers, `1` and words for strange are outliers; of any
/// other two values, the rarer one is the outlier. An error says what is wrong with it.
pub fn label_from(
    name: String,
    texts: &[String],
    notices: &mut Vec<String>,
) -> Result<Label, String> {
    let word = |text: &String| text.trim().to_lowercase();
    let mut counts = BTreeMap::<String, usize>::new();
    for text in texts {
        *counts.entry(word(text)).or_default() += 1;
    }
    let meaning = |text: &str| match text {
        "1" | "1.0" | "true" | "yes" | "y" | "outlier" | "anomaly" | "anomalous" | "abnormal"
        | "fraud" => Some(true),
        "0" | "0.0" | "false" | "no" | "n" | "inlier" | "nominal" | "normal" | "ok" | "" => {
            Some(false)
        }
        _ => None,
    };
    let outlier: Vec<bool> = if counts.keys().all(|text| meaning(text).is_some()) {
        texts
            .iter()
            .map(|text| meaning(&word(text)) == Some(true))
            .collect()
    } else if counts.len() == 2 {
        let rarer = counts
            .iter()
            .min_by_key(|(_, count)| **count)
            .map(|(text, _)| text.clone())
            .unwrap_or_default();
        notices.push(format!(
            "column “{name}”: the rarer value, {}, is taken as the outliers",
            quote(rarer.as_bytes())
        ));
        texts.iter().map(|text| word(text) == rarer).collect()
    } else {
        let count = counts.len();
        return Err(format!(
            "the label column “{name}” has {count} different values"
        ));
    };
    let count = outlier.iter().filter(|is| **is).count();
    notices.push(format!(
        "column “{name}” is the label ({count} outliers): used to judge, never to train"
    ));
    Ok(Label { name, outlier })
}
