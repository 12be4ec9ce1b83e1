//! What is said of several files: what holds for many of them is said once.

/// What was said of files, each with how many it holds for and which was the first.
#[derive(Debug, Default)]
pub struct Remarks(Vec<(String, usize, String)>);

/// Remarks that are told; a thousand files may differ in a thousand ways.
const MOST: usize = 12;

impl Remarks {
    /// Adds what is said of a file.
    pub fn add(&mut self, file: &str, notices: &[String]) {
        for notice in notices {
            match self.0.iter_mut().find(|(known, ..)| known == notice) {
                Some((_, files, _)) => *files += 1,
                None => self.0.push((notice.clone(), 1, file.to_owned())),
            }
        }
    }

    /// A sentence about each, of `files` files.
    pub fn sentences(&self, files: usize) -> Vec<String> {
        let sentence = |(notice, count, first): &(String, usize, String)| match *count {
            1 => format!("{first}: {notice}"),
            count if count == files => format!("in all files: {notice}"),
            count => format!("{first} and {} more: {notice}", count - 1),
        };
        let mut sentences: Vec<String> = self.0.iter().take(MOST).map(sentence).collect();
        if self.0.len() > MOST {
            sentences.push(format!(
                "{} more remarks about single files; `misfit inspect FILE` shows those of one",
                self.0.len() - MOST
            ));
        }
        sentences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_for_many_files_is_said_once() {
        let mut remarks = Remarks::default();
        let both = ["skipped 2 lines", "read as UTF-16"].map(String::from);
        remarks.add("a.csv", &both[..1]);
        remarks.add("b.csv", &both);
        assert_eq!(
            remarks.sentences(3),
            ["a.csv and 1 more: skipped 2 lines", "b.csv: read as UTF-16"]
        );
        assert_eq!(remarks.sentences(2)[0], "in all files: skipped 2 lines");
    }
}
