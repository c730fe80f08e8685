//! What a record becomes, and what it is rejected for.

use bytes::Bytes;
use put_events_forwarder::record::Record;
use serde_json::{Value, json};
use stream_batch::{Origin, Rejection, RejectionKind, StreamRecord};

use crate::support::destinations;
use crate::support::events::{SHARD, STREAM_ARN, sequence_number};
use crate::support::records::{interaction, item, user, with};

fn parse(payload: impl Into<Bytes>, index: Option<u32>) -> Result<Record, Rejection> {
    let number: stream_batch::SequenceNumber = sequence_number(7).parse().expect("a sequence number");
    let record = StreamRecord {
        id: stream_batch::RecordId {
            sequence_number: number,
            index,
        },
        origin: std::sync::Arc::new(Origin {
            event_source_arn: STREAM_ARN.to_owned(),
            shard_id: Some(SHARD.to_owned()),
        }),
        partition_key: "s1".to_owned(),
        explicit_hash_key: None,
        arrival_time_ms: None,
        data: payload.into(),
    };
    Record::parse(&record, &destinations())
}

fn accepted(payload: &Value) -> Record {
    parse(payload.to_string(), None).unwrap_or_else(|rejection| panic!("{payload}: {}", rejection.reason))
}

fn rejected(payload: &Value) -> String {
    parse(payload.to_string(), None).expect_err("rejected").reason
}

fn click() -> Value {
    interaction("s1", Some("u1"), "31")
}

