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
