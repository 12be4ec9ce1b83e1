//! `misfit summary`: the size of a network, as a table or as JSON.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::cli::args::network::NetworkArgs;
use crate::cli::args::output::OutputArgs;
use crate::cli::args::{RunArgs, usage};
use crate::cli::{print, print_json};
use crate::data::text::{name_list, sanitize};
use crate::error::{Error, Result};
use crate::format::{self, count, group, percent};
use crate::model::ledger::{Count, Entry, Ledger};
use crate::model::spec::{BiasChoice, NetworkSpec};
use crate::store::import::{self, Chain};
use crate::store::model::{self, Model};
use crate::train::recipe::{Preset, network};

#[derive(Args)]
pub struct SummaryArgs {
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    output: OutputArgs,
}

impl SummaryArgs {
    pub fn run(&self) -> Result<ExitCode> {
        if let [path] = &self.run.files[..]
            && model::is_named_like_one(path)
        {
            return self.of_model(&Model::open(path, Some(1))?);
        }
        if let Some(path) = self.weights()? {
            return self.of_weights(path);
        }
        let ledger = Ledger::new(&self.spec()?);
        if self.output.json {
            print_json(&Document::new(&ledger))
        } else {
            print(table(&ledger).as_bytes())
        }
    }

    /// The networks of a model file; as JSON, which has room for one, the first.
    fn of_model(&self, model: &Model) -> Result<ExitCode> {
        let mut ledgers = model.networks.iter().map(|(spec, _)| Ledger::new(spec));
        if let (true, Some(first)) = (self.output.json, ledgers.next()) {
            return print_json(&Document::new(&first));
        }
        print(about(model).as_bytes())
    }

    /// The file of weights, where it is one and not a table that is named.
    fn weights(&self) -> Result<Option<&Path>> {
        let is_weights = |path: &PathBuf| import::is_weights(path);
        match (&self.run.files[..], &self.run.network.weights) {
            ([], Some(path)) => Ok(Some(path)),
            ([path], None) if is_weights(path) => Ok(Some(path)),
            (files, _) if files.iter().any(is_weights) => {
                Err(usage("summary shows one file of weights at a time"))
            }
            _ => Ok(None),
        }
    }

    /// The network of a file of weights; where it is no mirrored autoencoder, its layers one by one.
    fn of_weights(&self, path: &Path) -> Result<ExitCode> {
        let network = &self.run.network;
        if network.layers.is_some() || network.tied || network.bias != BiasChoice::All {
            return Err(usage(
                "the layers and biases are those of the file; leave out --layers, --bias and --tied",
            ));
        }
        let chain = import::read(path)?;
        let preset = network
            .preset
            .unwrap_or(NetworkArgs::preset_for(chain.output()));
        let open = network.activations(preset);
        let spec = chain.spec(open);
        match spec {
            Ok(spec) if self.output.json => print_json(&Document::new(&Ledger::new(&spec))),
            Ok(spec) => {
                let mut text = table(&Ledger::new(&spec));
                for note in chain.notes.iter().cloned().chain(chain.assumed(open)) {
                    let _ = writeln!(text, "note: {note}");
                }
                print(text.as_bytes())
            }
            Err(why) if self.output.json => Err(why),
            Err(why) => print(layers(&chain, &why).as_bytes()),
        }
    }

    /// The network for the file; without a file the first of `--layers` is the input.
    fn spec(&self) -> Result<NetworkSpec> {
        if let Some(path) = &self.run.network.model {
            return Err(usage(&format!(
                "misfit summary {} shows the model",
                sanitize(&path.to_string_lossy())
            )));
        }
        let plan = self.run.plan_without_stdin()?;
        if !self.run.files.is_empty() {
            let progress = self.output.progress();
            let table = plan.source.load(&plan.read, &mut progress.reading())?;
            return plan.network(table.features());
        }
        let (input, hidden) = match self.run.network.layers.as_deref() {
            None => (1602, None),
            Some([_]) => {
                return Err(usage(
                    "without a file, --layers needs the width of the input and at least one more layer",
                ));
            }
            Some([input, hidden @ ..]) => (*input, Some(hidden.to_vec())),
            Some([]) => return Err(usage("--layers is empty")),
        };
        let preset = self.run.network.preset.unwrap_or(Preset::Classic);
        let spec = network(preset, input, hidden, plan.activations)?;
        Ok(spec.with_bias(&plan.bias)?.with_tied(plan.tied))
    }
}

/// A model in words, and its networks.
fn about(model: &Model) -> String {
    let trained = &model.trained;
    let source = trained.source.as_deref().unwrap_or("data without a file");
    let columns = model.encoder.columns.iter().map(|column| &*column.name);
    let mut text = format!(
        "trained on {} of {source}; written by {}\n{}: {}\n",
        count(trained.rows as usize, "row"),
        model.program,
        count(columns.len(), "column"),
        name_list(columns)
    );
    if let Some(window) = &model.window {
        let _ = writeln!(
            text,
            "looks at windows of {}",
            count(window.size.rows, "row")
        );
    }
    let share = trained.flagged as f32 / trained.scored.max(1) as f32;
    let scores = [
        trained.scores.median,
        trained.scores.p99,
        trained.scores.highest,
    ];
    let [median, p99, highest] = scores.map(|score| format::score(score as f32));
    if let Some(ordinary) = &model.ordinary {
        let _ = writeln!(
            text,
            "all rows were taken as ordinary; others are held against {} {}",
            group(ordinary.rows),
            ordinary.called()
        );
    }
    let _ = writeln!(
        text,
        "flags rows that score above {} (rule {}): {} of {}, {}, in training\nscores of the training: median {median}, 99 % below {p99}, highest {highest}",
        format::score(model.threshold as f32),
        model.rule,
        group(trained.flagged),
        group(trained.scored),
        percent(share),
    );
    for (index, (spec, steps)) in model.networks.iter().enumerate() {
        let steps: Vec<String> = steps.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "\nnetwork {} as of steps {}\n{}",
            index + 1,
            steps.join(", "),
            table(&Ledger::new(spec))
        );
    }
    text
}

