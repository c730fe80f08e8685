//! Events as API Gateway sends them, and as nobody should.

use recommendation_api::event::Event;
use serde_json::{Value, json};

use crate::support::events::{get_recommendations, get_related, post_rankings, with};
use crate::support::fakes::{FINE, FakePersonalize, FakeState};
use crate::support::{Response, config, handler, respond};

fn event(json: &Value) -> Event {
    serde_json::from_value(json.clone()).expect("every JSON is an event")
}

async fn answer(event: Value) -> Response {
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    respond(&handler(&config(), &personalize, &state), event).await
}

#[test]
fn what_lambda_hands_over_is_told_apart() {
    for request in [
        get_recommendations(&[]),
        get_related("31", &[]),
        post_rankings(&json!({})),
    ] {
        assert!(matches!(event(&request), Event::Request(_)), "{request}");
    }
    let task = json!({"task": "refresh-popular"});
    assert_eq!(event(&task), Event::Task("refresh-popular".to_owned()));
    for neither in [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        json!({"task": 1}),
        json!({"Records": []}),
    ] {
        assert_eq!(event(&neither), Event::Unknown, "{neither}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_is_one_of_a_proxy_integration() {
    let response = answer(get_recommendations(&[])).await;
    let json = serde_json::to_value(&response.0).expect("JSON");
    assert_eq!(json["statusCode"], 200);
    assert_eq!(json["headers"]["content-type"], "application/json");
    assert_eq!(json["isBase64Encoded"], false);
    assert!(json["body"].as_str().is_some_and(|body| body.starts_with('{')));
}

#[tokio::test(start_paused = true)]
async fn a_header_in_another_alphabet_harms_nobody() {
    for headers in [
        json!({"User-Agent": "žluťoučký"}),
        json!({"If-None-Match": "žluť"}),
        json!(null),
    ] {
        let event = with(get_recommendations(&[]), "headers", headers.clone());
        assert_eq!(answer(event).await.status(), 200, "{headers}");
    }
}

/// Nothing is dropped that is malformed: without its filter a request would be another one.
#[tokio::test(start_paused = true)]
async fn a_malformed_field_is_a_bad_request() {
    let cases = [
        ("multiValueQueryStringParameters", json!({"filter": [1]})),
        ("queryStringParameters", json!([])),
        ("pathParameters", json!({"id": 1})),
        ("resource", json!(1)),
        ("httpMethod", json!(1)),
        ("httpMethod", json!("G E T")),
        ("body", json!({})),
        ("isBase64Encoded", json!("no")),
        ("headers", json!({"na me": "x"})),
        ("headers", json!({"Cookie": "\u{1}"})),
        ("requestContext", json!(null)),
    ];
    for (field, value) in cases {
        let json = with(get_recommendations(&[]), field, value);
        assert_eq!(event(&json), Event::Malformed, "{json}");
        let response = answer(json).await;
        assert_eq!(response.status(), 400);
        assert_eq!(response.header("Content-Type"), Some("application/problem+json"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_of_bytes_is_no_text() {
    let event = with(
        post_rankings(&json!({"items": ["1"]})),
        "isBase64Encoded",
        json!(true),
    );
    let response = answer(event).await;
    assert_eq!(
        (response.status(), response.json()["in"].as_str()),
        (400, Some("body"))
    );
    let none = with(post_rankings(&json!({})), "body", json!(null));
    assert_eq!(answer(none).await.status(), 400);
}

#[tokio::test(start_paused = true)]
async fn a_query_of_single_values_is_read_too() {
    let event = with(
        get_recommendations(&[("numResults", "0")]),
        "multiValueQueryStringParameters",
        json!(null),
    );
    assert_eq!(answer(event).await.json()["field"], "numResults");
}
