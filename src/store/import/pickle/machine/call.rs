//! The few calls that a `state_dict` makes, as plain data: storages, dictionaries, tensors.

use super::super::super::Unusable;
use super::super::{Id, Stored, Value};
use super::{Machine, damaged};

/// Bytes of the name of an entry.
const LONGEST: usize = 64;
/// Sides of a tensor.
const DIMENSIONS: usize = 32;

impl Machine<'_> {
    /// `('storage', torch.FloatStorage, '0', 'cpu', 24)`
    pub(super) fn storage(&mut self) -> Result<(), Unusable> {
        let id = self.pop()?;
        let Value::List(parts) = &self.values[id] else {
            return Err(damaged());
        };
        let parts: Vec<&Value> = parts.iter().map(|part| &self.values[*part]).collect();
        let [Value::Text(_), Value::Name(kind), Value::Text(key), ..] = parts[..] else {
            return Err(damaged());
        };
        let kind = kind
            .strip_prefix("torch.")
            .filter(|kind| kind.ends_with("Storage"));
        let Some(kind) = kind.filter(|_| key.len() <= LONGEST) else {
            return Err(damaged());
        };
        let storage = Value::Storage(kind, key.clone());
        self.push(storage);
        Ok(())
    }

    /// Calls are of a few names alone, and make plain data.
    pub(super) fn call(&mut self) -> Result<(), Unusable> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let (Value::Name(name), Value::List(given)) =
            (&self.values[function], &self.values[arguments])
        else {
            return Err(damaged());
        };
        let result = match (*name, &given[..]) {
            ("collections.OrderedDict", []) => Value::Dict(Vec::new()),
            // No copies: a program could ask for as many as it likes.
            ("torch.Size", [same]) | ("torch._utils._rebuild_parameter", [same, ..]) => {
                self.stack.push(*same);
                return Ok(());
            }
            ("torch._utils._rebuild_tensor_v2", [storage, offset, shape, strides, ..]) => {
                self.tensor([*storage, *offset, *shape, *strides])?
            }
            _ => return Err(damaged()),
        };
        self.push(result);
        Ok(())
    }

    fn tensor(&self, [storage, offset, shape, strides]: [Id; 4]) -> Result<Value, Unusable> {
        let Value::Storage(kind, key) = &self.values[storage] else {
            return Err(damaged());
        };
        let sizes = |id: Id| -> Option<Vec<usize>> {
            let Value::List(items) = &self.values[id] else {
                return None;
            };
            let small = Some(items).filter(|items| items.len() <= DIMENSIONS)?;
            small.iter().map(|item| self.size(*item)).collect()
        };
        let parts = (self.size(offset), sizes(shape), sizes(strides));
        let (Some(offset), Some(shape), Some(strides)) = parts else {
            return Err(damaged());
        };
        if shape.len() != strides.len() {
            return Err(damaged());
        }
        Ok(Value::Tensor(Stored {
            kind,
            key: key.clone(),
            offset,
            shape,
            strides,
        }))
    }

    fn size(&self, id: Id) -> Option<usize> {
        match self.values[id] {
            Value::Int(size) => usize::try_from(size).ok(),
            _ => None,
        }
    }
}
