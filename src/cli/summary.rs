//! `misfit summary`: the size of a network, as a table or as JSON.

use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::cli::args::output::OutputArgs;
use crate::cli::args::{RunArgs, usage};
use crate::cli::{print, print_json};
use crate::error::Result;
use crate::format::group;
use crate::model::ledger::{Count, Entry, Ledger};
use crate::model::spec::NetworkSpec;
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
        let ledger = Ledger::new(&self.spec()?);
        if self.output.json {
            print_json(&Document::new(&ledger))
        } else {
            print(table(&ledger).as_bytes())
        }
    }

    /// The network for the file; without a file the first of `--layers` is the input.
    fn spec(&self) -> Result<NetworkSpec> {
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

fn table(ledger: &Ledger) -> String {
    let mut text = String::new();
    let mut line = |name: &str, shape: &str, activation: &str, bias: &str, cells: [String; 3]| {
        let [weights, biases, total] = cells;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{name:<10} {shape:<11} {activation:<10} {bias:<4} {weights:>11} {biases:>8} {total:>11}"
        );
    };
    let cells = |count: Count| {
        [
            group(count.weights),
            group(count.biases),
            group(count.total()),
        ]
    };
    line(
        "layer",
        "shape",
        "activation",
        "bias",
        ["weights", "biases", "total"].map(Into::into),
    );
    for Entry { layer, count } in &ledger.entries {
        let shape = format!("{}→{}", layer.inputs, layer.outputs);
        let mut cells = cells(*count);
        if layer.shared {
            cells[0] = "shared".into();
        }
        line(
            &layer.name(),
            &shape,
            layer.activation.name(),
            if layer.bias { "yes" } else { "no" },
            cells,
        );
    }
    for (name, count) in [
        ("encoder", ledger.encoder),
        ("decoder", ledger.decoder),
        ("total", ledger.total()),
    ] {
        line(name, "", "", "", cells(count));
    }
    let [why, mirror] = ledger.explain();
    format!(
        "{text}gap {}, {why}
{mirror}
",
        group(ledger.difference())
    )
}
