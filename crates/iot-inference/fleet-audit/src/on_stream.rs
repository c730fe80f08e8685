//! What a stream has: readings by their ids, and payloads that are none by their hashes.

use std::collections::{BTreeMap, HashMap};

use telemetry::Version;

use crate::letter::sha256;
use crate::truth::{SensorKey, SentReading};

/// A record of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRecord {
    /// The shard.
    pub shard_id: String,
    /// Its number in the shard.
    pub sequence_number: String,
    /// Who sent it.
    pub partition_key: String,
    /// When the stream took it, in microseconds since 1970.
    pub arrived_at: Option<i64>,
    /// What was sent.
    pub data: Vec<u8>,
}

/// A reading as the stream has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// What came first under its id.
    pub reading: SentReading,
    /// How often it came.
    pub times: usize,
    /// Whether something else came under the same id.
    pub contradicted: bool,
    /// When it last came, in microseconds since 1970.
    pub last_arrived_at: Option<i64>,
}

/// What a stream has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OnStream {
    readings: BTreeMap<String, Delivered>,
    garbage: BTreeMap<String, usize>,
    newest: HashMap<SensorKey, Version>,
    late: usize,
}

impl OnStream {
    /// Takes a record in. Records of one partition key come in their order.
    pub fn take(&mut self, record: &StreamRecord) {
        match telemetry::parse_from(&record.partition_key, &record.data) {
            Ok(reading) => self.take_reading(SentReading::from(&reading), record.arrived_at),
            Err(_) => *self.garbage.entry(sha256(&record.data)).or_default() += 1,
        }
    }

    fn take_reading(&mut self, reading: SentReading, arrived_at: Option<i64>) {
        if let Some(known) = self.readings.get_mut(&reading.reading_id()) {
            known.times += 1;
            known.contradicted |= known.reading != reading;
            known.last_arrived_at = known.last_arrived_at.max(arrived_at);
            return;
        }
        let newest = self
            .newest
            .entry(reading.sensor.clone())
            .or_insert(reading.version);
        self.late += usize::from(reading.version < *newest);
        *newest = reading.version.max(*newest);
        let delivered = Delivered {
            times: 1,
            contradicted: false,
            last_arrived_at: arrived_at,
            reading,
        };
        self.readings.insert(delivered.reading.reading_id(), delivered);
    }

    /// The readings, by their ids.
    pub fn readings(&self) -> &BTreeMap<String, Delivered> {
        &self.readings
    }

    /// How often each payload came that is no reading of its sender, by SHA-256 in hex.
    pub fn garbage(&self) -> &BTreeMap<String, usize> {
        &self.garbage
    }

    /// Readings that came when the stream had a newer one of their sensor already.
    pub fn late(&self) -> usize {
        self.late
    }

    /// All records.
    pub fn records(&self) -> usize {
        let readings: usize = self.readings.values().map(|delivered| delivered.times).sum();
        readings + self.garbage.values().sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::json;

    fn record(partition_key: &str, data: &[u8], arrived_at: i64) -> StreamRecord {
        StreamRecord {
            shard_id: "s-0".to_owned(),
            sequence_number: arrived_at.to_string(),
            partition_key: partition_key.to_owned(),
            arrived_at: Some(arrived_at),
            data: data.to_vec(),
        }
    }

    #[test]
    fn repeats_late_ones_and_garbage_are_told_apart() {
        let mut stream = OnStream::default();
        for (at, payload) in [
            json("d-1", 1, "1.0"),
            json("d-1", 3, "1.0"),
            json("d-1", 2, "1.0"),
            json("d-1", 1, "1.0"),
            b"prose".to_vec(),
            json("d-2", 1, "1.0"),
        ]
        .iter()
        .enumerate()
        {
            stream.take(&record("d-1", payload, at as i64));
        }
        let first = &stream.readings()["d-1/temperature-1/1"];
        assert_eq!(
            (first.times, first.last_arrived_at, first.contradicted),
            (2, Some(3), false)
        );
        // The one of 2 is late; the repeat of 1 is no late reading but a repeat.
        assert_eq!((stream.readings().len(), stream.late()), (3, 1));
        // What d-1 says in the name of d-2 is no reading.
        assert_eq!((stream.garbage().len(), stream.records()), (2, 6));
    }

    #[test]
    fn two_readings_under_one_id_are_noted() {
        let mut stream = OnStream::default();
        stream.take(&record("d-1", &json("d-1", 1, "1.0"), 0));
        stream.take(&record("d-1", &json("d-1", 1, "1.00"), 1));
        assert!(stream.readings()["d-1/temperature-1/1"].contradicted);
    }
}
