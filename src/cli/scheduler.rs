//! `misfit scheduler`: deals the files of `misfit score --cluster` out to executors.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::process::ExitCode;

use clap::Args;

use crate::engine::PORT;
use crate::engine::cluster::Scheduler;
use crate::error::Result;

/// Where it listens.
#[derive(Args)]
pub struct SchedulerArgs {
    /// Address to listen at; others than this machine's own are for networks where everybody may run queries
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Port to listen at
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    port: u16,
}

impl SchedulerArgs {
    pub fn run(&self) -> Result<ExitCode> {
        let scheduler = Scheduler {
            bind: self.bind,
            port: self.port,
        };
        tell(
            &format!("scheduler at {}:{}", self.bind, self.port),
            self.bind,
        );
        scheduler.serve()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Says on stderr what is there, and what it means to reach it from elsewhere.
pub(super) fn tell(what: &str, bind: IpAddr) {
    // A stderr that cannot be written to is no reason to fail.
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{what}, until Ctrl-C");
    if !bind.is_loopback() {
        let _ = writeln!(
            stderr,
            "warning: Ballista encrypts nothing and asks nobody who they are: whoever reaches this port can read files of this machine"
        );
    }
}
