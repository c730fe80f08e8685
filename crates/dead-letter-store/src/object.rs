//! One batch as one object: its key and its content.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use stream_batch::{DeadLetter, DeadLetterBatch, DeadLetters};

use crate::bucket::{KeyPrefix, is_safe};

/// What is written in one PUT.
pub(crate) struct Object {
    pub key: String,
    pub body: Vec<u8>,
}

impl Object {
    /// `None` when there is nothing to store.
    pub(crate) fn of(
        prefix: &KeyPrefix,
        dead_letters: &DeadLetters,
    ) -> Option<Result<Self, serde_json::Error>> {
        let (batch, origin) = (dead_letters.batch()?, dead_letters.origin()?);
        let key = key(prefix, origin.stream_name(), batch);
        Some(serde_json::to_vec(batch).map(|body| Self { key, body }))
    }
}

/// `<prefix>/<stream>/<shard>/<first>-<last>-<digest of the set>.json`
///
/// The same records make the same key, so a repeat overwrites. A repeat that rejects other records has another digest:
/// it never overwrites what only the first attempt rejected, even between the same first and last sequence number.
fn key(prefix: &KeyPrefix, stream_name: &str, batch: &DeadLetterBatch) -> String {
    let shard_id = batch.shard_id.as_deref().unwrap_or("no-shard");
    format!(
        "{}/{}/{}/{}-{}-{}.json",
        prefix.as_str(),
        safe(stream_name),
        safe(shard_id),
        batch.first_sequence_number,
        batch.last_sequence_number,
        digest(&batch.event_source_arn, &batch.dead_letters),
    )
}

/// 16 hexadecimal digits over the source and the identities of the records. Attempts and reasons are not in it: they
/// change from one attempt to the next, and the latest is the one to keep.
fn digest(event_source_arn: &str, dead_letters: &[DeadLetter]) -> String {
    let mut hash = Sha256::new();
    hash.update(event_source_arn);
    for dead_letter in dead_letters {
        hash.update(format!("\n{}", dead_letter.id()));
    }
    let digest = hash.finalize();
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn safe(text: &str) -> String {
    text.chars().map(|c| if is_safe(c) { c } else { '_' }).collect()
}
