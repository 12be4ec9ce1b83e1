//! Units of measurement, as they stand in a row under the header.

use csv::ByteRecord;

use crate::data::columns::number;
use crate::data::text::sanitize_bytes;

/// Units and their parts, in lower case.
const KNOWN: &str = " s sec secs second seconds ms us µs μs ns min mins minute minutes h hr hrs hour hours d day days yr year years \
    m mm cm dm km um µm μm nm in inch ft mi g kg mg ug µg μg ng t lb lbs oz l ml dl ul µl n kn nm pa kpa hpa mpa gpa bar mbar psi \
    atm torr mmhg v mv kv a ma ka w mw kw gw wh kwh mwh va kva hz khz mhz ghz rpm j kj mj cal kcal mol mmol umol µmol k c f °c °f ºc \
    degc degf deg degree degrees celsius fahrenheit kelvin ° rad mrad % ‰ percent pct ppm ppb db dbm dba lx lux lm cd ohm ω kohm \
    mohm s/cm us/cm mf µf uf ph ntu counts count cts cps bpm mph kph kmh knots kn eur usd gbp chf € $ £ px bit bits byte bytes kb mb gb \
    unitless dimensionless arb a.u. au ";

/// Whether a record is a row of units: all of its cells that aren't empty, but for a few.
pub fn are_units(record: &ByteRecord) -> bool {
    let cells: Vec<&[u8]> = record
        .iter()
        .map(number::trim)
        .filter(|cell| !cell.is_empty())
        .collect();
    // A dash says that a column has no unit, but also that a value is missing. Loggers of Campbell Scientific write the other two
    // under the time and the record's number.
    let none = |cell: &&&[u8]| [&b"-"[..], b"--", b"none", b"None", b"TS", b"RN"].contains(*cell);
    let none = cells.iter().filter(none).count();
    let units = cells.iter().filter(|cell| is_unit(cell)).count();
    units > 0 && (units + none) * 4 >= cells.len() * 3
}

/// Whether a cell is a unit, alone or made of some: `m/s`, `kg m-2`, `[bar]`.
fn is_unit(cell: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(cell) else {
        return false;
    };
    if text.len() > 24 {
        return false;
    }
    let bare = without_brackets(text);
    if bare.len() < text.len() {
        return true;
    }
    let is_known = |unit: &str| !unit.is_empty() && KNOWN.contains(&format!(" {unit} "));
    let lower = bare.to_lowercase();
    let part = |part: &str| {
        let power = |c: char| c.is_ascii_digit() || "-+^²³⁻¹".contains(c);
        is_known(part) || is_known(part.trim_end_matches(power))
    };
    is_known(&lower) || lower.split(['/', '*', '·', ' ', '.']).all(part)
}

fn without_brackets(text: &str) -> &str {
    let pairs = [('[', ']'), ('(', ')'), ('<', '>'), ('{', '}')];
    let inside = pairs
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inside.map_or(text, str::trim)
}

/// What the rows under the header say of a column, as it is shown beside its name: `Volts`, `Deg C Avg`.
pub fn of_column(rows: &[ByteRecord], column: usize) -> String {
    let cells = rows.iter().filter_map(|row| row.get(column)).map(shown);
    let cells: Vec<String> = cells.filter(|unit| !unit.is_empty()).collect();
    cells.join(" ")
}

fn shown(cell: &[u8]) -> String {
    without_brackets(&sanitize_bytes(number::trim(cell))).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_alone_and_combined() {
        for unit in [
            "s",
            "degC",
            "l/min",
            "°C",
            "kg m-2",
            "m/s²",
            "m^3/h",
            "[whatever]",
            "kWh",
            "%",
            "W/m2",
        ] {
            assert!(is_unit(unit.as_bytes()), "{unit}");
        }
        for word in ["temp", "bob", "absent", "2024-01-01", "", "a lot of words"] {
            assert!(!is_unit(word.as_bytes()), "{word}");
        }
    }
}
