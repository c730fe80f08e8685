//! Attribute values as DynamoDB writes them: `{"N":"1.50"}`.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::members::Members;
use crate::number::Number;
use crate::text::Text;

/// An item's attributes, or some of them.
pub type Attributes<'a> = Members<'a, AttributeValue<'a>>;

/// One value with its type.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_AttributeValue.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue<'a> {
    /// Text.
    S(Text<'a>),
    /// A number.
    N(Number<'a>),
    /// Bytes.
    B(Base64<'a>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A list.
    L(Vec<AttributeValue<'a>>),
    /// A map.
    M(Attributes<'a>),
    /// A set of text.
    Ss(Vec<Text<'a>>),
    /// A set of numbers.
    Ns(Vec<Number<'a>>),
    /// A set of bytes.
    Bs(Vec<Base64<'a>>),
}

/// The name of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
// As an identifier, errors name it as a part of the field's path.
#[serde(field_identifier, rename_all = "UPPERCASE")]
pub enum AttributeType {
    /// Text.
    S,
    /// A number.
    N,
    /// Bytes.
    B,
    /// True or false.
    Bool,
    /// Null.
    Null,
    /// A list.
    L,
    /// A map.
    M,
    /// A set of text.
    Ss,
    /// A set of numbers.
    Ns,
    /// A set of bytes.
    Bs,
}

impl AttributeType {
    /// The name in DynamoDB's JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::L => "L",
            Self::M => "M",
            Self::Ss => "SS",
            Self::Ns => "NS",
            Self::Bs => "BS",
        }
    }
}

impl Serialize for AttributeType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Bytes as base64 text, checked and not decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base64<'a>(Text<'a>);

impl<'a> Base64<'a> {
    /// `None` for text that is not base64.
    pub fn parse(text: Text<'a>) -> Option<Self> {
        STANDARD.decode(text.as_str()).is_ok().then_some(Self(text))
    }

    /// The base64 text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<'de> Deserialize<'de> for Base64<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        // The text itself stays out of the message: it is a value.
        let wrong = Unexpected::Other("text");
        Self::parse(text).ok_or_else(|| D::Error::invalid_value(wrong, &"base64"))
    }
}

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AttributeValue<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AttributeValueVisitor)
    }
}

struct AttributeValueVisitor;

const ONE_TYPE: &str = "one type and its value";

impl<'de> Visitor<'de> for AttributeValueVisitor {
    type Value = AttributeValue<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ONE_TYPE)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some(name) = map.next_key()? else {
            return Err(A::Error::invalid_length(0, &ONE_TYPE));
        };
        let value = match name {
            AttributeType::S => AttributeValue::S(map.next_value()?),
            AttributeType::N => AttributeValue::N(map.next_value()?),
            AttributeType::B => AttributeValue::B(map.next_value()?),
            AttributeType::Bool => AttributeValue::Bool(map.next_value()?),
            AttributeType::Null => null(map.next_value()?)?,
            AttributeType::L => AttributeValue::L(map.next_value()?),
            AttributeType::M => AttributeValue::M(map.next_value()?),
            AttributeType::Ss => AttributeValue::Ss(map.next_value()?),
            AttributeType::Ns => AttributeValue::Ns(map.next_value()?),
            AttributeType::Bs => AttributeValue::Bs(map.next_value()?),
        };
        match map.next_key::<IgnoredAny>()? {
            None => Ok(value),
            Some(_) => Err(A::Error::invalid_length(2, &ONE_TYPE)),
        }
    }
}

/// `{"NULL":false}` is no value of DynamoDB's.
fn null<E: Error>(is_null: bool) -> Result<AttributeValue<'static>, E> {
    match is_null {
        true => Ok(AttributeValue::Null),
        false => Err(E::invalid_value(Unexpected::Bool(false), &"true")),
    }
}

