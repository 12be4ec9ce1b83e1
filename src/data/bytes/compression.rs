//! How a stream is compressed, told by its first bytes and never by its name. gzip and zstd are unpacked while reading.

use std::io::{self, BufRead, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard.
    Zstd,
    /// A ZIP archive of one file.
    Zip,
}

impl Packing {
    /// Its name; none where nothing is packed.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
            Self::Zip => Some("zip"),
        }
    }

    /// The packing that the first bytes of a stream show.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// Unpacks `input`.
pub fn unpack<'a>(
    input: impl BufRead + Send + 'a,
    packing: Packing,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(match packing {
        // An archive cannot be unpacked as it streams by; see `formats::archive`.
        Packing::Plain | Packing::Zip => Box::new(input),
        Packing::Gzip => Box::new(MultiGzDecoder::new(input)),
        Packing::Zstd => Box::new(Frames {
            input: Some(Frame::Between(input)),
        }),
    })
}

/// Zstandard frames one after the other, as `cat a.zst b.zst` and parallel compressors write them.
struct Frames<R: Read> {
    input: Option<Frame<R>>,
}

enum Frame<R: Read> {
    Between(R),
    Inside(Box<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>),
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(frame) = self.input.take() {
            match frame {
                Frame::Between(mut input) => {
                    if input.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let decoder = StreamingDecoder::new(input).map_err(io::Error::other)?;
                    self.input = Some(Frame::Inside(Box::new(decoder)));
                }
                Frame::Inside(mut decoder) => {
                    let read = decoder.read(buffer)?;
                    if read > 0 {
                        self.input = Some(Frame::Inside(decoder));
                        return Ok(read);
                    }
                    self.input = Some(Frame::Between(decoder.into_inner()));
                }
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn unpacked(bytes: &[u8]) -> io::Result<String> {
        let mut text = String::new();
        unpack(bytes, Packing::of(bytes))?.read_to_string(&mut text)?;
        Ok(text)
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &str) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(
            text.as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        )
    }

    #[test]
    fn streams_are_unpacked_by_their_first_bytes_several_in_a_row_too() {
        assert_eq!(unpacked(b"a,b\n").unwrap(), "a,b\n");
        assert_eq!(
            unpacked(&[gzip("a,b\n"), gzip("1,2\n")].concat()).unwrap(),
            "a,b\n1,2\n"
        );
        assert_eq!(
            unpacked(&[zstd("a,b\n"), zstd("1,2\n")].concat()).unwrap(),
            "a,b\n1,2\n"
        );
    }

    #[test]
    fn a_broken_stream_is_an_error() {
        let whole = gzip(&"1,2\n".repeat(1_000));
        assert!(unpacked(&whole[..whole.len() / 2]).is_err());
        assert!(unpacked(&zstd(&"1,2\n".repeat(1_000))[..12]).is_err());
    }
}
