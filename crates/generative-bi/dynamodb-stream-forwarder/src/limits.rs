//! Limits of Kinesis that a configuration is held to. Those of PutRecords are in `put_many::kinesis`.

use std::num::NonZeroUsize;
use std::str::FromStr;

use put_many::kinesis::BYTES_PER_RECORD_AT_MOST;

/// Characters of a stream's name, at least one.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>
pub const STREAM_NAME_CHARACTERS: usize = 128;

/// KiB of a record, data and partition key together, that a stream can be set to allow.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateMaxRecordSize.html>
pub const RECORD_KIB_AT_MOST: usize = BYTES_PER_RECORD_AT_MOST / 1024;

/// KiB of a record, data and partition key together, that a stream allows unless it is set to more.
/// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>
const RECORD_KIB_BY_DEFAULT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1023);

/// The most that a record may have, data and partition key together: what the stream allows, or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordLimit {
    kib: NonZeroUsize,
}

impl RecordLimit {
    /// In bytes.
    pub fn bytes(self) -> usize {
        self.kib.get() * 1024
    }
}

impl Default for RecordLimit {
    fn default() -> Self {
        Self {
            kib: RECORD_KIB_BY_DEFAULT,
        }
    }
}

/// The text is no limit that a stream can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidLimit;

/// From a number of KiB.
impl FromStr for RecordLimit {
    type Err = InvalidLimit;

    fn from_str(text: &str) -> Result<Self, InvalidLimit> {
        let kib: NonZeroUsize = text.parse().map_err(|_| InvalidLimit)?;
        if kib.get() > RECORD_KIB_AT_MOST {
            return Err(InvalidLimit);
        }
        Ok(Self { kib })
    }
}

/// A stream's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamName(String);

impl StreamName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no stream's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidStreamName;

impl FromStr for StreamName {
    type Err = InvalidStreamName;

    fn from_str(name: &str) -> Result<Self, InvalidStreamName> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let is_name = (1..=STREAM_NAME_CHARACTERS).contains(&name.len()) && name.bytes().all(allowed);
        is_name.then(|| Self(name.to_owned())).ok_or(InvalidStreamName)
    }
}

#[cfg(test)]
mod tests {
    use put_many::kinesis::BYTES_PER_RECORD;

    use super::*;

    #[test]
    fn a_record_has_1_to_10240_kib() {
        assert_eq!(RECORD_KIB_AT_MOST, 10_240);
        for (text, bytes) in [
            ("1", Ok(1024)),
            ("1024", Ok(BYTES_PER_RECORD)),
            ("10240", Ok(BYTES_PER_RECORD_AT_MOST)),
        ] {
            assert_eq!(text.parse().map(RecordLimit::bytes), bytes, "{text}");
        }
        for text in ["", "0", "-1", "10241", "1 MiB", "1.5"] {
            assert_eq!(text.parse::<RecordLimit>(), Err(InvalidLimit), "{text:?}");
        }
        assert_eq!(RecordLimit::default().bytes(), BYTES_PER_RECORD);
    }

    #[test]
    fn a_stream_has_a_name_of_1_to_128_characters() {
        let longest = "s".repeat(STREAM_NAME_CHARACTERS);
        for name in ["a", "Order_changes-1.x", &longest] {
            assert_eq!(name.parse::<StreamName>().expect("a name").as_str(), name);
        }
        for name in ["", "a b", "a/b", "é", &format!("{longest}s")] {
            assert_eq!(name.parse::<StreamName>(), Err(InvalidStreamName), "{name:?}");
        }
    }
}
