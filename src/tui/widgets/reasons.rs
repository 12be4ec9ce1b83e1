//! Reasons in as much room as there is: names give way in their middle, shares never.

use crate::format;
use crate::message::Reason;
use crate::tui::cells;

/// A space that no line is broken at.
const HARD: &str = "\u{a0}";
/// Cells of a name that is shortened.
const NAME: usize = 24;

/// The largest reason with its share, and others as far as there is room.
pub fn in_cell(reasons: &[Reason], width: usize) -> String {
    /// Where it is narrower, the share is written close.
    const NARROW: usize = 12;
    let Some(first) = reasons.first() else {
        return String::new();
    };
    let share = match format::percent(first.share) {
        share if width < NARROW => share.replace(' ', ""),
        share => share,
    };
    let room = width.saturating_sub(cells::width(&share) + 1);
    let whole = first.text();
    let words = if cells::width(&whole) <= room {
        whole
    } else {
        cells::middle(&first.subject, room)
    };
    let mut text = format!("{words} {share}");
    for reason in &reasons[1..] {
        let share = format::percent(reason.share);
        let room = width.saturating_sub(cells::width(&text) + cells::width(&share) + 3);
        let fits = |words: &String| cells::width(words) <= room;
        let words = [reason.text(), reason.subject.clone()];
        let Some(words) = words.into_iter().find(fits) else {
            break;
        };
        text = format!("{text}, {words} {share}");
    }
    text
}

/// All reasons in lines of so many cells, at most so many: whole, or with less and less detail, or cut.
pub fn in_lines(row: &str, reasons: &[Reason], [width, count]: [usize; 2]) -> Vec<String> {
    let longest = width.saturating_sub(6).max(NAME.min(width));
    let one = |reason: &Reason, detail: bool, name: usize| {
        let subject = cells::middle(&reason.subject, name.min(longest));
        let detail = if detail { &reason.detail[..] } else { "" };
        let share = format::percent(reason.share).replace(' ', HARD);
        format!("{subject}{detail}{HARD}{share}")
    };
    // How many are told in detail, how many at all, and how long a name may be.
    let all = reasons.len();
    let ways = [
        (all, all, usize::MAX),
        (1, all, usize::MAX),
        (1, all, NAME),
        (0, all, NAME),
        (1, 1, NAME),
    ];
    let mut lines = Vec::new();
    for (detailed, told, name) in ways {
        let told: Vec<String> = reasons[..told.min(all)]
            .iter()
            .enumerate()
            .map(|(index, reason)| one(reason, index < detailed, name))
            .collect();
        lines = cells::wrap(&format!("{row}{}", told.join(", ")), width);
        if lines.len() <= count {
            break;
        }
    }
    lines.truncate(count);
    lines.iter().map(|line| line.replace(HARD, " ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(subject: &str, detail: &str, share: f32) -> Reason {
        Reason {
            subject: subject.into(),
            detail: detail.into(),
            columns: 0..1,
            share,
        }
    }

    fn reasons() -> [Reason; 3] {
        [
            reason("hypopituitary", ": “t” instead of “f”", 0.71),
            reason("TSH", ": 530 instead of 3.2", 0.2),
            reason("age", ": 94 instead of 52", 0.04),
        ]
    }

    #[test]
    fn a_cell_keeps_the_share_and_the_ends_of_the_name() {
        let cell = |width| in_cell(&reasons(), width);
        assert_eq!((cell(8), cell(9)), ("hyp… 71%".into(), "hy…ry 71%".into()));
        assert_eq!(cell(14), "hypo…tary 71 %");
        assert_eq!(cell(28), "hypopituitary 71 %, TSH 20 %");
        assert_eq!(cell(38), "hypopituitary: “t” instead of “f” 71 %");
        assert!((0..60).all(|width| cells::width(&cell(width)) <= width.max(8)));
        assert_eq!(in_cell(&[], 10), "");
    }

    #[test]
    fn lines_tell_all_reasons_in_as_much_detail_as_there_is_room_for() {
        let lines = |width, count| in_lines("row 7: ", &reasons(), [width, count]).join("|");
        assert_eq!(
            lines(60, 2),
            "row 7: hypopituitary: “t” instead of “f” 71 %, TSH: 530|instead of 3.2 20 %, age: 94 instead of 52 4 %"
        );
        assert_eq!(
            lines(26, 4),
            "row 7: hypopituitary: “t”|instead of “f” 71 %, TSH:|530 instead of 3.2 20 %,|age: 94 instead of 52 4 %"
        );
        assert_eq!(
            lines(26, 3),
            "row 7: hypopituitary: “t”|instead of “f” 71 %,|TSH 20 %, age 4 %"
        );
        assert_eq!(lines(26, 2), "row 7: hypopituitary 71 %,|TSH 20 %, age 4 %");
    }
}
