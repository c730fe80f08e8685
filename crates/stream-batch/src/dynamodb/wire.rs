//! A DynamoDB Streams record as it stands in the event. Text is borrowed from the event where it holds no escapes.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html>

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Change, EventName, UserIdentity};
use crate::Origin;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow, rename = "eventID")]
    event_id: Cow<'a, str>,
    event_name: EventName,
    #[serde(default)]
    user_identity: Option<UserIdentity>,
    #[serde(borrow)]
    pub(super) dynamodb: DynamoDb<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DynamoDb<'a> {
    #[serde(borrow)]
    pub(super) sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    keys: &'a RawValue,
    #[serde(borrow, default)]
    new_image: Option<&'a RawValue>,
    #[serde(borrow, default)]
    old_image: Option<&'a RawValue>,
    #[serde(default)]
    size_bytes: Option<u64>,
    /// In seconds since the Unix epoch.
    #[serde(default)]
    pub(super) approximate_creation_date_time: Option<f64>,
}

impl Record<'_> {
    /// The item's keys with their names in order and without spaces: equal for changes of the same item.
    pub(super) fn canonical_keys(&self) -> Result<String, String> {
        let keys: BTreeMap<String, Value> =
            crate::json_error::from_slice(self.dynamodb.keys.get().as_bytes())
                .map_err(|reason| format!("dynamodb.Keys: {reason}"))?;
        serde_json::to_string(&keys).map_err(|_| "field dynamodb.Keys: cannot be written as JSON".to_owned())
    }

    pub(super) fn into_change(self) -> Change {
        Change {
            event_name: self.event_name,
            event_id: self.event_id.into_owned(),
            keys: self.dynamodb.keys.to_owned(),
            new_image: self.dynamodb.new_image.map(ToOwned::to_owned),
            old_image: self.dynamodb.old_image.map(ToOwned::to_owned),
            size_bytes: self.dynamodb.size_bytes,
            user_identity: self.user_identity,
        }
    }
}

/// Where a record, malformed or not, came from, if it says so. The shard is known only in a time window.
pub(super) fn origin_of(record: &RawValue) -> Option<Origin> {
    #[derive(Deserialize)]
    struct Named {
        #[serde(rename = "eventSourceARN")]
        event_source_arn: String,
    }
    let named: Named = serde_json::from_str(record.get()).ok()?;
    Some(Origin {
        event_source_arn: named.event_source_arn,
        shard_id: None,
    })
}