#[test]
fn an_interaction_with_everything() {
    let payload = json!({
        "schemaVersion": 1,
        "type": "interaction",
        "sessionId": "s1",
        "userId": "u1",
        "trackingId": "another",
        "eventType": "rating",
        "itemId": "31",
        "sentAt": "2000-07-30T20:45:03.999+02:00",
        "eventId": "e1",
        "eventValue": 4.5,
        "properties": {"device": "phone"},
        "impression": ["31", "32"],
        "recommendationId": "RID-1",
        "metricAttribution": {"eventAttributionSource": "partner"},
        "somethingElse": true,
    });
    let record = accepted(&payload);
    let interaction = record.as_interaction().expect("an interaction");
    assert_eq!(interaction.tracking_id().as_str(), "another");
    assert_eq!(interaction.session_id().as_str(), "s1");
    assert_eq!(interaction.user_id().map(|user| user.as_str()), Some("u1"));
    let event = interaction.event();
    assert_eq!(event.event_id().as_str(), "e1");
    assert_eq!(event.event_type().as_str(), "rating");
    assert_eq!(event.event_value(), Some(4.5));
    assert_eq!(event.item_id().map(|item| item.as_str()), Some("31"));
    assert_eq!(event.sent_at(), 964_982_703);
    assert_eq!(
        event.properties().map(|properties| properties.as_str()),
        Some(r#"{"device":"phone"}"#)
    );
    let impression: Vec<_> = event.impression().iter().map(|item| item.as_str()).collect();
    assert_eq!(impression, ["31", "32"]);
    assert_eq!(event.recommendation_id().map(|id| id.as_str()), Some("RID-1"));
    assert_eq!(
        event.attribution_source().map(|source| source.as_str()),
        Some("partner")
    );
}

#[test]
fn an_anonymous_interaction_with_the_least() {
    let payload = json!({
        "schemaVersion": 1, "type": "interaction", "sessionId": "s1", "userId": null,
        "eventType": "click", "sentAt": "2000-07-30T18:45:03Z",
    });
    let record = accepted(&payload);
    let interaction = record.as_interaction().expect("an interaction");
    assert_eq!(interaction.tracking_id(), &destinations().tracking_id);
    assert_eq!(interaction.user_id(), None);
    assert_eq!(interaction.event().item_id(), None);
}

#[test]
fn without_an_id_of_the_producer_the_place_in_the_stream_is_the_event_id() {
    let payload = with(click(), "eventId", Value::Null);
    let id = |index| {
        let record = parse(payload.to_string(), index).expect("accepted");
        record
            .as_interaction()
            .expect("an interaction")
            .event()
            .event_id()
            .to_string()
    };
    let place = format!("{SHARD}:{}", sequence_number(7));
    assert_eq!(id(None), place);
    assert_eq!(id(Some(0)), format!("{place}/0"));
    assert_eq!(id(Some(3)), format!("{place}/3"));
}

#[test]
fn items_and_users() {
    let record = accepted(&item("31", 2));
    let of_item = record.as_item().expect("an item");
    assert_eq!(of_item.item_id().as_str(), "31");
    assert_eq!(
        of_item.properties().map(|json| json.as_str()),
        Some(r#"{"version":2}"#)
    );
    let record = accepted(&json!({"schemaVersion": 1, "type": "user", "userId": "u1"}));
    let of_user = record.as_user().expect("a user");
    assert_eq!(of_user.user_id().as_str(), "u1");
    assert_eq!(of_user.properties(), None);
}

#[test]
fn every_limit_is_kept_at_the_limit_and_broken_one_beyond() {
    let text = |characters: usize| json!("é".repeat(characters));
    let properties = |characters: usize| json!({"a": "é".repeat(characters - r#"{"a":""}"#.len())});
    let items = |count: usize| json!(vec!["31"; count]);
    let source = |characters: usize| json!({"eventAttributionSource": "a".repeat(characters)});
    let item = || item("31", 1);
    let user = || user("u1", 1);
    type Case<'a> = (Value, &'a str, &'a dyn Fn(usize) -> Value, usize);
    let cases: [Case<'_>; 14] = [
        (click(), "sessionId", &text, 256),
        (click(), "userId", &text, 256),
        (click(), "trackingId", &text, 256),
        (click(), "eventType", &text, 256),
        (click(), "itemId", &text, 256),
        (click(), "eventId", &text, 256),
        (click(), "recommendationId", &text, 40),
        (click(), "properties", &properties, 1_024),
        (click(), "impression", &items, 25),
        (click(), "metricAttribution", &source, 1_024),
        (item(), "itemId", &text, 256),
        (item(), "properties", &properties, 32_000),
        (user(), "userId", &text, 256),
        (user(), "properties", &properties, 24_000),
    ];
    for (record, field, value, limit) in cases {
        accepted(&with(record.clone(), field, value(limit)));
        let reason = rejected(&with(record, field, value(limit + 1)));
        assert!(reason.starts_with(&format!("field {field}")), "{field}: {reason}");
        assert!(reason.contains(&(limit + 1).to_string()), "{field}: {reason}");
    }
}

#[test]
fn an_empty_value_is_under_the_lower_limit() {
    let empty = [
        ("sessionId", json!("")),
        ("userId", json!("")),
        ("trackingId", json!("")),
        ("eventType", json!("")),
        ("itemId", json!("")),
        ("eventId", json!("")),
        ("recommendationId", json!("")),
        ("impression", json!([])),
        ("metricAttribution", json!({"eventAttributionSource": ""})),
    ];
    for (field, value) in empty {
        let reason = rejected(&with(click(), field, value));
        assert!(reason.starts_with(&format!("field {field}")), "{field}: {reason}");
    }
}

#[test]
fn what_the_service_would_refuse_or_ignore_is_named() {
    let cases = [
        (
            "sessionId",
            json!("null"),
            "field sessionId: the text null, which Personalize ignores without an error",
        ),
        (
            "sentAt",
            json!("yesterday"),
            "field sentAt: not a time as RFC 3339 writes it",
        ),
        (
            "sentAt",
            json!("2000-07-30T18:45:03"),
            "field sentAt: not a time as RFC 3339 writes it",
        ),
        (
            "sentAt",
            json!("2000-02-30T18:45:03Z"),
            "field sentAt: not a time as RFC 3339 writes it",
        ),
        (
            "eventValue",
            json!(1e39),
            "field eventValue: out of the range of a 32-bit float",
        ),
        ("properties", json!(["a"]), "field properties: not an object"),
        ("impression", json!(["31", ""]), "field impression[1]: empty"),
        (
            "type",
            json!("secret"),
            "field type: none of interaction, item, user",
        ),
        ("type", Value::Null, "field type: missing"),
    ];
    for (field, value, expected) in cases {
        assert_eq!(rejected(&with(click(), field, value)), expected);
    }
}

#[test]
fn a_fault_of_the_format_names_the_field_and_no_value() {
    let cases = [
        ("sessionId", json!(12_345_678)),
        ("eventType", json!(["12345678"])),
        ("sentAt", json!(12_345_678)),
        ("eventValue", json!("12345678")),
        ("metricAttribution", json!("12345678")),
        ("schemaVersion", json!(12_345_678)),
    ];
    for (field, value) in cases {
        let payload = with(click(), field, value).to_string();
        let rejection = parse(payload, None).expect_err(field);
        assert!(rejection.reason.contains(field), "{field}: {}", rejection.reason);
        if field != "schemaVersion" {
            assert!(
                !rejection.reason.contains("12345678"),
                "{field}: {}",
                rejection.reason
            );
        }
    }
    for field in ["sessionId", "eventType", "sentAt"] {
        let mut payload = click();
        payload.as_object_mut().expect("an object").remove(field);
        assert!(rejected(&payload).contains(field), "{}", rejected(&payload));
    }
}

#[test]
fn the_kind_tells_a_broken_payload_from_a_broken_rule() {
    let kind = |payload: &[u8]| parse(payload.to_vec(), None).expect_err("rejected").kind;
    assert_eq!(kind(b"{\"schemaVersion\":"), RejectionKind::MalformedPayload);
    assert_eq!(kind(b"\xff\xfe"), RejectionKind::MalformedPayload);
    assert_eq!(kind(b""), RejectionKind::MalformedPayload);
    assert_eq!(
        kind(br#"{"schemaVersion":2}"#),
        RejectionKind::UnsupportedSchemaVersion
    );
    assert_eq!(kind(br#"{"schemaVersion":1}"#), RejectionKind::Invalid);
}

#[test]
fn a_record_without_a_dataset_is_rejected() {
    let mut destinations = destinations();
    destinations.items_dataset = None;
    destinations.users_dataset = None;
    let reason = |payload: Value| {
        let record = StreamRecord {
            id: sequence_number(0)
                .parse::<stream_batch::SequenceNumber>()
                .expect("a number")
                .into(),
            origin: std::sync::Arc::new(Origin {
                event_source_arn: STREAM_ARN.to_owned(),
                shard_id: None,
            }),
            partition_key: String::new(),
            explicit_hash_key: None,
            arrival_time_ms: None,
            data: payload.to_string().into(),
        };
        Record::parse(&record, &destinations)
            .expect_err("rejected")
            .reason
    };
    assert_eq!(
        reason(item("31", 1)),
        "field type: item, and no items dataset is configured"
    );
    assert_eq!(
        reason(user("u1", 1)),
        "field type: user, and no users dataset is configured"
    );
}
