//! The query: all files as one table, and of each row its file, its score and the cells that were asked for.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::cast::AsArray;
use datafusion::arrow::array::types::Float32Type;
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::Column;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::error::{DataFusionError, Result as Asked};
use datafusion::execution::TaskContext;
use datafusion::functions::core::input_file_name;
use datafusion::logical_expr::{Expr, lit};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;
use futures::{StreamExt, TryStreamExt};

use super::Address;
use super::files::{Files, Format};
use super::function::Function;
use super::order::{Listener, Order, Rows};
use super::told;
use crate::data::text::sanitize;
use crate::error::{Error, Result};

/// Parts into which files are cut for each thread, so that none waits long for the others at the end.
const PARTS: usize = 4;

/// Who scores.
#[derive(Debug, Clone, Copy)]
pub enum Where<'a> {
    /// This process, on so many threads.
    Here(NonZeroUsize),
    /// The machines of a cluster, whose scheduler has this address.
    Cluster(&'a Address),
}

/// What is asked of an engine.
pub struct Query<'a> {
    /// The files.
    pub files: &'a Files,
    /// The columns that the model asks for, in its order.
    pub columns: &'a [String],
    /// Columns whose cells are told beside the scores.
    pub besides: &'a [String],
    /// The model.
    pub parcel: Vec<u8>,
    /// Whether the scores of rows that were learned from depend on their numbers.
    pub numbered: bool,
}

impl Query<'_> {
    /// Asks, and tells the rows in the order of the files.
    pub fn run<'e>(&'e self, at: Where<'_>, each: &'e mut Listener<'e>) -> Result<()> {
        let threads = match at {
            Where::Here(threads) => threads.get(),
            // The others work.
            Where::Cluster(_) => 1,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()
            .map_err(Error::io("start the engine"))?;
        let paths = &self.files.paths;
        let mut order = Order::new(paths.len(), self.files.rows(), each);
        let urls: Result<Vec<ListingTableUrl>> = paths.iter().map(|path| url(path)).collect();
        let urls = urls?;
        let places: HashMap<String, usize> = urls
            .iter()
            .enumerate()
            .map(|(place, url)| (url.prefix().to_string(), place))
            .collect();
        let places = &places;
        runtime.block_on(async {
            match at {
                Where::Here(threads) => {
                    let context = SessionContext::new_with_config(self.here(threads.get()));
                    register(&context);
                    let frame = self.frame(&context, urls).await.map_err(|e| told(&e))?;
                    local(frame, threads.get(), &mut |batch| {
                        rows(&batch, places, self.numbered).try_for_each(|rows| order.take(rows?))
                    })
                    .await
                }
                #[cfg(feature = "ballista")]
                Where::Cluster(address) => {
                    let context = super::cluster::context(address, paths.len()).await?;
                    let frame = self.frame(&context, urls).await.map_err(|e| told(&e))?;
                    super::cluster::run(frame, &mut order, &|batch| {
                        rows(&batch, places, self.numbered).collect()
                    })
                    .await
                }
                #[cfg(not(feature = "ballista"))]
                Where::Cluster(_) => Err(Error::Usage(
                    "--cluster: this misfit was built without it; build it with `cargo build --release --features ballista`".into(),
                )),
            }?;
            order.finish()
        })
    }

    /// The settings of an engine in this process.
    fn here(&self, threads: usize) -> SessionConfig {
        let cut = matches!(self.files.format, Format::Parquet(_));
        ordered(SessionConfig::new())
            .with_target_partitions((PARTS * threads).max(self.files.paths.len()))
            .with_repartition_file_scans(cut)
            .with_repartition_file_min_size(0)
    }

    /// The table, and what is asked of it.
    async fn frame(
        &self,
        context: &SessionContext,
        urls: Vec<ListingTableUrl>,
    ) -> Asked<DataFrame> {
        let format: Arc<dyn FileFormat> = match &self.files.format {
            Format::Parquet(_) => Arc::new(ParquetFormat::default()),
            Format::Csv(csv) => Arc::new(
                CsvFormat::default()
                    .with_has_header(true)
                    .with_delimiter(csv.delimiter)
                    .with_comment(csv.comments.then_some(b'#'))
                    .with_newlines_in_values(true),
            ),
        };
        let options = ListingOptions::new(format).with_file_extension("");
        let schema = match &self.files.format {
            Format::Parquet(_) => {
                let whole = options.infer_schema(&context.state(), &urls[0]).await?;
                let asked = self.columns.iter().chain(self.besides);
                let mut places: Vec<usize> = asked
                    .map(|name| whole.index_of(name))
                    .collect::<Result<_, _>>()?;
                places.sort_unstable();
                places.dedup();
                Arc::new(whole.project(&places)?)
            }
            Format::Csv(csv) => {
                let fields = csv.names.iter();
                let fields: Vec<Field> = fields
                    .map(|name| Field::new(name, DataType::Utf8, true))
                    .collect();
                Arc::new(Schema::new(fields))
            }
        };
        let config = ListingTableConfig::new_with_multi_paths(urls)
            .with_listing_options(options)
            .with_schema(schema);
        let table = ListingTable::try_new(config)?;
        let column = |name: &String| Expr::Column(Column::new_unqualified(name));
        let mut arguments = vec![lit(ScalarValue::Binary(Some(self.parcel.clone())))];
        arguments.extend(self.columns.iter().map(column));
        let mut asked = vec![
            input_file_name().call(Vec::new()).alias("misfit file"),
            Function::Score
                .udf()
                .call(arguments.clone())
                .alias("misfit score"),
        ];
        if self.numbered {
            let drawn = Function::Drawn.udf().call(arguments);
            asked.push(drawn.alias("misfit drawn"));
        }
        let besides = self.besides.iter().enumerate();
        asked.extend(besides.map(|(place, name)| column(name).alias(format!("misfit {place}"))));
        context.read_table(Arc::new(table))?.select(asked)
    }
}

