//! The stack machine: one instruction after the other, each of them one that `torch.save` writes.

mod call;

use std::collections::HashMap;

use super::super::Unusable;
use super::{Id, Pickle, Value};
use crate::data::text::sanitize;

/// The names that may be named, as module and name; what they stand for is done here or ignored.
const NAMES: [&str; 18] = [
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    "torch.Size",
    "torch.FloatStorage",
    "torch.DoubleStorage",
    "torch.HalfStorage",
    "torch.BFloat16Storage",
    "torch.LongStorage",
    "torch.IntStorage",
    "torch.ShortStorage",
    "torch.CharStorage",
    "torch.ByteStorage",
    "torch.BoolStorage",
    "torch.ComplexFloatStorage",
    "torch.ComplexDoubleStorage",
    "torch.QInt8Storage",
    "torch.QUInt8Storage",
];
/// Runs a program to its STOP.
pub(super) fn run(bytes: &[u8]) -> Result<Pickle, Unusable> {
    let mut machine = Machine {
        rest: bytes,
        values: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: HashMap::new(),
    };
    loop {
        let code = machine.byte()?;
        if code == b'.' {
            let root = machine.pop()?;
            return Ok(Pickle {
                values: machine.values,
                root,
            });
        }
        machine.step(code)?;
    }
}

struct Machine<'a> {
    rest: &'a [u8],
    values: Vec<Value>,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
}

fn damaged() -> Unusable {
    Unusable::damaged("data.pkl breaks off or makes no sense")
}

