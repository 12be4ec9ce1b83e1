//! `--device` and `--token`: where the network is trained.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use clap::Args;

#[cfg(feature = "remote")]
use crate::error::{Error, Result};
use crate::train::device::{Device, missing};
#[cfg(feature = "remote")]
use crate::train::remote::Address;

/// What `--device` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DeviceArg {
    /// The processor, through whatever engine.
    Cpu,
    /// One of Burn's.
    Burn(Device),
    /// Another machine's.
    #[cfg(feature = "remote")]
    Remote(Address),
}

/// The secret between the two machines.
#[derive(Args, Debug, Clone)]
pub struct TokenArgs {
    /// The token of misfit serve. Better in the environment, as MISFIT_TOKEN: what is on a command line, others on the machine see
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
}

/// A device, or where one is.
pub(super) fn device(text: &str) -> Result<DeviceArg, String> {
    if text == "cpu" {
        return Ok(DeviceArg::Cpu);
    }
    match text.strip_prefix("remote") {
        #[cfg(feature = "remote")]
        Some(address) => address
            .strip_prefix('=')
            .unwrap_or_default()
            .parse()
            .map(DeviceArg::Remote),
        #[cfg(not(feature = "remote"))]
        Some(_) => Err(missing("remote")),
        None => local(text).map(DeviceArg::Burn),
    }
}

/// A device of this machine by its name.
pub fn local(text: &str) -> Result<Device, String> {
    match Device::named(text) {
        Some(device) if device.is_built() => Ok(device),
        Some(device) => Err(missing(device.name())),
        None => Err("expected cpu, ndarray, flex, wgpu, cuda or remote=ws://HOST:PORT".into()),
    }
}

#[cfg(feature = "remote")]
impl TokenArgs {
    /// The token, where the user gave one.
    pub fn given(&self) -> Result<Option<String>> {
        let token = match &self.token {
            Some(token) => Some(token.clone()),
            None => std::env::var_os("MISFIT_TOKEN")
                .map(std::ffi::OsString::into_string)
                .transpose()
                .map_err(|_| Error::Usage("MISFIT_TOKEN is no UTF-8".into()))?,
        };
        match token {
            Some(token) if token.is_empty() => Err(Error::Usage(
                "the token is empty, in MISFIT_TOKEN or --token".into(),
            )),
            token => Ok(token),
        }
    }

    /// The token to use elsewhere.
    pub(super) fn needed(&self) -> Result<String> {
        self.given()?.ok_or_else(|| {
            Error::Usage(
                "--device remote needs the token that misfit serve was given or has printed: set MISFIT_TOKEN".into(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_not_built_in_names_the_command_that_builds_it() {
        assert_eq!(device("cpu"), Ok(DeviceArg::Cpu));
        assert_eq!(device("ndarray"), Ok(DeviceArg::Burn(Device::Ndarray)));
        for name in ["flex", "wgpu", "cuda", "remote=ws://gpu:7433"] {
            let feature = name.split('=').next().unwrap_or_default();
            if let Err(why) = device(name) {
                assert!(why.contains(&format!("--features {feature}")), "{why}");
            }
        }
        assert!(device("abacus").is_err_and(|why| why.contains("remote=ws://")));
    }
}
