//! The aggregation format of the Kinesis Producer Library: several user records in one Kinesis record.
//!
//! <https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md>

use bytes::Bytes;
use md5::{Digest, Md5};
use prost::Message;

use crate::{Rejection, RejectionKind};

/// What an aggregate begins with; a protobuf message and its MD5 follow.
pub const MAGIC: [u8; 4] = [0xF3, 0x89, 0x9A, 0xC2];

/// The length of the MD5 at the end, in bytes.
pub const DIGEST_LENGTH: usize = 16;

/// One user record of an aggregate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UserRecord {
    pub(super) data: Bytes,
    /// The keys, or why the record cannot be told apart from others.
    pub(super) keys: Result<Keys, Rejection>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Keys {
    pub(super) partition_key: String,
    pub(super) explicit_hash_key: Option<String>,
}

/// Takes an aggregate apart; `None` if `data` is a plain record.
///
/// As in the Kinesis Client Library's `AggregatorUtil`, data that merely begins like an aggregate is a plain record:
/// an MD5 that does not match, a message that is no protobuf, nothing between the magic and the MD5. An aggregate
/// without records yields an empty list. Unlike it, a user record that points outside of the key tables is returned
/// with the reason, where the library drops it and all that follow.
pub(super) fn take_apart(data: &Bytes) -> Option<Vec<UserRecord>> {
    let message = checked_message(data)?;
    let AggregatedRecord {
        partition_key_table,
        explicit_hash_key_table,
        records,
    } = AggregatedRecord::decode(message).ok()?;
    let user_record = |record: Record| UserRecord {
        keys: record.keys(&partition_key_table, &explicit_hash_key_table),
        data: record.data.unwrap_or_default(),
    };
    Some(records.into_iter().map(user_record).collect())
}

/// The protobuf message, if the magic and the MD5 are right.
fn checked_message(data: &Bytes) -> Option<Bytes> {
    let body = data.strip_prefix(&MAGIC)?;
    let (message, digest) = body.split_at_checked(body.len().checked_sub(DIGEST_LENGTH)?)?;
    let is_aggregate = !message.is_empty() && Md5::digest(message).as_slice() == digest;
    is_aggregate.then(|| data.slice_ref(message))
}

impl Record {
    fn keys(&self, partition_keys: &[String], explicit_hash_keys: &[String]) -> Result<Keys, Rejection> {
        if self.data.is_none() {
            return Err(malformed("field data: missing".to_owned()));
        }
        let index = self
            .partition_key_index
            .ok_or_else(|| malformed("field partition_key_index: missing".to_owned()))?;
        let explicit_hash_key = self.explicit_hash_key_index;
        Ok(Keys {
            partition_key: key_at(index, partition_keys, "partition_key_index")?,
            explicit_hash_key: explicit_hash_key
                .map(|index| key_at(index, explicit_hash_keys, "explicit_hash_key_index"))
                .transpose()?,
        })
    }
}

fn key_at(index: u64, table: &[String], field: &str) -> Result<String, Rejection> {
    let key = usize::try_from(index)
        .ok()
        .and_then(|index| table.get(index))
        .cloned();
    key.ok_or_else(|| {
        malformed(format!(
            "field {field}: {index} is outside of its table of {}",
            table.len()
        ))
    })
}

fn malformed(reason: String) -> Rejection {
    Rejection::new(RejectionKind::MalformedAggregate, reason)
}

#[derive(Clone, PartialEq, Message)]
struct AggregatedRecord {
    #[prost(string, repeated, tag = "1")]
    partition_key_table: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    explicit_hash_key_table: Vec<String>,
    #[prost(message, repeated, tag = "3")]
    records: Vec<Record>,
}

/// Required fields are optional here, to tell a missing one from zero. Tags (field 4) are not read: no producer
/// library writes them.
#[derive(Clone, PartialEq, Message)]
struct Record {
    #[prost(uint64, optional, tag = "1")]
    partition_key_index: Option<u64>,
    #[prost(uint64, optional, tag = "2")]
    explicit_hash_key_index: Option<u64>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    data: Option<Bytes>,
}