impl Serialize for AttributeValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        let name = &self.attribute_type();
        match self {
            Self::S(text) => map.serialize_entry(name, text),
            Self::N(number) => map.serialize_entry(name, number),
            Self::B(bytes) => map.serialize_entry(name, bytes),
            Self::Bool(is_true) => map.serialize_entry(name, is_true),
            Self::Null => map.serialize_entry(name, &true),
            Self::L(list) => map.serialize_entry(name, list),
            Self::M(attributes) => map.serialize_entry(name, attributes),
            Self::Ss(set) => map.serialize_entry(name, set),
            Self::Ns(set) => map.serialize_entry(name, set),
            Self::Bs(set) => map.serialize_entry(name, set),
        }?;
        map.end()
    }
}

impl AttributeValue<'_> {
    /// The value's type.
    pub fn attribute_type(&self) -> AttributeType {
        match self {
            Self::S(_) => AttributeType::S,
            Self::N(_) => AttributeType::N,
            Self::B(_) => AttributeType::B,
            Self::Bool(_) => AttributeType::Bool,
            Self::Null => AttributeType::Null,
            Self::L(_) => AttributeType::L,
            Self::M(_) => AttributeType::M,
            Self::Ss(_) => AttributeType::Ss,
            Self::Ns(_) => AttributeType::Ns,
            Self::Bs(_) => AttributeType::Bs,
        }
    }
}

#[cfg(test)]
mod tests {
    use stream_batch::json_error;

    use super::*;

    #[track_caller]
    fn refused(text: &str, reason: &str) {
        let error = json_error::from_slice::<Attributes<'_>>(text.as_bytes()).expect_err("refused");
        assert_eq!(error, reason, "{text}");
    }

    #[test]
    fn every_type_is_read_and_written() {
        let text = concat!(
            r#"{"b":{"B":"AAE="},"bool":{"BOOL":false},"bs":{"BS":["AA==","/w=="]},"l":{"L":[{"S":"x"},{"L":[]}]},"#,
            r#""m":{"M":{"deep":{"M":{}}}},"n":{"N":"1.50"},"ns":{"NS":["1","2E+3"]},"null":{"NULL":true},"#,
            r#""s":{"S":"ü\n"},"ss":{"SS":["a","b"]}}"#,
        );
        let attributes: Attributes<'_> = serde_json::from_str(text).expect("attributes");
        assert_eq!(serde_json::to_string(&attributes).expect("JSON"), text);
    }

    #[test]
    fn an_error_names_the_attribute_and_no_value() {
        refused(
            r#"{"total":{"N":"secret"}}"#,
            "field total.N: expected a number in decimal digits",
        );
        refused(r#"{"total":{"N":1}}"#, "field total.N: expected a string");
        refused(
            r#"{"a":{"M":{"b":{"L":[{"S":"x"},{"B":"?"}]}}}}"#,
            "field a.M.b.L[1].B: expected base64",
        );
        refused(r#"{"a":{"B":"AAF="}}"#, "field a.B: expected base64");
        refused(r#"{"a":{"BOOL":"true"}}"#, "field a.BOOL: expected a boolean");
        refused(r#"{"a":{"NULL":false}}"#, "field a: expected true");
        refused(r#"{"a":{"SS":["x",1]}}"#, "field a.SS[1]: expected a string");
        refused(r#"{"a":"x"}"#, "field a: expected one type and its value");
        refused(r#"{"a":{}}"#, "field a: expected one type and its value");
        refused(
            r#"{"a":{"S":"x","N":"1"}}"#,
            "field a: expected one type and its value",
        );
        refused(
            r#"{"a":{"S":"x","S":"x"}}"#,
            "field a: expected one type and its value",
        );
        refused(r#"{"a":{"S":"x"},"a":{"S":"y"}}"#, "field a: duplicate");
        refused(
            r#"{"o":{"M":{"a":{"S":"x"},"a":{"S":"y"}}}}"#,
            "field o.M.a: duplicate",
        );
        refused(r#"[]"#, "field (the whole): expected a map");
    }

    #[test]
    fn an_unknown_type_is_refused() {
        let error =
            json_error::from_slice::<Attributes<'_>>(br#"{"a":{"X":"secret"}}"#).expect_err("refused");
        assert!(
            error.starts_with("field a") && !error.contains("secret"),
            "{error}"
        );
    }
}
