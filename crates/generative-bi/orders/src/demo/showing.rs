//! What the demo tells: counts of changes, and questions with both answers.

use std::collections::BTreeMap;

use crate::answers::Cell;
use crate::model::Change;
use crate::questions::{Asked, Question};
use crate::warehouse::show;

/// Questions that are shown with their answers.
pub(super) const SHOWN_QUESTIONS: [&str; 5] = [
    "region-growth",
    "best-product-by-region",
    "channel-share",
    "delivered-web-orders",
    "weekend-sales",
];

/// How often each reason is there.
pub(super) fn reasons(changes: &[Change]) -> String {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for change in changes {
        *counts.entry(change.reason).or_default() += 1;
    }
    let shown: Vec<_> = counts
        .iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    shown.join(", ")
}

/// A question with the warehouse's answer before the right one.
pub(super) fn show_question(question: &Question, asked: &Asked) -> String {
    let expected = asked
        .expected
        .iter()
        .map(|row| joined(row.iter().map(Cell::to_string)));
    let found: Vec<_> = asked
        .found
        .rows
        .iter()
        .map(|row| joined(row.iter().map(show)))
        .collect();
    let widest = found.iter().map(|row| row.chars().count()).max().unwrap_or(0);
    let missing = String::new();
    let lines = expected.enumerate().map(|(number, right)| {
        let found = found.get(number).unwrap_or(&missing);
        format!("\n    SQL  {found:<widest$}   generator  {right}")
    });
    format!("\n  {}{}", question.question, lines.collect::<String>())
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{table, text};
    use crate::generator::{Size, generate};
    use crate::questions::questions;

    #[test]
    fn five_questions_of_different_kinds_are_shown() {
        let questions = questions().unwrap();
        let shown = questions
            .iter()
            .filter(|question| SHOWN_QUESTIONS.contains(&question.id.as_str()));
        let kinds: std::collections::BTreeSet<_> = shown.map(|question| question.kind).collect();
        assert_eq!(kinds.len(), 5);
    }

    #[test]
    fn reasons_are_counted() {
        let changes = generate(Size {
            changes: 3,
            items: 3,
            seed: 1,
        })
        .changes;
        assert_eq!(reasons(&changes), "3 placed");
    }

    #[test]
    fn both_answers_stand_side_by_side() {
        let question = &questions().unwrap()[9];
        let row =
            |channel: &str, share: &str| vec![Cell::text(channel), Cell::Decimal(share.parse().unwrap())];
        let asked = Asked {
            expected: vec![row("mobile", "0.2500"), row("web", "0.7500")],
            found: table(&["channel", "share"], vec![vec![text("mobile"), text("0.2500")]]),
            differences: vec![],
        };
        let expected = "
  What share of sales does each channel have?
    SQL  mobile | 0.2500   generator  mobile | 0.2500
    SQL                    generator  web | 0.7500";
        assert_eq!(show_question(question, &asked), expected);
    }
}
