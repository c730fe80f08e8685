//! The edge through the real SDK client: what goes over the wire, and what each failure means.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;
use stream_batch::BatchResponse;

use crate::support::events::{event, insert, partition_key, sequence_number};
use crate::support::handler;
use crate::support::kinesis::{Fate, Faults, Kinesis, NoFaults};
use crate::support::letters::Letters;

const TIME: Duration = Duration::from_secs(30);

/// Fates of the calls, one after the other; then everything is answered.
struct Script(Mutex<VecDeque<Fate>>);

impl Faults for Script {
    fn call(&self) -> Fate {
        let next = self.0.lock().expect("no panic before").pop_front();
        next.unwrap_or(Fate::Answered(Duration::ZERO))
    }
}

/// Forwards one change over a Kinesis of these fates; answers the response, and how many calls it took.
async fn forward_one(fates: &[Fate]) -> (BatchResponse, usize) {
    let kinesis = Kinesis::new(Script(Mutex::new(fates.iter().copied().collect())));
    let letters = Letters::default();
    let event = event(&[insert("o-1", 1, json!({}))]);
    let response = handler(&kinesis, &letters, &[]).forward(&event, TIME).await;
    assert!(letters.stored().is_empty());
    (response.expect("an event"), kinesis.calls().len())
}

fn comes_again(response: &BatchResponse) -> bool {
    !response.batch_item_failures.is_empty()
}

#[tokio::test(start_paused = true)]
async fn what_may_succeed_later_is_sent_again() {
    for fate in [
        Fate::Fails(400, "ProvisionedThroughputExceededException"),
        Fate::Fails(400, "KMSThrottlingException"),
        Fate::Fails(500, "InternalFailure"),
        Fate::Fails(503, "ServiceUnavailable"),
        Fate::LostBefore,
        Fate::LostAfter,
    ] {
        let (response, calls) = forward_one(&[fate]).await;
        assert!(!comes_again(&response), "{fate:?}");
        assert_eq!(calls, 2, "{fate:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_needs_somebody_to_mend_it_waits_in_the_stream() {
    for code in [
        "ResourceNotFoundException",
        "AccessDeniedException",
        "KMSAccessDeniedException",
        "KMSDisabledException",
        "InvalidArgumentException",
    ] {
        let (response, calls) = forward_one(&[Fate::Fails(400, code)]).await;
        assert!(comes_again(&response), "{code}");
        assert_eq!(calls, 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_that_fails_alone_is_sent_again_alone() {
    /// The second record fails once.
    struct SecondFails(Mutex<u32>);

    impl Faults for SecondFails {
        fn entry(&self) -> Option<&'static str> {
            let mut entries = self.0.lock().expect("no panic before");
            *entries += 1;
            (*entries == 2).then_some("ProvisionedThroughputExceededException")
        }
    }

    let kinesis = Kinesis::new(SecondFails(Mutex::default()));
    let letters = Letters::default();
    let changes = [1, 2, 3].map(|line| insert("o-1", line, json!({})));
    let response = handler(&kinesis, &letters, &[])
        .forward(&event(&changes), TIME)
        .await;
    assert!(!comes_again(&response.expect("an event")));
    assert_eq!(kinesis.calls(), [3, 1]);
    let keys: Vec<_> = kinesis
        .stored()
        .into_iter()
        .map(|record| record.partition_key)
        .collect();
    assert_eq!(keys, [1, 3, 2].map(|line| partition_key("o-1", line)));
}

#[tokio::test(start_paused = true)]
async fn one_call_takes_the_records_of_500_items() {
    let kinesis = Kinesis::new(NoFaults);
    let letters = Letters::default();
    let changes: Vec<_> = (0..1_001).map(|line| insert("o-1", line, json!({}))).collect();
    let response = handler(&kinesis, &letters, &[])
        .forward(&event(&changes), TIME)
        .await;
    assert!(!comes_again(&response.expect("an event")));
    assert_eq!(kinesis.calls(), [500, 500, 1]);
}

#[tokio::test(start_paused = true)]
async fn changes_of_one_item_are_in_calls_of_their_own() {
    let kinesis = Kinesis::new(NoFaults);
    let letters = Letters::default();
    let changes = [1, 2, 1, 3, 1].map(|line| insert("o-1", line, json!({})));
    let response = handler(&kinesis, &letters, &[])
        .forward(&event(&changes), TIME)
        .await;
    assert!(!comes_again(&response.expect("an event")));
    assert_eq!(kinesis.calls(), [3, 1, 1]);
    let first = kinesis
        .stored()
        .into_iter()
        .filter(|record| record.partition_key == partition_key("o-1", 1));
    let numbers: Vec<_> = first
        .map(|record| record.json()["sequenceNumber"].clone())
        .collect();
    assert_eq!(numbers, [0, 2, 4].map(sequence_number));
}

#[tokio::test(start_paused = true)]
async fn a_call_has_at_most_10_mib() {
    let kinesis = Kinesis::new(NoFaults);
    let letters = Letters::default();
    let note = "x".repeat(900 << 10);
    let changes: Vec<_> = (0..13)
        .map(|line| insert("o-1", line, json!({"note": {"S": note}})))
        .collect();
    let response = handler(&kinesis, &letters, &[])
        .forward(&event(&changes), TIME)
        .await;
    assert!(!comes_again(&response.expect("an event")));
    // The service above refuses a larger one.
    assert_eq!(kinesis.calls(), [11, 2]);
}