/// Tells a session what it will call.
pub(super) fn register(context: &SessionContext) {
    for function in Function::ALL {
        context.register_udf(function.udf());
    }
}

/// Rows stay in the order of their file: none is dealt out to another part, and no part takes what another should read.
pub(super) fn ordered(config: SessionConfig) -> SessionConfig {
    config
        .with_round_robin_repartition(false)
        .with_collect_statistics(false)
        .set_bool(
            "datafusion.execution.enable_file_stream_work_stealing",
            false,
        )
}

/// Runs a query in this process. Its parts are told in their order, which is that of the rows in each file.
async fn local(
    frame: DataFrame,
    threads: usize,
    take: &mut dyn FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    let context = Arc::new(frame.task_ctx());
    let plan = frame.create_physical_plan().await.map_err(|e| told(&e))?;
    let parts = 0..plan.output_partitioning().partition_count();
    let parts = parts.map(|part| part_of(Arc::clone(&plan), part, Arc::clone(&context)));
    let mut parts = futures::stream::iter(parts).buffered(threads);
    while let Some(batches) = parts.next().await {
        for batch in batches? {
            take(batch)?;
        }
    }
    Ok(())
}

/// Runs a part of a query on a thread of its own.
async fn part_of(
    plan: Arc<dyn ExecutionPlan>,
    part: usize,
    context: Arc<TaskContext>,
) -> Result<Vec<RecordBatch>> {
    let work = tokio::spawn(async move { plan.execute(part, context)?.try_collect().await });
    let gone = |_| Error::Told("the engine gave up: one of its threads has ended".into());
    work.await
        .map_err(gone)?
        .map_err(|error: DataFusionError| told(&error))
}

/// The rows of a batch, file by file.
fn rows<'a>(
    batch: &'a RecordBatch,
    places: &'a HashMap<String, usize>,
    numbered: bool,
) -> impl Iterator<Item = Result<Rows>> + 'a {
    let foreign = || Error::Told("the engine tells of files that nobody asked for".into());
    let names = cast(batch.column(0), &DataType::Utf8).ok();
    let scores = batch.column(1).as_primitive::<Float32Type>();
    let mut first = 0;
    std::iter::from_fn(move || {
        if first == batch.num_rows() {
            return None;
        }
        let Some(names) = names.as_ref().map(AsArray::as_string::<i32>) else {
            first = batch.num_rows();
            return Some(Err(foreign()));
        };
        let name = names.value(first);
        let same = (first..names.len()).take_while(|row| names.value(*row) == name);
        let rows = same.count();
        let told = places.get(name).ok_or_else(foreign).map(|file| Rows {
            file: *file,
            before: 0,
            scores: scores.values()[first..first + rows].to_vec(),
            drawn: numbered.then(|| batch.column(2).slice(first, rows)),
            cells: (2 + usize::from(numbered)..batch.num_columns())
                .map(|column| batch.column(column).slice(first, rows))
                .collect(),
        });
        first += rows;
        Some(told)
    })
}

/// The address of a file.
fn url(path: &Path) -> Result<ListingTableUrl> {
    let name = || sanitize(&path.to_string_lossy());
    let whole = path
        .canonicalize()
        .map_err(Error::io(format!("find {}", name())))?;
    let odd = || {
        Error::Told(format!(
            "{}: an engine cannot name this file; rename it",
            name()
        ))
    };
    let text = whole.to_str().ok_or_else(odd)?;
    // Written out, so that `*`, `?` and `[` stand for themselves.
    let mut address = String::from("file://");
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(address, "%{byte:02X}");
        }
    }
    ListingTableUrl::parse(address).map_err(|_| odd())
}
