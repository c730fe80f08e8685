//! The name of a Firehose stream. Limits of PutRecordBatch are in `put_many::firehose`.

use std::str::FromStr;

/// Characters of a Firehose stream's name, at least one.
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html>
pub const DELIVERY_STREAM_NAME_CHARACTERS: usize = 64;

/// The name of a Firehose stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryStreamName(String);

impl DeliveryStreamName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no Firehose stream's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidDeliveryStreamName;

impl FromStr for DeliveryStreamName {
    type Err = InvalidDeliveryStreamName;

    fn from_str(name: &str) -> Result<Self, InvalidDeliveryStreamName> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let is_name =
            (1..=DELIVERY_STREAM_NAME_CHARACTERS).contains(&name.len()) && name.bytes().all(allowed);
        is_name
            .then(|| Self(name.to_owned()))
            .ok_or(InvalidDeliveryStreamName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_64_characters() {
        let longest = "f".repeat(DELIVERY_STREAM_NAME_CHARACTERS);
        for name in ["a", "Readings_archive-1.x", &longest] {
            assert_eq!(name.parse::<DeliveryStreamName>().expect("a name").as_str(), name);
        }
        for name in ["", "a b", "a/b", "é", &format!("{longest}f")] {
            assert_eq!(
                name.parse::<DeliveryStreamName>(),
                Err(InvalidDeliveryStreamName),
                "{name:?}"
            );
        }
    }
}
