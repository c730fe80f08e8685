//! The partition key of an item's changes.

use std::borrow::Cow;

use put_many::kinesis::PARTITION_KEY_CHARACTERS;
use sha2::{Digest, Sha256};

/// The item's canonical key, or its SHA-256 in hexadecimal where Kinesis would not take it: equal for changes of one
/// item either way, so that they share a shard and their order is kept.
pub fn partition_key(canonical_key: &str) -> Cow<'_, str> {
    // Bytes bound the characters, so that short keys are not counted.
    if canonical_key.len() <= PARTITION_KEY_CHARACTERS
        || canonical_key.chars().count() <= PARTITION_KEY_CHARACTERS
    {
        return Cow::Borrowed(canonical_key);
    }
    Cow::Owned(hexadecimal(&Sha256::digest(canonical_key)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_kinesis_takes_stays_as_it_is() {
        for key in [
            r#"{"id":{"S":"o-1"}}"#.to_owned(),
            "é".repeat(PARTITION_KEY_CHARACTERS),
        ] {
            assert_eq!(partition_key(&key), key);
        }
    }

    #[test]
    fn a_longer_key_becomes_its_digest() {
        let key = "a".repeat(PARTITION_KEY_CHARACTERS + 1);
        // printf 'a%.0s' {1..257} | sha256sum
        let digest = "e8d95cc2b4bc198c54b40bd214df958afb65f5e73d2c2eafe0593cf5c635c1f0";
        assert_eq!(partition_key(&key).len(), digest.len());
        assert_eq!(partition_key(&key), digest);
    }
}
