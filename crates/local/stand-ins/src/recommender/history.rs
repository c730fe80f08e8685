//! What one person has taken, in the order of time.

use std::collections::HashMap;

use super::item_table::ItemIndex;

/// A person's items, each once, at its latest time.
#[derive(Debug, Default)]
pub(super) struct History {
    /// Oldest first; equals in time as they came.
    timeline: Vec<(ItemIndex, f64)>,
    times: HashMap<ItemIndex, f64>,
}

impl History {
    /// Adds the item, and tells whether it is new here; a later time of a known one moves it.
    pub(super) fn add(&mut self, item: ItemIndex, at: f64) -> bool {
        let before = self.times.get(&item).copied();
        if let Some(before) = before {
            if at <= before {
                return false;
            }
            let place = self.place_of(item, before);
            self.timeline.remove(place);
        }
        self.times.insert(item, at);
        let place = self.timeline.partition_point(|(_, each)| *each <= at);
        self.timeline.insert(place, (item, at));
        before.is_none()
    }

    /// The other items within `window` places before and after this one, with their distance in places, from 1. What
    /// comes in the order of time finds nothing after it.
    pub(super) fn around(
        &self,
        item: ItemIndex,
        at: f64,
        window: usize,
    ) -> impl Iterator<Item = (ItemIndex, usize)> {
        let place = self.place_of(item, at);
        let before = self.timeline[..place].iter().rev().zip(1..).take(window);
        let after = self.timeline[place + 1..].iter().zip(1..).take(window);
        before.chain(after).map(|((other, _), gap)| (*other, gap))
    }

    /// The latest items, latest first.
    pub(super) fn latest(&self, count: usize) -> impl Iterator<Item = ItemIndex> {
        self.timeline.iter().rev().take(count).map(|(item, _)| *item)
    }

    /// Every item.
    pub(super) fn items(&self) -> impl Iterator<Item = ItemIndex> {
        self.timeline.iter().map(|(item, _)| *item)
    }

    /// Every item with its time, oldest first.
    pub(super) fn into_items(self) -> impl Iterator<Item = (ItemIndex, f64)> {
        self.timeline.into_iter()
    }

    /// Where the item stands, which is known to be there at this time.
    fn place_of(&self, item: ItemIndex, at: f64) -> usize {
        let from = self.timeline.partition_point(|(_, each)| *each < at);
        from + self.timeline[from..]
            .iter()
            .take_while(|(each, _)| *each != item)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(items: &[(usize, f64)]) -> History {
        let mut history = History::default();
        for (item, at) in items {
            history.add(ItemIndex(*item), *at);
        }
        history
    }

    fn latest(history: &History) -> Vec<usize> {
        history.latest(10).map(|item| item.0).collect()
    }

    #[test]
    fn what_comes_late_stands_at_its_time() {
        assert_eq!(latest(&history(&[(1, 10.0), (3, 30.0), (2, 20.0)])), [3, 2, 1]);
    }

    #[test]
    fn equals_in_time_stand_as_they_came() {
        assert_eq!(latest(&history(&[(1, 10.0), (2, 10.0), (3, 10.0)])), [3, 2, 1]);
    }

    #[test]
    fn an_item_taken_again_moves_and_is_not_new() {
        let mut history = history(&[(1, 10.0), (2, 20.0)]);
        assert!(!history.add(ItemIndex(1), 30.0));
        assert_eq!(latest(&history), [1, 2]);
        assert!(!history.add(ItemIndex(1), 5.0), "an older time says nothing new");
        assert_eq!(latest(&history), [1, 2]);
    }

    #[test]
    fn neighbours_are_on_both_sides_within_the_window() {
        let history = history(&[(1, 10.0), (2, 20.0), (3, 20.0), (4, 20.0), (5, 30.0), (6, 40.0)]);
        let around: Vec<_> = history
            .around(ItemIndex(3), 20.0, 2)
            .map(|(item, gap)| (item.0, gap))
            .collect();
        assert_eq!(around, [(2, 1), (1, 2), (4, 1), (5, 2)]);
    }
}
