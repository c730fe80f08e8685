//! The JSON Schema and `parse` say the same.

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use telemetry::{Reading, SCHEMA, parse};

use crate::support::reading;

thread_local! {
    static VALIDATOR: Validator = validator();
}

fn validator() -> Validator {
    let schema = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    options.build(&schema).expect("the schema is one")
}

fn is_valid(document: &Value) -> bool {
    VALIDATOR.with(|validator| validator.is_valid(document))
}

/// What stands in a field that something is wrong with, or nearly.
fn contents() -> Vec<Value> {
    let texts = [
        "",
        "a",
        "a.b",
        "a/b",
        "a#b",
        "ä",
        "a b",
        "a\n",
        "temperature",
        "humidity",
        "pressure",
        "level",
        "Cel",
        "%",
        "hPa",
        "W",
        "°C",
        "good",
        "bad",
        "Good",
        "2026-11-25T01:02:03Z",
        "2026-11-25T01:02:03.123456Z",
        "2026-11-25T01:02:03.1234567Z",
        "2026-11-25T01:02:03.Z",
        "2026-11-25T01:02:03+01:00",
        "2026-11-25t01:02:03z",
        "2026-02-29T01:02:03Z",
        "2028-02-29T01:02:03Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-11-31T01:02:03Z",
        "2026-11-25T23:59:60Z",
        "2026-06-30T23:59:60Z",
        "2026-11-25T24:00:00Z",
        "2026-11-25",
        "2026-11-25T01:02:03Z\n",
    ];
    let numbers = [
        json!(0),
        json!(1),
        json!(-1),
        json!(2),
        json!(100),
        json!(100.01),
        json!(-273.15),
        json!(-273.16),
        json!(2320),
        json!(2320.5),
        json!(1e9),
        json!(1.1e9),
        json!(u64::MAX),
        json!(0.5),
        json!(-0.0),
        json!(1e6),
        json!(-1e4),
        json!(1e5),
    ];
    let others = [
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!([1]),
        json!({"a": 1}),
    ];
    let texts = texts.into_iter().map(Value::from);
    texts.chain(numbers).chain(others).collect()
}

fn any_content() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => prop::sample::select(contents()),
        1 => (120_usize..140).prop_map(|length| json!("a".repeat(length))),
        1 => "[A-Za-z0-9_.:/#+-]{0,6}".prop_map(Value::from),
        1 => "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,7})?Z"
            .prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => (-1.2e9..1.2e9).prop_map(Value::from),
    ]
}

const FIELDS: [&str; 11] = [
    "schemaVersion",
    "readingId",
    "deviceId",
    "sensorId",
    "site",
    "measure",
    "unit",
    "value",
    "quality",
    "measuredAt",
    "sequence",
];

/// A reading's document with some fields that hold something else, or are gone.
fn changed() -> impl Strategy<Value = Value> {
    let change = (
        prop::sample::select(FIELDS.as_slice()),
        prop::option::weighted(0.9, any_content()),
    );
    (reading(), prop::collection::vec(change, 0..3)).prop_map(|(reading, changes)| {
        let mut document = document(&reading);
        let fields = document.as_object_mut().expect("an object");
        for (field, content) in changes {
            match content {
                Some(content) => fields.insert(field.to_owned(), content),
                None => fields.remove(field),
            };
        }
        document
    })
}

fn document(reading: &Reading) -> Value {
    serde_json::from_slice(&reading.to_json()).expect("JSON")
}

/// The schema cannot say that the id is made of the other three; so it is, here.
fn with_its_id(mut document: Value) -> Value {
    let part = |field: &str| match document.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let id = format!("{}/{}/{}", part("deviceId"), part("sensorId"), part("sequence"));
    if let Some(Value::String(readable)) = document.get_mut("readingId") {
        *readable = id;
    }
    document
}

/// Nor can it tell `1.0` from `1`.
fn counts_with_digits(document: &Value) -> bool {
    let whole = |field: &str| document.get(field).is_none_or(|number| !number.is_f64());
    whole("sequence") && whole("schemaVersion")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_reading_is_valid_by_the_schema(reading in reading()) {
        prop_assert!(is_valid(&document(&reading)));
    }

    #[test]
    fn what_parses_is_valid(document in changed()) {
        if parse(document.to_string().as_bytes()).is_ok() {
            prop_assert!(is_valid(&document), "{document}");
        }
    }

    #[test]
    fn what_is_valid_parses(document in changed().prop_map(with_its_id)) {
        if is_valid(&document) && counts_with_digits(&document) {
            prop_assert_eq!(parse(document.to_string().as_bytes()).err(), None, "{}", document);
        }
    }

    #[test]
    fn unknown_fields_are_for_neither_a_fault(reading in reading(), content in any_content()) {
        let mut document = document(&reading);
        document["new"] = content;
        prop_assert!(is_valid(&document) && parse(document.to_string().as_bytes()).is_ok());
    }
}

#[test]
fn the_schema_requires_what_it_describes() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    let described = schema["properties"].as_object().expect("an object");
    let required = schema["required"].as_array().expect("a list");
    assert_eq!(described.len(), FIELDS.len());
    assert!(
        FIELDS
            .iter()
            .all(|field| described.contains_key(*field) && required.contains(&json!(field)))
    );
}

#[test]
fn the_ids_of_the_schema_and_of_parse_have_the_same_form() {
    for (id, fits) in [
        ("d/s/0", true),
        ("d/s/07", false),
        ("d/s", false),
        ("d.x/s/1", false),
        ("d/s/18446744073709551615", true),
    ] {
        let mut document = json!({"schemaVersion": 1, "readingId": id, "deviceId": "d", "sensorId": "s", "site": "x",
            "measure": "level", "unit": "%", "value": 1, "quality": "good", "measuredAt": "2026-11-25T01:02:03Z"});
        let sequence: u64 = id
            .rsplit('/')
            .next()
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        document["sequence"] = json!(sequence);
        assert_eq!(is_valid(&document), fits, "{id}");
        assert_eq!(parse(document.to_string().as_bytes()).is_ok(), fits, "{id}");
    }
}

#[test]
fn every_content_of_every_field_is_for_both_right_or_for_both_wrong() {
    let good = json!({"schemaVersion": 1, "readingId": "d/s/1", "deviceId": "d", "sensorId": "s", "site": "x",
        "measure": "level", "unit": "%", "value": 1, "quality": "good", "measuredAt": "2026-11-25T01:02:03Z",
        "sequence": 1});
    for field in FIELDS {
        for content in contents() {
            let mut document = good.clone();
            document[field] = content;
            let document = with_its_id(document);
            let parsed = parse(document.to_string().as_bytes());
            if counts_with_digits(&document) {
                assert_eq!(parsed.is_ok(), is_valid(&document), "{document}: {parsed:?}");
            }
        }
    }
}
