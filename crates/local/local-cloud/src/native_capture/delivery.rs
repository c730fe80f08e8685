//! In which order the records reach the stream, and how often: the service promises neither.

use put_many::kinesis::Record;
use serde_json::Value;

/// One record of so many is put twice.
const ONE_TWICE_OF: usize = 20;
/// Seed of the disorder: a run can be repeated.
const SEED: u64 = 7;

/// Disorder that is the same in every run.
#[derive(Debug)]
pub(super) struct Delivery {
    random: fastrand::Rng,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            random: fastrand::Rng::with_seed(SEED),
        }
    }
}

impl Delivery {
    /// The records of some changes, shuffled, some of them twice. Their key is the event's id, so that the changes of an
    /// item are spread over shards too.
    pub(super) fn arrange(&mut self, changes: Vec<Value>) -> Vec<Record> {
        let mut records = Vec::with_capacity(changes.len());
        for change in changes {
            let key = change["eventID"].as_str().unwrap_or("none");
            // An event's id is a UUID: a key that Kinesis takes.
            let Ok(record) = Record::new(key, change.to_string()) else {
                continue;
            };
            if self.random.usize(..ONE_TWICE_OF) == 0 {
                records.push(record.clone());
            }
            records.push(record);
        }
        self.random.shuffle(&mut records);
        records
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn every_record_comes_some_twice_and_not_in_order() {
        let changes: Vec<Value> = (0..1000)
            .map(|number| json!({ "eventID": format!("{number:04}") }))
            .collect();
        let records = Delivery::default().arrange(changes.clone());
        let mut times = BTreeMap::<&str, usize>::new();
        for record in &records {
            *times.entry(record.partition_key()).or_default() += 1;
        }
        assert_eq!(times.len(), 1000);
        let twice = times.values().filter(|times| **times == 2).count();
        assert_eq!(records.len(), 1000 + twice);
        assert!((20..100).contains(&twice), "{twice}");
        assert!(!records.is_sorted_by_key(|record| record.partition_key().to_owned()));
    }

    #[test]
    fn a_run_can_be_repeated() {
        let changes = vec![
            json!({ "eventID": "a" }),
            json!({ "eventID": "b" }),
            json!({ "eventID": "c" }),
        ];
        let one = Delivery::default().arrange(changes.clone());
        assert_eq!(one, Delivery::default().arrange(changes));
    }
}
