//! How many bytes an item takes: stored, and on the wire.

use std::ops::AddAssign;

use aws_sdk_dynamodb::types::AttributeValue;

use super::Item;
use super::number::significant_digits;

/// Bytes of an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Size {
    /// As DynamoDB counts them.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
    pub stored: usize,
    /// As DynamoDB JSON, one comma included.
    pub wire: usize,
}

impl AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        self.stored += other.stored;
        self.wire += other.wire;
    }
}

/// What a call's body has around its writes.
pub(super) fn envelope(table_name: &str) -> usize {
    r#"{"RequestItems":{:[]}}"#.len() + quoted(table_name)
}

/// What a write has around its item or key.
pub(super) const WRITE_ENVELOPE: usize = r#"{"DeleteRequest":{"Item":}},"#.len();

/// The size of an item, or of a key.
pub(super) fn size(item: &Item) -> Size {
    let mut size = Size {
        stored: 0,
        wire: "{}".len(),
    };
    for (name, value) in item {
        size += named(name, value);
    }
    size
}

fn named(name: &str, value: &AttributeValue) -> Size {
    let mut size = of_value(value);
    size += Size {
        stored: name.len(),
        wire: quoted(name) + ":".len(),
    };
    size
}

fn of_value(value: &AttributeValue) -> Size {
    // {"NS":[]},
    let typed = |stored, wire| Size {
        stored,
        wire: wire + r#"{"":},"#.len() + 4,
    };
    match value {
        AttributeValue::S(text) => typed(text.len(), quoted(text)),
        AttributeValue::N(digits) => typed(number(digits), quoted(digits)),
        AttributeValue::B(blob) => typed(blob.as_ref().len(), base64(blob.as_ref())),
        AttributeValue::Bool(_) => typed(1, "false".len()),
        AttributeValue::Null(_) => typed(1, "true".len()),
        AttributeValue::Ss(texts) => typed(sum(texts, String::len), list(texts, |text| quoted(text))),
        AttributeValue::Ns(numbers) => typed(
            sum(numbers, |digits| number(digits)),
            list(numbers, |digits| quoted(digits)),
        ),
        AttributeValue::Bs(blobs) => typed(
            sum(blobs, |blob| blob.as_ref().len()),
            list(blobs, |blob| base64(blob.as_ref())),
        ),
        AttributeValue::L(values) => nested(values.iter().map(of_value)),
        AttributeValue::M(values) => nested(values.iter().map(|(name, value)| named(name, value))),
        // A type that is younger than this code: its debug format is longer than what it holds.
        other => typed(format!("{other:?}").len(), format!("{other:?}").len()),
    }
}

/// A list or a map: three bytes, and one for each element.
fn nested(elements: impl Iterator<Item = Size>) -> Size {
    let mut size = Size {
        stored: 3,
        wire: r#"{"L":{}},"#.len(),
    };
    for element in elements {
        size += element;
        size.stored += 1;
    }
    size
}

/// A byte for two digits and one more, and one for a sign: at most 21 for 38 digits.
fn number(digits: &str) -> usize {
    significant_digits(digits).div_ceil(2) + 1 + usize::from(digits.starts_with('-'))
}

fn base64(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(3) * 4 + 2
}

/// A JSON string with its quotes.
fn quoted(text: &str) -> usize {
    let escaped = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..=0x1f => 6,
        _ => 1,
    });
    escaped.sum::<usize>() + 2
}

fn sum<T>(values: &[T], bytes: impl Fn(&T) -> usize) -> usize {
    values.iter().map(bytes).sum()
}

fn list<T>(values: &[T], bytes: impl Fn(&T) -> usize) -> usize {
    sum(values, |value| bytes(value) + ",".len()) + "[]".len()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use aws_sdk_dynamodb::primitives::Blob;

    use super::*;

    fn stored(value: AttributeValue) -> usize {
        of_value(&value).stored
    }

    #[test]
    fn a_value_is_stored_in_the_documented_bytes() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let number = |digits: &str| AttributeValue::N(digits.to_owned());
        assert_eq!(stored(text("äb")), 3);
        assert_eq!(stored(number("27")), 2);
        assert_eq!(stored(number("-27")), 3);
        assert_eq!(stored(number("0.0100")), 2);
        assert_eq!(stored(number(&"1".repeat(38))), 20);
        assert_eq!(stored(AttributeValue::B(Blob::new([0; 5]))), 5);
        assert_eq!(stored(AttributeValue::Null(true)), 1);
        assert_eq!(stored(AttributeValue::Bool(false)), 1);
        assert_eq!(stored(AttributeValue::L(vec![])), 3);
        assert_eq!(
            stored(AttributeValue::L(vec![text("a"), number("1")])),
            3 + 1 + 2 + 2
        );
        let map = HashMap::from([("name".to_owned(), text("a"))]);
        assert_eq!(stored(AttributeValue::M(map)), 3 + 4 + 1 + 1);
        assert_eq!(
            stored(AttributeValue::Ss(vec!["ab".to_owned(), "c".to_owned()])),
            3
        );
        assert_eq!(
            stored(AttributeValue::Ns(vec!["12".to_owned(), "3".to_owned()])),
            4
        );
        assert_eq!(stored(AttributeValue::Bs(vec![Blob::new([0; 2])])), 2);
    }
}
