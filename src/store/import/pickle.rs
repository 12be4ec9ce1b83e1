//! As much of Python's pickle as a `state_dict` needs, and nothing that runs.
//!
//! A pickle is a program for a stack machine that may name any function of Python and call it. Here a name is only ever
//! compared with the few that PyTorch writes, a call builds plain data, and everything else is refused by its name. Every
//! instruction makes at most one value, and values refer to each other by number, so that memory stays within a small multiple
//! of the file whatever the program does.

mod machine;

use super::Unusable;

/// Bytes of a tensor's name: one text may be the key of many entries, and each gets a copy.
const LONGEST: usize = 1_024;

/// A value's number.
pub(super) type Id = usize;

/// What a program has built.
pub(super) struct Pickle {
    values: Vec<Value>,
    root: Id,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// None, a boolean, or a number that is no integer: of no interest here.
    Plain,
    /// An integer.
    Int(i64),
    /// Text.
    Text(String),
    /// A tuple or a list.
    List(Vec<Id>),
    /// A dictionary, in the order in which it was filled.
    Dict(Vec<(Id, Id)>),
    /// A name that PyTorch writes, not looked up anywhere.
    Name(&'static str),
    /// Numbers in an entry of their own: their kind and the entry.
    Storage(&'static str, String),
    /// A tensor.
    Tensor(Stored),
}

/// A tensor and where its numbers lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    /// `FloatStorage` …
    pub(super) kind: &'static str,
    /// The entry under `data/`.
    pub(super) key: String,
    /// In numbers, not bytes.
    pub(super) offset: usize,
    pub(super) shape: Vec<usize>,
    pub(super) strides: Vec<usize>,
}

impl Value {
    /// What it is, for a message.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Plain => "a plain value",
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Dict(_) => "a dictionary",
            Self::Name(_) => "a name",
            Self::Storage(..) => "a storage",
            Self::Tensor(_) => "a tensor",
        }
    }
}

impl Pickle {
    /// Reads a program to its end.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Unusable> {
        machine::run(bytes)
    }

    /// What the program gave.
    pub(super) fn root(&self) -> Id {
        self.root
    }

    /// A value.
    pub(super) fn value(&self, id: Id) -> &Value {
        &self.values[id]
    }

    /// The entries of a dictionary whose keys are text.
    pub(super) fn entries(&self, id: Id) -> Option<Vec<(String, Id)>> {
        let Value::Dict(entries) = self.value(id) else {
            return None;
        };
        let named = entries.iter().map(|(key, value)| match self.value(*key) {
            Value::Text(key) if key.len() <= LONGEST => Some((key.clone(), *value)),
            _ => None,
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(program: &[u8]) -> String {
        match Pickle::read(program) {
            Ok(_) => panic!("read {program:?}"),
            Err(why) => why.problem,
        }
    }

    #[test]
    fn what_a_pickle_would_run_is_refused_by_its_name() {
        assert!(problem(b"cposix\nsystem\n(Vls\ntR.").contains("posix.system"));
        assert!(problem(b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.").contains("builtins.eval"));
        assert!(problem(b"\x80\x02c__main__\nNet\n.").contains("__main__.Net"));
    }

    #[test]
    fn a_program_that_is_none_is_refused() {
        for program in [
            &b""[..],
            b".",
            b"q\x00",
            b"h\x07.",
            b"R.",
            b"(",
            b"s.",
            b"u.",
            b"X\xff\xff\xff\xffab.",
            b"\x8a\xff\x01.",
            b"t.",
            b"}\x86.",
            b"]e.",
        ] {
            assert!(!problem(program).is_empty());
        }
    }

    #[test]
    fn dictionaries_keep_their_order_and_may_be_filled_after_they_were_remembered() {
        let pickle =
            Pickle::read(b"\x80\x02}q\x00(X\x01\x00\x00\x00bK\x01X\x01\x00\x00\x00aK\x02u0h\x00.");
        let pickle = pickle.unwrap_or_else(|why| panic!("{}", why.problem));
        let names: Vec<String> = pickle
            .entries(pickle.root())
            .unwrap()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["b", "a"]);
    }
}
