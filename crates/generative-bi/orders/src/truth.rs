//! The items that exist, as whoever wrote them knows them.

use std::collections::BTreeMap;

use crate::model::{Change, OrderKey, OrderLine};

/// The live items by their key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    lines: BTreeMap<OrderKey, OrderLine>,
}

impl Truth {
    /// Applies one change.
    pub fn apply(&mut self, change: &Change) {
        match &change.line {
            Some(line) => self.lines.insert(change.key.clone(), line.clone()),
            None => self.lines.remove(&change.key),
        };
    }

    /// The live items, in the order of their keys.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &OrderLine> {
        self.lines.values()
    }

    /// The item of this key, if it is live.
    pub fn get(&self, key: &OrderKey) -> Option<&OrderLine> {
        self.lines.get(key)
    }

    /// How many items are live.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether no item is live.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// Of two lines with one key, the later counts.
impl FromIterator<OrderLine> for Truth {
    fn from_iter<I: IntoIterator<Item = OrderLine>>(lines: I) -> Self {
        Self {
            lines: lines.into_iter().map(|line| (line.key.clone(), line)).collect(),
        }
    }
}
