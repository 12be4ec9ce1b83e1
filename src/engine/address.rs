//! Where the scheduler of a cluster listens.

use std::fmt;
use std::str::FromStr;

/// The port of a scheduler where none is named.
pub const PORT: u16 = 50_050;

/// A machine and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The machine.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("expected HOST:PORT, such as ballista://localhost:{PORT}");
        let place = text.strip_prefix("ballista://").unwrap_or(text);
        let place = place.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') => {
                (host, port.parse().map_err(|_| wrong())?)
            }
            _ => (place, PORT),
        };
        let odd = |byte: u8| !(byte.is_ascii_alphanumeric() || b"-._[]:".contains(&byte));
        if host.is_empty() || host.bytes().any(odd) {
            return Err(wrong());
        }
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hosts_and_ports() {
        let of = |text: &str| text.parse::<Address>().map(|address| address.to_string());
        assert_eq!(of("ballista://db.local:6000"), Ok("db.local:6000".into()));
        assert_eq!(of("localhost"), Ok("localhost:50050".into()));
        assert_eq!(of("[::1]:7"), Ok("[::1]:7".into()));
        for wrong in ["", "ballista://", "host:port", "a b:1", "http://x:1"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
