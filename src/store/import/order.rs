//! In which order layers follow each other, where a file lists them by name.
//!
//! safetensors and HDF5 sort by name, which puts a decoder before its encoder and layer 10 before layer 2. Several orders are
//! tried, and the first in which every layer takes what the one before it gives is the network's.

use std::cmp::Ordering;

use super::Unusable;
use super::chain::Link;

/// Puts layers into the order of the data flow. `listed`: the order in which they come may be it.
pub(super) fn follow(links: Vec<Link>, listed: bool) -> Result<Vec<Link>, Unusable> {
    let mut orders: Vec<Vec<usize>> = Vec::new();
    if listed {
        orders.push((0..links.len()).collect());
    }
    let sorted = |compare: &dyn Fn(&str, &str) -> Ordering| {
        let mut order: Vec<usize> = (0..links.len()).collect();
        order.sort_by(|a, b| compare(&links[*a].name, &links[*b].name));
        order
    };
    orders.push(sorted(&|a, b| {
        half(a).cmp(&half(b)).then_with(|| natural(a, b))
    }));
    // As misfit itself counts: mirrored layers share a number.
    orders.push(sorted(&|a, b| {
        half(a).cmp(&half(b)).then_with(|| match half(a) {
            2 => natural(b, a),
            _ => natural(a, b),
        })
    }));
    orders.push(sorted(&natural));
    let step = |pair: &[usize]| links[pair[0]].outputs == links[pair[1]].inputs;
    let chains = |order: &&Vec<usize>| order.windows(2).all(step);
    let closes = |order: &&Vec<usize>| {
        let ends = (order.first(), order.last());
        matches!(ends, (Some(first), Some(last)) if links[*first].inputs == links[*last].outputs)
    };
    let found = orders.iter().filter(chains).find(closes);
    let Some(order) = found.or_else(|| orders.iter().find(chains)) else {
        let broken = orders[0].windows(2).find(|pair| !step(pair));
        let problem = broken.map_or_else(String::new, |pair| {
            let (before, after) = (&links[pair[0]], &links[pair[1]]);
            format!(
                "its layers do not follow each other: “{}” gives {} values and “{}” takes {}",
                before.name, before.outputs, after.name, after.inputs
            )
        });
        return Err(Unusable::new(
            problem,
            "only a plain chain of dense layers can be read",
        ));
    };
    let order = order.clone();
    let mut links: Vec<Option<Link>> = links.into_iter().map(Some).collect();
    Ok(order
        .into_iter()
        .filter_map(|index| links[index].take())
        .collect())
}

/// Encoders come first and decoders last.
fn half(name: &str) -> u8 {
    let name = name.to_ascii_lowercase();
    match (name.contains("enc"), name.contains("dec")) {
        (true, false) => 0,
        (false, true) => 2,
        _ => 1,
    }
}

/// Compares with numbers as numbers.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        match (digits(a), digits(b)) {
            (0, _) | (_, 0) => match (a.split_first(), b.split_first()) {
                (Some((x, rest)), Some((y, other))) if x == y => (a, b) = (rest, other),
                (x, y) => return x.map(|(byte, _)| byte).cmp(&y.map(|(byte, _)| byte)),
            },
            (x, y) => {
                let (first, second) = (a[..x].trim_ascii_start(), b[..y].trim_ascii_start());
                let bare = |text: &[u8]| {
                    text.iter()
                        .position(|digit| *digit != b'0')
                        .map_or(Vec::new(), |at| text[at..].to_vec())
                };
                let (first, second) = (bare(first), bare(second));
                let order = first
                    .len()
                    .cmp(&second.len())
                    .then_with(|| first.cmp(&second));
                if order != Ordering::Equal {
                    return order;
                }
                (a, b) = (&a[x..], &b[y..]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::import::chain::After;

    fn link(name: &str, inputs: usize, outputs: usize) -> Link {
        Link {
            name: name.into(),
            inputs,
            outputs,
            weight: vec![0.0; inputs * outputs],
            bias: None,
            after: After::Unsaid,
        }
    }

    fn names(links: Vec<Link>, listed: bool) -> Vec<String> {
        let followed = follow(links, listed).unwrap();
        followed.into_iter().map(|link| link.name).collect()
    }

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = [
            "dense_10",
            "dense",
            "dense_2",
            "dense_1/x",
            "dense_1",
            "dense_02b",
        ];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            [
                "dense",
                "dense_1",
                "dense_1/x",
                "dense_2",
                "dense_02b",
                "dense_10"
            ]
        );
    }

    #[test]
    fn an_encoder_goes_before_its_decoder_whatever_the_alphabet_says() {
        let sorted = vec![
            link("decoder.0", 2, 4),
            link("decoder.2", 4, 6),
            link("encoder.0", 6, 4),
            link("encoder.2", 4, 2),
        ];
        assert_eq!(
            names(sorted, false),
            ["encoder.0", "encoder.2", "decoder.0", "decoder.2"]
        );
    }

    #[test]
    fn mirrored_numbers_are_followed_backwards() {
        let sorted = vec![
            link("decoder.1", 4, 6),
            link("decoder.2", 2, 4),
            link("encoder.1", 6, 4),
            link("encoder.2", 4, 2),
        ];
        assert_eq!(
            names(sorted, false),
            ["encoder.1", "encoder.2", "decoder.2", "decoder.1"]
        );
    }

    #[test]
    fn the_listed_order_wins_where_it_is_one() {
        let listed = vec![link("up", 6, 2), link("down", 2, 6)];
        assert_eq!(names(listed.clone(), true), ["up", "down"]);
        assert_eq!(names(listed, false), ["down", "up"]);
    }

    #[test]
    fn layers_that_do_not_follow_each_other_are_named() {
        let why = follow(vec![link("a", 6, 2), link("b", 3, 6)], true).unwrap_err();
        assert!(
            why.problem.contains("“a” gives 2 values and “b” takes 3"),
            "{}",
            why.problem
        );
    }
}
