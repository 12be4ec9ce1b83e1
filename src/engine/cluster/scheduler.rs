//! The scheduler of a cluster: it takes queries, deals their parts out to executors, and deals anew what a lost one had.

use std::net::IpAddr;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::utils::default_session_builder;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::FunctionRegistry;
use datafusion::execution::SessionState;
use datafusion::prelude::SessionConfig;

use super::MESSAGE;
use crate::engine::Function;
use crate::error::{Error, Result};

/// Seconds without a sign of an executor after which it counts as lost.
const LOST: u64 = 10;
/// Seconds between two looks at them.
const EVERY: u64 = 2;

/// A scheduler to be.
#[derive(Debug, Clone)]
pub struct Scheduler {
    /// Where it listens.
    pub bind: IpAddr,
    /// The port there.
    pub port: u16,
}

impl Scheduler {
    /// Serves until the process ends.
    pub fn serve(&self) -> Result<()> {
        let config = SchedulerConfig {
            bind_host: self.bind.to_string(),
            bind_port: self.port,
            external_host: self.bind.to_string(),
            // Executors ask for work, so that nobody need reach them but for their results.
            scheduling_policy: TaskSchedulingPolicy::PullStaged,
            executor_timeout_seconds: LOST,
            expire_dead_executor_interval_seconds: EVERY,
            no_executors_grace_period_seconds: 3 * LOST,
            grpc_server_max_decoding_message_size: MESSAGE as u32,
            grpc_server_max_encoding_message_size: MESSAGE as u32,
            grpc_client_max_message_size: MESSAGE as u32,
            override_session_builder: Some(Arc::new(session)),
            ..SchedulerConfig::default()
        };
        let runtime = super::runtime()?;
        let address = (self.bind, self.port).into();
        runtime
            .block_on(async {
                let cluster = BallistaCluster::new_from_config(&config).await?;
                start_server(cluster, address, Arc::new(config)).await
            })
            .map_err(|error| Error::Told(format!("the scheduler has ended: {error}")))
    }
}

/// A session that knows the functions.
fn session(config: SessionConfig) -> datafusion::error::Result<SessionState> {
    let mut state = default_session_builder(config)?;
    for function in Function::ALL {
        state.register_udf(Arc::new(function.udf()))?;
    }
    Ok(state)
}
