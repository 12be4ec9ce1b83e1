//! What all names of rows have in common at their beginning, so that where there is little room the rest can be shown: of
//! times of one day the hours.

/// The words that all names begin with, up to the sign that ends them.
pub fn stem<'a>(mut names: impl Iterator<Item = &'a str>) -> String {
    let Some(first) = names.next() else {
        return String::new();
    };
    let mut stem = first;
    for name in names {
        let same = stem.bytes().zip(name.bytes()).take_while(|(a, b)| a == b);
        let mut length = same.count();
        while !stem.is_char_boundary(length) {
            length -= 1;
        }
        stem = &stem[..length];
        if stem.is_empty() {
            break;
        }
    }
    let end = stem.rfind(|sign: char| !sign.is_alphanumeric());
    let end = end.and_then(|at| Some(at + stem[at..].chars().next()?.len_utf8()));
    stem[..end.unwrap_or(0)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_whole_words_in_common() {
        let times = ["2024-05-01 09:40:00", "2024-05-01 09:45:00"];
        assert_eq!(stem(times.into_iter()), "2024-05-01 09:");
        assert_eq!(stem(["SN-0012", "SN-0034"].into_iter()), "SN-");
        assert_eq!(stem(["é1", "è1"].into_iter()), "");
        assert_eq!(stem(std::iter::empty()), "");
    }
}
