//! The numbers of a model as named tensors, in the order of bytes that safetensors has: little-endian.

use std::borrow::Cow;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, View};

/// A tensor to be written.
pub struct Tensor {
    kind: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Tensor {
    pub fn f32(shape: &[usize], values: &[f32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes());
        Self::new(Dtype::F32, shape, bytes.collect())
    }

    pub fn f64(shape: &[usize], values: impl Iterator<Item = f64>) -> Self {
        Self::new(
            Dtype::F64,
            shape,
            values.flat_map(f64::to_le_bytes).collect(),
        )
    }

    pub fn u64(shape: &[usize], values: impl Iterator<Item = u64>) -> Self {
        Self::new(
            Dtype::U64,
            shape,
            values.flat_map(u64::to_le_bytes).collect(),
        )
    }

    pub fn u32(shape: &[usize], values: &[u32]) -> Self {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes());
        Self::new(Dtype::U32, shape, bytes.collect())
    }

    fn new(kind: Dtype, shape: &[usize], bytes: Vec<u8>) -> Self {
        Self {
            kind,
            shape: shape.to_vec(),
            bytes,
        }
    }
}

impl View for Tensor {
    fn dtype(&self) -> Dtype {
        self.kind
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// The tensors of a file, each to be asked for once.
pub struct Tensors<'a> {
    file: SafeTensors<'a>,
    asked: usize,
}

impl<'a> Tensors<'a> {
    pub fn new(file: SafeTensors<'a>) -> Self {
        Self { file, asked: 0 }
    }

    /// Tensors that nobody has asked for.
    pub fn left(&self) -> usize {
        self.file.len().saturating_sub(self.asked)
    }

    /// The numbers of the tensor of this name, type and shape; in words what is wrong with it.
    pub fn f32(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
        let bytes = self.bytes(name, Dtype::F32, shape)?;
        let values = bytes.as_chunks().0.iter();
        Ok(values.map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    pub fn f64(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f64>, String> {
        let bytes = self.bytes(name, Dtype::F64, shape)?;
        let values = bytes.as_chunks().0.iter();
        Ok(values.map(|bytes| f64::from_le_bytes(*bytes)).collect())
    }

    pub fn u64(&mut self, name: &str, shape: &[usize]) -> Result<Vec<u64>, String> {
        let bytes = self.bytes(name, Dtype::U64, shape)?;
        let values = bytes.as_chunks().0.iter();
        Ok(values.map(|bytes| u64::from_le_bytes(*bytes)).collect())
    }

    /// The numbers of a vector, however many they are; none where there is no such tensor.
    pub fn vector(&mut self, name: &str) -> Result<Option<Vec<f32>>, String> {
        match self.length(name) {
            Some(length) => self.f32(name, &[length]).map(Some),
            None => Ok(None),
        }
    }

    /// The same of whole numbers, which must be there.
    pub fn u32(&mut self, name: &str) -> Result<Vec<u32>, String> {
        let length = self.length(name).unwrap_or_default();
        let bytes = self.bytes(name, Dtype::U32, &[length])?;
        let values = bytes.as_chunks().0.iter();
        Ok(values.map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }

    /// How many rows of so many numbers a matrix has; none where there is no such tensor.
    pub fn rows(&self, name: &str, columns: usize) -> Option<usize> {
        let tensor = self.file.tensor(name).ok()?;
        match *tensor.shape() {
            [rows, own] if own == columns => Some(rows),
            _ => None,
        }
    }

    fn length(&self, name: &str) -> Option<usize> {
        let tensor = self.file.tensor(name).ok()?;
        Some(tensor.shape().iter().product())
    }

    fn bytes(&mut self, name: &str, kind: Dtype, shape: &[usize]) -> Result<&'a [u8], String> {
        let Ok(tensor) = self.file.tensor(name) else {
            return Err(format!("its tensor {name} is missing"));
        };
        if tensor.dtype() != kind || tensor.shape() != shape {
            return Err(format!(
                "its tensor {name} is {:?} of shape {:?}, not {kind:?} of {shape:?}",
                tensor.dtype(),
                tensor.shape()
            ));
        }
        self.asked += 1;
        Ok(tensor.data())
    }
}