impl<'a> Machine<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Unusable> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Unusable> {
        Ok(self.take(1)?[0])
    }

    /// So many bytes as a number, the least significant first.
    fn number(&mut self, bytes: usize) -> Result<u64, Unusable> {
        let taken = self.take(bytes)?;
        Ok(taken
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn line(&mut self) -> Result<&'a [u8], Unusable> {
        let end = self
            .rest
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(damaged)?;
        let line = self.take(end)?;
        self.take(1)?;
        Ok(line)
    }

    fn push(&mut self, value: Value) {
        self.values.push(value);
        self.stack.push(self.values.len() - 1);
    }

    fn pop(&mut self) -> Result<Id, Unusable> {
        // Nothing below the last mark belongs to anybody but its owner.
        if self.stack.len() <= self.marks.last().copied().unwrap_or(0) {
            return Err(damaged());
        }
        self.stack.pop().ok_or_else(damaged)
    }

    fn top(&self) -> Result<Id, Unusable> {
        self.stack.last().copied().ok_or_else(damaged)
    }

    /// What lies above the last mark, which goes.
    fn above(&mut self) -> Result<Vec<Id>, Unusable> {
        let mark = self.marks.pop().ok_or_else(damaged)?;
        if mark > self.stack.len() {
            return Err(damaged());
        }
        Ok(self.stack.split_off(mark))
    }

    fn string(&mut self, length: u64) -> Result<(), Unusable> {
        let length = usize::try_from(length).map_err(|_| damaged())?;
        let text = std::str::from_utf8(self.take(length)?).map_err(|_| damaged())?;
        self.push(Value::Text(text.to_owned()));
        Ok(())
    }

    fn tuple(&mut self, count: usize) -> Result<(), Unusable> {
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.insert(0, self.pop()?);
        }
        self.push(Value::List(items));
        Ok(())
    }

    fn remember(&mut self, place: u64) -> Result<(), Unusable> {
        let id = self.top()?;
        self.memo.insert(place, id);
        Ok(())
    }

    fn recall(&mut self, place: u64) -> Result<(), Unusable> {
        let id = self.memo.get(&place).copied().ok_or_else(damaged)?;
        self.stack.push(id);
        Ok(())
    }

    fn step(&mut self, code: u8) -> Result<(), Unusable> {
        match code {
            0x80 => drop(self.take(1)?),
            // A frame only says how much follows.
            0x95 => drop(self.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            // Away with it; and what is said of a dictionary besides its entries.
            b'0' | b'b' => drop(self.pop()?),
            b'N' | 0x88 | 0x89 => self.push(Value::Plain),
            b'G' => {
                self.take(8)?;
                self.push(Value::Plain);
            }
            b'K' | b'M' => {
                let number = self.number(if code == b'K' { 1 } else { 2 })?;
                self.push(Value::Int(number as i64));
            }
            b'J' => {
                let number = self.number(4)? as u32 as i32;
                self.push(Value::Int(number.into()));
            }
            0x8a => self.long()?,
            b'X' | b'T' | 0x8c | b'U' | 0x8d => {
                let length = self.number(match code {
                    0x8c | b'U' => 1,
                    0x8d => 8,
                    _ => 4,
                })?;
                self.string(length)?;
            }
            b')' | b']' => self.push(Value::List(Vec::new())),
            b'}' => self.push(Value::Dict(Vec::new())),
            0x85..=0x87 => self.tuple(usize::from(code - 0x84))?,
            b't' | b'l' => {
                let items = self.above()?;
                self.push(Value::List(items));
            }
            b'q' | b'r' => {
                let place = self.number(if code == b'q' { 1 } else { 4 })?;
                self.remember(place)?;
            }
            0x94 => self.remember(self.memo.len() as u64)?,
            b'h' | b'j' => {
                let place = self.number(if code == b'h' { 1 } else { 4 })?;
                self.recall(place)?;
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.name(
                    &String::from_utf8_lossy(module),
                    &String::from_utf8_lossy(name),
                )?;
            }
            0x93 => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Value::Text(module), Value::Text(name)) =
                    (&self.values[module], &self.values[name])
                else {
                    return Err(damaged());
                };
                let (module, name) = (module.clone(), name.clone());
                self.name(&module, &name)?;
            }
            b'Q' => self.storage()?,
            b'R' => self.call()?,
            b's' | b'u' | b'a' | b'e' => self.fill(code)?,
            _ => {
                let problem =
                    format!("data.pkl has the instruction {code:#04x}, which no state_dict needs");
                return Err(Unusable::new(problem, ONLY));
            }
        }
        Ok(())
    }

    /// An integer of any length; the large ones are of no interest.
    fn long(&mut self) -> Result<(), Unusable> {
        let length = usize::from(self.byte()?);
        let bytes = self.take(length)?;
        let value = match length {
            0 => Value::Int(0),
            1..=8 => {
                let sign = if bytes[length - 1] & 0x80 == 0 {
                    0
                } else {
                    0xff
                };
                let mut wide = [sign; 8];
                wide[..length].copy_from_slice(bytes);
                Value::Int(i64::from_le_bytes(wide))
            }
            _ => Value::Plain,
        };
        self.push(value);
        Ok(())
    }

    fn name(&mut self, module: &str, name: &str) -> Result<(), Unusable> {
        let full = format!("{module}.{name}");
        let Some(known) = NAMES.iter().find(|known| **known == full) else {
            let problem = format!(
                "it names {}, which no state_dict needs; nothing was run",
                sanitize(&full)
            );
            return Err(Unusable::new(problem, ONLY));
        };
        self.push(Value::Name(known));
        Ok(())
    }

    /// Puts what lies on top into the dictionary or list below it.
    fn fill(&mut self, code: u8) -> Result<(), Unusable> {
        let items = match code {
            b's' => {
                let (value, key) = (self.pop()?, self.pop()?);
                vec![key, value]
            }
            b'a' => vec![self.pop()?],
            _ => self.above()?,
        };
        let into = self.top()?;
        match (&mut self.values[into], code) {
            (Value::Dict(entries), b's' | b'u') if items.len() % 2 == 0 => {
                entries.extend(items.chunks_exact(2).map(|pair| (pair[0], pair[1])));
            }
            (Value::List(list), b'a' | b'e') => list.extend(items),
            _ => return Err(damaged()),
        }
        Ok(())
    }
}

const ONLY: &str = "save the weights alone, with torch.save(model.state_dict(), \"x.pt\")";
