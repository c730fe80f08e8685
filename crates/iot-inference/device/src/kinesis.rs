//! A stream of Kinesis as a sink: PutRecords, the device as partition key.

use std::time::Duration;

use put_many::kinesis::{PutRecords, Record};
use put_many::{BatchApi, Outcome, Policy, put_many};

use crate::entry::Entry;
use crate::sink::{Answer, Sink};

/// Writes through `A`, which is [`PutRecords`] but in tests.
#[derive(Debug)]
pub struct Kinesis<A = PutRecords> {
    api: A,
}

impl<A: BatchApi<Entry = Record>> Kinesis<A> {
    /// Writes through `api`.
    pub fn new(api: A) -> Self {
        Self { api }
    }
}

impl<A: BatchApi<Entry = Record>> Sink for Kinesis<A> {
    async fn send(&self, entries: &[Entry], time_left: Duration) -> Vec<Answer> {
        let records: Result<Vec<_>, _> = entries
            .iter()
            .map(|entry| Record::new(entry.device_id(), entry.payload()))
            .collect();
        let records = match records {
            Ok(records) => records,
            Err(error) => return vec![Answer::Refused(error.to_string()); entries.len()],
        };
        let policy = Policy::per_key(Record::partition_key);
        let put = put_many(&self.api, &records, &policy, time_left, fastrand::f64);
        let outcomes = Box::pin(put).await.into_outcomes();
        outcomes.into_iter().map(answer).collect()
    }
}

fn answer(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Accepted => Answer::Acknowledged,
        Outcome::Refused(failure) => Answer::Refused(failure.to_string()),
        Outcome::Undelivered(undelivered) => Answer::Unanswered(match undelivered.last_error {
            Some(failure) => failure.to_string(),
            None => format!("{:?}", undelivered.cause),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::num::NonZeroUsize;
    use std::sync::Mutex;

    use put_many::{CallError, Failure, Limits, Verdict};

    use super::*;

    /// A stream that throttles the second record of every call, and takes one device's none.
    #[derive(Default)]
    struct Stream {
        taken: Mutex<HashMap<String, Vec<Vec<u8>>>>,
    }

    impl BatchApi for Stream {
        type Entry = Record;

        fn limits(&self) -> Limits {
            Limits {
                count: NonZeroUsize::MIN.saturating_add(4),
                request_bytes: 1 << 20,
                entry_bytes: 100,
            }
        }

        fn entry_bytes(&self, record: &Record) -> usize {
            record.data().len()
        }

        async fn send(&self, records: &[&Record]) -> Result<Vec<Verdict>, CallError> {
            let keys: HashSet<_> = records.iter().map(|record| record.partition_key()).collect();
            assert_eq!(keys.len(), records.len(), "two records of a device in one call");
            let verdicts = records.iter().enumerate().map(|(place, record)| {
                if place == 1 || record.partition_key() == "deaf" {
                    return Verdict::Retry(Failure::new("Throttled", "as told"));
                }
                let mut taken = self.taken.lock().unwrap();
                let of_device = taken.entry(record.partition_key().to_owned()).or_default();
                of_device.push(record.data().to_vec());
                Verdict::Accepted
            });
            Ok(verdicts.collect())
        }
    }

    fn entry(device: &str, payload: &str) -> Entry {
        Entry::new(&device.parse().unwrap(), &"x".parse().unwrap(), payload)
    }

    #[tokio::test(start_paused = true)]
    async fn a_devices_entries_arrive_in_order_and_each_has_its_answer() {
        let sink = Kinesis::new(Stream::default());
        let entries = [
            entry("a", "1"),
            entry("deaf", "1"),
            entry("b", "1"),
            entry("a", "2"),
            entry("deaf", "2"),
            entry("a", &"x".repeat(101)),
            entry("a", "3"),
        ];
        let answers = sink.send(&entries, Duration::from_secs(600)).await;
        let throttled = Answer::Unanswered("Throttled: as told".to_owned());
        let behind = Answer::Unanswered("BehindEarlier".to_owned());
        let large = Answer::Refused("EntryTooLarge: entry has 101 bytes, the limit is 100".to_owned());
        let taken = Answer::Acknowledged;
        assert_eq!(
            answers,
            [
                taken.clone(),
                throttled,
                taken.clone(),
                taken.clone(),
                behind,
                large,
                taken
            ]
        );
        let stream = sink.api.taken.lock().unwrap();
        assert_eq!(stream["a"], [b"1", b"2", b"3"]);
        assert!(!stream.contains_key("deaf"));
    }
}
