//! A dead letter: a record that a function rejected, as `dead-letter-store` keeps it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The version of the objects' JSON that is read here.
const SCHEMA_VERSION: u32 = 1;

/// A record that was rejected. Its payload is not kept, only told apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Letter {
    /// The record: shard, sequence number, and place within an aggregate. A record may be in more than one object.
    pub record: (Option<String>, String, Option<u32>),
    /// The SHA-256 of its payload, in hex.
    pub sha256: String,
    /// Why it was rejected.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Batch {
    schema_version: u32,
    dead_letters: Vec<Rejected>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rejected {
    shard_id: Option<String>,
    sequence_number: String,
    index: Option<u32>,
    payload: String,
    reason: String,
}

/// The letters of one object.
///
/// # Errors
/// The object is not one of `dead-letter-store`.
pub fn letters(object: &[u8]) -> Result<Vec<Letter>, String> {
    let batch: Batch = serde_json::from_slice(object).map_err(|error| error.to_string())?;
    if batch.schema_version != SCHEMA_VERSION {
        return Err(format!("field schemaVersion: expected {SCHEMA_VERSION}"));
    }
    batch.dead_letters.into_iter().map(Letter::of).collect()
}

impl Letter {
    fn of(rejected: Rejected) -> Result<Self, String> {
        let payload = STANDARD.decode(&rejected.payload);
        let payload = payload.map_err(|error| format!("field payload: {error}"))?;
        Ok(Self {
            record: (rejected.shard_id, rejected.sequence_number, rejected.index),
            sha256: sha256(&payload),
            reason: rejected.reason,
        })
    }
}

/// The SHA-256 of a payload in hex, as the truth file has it.
pub fn sha256(payload: &[u8]) -> String {
    Sha256::digest(payload)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str = r#"{"schemaVersion":1,"eventSourceArn":"a","shardId":"s-0","firstSequenceNumber":"7",
        "lastSequenceNumber":"7","deadLetters":[{"schemaVersion":1,"eventSourceArn":"a","shardId":"s-0",
        "sequenceNumber":"7","partitionKey":"d-1","kind":"malformed","reason":"record 7: field site: missing",
        "attempts":0,"payload":"YQ=="}]}"#;

    #[test]
    fn a_letter_is_told_by_its_payloads_hash() {
        let expected = Letter {
            record: (Some("s-0".to_owned()), "7".to_owned(), None),
            sha256: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb".to_owned(),
            reason: "record 7: field site: missing".to_owned(),
        };
        assert_eq!(letters(OBJECT.as_bytes()), Ok(vec![expected]));
    }

    #[test]
    fn an_object_of_somebody_else_is_told() {
        let error = |text: &str| letters(text.as_bytes()).unwrap_err();
        assert!(error("{}").starts_with("missing field `schemaVersion`"));
        assert_eq!(
            error(&OBJECT.replacen("\"schemaVersion\":1", "\"schemaVersion\":2", 1)),
            "field schemaVersion: expected 1"
        );
        assert!(error(&OBJECT.replace("YQ==", "?")).starts_with("field payload: "));
    }
}
