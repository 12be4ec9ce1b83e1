//! Named numbers, as files of weights hold them.

use super::Unusable;
use crate::data::text::quote;

/// One tensor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tensor {
    /// As the file has it, not sanitised.
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) numbers: Numbers,
}

/// What a tensor holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Numbers {
    /// As many as the shape says.
    Floats(Vec<f32>),
    /// No floating-point numbers, but these.
    Other(String),
}

/// How floating-point numbers are written, the least significant byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Float {
    Half,
    Brain,
    Single,
    Double,
}

impl Float {
    /// Bytes of one number.
    pub(super) fn size(self) -> usize {
        match self {
            Self::Half | Self::Brain => 2,
            Self::Single => 4,
            Self::Double => 8,
        }
    }

    /// One number; `bytes` are [`Float::size`] long.
    pub(super) fn read(self, bytes: &[u8]) -> f32 {
        let read = match self {
            Self::Single => bytes.try_into().map(f32::from_le_bytes),
            Self::Brain => bytes
                .try_into()
                .map(|[low, high]: [u8; 2]| f32::from_le_bytes([0, 0, low, high])),
            Self::Half => bytes.try_into().map(|two| half(u16::from_le_bytes(two))),
            Self::Double => bytes
                .try_into()
                .map(|eight| f64::from_le_bytes(eight) as f32),
        };
        read.unwrap_or(f32::NAN)
    }
}

/// IEEE 754's binary16.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    sign * match exponent {
        0 => fraction * 2_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f32.powi(exponent - 15),
    }
}

impl Tensor {
    /// `2 × 1 × 3`
    pub(super) fn size(&self) -> String {
        let sides: Vec<String> = self.shape.iter().map(ToString::to_string).collect();
        if sides.is_empty() {
            return "a single number".into();
        }
        sides.join(" × ")
    }

    /// Its numbers, or why they are no weights.
    pub(super) fn floats(self) -> Result<Vec<f32>, Unusable> {
        let name = quote(self.name.as_bytes());
        match self.numbers {
            Numbers::Floats(values) if values.iter().all(|value| value.is_finite()) => Ok(values),
            Numbers::Floats(_) => Err(Unusable::new(
                format!("{name} holds numbers that are not finite"),
                "train that network again; it has diverged",
            )),
            Numbers::Other(kind) => Err(Unusable::new(
                format!("{name} holds {kind}, no floating-point numbers"),
                "only dense layers of float16, bfloat16, float32 or float64 can be read",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_float_reads_what_python_wrote() {
        // numpy.float16 and torch.bfloat16 of these numbers, as bytes.
        let halves = [
            (0x3c00, 1.0),
            (0xc500, -5.0),
            (0x0001, 5.960_464_5e-8),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
        ];
        for (bits, value) in halves {
            assert_eq!(Float::Half.read(&u16::to_le_bytes(bits)), value);
        }
        assert_eq!(Float::Half.read(&0x7c00_u16.to_le_bytes()), f32::INFINITY);
        assert_eq!(Float::Brain.read(&0x3fc0_u16.to_le_bytes()), 1.5);
        assert_eq!(Float::Single.read(&0.1_f32.to_le_bytes()), 0.1);
        assert_eq!(Float::Double.read(&0.1_f64.to_le_bytes()), 0.1);
    }
}
