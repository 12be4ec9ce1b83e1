//! `misfit executor`: scores what a scheduler deals out to it.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Args;

use super::args::usage;
use super::scheduler::tell;
use crate::data::text::sanitize;
use crate::engine::Address;
use crate::engine::cluster::Executor;
use crate::error::{Error, Result};

/// Ports that are tried where none is named, from the first on.
const PORTS: std::ops::Range<u16> = 50_051..50_151;

/// Whom it works for, and where its results are fetched.
#[derive(Args)]
pub struct ExecutorArgs {
    /// Where the scheduler listens
    #[arg(long, value_name = "HOST:PORT", default_value = "localhost:50050", value_parser = address)]
    scheduler: Address,
    /// Address to listen at for those who fetch results; others than this machine's own are for networks where everybody may
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// What others call this machine; by default the address
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// Port to listen at; by default the first free one from 50051 on
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Files that are scored at once; by default one per core
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

impl ExecutorArgs {
    pub fn run(&self) -> Result<ExitCode> {
        let host = match &self.host {
            Some(host) => host.clone(),
            None if self.bind.is_unspecified() => {
                return Err(usage(
                    "--bind to all addresses needs --host, the name by which others reach this machine",
                ));
            }
            None => self.bind.to_string(),
        };
        let port = match self.port {
            Some(port) => port,
            None => free(self.bind)?,
        };
        let cores = || available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let executor = Executor {
            scheduler: self.scheduler.clone(),
            bind: self.bind,
            host,
            port,
            threads: self.threads.unwrap_or_else(cores),
        };
        let what = format!(
            "executor at {}:{port} for the scheduler at {}",
            sanitize(&executor.host),
            self.scheduler
        );
        tell(&what, self.bind);
        executor.serve()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The first free port. Somebody else may take it before it is used, and then the executor says so.
fn free(bind: IpAddr) -> Result<u16> {
    let is_free = |port: &u16| TcpListener::bind((bind, *port)).is_ok();
    PORTS.into_iter().find(is_free).ok_or_else(|| {
        Error::Told(format!(
            "no port from {} to {} is free at {bind}; name one with --port",
            PORTS.start,
            PORTS.end - 1
        ))
    })
}

fn address(text: &str) -> Result<Address, String> {
    text.parse()
}
