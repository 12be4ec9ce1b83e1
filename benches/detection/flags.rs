//! What each rule for flagging makes of the same scores: F1 as a share of the best F1 of any cut, rows flagged, precision.

use misfit::score::flag::{Flag, FlagRule};
use misfit::score::metrics::Hits;
use misfit::score::order::order;

/// The rules side by side: one of each kind, and a tenth of the rows.
pub fn rules() -> Vec<FlagRule> {
    let tenth = FlagRule::Percent(10.0);
    FlagRule::EACH.into_iter().chain([tenth]).collect()
}

/// What a rule came to.
#[derive(Clone, Copy, Default)]
pub struct Outcome {
    /// F1 divided by the best F1 of any cut.
    pub relative: f64,
    pub flagged: f64,
    /// 0 where nothing is flagged.
    pub precision: f64,
    /// Whether the rows stand apart, 0 or 1.
    pub clear: f64,
}

/// Each rule on one vector of scores; none where the label has one class.
pub fn measure(scores: &[f32], outlier: &[bool]) -> Option<Vec<Outcome>> {
    let order = order(scores);
    let descending: Vec<f32> = order.iter().map(|row| scores[*row as usize]).collect();
    let f1 = |count| Some(Hits::new(&order, outlier, count)?.f1());
    f1(0)?;
    let best = best(&order, outlier);
    let one = |rule| {
        let flag = Flag::new(&descending, rule);
        let hits = Hits::new(&order, outlier, flag.count)?;
        Some(Outcome {
            relative: hits.f1() / best,
            flagged: flag.count as f64,
            precision: hits.precision().unwrap_or_default(),
            clear: f64::from(u8::from(flag.is_clear())),
        })
    };
    rules().into_iter().map(one).collect()
}

/// The F1 of the best cut.
fn best(order: &[u32], outlier: &[bool]) -> f64 {
    let outliers = outlier.iter().filter(|is| **is).count();
    let (mut hits, mut best) = (0, 0.0_f64);
    for (place, row) in order.iter().enumerate() {
        hits += usize::from(outlier[*row as usize]);
        best = best.max(2.0 * hits as f64 / (place + 1 + outliers) as f64);
    }
    best
}

/// The mean over seeds.
pub fn mean(seeds: &[Vec<Outcome>]) -> Vec<Outcome> {
    let share = 1.0 / seeds.len().max(1) as f64;
    let one = |rule: usize| {
        let mean = |figure: fn(&Outcome) -> f64| {
            seeds.iter().map(|seed| share * figure(&seed[rule])).sum()
        };
        Outcome {
            relative: mean(|outcome| outcome.relative),
            flagged: mean(|outcome| outcome.flagged),
            precision: mean(|outcome| outcome.precision),
            clear: mean(|outcome| outcome.clear),
        }
    };
    (0..rules().len()).map(one).collect()
}

/// One table: a set in a line, a rule in a column.
pub fn print<'a>(title: &str, sets: impl Iterator<Item = (&'a str, &'a [Vec<Outcome>])>) {
    println!("\n{title}: F1 ÷ best F1 of any cut, rows flagged, precision; * stands apart");
    print!("{:<17}", "set");
    for rule in rules() {
        print!(" {:>17}", rule.to_string());
    }
    println!();
    let (mut sums, mut count) = (vec![0.0; rules().len()], 0.0);
    for (name, seeds) in sets {
        print!("{name:<17}");
        for (sum, outcome) in sums.iter_mut().zip(mean(seeds)) {
            let mark = if outcome.clear >= 0.5 { "*" } else { " " };
            *sum += outcome.relative;
            print!(
                " {:.2} {:>6.0}{mark} {:>4.2}",
                outcome.relative, outcome.flagged, outcome.precision
            );
        }
        println!();
        count += 1.0;
    }
    print!("{:<17}", "mean");
    for sum in sums {
        print!(" {:<17}", format!("{:.3}", sum / count));
    }
    println!();
}
