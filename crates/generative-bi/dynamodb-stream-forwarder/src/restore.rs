//! The way back: from a change on the stream to DynamoDB's attribute values.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::attribute_value::{AttributeType, AttributeValue, Attributes};
use crate::item_change::ItemChange;
use crate::members::Members;
use crate::number::Number;
use crate::pointer::Pointer;

/// Reads keys and images of a change that this function wrote. What was redacted is not there; everything else is what
/// DynamoDB had, type for type and digit for digit.
///
/// # Errors
/// The text is no such change; the error names the place.
pub fn restore(change: &str) -> Result<ItemChange<'_>, NotRestored> {
    let wire: WireChange<'_> = serde_json::from_str(change).map_err(|_| NotRestored::at("", "no change"))?;
    let reader = Reader { types: wire.types };
    Ok(ItemChange {
        keys: reader.part("keys", wire.keys)?,
        new_image: wire
            .new_image
            .map(|image| reader.part("newImage", image))
            .transpose()?,
        old_image: wire
            .old_image
            .map(|image| reader.part("oldImage", image))
            .transpose()?,
    })
}

type PlainMembers<'a> = Members<'a, &'a RawValue>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireChange<'a> {
    #[serde(borrow)]
    keys: PlainMembers<'a>,
    #[serde(borrow, default)]
    new_image: Option<PlainMembers<'a>>,
    #[serde(borrow, default)]
    old_image: Option<PlainMembers<'a>>,
    #[serde(default)]
    types: BTreeMap<String, AttributeType>,
}

/// Why a change cannot be read back: where, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRestored {
    pointer: String,
    fault: &'static str,
}

impl NotRestored {
    fn at(pointer: &str, fault: &'static str) -> Self {
        Self {
            pointer: pointer.to_owned(),
            fault,
        }
    }
}

impl fmt::Display for NotRestored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {:?}: {}", self.pointer, self.fault)
    }
}

impl std::error::Error for NotRestored {}

struct Reader {
    types: BTreeMap<String, AttributeType>,
}

impl Reader {
    fn part<'a>(&self, name: &str, members: PlainMembers<'a>) -> Result<Attributes<'a>, NotRestored> {
        Pointer::default().below(name, |pointer| self.attributes(members, pointer))
    }

    fn attributes<'a>(
        &self,
        members: PlainMembers<'a>,
        pointer: &mut Pointer,
    ) -> Result<Attributes<'a>, NotRestored> {
        let mut attributes = Vec::new();
        for (name, json) in members {
            let value = pointer.below(name.as_str(), |pointer| self.value(json, pointer))?;
            attributes.push((name, value));
        }
        Members::new(attributes).map_err(|_| NotRestored::at(pointer.as_str(), "a name that comes twice"))
    }

    /// Reads a value by its first character and, where plain JSON does not say it, by its type.
    fn value<'a>(
        &self,
        json: &'a RawValue,
        pointer: &mut Pointer,
    ) -> Result<AttributeValue<'a>, NotRestored> {
        let text = json.get();
        let value = match (self.types.get(pointer.as_str()), text.as_bytes().first()) {
            (Some(AttributeType::B), _) => read(text).map(AttributeValue::B),
            (Some(AttributeType::Ss), _) => read(text).map(AttributeValue::Ss),
            (Some(AttributeType::Ns), _) => numbers(text).map(AttributeValue::Ns),
            (Some(AttributeType::Bs), _) => read(text).map(AttributeValue::Bs),
            (Some(_), _) => None,
            (None, Some(b'{')) => return self.map(text, pointer),
            (None, Some(b'[')) => return self.list(text, pointer),
            (None, Some(b'"')) => read(text).map(AttributeValue::S),
            (None, Some(b't' | b'f')) => read(text).map(AttributeValue::Bool),
            (None, Some(b'n')) => Some(AttributeValue::Null),
            (None, _) => Number::parse(text).map(AttributeValue::N),
        };
        value.ok_or_else(|| NotRestored::at(pointer.as_str(), "not of its type"))
    }

    fn map<'a>(&self, text: &'a str, pointer: &mut Pointer) -> Result<AttributeValue<'a>, NotRestored> {
        let members = read(text).ok_or_else(|| NotRestored::at(pointer.as_str(), "not an object"))?;
        self.attributes(members, pointer).map(AttributeValue::M)
    }

    fn list<'a>(&self, text: &'a str, pointer: &mut Pointer) -> Result<AttributeValue<'a>, NotRestored> {
        let elements: Vec<&RawValue> =
            read(text).ok_or_else(|| NotRestored::at(pointer.as_str(), "not an array"))?;
        let element = |(index, json): (usize, &'a RawValue)| {
            pointer.below_index(index, |pointer| self.value(json, pointer))
        };
        let values: Result<_, _> = elements.into_iter().enumerate().map(element).collect();
        values.map(AttributeValue::L)
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    serde_json::from_str(json).ok()
}

fn numbers(json: &str) -> Option<Vec<Number<'_>>> {
    let elements: Vec<&RawValue> = read(json)?;
    elements
        .into_iter()
        .map(|element| Number::parse(element.get()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(change: &str, error: &str) {
        assert_eq!(restore(change).expect_err("refused").to_string(), error);
    }

    #[test]
    fn types_tell_what_plain_json_does_not() {
        let restored = restore(concat!(
            r#"{"keys":{"id":"AA=="},"oldImage":{"a/b":["x"],"c":["x"],"d":1.50},"#,
            r#""types":{"/keys/id":"B","/oldImage/a~1b":"SS"}}"#,
        ))
        .expect("a change");
        let json = |attributes: &Attributes<'_>| serde_json::to_string(attributes).expect("JSON");
        assert_eq!(json(&restored.keys), r#"{"id":{"B":"AA=="}}"#);
        assert_eq!(
            restored.old_image.as_ref().map(json).as_deref(),
            Some(r#"{"a/b":{"SS":["x"]},"c":{"L":[{"S":"x"}]},"d":{"N":"1.50"}}"#)
        );
        assert_eq!(restored.new_image, None);
    }

    #[test]
    fn what_does_not_fit_its_type_is_named() {
        refused("[]", r#"at "": no change"#);
        refused(
            r#"{"keys":{"id":"?"},"types":{"/keys/id":"B"}}"#,
            r#"at "/keys/id": not of its type"#,
        );
        refused(
            r#"{"keys":{"id":[1]},"types":{"/keys/id":"SS"}}"#,
            r#"at "/keys/id": not of its type"#,
        );
        refused(
            r#"{"keys":{"id":"x"},"types":{"/keys/id":"S"}}"#,
            r#"at "/keys/id": not of its type"#,
        );
        refused(
            r#"{"keys":{"m":{"a":1,"a":2}}}"#,
            r#"at "/keys/m": not an object"#,
        );
    }
}
