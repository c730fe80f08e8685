//! DynamoDB JSON to plain JSON and back: whatever an item holds, nothing is lost.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dynamodb_stream_forwarder::attribute_value::Attributes;
use dynamodb_stream_forwarder::item_change::ItemChange;
use dynamodb_stream_forwarder::restore::restore;
use proptest::collection::{btree_map, hash_set, vec};
use proptest::prelude::*;
use serde_json::{Value, json};
use stream_batch::dynamodb;

use crate::support::config;
use crate::support::events::event;

/// A number as DynamoDB writes it: up to 38 digits, no zeros in front, an exponent for what is far from 1.
fn number() -> impl Strategy<Value = String> {
    let plain = "-?(0|[1-9][0-9]{0,37})";
    let fraction = r"-?(0|[1-9][0-9]{0,18})\.[0-9]{0,18}[1-9]";
    let scientific = r"-?[1-9](\.[0-9]{0,36}[1-9])?E(\+1[0-2][0-9]|-1[0-2][0-9])";
    prop_oneof![
        4 => plain,
        4 => fraction,
        1 => scientific,
        1 => prop::sample::select(vec!["0", "-0", "1E+3", "99999999999999999999999999999999999999"])
            .prop_map(str::to_owned),
    ]
}

/// Names and text with what JSON and pointers have to escape.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z]{1,4}",
        1 => "[~/\"\\\\a.0]{1,4}",
        1 => any::<String>(),
    ]
}

fn bytes() -> impl Strategy<Value = String> {
    vec(any::<u8>(), 0..6).prop_map(|bytes| STANDARD.encode(bytes))
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(|text| json!({ "S": text })),
        number().prop_map(|number| json!({ "N": number })),
        bytes().prop_map(|bytes| json!({ "B": bytes })),
        any::<bool>().prop_map(|is_true| json!({ "BOOL": is_true })),
        Just(json!({"NULL": true})),
        hash_set(text(), 0..4).prop_map(|set| json!({ "SS": set })),
        hash_set(number(), 0..4).prop_map(|set| json!({ "NS": set })),
        hash_set(bytes(), 0..4).prop_map(|set| json!({ "BS": set })),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|list| json!({ "L": list })),
            btree_map(text(), inner, 0..4).prop_map(|map| json!({ "M": map })),
        ]
    })
}

fn attributes() -> impl Strategy<Value = Value> {
    btree_map(text(), value(), 0..6).prop_map(|attributes| json!(attributes))
}

fn keys() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        text().prop_map(|text| json!({ "S": text })),
        number().prop_map(|number| json!({ "N": number })),
        bytes().prop_map(|bytes| json!({ "B": bytes })),
    ];
    btree_map(text(), key, 1..3).prop_map(|keys| json!(keys))
}

/// The change that an event tells, and the data that it becomes on the stream.
fn convert(event: &[u8], variables: &[(&str, &str)]) -> (dynamodb::Change, String) {
    let rules = config(variables).rules;
    let batch = dynamodb::decode(event).expect("an event");
    let change = batch.items()[0].value.clone();
    let batch = batch.try_map(|record, change| rules.plan(record, &change));
    assert_eq!(batch.rejected(), []);
    let record = batch.items()[0].value.record().expect("it is sent");
    (change, String::from_utf8(record.data().to_vec()).expect("UTF-8"))
}

fn event_with(keys: &Value, old: Option<&Value>, new: Option<&Value>) -> Vec<u8> {
    let mut change = json!({
        "eventName": "MODIFY",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/x",
        "dynamodb": {"ApproximateCreationDateTime": 1_767_225_600, "Keys": keys},
    });
    for (name, image) in [("OldImage", old), ("NewImage", new)] {
        if let Some(image) = image {
            change["dynamodb"][name] = image.clone();
        }
    }
    event(&[change])
}

fn json_of(attributes: &Attributes<'_>) -> Value {
    serde_json::to_value(attributes).expect("JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The way to the stream and back ends where it began, in DynamoDB's own JSON.
    #[test]
    fn nothing_is_lost(
        keys in keys(),
        old in prop::option::of(attributes()),
        new in prop::option::of(attributes()),
    ) {
        let (change, data) = convert(&event_with(&keys, old.as_ref(), new.as_ref()), &[]);
        let restored = restore(&data).expect("it is what was written");
        prop_assert_eq!(&restored, &ItemChange::parse(&change).expect("it was sent"));
        prop_assert_eq!(json_of(&restored.keys), keys);
        prop_assert_eq!(restored.old_image.as_ref().map(json_of), old);
        prop_assert_eq!(restored.new_image.as_ref().map(json_of), new);
    }

    /// What is on the stream is plain JSON that any reader takes, and every pointer leads to what it names.
    #[test]
    fn pointers_lead_to_what_they_name(keys in keys(), new in attributes()) {
        let (_, data) = convert(&event_with(&keys, None, Some(&new)), &[]);
        let document: Value = serde_json::from_str(&data).expect("JSON");
        let types = document.get("types").and_then(Value::as_object).cloned().unwrap_or_default();
        for (pointer, name) in types {
            let value = document.pointer(&pointer).expect("a value");
            prop_assert_eq!(value.is_string(), name == "B", "{}", pointer);
            prop_assert_eq!(value.is_array(), name != "B", "{}", pointer);
        }
    }

    /// What is redacted is on neither image, and the rest is as without.
    #[test]
    fn redaction_takes_out_what_it_names_and_nothing_else(new in attributes(), note in value()) {
        let keys = json!({"orderId": {"S": "o-1"}});
        let mut whole = new.clone();
        whole["secret note"] = note;
        let event = event_with(&keys, Some(&whole), Some(&whole));
        let (_, data) = convert(&event, &[("REDACTED_ATTRIBUTES", "secret note")]);
        let restored = restore(&data).expect("a change");
        let without = new;
        prop_assert_eq!(restored.old_image.as_ref().map(json_of), Some(without.clone()));
        prop_assert_eq!(restored.new_image.as_ref().map(json_of), Some(without));
        let document: Value = serde_json::from_str(&data).expect("JSON");
        prop_assert_eq!(&document["redacted"], &json!(["/newImage/secret note", "/oldImage/secret note"]));
    }
}

/// DynamoDB nests values 32 levels deep.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
#[test]
fn the_deepest_item_is_converted() {
    let mut deep = json!({"SS": ["x"]});
    for level in 0..32 {
        deep = if level % 2 == 0 {
            json!({"L": [deep]})
        } else {
            json!({"M": {"m": deep}})
        };
    }
    let image = json!({ "deep": deep });
    let (_, data) = convert(&event_with(&json!({"id": {"S": "x"}}), None, Some(&image)), &[]);
    let restored = restore(&data).expect("a change");
    assert_eq!(restored.new_image.as_ref().map(json_of), Some(image));
}
