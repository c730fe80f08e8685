//! What changed, as values.

use serde_json::value::RawValue;
use stream_batch::dynamodb::Change;
use stream_batch::{Rejection, RejectionKind, json_error};

use crate::attribute_value::Attributes;

/// The item's key, and the item before and after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemChange<'a> {
    /// The key attributes.
    pub keys: Attributes<'a>,
    /// The item after the change, if the stream tells it.
    pub new_image: Option<Attributes<'a>>,
    /// The item before the change, if the stream tells it.
    pub old_image: Option<Attributes<'a>>,
}

impl<'a> ItemChange<'a> {
    /// Reads DynamoDB's JSON.
    ///
    /// # Errors
    /// The rejection names the image and the attribute; it holds no value.
    pub fn parse(change: &'a Change) -> Result<Self, Rejection> {
        let keys = attributes("Keys", &change.keys)?;
        if keys.is_empty() {
            return Err(malformed("field dynamodb.Keys: empty"));
        }
        let image = |name, image: &'a Option<Box<RawValue>>| {
            image.as_deref().map(|raw| attributes(name, raw)).transpose()
        };
        Ok(Self {
            keys,
            new_image: image("NewImage", &change.new_image)?,
            old_image: image("OldImage", &change.old_image)?,
        })
    }
}

/// A record that is not what DynamoDB writes.
pub(crate) fn malformed(reason: impl Into<String>) -> Rejection {
    Rejection::new(RejectionKind::MalformedRecord, reason)
}

fn attributes<'a>(name: &str, raw: &'a RawValue) -> Result<Attributes<'a>, Rejection> {
    // What is wrong is looked for only where something is: to know the way to every field costs time.
    serde_json::from_str(raw.get()).or_else(|_| {
        json_error::from_slice(raw.get().as_bytes())
            .map_err(|reason| malformed(format!("dynamodb.{name}: {reason}")))
    })
}
