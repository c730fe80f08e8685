//! What an event tells about its tumbling window.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::{DecodeError, json_error};

/// The tumbling window that a batch belongs to.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeWindow {
    /// Begin and end of the window.
    pub window: WindowBounds,
    /// What the window's previous invocation answered; empty in its first.
    #[serde(default, deserialize_with = "null_as_empty")]
    pub state: Map<String, Value>,
    /// The shard that the window aggregates.
    #[serde(default)]
    pub shard_id: Option<String>,
    /// The stream.
    #[serde(default, rename = "eventSourceARN")]
    pub event_source_arn: Option<String>,
    /// No further invocation follows for this window: its result is due now. The batch may be empty.
    pub is_final_invoke_for_window: bool,
    /// The window ended before its time, because the state outgrew 1 MB.
    pub is_window_terminated_early: bool,
}

impl TimeWindow {
    pub(crate) fn read(event: &[u8]) -> Result<Self, DecodeError> {
        json_error::from_slice(event).map_err(|reason| DecodeError(format!("event: {reason}")))
    }
}

/// Begin and end of a window, as RFC 3339 text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WindowBounds {
    /// Inclusive.
    pub start: String,
    /// Exclusive.
    pub end: String,
}

fn null_as_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
