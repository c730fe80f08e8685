//! Attribute values as plain JSON.

use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::attribute_value::{AttributeValue, Attributes};
use crate::number::Number;

/// Writes attributes as a plain JSON object.
pub struct PlainAttributes<'a>(pub &'a Attributes<'a>);

/// Writes a value as plain JSON: numbers with all of their digits, sets as arrays, binary as base64 text.
struct Plain<'a>(&'a AttributeValue<'a>);

/// Writes a number as JSON.
struct PlainNumber<'a>(&'a Number<'a>);

impl Serialize for PlainAttributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Plain(value))))
    }
}

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            AttributeValue::S(text) => text.serialize(serializer),
            AttributeValue::N(number) => PlainNumber(number).serialize(serializer),
            AttributeValue::B(bytes) => bytes.serialize(serializer),
            AttributeValue::Bool(is_true) => serializer.serialize_bool(*is_true),
            AttributeValue::Null => serializer.serialize_unit(),
            AttributeValue::L(list) => serializer.collect_seq(list.iter().map(Plain)),
            AttributeValue::M(attributes) => PlainAttributes(attributes).serialize(serializer),
            AttributeValue::Ss(set) => serializer.collect_seq(set),
            AttributeValue::Ns(set) => serializer.collect_seq(set.iter().map(PlainNumber)),
            AttributeValue::Bs(set) => serializer.collect_seq(set),
        }
    }
}

impl Serialize for PlainNumber<'_> {
    /// As raw JSON: on the way through a number type of Rust's, digits would be lost.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(self.0.as_json()).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_plain_form() {
        let attributes: Attributes<'_> = serde_json::from_str(concat!(
            r#"{"b":{"B":"AAE="},"bool":{"BOOL":false},"bs":{"BS":["AA=="]},"l":{"L":[{"S":"x"},{"L":[]}]},"#,
            r#""m":{"M":{"deep":{"M":{}}}},"n":{"N":"12345678901234567890.123456789012345678"},"#,
            r#""ns":{"NS":["1","2E+3","007"]},"null":{"NULL":true},"s":{"S":"\u00fc\"\n"},"ss":{"SS":["a","b"]}}"#,
        ))
        .expect("attributes");
        assert_eq!(
            serde_json::to_string(&PlainAttributes(&attributes)).expect("JSON"),
            concat!(
                r#"{"b":"AAE=","bool":false,"bs":["AA=="],"l":["x",[]],"m":{"deep":{}},"#,
                r#""n":12345678901234567890.123456789012345678,"ns":[1,2E+3,7],"null":null,"s":"ü\"\n","ss":["a","b"]}"#,
            )
        );
    }
}
