//! What `misfit serve` says: what it serves, the command for the other side, and who comes.

use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};

use crate::train::device::Device;
use crate::train::remote::server::Asked;

/// A line about what happens.
pub fn say(text: &str) {
    // A stderr that cannot be written to is no reason to stop.
    let _ = writeln!(io::stderr(), "misfit serve: {text}");
}

pub fn tell(asked: &Asked) {
    let from = asked.from;
    if asked.welcome {
        say(&format!("{from} trains here"));
    } else {
        say(&format!("{from} came with the wrong token and was refused"));
    }
}

/// What is served, and the command to use on the other side. `token` is shown where the user did not give it.
pub fn welcome(device: Device, at: SocketAddr, token: Option<&str>) -> String {
    let (words, name, port) = (device.words(), device.name(), at.port());
    let token = token.unwrap_or("…");
    let command = |host: &str| {
        format!("  MISFIT_TOKEN={token} misfit FILE --device remote=ws://{host}:{port}\n")
    };
    let how = if at.ip().is_loopback() {
        format!(
            "from another machine, with this one's name for HOST:\n  ssh -N -L {port}:127.0.0.1:{port} HOST &\n{}\n\
             The websocket is not encrypted. Nobody but this machine reaches it, and ssh encrypts the way.\n",
            command("127.0.0.1")
        )
    } else {
        let host = match at.ip() {
            host if host.is_unspecified() => "HOST".into(),
            IpAddr::V6(host) => format!("[{host}]"),
            IpAddr::V4(host) => host.to_string(),
        };
        format!(
            "from another machine:\n{}\n\
             WARNING: NOTHING IS ENCRYPTED. Whoever can listen on the network reads the rows, the weights and the token, and\n\
             can then use this machine. Without --bind only this machine is reached, and ssh -L carries it safely from others.\n",
            command(&host)
        )
    };
    format!("serving this machine's {words} ({name}) at ws://{at} until Ctrl-C\n\n{how}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_welcome_is_louder_where_others_can_listen() {
        let at = |text: &str| text.parse().expect("an address");
        let own = welcome(Device::Ndarray, at("127.0.0.1:7433"), Some("abc"));
        assert!(
            own.contains("MISFIT_TOKEN=abc misfit FILE --device remote=ws://127.0.0.1:7433"),
            "{own}"
        );
        assert!(
            own.contains("ssh -N -L 7433:127.0.0.1:7433") && !own.contains("WARNING"),
            "{own}"
        );
        let open = welcome(Device::Ndarray, at("[::]:1"), None);
        assert!(open.contains("WARNING: NOTHING IS ENCRYPTED"), "{open}");
        assert!(
            open.contains("remote=ws://HOST:1") && !open.contains("abc"),
            "{open}"
        );
    }
}
