//! The event as the Lambda runtime hands it over.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A Lambda event whose JSON is not taken apart yet: decoding it is this crate's duty, so that one malformed record
/// does not refuse the whole event.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct StreamEvent(Box<RawValue>);

impl StreamEvent {
    /// The event's JSON text.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.get().as_bytes()
    }
}
