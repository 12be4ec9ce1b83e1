//! The words of a column: each different word once, and a code for each row.

use hashbrown::HashMap;

/// The code of a row without a word.
pub const MISSING: u32 = u32::MAX;

/// A column of words. A word is the trimmed bytes of a cell.
#[derive(Debug, Clone, Default)]
pub struct Words {
    codes_by_word: HashMap<Box<[u8]>, u32>,
    /// Each different word, in the order of first appearance.
    different: Vec<Box<[u8]>>,
    /// Each row's word, or [`MISSING`].
    codes: Vec<u32>,
    /// Memory that the different words take, in bytes.
    bytes: usize,
}

impl Words {
    /// Adds a row.
    pub fn push(&mut self, word: Option<&[u8]>) {
        let code = word.map_or(MISSING, |word| self.code(word));
        self.codes.push(code);
    }

    fn code(&mut self, word: &[u8]) -> u32 {
        if let Some(code) = self.codes_by_word.get(word) {
            return *code;
        }
        let code = self.different.len() as u32;
        self.different.push(word.into());
        self.codes_by_word.insert(word.into(), code);
        // Two copies, their pointers and the slot in the map.
        self.bytes += 2 * word.len() + 48;
        code
    }

    /// Adds the rows of another block after these.
    pub fn append(&mut self, other: &Self) {
        let codes: Vec<u32> = other.different.iter().map(|word| self.code(word)).collect();
        let translate = |code: &u32| codes.get(*code as usize).copied().unwrap_or(MISSING);
        self.codes.extend(other.codes.iter().map(translate));
    }

    /// The different words.
    pub fn words(&self) -> &[Box<[u8]>] {
        &self.different
    }

    /// Each row's index into [`Words::words`], or [`MISSING`].
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    /// The word of a row.
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        self.different
            .get(self.codes[row] as usize)
            .map(|word| &**word)
    }

    /// How often each word occurs.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.different.len()];
        for code in &self.codes {
            if let Some(count) = counts.get_mut(*code as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// Rows without a word.
    pub fn missing(&self) -> usize {
        self.codes.iter().filter(|code| **code == MISSING).count()
    }

    /// Memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        4 * self.codes.len() + self.bytes
    }

    /// Keeps the rows that are marked in `keep`, and only their words.
    pub fn retain(&mut self, keep: &[bool]) {
        let mut kept = Self::default();
        for row in (0..self.codes.len()).filter(|row| keep.get(*row) == Some(&true)) {
            kept.push(self.get(row));
        }
        *self = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_share_their_words() {
        let mut first = Words::default();
        for word in [Some(&b"a"[..]), None, Some(b"b"), Some(b"a")] {
            first.push(word);
        }
        let mut second = Words::default();
        for word in [Some(&b"b"[..]), Some(b"c"), None] {
            second.push(word);
        }
        first.append(&second);
        assert_eq!(first.codes(), [0, MISSING, 1, 0, 1, 2, MISSING]);
        assert_eq!((first.counts(), first.missing()), (vec![2, 2, 1], 2));
        assert_eq!(first.get(5), Some(&b"c"[..]));
    }
}
