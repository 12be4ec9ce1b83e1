//! Training and scoring, engine beside engine, and how close each comes to what this machine can do.
//!
//! ```sh
//! cargo bench --bench engines --features flex [-- --threads 2 --rounds 5 --only classic]
//! ```
//!
//! The engines take turns, a slice of steps each, so that whatever else the machine does hits all of them; the tables show
//! medians over the rounds. A training step is what the trainer does: the batch is gathered from shuffled rows, and the
//! engine learns from it. "of sgemm" and "of bandwidth" divide the arithmetic and the memory traffic that the step cannot
//! do without (see `work.rs`) by what `machine.rs` measured just before.

mod machine;
mod work;

use std::hint::black_box;
use std::time::{Duration, Instant};

use clap::Parser;
use misfit::train::batches::Batches;
use misfit::train::burn_engine::BurnEngine;
use misfit::train::engine::{Batch, BuildEngine, Engine};
use misfit::train::fused::FusedEngine;

use machine::Machine;
use work::Work;

#[derive(Parser)]
struct Options {
    /// Threads of the fused engine, and of the machine's own figures
    #[arg(long)]
    threads: Option<usize>,
    /// Turns that every engine takes
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Works whose name contains this
    #[arg(long, default_value = "")]
    only: String,
    /// Passed by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

/// How long a turn lasts: long against the clock, short against the machine's moods.
const TURN: Duration = Duration::from_millis(400);
/// Rows of the table that is scored.
const SCORED_ROWS: usize = 1_000;

fn main() {
    let options = Options::parse();
    let threads = options
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    let machine = Machine::measure(threads);
    println!("{machine}\n");
    println!(
        "| work | engine | rows/s | fused is faster by | GFLOP/s | of sgemm | GB/s | of bandwidth | scoring {SCORED_ROWS} rows, ms |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|---:|");
    for work in Work::all(threads) {
        if work.name.contains(&options.only) {
            compare(&work, &machine, options.rounds);
        }
    }
}

/// An engine at work, and what its turns came to.
struct Contestant {
    name: &'static str,
    engine: Box<dyn Engine>,
    batches: Batches,
    speeds: Vec<f64>,
    scorings: Vec<f64>,
}

impl Contestant {
    /// Learns for a turn; rows per second.
    fn learn(&mut self, work: &Work) -> f64 {
        let (start, mut rows) = (Instant::now(), 0);
        while start.elapsed() < TURN {
            let (now, next) = self.batches.advance();
            rows += now.len();
            let batch = Batch::of(&work.table, now).before(next);
            black_box(self.engine.step(batch, work.recipe.rate));
        }
        rows as f64 / start.elapsed().as_secs_f64()
    }

    /// Rebuilds some rows; seconds.
    fn score(&self, work: &Work) -> f64 {
        let network = self.engine.freeze();
        let start = Instant::now();
        black_box(network.reconstruct(work.table.block(0, SCORED_ROWS, &mut Vec::new())));
        start.elapsed().as_secs_f64()
    }
}

fn compare(work: &Work, machine: &Machine, rounds: usize) {
    let engines: &[(&str, BuildEngine)] = &[
        ("fused", FusedEngine::build),
        ("Burn ndarray", BurnEngine::ndarray),
        #[cfg(feature = "flex")]
        ("Burn flex", BurnEngine::flex),
    ];
    let weights = work.recipe.initializer.draw(&work.spec, work.recipe.seed);
    let enter = |(name, build): &(&'static str, BuildEngine)| Contestant {
        name,
        engine: build(&work.spec, &work.recipe, &weights).expect("the works are sound"),
        batches: Batches::new((0..work.table.rows()).collect(), work.recipe.batch, 0),
        speeds: Vec::new(),
        scorings: Vec::new(),
    };
    let mut contestants: Vec<Contestant> = engines.iter().map(enter).collect();
    // The first turn warms up.
    for round in 0..=rounds {
        for contestant in &mut contestants {
            let (speed, scoring) = (contestant.learn(work), contestant.score(work));
            if round > 0 {
                contestant.speeds.push(speed);
                contestant.scorings.push(scoring);
            }
        }
    }
    let fused = median(&mut contestants[0].speeds);
    for contestant in &mut contestants {
        let speed = median(&mut contestant.speeds);
        let (gflops, bandwidth) = (work.gflop() * speed, work.gigabytes() * speed);
        println!(
            "| {} | {} | {speed:.0} | {:.2} | {gflops:.1} | {:.0} % | {bandwidth:.1} | {:.0} % | {:.2} |",
            work.name,
            contestant.name,
            fused / speed,
            100.0 * gflops / machine.sgemm,
            100.0 * bandwidth / machine.bandwidth,
            1_000.0 * median(&mut contestant.scorings),
        );
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
