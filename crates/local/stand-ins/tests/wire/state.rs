//! Reading back, resetting, and what is no operation.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::json;
use stand_ins::personalize::Operation;

use crate::harness::{
    Expect, check, counts, error_type_of, event_with, personalize, post, put_events, recommended, rows, take,
};

#[tokio::test]
async fn counts_of_an_empty_stand_in() {
    let expected = json!({
        "interactions": 0, "eventsReceived": 0, "duplicates": 0, "ignored": 0, "items": 0, "users": 0,
        "recommendations": 0, "attributed": 0,
    });
    assert_eq!(counts(&personalize()), expected);
}

#[tokio::test]
async fn other_paths_are_not_the_stand_ins() {
    for path in [
        "/_state/requests",
        "/_state/personalize/",
        "/_state/personalize/all",
        "/_state/personalized",
        "/",
    ] {
        assert!(personalize().state(path).is_none(), "{path}");
    }
}

#[tokio::test]
async fn rows_come_one_a_line() {
    let personalize = personalize();
    let events = ["e1", "e2"].map(|id| event_with("eventId", json!(id)));
    post(&personalize, "/events", &put_events(&events)).await;
    let answer = personalize.state("/_state/personalize/interactions").unwrap();
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    let ids: Vec<_> = rows(&personalize, "/_state/personalize/interactions")
        .iter()
        .map(|row| row["eventId"].clone())
        .collect();
    assert_eq!(ids, ["e1", "e2"]);
}

#[tokio::test]
async fn a_reset_forgets_all_but_the_resources() {
    let personalize = personalize();
    take(&personalize, "u1", "1", 1).await;
    personalize.reset();
    assert_eq!(counts(&personalize)["interactions"], 0);
    assert_eq!(recommended(&personalize, "u2").await, [""; 0]);
    take(&personalize, "u1", "1", 1).await;
}

#[tokio::test]
async fn what_is_no_operation_is_refused() {
    for (method, path) in [
        (Method::GET, "/events"),
        (Method::POST, "/event"),
        (Method::POST, "/actions"),
    ] {
        assert_eq!(Operation::at(&method, path), None);
        let request = Request::builder()
            .method(&method)
            .uri(path)
            .body(Bytes::new())
            .unwrap();
        let answer = personalize().handle(request).await;
        check(
            &answer,
            path,
            &Expect::Refused("UnknownOperationException", "no operation"),
        );
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_a_serialization_error() {
    let request = Request::post("/events").body(Bytes::from_static(b"{")).unwrap();
    assert_eq!(
        error_type_of(&personalize().handle(request).await),
        "SerializationException"
    );
}

#[tokio::test]
async fn no_body_is_no_members() {
    let request = Request::post("/events").body(Bytes::new()).unwrap();
    let expect = Expect::Refused("InvalidInputException", "'trackingId'");
    check(&personalize().handle(request).await, "no body", &expect);
}
