//! A person's latest events by their type: what a filter on interactions looks at.

use std::collections::HashMap;

use super::item_table::ItemIndex;

/// How many of a person's latest events of a type a filter looks at.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html>
pub const EVENTS_OF_A_TYPE_CONSIDERED: usize = 100;

/// The latest events of each type, oldest first.
#[derive(Debug, Default)]
pub(super) struct RecentEvents {
    by_type: HashMap<String, Vec<(ItemIndex, f64)>>,
}

impl RecentEvents {
    /// Adds an event at its time; the oldest beyond those considered is forgotten.
    pub(super) fn add(&mut self, event_type: &str, item: ItemIndex, at: f64) {
        let events = self.by_type.entry(folded(event_type)).or_default();
        let place = events.partition_point(|(_, each)| *each <= at);
        events.insert(place, (item, at));
        if events.len() > EVENTS_OF_A_TYPE_CONSIDERED {
            events.remove(0);
        }
    }

    /// Adds another person's events: the two turned out to be one.
    pub(super) fn join(&mut self, other: Self) {
        for (event_type, events) in other.by_type {
            for (item, at) in events {
                self.add(&event_type, item, at);
            }
        }
    }

    /// The items of the events of these types.
    pub(super) fn items(&self, types: &EventTypes) -> impl Iterator<Item = ItemIndex> {
        let lists = self.by_type.iter().filter(|(name, _)| types.hold(name));
        lists.flat_map(|(_, events)| events.iter().map(|(item, _)| *item))
    }
}

/// Which types of events are meant, in whatever case.
#[derive(Clone, Debug, PartialEq)]
pub enum EventTypes {
    /// Every type.
    All,
    /// These, in lower case.
    Named(Vec<String>),
}

impl EventTypes {
    /// These types, whatever their case.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Named(names.into_iter().map(folded).collect())
    }

    fn hold(&self, folded: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|name| name == folded),
        }
    }
}

fn folded(event_type: &str) -> String {
    event_type.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(events: &RecentEvents, types: &EventTypes) -> Vec<usize> {
        let mut items: Vec<_> = events.items(types).map(|item| item.0).collect();
        items.sort_unstable();
        items
    }

    #[test]
    fn a_type_is_found_in_whatever_case() {
        let mut events = RecentEvents::default();
        for (place, event_type) in ["click", "Click", "view"].into_iter().enumerate() {
            events.add(event_type, ItemIndex(place), 1.0);
        }
        assert_eq!(items(&events, &EventTypes::named(["CLICK"])), [0, 1]);
        assert_eq!(items(&events, &EventTypes::named(["view", "buy"])), [2]);
        assert_eq!(items(&events, &EventTypes::named([])), [0; 0]);
        assert_eq!(items(&events, &EventTypes::All), [0, 1, 2]);
    }

    #[test]
    fn the_oldest_of_a_type_is_forgotten_by_time_not_by_arrival() {
        let mut events = RecentEvents::default();
        for place in (0..=EVENTS_OF_A_TYPE_CONSIDERED).rev() {
            events.add("click", ItemIndex(place), place as f64);
        }
        events.add("view", ItemIndex(999), 0.0);
        let clicked = items(&events, &EventTypes::named(["click"]));
        assert_eq!((clicked.len(), clicked[0]), (EVENTS_OF_A_TYPE_CONSIDERED, 1));
        assert!(items(&events, &EventTypes::All).contains(&999));
    }

    #[test]
    fn who_turn_out_to_be_one_have_done_what_both_did() {
        let (mut one, mut other) = (RecentEvents::default(), RecentEvents::default());
        one.add("click", ItemIndex(1), 1.0);
        other.add("click", ItemIndex(2), 0.5);
        one.join(other);
        assert_eq!(items(&one, &EventTypes::All), [1, 2]);
    }
}
