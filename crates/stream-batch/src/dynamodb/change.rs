//! One change of one item, as DynamoDB Streams tells it.

use serde::Deserialize;
use serde_json::value::RawValue;

/// One change of one item. Attribute values stay DynamoDB JSON (`{"N":"1.50"}`): numbers of 38 digits, sets and binary
/// values are what they were. The sequence number and the time of the change are in the item's
/// [`StreamRecord`](crate::StreamRecord).
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html>
#[derive(Clone, Debug)]
pub struct Change {
    /// What happened.
    pub event_name: EventName,
    /// The change's identity, unique across streams.
    pub event_id: String,
    /// The item's key attributes.
    pub keys: Box<RawValue>,
    /// The item after the change, if the stream's view type includes it.
    pub new_image: Option<Box<RawValue>>,
    /// The item before the change, if the stream's view type includes it.
    pub old_image: Option<Box<RawValue>>,
    /// The change's size in bytes.
    pub size_bytes: Option<u64>,
    /// Who made the change, if not a client.
    pub user_identity: Option<UserIdentity>,
}

impl Change {
    /// Whether the item was deleted because its time to live had run out, and not by a client.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html>
    pub fn is_expiry(&self) -> bool {
        let by_time_to_live = |identity: &UserIdentity| {
            identity.identity_type == "Service" && identity.principal_id == "dynamodb.amazonaws.com"
        };
        self.event_name == EventName::Remove && self.user_identity.as_ref().is_some_and(by_time_to_live)
    }
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum EventName {
    /// It is new.
    Insert,
    /// One or more of its attributes changed.
    Modify,
    /// It was deleted.
    Remove,
}

impl EventName {
    /// Every kind of change.
    pub const ALL: [Self; 3] = [Self::Insert, Self::Modify, Self::Remove];

    /// The name in events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Modify => "MODIFY",
            Self::Remove => "REMOVE",
        }
    }
}

/// Who made a change that no client made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserIdentity {
    /// `Service` for the time-to-live process.
    #[serde(rename = "type")]
    pub identity_type: String,
    /// `dynamodb.amazonaws.com` for the time-to-live process.
    pub principal_id: String,
}
