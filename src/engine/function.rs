//! The functions that an engine calls: `misfit_score(parcel, column, column, …)`, with the columns in the order in which the model
//! asks for them, and `misfit_drawn` with the same arguments, for the few rows whose score depends on their number.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BinaryArray, Float32Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_datafusion_err};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;

use super::scorer::Scorers;
use crate::error::Error;

/// What the functions are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    /// The scores.
    Score,
    /// What rows score if they are those that `LeSiNN` has drawn: pairs of a number and a score, nothing for most rows.
    Drawn,
}

impl Function {
    /// All of them, to be registered wherever they are called.
    pub const ALL: [Self; 2] = [Self::Score, Self::Drawn];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "misfit_score",
            Self::Drawn => "misfit_drawn",
        }
    }

    /// As the engine wants it.
    pub fn udf(self) -> ScalarUDF {
        ScalarUDF::new_from_impl(Called {
            function: self,
            signature: Signature::variadic_any(Volatility::Immutable),
            scorers: Scorers::default(),
        })
    }
}

/// A function, with the models that it was called with.
struct Called {
    function: Function,
    signature: Signature,
    scorers: Scorers,
}

impl fmt::Debug for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.name())
    }
}

// What it was called with before makes no difference.
impl PartialEq for Called {
    fn eq(&self, other: &Self) -> bool {
        self.function == other.function
    }
}

impl Eq for Called {}

impl Hash for Called {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.function.hash(state);
    }
}

impl ScalarUDFImpl for Called {
    fn name(&self) -> &str {
        self.function.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.function {
            Function::Score => DataType::Float32,
            Function::Drawn => DataType::Binary,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = args.number_rows;
        let mut given = args.args.into_iter();
        let Some(ColumnarValue::Scalar(
            ScalarValue::Binary(Some(parcel))
            | ScalarValue::LargeBinary(Some(parcel))
            | ScalarValue::BinaryView(Some(parcel)),
        )) = given.next()
        else {
            return Err(exec_datafusion_err!(
                "the first argument of {} is a model that misfit score has packed",
                self.name()
            ));
        };
        let columns: Result<Vec<ArrayRef>> = given.map(|value| value.into_array(rows)).collect();
        let columns = columns?;
        let scorer = self.scorers.of(&parcel).map_err(|error| said(&error))?;
        let array: ArrayRef = match self.function {
            Function::Score => {
                let told = scorer.scores(&columns, rows);
                Arc::new(Float32Array::from(told.map_err(|error| said(&error))?))
            }
            Function::Drawn => {
                let drawn = scorer.drawn(&columns, rows).map_err(|error| said(&error))?;
                let cells = drawn.iter().map(|pairs| packed(pairs));
                Arc::new(cells.collect::<BinaryArray>())
            }
        };
        Ok(ColumnarValue::Array(array))
    }
}

fn said(error: &Error) -> DataFusionError {
    exec_datafusion_err!("{}", error.chain())
}

/// Bytes of a number and a score.
const PAIR: usize = 12;

/// Numbers and scores in a cell; nothing where there are none.
fn packed(pairs: &[(u64, f32)]) -> Option<Vec<u8>> {
    let bytes = |(number, score): &(u64, f32)| {
        let (number, score) = (number.to_le_bytes(), score.to_le_bytes());
        number.into_iter().chain(score)
    };
    (!pairs.is_empty()).then(|| pairs.iter().flat_map(bytes).collect())
}

/// What a row scores that has this number, where its cell says so; `cells` are what [`Function::Drawn`] gave.
pub fn drawn(cells: &ArrayRef, row: usize, number: u64) -> Option<f32> {
    if cells.is_null(row) {
        return None;
    }
    let cell = cast(&cells.slice(row, 1), &DataType::Binary).ok()?;
    let cell = cell
        .as_any()
        .downcast_ref::<BinaryArray>()?
        .value(0)
        .to_vec();
    let (pairs, _) = cell.as_chunks::<PAIR>();
    pairs.iter().find_map(|pair| {
        let (own, score) = pair.split_first_chunk::<8>()?;
        let is = u64::from_le_bytes(*own) == number;
        is.then_some(f32::from_le_bytes(score.try_into().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_row_is_found_by_its_number() {
        let cells = [packed(&[]), packed(&[(7, 1.5), (300, 2.5)])];
        let cells: ArrayRef = Arc::new(cells.iter().map(Option::as_deref).collect::<BinaryArray>());
        assert_eq!(drawn(&cells, 0, 7), None);
        assert_eq!(drawn(&cells, 1, 300), Some(2.5));
        assert_eq!(drawn(&cells, 1, 8), None);
    }
}
