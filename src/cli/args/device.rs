//! `--device` and `--token`: where the network is trained.

#![allow(
    clippy::doc_markdown,
    reason = "clap shows these comments as help, backticks and all"
)]

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Args, Command};

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

/// A parser of a device's name that tells the shell and `--help` which there are in this build. It takes more than those: what is
/// not built in has an answer of its own, and an address is the user's to say.
#[derive(Clone)]
pub struct Named<T> {
    parse: fn(&str) -> Result<T, String>,
    /// What there is besides the devices of Burn, before them and after.
    others: [Option<&'static str>; 2],
}

impl Named<DeviceArg> {
    /// Where to train.
    pub(super) fn device() -> Self {
        // The address follows, and cannot be known.
        let elsewhere = cfg!(feature = "remote").then_some("remote=ws://");
        Self {
            parse: device,
            others: [Some("cpu"), elsewhere],
        }
    }
}

impl Named<Device> {
    /// What of this machine to serve.
    pub fn local() -> Self {
        Self {
            parse: served,
            others: [None, None],
        }
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Named<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        TypedValueParser::parse_ref(&self.parse, command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let built = Device::ALL.into_iter().filter(|device| device.is_built());
        let [before, after] = self.others;
        let names = before.into_iter().chain(built.map(Device::name));
        Some(Box::new(names.chain(after).map(PossibleValue::new)))
    }
}

/// A device, or where one is.
fn device(text: &str) -> Result<DeviceArg, String> {
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
        None => built(
            text,
            "cpu, ndarray, flex, wgpu, cuda or remote=ws://HOST:PORT",
        )
        .map(DeviceArg::Burn),
    }
}

/// A device of this machine for others.
fn served(text: &str) -> Result<Device, String> {
    built(text, "ndarray (the processor), flex, wgpu or cuda")
}

/// A device of this machine by its name.
fn built(text: &str, expected: &str) -> Result<Device, String> {
    match Device::named(text) {
        Some(device) if device.is_built() => Ok(device),
        Some(device) => Err(missing(device.name())),
        None => Err(format!("expected {expected}")),
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
        assert!(served("cpu").is_err_and(|why| why.contains("ndarray (the processor)")));
    }

    #[test]
    fn what_is_built_in_is_what_the_shell_completes() {
        fn names<T: Clone + Send + Sync + 'static>(named: &Named<T>) -> Vec<String> {
            let values = named.possible_values().into_iter().flatten();
            values.map(|value| value.get_name().to_owned()).collect()
        }
        let [train, serve] = [names(&Named::device()), names(&Named::local())];
        assert_eq!(train[0], "cpu", "the default comes first");
        for device in Device::ALL {
            for names in [&train, &serve] {
                let is_there = names.iter().any(|name| name == device.name());
                assert_eq!(is_there, device.is_built(), "{device:?}");
            }
        }
        let elsewhere = train.iter().any(|name| name == "remote=ws://");
        assert_eq!(elsewhere, cfg!(feature = "remote"));
    }
}
