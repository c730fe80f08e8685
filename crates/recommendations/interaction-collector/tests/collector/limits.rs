//! The schema's numbers and this crate's constants are the same, and each holds at the limit and one beyond.

use interaction_collector::limits::{
    ATTRIBUTION_SOURCE_CHARACTERS, BATCH_INTERACTIONS, BODY_BYTES, EVENT_VALUE, ID_CHARACTERS,
    IMPRESSION_ITEMS, PLAIN_PROPERTY_CHARACTERS, PROPERTIES, PROPERTY_CHARACTERS, PROPERTY_NAME_CHARACTERS,
    RECOMMENDATION_ID_CHARACTERS, RESERVED_PROPERTIES, TEMPLATE_BYTES, TEMPLATE_ITERATIONS,
};
use interaction_collector::{Refusal, schema};
use serde_json::{Value, json};

use crate::support::{collector, take, visitor, with};

#[test]
fn every_limit_is_kept_at_the_limit_and_broken_one_beyond() {
    let text = |length: usize| json!("é".repeat(length));
    let items = |length: usize| json!(vec!["31"; length]);
    let item = |length: usize| json!(["é".repeat(length)]);
    let source = |length: usize| json!({ "eventAttributionSource": "a".repeat(length) });
    let properties = |length: usize| (0..length).map(|n| (format!("p{n}"), json!(n))).collect();
    let name = |length: usize| json!({ "n".repeat(length): 1 });
    let plain = |length: usize| json!({ "p": "a".repeat(length) });
    let any = |length: usize| json!({ "p": "é".repeat(length) });
    type Case<'a> = (&'a str, &'a dyn Fn(usize) -> Value, usize);
    let cases: [Case<'_>; 11] = [
        ("eventId", &text, ID_CHARACTERS),
        ("eventType", &text, ID_CHARACTERS),
        ("itemId", &text, ID_CHARACTERS),
        ("recommendationId", &text, RECOMMENDATION_ID_CHARACTERS),
        ("impression", &items, IMPRESSION_ITEMS),
        ("impression", &item, ID_CHARACTERS),
        ("metricAttribution", &source, ATTRIBUTION_SOURCE_CHARACTERS),
        ("properties", &properties, PROPERTIES),
        ("properties", &name, PROPERTY_NAME_CHARACTERS),
        ("properties", &plain, PLAIN_PROPERTY_CHARACTERS),
        ("properties", &any, PROPERTY_CHARACTERS),
    ];
    for (field, value, limit) in cases {
        take(&with(field, value(limit))).unwrap_or_else(|refusal| panic!("{refusal}"));
        let refusal = take(&with(field, value(limit + 1))).expect_err(field).to_string();
        assert!(refusal.starts_with(field), "{refusal}");
    }
}

#[test]
fn a_value_is_within_a_32_bit_float() {
    for value in [EVENT_VALUE, -EVENT_VALUE] {
        assert!((value as f32).is_finite());
        assert!(take(&with("eventValue", json!(value))).is_ok());
        assert!(take(&with("eventValue", json!(value * 1.001))).is_err());
        assert!(take(&with("properties", json!({ "p": value * 1.001 }))).is_err());
    }
}

#[test]
fn a_batch_has_1_to_500_interactions() {
    let batch =
        |length: usize| json!({ "interactions": vec![with("itemId", json!("31")); length] }).to_string();
    let put = |length: usize| collector().put_records(batch(length).as_bytes(), &visitor());
    assert_eq!(
        put(BATCH_INTERACTIONS).map(|entries| entries.len()),
        Ok(BATCH_INTERACTIONS)
    );
    for length in [0, BATCH_INTERACTIONS + 1] {
        assert!(
            put(length)
                .expect_err("refused")
                .to_string()
                .starts_with("interactions: ")
        );
    }
}

#[test]
fn a_body_has_at_most_10_mb() {
    let mut body = with("itemId", json!("31")).to_string().into_bytes();
    body.resize(BODY_BYTES, b' ');
    assert!(collector().put_record(&body, &visitor()).is_ok());
    body.push(b' ');
    assert_eq!(collector().put_record(&body, &visitor()), Err(Refusal::TooLarge));
    assert_eq!(collector().put_records(&body, &visitor()), Err(Refusal::TooLarge));
}

#[test]
fn no_reserved_name_passes_in_any_case() {
    for name in RESERVED_PROPERTIES {
        for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            assert!(
                take(&with("properties", json!({ name.as_str(): "x" }))).is_err(),
                "{name}"
            );
            assert!(
                take(&with("properties", json!({ format!("{name}s"): "x" }))).is_ok(),
                "{name}"
            );
        }
    }
}

#[test]
fn the_batch_repeats_the_schema_of_an_interaction() {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let mut interaction = parsed(schema::INTERACTION);
    interaction.as_object_mut().expect("an object").remove("$schema");
    assert_eq!(
        parsed(schema::INTERACTION_BATCH)["properties"]["interactions"]["items"],
        interaction
    );
}

#[test]
fn a_template_is_within_what_api_gateway_runs() {
    const { assert!(BATCH_INTERACTIONS <= TEMPLATE_ITERATIONS) };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for template in std::fs::read_dir(folder).expect("the folder of templates") {
        let bytes = std::fs::metadata(template.expect("a file").path())
            .expect("a file")
            .len();
        assert!((1..=TEMPLATE_BYTES as u64).contains(&bytes));
    }
}
