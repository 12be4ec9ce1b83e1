//! Which columns form a curve, as the user says it.

use std::str::FromStr;

/// What the user says of curves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CurveChoice {
    /// Names and values tell.
    #[default]
    Auto,
    /// There is none.
    None,
    /// Numbers side by side form one, whatever they are called.
    All,
    /// The numbers from one column to another form one, as `FIRST..LAST`. A name may have dots of its own, so that only the
    /// table can tell where it ends.
    Spans(Vec<String>),
}

impl FromStr for CurveChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "none" => Ok(Self::None),
            "all" => Ok(Self::All),
            _ if text.contains("..") => Ok(Self::Spans(vec![text.to_owned()])),
            _ => {
                Err("expected auto, none, all, or a first and a last column as FIRST..LAST".into())
            }
        }
    }
}

impl CurveChoice {
    /// What several flags say together: spans add up, of anything else there is one.
    pub fn of(said: &[Self]) -> Option<Self> {
        match said {
            [] => Some(Self::Auto),
            [one] => Some(one.clone()),
            several => {
                let spans = several.iter().map(|choice| match choice {
                    Self::Spans(spans) => Some(spans.as_slice()),
                    _ => None,
                });
                let spans: Option<Vec<&[String]>> = spans.collect();
                Some(Self::Spans(spans?.concat()))
            }
        }
    }
}
