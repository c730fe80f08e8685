//! What becomes of records when calls fail.

use std::time::Duration;

use put_events_forwarder::personalize::CallErrorKind::{Configuration, NotFound, Refused, Retryable};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::events::{event_of, sequence_number};
use crate::support::fakes::{FakePersonalize, Letters};
use crate::support::records::{interaction, item, with};
use crate::support::{handler, handler_with_share};

const TIME: Duration = Duration::from_secs(30);

/// Handles these payloads and returns the place of the record that is reported.
async fn reported(personalize: &FakePersonalize, letters: &Letters, payloads: &[Value]) -> Option<usize> {
    let handler = handler(personalize, letters);
    let response = handler
        .forward(&event_of(payloads), TIME)
        .await
        .expect("an event");
    let numbers: Vec<_> = response
        .batch_item_failures
        .iter()
        .map(|failure| failure.item_identifier.as_str().to_owned())
        .collect();
    assert!(numbers.len() <= 1, "one checkpoint at most");
    let number = numbers.first()?;
    (0..payloads.len()).find(|place| sequence_number(*place) == *number)
}

fn session_of(items: &[&str]) -> Vec<Value> {
    items
        .iter()
        .map(|item| interaction("s1", Some("u1"), item))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_throttled_call_is_made_again_until_it_succeeds() {
    let personalize = FakePersonalize::answering([Err(Retryable), Err(Retryable), Err(Retryable)]);
    let letters = Letters::default();
    let start = Instant::now();
    assert_eq!(
        reported(&personalize, &letters, &session_of(&["1", "2"])).await,
        None
    );
    assert_eq!(personalize.calls(), vec![vec!["1", "2"]; 4]);
    // Half of 50, 100 and 200 ms: the fakes' random number is 0.5.
    assert_eq!((Instant::now() - start).as_millis() / 25, 175 / 25);
    assert!(letters.stored().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_until_the_deadline_is_blocked() {
    let personalize = FakePersonalize::answering(vec![Err(Retryable); 10_000]);
    let letters = Letters::default();
    let start = Instant::now();
    assert_eq!(
        reported(&personalize, &letters, &session_of(&["1", "2"])).await,
        Some(0)
    );
    assert!(Instant::now() - start <= TIME);
    assert!(letters.stored().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_blocked_call_stops_its_session_and_no_other() {
    let personalize = FakePersonalize::answering([Err(Configuration)]);
    let letters = Letters::default();
    let mut payloads = session_of(&["1"]);
    payloads.push(interaction("s2", None, "2"));
    payloads.extend(session_of(&["3"]));
    payloads.push(interaction("s1", None, "4"));
    assert_eq!(reported(&personalize, &letters, &payloads).await, Some(0));
    assert_eq!(personalize.calls(), [vec!["1", "3"], vec!["2"]]);
}

#[tokio::test(start_paused = true)]
async fn of_a_refused_call_only_the_entries_that_are_refused_singly_are_rejected() {
    let personalize = FakePersonalize::refusing(|item| item == "2");
    let letters = Letters::default();
    assert_eq!(
        reported(&personalize, &letters, &session_of(&["1", "2", "3"])).await,
        None
    );
    assert_eq!(
        personalize.calls(),
        [vec!["1", "2", "3"], vec!["1"], vec!["2"], vec!["3"]]
    );
    let stored = letters.stored();
    let payloads: Vec<Value> = stored
        .iter()
        .map(|letter| serde_json::from_slice(&letter.payload).expect("JSON"))
        .collect();
    assert_eq!(payloads, [session_of(&["2"])[0].clone()]);
    assert_eq!(stored[0].attempts, 2);
    assert!(
        stored[0].reason.ends_with("PutEvents failed: Refused"),
        "{}",
        stored[0].reason
    );
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_is_blocked_while_isolating_stops_those_behind_it() {
    let personalize = FakePersonalize::answering([Err(Refused), Ok(()), Err(Configuration)]);
    let letters = Letters::default();
    assert_eq!(
        reported(&personalize, &letters, &session_of(&["1", "2", "3"])).await,
        Some(1)
    );
    assert_eq!(personalize.calls(), [vec!["1", "2", "3"], vec!["1"], vec!["2"]]);
}

#[tokio::test(start_paused = true)]
async fn a_missing_tracker_or_dataset_blocks() {
    for payload in [interaction("s1", None, "1"), item("1", 1)] {
        let personalize = FakePersonalize::answering([Err(NotFound)]);
        let letters = Letters::default();
        assert_eq!(reported(&personalize, &letters, &[payload]).await, Some(0));
        assert!(letters.stored().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_tracker_that_the_record_names_itself_is_the_records_fault() {
    let personalize = FakePersonalize::answering([Err(NotFound)]);
    let letters = Letters::default();
    let payload = with(interaction("s1", None, "1"), "trackingId", json!("nobody's"));
    assert_eq!(reported(&personalize, &letters, &[payload]).await, None);
    assert_eq!(letters.stored().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_blocked_call_of_items_stops_later_versions() {
    let personalize = FakePersonalize::answering([Ok(()), Err(Configuration)]);
    let letters = Letters::default();
    let payloads = [item("a", 1), item("b", 1), item("a", 2), item("a", 3)];
    assert_eq!(reported(&personalize, &letters, &payloads).await, Some(2));
    assert_eq!(personalize.calls(), [vec!["a", "b"], vec!["a"]]);
}

#[tokio::test(start_paused = true)]
async fn calls_keep_to_the_share_of_the_quota() {
    let personalize = FakePersonalize::default();
    let letters = Letters::default();
    let handler = handler_with_share("10", &personalize, &letters);
    let sessions: Vec<_> = (0..21)
        .map(|n| interaction(&format!("s{n}"), None, "1"))
        .collect();
    let start = Instant::now();
    let response = handler
        .forward(&event_of(&sessions), TIME)
        .await
        .expect("an event");
    assert!(response.batch_item_failures.is_empty());
    assert_eq!(personalize.calls().len(), 21);
    assert!(Instant::now() - start >= Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn what_the_share_leaves_no_time_for_is_blocked() {
    let personalize = FakePersonalize::default();
    let letters = Letters::default();
    let handler = handler_with_share("10", &personalize, &letters);
    let sessions: Vec<_> = (0..21)
        .map(|n| interaction(&format!("s{n}"), None, "1"))
        .collect();
    // A fifth is kept for the answer.
    let time = Duration::from_millis(950) * 5 / 4;
    let response = handler
        .forward(&event_of(&sessions), time)
        .await
        .expect("an event");
    let failures = response.batch_item_failures;
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].item_identifier.as_str(), sequence_number(10));
    assert_eq!(personalize.calls().len(), 10);
}
