//! What a JSON document that is one object holds, and where: found in one pass over the text that keeps no values.

use std::io::{self, BufRead};

use crate::data::bytes::formats::Damage;

/// Objects and arrays within each other at most; deeper ones would only fill memory.
const DEEPEST: usize = 128;
/// Names under which objects and arrays are looked at: `a.b.c`.
const LEVELS: usize = 4;
/// Objects and arrays that are remembered; more are only counted.
const NODES: usize = 20_000;
/// Names of an object that are remembered.
const NAMES: usize = 3;
/// Bytes of a name that are remembered.
const NAME: usize = 1 << 10;

/// An object or an array that is reached by names alone.
#[derive(Debug, Default)]
pub struct Node {
    /// Its own name.
    pub name: String,
    /// The names down to it, joined by dots; empty for the document.
    pub path: String,
    /// The object that it stands in.
    pub parent: Option<usize>,
    /// Whether it is an array.
    pub is_array: bool,
    /// Where what is in it begins, in bytes.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
    /// Lines before what is in it.
    pub lines: u64,
    /// How many objects stand in it.
    pub objects: u64,
    /// How many arrays.
    pub arrays: u64,
    /// How many values of other kinds.
    pub scalars: u64,
    /// How much stands in the first array of it.
    pub first: Option<u64>,
    /// Its first names.
    pub names: Vec<String>,
}

impl Node {
    /// How much stands in it.
    pub fn children(&self) -> u64 {
        self.objects + self.arrays + self.scalars
    }
}

/// What stands at the top of a document.
pub enum Outline {
    /// One object: what is in it, the document first.
    One(Vec<Node>),
    /// An object and more behind it, as in JSON lines.
    Several,
    /// An object that does not end; the last line.
    Cut(u64),
}

/// An object or an array that the pass is in.
struct Frame {
    node: Option<usize>,
    is_array: bool,
    /// Whether the next string is a name.
    names: bool,
    children: u64,
}

/// Looks through a document that begins with an object.
pub fn read(mut text: impl BufRead) -> io::Result<Outline> {
    let mut pass = Pass::default();
    loop {
        let bytes = text.fill_buf()?;
        if bytes.is_empty() {
            return Ok(pass.end());
        }
        let length = bytes.len();
        for byte in bytes {
            if pass.done && !byte.is_ascii_whitespace() {
                return match byte {
                    b'{' | b',' | 0x1e => Ok(Outline::Several),
                    other => Err(Damage::at(
                        format!("line {}", pass.lines + 1),
                        format!(
                            "“{}” stands behind the end of the document",
                            char::from(*other).escape_default()
                        ),
                        "correct or remove what follows the last }",
                    )),
                };
            }
            pass.take(*byte)?;
        }
        text.consume(length);
    }
}

/// What the pass is in the middle of.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    #[default]
    Nothing,
    /// A number, or a word such as `null`.
    Word,
    Text,
    /// A text, behind a backslash.
    Escape,
}

#[derive(Default)]
struct Pass {
    nodes: Vec<Node>,
    stack: Vec<Frame>,
    at: u64,
    lines: u64,
    within: Within,
    /// The name being read, in quotes.
    name: Option<Vec<u8>>,
    /// The name of what comes next.
    pending: String,
    done: bool,
}

impl Pass {
    fn take(&mut self, byte: u8) -> io::Result<()> {
        self.at += 1;
        self.lines += u64::from(byte == b'\n');
        if matches!(self.within, Within::Text | Within::Escape) {
            if let Some(name) = self.name.as_mut().filter(|name| name.len() < NAME) {
                name.push(byte);
            }
            self.within = match (self.within, byte) {
                (Within::Text, b'\\') => Within::Escape,
                (Within::Text, b'"') => {
                    self.end_of_string();
                    Within::Nothing
                }
                _ => Within::Text,
            };
            return Ok(());
        }
        match byte {
            b'"' => {
                self.within = Within::Text;
                let names = self.stack.last().is_some_and(|frame| frame.names);
                if names {
                    self.name = Some(vec![b'"']);
                } else {
                    self.scalar();
                }
            }
            b'{' | b'[' => self.open(byte == b'[')?,
            b'}' | b']' => self.close(),
            b',' => {
                self.within = Within::Nothing;
                if let Some(frame) = self.stack.last_mut() {
                    frame.names = !frame.is_array;
                }
            }
            b':' => {
                if let Some(frame) = self.stack.last_mut() {
                    frame.names = false;
                }
            }
            _ if byte.is_ascii_whitespace() => self.within = Within::Nothing,
            _ if self.within == Within::Nothing => {
                self.within = Within::Word;
                self.scalar();
            }
            _ => {}
        }
        Ok(())
    }

    fn end_of_string(&mut self) {
        let Some(name) = self.name.take() else {
            return;
        };
        // A name that was cut short, or that is none, is shown as it stands.
        let name = serde_json::from_slice(&name)
            .unwrap_or_else(|_| String::from_utf8_lossy(name.trim_ascii()).into_owned());
        let node = self.stack.last().and_then(|frame| frame.node);
        if let Some(node) = node {
            let names = &mut self.nodes[node].names;
            if names.len() < NAMES {
                names.push(name.clone());
            }
        }
        self.pending = name;
    }

    fn scalar(&mut self) {
        if let Some(frame) = self.stack.last_mut() {
            frame.children += 1;
            if let Some(node) = frame.node {
                self.nodes[node].scalars += 1;
            }
        }
    }

    fn open(&mut self, is_array: bool) -> io::Result<()> {
        if self.stack.len() >= DEEPEST {
            return Err(Damage::at(
                format!("line {}", self.lines + 1),
                format!("more than {DEEPEST} objects and arrays within each other"),
                "misfit reads rows: objects or arrays of values",
            ));
        }
        self.within = Within::Nothing;
        let parent = self.stack.last().and_then(|frame| frame.node);
        if let Some(parent) = parent {
            let parent = &mut self.nodes[parent];
            *(if is_array {
                &mut parent.arrays
            } else {
                &mut parent.objects
            }) += 1;
        }
        if let Some(frame) = self.stack.last_mut() {
            frame.children += 1;
        }
        let reached = match parent {
            None => self.stack.is_empty(),
            Some(parent) => !self.nodes[parent].is_array && self.stack.len() < LEVELS,
        };
        let node = (reached && self.nodes.len() < NODES).then(|| {
            let name = std::mem::take(&mut self.pending);
            let above = parent.map(|parent| &*self.nodes[parent].path);
            let path = match above {
                None | Some("") => name.clone(),
                Some(above) => format!("{above}.{name}"),
            };
            self.nodes.push(Node {
                name,
                path,
                parent,
                is_array,
                from: self.at,
                lines: self.lines,
                ..Node::default()
            });
            self.nodes.len() - 1
        });
        self.stack.push(Frame {
            node,
            is_array,
            names: !is_array,
            children: 0,
        });
        Ok(())
    }

    fn close(&mut self) {
        self.within = Within::Nothing;
        let Some(frame) = self.stack.pop() else {
            return;
        };
        if let Some(node) = frame.node {
            self.nodes[node].to = self.at - 1;
        }
        match self.stack.last() {
            Some(Frame {
                node: Some(above), ..
            }) if frame.is_array => {
                self.nodes[*above].first.get_or_insert(frame.children);
            }
            Some(_) => {}
            None => self.done = true,
        }
    }

    fn end(self) -> Outline {
        if self.done {
            Outline::One(self.nodes)
        } else {
            Outline::Cut(self.lines + 1)
        }
    }
}
