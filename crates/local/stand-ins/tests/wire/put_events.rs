//! PutEvents.

use proptest::prelude::*;
use serde_json::{Value, json};
use stand_ins::personalize::LOCAL_TRACKING_ID;

use crate::harness::{
    Expect, characters, check, counts, event, event_with, invalid, personalize, post, properties_of_length,
    put_events, rows, with, without,
};

#[tokio::test]
async fn limits_of_an_event() {
    let member = |name: &'static str| Expect::Refused("InvalidInputException", name);
    let source = |text: &str| json!({ "eventAttributionSource": text });
    let cases = [
        ("smallest event", event(), Expect::Accepted),
        (
            "no type",
            without(event(), "eventType"),
            member("'eventList.1.member.eventType'"),
        ),
        (
            "empty type",
            event_with("eventType", json!("")),
            member("eventType"),
        ),
        (
            "type of 256",
            event_with("eventType", json!(characters(256))),
            Expect::Accepted,
        ),
        (
            "type of 257",
            event_with("eventType", json!(characters(257))),
            member("eventType"),
        ),
        (
            "no time",
            without(event(), "sentAt"),
            member("'eventList.1.member.sentAt'"),
        ),
        (
            "fraction of a second",
            event_with("sentAt", json!(964_982_703.25)),
            Expect::Accepted,
        ),
        (
            "last second",
            event_with("sentAt", json!(253_402_300_799_i64)),
            Expect::Accepted,
        ),
        (
            "a second later",
            event_with("sentAt", json!(253_402_300_800_i64)),
            member("sentAt"),
        ),
        (
            "milliseconds",
            event_with("sentAt", json!(964_982_703_000_i64)),
            member("sentAt"),
        ),
        ("before 1970", event_with("sentAt", json!(-1)), member("sentAt")),
        (
            "id of 256",
            event_with("eventId", json!(characters(256))),
            Expect::Accepted,
        ),
        (
            "id of 257",
            event_with("eventId", json!(characters(257))),
            member("eventId"),
        ),
        ("empty id", event_with("eventId", json!("")), member("eventId")),
        (
            "item of 256",
            event_with("itemId", json!(characters(256))),
            Expect::Accepted,
        ),
        (
            "item of 257",
            event_with("itemId", json!(characters(257))),
            member("itemId"),
        ),
        ("empty item", event_with("itemId", json!("")), member("itemId")),
        ("value", event_with("eventValue", json!(4.5)), Expect::Accepted),
        (
            "properties",
            event_with("properties", json!(r#"{"page":"7","new":true}"#)),
            Expect::Accepted,
        ),
        (
            "properties of 1024",
            event_with("properties", json!(properties_of_length(1_024))),
            Expect::Accepted,
        ),
        (
            "properties of 1025",
            event_with("properties", json!(properties_of_length(1_025))),
            member("properties"),
        ),
        (
            "empty properties",
            event_with("properties", json!("")),
            member("properties"),
        ),
        (
            "properties are no JSON",
            event_with("properties", json!("{page")),
            member("Error parsing properties json"),
        ),
        (
            "properties are a list",
            event_with("properties", json!("[]")),
            member("Error parsing properties json"),
        ),
        (
            "nested",
            event_with("properties", json!(r#"{"page":{"number":7}}"#)),
            member("without nesting"),
        ),
        (
            "reserved",
            event_with("properties", json!(r#"{"USERID":"u1"}"#)),
            member("reserved name 'USERID'"),
        ),
        (
            "impression of 1",
            event_with("impression", json!(["1"])),
            Expect::Accepted,
        ),
        (
            "impression of 25",
            event_with("impression", json!(vec!["1"; 25])),
            Expect::Accepted,
        ),
        (
            "impression of 26",
            event_with("impression", json!(vec!["1"; 26])),
            member("impression"),
        ),
        (
            "empty impression",
            event_with("impression", json!([])),
            member("impression"),
        ),
        (
            "empty item shown",
            event_with("impression", json!(["1", ""])),
            member("impression.2.member"),
        ),
        (
            "recommendation of 40",
            event_with("recommendationId", json!(characters(40))),
            Expect::Accepted,
        ),
        (
            "recommendation of 41",
            event_with("recommendationId", json!(characters(41))),
            member("recommendationId"),
        ),
        (
            "empty recommendation",
            event_with("recommendationId", json!("")),
            member("recommendationId"),
        ),
        (
            "source of 1024",
            event_with("metricAttribution", source(&"s".repeat(1_024))),
            Expect::Accepted,
        ),
        (
            "source of 1025",
            event_with("metricAttribution", source(&"s".repeat(1_025))),
            member("AttributionSource"),
        ),
        (
            "blank source",
            event_with("metricAttribution", source("  ")),
            member("AttributionSource"),
        ),
        (
            "source not ASCII",
            event_with("metricAttribution", source("ž")),
            member("AttributionSource"),
        ),
        (
            "no source",
            event_with("metricAttribution", json!({})),
            member("AttributionSource"),
        ),
    ];
    for (case, event, expect) in cases {
        check(
            &post(&personalize(), "/events", &put_events(&[event])).await,
            case,
            &expect,
        );
    }
}

#[tokio::test]
async fn limits_of_a_call() {
    let call = || put_events(&[event()]);
    let events = |count: usize| put_events(&vec![event(); count]);
    let cases = [
        ("10 events", events(10), Expect::Accepted),
        ("11 events", events(11), invalid("'eventList'")),
        ("no event", events(0), invalid("'eventList'")),
        (
            "no event list",
            without(call(), "eventList"),
            invalid("'eventList'"),
        ),
        (
            "no tracking id",
            without(call(), "trackingId"),
            invalid("'trackingId'"),
        ),
        (
            "tracking id of 257",
            with(call(), "trackingId", json!(characters(257))),
            invalid("'trackingId'"),
        ),
        (
            "unknown tracking id",
            with(call(), "trackingId", json!(characters(256))),
            invalid("tracking id"),
        ),
        ("no session", without(call(), "sessionId"), invalid("'sessionId'")),
        (
            "empty session",
            with(call(), "sessionId", json!("")),
            invalid("'sessionId'"),
        ),
        (
            "session of 256",
            with(call(), "sessionId", json!(characters(256))),
            Expect::Accepted,
        ),
        (
            "session of 257",
            with(call(), "sessionId", json!(characters(257))),
            invalid("'sessionId'"),
        ),
        ("no user", without(call(), "userId"), Expect::Accepted),
        (
            "user is null",
            with(call(), "userId", Value::Null),
            Expect::Accepted,
        ),
        (
            "empty user",
            with(call(), "userId", json!("")),
            invalid("'userId'"),
        ),
        (
            "user of 256",
            with(call(), "userId", json!(characters(256))),
            Expect::Accepted,
        ),
        (
            "user of 257",
            with(call(), "userId", json!(characters(257))),
            invalid("'userId'"),
        ),
        (
            "session is a number",
            with(call(), "sessionId", json!(1)),
            Expect::Refused("SerializationException", ""),
        ),
        (
            "list is text",
            with(call(), "eventList", json!("")),
            Expect::Refused("SerializationException", ""),
        ),
        (
            "no object",
            json!([]),
            Expect::Refused("SerializationException", ""),
        ),
    ];
    for (case, body, expect) in cases {
        check(&post(&personalize(), "/events", &body).await, case, &expect);
    }
}

#[tokio::test]
async fn every_reserved_name_is_refused() {
    for name in [
        "userId",
        "sessionid",
        "EVENTTYPE",
        "timestamp",
        "recommendationId",
        "Impression",
    ] {
        let event = event_with("properties", json!(json!({ name: "x" }).to_string()));
        check(
            &post(&personalize(), "/events", &put_events(&[event])).await,
            name,
            &invalid("reserved name"),
        );
    }
}

#[tokio::test]
async fn success_has_no_body() {
    let answer = post(&personalize(), "/events", &put_events(&[event()])).await;
    assert_eq!(
        (answer.status().as_u16(), answer.body().as_ref()),
        (200, b"".as_slice())
    );
}

#[tokio::test]
async fn a_refusal_quotes_no_value() {
    let secret = characters(300);
    let answer = post(
        &personalize(),
        "/events",
        &put_events(&[event_with("itemId", json!(secret))]),
    )
    .await;
    assert!(!String::from_utf8_lossy(answer.body()).contains('ž'));
}

#[tokio::test]
async fn one_bad_event_refuses_the_call_and_nothing_is_stored() {
    let personalize = personalize();
    let events = [event(), event_with("eventId", json!("")), event()];
    check(
        &post(&personalize, "/events", &put_events(&events)).await,
        "bad",
        &invalid("eventList.2.member.eventId"),
    );
    assert_eq!(counts(&personalize)["eventsReceived"], 0);
}

#[tokio::test]
async fn the_first_event_of_an_id_wins() {
    let personalize = personalize();
    let named = |value: f64| with(event_with("eventId", json!("e1")), "eventValue", json!(value));
    post(&personalize, "/events", &put_events(&[named(1.0), named(2.0)])).await;
    post(&personalize, "/events", &put_events(&[named(3.0)])).await;
    let stored = rows(&personalize, "/_state/personalize/interactions");
    assert_eq!(stored.len(), 1);
    assert_eq!(
        (&stored[0]["eventValue"], &stored[0]["received"]),
        (&json!(1.0), &json!(3))
    );
    assert_eq!(counts(&personalize)["duplicates"], 2);
}

#[tokio::test]
async fn ids_of_different_trackers_are_different() {
    let personalize = personalize();
    let mut more = stand_ins::personalize::Resources::default();
    more.tracking_ids.insert("other".to_owned());
    personalize.register(more);
    let call = put_events(&[event_with("eventId", json!("e1"))]);
    post(&personalize, "/events", &call).await;
    check(
        &post(&personalize, "/events", &with(call, "trackingId", json!("other"))).await,
        "other",
        &Expect::Accepted,
    );
    assert_eq!(counts(&personalize)["interactions"], 2);
}

#[tokio::test]
async fn events_without_an_id_are_all_new() {
    let personalize = personalize();
    post(&personalize, "/events", &put_events(&[event(), event()])).await;
    assert_eq!(counts(&personalize)["interactions"], 2);
}

#[tokio::test]
async fn the_session_null_is_accepted_and_ignored() {
    let personalize = personalize();
    let call = with(put_events(&[event(), event()]), "sessionId", json!("null"));
    check(
        &post(&personalize, "/events", &call).await,
        "null",
        &Expect::Accepted,
    );
    let counts = counts(&personalize);
    assert_eq!(
        (
            &counts["interactions"],
            &counts["ignored"],
            &counts["eventsReceived"]
        ),
        (&json!(0), &json!(2), &json!(2))
    );
}

#[tokio::test]
async fn an_interaction_is_read_back_as_it_was_written() {
    let personalize = personalize();
    let event = json!({
        "eventType": "rating", "sentAt": 964_982_703, "eventId": "e1", "itemId": "31", "eventValue": 4.5,
        "properties": "{\"page\":\"7\"}", "impression": ["1", "2"], "recommendationId": "RID-1",
        "metricAttribution": { "eventAttributionSource": "mail" },
    });
    post(&personalize, "/events", &put_events(std::slice::from_ref(&event))).await;
    let mut expected = event;
    expected["trackingId"] = json!(LOCAL_TRACKING_ID);
    expected["sessionId"] = json!("s1");
    expected["userId"] = json!("u1");
    expected["received"] = json!(1);
    assert_eq!(rows(&personalize, "/_state/personalize/interactions"), [expected]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes again, and in whatever calls: what is stored is each id's first event, in the order in which
    /// they came, with a count of all.
    #[test]
    fn stored_are_the_first_occurrences(calls in prop::collection::vec(prop::collection::vec(0_u8..12, 1..=10), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let personalize = personalize();
        let mut expected: Vec<(u8, usize, u64)> = Vec::new();
        let mut sent = 0;
        for ids in &calls {
            let mut events = Vec::new();
            for id in ids {
                match expected.iter_mut().find(|(known, ..)| known == id) {
                    Some((.., received)) => *received += 1,
                    None => expected.push((*id, sent, 1)),
                }
                events.push(with(event_with("eventId", json!(id.to_string())), "eventValue", json!(sent)));
                sent += 1;
            }
            runtime.block_on(post(&personalize, "/events", &put_events(&events)));
        }
        let stored = rows(&personalize, "/_state/personalize/interactions");
        let stored: Vec<_> = stored.iter().map(|row| (&row["eventId"], &row["eventValue"], &row["received"])).collect();
        let expected: Vec<_> = expected.iter().map(|(id, sent, received)| (json!(id.to_string()), json!(sent), json!(received))).collect();
        let expected: Vec<_> = expected.iter().map(|(id, sent, received)| (id, sent, received)).collect();
        prop_assert_eq!(stored, expected);
        prop_assert_eq!(&counts(&personalize)["eventsReceived"], &json!(sent));
    }
}
