//! Listening, serving, and ending with a signal.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use super::ServeArgs;
use super::said::{say, tell, welcome};
use crate::cli::print;
use crate::error::{Error, Result};
use crate::signals::Signals;
use crate::train::device::Device;
use crate::train::remote::server;

/// Exit status of a process ended by a signal, less the signal.
const SIGNALLED: u8 = 128;
/// How often a signal is looked for.
const PULSE: Duration = Duration::from_millis(100);

impl ServeArgs {
    /// Serves until a signal ends it.
    pub fn run(&self) -> Result<ExitCode> {
        let device = self.device.unwrap_or_else(Device::best);
        let given = self.token.given()?;
        let token = match &given {
            Some(token) => token.clone(),
            None => server::token()?,
        };
        let signals = Signals::register().map_err(Error::io("listen for signals"))?;
        let listener = listen(self.bind)?;
        let at = listener.local_addr().map_err(Error::io("listen"))?;
        let ended = server::serve(device, listener, &token, |asked| tell(&asked))?;
        let shown = given.is_none().then_some(&*token);
        print(welcome(device, at, shown).as_bytes())?;
        loop {
            if let Some(signal) = signals.end() {
                say("ended; whoever trained here goes on at home");
                return Ok(ExitCode::from(SIGNALLED + signal));
            }
            // A signal only sets a flag, so that it is looked for now and then.
            match ended.recv_timeout(PULSE) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(why) => return Err(Error::Told(format!("the server ended: {why}"))),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::Told("the server ended".into()));
                }
            }
        }
    }
}

fn listen(at: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(at).map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => {
                "; another program listens there, perhaps another misfit serve: --bind 127.0.0.1:0 takes a free port"
            }
            ErrorKind::AddrNotAvailable => "; this machine has no such address",
            ErrorKind::PermissionDenied => "; ports below 1024 are the system's",
            _ => "",
        };
        Error::Told(format!("cannot listen at {at}: {error}{advice}"))
    })
}
