//! A Kinesis record as it stands in the event. Text is borrowed from the event where it holds no escapes.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html>

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Origin;

#[derive(Deserialize)]
pub(super) struct Event<'a> {
    #[serde(borrow, rename = "Records")]
    pub(super) records: Vec<Record<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Record<'a> {
    /// The shard and the sequence number, joined by a colon.
    #[serde(borrow, default, rename = "eventID")]
    event_id: Cow<'a, str>,
    #[serde(borrow, rename = "eventSourceARN")]
    event_source_arn: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) kinesis: Kinesis<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kinesis<'a> {
    #[serde(borrow)]
    pub(super) sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) partition_key: Cow<'a, str>,
    /// Base64.
    #[serde(borrow)]
    pub(super) data: Cow<'a, str>,
    /// In seconds since the Unix epoch, with a fraction.
    #[serde(default)]
    pub(super) approximate_arrival_timestamp: Option<f64>,
}

impl Record<'_> {
    pub(super) fn origin(&self) -> Origin {
        origin(&self.event_source_arn, &self.event_id)
    }

    pub(super) fn is_of(&self, origin: &Origin) -> bool {
        self.event_source_arn == origin.event_source_arn.as_str()
            && shard_of(&self.event_id) == origin.shard_id.as_deref()
    }
}

/// The part of a record, malformed or not, that says where it came from.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default, rename = "eventID")]
    event_id: Cow<'a, str>,
    #[serde(borrow, rename = "eventSourceARN")]
    event_source_arn: Cow<'a, str>,
}

/// Where a record came from, if it says so.
pub(super) fn origin_of(record: &RawValue) -> Option<Origin> {
    let named: Named<'_> = serde_json::from_str(record.get()).ok()?;
    Some(origin(&named.event_source_arn, &named.event_id))
}

fn origin(event_source_arn: &str, event_id: &str) -> Origin {
    Origin {
        event_source_arn: event_source_arn.to_owned(),
        shard_id: shard_of(event_id).map(str::to_owned),
    }
}

fn shard_of(event_id: &str) -> Option<&str> {
    event_id.split_once(':').map(|(shard, _)| shard)
}
