//! From outcomes to Lambda's answer.

use serde_json::{Map, Value, json};
use stream_batch::{
    Batch, Blocked, BlockedKind, Deadline, LaneOptions, Outcome, Rejection, Report, Settled, Summary,
    deliver_in_lanes, dynamodb, kinesis,
};

use crate::event::{ARRIVAL_MS, dynamodb_record, event, kinesis_record};

/// The batch's items get the `outcomes`, each in a lane of its own.
async fn settle<T>(batch: Batch<T>, outcomes: Vec<Outcome>) -> Settled {
    assert_eq!(batch.items().len(), outcomes.len());
    let positions: Vec<_> = batch.items().iter().map(|item| item.record.id.clone()).collect();
    let outcomes = &outcomes;
    let options = LaneOptions {
        concurrency: 4,
        deadline: Deadline::never(),
    };
    let key = |item: &stream_batch::Item<T>| positions.iter().position(|id| *id == item.record.id).unwrap();
    deliver_in_lanes(batch, options, key, |mut lane| async move {
        let outcome = outcomes[*lane.key()].clone();
        if lane.next_chunk(1).is_some() {
            lane.report([outcome]);
        }
    })
    .await
}

fn batch(numbers: &[&str]) -> Batch {
    let records: Vec<_> = numbers
        .iter()
        .map(|number| kinesis_record(number, "k", b"x"))
        .collect();
    kinesis::decode(&event(&records)).unwrap()
}

fn blocked() -> Outcome {
    Outcome::Blocked(Blocked::sink("busy"))
}

fn rejected() -> Outcome {
    Outcome::Rejected(Rejection::invalid("field itemId: too long"))
}

async fn report(batch: Batch, outcomes: Vec<Outcome>, stored: Result<(), &str>) -> Report {
    settle(batch, outcomes).await.take_rejected().1.report(stored)
}

fn answer(report: &Report) -> Value {
    serde_json::to_value(report.response()).unwrap()
}

#[tokio::test]
async fn success_is_an_empty_list() {
    let report = report(batch(&["1"]), vec![Outcome::Delivered], Ok(())).await;
    assert_eq!(answer(&report), json!({"batchItemFailures": []}));
}

#[tokio::test]
async fn of_several_blocked_the_lowest_number_is_reported() {
    // As text, "100" comes before "20".
    let report = report(
        batch(&["9", "20", "100"]),
        vec![Outcome::Delivered, blocked(), blocked()],
        Ok(()),
    )
    .await;
    assert_eq!(
        answer(&report),
        json!({"batchItemFailures": [{"itemIdentifier": "20"}]})
    );
}

#[tokio::test]
async fn a_stored_dead_letter_is_passed() {
    let report = report(batch(&["1", "2"]), vec![rejected(), Outcome::Delivered], Ok(())).await;
    assert_eq!(report.rejected().len(), 1);
    assert_eq!(answer(&report), json!({"batchItemFailures": []}));
}

#[tokio::test]
async fn a_dead_letter_that_could_not_be_stored_is_blocked() {
    let outcomes = vec![Outcome::Delivered, rejected(), blocked()];
    let report = report(batch(&["1", "2", "3"]), outcomes, Err("no such bucket")).await;
    assert!(report.rejected().is_empty());
    assert_eq!(report.blocked()[0].blocked.kind, BlockedKind::DeadLetterStore);
    assert_eq!(
        report.blocked()[0].blocked.reason,
        "the dead-letter store failed: no such bucket"
    );
    assert_eq!(
        answer(&report),
        json!({"batchItemFailures": [{"itemIdentifier": "2"}]})
    );
}

#[tokio::test]
async fn a_store_that_fails_with_nothing_to_store_blocks_nothing() {
    let report = report(batch(&["1"]), vec![Outcome::Delivered], Err("no such bucket")).await;
    assert!(report.blocked().is_empty());
}

#[tokio::test]
async fn a_time_window_carries_its_state_beside_the_report() {
    let report = report(batch(&["1"]), vec![blocked()], Ok(())).await;
    let state = Map::from_iter([("count".to_owned(), json!("7"))]);
    assert_eq!(
        serde_json::to_value(report.window_response(state)).unwrap(),
        json!({"state": {"count": "7"}, "batchItemFailures": [{"itemIdentifier": "1"}]})
    );
}

#[tokio::test]
async fn a_dynamodb_batch_is_answered_the_same() {
    let batch = dynamodb::decode(&event(&[dynamodb_record("1"), dynamodb_record("20")])).unwrap();
    let settled = settle(batch, vec![Outcome::Delivered, blocked()]).await;
    let report = settled.take_rejected().1.report(Ok::<(), &str>(()));
    assert_eq!(
        answer(&report),
        json!({"batchItemFailures": [{"itemIdentifier": "20"}]})
    );
}

#[tokio::test]
async fn the_summary_adds_up() {
    let outcomes = vec![Outcome::Delivered, rejected(), blocked()];
    let report = report(batch(&["1", "2", "3"]), outcomes, Ok(())).await;
    let expected = Summary {
        received: 3,
        delivered: 1,
        rejected: 1,
        blocked: 1,
        deadline_stopped: 0,
        panicked_lanes: 0,
        max_iterator_age_ms: Some(1_500),
    };
    assert_eq!(report.summary(ARRIVAL_MS + 1_500), expected);
    assert_eq!(
        report.summary(ARRIVAL_MS - 1).max_iterator_age_ms,
        Some(0),
        "the clocks may differ"
    );
}

#[tokio::test]
async fn an_empty_batch_has_no_age() {
    let report = report(batch(&[]), vec![], Ok(())).await;
    assert_eq!(report.summary(ARRIVAL_MS), Summary::default());
}
