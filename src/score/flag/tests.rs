//! All rules on the same scores, and the sentences.

use super::*;

/// Ten rows far out, 190 that are evenly spread between 2 and 1.
fn apart() -> Vec<f32> {
    let far = (0..10).map(|row| 59.5 - row as f32);
    far.chain((0..190).map(|row| 2.0 - row as f32 / 190.0))
        .collect()
}

#[test]
fn the_count_is_that_of_the_rows_above_the_threshold_whatever_the_rule() {
    let hard: [Vec<f32>; 8] = [
        vec![],
        vec![1.0],
        vec![f32::NAN; 3],
        vec![2.0; 40],
        vec![0.0; 40],
        [vec![f32::INFINITY; 2], apart(), vec![f32::NAN; 5]].concat(),
        [vec![5.0; 30], vec![1.0; 70]].concat(),
        apart(),
    ];
    let fixed = [
        "top:0", "top:7", "top:100%", "score:0", "score:2", "mad:0", "iqr:0",
    ];
    for scores in &hard {
        let some = fixed.map(|rule| Flag::new(scores, rule.parse().unwrap()));
        for flag in Flag::each(scores).into_iter().chain(some) {
            let above = scores
                .iter()
                .filter(|score| f64::from(**score) > flag.threshold);
            assert_eq!(flag.count, above.count(), "{flag:?}");
            assert_eq!(flag.rows, scores.len());
            assert!(!flag.threshold.is_nan());
            assert!(flag.count > 0 || !flag.is_clear(), "{flag:?}");
            assert_eq!(flag, Flag::new(scores, flag.rule));
        }
    }
}

#[test]
fn all_rules_find_what_stands_far_apart() {
    for Flag { rule, count, .. } in Flag::each(&apart()) {
        // Clean rows are none of them flagged.
        assert_eq!(count, if rule.is_clean() { 0 } else { 10 }, "{rule}");
    }
}

#[test]
fn a_fixed_number_is_kept_and_a_tie_across_the_cut_stays_below_it() {
    let count = |rule: &str, scores: &[f32]| Flag::new(scores, rule.parse().unwrap()).count;
    assert_eq!(count("top:7", &apart()), 7);
    assert_eq!(count("top:999", &apart()), 200);
    assert_eq!(count("top:1.2%", &apart()), 3, "2.4 rows, rounded up");
    assert_eq!(count("top:2", &[9.0, 5.0, 5.0, 1.0]), 1);
    assert_eq!(count("score:5", &[9.0, 5.0, 5.0, 1.0]), 1);
}

#[test]
fn the_sentence_says_how_clear_the_boundary_is_and_beside_what() {
    let says = |rule: &str, scores: &[f32]| Flag::new(scores, rule.parse().unwrap()).to_string();
    let clear = says("auto", &apart());
    // From 50.5 to 2. The bulk is at ranks 31 to 100, where the score falls from 1.89 to 1.52 and a mean of 65 rows are
    // above: 65 · ln(1.89/1.52)/70 = 0.20 to the spacing, e^(0.20/10) = 1.02.
    assert!(
        clear.starts_with(
            "10 of 200 rows flagged: they stand clearly apart (from rank 10 to 11 the score falls 25-fold; at the pace below it would fall 1.02-fold)"
        ),
        "{clear}"
    );
    let smooth = &apart()[10..];
    assert_eq!(
        says("auto", smooth),
        "no clear boundary: here are the 10 most suspicious of 190 rows"
    );
    assert_eq!(
        says("auto", &[1.0; 9]),
        "no clear boundary: none of 9 rows is more suspicious than the others"
    );
    assert_eq!(
        says("top:7", &apart()),
        "7 of 200 rows flagged by top:7: no clear boundary there"
    );
    let there = says("mad:5", &apart());
    assert!(
        there.starts_with("10 of 200 rows flagged by mad:5: a clear boundary (from rank 10"),
        "{there}"
    );
}
