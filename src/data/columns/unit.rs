//! Units of measurement: which texts are one, and the one that all cells of a column end in.

use serde::{Deserialize, Serialize};

use crate::data::columns::number::{self, Cell, Spelling};

/// Units and their parts, in lower case.
const KNOWN: &str = " s sec secs second seconds ms us µs μs ns min mins minute minutes h hr hrs hour hours d day days yr year years \
    m mm cm dm km um µm μm nm in inch ft mi g kg mg ug µg μg ng t lb lbs oz l ml dl ul µl n kn nm pa kpa hpa mpa gpa bar mbar psi \
    atm torr mmhg v mv kv a ma ka w mw kw gw wh kwh mwh va kva hz khz mhz ghz rpm j kj mj cal kcal mol mmol umol µmol k c f °c °f ºc \
    degc degf deg degree degrees celsius fahrenheit kelvin ° rad mrad % ‰ percent pct ppm ppb db dbm dba lx lux lm cd ohm ω kohm \
    mohm s/cm us/cm mf µf uf ph ntu counts count cts cps bpm mph kph kmh knots kn eur usd gbp chf € $ £ px bit bits byte bytes kb mb gb \
    volt volts amp amps ampere amperes watt watts pascal pascals hectopascals kilopascals meter meters metre metres kilometers \
    millimeters mps m^2 mo dy mn nmi degt unitless dimensionless arb a.u. au ";

/// Whether a cell is a unit, alone or made of some: `m/s`, `kg m-2`, `[bar]`.
pub fn is_unit(cell: &[u8]) -> bool {
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

/// What stands in brackets, or the text itself.
pub fn without_brackets(text: &str) -> &str {
    let pairs = [('[', ']'), ('(', ')'), ('<', '>'), ('{', '}')];
    let inside = pairs
        .iter()
        .find_map(|(open, close)| text.strip_prefix(*open)?.strip_suffix(*close));
    inside.map_or(text, str::trim)
}

/// Longest unit behind the numbers of a column.
const LONGEST: usize = 8;

/// The unit behind every number of a column: `22.7 mV`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suffix {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Suffix {
    /// The unit that these cells end in, where nearly all are numbers with one and the same. `cells` are trimmed and not missing.
    pub fn of(cells: &[&[u8]], spelling: Spelling) -> Option<Self> {
        let first = cells.first()?;
        let is_part = |byte: &u8| byte.is_ascii_digit() || b" +-.,'".contains(byte);
        let begin = first.iter().position(|byte| !is_part(byte))?;
        let unit = str::from_utf8(&first[begin..]).ok()?;
        let mut bytes = [0; LONGEST];
        bytes
            .get_mut(..unit.len())?
            .copy_from_slice(unit.as_bytes());
        let suffix = Self {
            bytes,
            length: unit.len() as u8,
        };
        let is_number = |cell: &&&[u8]| {
            let number = suffix
                .strip(cell)
                .map(|number| number::read(number, spelling));
            matches!(number, Some(Cell::Number(_)))
        };
        let numbers = cells.iter().filter(is_number).count();
        (is_unit(unit.as_bytes()) && numbers * 20 >= cells.len() * 19).then_some(suffix)
    }

    /// The number before the unit; none where the cell ends in something else.
    pub fn strip<'a>(&self, cell: &'a [u8]) -> Option<&'a [u8]> {
        number::trim(cell).strip_suffix(self.as_bytes())
    }

    /// The unit, to show.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(self.as_bytes()).into_owned()
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_stands_behind_every_number_or_none() {
        let of = |cells: &[&str]| {
            let cells: Vec<&[u8]> = cells.iter().map(|cell| cell.as_bytes()).collect();
            Suffix::of(&cells, Spelling::default()).map(|suffix| suffix.shown())
        };
        assert_eq!(of(&["22.7 mV", "-3mV", "1,200.5 mV"]), Some("mV".into()));
        assert_eq!(of(&["22 °C", "3 °C"]), Some("°C".into()));
        assert_eq!(of(&["22 mV", "3 V"]), None);
        assert_eq!(of(&["12 dogs", "3 dogs"]), None);
        assert_eq!(
            (of(&["m", "s"]), of(&["1", "2"]), of(&[])),
            (None, None, None)
        );
    }

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
