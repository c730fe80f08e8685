//! The popular items: what is recommended when Personalize does not answer.

use std::collections::HashMap;

use crate::limits::STATE_ITEM_BYTES;
use crate::text::ItemId;
use crate::unix_time::UnixTime;

/// What is kept of the state table's item for names and numbers, and as a margin.
const OVERHEAD_BYTES: usize = 16 * 1024;
/// What DynamoDB adds to each element of a list.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
const ELEMENT_BYTES: usize = 4;

/// Items by popularity, the most popular first, and when they were fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopularItems {
    items: Vec<ItemId>,
    fetched_at: UnixTime,
}

impl PopularItems {
    /// As many of `items` as the state table keeps in one item; `None` when there are none at all, which is no list to
    /// replace a good one with.
    pub fn new(items: Vec<ItemId>, fetched_at: UnixTime) -> Option<Self> {
        let mut bytes = OVERHEAD_BYTES;
        let fits = |item: &ItemId| {
            bytes += item.as_str().len() + ELEMENT_BYTES;
            bytes <= STATE_ITEM_BYTES
        };
        let items: Vec<_> = items.into_iter().take_while(fits).collect();
        (!items.is_empty()).then_some(Self { items, fetched_at })
    }

    /// The items, the most popular first.
    pub fn items(&self) -> &[ItemId] {
        &self.items
    }

    /// When they were fetched.
    pub fn fetched_at(&self) -> UnixTime {
        self.fetched_at
    }

    /// `items` with those first that are popular, in the order of their popularity, and then the others as they came.
    /// Nothing is dropped.
    pub fn order(&self, items: &[ItemId]) -> Vec<ItemId> {
        let ranks = self.items.iter().enumerate().rev();
        let ranks: HashMap<_, _> = ranks.map(|(rank, item)| (item, rank)).collect();
        let mut ordered = items.to_vec();
        ordered.sort_by_key(|item| ranks.get(item).copied().unwrap_or(usize::MAX));
        ordered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: UnixTime = UnixTime::from_millis(1);

    fn ids(texts: &[&str]) -> Vec<ItemId> {
        texts.iter().map(|text| text.parse().expect("an id")).collect()
    }

    #[test]
    fn the_known_come_first_by_popularity_and_the_unknown_stay_as_given() {
        let popular = PopularItems::new(ids(&["a", "b", "c", "a"]), AT).expect("some");
        assert_eq!(
            popular.order(&ids(&["y", "c", "x", "a"])),
            ids(&["a", "c", "y", "x"])
        );
        assert_eq!(popular.order(&ids(&["c", "x", "c"])), ids(&["c", "c", "x"]));
        assert_eq!(popular.order(&[]), []);
        let given: Vec<_> = (0..100)
            .flat_map(|place| [format!("x{place}"), "b".to_owned()])
            .collect();
        let ordered = popular.order(&ids(&given.iter().map(String::as_str).collect::<Vec<_>>()));
        let unknown: Vec<_> = ordered[100..].iter().map(ItemId::to_string).collect();
        assert_eq!(
            unknown,
            (0..100).map(|place| format!("x{place}")).collect::<Vec<_>>()
        );
    }

    #[test]
    fn no_items_are_no_list() {
        assert_eq!(PopularItems::new(Vec::new(), AT), None);
    }

    #[test]
    fn a_list_fits_into_an_item_of_the_table() {
        let long = "\u{10000}".repeat(256);
        let items = vec![long.parse::<ItemId>().expect("an id"); 500];
        let kept = PopularItems::new(items, AT).expect("some");
        let of_each = long.len() + ELEMENT_BYTES;
        assert_eq!(kept.items().len(), (STATE_ITEM_BYTES - OVERHEAD_BYTES) / of_each);
        let short = vec!["31".parse::<ItemId>().expect("an id"); 500];
        assert_eq!(PopularItems::new(short, AT).expect("some").items().len(), 500);
    }
}
