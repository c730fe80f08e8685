//! What identifies a stream record, where it came from, and what it carried.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// One record as the stream delivered it: a Kinesis record, a sub-record of a KPL aggregate, or a DynamoDB change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRecord {
    /// The record's identity within its shard.
    pub id: RecordId,
    /// The stream and shard; one per batch, shared by its records.
    pub origin: Arc<Origin>,
    /// The producer's partition key. For a DynamoDB change: the item's `Keys` as canonical JSON (sorted names, no
    /// spaces), so that equal items have equal keys.
    pub partition_key: String,
    /// The hash key that a KPL producer set itself, in decimal digits. Only a sub-record can have one.
    pub explicit_hash_key: Option<String>,
    /// When the stream took the record, in milliseconds since the Unix epoch. For a DynamoDB change:
    /// `ApproximateCreationDateTime`, which is rounded down to the second.
    pub arrival_time_ms: Option<u64>,
    /// The payload. For a DynamoDB change: the JSON text of the whole record as Lambda delivered it.
    pub data: Bytes,
}

/// A record's identity within its shard. Ordered as the records are ordered in the shard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    /// The number of the record in its shard; for a KPL sub-record the parent's. The only part that Lambda understands.
    pub sequence_number: SequenceNumber,
    /// The zero-based position within a KPL aggregate; `None` for a record that is not part of one.
    pub index: Option<u32>,
}

/// Written as `sequence number`, or `sequence number/index` for a KPL sub-record.
impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(f, "{}/{index}", self.sequence_number),
            None => write!(f, "{}", self.sequence_number),
        }
    }
}

impl From<SequenceNumber> for RecordId {
    fn from(sequence_number: SequenceNumber) -> Self {
        Self {
            sequence_number,
            index: None,
        }
    }
}

/// A sequence number: decimal text, too long for any integer type (Kinesis: up to 129 digits, DynamoDB Streams: 21 to
/// 40), hence compared by length and then as text, apart from leading zeros, with which emulators pad it.
///
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html>,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SequenceNumber(Arc<str>);

/// The text is no sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sequence number has decimal digits only, and at least one")]
pub struct InvalidSequenceNumber;

impl SequenceNumber {
    /// The number as Lambda wrote it, and as it must be reported.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digits(&self) -> &str {
        self.0.trim_start_matches('0')
    }
}

impl FromStr for SequenceNumber {
    type Err = InvalidSequenceNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidSequenceNumber)
        }
    }
}

impl Ord for SequenceNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        let (own, others) = (self.digits(), other.digits());
        // The last comparison keeps the order consistent with `Eq`, which sees leading zeros.
        own.len()
            .cmp(&others.len())
            .then_with(|| own.cmp(others))
            .then_with(|| self.0.len().cmp(&other.0.len()))
    }
}

impl PartialOrd for SequenceNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for SequenceNumber {
    type Error = InvalidSequenceNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SequenceNumber> for String {
    fn from(number: SequenceNumber) -> Self {
        number.0.as_ref().to_owned()
    }
}

/// The stream and the shard that a batch came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// `eventSourceARN`: the stream, its enhanced fan-out consumer, or the table's stream.
    pub event_source_arn: String,
    /// The shard, as in `shardId-000000000006`. DynamoDB Streams events name it only in a time window.
    pub shard_id: Option<String>,
}

impl Origin {
    /// The name of the stream or, for DynamoDB Streams, of the table; the whole ARN when it has neither.
    pub fn stream_name(&self) -> &str {
        // The stream's own time stamp holds colons, so the resource is looked for by its type and not by position.
        let resource = [":stream/", ":table/"]
            .iter()
            .find_map(|kind| self.event_source_arn.split_once(kind));
        resource
            .and_then(|(_, name)| name.split('/').next())
            .unwrap_or(&self.event_source_arn)
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::{InvalidSequenceNumber, Origin, RecordId, SequenceNumber};

    fn number(text: &str) -> SequenceNumber {
        text.parse().unwrap()
    }

    #[test]
    fn a_sequence_number_has_digits_only() {
        let long = "9".repeat(129);
        for text in [
            "0",
            "00",
            "007",
            "1",
            "49568167373333333333333333333333333333333333333333333333",
            long.as_str(),
        ] {
            assert_eq!(number(text).as_str(), text);
        }
        for text in ["", " ", "1 ", "-1", "+1", "1.0", "0x1", "٣"] {
            assert_eq!(
                text.parse::<SequenceNumber>(),
                Err(InvalidSequenceNumber),
                "{text:?}"
            );
        }
    }

    #[test]
    fn sequence_numbers_are_in_the_order_of_their_values() {
        for (low, high) in [
            ("0", "1"),
            ("9", "10"),
            ("20", "100"),
            ("199", "200"),
            ("009", "10"),
            ("9", "010"),
            ("10", "010"),
        ] {
            assert_eq!(number(low).cmp(&number(high)), Ordering::Less);
            assert_eq!(number(high).cmp(&number(low)), Ordering::Greater);
        }
        assert_eq!(number("10").cmp(&number("10")), Ordering::Equal);
    }

    #[test]
    fn sub_records_are_in_the_order_of_their_parent() {
        let id = |text, index| RecordId {
            sequence_number: number(text),
            index,
        };
        let ordered = [
            id("9", None),
            id("10", Some(0)),
            id("10", Some(2)),
            id("10", Some(10)),
            id("11", None),
        ];
        assert!(ordered.is_sorted());
        assert_eq!(
            ordered.map(|id| id.to_string()),
            ["9", "10/0", "10/2", "10/10", "11"]
        );
    }

    #[test]
    fn a_stream_is_named_by_its_arn() {
        for (arn, name) in [
            ("arn:aws:kinesis:us-east-1:000000000000:stream/clicks", "clicks"),
            (
                "arn:aws:kinesis:us-east-1:000000000000:stream/clicks/consumer/forwarder:1700000000",
                "clicks",
            ),
            (
                "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026-11-01T00:00:00.000",
                "orders",
            ),
            ("something else", "something else"),
        ] {
            let origin = Origin {
                event_source_arn: arn.to_owned(),
                shard_id: None,
            };
            assert_eq!(origin.stream_name(), name);
        }
    }
}
