//! What people and programs write around a number: signs, currencies, brackets that mean minus, marks of footnotes, letters for
//! thousands.

use super::plain;

/// Signs that may stand before or after an amount, with or without a space.
const SIGNS: [&str; 21] = [
    "US$", "C$", "A$", "R$", "$", "€", "£", "¥", "₹", "₽", "₩", "USD", "EUR", "GBP", "CHF", "JPY",
    "SEK", "kr", "zł", "%", "‰",
];

/// A number with everything that may be written around it: a sign, a currency, a percent sign, brackets that mean minus,
/// separators between groups of three digits.
pub fn read(cell: &[u8], decimal: u8) -> Option<f64> {
    /// No written number is longer.
    const LONGEST: usize = 64;
    if cell.len() > LONGEST || !cell.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let text = without_marks(std::str::from_utf8(cell).ok()?.trim());
    let (text, debt) = match text
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inside) => (inside.trim(), true),
        None => (text, false),
    };
    let (text, negative) = strip_sign(text);
    let (mut text, negative) = (text.trim_start(), negative ^ debt);
    for sign in SIGNS {
        let bare = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign));
        if let Some(bare) = bare {
            text = bare.trim();
            break;
        }
    }
    let (text, inner) = strip_sign(text);
    let (text, behind) = match behind(text) {
        Some((amount, minus)) if !negative && !inner => (amount, minus),
        _ => (text, false),
    };
    let (text, times) = thousands(text, decimal);
    let value = times * plain(text, decimal)?;
    Some(if negative ^ inner ^ behind {
        -value
    } else {
        value
    })
}

/// A number without the marks of footnotes behind it, `13.5*`, nor the flags of a statistical office, a blank before them: `5.3 p`
/// is provisional.
fn without_marks(text: &str) -> &str {
    let bare = text.trim_end_matches(['*', '#', '†', '‡']);
    let Some((number, flags)) = bare.rsplit_once(' ') else {
        return bare;
    };
    let is_flag = |c: char| matches!(c, 'b' | 'e' | 'p' | 'r' | 'u' | 'z');
    let flagged = matches!(flags.len(), 1 | 2)
        && flags.chars().all(is_flag)
        && number.ends_with(|c: char| c.is_ascii_digit());
    if flagged { number.trim_end() } else { bare }
}

/// An amount without the letter that stands for its thousands, millions or billions, and how many: exchanges write `50.44K`. Whole
/// numbers are rather codes: `12B`.
fn thousands(text: &str, decimal: u8) -> (&str, f64) {
    let times = match text.as_bytes().last() {
        Some(b'K') => 1e3,
        Some(b'M') => 1e6,
        Some(b'B') => 1e9,
        _ => return (text, 1.0),
    };
    let amount = &text[..text.len() - 1];
    let fraction = amount.split_once(char::from(decimal));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match fraction {
        Some((_, fraction)) if digits(fraction) => (amount, times),
        _ => (text, 1.0),
    }
}

/// An amount with its sign behind it, and whether that says minus: ledgers write `1.250,75-`, banks `1,250.75 DR` for what is
/// owed and `CR` for what is had.
fn behind(text: &str) -> Option<(&str, bool)> {
    // `5-` is rather a code.
    if let Some(amount) = text.strip_suffix(['-', '−']) {
        return (amount.len() > 1).then_some((amount, true));
    }
    let debit = text.strip_suffix("DR").or(text.strip_suffix("Dr"));
    let credit = text.strip_suffix("CR").or(text.strip_suffix("Cr"));
    let debit = debit.map(|amount| (amount.trim_end(), true));
    debit.or(credit.map(|amount| (amount.trim_end(), false)))
}

fn strip_sign(text: &str) -> (&str, bool) {
    match text.strip_prefix(['-', '−', '–']) {
        Some(rest) => (rest, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    }
}
