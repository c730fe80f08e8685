//! The shape in which a rejected record is kept.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Origin, RecordId, Rejected, RejectionKind, SequenceNumber};

/// The version of [`DeadLetter`]'s and [`DeadLetterBatch`]'s JSON.
pub const DEAD_LETTER_SCHEMA_VERSION: u32 = 1;

/// The rejected records of one batch, in the order of the shard: to be stored before the batch is reported.
#[must_use = "what is not stored is lost"]
#[derive(Debug)]
pub struct DeadLetters {
    batch: Option<DeadLetterBatch>,
    origin: Option<Arc<Origin>>,
}

impl DeadLetters {
    pub(crate) fn new(mut rejected: Vec<Rejected>) -> Self {
        rejected.sort_by(|a, b| a.id.cmp(&b.id));
        let origin = rejected.first().map(|first| first.origin.clone());
        Self {
            batch: DeadLetterBatch::of(rejected),
            origin,
        }
    }

    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        self.batch.is_none()
    }

    /// How many records there are to store.
    pub fn len(&self) -> usize {
        self.batch.as_ref().map_or(0, |batch| batch.dead_letters.len())
    }

    /// The stream and shard; `None` when there is nothing to store.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_deref()
    }

    /// What to store, as one object; `None` when there is nothing to store.
    pub fn batch(&self) -> Option<&DeadLetterBatch> {
        self.batch.as_ref()
    }
}

/// The rejected records of one batch as one JSON object. The same records make the same object, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetterBatch {
    /// [`DEAD_LETTER_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// `eventSourceARN` of the event.
    pub event_source_arn: String,
    /// The shard, where the event names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard_id: Option<String>,
    /// The lowest sequence number among the dead letters.
    pub first_sequence_number: SequenceNumber,
    /// The highest sequence number among the dead letters.
    pub last_sequence_number: SequenceNumber,
    /// In the order of the shard.
    pub dead_letters: Vec<DeadLetter>,
}

impl DeadLetterBatch {
    /// `None` without records; `rejected` is in the order of the shard.
    fn of(rejected: Vec<Rejected>) -> Option<Self> {
        let (first, last) = (rejected.first()?, rejected.last()?);
        Some(Self {
            schema_version: DEAD_LETTER_SCHEMA_VERSION,
            event_source_arn: first.origin.event_source_arn.clone(),
            shard_id: first.origin.shard_id.clone(),
            first_sequence_number: first.id.sequence_number.clone(),
            last_sequence_number: last.id.sequence_number.clone(),
            dead_letters: rejected.into_iter().map(DeadLetter::from).collect(),
        })
    }
}

/// One rejected record: where it came from, why it was rejected, and its payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// [`DEAD_LETTER_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// `eventSourceARN` of the event.
    pub event_source_arn: String,
    /// The shard, where the event names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard_id: Option<String>,
    /// The record's sequence number; for a KPL sub-record the parent's.
    pub sequence_number: SequenceNumber,
    /// The zero-based position within a KPL aggregate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// The partition key, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_key: Option<String>,
    /// When the stream took the record, in milliseconds since the Unix epoch, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrival_time: Option<u64>,
    /// The class of the fault.
    pub kind: RejectionKind,
    /// The record and what is wrong with which of its fields; nothing of the payload.
    pub reason: String,
    /// How often a sink was asked before the record was given up.
    pub attempts: u32,
    /// The record's data; for a malformed record the JSON text that Lambda delivered. In JSON: base64.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub payload: Bytes,
    /// The W3C trace context, where the payload is a JSON object with a text field `traceparent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

impl From<Rejected> for DeadLetter {
    fn from(rejected: Rejected) -> Self {
        let Rejected {
            id,
            origin,
            partition_key,
            arrival_time_ms,
            payload,
            rejection,
        } = rejected;
        Self {
            schema_version: DEAD_LETTER_SCHEMA_VERSION,
            event_source_arn: origin.event_source_arn.clone(),
            shard_id: origin.shard_id.clone(),
            reason: format!("record {id}: {}", rejection.reason),
            sequence_number: id.sequence_number,
            index: id.index,
            partition_key,
            arrival_time: arrival_time_ms,
            kind: rejection.kind,
            attempts: rejection.attempts,
            traceparent: traceparent(&payload),
            payload,
        }
    }
}

impl DeadLetter {
    /// The record's identity within its shard.
    pub fn id(&self) -> RecordId {
        RecordId {
            sequence_number: self.sequence_number.clone(),
            index: self.index,
        }
    }
}

fn traceparent(payload: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Traced<'a> {
        #[serde(borrow)]
        traceparent: Cow<'a, str>,
    }
    let traced: Traced<'_> = serde_json::from_slice(payload).ok()?;
    Some(traced.traceparent.into_owned())
}

fn to_base64<S: Serializer>(payload: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(payload))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = Cow::<'de, str>::deserialize(deserializer)?;
    STANDARD
        .decode(text.as_bytes())
        .map(Bytes::from)
        .map_err(serde::de::Error::custom)
}
