//! Every item that could be chosen, with how well it fits.

use super::Scored;
use super::history::History;
use super::item_table::{ItemIndex, ItemTable};

/// A score for each item, from which the best can be taken more than once.
#[derive(Debug)]
pub struct Candidates<'a> {
    items: &'a ItemTable,
    /// By the item's index; what must not be chosen is infinitely bad.
    scores: Vec<f64>,
}

impl<'a> Candidates<'a> {
    /// Items with a score each, by index.
    pub(super) const fn new(items: &'a ItemTable, scores: Vec<f64>) -> Self {
        Self { items, scores }
    }

    /// The same, but what the history holds cannot be chosen.
    pub(super) fn without(mut self, history: Option<&History>) -> Self {
        for item in history.into_iter().flat_map(History::items) {
            self.scores[item.0] = f64::NEG_INFINITY;
        }
        self
    }

    /// The best of those that `keep` lets through, best first, equals in the order in which they became known. The
    /// scores of all items that could have been chosen without `keep` sum to 1.
    #[must_use]
    pub fn best(&self, count: usize, keep: impl Fn(&str) -> bool) -> Vec<Scored> {
        let total = self.total();
        let better = |a: &ItemIndex, b: &ItemIndex| {
            let (a_score, b_score) = (self.scores[a.0], self.scores[b.0]);
            b_score.total_cmp(&a_score).then(a.0.cmp(&b.0))
        };
        let mut order: Vec<ItemIndex> = self.choosable().filter(|it| keep(self.items.id(*it))).collect();
        if count > 0 && count < order.len() {
            order.select_nth_unstable_by(count - 1, better);
        }
        order.truncate(count);
        order.sort_unstable_by(better);
        let scored = order.into_iter().map(|item| Scored {
            item_id: self.items.id(item).to_owned(),
            score: self.scores[item.0] / total,
        });
        scored.collect()
    }

    fn choosable(&self) -> impl Iterator<Item = ItemIndex> {
        self.items.indices().filter(|item| self.scores[item.0] >= 0.0)
    }

    fn total(&self) -> f64 {
        let total: f64 = self.choosable().map(|item| self.scores[item.0]).sum();
        if total > 0.0 { total } else { 1.0 }
    }
}
