//! Subscribers: who is told of what, and that nothing about them reaches the state.

use std::time::Duration;

use serde_json::{Value, json};
use stream_batch::BatchResponse;

use crate::support::appsync::AppSync;
use crate::support::dynamodb::DynamoDb;
use crate::support::events::{event, measured, reading};
use crate::support::faults::{Always, Fate, NoFaults, Operation, Script};
use crate::support::letters::Letters;
use crate::support::{checkpoint, handler};

const TIME: Duration = Duration::from_secs(30);

async fn write(dynamodb: &DynamoDb, appsync: &AppSync, readings: &[Value]) -> BatchResponse {
    let letters = Letters::default();
    let response = handler(dynamodb, Some(appsync), &letters)
        .write(&event(readings), TIME)
        .await;
    response.expect("an event")
}

/// As [`write`], and the state is written.
async fn store(dynamodb: &DynamoDb, appsync: &AppSync, readings: &[Value]) {
    assert_eq!(checkpoint(&write(dynamodb, appsync, readings).await), None);
}

#[tokio::test(start_paused = true)]
async fn the_mutation_carries_the_reading_and_selects_all_of_it() {
    let (dynamodb, appsync) = (DynamoDb::new(NoFaults), AppSync::new(NoFaults));
    store(&dynamodb, &appsync, &[reading("d-1", 5)]).await;
    let [request] = &appsync.requests()[..] else {
        panic!("one request");
    };
    let input = json!({
        "deviceId": "d-1",
        "sensorId": "temperature-1",
        "site": "hamburg",
        "measure": "temperature",
        "unit": "Cel",
        "value": 21.5,
        "quality": "good",
        "measuredAt": "2026-01-01T00:00:05.000Z",
        "sequence": "5",
        "readingId": "d-1/temperature-1/5",
    });
    assert_eq!(request["variables"], json!({"reading": input}));
    let query = request["query"].as_str().expect("text");
    assert!(query.starts_with("mutation PublishReading($reading: ReadingInput!) {"));
    // A field that the mutation does not select is null for every subscriber.
    for field in input.as_object().expect("an object").keys() {
        assert!(query.contains(&format!("    {field}\n")), "{field}");
    }
}

#[tokio::test(start_paused = true)]
async fn subscribers_are_told_of_what_is_the_latest_state_and_of_nothing_else() {
    let (dynamodb, appsync) = (DynamoDb::new(NoFaults), AppSync::new(NoFaults));
    let batch = [
        measured("d-1", 0, 10),
        measured("d-1", 1, 20),
        measured("d-2", 0, 1),
    ];
    store(&dynamodb, &appsync, &batch).await;
    let mut told = appsync.published_ids();
    told.sort();
    assert_eq!(told, ["d-1/temperature-1/1", "d-2/temperature-1/0"]);

    // Late ones are stored and not told of.
    store(&dynamodb, &appsync, &[measured("d-1", 2, 15)]).await;
    assert_eq!(dynamodb.history().len(), 4);
    assert_eq!(appsync.published_ids().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_was_lost_is_told_of() {
    let dynamodb = DynamoDb::new(Script::of(Operation::PutItem, [Fate::LostAfter]));
    let appsync = AppSync::new(NoFaults);
    let response = write(&dynamodb, &appsync, &[reading("d-1", 0)]).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(dynamodb.calls(Operation::PutItem), [1, 1]);
    assert_eq!(appsync.published_ids(), ["d-1/temperature-1/0"]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_notification_never_fails_the_state() {
    for fate in [
        Fate::Fails(200, "Unauthorized"),
        Fate::Fails(401, "UnauthorizedException"),
        Fate::Fails(400, "BadRequestException"),
        Fate::Fails(429, "ThrottlingException"),
        Fate::Fails(500, "InternalFailure"),
        Fate::LostBefore,
        Fate::LostAfter,
        Fate::Panics,
        // AppSync's own limit for a request.
        Fate::Answered(Duration::from_secs(30)),
    ] {
        let dynamodb = DynamoDb::new(NoFaults);
        let appsync = AppSync::new(Always(Operation::Publish, fate));
        let start = tokio::time::Instant::now();
        let response = write(&dynamodb, &appsync, &[reading("d-1", 0), reading("d-2", 0)]).await;
        assert_eq!(checkpoint(&response), None, "{fate:?}");
        assert_eq!(dynamodb.latest().len(), 2, "{fate:?}");
        assert!(!appsync.requests().is_empty(), "{fate:?}");
        let seconds = start.elapsed().as_secs();
        assert!(seconds <= 5, "{fate:?} kept the batch for {seconds} seconds");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_succeed_later_is_published_again() {
    for (fate, calls) in [
        (Fate::Fails(429, "ThrottlingException"), 2),
        (Fate::Fails(200, "ThrottlingException"), 2),
        (Fate::Fails(503, "ServiceUnavailable"), 2),
        (Fate::LostBefore, 2),
        (Fate::LostAfter, 2),
        (Fate::Fails(200, "Unauthorized"), 1),
        (Fate::Fails(403, "AccessDeniedException"), 1),
    ] {
        let dynamodb = DynamoDb::new(NoFaults);
        let appsync = AppSync::new(Script::of(Operation::Publish, [fate]));
        store(&dynamodb, &appsync, &[reading("d-1", 0)]).await;
        assert_eq!(appsync.requests().len(), calls, "{fate:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_latest_state_nobody_is_told() {
    let throttled = Fate::Fails(400, "ThrottlingException");
    let dynamodb = DynamoDb::new(Always(Operation::PutItem, throttled));
    let appsync = AppSync::new(NoFaults);
    let response = write(&dynamodb, &appsync, &[reading("d-1", 0)]).await;
    assert!(checkpoint(&response).is_some());
    assert!(appsync.requests().is_empty());
}
