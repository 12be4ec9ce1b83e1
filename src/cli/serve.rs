//! `misfit serve`: this machine's device for the screens of others.

#[cfg(feature = "remote")]
mod host;
#[cfg(feature = "remote")]
mod said;

use std::net::{SocketAddr, ToSocketAddrs};

use clap::Args;

use crate::cli::args::device::{Named, TokenArgs};
use crate::train::device::Device;

#[derive(Args)]
pub struct ServeArgs {
    /// Where to listen; port 0 takes a free one. By any other address than 127.0.0.1 other machines reach it, unencrypted
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7433", value_parser = bindable)]
    bind: SocketAddr,
    /// What to serve: ndarray, flex, wgpu or cuda, as far as built in; by default the best of them
    #[arg(long, value_name = "DEVICE", value_parser = Named::local())]
    device: Option<Device>,
    #[command(flatten)]
    token: TokenArgs,
}

fn bindable(text: &str) -> Result<SocketAddr, String> {
    let expected = "expected an address and a port, as 127.0.0.1:7433";
    let mut found = text.to_socket_addrs().map_err(|_| expected)?;
    found.next().ok_or_else(|| expected.into())
}

#[cfg(not(feature = "remote"))]
impl ServeArgs {
    #[expect(
        clippy::unused_self,
        reason = "where the server is built in, it is used"
    )]
    pub fn run(&self) -> crate::error::Result<std::process::ExitCode> {
        use crate::error::Error;
        Err(Error::Usage(crate::train::device::missing("remote")))
    }
}
