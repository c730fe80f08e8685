//! Decodes the Lambda event of a DynamoDB stream.

use serde_json::value::RawValue;

use crate::{Batch, DecodeError, TimeWindow};

/// Decodes a DynamoDB Streams event into its change records.
///
/// # Errors
/// The event is not JSON, a record has no usable sequence number, or the records are not of one stream.
pub fn decode(_event: &[u8]) -> Result<Batch<Change>, DecodeError> {
    Err(DecodeError("skeleton".to_owned()))
}

/// Decodes a DynamoDB Streams event of a time window.
///
/// # Errors
/// As [`decode`]; and the event does not describe its window.
pub fn decode_window(_event: &[u8]) -> Result<(Batch<Change>, TimeWindow), DecodeError> {
    Err(DecodeError("skeleton".to_owned()))
}

/// One change of one item.
#[derive(Clone, Debug)]
pub struct Change {
    /// What happened.
    pub event_name: EventName,
    /// The change's identity, unique across streams.
    pub event_id: String,
    /// The item's key attributes, as DynamoDB JSON.
    pub keys: Box<RawValue>,
    /// The item after the change, as DynamoDB JSON, if the stream's view type includes it.
    pub new_image: Option<Box<RawValue>>,
    /// The item before the change, as DynamoDB JSON, if the stream's view type includes it.
    pub old_image: Option<Box<RawValue>>,
    /// The change's size in bytes.
    pub size_bytes: Option<u64>,
    /// Who made the change, if not a client.
    pub user_identity: Option<UserIdentity>,
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EventName {
    /// It is new.
    Insert,
    /// One or more of its attributes changed.
    Modify,
    /// It was deleted.
    Remove,
}

/// Who made a change on behalf of no client.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity {
    /// `Service` for the time-to-live process.
    #[serde(rename = "type")]
    pub identity_type: String,
    /// `dynamodb.amazonaws.com` for the time-to-live process.
    pub principal_id: String,
}
