//! Ballista: `DataFusion` on several machines. A scheduler deals the files out to executors, which are this program too, because
//! they call its function. Nothing of Ballista's traffic is encrypted, and nobody has to say who they are.

mod executor;
mod scheduler;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::arrow::array::RecordBatch;
use datafusion::dataframe::DataFrame;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;

use super::Address;
use super::order::{Order, Rows};
use super::query::{ordered, register};
use super::told;
use crate::error::{Error, Result};

pub use executor::Executor;
pub use scheduler::Scheduler;

/// Bytes of the largest message: a plan names a model several times.
const MESSAGE: usize = 64 << 20;
/// Times that a query is asked again, where the machine that holds its results is gone before they were fetched.
const AGAIN: usize = 2;
/// Most parts of a query; with more files a part reads several.
const PARTS: usize = 4_096;

/// A session at a scheduler that reads so many files, each in one part, so that a part that is lost is soon made good.
pub(super) async fn context(address: &Address, files: usize) -> Result<SessionContext> {
    let config = ordered(SessionConfig::new_with_ballista())
        .with_target_partitions(files.clamp(1, PARTS))
        .with_repartition_file_scans(false)
        .with_ballista_grpc_client_max_message_size(MESSAGE)
        .with_ballista_job_name("misfit score");
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .build();
    let context = SessionContext::remote_with_state(&format!("df://{address}"), state)
        .await
        .map_err(|error| told(&error))?;
    register(&context);
    Ok(context)
}

/// Asks a cluster, and takes the rows as they come.
pub(super) async fn run(
    frame: DataFrame,
    order: &mut Order<'_>,
    rows: &(dyn Fn(RecordBatch) -> Vec<Result<Rows>> + Sync),
) -> Result<()> {
    let mut left = AGAIN;
    'asked: loop {
        let mut batches = frame
            .clone()
            .execute_stream()
            .await
            .map_err(|error| told(&error))?;
        while let Some(batch) = batches.next().await {
            match batch {
                Ok(batch) => {
                    for rows in rows(batch) {
                        order.take(rows?)?;
                    }
                }
                Err(error) => {
                    let error = told(&error);
                    if left == 0 || is_final(&error) {
                        return Err(error);
                    }
                    left -= 1;
                    order.anew();
                    continue 'asked;
                }
            }
        }
        return Ok(());
    }
}

/// What runs a scheduler or an executor.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start threads"))
}

/// Whether asking again would bring nothing else: the scheduler has given up the query, or cannot be reached.
fn is_final(error: &Error) -> bool {
    let said = error.to_string();
    (said.contains("Job ") && said.contains(" failed: ")) || said.contains("ConnectError")
}
