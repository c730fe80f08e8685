//! Which attributes are the key, and when two keys are one.

use std::fmt::Write as _;

use aws_sdk_dynamodb::types::{AttributeValue, WriteRequest};

use super::number::canonical_number;
use super::write::{Write, WriteError};
use super::{Item, PARTITION_KEY_BYTES, SORT_KEY_BYTES};

/// The names of a table's key attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchema {
    partition: String,
    sort: Option<String>,
}

impl KeySchema {
    /// A table whose items have a partition key only.
    pub fn partition(name: impl Into<String>) -> Self {
        Self {
            partition: name.into(),
            sort: None,
        }
    }

    /// A table whose items have a sort key too.
    #[must_use]
    pub fn and_sort(mut self, name: impl Into<String>) -> Self {
        self.sort = Some(name.into());
        self
    }

    /// A put of `item`, which replaces the item of its key.
    ///
    /// # Errors
    /// A key attribute is missing, is no key, or the item is larger than
    /// [`BYTES_PER_ITEM`](super::BYTES_PER_ITEM).
    pub fn put(&self, item: Item) -> Result<Write, WriteError> {
        let key = self.canonical(&item)?;
        Write::put(key, item)
    }

    /// A delete of the item with `key`, whether it is there or not.
    ///
    /// # Errors
    /// A key attribute is missing or is no key, or there is another attribute.
    pub fn delete(&self, key: Item) -> Result<Write, WriteError> {
        let canonical = self.canonical(&key)?;
        let known = |name: &String| *name == self.partition || Some(name) == self.sort.as_ref();
        match key.keys().find(|name| !known(name)) {
            Some(name) => Err(WriteError::NotOfTheKey {
                attribute: name.clone(),
            }),
            None => Write::delete(canonical, key),
        }
    }

    pub(super) fn key_of_request(&self, request: &WriteRequest) -> Result<String, WriteError> {
        let put = request.put_request().map(|put| put.item());
        let delete = request.delete_request().map(|delete| delete.key());
        let nothing = Item::new();
        self.canonical(put.or(delete).unwrap_or(&nothing))
    }

    /// A text that two items have in common if, and only if, DynamoDB takes them for one.
    fn canonical(&self, item: &Item) -> Result<String, WriteError> {
        let mut canonical = part(item, &self.partition, PARTITION_KEY_BYTES)?;
        if let Some(sort) = &self.sort {
            // The length tells where the first part ends.
            canonical.insert_str(0, &format!("{}:", canonical.len()));
            canonical += &part(item, sort, SORT_KEY_BYTES)?;
        }
        Ok(canonical)
    }
}

fn part(item: &Item, name: &str, limit: usize) -> Result<String, WriteError> {
    let attribute = name.to_owned();
    let (text, bytes) = match item.get(name) {
        None => return Err(WriteError::KeyMissing { attribute }),
        Some(AttributeValue::S(text)) => (format!("S{text}"), text.len()),
        Some(AttributeValue::B(blob)) => (hexadecimal(blob.as_ref()), blob.as_ref().len()),
        Some(AttributeValue::N(digits)) => match canonical_number(digits) {
            Some(number) => (format!("N{number}"), 1),
            None => return Err(WriteError::NoKey { attribute }),
        },
        Some(_) => return Err(WriteError::NoKey { attribute }),
    };
    match bytes {
        bytes if (1..=limit).contains(&bytes) => Ok(text),
        bytes => Err(WriteError::KeyLength {
            attribute,
            bytes,
            limit,
        }),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::from("B");
    for byte in bytes {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;

    use super::*;

    fn item(partition: AttributeValue, sort: AttributeValue) -> Item {
        Item::from([("p".to_owned(), partition), ("s".to_owned(), sort)])
    }

    fn text(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn number(digits: &str) -> AttributeValue {
        AttributeValue::N(digits.to_owned())
    }

    fn key(partition: AttributeValue, sort: AttributeValue) -> String {
        let schema = KeySchema::partition("p").and_sort("s");
        schema.delete(item(partition, sort)).unwrap().key().to_owned()
    }

    #[test]
    fn numbers_that_are_equal_are_one_key() {
        for same in ["1", "1.0", "01", "+1", "10e-1", "0.1E1"] {
            assert_eq!(
                key(text("a"), number(same)),
                key(text("a"), number("1")),
                "{same}"
            );
        }
        assert_ne!(key(text("a"), number("-1")), key(text("a"), number("1")));
    }

    #[test]
    fn values_of_different_types_or_borders_are_different_keys() {
        assert_ne!(key(text("1"), text("x")), key(number("1"), text("x")));
        assert_ne!(key(text("ab"), text("Sc")), key(text("abS"), text("c")));
        let blob = |bytes: &[u8]| AttributeValue::B(Blob::new(bytes));
        assert_ne!(key(blob(&[0x61]), text("x")), key(text("61"), text("x")));
        assert_ne!(key(blob(&[1, 0x11]), text("x")), key(blob(&[0x11, 1]), text("x")));
    }

    #[test]
    fn what_is_wrong_with_a_key_is_told_by_its_attribute() {
        let schema = KeySchema::partition("p").and_sort("s");
        let cases = [
            (
                Item::from([("p".to_owned(), text("a"))]),
                "key attribute s is missing",
            ),
            (
                item(text("a"), AttributeValue::Bool(true)),
                "key attribute s is neither text, number nor binary",
            ),
            (
                item(text("a"), number("one")),
                "key attribute s is neither text, number nor binary",
            ),
            (
                item(text(""), text("b")),
                "key attribute p has 0 bytes, expected 1 to 2048",
            ),
        ];
        for (item, expected) in cases {
            assert_eq!(schema.put(item).unwrap_err().to_string(), expected);
        }
        let mut more = item(text("a"), text("b"));
        more.insert("status".to_owned(), text("c"));
        let error = schema.delete(more).unwrap_err();
        assert_eq!(error.to_string(), "attribute status is not of the key");
    }
}
