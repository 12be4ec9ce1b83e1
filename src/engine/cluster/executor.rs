//! An executor of a cluster: it asks a scheduler for parts of queries, and keeps their results until they are fetched.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};

use super::MESSAGE;
use crate::engine::{Address, Function};
use crate::error::{Error, Result};

/// Seconds between two signs of life.
const SIGN: u64 = 2;
/// Seconds that it waits for its scheduler to be there.
const WAIT: u16 = 30;
/// Seconds that results are kept, and between two looks at them.
const KEPT: (u64, u64) = (3_600, 600);

/// An executor to be.
#[derive(Debug, Clone)]
pub struct Executor {
    /// Whom it asks for work.
    pub scheduler: Address,
    /// Where its results are fetched.
    pub bind: IpAddr,
    /// What others call this machine.
    pub host: String,
    /// The port there.
    pub port: u16,
    /// Parts that it works on at once.
    pub threads: NonZeroUsize,
}

impl Executor {
    /// Serves until the process ends, or its scheduler cannot be found.
    pub fn serve(&self) -> Result<()> {
        let folder = tempfile::tempdir().map_err(Error::io("make a folder for results"))?;
        let mut registry = BallistaFunctionRegistry::default();
        for function in Function::ALL {
            let functions = &mut registry.scalar_functions;
            functions.insert(function.name().to_owned(), Arc::new(function.udf()));
        }
        let config = ExecutorProcessConfig {
            bind_host: self.bind.to_string(),
            external_host: Some(self.host.clone()),
            port: self.port,
            grpc_port: self.port,
            scheduler_host: self.scheduler.host.clone(),
            scheduler_port: self.scheduler.port,
            scheduler_connect_timeout_seconds: WAIT,
            vcores: self.threads.get(),
            task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
            work_dir: Some(folder.path().to_string_lossy().into_owned()),
            job_data_ttl_seconds: KEPT.0,
            job_data_clean_up_interval_seconds: KEPT.1,
            grpc_max_decoding_message_size: MESSAGE as u32,
            grpc_max_encoding_message_size: MESSAGE as u32,
            executor_heartbeat_interval_seconds: SIGN,
            override_function_registry: Some(Arc::new(registry)),
            ..ExecutorProcessConfig::default()
        };
        super::runtime()?
            .block_on(start_executor_process(Arc::new(config)))
            .map_err(|error| Error::Told(format!("the executor has ended: {error}")))
    }
}
