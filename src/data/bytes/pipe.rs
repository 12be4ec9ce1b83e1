//! A pipe that is read while somebody writes into it, and whether they rest: what has come by then can be shown meanwhile.

use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(unix)]
use std::time::Duration;

use crate::data::bytes::stream::Rests;

/// Whoever writes rests when nothing has come for so long.
#[cfg(unix)]
const MOMENT: Duration = Duration::from_millis(20);

/// A pipe, opened.
pub struct Pipe {
    /// What comes out of it.
    pub reader: Box<dyn io::Read + Send>,
    /// Whether its writer rests, where that can be known.
    pub rests: Option<Rests>,
}

/// A named pipe, or a device.
pub fn named(file: File) -> Pipe {
    Pipe {
        rests: watched(&file),
        reader: Box::new(file),
    }
}

/// Standard input. It has a buffer of its own, in which a little may wait that nobody sees from outside: the writer seems to rest
/// then before all of it is read, which does no harm.
pub fn standard_input() -> Pipe {
    #[cfg(unix)]
    let rests = {
        let input = io::stdin().as_fd().try_clone_to_owned();
        input.ok().and_then(|input| watched(&File::from(input)))
    };
    #[cfg(not(unix))]
    let rests = None;
    Pipe {
        reader: Box::new(io::stdin()),
        rests,
    }
}

#[cfg(unix)]
fn watched(file: &File) -> Option<Rests> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let file = file.try_clone().ok()?;
    Some(Box::new(move || {
        let moment = Timespec {
            tv_sec: 0,
            tv_nsec: MOMENT.subsec_nanos().into(),
        };
        let mut asked = [PollFd::new(&file, PollFlags::IN)];
        // The end of a pipe is something to be read, too.
        poll(&mut asked, Some(&moment)) == Ok(0)
    }))
}

#[cfg(not(unix))]
fn watched(_: &File) -> Option<Rests> {
    None
}
