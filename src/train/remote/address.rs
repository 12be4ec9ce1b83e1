//! Where a remote device is, as the user writes it: `ws://host:port`.

use std::fmt;
use std::str::FromStr;

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// `host:port`, as the system wants it.
    pub fn socket(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "expected remote=ws://HOST:PORT, as misfit serve says it".to_owned();
        if text.starts_with("wss://") {
            return Err("Burn's websocket is not encrypted, so that it is ws:// and not wss://; ssh -L carries it safely".into());
        }
        let rest = text.strip_prefix("ws://").ok_or_else(expected)?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = rest.rsplit_once(':').ok_or_else(expected)?;
        let bracketed = host.starts_with('[') && host.ends_with(']');
        let known = |c: char| c.is_alphanumeric() || "-._".contains(c);
        if host.is_empty() || !(bracketed || host.chars().all(known)) {
            return Err(expected());
        }
        let port = port.parse().ok().filter(|port| *port != 0);
        Ok(Self {
            host: host.into(),
            port: port.ok_or_else(expected)?,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ws://{}", self.socket())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_host_and_a_port_and_nothing_else() {
        for (text, socket) in [
            ("ws://127.0.0.1:7433", "127.0.0.1:7433"),
            ("ws://gpu.lab:80/", "gpu.lab:80"),
            ("ws://[::1]:7433", "[::1]:7433"),
        ] {
            assert_eq!(
                text.parse::<Address>().map(|address| address.socket()),
                Ok(socket.into())
            );
        }
        for text in [
            "",
            "gpu:7433",
            "ws://gpu",
            "ws://:7433",
            "ws://gpu:0",
            "ws://gpu:99999",
            "ws://a/b:1",
            "wss://gpu:7433",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
