//! Limits that a configuration and a notification are held to. Those of DynamoDB's items and calls are in
//! `put_many::dynamodb`; a reading is far below them by `telemetry`'s rules.

use std::num::NonZeroUsize;
use std::str::FromStr;

/// Bytes of what a subscription brings to a client: 240 KB, of a thousand bytes to be safe. AppSync drops a larger one
/// without an error.
/// <https://docs.aws.amazon.com/general/latest/gr/appsync.html>
pub const SUBSCRIPTION_BYTES: usize = 240_000;

/// Characters of a table's name, three at least.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
pub const TABLE_NAME_CHARACTERS: usize = 255;

/// Calls at once that can be set.
pub const CONCURRENCY_AT_MOST: usize = 256;

const CONCURRENCY_BY_DEFAULT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(15);

/// A table's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName(String);

impl TableName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no table's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTableName;

impl FromStr for TableName {
    type Err = InvalidTableName;

    fn from_str(name: &str) -> Result<Self, InvalidTableName> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let is_name = (3..=TABLE_NAME_CHARACTERS).contains(&name.len()) && name.bytes().all(allowed);
        is_name.then(|| Self(name.to_owned())).ok_or(InvalidTableName)
    }
}

/// How many calls of one kind are made at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concurrency(NonZeroUsize);

impl Concurrency {
    /// The number of calls.
    pub fn get(self) -> usize {
        self.0.get()
    }
}

impl Default for Concurrency {
    fn default() -> Self {
        Self(CONCURRENCY_BY_DEFAULT)
    }
}

/// The text is no number of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidConcurrency;

impl FromStr for Concurrency {
    type Err = InvalidConcurrency;

    fn from_str(text: &str) -> Result<Self, InvalidConcurrency> {
        let calls: NonZeroUsize = text.parse().map_err(|_| InvalidConcurrency)?;
        if calls.get() > CONCURRENCY_AT_MOST {
            return Err(InvalidConcurrency);
        }
        Ok(Self(calls))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_name_of_3_to_255_characters() {
        let longest = "t".repeat(TABLE_NAME_CHARACTERS);
        for name in ["abc", "Sensor_state-1.x", &longest] {
            assert_eq!(name.parse::<TableName>().expect("a name").as_str(), name);
        }
        for name in ["", "ab", "a b", "a/b", "éé", &format!("{longest}t")] {
            assert_eq!(name.parse::<TableName>(), Err(InvalidTableName), "{name:?}");
        }
    }

    #[test]
    fn there_are_1_to_256_calls_at_once() {
        for (text, calls) in [("1", 1), ("256", CONCURRENCY_AT_MOST)] {
            assert_eq!(text.parse().map(Concurrency::get), Ok(calls));
        }
        for text in ["", "0", "-1", "257", "many"] {
            assert_eq!(text.parse::<Concurrency>(), Err(InvalidConcurrency), "{text:?}");
        }
        assert_eq!(Concurrency::default().get(), 16);
    }
}
