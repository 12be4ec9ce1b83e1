//! Opening the session with `misfit serve` on another machine, and what to say where that fails.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use burn::remote::{ConnectError, RemoteHost};
use burn::tensor::Device;

use super::address::Address;

/// How long the other machine may take to take a call. Burn's own client tries for 16 seconds where nobody listens.
const RINGING: Duration = Duration::from_secs(5);

/// The device there, or why there is none.
pub(super) fn connect(address: &Address, token: &str) -> Result<Device, String> {
    knock(address)?;
    let host = RemoteHost::websocket(&address.to_string()).with_credential(token);
    let device = Device::remote_options(&host).init();
    device.map_err(|error| match error {
        ConnectError::Unauthorized => {
            "it refuses the token; MISFIT_TOKEN or --token is to be the one that misfit serve was given or has printed".into()
        }
        ConnectError::IncompatibleProtocol { .. } => {
            "it speaks another version of Burn's protocol; both sides need the same misfit".into()
        }
        ConnectError::Unreachable { .. } | ConnectError::Handshake { .. } => {
            format!("what listens at {} does not answer like misfit serve ({error})", address.socket())
        }
        error => error.to_string(),
    })
}

/// Whether anybody listens.
fn knock(address: &Address) -> Result<(), String> {
    let socket = address.socket();
    let nobody =
        |error| format!("nothing listens at {socket} ({error}); misfit serve has to run there");
    let mut last = None;
    for found in socket.to_socket_addrs().map_err(nobody)? {
        match TcpStream::connect_timeout(&found, RINGING) {
            Ok(_) => return Ok(()),
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| format!("{socket} is no address"), nobody))
}
