//! What a refusal says, and what it never says.

use interaction_collector::{Answer, Refusal};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{collector, take, visitor, with};

#[test]
fn a_refusal_is_a_problem_that_names_the_field_and_the_rule() {
    let answer = Answer::from(take(&with("eventId", json!("x".repeat(257)))).expect_err("refused"));
    let problem = json!({
        "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "eventId: more than 256 characters",
    });
    assert_eq!(
        (answer.status, answer.retry_after, &answer.body),
        (400, None, &problem)
    );
    assert_eq!(answer.content_type(), "application/problem+json");
}

#[test]
fn a_body_that_is_too_large_is_a_problem_of_its_own() {
    let answer = Answer::from(Refusal::TooLarge);
    assert_eq!(
        (answer.status, answer.body["title"].as_str()),
        (413, Some("Content Too Large"))
    );
}

#[test]
fn a_body_that_is_not_json_is_told_where() {
    let refusal = collector()
        .put_record(b"{\n \"eventId\": secret}", &visitor())
        .expect_err("refused");
    assert_eq!(refusal.to_string(), "the body is not JSON (line 2, column 13)");
}

/// API Gateway's Java takes it; what it writes in its place is not documented. Here no text can hold it.
#[test]
fn half_a_surrogate_pair_is_refused() {
    let body = br#"{"eventId":"\ud83d","eventType":"click","sentAt":"2026-01-31T12:00:00Z"}"#;
    assert!(matches!(
        collector().put_record(body, &visitor()),
        Err(Refusal::NotJson { .. })
    ));
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    for body in [deep("["), deep("{\"properties\":")] {
        assert!(matches!(
            collector().put_record(&body, &visitor()),
            Err(Refusal::NotJson { .. })
        ));
    }
}

fn values() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        Just(json!("SECRET".repeat(50))),
        Just(json!(["SECRET", {"SECRET": "SECRET"}])),
        Just(json!({"SECRET!": "SECRET", "eventAttributionSource": "SECRET\n"})),
        Just(json!("SECRET")),
        any::<f64>().prop_map(Value::from),
    ];
    plain.boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_is_in_a_refusal(
        field in "eventId|eventType|sentAt|itemId|eventValue|properties|impression|recommendationId|metricAttribution|SECRET-S",
        value in values(),
    ) {
        if let Err(refusal) = take(&with(&field, value)) {
            prop_assert!(!refusal.to_string().contains("SECRET"), "{}", refusal);
        }
    }

    #[test]
    fn bytes_at_random_are_answered(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let refusal = collector().put_record(&body, &visitor()).expect_err("refused");
        prop_assert_eq!(Answer::from(refusal).status, 400);
    }
}
