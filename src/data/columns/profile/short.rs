//! The summary of numbers that are packed as integers, found without unpacking them.

use hashbrown::HashSet;

use super::{BARS, COUNTED, Distinct, Profile};
use crate::data::columns::packed::{self, Packed, TENS};

/// Different values are counted in one bit each, if they lie within this many steps of their last place: four megabytes.
const STEPS: i64 = 1 << 25;

/// Integers of one block, and what makes those of all blocks comparable.
struct Piece<'a> {
    values: &'a [i32],
    /// Index of the power of ten that divides them.
    tens: u8,
    /// What they are multiplied by to have as many places as any.
    factor: i64,
}

/// The summary of pieces that are all integers; none if one is not.
pub fn of(pieces: &[Packed]) -> Option<Profile> {
    let (pieces, tens) = integers(pieces)?;
    let (mut range, mut missing) = (None::<(i64, i64)>, false);
    for piece in &pieces {
        let (least, greatest, gaps) = ends(piece.values);
        missing |= gaps;
        if least <= greatest {
            let here = (
                i64::from(least) * piece.factor,
                i64::from(greatest) * piece.factor,
            );
            range = Some(range.map_or(here, |(least, greatest)| {
                (least.min(here.0), greatest.max(here.1))
            }));
        }
    }
    let Some((least, greatest)) = range else {
        return Some(Profile {
            whole: true,
            counts_up: !missing,
            ..Profile::default()
        });
    };
    let one = 10_i64.pow(u32::from(tens));
    let whole = pieces.iter().all(is_whole);
    Some(Profile {
        range: Some((number(least, tens), number(greatest, tens))),
        distinct: different(&pieces, least, greatest),
        binary: whole && least >= 0 && greatest <= one,
        whole,
        counts_up: !missing && counts_up(&pieces, one),
    })
}

/// How many values lie in each bar of a histogram, where `bar` finds the bar of a number and never falls; none if a piece is
/// not of integers.
pub fn histogram(pieces: &[Packed], bar: impl Fn(f64) -> usize) -> Option<Vec<u32>> {
    let (pieces, _) = integers(pieces)?;
    let mut bars = vec![0; BARS];
    let mut first: Option<(u8, [i32; BARS])> = None;
    for Piece { values, tens, .. } in pieces {
        // The first integer of each bar; from there on the bars behind begin.
        let firsts = match first {
            Some((of, firsts)) if of == tens => firsts,
            _ => std::array::from_fn(|wanted| {
                let (mut below, mut from) = (i64::from(packed::NONE), i64::from(i32::MAX));
                while from - below > 1 {
                    let middle = i64::midpoint(below, from);
                    if bar(number(middle, tens)) >= wanted {
                        from = middle;
                    } else {
                        below = middle;
                    }
                }
                from as i32
            }),
        };
        first = Some((tens, firsts));
        for (from, count) in behind(values, &firsts).into_iter().enumerate() {
            bars[from] += count;
            if from > 0 {
                bars[from - 1] -= count;
            }
        }
    }
    Some(bars)
}

/// How many integers are not below each bound; missing ones are below all.
fn behind(values: &[i32], bounds: &[i32; BARS]) -> [u32; BARS] {
    pulp::Arch::new().dispatch(|| {
        let mut counts = [0; BARS];
        for part in values.chunks(4_096) {
            for (count, bound) in counts.iter_mut().zip(bounds) {
                *count += part
                    .iter()
                    .map(|value| u32::from(value >= bound))
                    .sum::<u32>();
            }
        }
        counts
    })
}

fn integers(pieces: &[Packed]) -> Option<(Vec<Piece<'_>>, u8)> {
    let mut all = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Packed::Short(values, tens) => all.push(Piece {
                values,
                tens: *tens,
                factor: 1,
            }),
            Packed::Long(_) => return None,
        }
    }
    let tens = all.iter().map(|piece| piece.tens).max().unwrap_or(0);
    for piece in &mut all {
        piece.factor = 10_i64.pow(u32::from(tens - piece.tens));
    }
    Some((all, tens))
}

/// Least and greatest integer, the other way round if there is none; and whether one is missing.
fn ends(values: &[i32]) -> (i32, i32, bool) {
    pulp::Arch::new().dispatch(|| {
        let (mut least, mut greatest, mut missing) = (i32::MAX, i32::MIN, 0_u32);
        for value in values {
            let gap = *value == packed::NONE;
            missing |= u32::from(gap);
            least = least.min(if gap { i32::MAX } else { *value });
            greatest = greatest.max(*value);
        }
        (least, greatest, missing > 0)
    })
}

fn number(value: i64, tens: u8) -> f64 {
    value as f64 / TENS[usize::from(tens)]
}

fn is_whole(piece: &Piece<'_>) -> bool {
    let one = 10_i32.pow(u32::from(piece.tens));
    one == 1
        || piece
            .values
            .iter()
            .all(|value| *value == packed::NONE || value % one == 0)
}

fn counts_up(pieces: &[Piece<'_>], one: i64) -> bool {
    let mut values = pieces.iter().flat_map(|piece| {
        piece
            .values
            .iter()
            .map(|value| i64::from(*value) * piece.factor)
    });
    let Some(mut before) = values.next() else {
        return true;
    };
    values.all(|value| {
        let next = value == before + one;
        before = value;
        next
    })
}

fn different(pieces: &[Piece<'_>], least: i64, greatest: i64) -> Distinct {
    let mut count = 0;
    if greatest - least < STEPS {
        let mut seen = vec![0_u64; (greatest - least) as usize / 64 + 1];
        for Piece { values, factor, .. } in pieces {
            for value in values.iter().filter(|value| **value != packed::NONE) {
                let step = (i64::from(*value) * factor - least) as usize;
                let (word, bit) = (&mut seen[step / 64], step % 64);
                count += usize::from(*word >> bit & 1 == 0);
                *word |= 1 << bit;
            }
            if count > COUNTED {
                break;
            }
        }
    } else {
        let mut seen = HashSet::new();
        'all: for Piece { values, factor, .. } in pieces {
            for value in values.iter().filter(|value| **value != packed::NONE) {
                if seen.insert(i64::from(*value) * factor) && seen.len() > COUNTED {
                    break 'all;
                }
            }
        }
        count = seen.len();
    }
    Distinct {
        count: count.min(COUNTED),
        more: count > COUNTED,
    }
}
