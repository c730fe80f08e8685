//! A stream in memory.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bytes::Bytes;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::START;
use crate::config::StreamKind;
use crate::mapping::Read;
use crate::record::{RecordBody, SequenceNumber, StreamRecord};
use crate::shards::{Position, ShardDescription, ShardId};
use crate::time::Timestamp;

/// Records that one read returns, at most.
const READ_MAX_RECORDS: usize = 1_000;

/// A stream in memory: shards by hash key, records, splits and merges.
pub struct SimulatedStream {
    kind: StreamKind,
    arn: String,
    now: Timestamp,
    shards: Vec<SimulatedShard>,
    records_put: u64,
    keys: BTreeMap<SequenceNumber, String>,
}

struct SimulatedShard {
    description: ShardDescription,
    hash_keys: RangeInclusive<u128>,
    open: bool,
    records: Vec<StreamRecord>,
}

/// A resharding that the stream refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// There is no open shard of this name.
    #[error("{0} is not an open shard")]
    NotOpen(ShardId),
    /// The two shards' hash keys do not touch.
    #[error("{0} and {1} are not adjacent")]
    NotAdjacent(ShardId, ShardId),
    /// The shard has one hash key only.
    #[error("{0} is too small to be split")]
    TooSmall(ShardId),
}

impl SimulatedStream {
    /// A Kinesis data stream in us-east-1.
    pub fn kinesis(name: &str, shards: u32) -> Self {
        Self::new(
            StreamKind::Kinesis,
            format!("arn:aws:kinesis:us-east-1:000000000000:stream/{name}"),
            shards,
        )
    }

    /// A table's stream in us-east-1.
    pub fn dynamodb(table: &str, shards: u32) -> Self {
        let arn =
            format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/2026-01-01T00:00:00.000");
        Self::new(StreamKind::DynamoDb, arn, shards)
    }

    fn new(kind: StreamKind, arn: String, shards: u32) -> Self {
        let mut stream = Self {
            kind,
            arn,
            now: START,
            shards: Vec::new(),
            records_put: 0,
            keys: BTreeMap::new(),
        };
        let size = u128::MAX / u128::from(shards.max(1));
        for index in 0..u128::from(shards.max(1)) {
            let last = if index + 1 == u128::from(shards.max(1)) {
                u128::MAX
            } else {
                (index + 1) * size - 1
            };
            stream.add_shard(Vec::new(), index * size..=last);
        }
        stream
    }

    /// The stream's ARN.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Puts a record into the shard of its key. In a table's stream the data is the new image's attribute `data`, and
    /// the key is the item's `id`.
    pub fn put(&mut self, partition_key: &str, data: impl Into<Bytes>) -> SequenceNumber {
        let sequence_number = self.next_sequence_number();
        let body = self.body(partition_key, data.into(), &sequence_number);
        let record = StreamRecord {
            sequence_number: sequence_number.clone(),
            arrival: self.now,
            body,
        };
        self.keys
            .insert(sequence_number.clone(), partition_key.to_owned());
        let hash_key = u128::from_be_bytes(Md5::digest(partition_key.as_bytes()).into());
        // The open shards' hash keys cover everything.
        if let Some(shard) = self
            .shards
            .iter_mut()
            .find(|shard| shard.open && shard.hash_keys.contains(&hash_key))
        {
            shard.records.push(record);
        }
        sequence_number
    }

    /// Splits a shard in the middle of its hash keys.
    ///
    /// # Errors
    /// If it is not open, or cannot be split.
    pub fn split(&mut self, shard: &ShardId) -> Result<[ShardId; 2], StreamError> {
        let hash_keys = self.open_shard(shard)?.hash_keys.clone();
        let (first, last) = (*hash_keys.start(), *hash_keys.end());
        if first == last {
            return Err(StreamError::TooSmall(shard.clone()));
        }
        self.open_shard(shard)?.open = false;
        let middle = first + (last - first) / 2;
        let lower = self.add_shard(vec![shard.clone()], first..=middle);
        let upper = self.add_shard(vec![shard.clone()], middle + 1..=last);
        Ok([lower, upper])
    }

    /// Merges two adjacent shards.
    ///
    /// # Errors
    /// If one is not open, or if they are not adjacent.
    pub fn merge(&mut self, lower: &ShardId, upper: &ShardId) -> Result<ShardId, StreamError> {
        let low = self.open_shard(lower)?.hash_keys.clone();
        let high = self.open_shard(upper)?.hash_keys.clone();
        if low.end().checked_add(1) != Some(*high.start()) {
            return Err(StreamError::NotAdjacent(lower.clone(), upper.clone()));
        }
        self.open_shard(lower)?.open = false;
        self.open_shard(upper)?.open = false;
        Ok(self.add_shard(vec![lower.clone(), upper.clone()], *low.start()..=*high.end()))
    }

