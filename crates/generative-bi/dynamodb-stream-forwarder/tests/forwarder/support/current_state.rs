//! What a reader of the stream makes of it: the items as they are now.
//!
//! The warehouse does the same in SQL: the latest version of an item counts, by event time, then by sequence number as
//! a number, then by kind of change, then by event id; an item whose latest version is its deletion is gone.

use std::collections::BTreeMap;

use serde_json::Value;

/// By key, each item as it is now.
pub type Items = BTreeMap<String, Value>;

/// Where a version of an item stands among its others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    event_time: u64,
    sequence_digits: usize,
    sequence_number: String,
    rank: usize,
    event_id: String,
}

impl Version {
    fn of(change: &Value) -> Self {
        let text = |name: &str| change[name].as_str().expect("text").to_owned();
        let sequence_number = text("sequenceNumber");
        Self {
            event_time: change["eventTime"].as_u64().expect("a time"),
            sequence_digits: sequence_number.len(),
            sequence_number,
            rank: match text("eventName").as_str() {
                "INSERT" => 0,
                "MODIFY" => 1,
                _ => 2,
            },
            event_id: text("eventId"),
        }
    }
}

/// The items after these changes, in whatever order and however often they come.
pub fn current_state<'a>(changes: impl IntoIterator<Item = &'a Value>) -> Items {
    let mut latest: BTreeMap<String, (Version, Option<&Value>)> = BTreeMap::new();
    for change in changes {
        let version = Version::of(change);
        let item = (change["eventName"] != "REMOVE").then(|| &change["newImage"]);
        let kept = latest
            .entry(change["keys"].to_string())
            .or_insert_with(|| (version.clone(), item));
        if version > kept.0 {
            *kept = (version, item);
        }
    }
    let live = latest
        .into_iter()
        .filter_map(|(key, (_, item))| Some((key, item?.clone())));
    live.collect()
}
