//! No properties that the schema accepts are longer as JSON text than Personalize takes, whichever JSON writer stands
//! between: API Gateway does not say what its own escapes.

use interaction_collector::limits::{
    EVENT_VALUE, PLAIN_PROPERTY_CHARACTERS, PROPERTIES, PROPERTIES_CHARACTERS, PROPERTY_CHARACTERS,
    PROPERTY_NAME_CHARACTERS,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::{take, with};

/// Printable ASCII that some writer escapes.
const ESCAPED_BY_SOME: &str = "\"&'/<=>\\";

/// The JSON text that is longest: what need not be escaped is too, and a space stands after every separator.
fn longest_text(properties: &Map<String, Value>) -> String {
    let members = properties.iter().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), escaped);
        format!("\"{name}\": {value}")
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn escaped(text: &str) -> String {
    let mut json = String::from("\"");
    for character in text.chars() {
        if (' '..='~').contains(&character) && !ESCAPED_BY_SOME.contains(character) {
            json.push(character);
        } else {
            let units = character.encode_utf16(&mut [0; 2]).to_vec();
            json.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    json + "\""
}

#[test]
fn the_longest_properties_are_within_the_limit() {
    let name = |n: usize| format!("{}{n}", "p".repeat(PROPERTY_NAME_CHARACTERS - 1));
    let all = |value: Value| {
        (0..PROPERTIES)
            .map(|n| (name(n), value.clone()))
            .collect::<Map<_, _>>()
    };
    let values = [
        json!("a".repeat(PLAIN_PROPERTY_CHARACTERS)),
        json!("\u{10ffff}".repeat(PROPERTY_CHARACTERS)),
        json!("\"".repeat(PROPERTY_CHARACTERS)),
        json!(-EVENT_VALUE),
        json!(-1.234_567_890_123_456_7e-300),
    ];
    for value in values {
        let properties = all(value);
        take(&with("properties", json!(properties))).unwrap_or_else(|refusal| panic!("{refusal}"));
        let length = longest_text(&properties).chars().count();
        assert!(length <= PROPERTIES_CHARACTERS, "{length}");
    }
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        "\\PC{0,20}".prop_map(Value::from),
        "[ -~]{0,170}".prop_map(Value::from),
        "[ !#-%(-.0-;?-\\[\\]-~]{0,170}".prop_map(Value::from),
        prop::collection::vec(any::<char>(), 0..16).prop_map(|text| text.iter().collect::<String>().into()),
        any::<f64>().prop_map(Value::from),
        any::<f32>().prop_map(|value| json!(f64::from(value))),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_taken_is_short_enough(
        properties in prop::collection::btree_map("[A-Za-z_][A-Za-z0-9_]{0,33}|\\PC{0,4}", values(), 0..7)
    ) {
        let properties: Map<_, _> = properties.into_iter().collect();
        if take(&with("properties", json!(properties))).is_ok() {
            let length = longest_text(&properties).chars().count();
            prop_assert!(length <= PROPERTIES_CHARACTERS, "{}", length);
        }
    }
}
