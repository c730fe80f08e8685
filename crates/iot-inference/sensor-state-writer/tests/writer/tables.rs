//! The tables through the real SDK client: what goes over the wire, and what each failure means.

use std::time::Duration;

use serde_json::{Value, json};
use stream_batch::{BatchResponse, RejectionKind};

use crate::support::dynamodb::DynamoDb;
use crate::support::events::{event, measured, reading, readings, sequence_number};
use crate::support::faults::{Always, Fate, Faults, NoFaults, Operation, Script};
use crate::support::letters::Letters;
use crate::support::{checkpoint, handler};

const TIME: Duration = Duration::from_secs(30);

async fn write(dynamodb: &DynamoDb, readings: &[Value]) -> (BatchResponse, Letters) {
    let letters = Letters::default();
    let response = handler(dynamodb, None, &letters)
        .write(&event(readings), TIME)
        .await;
    (response.expect("an event"), letters)
}

fn ids(sequences: &[u64]) -> Vec<String> {
    let id = |sequence| format!("d-1/temperature-1/{sequence}");
    sequences.iter().map(id).collect()
}

#[tokio::test(start_paused = true)]
async fn only_the_newest_reading_of_a_sensor_is_tried_as_its_latest_state() {
    let dynamodb = DynamoDb::new(NoFaults);
    // The second comes late, the last is a repeat of the newest.
    let mut batch = vec![
        measured("d-1", 0, 50),
        measured("d-1", 1, 10),
        measured("d-1", 2, 60),
        measured("d-1", 2, 60),
        measured("d-2", 7, 5),
    ];
    let (response, _) = write(&dynamodb, &batch).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(
        dynamodb.latest_ids(),
        ["d-1/temperature-1/2", "d-2/temperature-1/7"]
    );
    assert_eq!(dynamodb.calls(Operation::PutItem), [1, 1]);
    // What comes twice is put once.
    assert_eq!(dynamodb.calls(Operation::BatchWriteItem), [4]);
    assert_eq!(dynamodb.history().len(), 4);

    // The batch comes again, without its newest.
    batch.truncate(2);
    let (response, _) = write(&dynamodb, &batch).await;
    assert_eq!(checkpoint(&response), None, "a late reading is delivered");
    assert_eq!(
        dynamodb.latest_ids(),
        ["d-1/temperature-1/2", "d-2/temperature-1/7"]
    );
    assert_eq!(dynamodb.states().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn of_one_moment_the_higher_number_wins() {
    let dynamodb = DynamoDb::new(NoFaults);
    for sequence in [9, 10, 8] {
        let (response, _) = write(&dynamodb, &[measured("d-1", sequence, 1)]).await;
        assert_eq!(checkpoint(&response), None);
    }
    assert_eq!(dynamodb.latest_ids(), ids(&[10]));
    assert_eq!(dynamodb.states().len(), 2);
    assert_eq!(dynamodb.history_ids(), ids(&[8, 9, 10]));
}

#[tokio::test(start_paused = true)]
async fn what_may_succeed_later_is_sent_again() {
    for operation in [Operation::BatchWriteItem, Operation::PutItem] {
        for fate in [
            Fate::Fails(400, "ProvisionedThroughputExceededException"),
            Fate::Fails(400, "ThrottlingException"),
            Fate::Fails(400, "ReplicatedWriteConflictException"),
            Fate::Fails(500, "InternalServerError"),
            Fate::LostBefore,
            Fate::LostAfter,
        ] {
            let dynamodb = DynamoDb::new(Script::of(operation, [fate, fate]));
            let (response, _) = write(&dynamodb, &readings(1)).await;
            assert_eq!(checkpoint(&response), None, "{operation:?} {fate:?}");
            assert_eq!(dynamodb.calls(operation), [1, 1, 1], "{operation:?} {fate:?}");
            assert_eq!(dynamodb.latest_ids(), ids(&[0]));
            assert_eq!(dynamodb.history_ids(), ids(&[0]));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_throttle_that_does_not_end_blocks_and_nothing_is_lost() {
    let throttled = Fate::Fails(400, "ProvisionedThroughputExceededException");
    for (operation, latest) in [(Operation::BatchWriteItem, 0), (Operation::PutItem, 0)] {
        let dynamodb = DynamoDb::new(Always(operation, throttled));
        let (response, letters) = write(&dynamodb, &readings(3)).await;
        assert_eq!(checkpoint(&response), Some(sequence_number(0).as_str()));
        assert_eq!(dynamodb.calls(operation).len(), 8, "{operation:?}");
        assert_eq!(dynamodb.latest().len(), latest);
        assert!(letters.stored().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_needs_somebody_to_mend_it_waits_in_the_stream() {
    for operation in [Operation::BatchWriteItem, Operation::PutItem] {
        for code in ["ResourceNotFoundException", "AccessDeniedException"] {
            let dynamodb = DynamoDb::new(Always(operation, Fate::Fails(400, code)));
            let (response, letters) = write(&dynamodb, &readings(1)).await;
            assert_eq!(checkpoint(&response), Some(sequence_number(0).as_str()), "{code}");
            assert_eq!(dynamodb.calls(operation), [1], "{code}");
            assert!(letters.stored().is_empty());
        }
    }
}

/// What is wrong with an item is found before: a call that is refused tells of a table with other keys.
#[tokio::test(start_paused = true)]
async fn a_history_that_takes_no_call_is_waited_for() {
    let invalid = Fate::Fails(400, "ValidationException");
    let dynamodb = DynamoDb::new(Always(Operation::BatchWriteItem, invalid));
    let (response, letters) = write(&dynamodb, &readings(2)).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(0).as_str()));
    assert!(letters.stored().is_empty() && dynamodb.latest().is_empty());
}

#[tokio::test(start_paused = true)]
async fn sensors_advance_side_by_side_and_no_more_than_are_allowed() {
    let slow = Fate::Answered(Duration::from_secs(1));
    let dynamodb = DynamoDb::new(Always(Operation::PutItem, slow));
    let start = tokio::time::Instant::now();
    let batch: Vec<_> = (0..7).map(|device| reading(&format!("d-{device}"), 0)).collect();
    let (response, _) = write(&dynamodb, &batch).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(dynamodb.latest().len(), 7);
    // Three at once.
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_the_table_never_takes_is_rejected_and_the_next_newest_is_tried() {
    let invalid = Fate::Fails(400, "ValidationException");
    let dynamodb = DynamoDb::new(Script::of(Operation::PutItem, [invalid]));
    let (response, letters) = write(&dynamodb, &readings(3)).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(dynamodb.latest_ids(), ids(&[1]));
    let stored = letters.stored();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].sequence_number.as_str(), sequence_number(2));
    assert_eq!((stored[0].kind, stored[0].attempts), (RejectionKind::Refused, 1));
    assert_eq!(
        stored[0].reason,
        format!(
            "record {}: PutItem: ValidationException: as told",
            sequence_number(2)
        )
    );
    let payload: Value = serde_json::from_slice(&stored[0].payload).expect("JSON");
    assert_eq!(payload, reading("d-1", 2));
}

#[tokio::test(start_paused = true)]
async fn an_unprocessed_write_is_sent_again_alone() {
    /// The second write fails once.
    struct SecondFails(std::sync::Mutex<u32>);

    impl Faults for SecondFails {
        fn entry_fails(&self) -> bool {
            let mut entries = self.0.lock().expect("no panic before");
            *entries += 1;
            *entries == 2
        }
    }

    let dynamodb = DynamoDb::new(SecondFails(Default::default()));
    let (response, _) = write(&dynamodb, &readings(3)).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(dynamodb.calls(Operation::BatchWriteItem), [3, 1]);
    assert_eq!(dynamodb.history_ids(), ids(&[0, 1, 2]));
}

#[tokio::test(start_paused = true)]
async fn the_latest_state_is_never_ahead_of_the_history() {
    /// The third write fails each time.
    struct ThirdFails(std::sync::Mutex<u32>);

    impl Faults for ThirdFails {
        fn entry_fails(&self) -> bool {
            let mut entries = self.0.lock().expect("no panic before");
            *entries += 1;
            *entries >= 3
        }
    }

    let dynamodb = DynamoDb::new(ThirdFails(Default::default()));
    let (response, _) = write(&dynamodb, &readings(3)).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(2).as_str()));
    assert_eq!(dynamodb.history_ids(), ids(&[0, 1]));
    assert_eq!(dynamodb.latest_ids(), ids(&[1]));
}

#[tokio::test(start_paused = true)]
async fn a_call_takes_25_writes_and_calls_go_side_by_side() {
    let dynamodb = DynamoDb::new(Always(
        Operation::BatchWriteItem,
        Fate::Answered(Duration::from_secs(1)),
    ));
    let start = tokio::time::Instant::now();
    let (response, _) = write(&dynamodb, &readings(151)).await;
    assert_eq!(checkpoint(&response), None);
    let mut calls = dynamodb.calls(Operation::BatchWriteItem);
    calls.sort_unstable();
    assert_eq!(calls, [1, 25, 25, 25, 25, 25, 25]);
    // Three at once: shares of three, three and one call.
    assert_eq!(start.elapsed().as_secs(), 3);
    assert_eq!(dynamodb.history().len(), 151);
}

#[tokio::test(start_paused = true)]
async fn readings_that_say_the_same_number_and_moment_are_one() {
    let dynamodb = DynamoDb::new(NoFaults);
    let (one, mut other) = (reading("d-1", 0), reading("d-1", 0));
    other["value"] = json!(22);
    let (response, _) = write(&dynamodb, &[one, other]).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(dynamodb.history_ids(), ids(&[0]));
    let values: Vec<_> = dynamodb
        .history()
        .values()
        .map(|item| item["value"].clone())
        .collect();
    assert_eq!(values, [json!({"N": "21.5"})]);
}
