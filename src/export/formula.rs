//! Cells that a spreadsheet would run as a formula instead of showing them: those that begin with `=`, `+`, `-`, `@`, a tab or a
//! line end (<https://owasp.org/www-community/attacks/CSV_Injection>). Plain numbers begin so too, and are harmless.

/// Whether a spreadsheet would take this cell for a formula.
pub fn is_like_formula(cell: &[u8]) -> bool {
    match cell {
        // Last the wide forms of = + - @, which some spreadsheets take for the narrow ones.
        [b'=' | b'@' | b'\t' | b'\r' | b'\n', ..] | [0xef, 0xbc, 0x8b | 0x8d | 0x9d | 0xa0, ..] => {
            true
        }
        [b'+' | b'-', rest @ ..] => !is_plain(rest),
        _ => false,
    }
}

/// Whether a sign before this makes a number of it, or a dash that stands for nothing.
fn is_plain(rest: &[u8]) -> bool {
    let rest = rest.trim_ascii();
    let Ok(text) = std::str::from_utf8(rest) else {
        return false;
    };
    match rest {
        [] => true,
        [b'+' | b'-', ..] => rest.iter().all(|byte| *byte == b'-'),
        _ if text.parse::<f64>().is_ok() => true,
        // 1,234.5 and 1 234,5 and 12 %.
        [first, ..] => {
            (first.is_ascii_digit() || b".,".contains(first))
                && rest
                    .iter()
                    .all(|byte| byte.is_ascii_digit() || b".,' %".contains(byte))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_numbers_and_words() {
        for cell in [
            "=1+1",
            "=cmd|' /C calc'!A0",
            "@SUM(A1)",
            "+A1",
            "-A1",
            "-2+3",
            "--2",
            "+cmd|x",
            "\tx",
            "\rx",
            "\n=1",
            "＝1+1",
            "- see note",
            "-1e5x",
        ] {
            assert!(is_like_formula(cell.as_bytes()), "{cell:?}");
        }
        for cell in [
            "", "-", "--", "-3.5", "+1e-5", "-3,5", "-1,234.5", "+1'000", "-12 %", "-.5", "-inf",
            "-NaN", "a=b", " =1", "1-2", "e@x", "名前",
        ] {
            assert!(!is_like_formula(cell.as_bytes()), "{cell:?}");
        }
        assert!(is_like_formula(b"-\xff"), "what is no text is no number");
    }
}
