//! An event from end to end.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Context, LambdaEvent};
use sensor_state_writer::Handler;
use serde_json::{Value, json};
use stream_batch::{BatchResponse, RejectionKind};
use telemetry_emf::Metrics;

use crate::support::appsync::AppSync;
use crate::support::dynamodb::DynamoDb;
use crate::support::events::{event, reading, readings, sequence_number};
use crate::support::faults::{Always, Fate, NoFaults, Operation, Script};
use crate::support::letters::Letters;
use crate::support::{checkpoint, config, handler};

const TIME: Duration = Duration::from_secs(30);

async fn write(dynamodb: &DynamoDb, letters: &Letters, payloads: &[Value], time: Duration) -> BatchResponse {
    let response = handler(dynamodb, None, letters)
        .write(&event(payloads), time)
        .await;
    response.expect("an event")
}

#[tokio::test(start_paused = true)]
async fn poison_is_rejected_alone_with_its_payload() {
    let mut unknown = reading("d-1", 1);
    unknown["schemaVersion"] = json!(2);
    let mut too_hot = reading("d-1", 2);
    too_hot["value"] = json!(1e9);
    let payloads = [reading("d-1", 0), json!([]), unknown, too_hot, reading("d-1", 3)];
    let (dynamodb, letters) = (DynamoDb::new(NoFaults), Letters::default());
    let response = write(&dynamodb, &letters, &payloads, TIME).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(
        dynamodb.history_ids(),
        ["d-1/temperature-1/0", "d-1/temperature-1/3"]
    );
    assert_eq!(dynamodb.latest_ids(), ["d-1/temperature-1/3"]);
    let stored = letters.stored();
    let kinds: Vec<_> = stored.iter().map(|letter| letter.kind).collect();
    assert_eq!(
        kinds,
        [
            RejectionKind::MalformedPayload,
            RejectionKind::UnsupportedSchemaVersion,
            RejectionKind::Invalid
        ]
    );
    for (place, letter) in (1..).zip(&stored) {
        assert_eq!(letter.sequence_number.as_str(), sequence_number(place));
        assert_eq!(letter.payload, payloads[place].to_string().as_bytes());
        assert_eq!(letter.attempts, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_that_is_not_stored_is_blocked() {
    let (dynamodb, letters) = (DynamoDb::new(NoFaults), Letters::down());
    let response = write(&dynamodb, &letters, &[reading("d-1", 0), json!({})], TIME).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(1).as_str()));
    assert_eq!(dynamodb.latest_ids(), ["d-1/temperature-1/0"]);
}

#[tokio::test(start_paused = true)]
async fn without_time_everything_comes_again() {
    let (dynamodb, letters) = (DynamoDb::new(NoFaults), Letters::default());
    let response = write(&dynamodb, &letters, &readings(2), Duration::ZERO).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(0).as_str()));
    assert!(dynamodb.calls(Operation::BatchWriteItem).is_empty());
}

/// A batch that is too large for its time gets on all the same: each time some of it is done.
#[tokio::test(start_paused = true)]
async fn time_that_runs_out_blocks_what_is_left_and_not_what_is_done() {
    let slow = Always(Operation::BatchWriteItem, Fate::Answered(Duration::from_secs(2)));
    let (dynamodb, letters) = (DynamoDb::new(slow), Letters::default());
    // A fifth of the time is kept for the answer, and a third of the rest for the latest states.
    let response = write(&dynamodb, &letters, &readings(300), Duration::from_secs(8)).await;
    // Three shares of four calls, of which two have the time.
    let checkpoint = checkpoint(&response).expect("some of it comes again");
    assert_eq!(checkpoint, sequence_number(50));
    let newest = 249;
    assert_eq!(dynamodb.latest_ids(), [format!("d-1/temperature-1/{newest}")]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_blocks_the_batch_and_keeps_its_dead_letters() {
    for operation in [Operation::BatchWriteItem, Operation::PutItem] {
        let dynamodb = DynamoDb::new(Always(operation, Fate::Panics));
        let letters = Letters::default();
        let response = write(&dynamodb, &letters, &[json!({}), reading("d-1", 0)], TIME).await;
        assert_eq!(checkpoint(&response), Some(sequence_number(1).as_str()));
        assert_eq!(letters.stored().len(), 1);
    }
}

#[tokio::test]
async fn an_event_of_another_kind_is_an_error() {
    let (dynamodb, letters) = (DynamoDb::new(NoFaults), Letters::default());
    let handler = handler(&dynamodb, None, &letters);
    for event in ["{}", "[]", r#"{"Records":[{"eventSource":"aws:s3"}]}"#] {
        assert!(handler.write(event.as_bytes(), TIME).await.is_err(), "{event}");
    }
}

/// A writer that a test can read.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic before").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn everything_is_counted() {
    let throttled = Fate::Fails(400, "ThrottlingException");
    let dynamodb = DynamoDb::new(Script::of(Operation::PutItem, [throttled]));
    let letters = Letters::default();
    let (config, lines) = (config(), Lines::default());
    let metrics = Metrics::to(config.metrics.clone(), lines.clone());
    let handler = Handler::new(&config, dynamodb.sinks(None), &letters, metrics, || 0.5);
    let mut payloads = readings(2);
    payloads.push(json!({}));
    let response = handler.write(&event(&payloads), TIME).await.expect("an event");
    assert_eq!(checkpoint(&response), None);
    let line: Value =
        serde_json::from_slice(&lines.0.lock().expect("no panic before")).expect("one line of JSON");
    for (name, count) in [
        ("RecordsReceived", 3),
        ("RecordsDelivered", 2),
        ("RecordsRejected", 1),
        ("RecordsBlocked", 0),
        ("RecordsRetried", 1),
    ] {
        assert_eq!(line[name], json!(count), "{name}");
    }
}

/// As the runtime calls it: the event parsed by serde, the deadline in the context, a future that may move to another
/// thread.
#[tokio::test]
async fn the_runtime_can_call_it() {
    let (dynamodb, appsync) = (DynamoDb::new(NoFaults), AppSync::new(NoFaults));
    let handler = handler(&dynamodb, Some(&appsync), Box::leak(Box::default()));
    let call = async move {
        let payload = serde_json::from_slice(&event(&readings(1))).expect("JSON");
        let mut context = Context::default();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        context.deadline = (now + TIME).as_millis() as u64;
        let response = handler.handle(LambdaEvent { payload, context }).await;
        serde_json::to_value(response.expect("an event")).expect("JSON")
    };
    let answer: Value = tokio::spawn(call).await.expect("no panic");
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!(dynamodb.latest_ids(), ["d-1/temperature-1/0"]);
    assert_eq!(appsync.published_ids(), ["d-1/temperature-1/0"]);
}
