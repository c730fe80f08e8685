//! Which items an answer holds, promoted ones among them.

use std::collections::HashSet;

use crate::recommender::{Candidates, Scored};

/// An item of the answer.
#[derive(Debug, PartialEq)]
pub(super) struct Selected {
    pub(super) scored: Scored,
    pub(super) promoted: bool,
}

impl Selected {
    /// An item that no promotion put there.
    pub(super) const fn by_merit(scored: Scored) -> Self {
        Self {
            scored,
            promoted: false,
        }
    }
}

/// The share of an answer that a promotion takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    /// 1 to 100.
    pub(super) percent: usize,
}

impl Share {
    /// How many of so many items, to the nearest.
    const fn of(self, count: usize) -> usize {
        (count * self.percent + 50) / 100
    }
}

/// The best that `keep` lets through.
pub(super) fn select(
    candidates: &Candidates<'_>,
    count: usize,
    keep: impl Fn(&str) -> bool,
) -> Vec<Selected> {
    let best = candidates.best(count, keep).into_iter();
    best.map(Selected::by_merit).collect()
}

/// The best that `promote` lets through for the promotion's share, and for the rest the best that `keep` lets through:
/// neither rule looks at what the other has chosen. Promoted items stand anywhere among the others, which `draw`, a
/// number in `[0, 1)` for each place, decides; either kind is in order.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/promoting-items.html>
pub(super) fn select_with_promotion(
    candidates: &Candidates<'_>,
    count: usize,
    keep: impl Fn(&str) -> bool,
    (share, promote): (Share, impl Fn(&str) -> bool),
    draw: impl Fn(u64) -> f64,
) -> Vec<Selected> {
    let promoted = candidates.best(share.of(count), promote);
    let taken: HashSet<&str> = promoted.iter().map(|it| it.item_id.as_str()).collect();
    let others = candidates.best(count - promoted.len(), |item| keep(item) && !taken.contains(item));
    mingled(promoted, others, draw)
}

/// Every order of the two kinds is as likely as any other.
fn mingled(promoted: Vec<Scored>, others: Vec<Scored>, draw: impl Fn(u64) -> f64) -> Vec<Selected> {
    let (mut promoted, mut others) = (promoted.into_iter(), others.into_iter());
    let mut selected = Vec::new();
    for place in 0.. {
        let left = promoted.len() + others.len();
        let promoted_next = draw(place) * (left as f64) < promoted.len() as f64;
        let next = if promoted_next {
            promoted.next()
        } else {
            others.next()
        };
        let Some(scored) = next else { break };
        selected.push(Selected {
            scored,
            promoted: promoted_next,
        });
    }
    selected
}
