//! What stands on the stream.

use serde_json::{Value, json};
use stream_batch::dynamodb;

use crate::support::config;
use crate::support::events::{change, event, insert};
use dynamodb_stream_forwarder::rules::Plan;

/// The record that the first change of an event becomes, as text: key and data.
fn sent(variables: &[(&str, &str)], change: Value) -> (String, String) {
    let rules = config(variables).rules;
    let batch = dynamodb::decode(&event(&[change])).expect("an event");
    let batch = batch.try_map(|record, change| rules.plan(record, &change));
    assert_eq!(batch.rejected(), []);
    match &batch.items()[0].value {
        Plan::Send(record) => {
            let data = String::from_utf8(record.data().to_vec()).expect("UTF-8");
            (record.partition_key().to_owned(), data)
        }
        other => panic!("not sent: {other:?}"),
    }
}

fn document(variables: &[(&str, &str)], change: Value) -> Value {
    serde_json::from_str(&sent(variables, change).1).expect("JSON")
}

/// Why a change is rejected.
fn rejected(change: Value) -> String {
    let rules = config(&[]).rules;
    let batch = dynamodb::decode(&event(&[change])).expect("an event");
    let batch = batch.try_map(|record, change| rules.plan(record, &change));
    batch.rejected()[0].rejection.reason.clone()
}

#[test]
fn a_change_is_one_json_object() {
    let others =
        json!({"amount": {"N": "12345678901234567890.123456789012345678"}, "tags": {"SS": ["a", "b"]}});
    let (key, data) = sent(
        &[],
        change(
            "MODIFY",
            "o-1",
            1,
            Some(json!({"note": {"NULL": true}})),
            Some(others),
        ),
    );
    assert_eq!(key, r#"{"line":{"N":"1"},"orderId":{"S":"o-1"}}"#);
    assert_eq!(
        data,
        concat!(
            r#"{"schemaVersion":1,"eventId":"event-0","eventName":"MODIFY","expired":false,"tableName":"Orders","#,
            r#""eventTime":1767225600000000,"sequenceNumber":"800000000000000000000","#,
            r#""keys":{"line":1,"orderId":"o-1"},"#,
            r#""newImage":{"amount":12345678901234567890.123456789012345678,"line":1,"orderId":"o-1","tags":["a","b"]},"#,
            r#""oldImage":{"line":1,"note":null,"orderId":"o-1"},"types":{"/newImage/tags":"SS"}}"#,
        )
    );
}

#[test]
fn an_image_that_there_is_not_is_left_out() {
    let inserted = document(&[], insert("o-1", 1, json!({})));
    assert_eq!((inserted.get("oldImage"), inserted.get("types")), (None, None));
    assert_eq!(inserted["newImage"], json!({"orderId": "o-1", "line": 1}));
    let removed = document(&[], change("REMOVE", "o-1", 1, Some(json!({})), None));
    assert_eq!(removed.get("newImage"), None);
    assert_eq!(removed["expired"], json!(false));
}

#[test]
fn an_expiry_is_marked() {
    let mut expiry = change("REMOVE", "o-1", 1, Some(json!({})), None);
    expiry["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    assert_eq!(document(&[], expiry)["expired"], json!(true));
}

#[test]
fn a_sequence_number_has_no_leading_zeros() {
    for (given, written) in [("0000800", "800"), ("800", "800"), ("000", "0")] {
        let mut padded = event(&[insert("o-1", 1, json!({}))]);
        let text = String::from_utf8(padded).expect("UTF-8");
        padded = text.replace("800000000000000000000", given).into_bytes();
        let batch = dynamodb::decode(&padded).expect("an event");
        let batch = batch.try_map(|record, change| config(&[]).rules.plan(record, &change));
        let data = batch.items()[0].value.record().expect("sent").data().to_vec();
        let document: Value = serde_json::from_slice(&data).expect("JSON");
        assert_eq!(document["sequenceNumber"], json!(written));
    }
}

#[test]
fn the_time_is_in_microseconds() {
    let mut change = insert("o-1", 1, json!({}));
    change["dynamodb"]["ApproximateCreationDateTime"] = json!(1_767_225_600.25);
    assert_eq!(
        document(&[], change)["eventTime"],
        json!(1_767_225_600_250_000_u64)
    );
}

#[test]
fn redacted_attributes_are_named_and_gone() {
    let others = json!({
        "note": {"S": "secret"},
        "tags": {"SS": ["secret"]},
        "address": {"M": {"street": {"S": "secret"}, "city": {"S": "Berlin"}}},
    });
    let variables = [("REDACTED_ATTRIBUTES", "note,tags,address.street,absent")];
    let (_, data) = sent(
        &variables,
        change("MODIFY", "o-1", 1, Some(others.clone()), Some(others)),
    );
    assert!(!data.contains("secret"), "{data}");
    let document: Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!(
        document["redacted"],
        json!([
            "/newImage/address/street",
            "/newImage/note",
            "/newImage/tags",
            "/oldImage/address/street",
            "/oldImage/note",
            "/oldImage/tags",
        ])
    );
    let image = json!({"orderId": "o-1", "line": 1, "address": {"city": "Berlin"}});
    assert_eq!((&document["newImage"], &document["oldImage"]), (&image, &image));
    assert_eq!(document.get("types"), None);
}

#[test]
fn a_long_key_becomes_a_digest_that_is_the_same_for_every_change_of_the_item() {
    let order = "o".repeat(300);
    let (inserted, _) = sent(&[], insert(&order, 1, json!({})));
    let (removed, _) = sent(&[], change("REMOVE", &order, 1, Some(json!({})), None));
    let (other, _) = sent(&[], insert(&order, 2, json!({})));
    assert_eq!((inserted.len(), &inserted), (64, &removed));
    assert_ne!(inserted, other);
}

#[test]
fn what_dynamodb_does_not_write_is_named_without_its_value() {
    let cases = [
        (
            json!({"amount": {"N": "secret"}}),
            "dynamodb.NewImage: field amount.N: expected a number in decimal digits",
        ),
        (
            json!({"amount": {"X": "secret"}}),
            "dynamodb.NewImage: field amount.X: expected one of `S`, `N`, `B`, `BOOL`, \
            `NULL`, `L`, `M`, `SS`, `NS`, `BS`",
        ),
        (
            json!({"amount": "secret"}),
            "dynamodb.NewImage: field amount: expected one type and its value",
        ),
    ];
    for (others, reason) in cases {
        assert_eq!(rejected(insert("o-1", 1, others)), reason);
    }
    let mut keyless = insert("o-1", 1, json!({}));
    keyless["dynamodb"]["Keys"] = json!({});
    assert_eq!(rejected(keyless), "field dynamodb.Keys: empty");
    let mut timeless = insert("o-1", 1, json!({}));
    timeless["dynamodb"]["ApproximateCreationDateTime"] = json!(null);
    assert_eq!(
        rejected(timeless),
        "field dynamodb.ApproximateCreationDateTime: missing"
    );
}

#[test]
fn a_name_that_comes_twice_is_rejected() {
    let text = String::from_utf8(event(&[insert("o-1", 1, json!({"amount": {"N": "1"}}))])).expect("UTF-8");
    let twice = text.replace(
        r#""amount":{"N":"1"}"#,
        r#""amount":{"N":"1"},"amount":{"N":"2"}"#,
    );
    let batch = dynamodb::decode(twice.as_bytes()).expect("an event");
    let batch = batch.try_map(|record, change| config(&[]).rules.plan(record, &change));
    assert_eq!(
        batch.rejected()[0].rejection.reason,
        "dynamodb.NewImage: field amount: duplicate"
    );
}
