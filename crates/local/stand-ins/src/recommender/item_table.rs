//! Items by number, their popularity, and who was taken with whom.

use std::collections::HashMap;

/// An item's number: items are numbered as they become known.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct ItemIndex(pub(super) usize);

/// What is known of items.
#[derive(Debug, Default)]
pub(super) struct ItemTable {
    by_id: HashMap<String, ItemIndex>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    id: String,
    /// How many people took it.
    takers: u32,
    /// One entry per pairing, so that learning is an append; scoring adds them up.
    partners: Vec<(ItemIndex, f32)>,
}

impl ItemTable {
    /// The item's number; a new item gets the next.
    pub(super) fn index(&mut self, id: &str) -> ItemIndex {
        if let Some(index) = self.by_id.get(id) {
            return *index;
        }
        let index = ItemIndex(self.rows.len());
        self.by_id.insert(id.to_owned(), index);
        self.rows.push(Row {
            id: id.to_owned(),
            takers: 0,
            partners: Vec::new(),
        });
        index
    }

    pub(super) fn find(&self, id: &str) -> Option<ItemIndex> {
        self.by_id.get(id).copied()
    }

    pub(super) fn id(&self, item: ItemIndex) -> &str {
        &self.rows[item.0].id
    }

    pub(super) fn indices(&self) -> impl ExactSizeIterator<Item = ItemIndex> + use<> {
        (0..self.rows.len()).map(ItemIndex)
    }

    /// One more person took it.
    pub(super) fn count(&mut self, item: ItemIndex) {
        self.rows[item.0].takers += 1;
    }

    /// Two people turned out to be one.
    pub(super) fn uncount(&mut self, item: ItemIndex) {
        self.rows[item.0].takers -= 1;
    }

    pub(super) fn popularity(&self, item: ItemIndex) -> f64 {
        f64::from(self.rows[item.0].takers)
    }

    /// One person took both; `weight` is larger the closer together.
    pub(super) fn pair(&mut self, one: ItemIndex, other: ItemIndex, weight: f32) {
        self.rows[one.0].partners.push((other, weight));
        self.rows[other.0].partners.push((one, weight));
    }

    /// What was taken with it, and with what weight: an entry for each time.
    pub(super) fn partners(&self, item: ItemIndex) -> &[(ItemIndex, f32)] {
        &self.rows[item.0].partners
    }
}
