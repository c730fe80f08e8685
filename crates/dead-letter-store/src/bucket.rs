//! Names that S3 takes, checked when the configuration is read.

use std::fmt;
use std::str::FromStr;

/// The name of a general purpose bucket.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketName(String);

impl BucketName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the name can be a host name's first label under one wildcard certificate.
    pub(crate) fn is_one_label(&self) -> bool {
        !self.0.contains('.')
    }
}

impl FromStr for BucketName {
    type Err = InvalidBucketName;

    fn from_str(name: &str) -> Result<Self, InvalidBucketName> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let valid = (3..=63).contains(&name.len())
            && name.chars().all(allowed)
            && edge(name.chars().next())
            && edge(name.chars().next_back())
            && !name.contains("..");
        valid.then(|| Self(name.to_owned())).ok_or(InvalidBucketName)
    }
}

/// The text is no bucket's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidBucketName;

impl fmt::Display for InvalidBucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bucket name is not 3 to 63 lower-case letters, digits, dots and hyphens")
    }
}

impl std::error::Error for InvalidBucketName {}

/// What the keys begin with: `a-z`, `A-Z`, `0-9`, `-`, `_`, `.` and `/` only, so that a key needs no escaping anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPrefix(String);

/// Leaves room for stream, shard and sequence numbers within S3's 1,024 bytes.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const KEY_PREFIX_BYTES: usize = 256;

impl KeyPrefix {
    /// The prefix, without a slash at its ends.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for KeyPrefix {
    /// `dead-letters`.
    fn default() -> Self {
        Self("dead-letters".to_owned())
    }
}

impl FromStr for KeyPrefix {
    type Err = InvalidKeyPrefix;

    fn from_str(prefix: &str) -> Result<Self, InvalidKeyPrefix> {
        let prefix = prefix.trim_matches('/');
        let valid = (1..=KEY_PREFIX_BYTES).contains(&prefix.len())
            && prefix.chars().all(|c| c == '/' || is_safe(c))
            && prefix.split('/').all(|part| !matches!(part, "" | "." | ".."));
        valid.then(|| Self(prefix.to_owned())).ok_or(InvalidKeyPrefix)
    }
}

/// The text cannot begin a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidKeyPrefix;

impl fmt::Display for InvalidKeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "key prefix is not 1 to 256 letters, digits, dots, hyphens, underscores and single slashes",
        )
    }
}

impl std::error::Error for InvalidKeyPrefix {}

/// Whether `c` means the same in a URL, in a signature and in a key.
pub(crate) fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_name_has_3_to_63_characters() {
        for (length, valid) in [(2, false), (3, true), (63, true), (64, false)] {
            assert_eq!(
                "b".repeat(length).parse::<BucketName>().is_ok(),
                valid,
                "{length}"
            );
        }
    }

    #[test]
    fn a_bucket_name_is_checked() {
        for name in [
            "Bucket",
            "-bucket",
            "bucket-",
            "my_bucket",
            "a..b",
            "b/c",
            "b?c",
            "",
        ] {
            assert_eq!(name.parse::<BucketName>(), Err(InvalidBucketName), "{name}");
        }
        assert_eq!(
            "my.bucket-1"
                .parse::<BucketName>()
                .map(|name| name.is_one_label()),
            Ok(false)
        );
    }

    #[test]
    fn a_prefix_loses_its_outer_slashes() {
        let prefix = "/team/dead_letters/".parse::<KeyPrefix>();
        assert_eq!(prefix.as_ref().map(KeyPrefix::as_str), Ok("team/dead_letters"));
    }

    #[test]
    fn a_prefix_is_checked() {
        for prefix in ["", "/", "a//b", "a b", "a?b", "ä", "a/../b"] {
            assert_eq!(prefix.parse::<KeyPrefix>(), Err(InvalidKeyPrefix), "{prefix}");
        }
        for (length, valid) in [(256, true), (257, false)] {
            assert_eq!("p".repeat(length).parse::<KeyPrefix>().is_ok(), valid, "{length}");
        }
    }
}