#[derive(Serialize)]
struct Document {
    layers: Vec<Layer>,
    encoder: Part,
    decoder: Part,
    weights: u64,
    biases: u64,
    total: u64,
}

#[derive(Serialize)]
struct Layer {
    name: String,
    inputs: usize,
    outputs: usize,
    activation: &'static str,
    bias: bool,
    weights: u64,
    biases: u64,
    total: u64,
    /// Whether the weights are the mirrored encoder layer's and counted there.
    shared: bool,
}

#[derive(Serialize)]
struct Part {
    weights: u64,
    biases: u64,
    total: u64,
}

impl From<Count> for Part {
    fn from(count: Count) -> Self {
        Self {
            weights: count.weights,
            biases: count.biases,
            total: count.total(),
        }
    }
}

impl From<&Entry> for Layer {
    fn from(Entry { layer, count }: &Entry) -> Self {
        Self {
            name: layer.name(),
            inputs: layer.inputs,
            outputs: layer.outputs,
            activation: layer.activation.name(),
            bias: layer.bias,
            weights: count.weights,
            biases: count.biases,
            total: count.total(),
            shared: layer.shared,
        }
    }
}

impl Document {
    fn new(ledger: &Ledger) -> Self {
        let Part {
            weights,
            biases,
            total,
        } = ledger.total().into();
        let (encoder, decoder) = (ledger.encoder.into(), ledger.decoder.into());
        Self {
            layers: ledger.entries.iter().map(Layer::from).collect(),
            encoder,
            decoder,
            weights,
            biases,
            total,
        }
    }
}

/// A line of the table: name, shape, activation and whether there is a bias, then the counts.
type Row = ([String; 4], [String; 3]);

/// The lines as a table: the words on the left of their columns, which are as wide as the widest, the counts on the right.
fn aligned(rows: &[Row]) -> String {
    const LEAST: ([usize; 4], [usize; 3]) = ([10, 11, 10, 4], [11, 8, 11]);
    let (mut words, mut counts) = LEAST;
    for (left, right) in rows {
        for (width, cell) in words.iter_mut().zip(left) {
            *width = (*width).max(cell.chars().count());
        }
        for (width, cell) in counts.iter_mut().zip(right) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for (left, right) in rows {
        let left = left.iter().zip(words);
        let left = left.map(|(cell, width)| format!("{cell:<width$}"));
        let right = right.iter().zip(counts);
        let right = right.map(|(cell, width)| format!("{cell:>width$}"));
        let cells: Vec<String> = left.chain(right).collect();
        text.push_str(&cells.join(" "));
        text.push('\n');
    }
    text
}

fn cells(count: Count) -> [String; 3] {
    [
        group(count.weights),
        group(count.biases),
        group(count.total()),
    ]
}

fn yes(bias: bool) -> &'static str {
    if bias { "yes" } else { "no" }
}

const HEADER: [&str; 4] = ["layer", "shape", "activation", "bias"];
const COUNTS: [&str; 3] = ["weights", "biases", "total"];

/// The layers of a file that are no network of misfit's, and why they are none.
fn layers(chain: &Chain, why: &Error) -> String {
    let mut rows = vec![(HEADER.map(Into::into), COUNTS.map(Into::into))];
    let mut total = Count::default();
    for link in &chain.links {
        let count = Count {
            weights: link.weight.len() as u64,
            biases: link.bias.as_ref().map_or(0, Vec::len) as u64,
        };
        let shape = format!("{}→{}", link.inputs, link.outputs);
        let (after, bias) = (link.after.words(), yes(link.bias.is_some()));
        let words = [&link.name, &*shape, after, bias].map(str::to_owned);
        rows.push((words, cells(count)));
        total = total + count;
    }
    rows.push((["total", "", "", ""].map(str::to_owned), cells(total)));
    let mut text = aligned(&rows);
    for note in &chain.notes {
        let _ = writeln!(text, "note: {note}");
    }
    let _ = writeln!(text, "note: misfit cannot train it: {}", why.chain());
    text
}

fn table(ledger: &Ledger) -> String {
    let mut rows = vec![(HEADER.map(Into::into), COUNTS.map(Into::into))];
    for Entry { layer, count } in &ledger.entries {
        let shape = format!("{}→{}", layer.inputs, layer.outputs);
        let mut cells = cells(*count);
        if layer.shared {
            cells[0] = "shared".into();
        }
        let (name, activation) = (layer.name(), layer.activation.name());
        let words = [&name, &*shape, activation, yes(layer.bias)];
        rows.push((words.map(str::to_owned), cells));
    }
    for (name, count) in [
        ("encoder", ledger.encoder),
        ("decoder", ledger.decoder),
        ("total", ledger.total()),
    ] {
        rows.push(([name, "", "", ""].map(str::to_owned), cells(count)));
    }
    let text = aligned(&rows);
    let [why, mirror] = ledger.explain();
    format!(
        "{text}gap {}, {why}
{mirror}
",
        group(ledger.difference())
    )
}
