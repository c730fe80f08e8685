//! A stream's record, as a mapping hands it to a function.

use std::cmp::Ordering;
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::time::Timestamp;

/// A record's place in its shard. Compared as the number that it is: Kinesis writes up to 56 digits and DynamoDB up to
/// 40, too many for any integer type.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SequenceNumber(String);

impl SequenceNumber {
    /// The number as the stream wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digits(&self) -> &str {
        self.0.trim_start_matches('0')
    }
}

impl<T: Into<String>> From<T> for SequenceNumber {
    fn from(digits: T) -> Self {
        Self(digits.into())
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ord for SequenceNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, others) = (self.digits(), other.digits());
        // The last comparison keeps the order consistent with `Eq`, which sees leading zeros.
        own.len()
            .cmp(&others.len())
            .then_with(|| own.cmp(others))
            .then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for SequenceNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A record as read from a stream.
#[derive(Clone, Debug)]
pub struct StreamRecord {
    /// Its place in the shard.
    pub sequence_number: SequenceNumber,
    /// When the stream took it (`ApproximateArrivalTimestamp`, `ApproximateCreationDateTime`).
    pub arrival: Timestamp,
    /// What it holds.
    pub body: RecordBody,
}

/// What a record holds, by the kind of its stream.
#[derive(Clone, Debug)]
pub enum RecordBody {
    /// A record of a Kinesis data stream.
    Kinesis {
        /// The producer's partition key: records of one key stay in order.
        partition_key: String,
        /// The payload, before base64.
        data: Bytes,
    },
    /// A change in a DynamoDB table.
    DynamoDb {
        /// `eventID`.
        event_id: String,
        /// `eventName`: `INSERT`, `MODIFY` or `REMOVE`.
        event_name: String,
        /// The `dynamodb` object of the record in the wire's own names: `Keys`, `NewImage`, `SequenceNumber`, ….
        change: Value,
    },
}

impl StreamRecord {
    /// What keeps records in order under parallelization: the partition key, or the changed item's key.
    pub(crate) fn ordering_key(&self) -> String {
        match &self.body {
            RecordBody::Kinesis { partition_key, .. } => partition_key.clone(),
            RecordBody::DynamoDb { change, .. } => change["Keys"].to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SequenceNumber;

    #[test]
    fn sequence_numbers_are_compared_as_numbers() {
        for (less, more) in [
            ("9", "10"),
            ("009", "10"),
            (
                "49590338271490256608559692538361571095921575989136588898",
                "49590338271490256608559692540925702759324208523137515618",
            ),
            (
                "800000000003126276362",
                "1000000000000000000000000000000000000000",
            ),
        ] {
            assert!(
                SequenceNumber::from(less) < SequenceNumber::from(more),
                "{less} < {more}"
            );
        }
    }
}