    /// The shards that take records, in the order of their hash keys.
    pub fn open_shards(&self) -> Vec<ShardId> {
        let mut open: Vec<_> = self.shards.iter().filter(|shard| shard.open).collect();
        open.sort_by_key(|shard| *shard.hash_keys.start());
        open.into_iter()
            .map(|shard| shard.description.id.clone())
            .collect()
    }

    /// Every record's sequence number.
    pub fn sequence_numbers(&self) -> impl Iterator<Item = &SequenceNumber> {
        self.keys.keys()
    }

    /// A record's partition key.
    pub fn partition_key(&self, record: &SequenceNumber) -> Option<&str> {
        self.keys.get(record).map(String::as_str)
    }

    /// All shards, as the mapping sees them.
    pub(super) fn descriptions(&self) -> Vec<ShardDescription> {
        self.shards
            .iter()
            .map(|shard| shard.description.clone())
            .collect()
    }

    pub(super) fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// Reads on in a shard, and tells how many of its records were read or skipped then.
    pub(super) fn read(&self, shard: &ShardId, from: &Position, cursor: Option<usize>) -> (Read, usize) {
        let Some(shard) = self
            .shards
            .iter()
            .find(|candidate| candidate.description.id == *shard)
        else {
            return (
                Read {
                    records: Vec::new(),
                    ended: true,
                },
                0,
            );
        };
        let start = match (from, cursor) {
            (Position::Latest, Some(cursor)) => cursor,
            _ => shard.index(from),
        };
        let records: Vec<_> = shard.records[start..]
            .iter()
            .take(READ_MAX_RECORDS)
            .cloned()
            .collect();
        let cursor = start + records.len();
        let ended = !shard.open && cursor == shard.records.len();
        (Read { records, ended }, cursor)
    }

    /// Whether these cursors are at the end of every shard.
    pub(super) fn is_read(&self, cursors: &BTreeMap<ShardId, usize>) -> bool {
        self.shards
            .iter()
            .all(|shard| cursors.get(&shard.description.id) == Some(&shard.records.len()))
    }

    fn open_shard(&mut self, id: &ShardId) -> Result<&mut SimulatedShard, StreamError> {
        let mut open = self.shards.iter_mut().filter(|shard| shard.open);
        open.find(|shard| shard.description.id == *id)
            .ok_or_else(|| StreamError::NotOpen(id.clone()))
    }

    fn add_shard(&mut self, parents: Vec<ShardId>, hash_keys: RangeInclusive<u128>) -> ShardId {
        let id = ShardId::from(format!("shardId-{:012}", self.shards.len()));
        let description = ShardDescription {
            id: id.clone(),
            parents,
        };
        self.shards.push(SimulatedShard {
            description,
            hash_keys,
            open: true,
            records: Vec::new(),
        });
        id
    }

    fn next_sequence_number(&mut self) -> SequenceNumber {
        self.records_put += 1;
        match self.kind {
            StreamKind::Kinesis => format!("49{:054}", self.records_put).into(),
            StreamKind::DynamoDb => format!("8{:020}", self.records_put).into(),
        }
    }

    fn body(&self, key: &str, data: Bytes, sequence_number: &SequenceNumber) -> RecordBody {
        match self.kind {
            StreamKind::Kinesis => RecordBody::Kinesis {
                partition_key: key.to_owned(),
                data,
            },
            StreamKind::DynamoDb => RecordBody::DynamoDb {
                event_id: format!("{:032x}", self.records_put),
                event_name: "INSERT".to_owned(),
                change: change(key, &data, sequence_number, self.now),
            },
        }
    }
}

impl SimulatedShard {
    fn index(&self, position: &Position) -> usize {
        match position {
            Position::TrimHorizon => 0,
            Position::Latest => self.records.len(),
            Position::AtTimestamp(at) => self.records.partition_point(|record| record.arrival < *at),
            Position::At(number) => self
                .records
                .partition_point(|record| record.sequence_number < *number),
            Position::After(number) => self
                .records
                .partition_point(|record| record.sequence_number <= *number),
        }
    }
}

fn change(key: &str, data: &[u8], sequence_number: &SequenceNumber, now: Timestamp) -> Value {
    json!({
        "ApproximateCreationDateTime": now.millis() / 1_000,
        "Keys": {"id": {"S": key}},
        "NewImage": {"id": {"S": key}, "data": {"S": String::from_utf8_lossy(data)}},
        "SequenceNumber": sequence_number,
        "SizeBytes": key.len() + data.len(),
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    })
}
