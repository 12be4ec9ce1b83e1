//! The checksum of a model file: XXH64 of all its bytes, the sixteen figures of the checksum itself taken as zeros. They stand at
//! the same place in every file, so that they are found before anything is understood.

use std::hash::Hasher;

use twox_hash::XxHash64;

/// What a header begins with, up to the checksum.
pub const BEGINNING: &str = r#"{"__metadata__":{"misfit":"{\"checksum\":\""#;
/// The figures before they are known.
pub const OPEN: &str = "0000000000000000";
/// Bytes of the length of the header.
pub const LENGTH: usize = 8;

const START: usize = LENGTH + BEGINNING.len();
const END: usize = START + OPEN.len();

/// Writes the checksum into a file, whose header begins as it should.
pub fn seal(file: &mut [u8]) {
    let sum = format!("{:016x}", sum(file));
    file[START..END].copy_from_slice(sum.as_bytes());
}

/// Whether the bytes are those that were sealed.
pub fn is_whole(file: &[u8]) -> bool {
    file.len() >= END && file[START..END] == *format!("{:016x}", sum(file)).as_bytes()
}

fn sum(file: &[u8]) -> u64 {
    let mut hasher = XxHash64::with_seed(0);
    hasher.write(&file[..START]);
    hasher.write(OPEN.as_bytes());
    hasher.write(&file[END..]);
    hasher.finish()
}
