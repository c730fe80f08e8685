//! The edge through the real SDK client: what goes over the wire, and what each failure means.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use put_events_forwarder::call::Call;
use put_events_forwarder::personalize::{CallErrorKind, Personalize};
use put_events_forwarder::record::Record;
use serde_json::{Value, json};
use stream_batch::{Batch, kinesis};

use crate::support::destinations;
use crate::support::events::event_of;
use crate::support::records::{interaction, item, user};
use crate::support::stand_in::{Fate, edge, stand_in, state};

fn batch(payloads: &[Value]) -> Batch<Record> {
    let decoded = kinesis::decode(&event_of(payloads)).expect("an event");
    decoded.parse(|record| Record::parse(record, &destinations()))
}

/// Puts one interaction and returns what the failure means.
async fn kind_of(fate: Fate) -> Result<(), CallErrorKind> {
    let edge = edge(stand_in(), Arc::new(move |_| fate));
    let batch = batch(&[interaction("s1", None, "1")]);
    let interactions: Vec<_> = batch
        .items()
        .iter()
        .filter_map(|entry| entry.value.as_interaction())
        .collect();
    let call = Call::put_events(&interactions).expect("an event");
    edge.put(&call).await.map_err(|error| error.kind)
}

#[tokio::test]
async fn failures_are_told_apart() {
    use CallErrorKind::{Configuration, NotFound, Refused, Retryable};
    let cases = [
        (Fate::Answered(Duration::ZERO), Ok(())),
        (Fate::Fails(400, "InvalidInputException"), Err(Refused)),
        (Fate::Fails(400, "ThrottlingException"), Err(Retryable)),
        (Fate::Fails(429, "TooManyRequestsException"), Err(Retryable)),
        (Fate::Fails(429, "AnyOther"), Err(Retryable)),
        (Fate::Fails(500, "InternalFailure"), Err(Retryable)),
        (Fate::Fails(503, "ServiceUnavailable"), Err(Retryable)),
        (Fate::Fails(409, "ResourceInUseException"), Err(Retryable)),
        (Fate::Fails(404, "ResourceNotFoundException"), Err(NotFound)),
        (Fate::Fails(403, "AccessDeniedException"), Err(Configuration)),
        (Fate::Fails(403, "ExpiredTokenException"), Err(Configuration)),
        (Fate::LostBefore, Err(Retryable)),
        (Fate::LostAfter, Err(Retryable)),
    ];
    for (fate, expected) in cases {
        assert_eq!(kind_of(fate).await, expected, "{fate:?}");
    }
}

#[tokio::test]
async fn every_field_of_an_event_arrives() {
    let personalize = stand_in();
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let seen = bodies.clone();
    let edge = edge(
        personalize.clone(),
        Arc::new(move |body| {
            seen.lock().expect("no panic").push(body.to_vec());
            Fate::Answered(Duration::ZERO)
        }),
    );
    let full = json!({
        "schemaVersion": 1, "type": "interaction", "sessionId": "s1", "userId": "u1", "eventType": "rating",
        "itemId": "31", "sentAt": "2000-07-30T18:45:03Z", "eventId": "e1", "eventValue": 4.5,
        "properties": {"device": "phone"}, "impression": ["31", "32"], "recommendationId": "RID-1",
        "metricAttribution": {"eventAttributionSource": "partner"},
    });
    let batch = batch(&[full]);
    let interactions: Vec<_> = batch
        .items()
        .iter()
        .filter_map(|entry| entry.value.as_interaction())
        .collect();
    edge.put(&Call::put_events(&interactions).expect("an event"))
        .await
        .expect("taken");
    let body: Value = serde_json::from_slice(&bodies.lock().expect("no panic")[0]).expect("JSON");
    assert_eq!(
        body,
        json!({
            "trackingId": destinations().tracking_id.as_str(),
            "sessionId": "s1",
            "userId": "u1",
            "eventList": [{
                "eventId": "e1",
                "eventType": "rating",
                "eventValue": 4.5,
                "itemId": "31",
                "sentAt": 964_982_703,
                "properties": "{\"device\":\"phone\"}",
                "impression": ["31", "32"],
                "recommendationId": "RID-1",
                "metricAttribution": {"eventAttributionSource": "partner"},
            }],
        })
    );
    assert_eq!(state(&personalize, "interactions").len(), 1);
}

#[tokio::test]
async fn items_and_users_arrive_in_their_datasets() {
    let personalize = stand_in();
    let edge = edge(personalize.clone(), Arc::new(|_| Fate::Answered(Duration::ZERO)));
    let batch = batch(&[item("i1", 1), item("i2", 1), user("u1", 1)]);
    let entries = || batch.items().iter().map(|entry| &entry.value);
    edge.put(&Call::PutItems(entries().filter_map(Record::as_item).collect()))
        .await
        .expect("taken");
    edge.put(&Call::PutUsers(entries().filter_map(Record::as_user).collect()))
        .await
        .expect("taken");
    let ids = |part, id: &str| -> Vec<_> {
        let rows = state(&personalize, part).into_iter();
        rows.map(|row| row[id].as_str().expect("an id").to_owned())
            .collect()
    };
    assert_eq!(ids("items", "itemId"), ["i1", "i2"]);
    assert_eq!(ids("users", "userId"), ["u1"]);
    assert_eq!(
        state(&personalize, "items")[0]["properties"],
        json!("{\"version\":1}")
    );
}
