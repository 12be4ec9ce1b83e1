//! Whether a table is piped in.

use std::io::{self, BufRead};

/// Whether something is piped in. Waits for the first byte; an empty pipe is none, and neither is a terminal or a device.
pub(super) fn is_piped() -> bool {
    is_pipe_or_file()
        && io::stdin()
            .lock()
            .fill_buf()
            .is_ok_and(|bytes| !bytes.is_empty())
}

#[cfg(unix)]
fn is_pipe_or_file() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let stdin = io::stdin().as_fd().try_clone_to_owned();
    let metadata = stdin.and_then(|stdin| std::fs::File::from(stdin).metadata());
    metadata.is_ok_and(|metadata| {
        let kind = metadata.file_type();
        kind.is_fifo() || kind.is_file() || kind.is_socket()
    })
}

#[cfg(not(unix))]
fn is_pipe_or_file() -> bool {
    use std::io::IsTerminal;
    !io::stdin().is_terminal()
}
