//! Whether the user's locale promises more than ASCII.

use std::ffi::OsString;

/// Whether the locale names a character set that is not UTF-8, or none, as `C` and `POSIX` do. The first of `LC_ALL`,
/// `LC_CTYPE` and `LANG` that is set decides, as POSIX says. Where none is, POSIX assumes `C`; containers and Windows set
/// none on terminals that draw everything, so nothing is concluded from that.
pub fn is_ascii_only(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty());
    set.is_some_and(|locale| {
        let locale = locale.to_string_lossy().to_ascii_lowercase();
        !locale.contains("utf-8") && !locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ascii_only(set: &[(&str, &str)]) -> bool {
        is_ascii_only(|name| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(*value))
        })
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert!(ascii_only(&[("LANG", "C")]));
        assert!(ascii_only(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "POSIX")]));
        assert!(ascii_only(&[("LANG", "de_DE.UTF-8"), ("LC_CTYPE", "C")]));
        assert!(!ascii_only(&[("LC_ALL", "C.UTF-8"), ("LC_CTYPE", "C")]));
        assert!(!ascii_only(&[("LC_ALL", ""), ("LANG", "en_GB.utf8")]));
        assert!(ascii_only(&[("LANG", "de_DE.ISO-8859-1")]));
    }

    #[test]
    fn nothing_is_concluded_from_no_locale_at_all() {
        assert!(!ascii_only(&[]));
        assert!(!ascii_only(&[("LANG", "")]));
    }
}
