//! An event from end to end.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use firehose_writer::Handler;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use stream_batch::{BatchResponse, RejectionKind};
use telemetry_emf::Metrics;

use crate::support::events::{event, reading, readings, sequence_number};
use crate::support::firehose::{Fate, Faults, Firehose, NoFaults};
use crate::support::letters::Letters;
use crate::support::{config, handler};

const TIME: Duration = Duration::from_secs(30);

async fn write(firehose: &Firehose, letters: &Letters, payloads: &[impl AsRef<[u8]>]) -> BatchResponse {
    let response = handler(firehose, letters).write(&event(payloads), TIME).await;
    response.expect("an event")
}

/// The number that is reported.
fn checkpoint(response: &BatchResponse) -> Option<&str> {
    let failures = response.batch_item_failures.first();
    failures.map(|failure| failure.item_identifier.as_str())
}

fn ids(sequences: &[u64]) -> Vec<String> {
    let id = |sequence| format!("d-1/temperature-1/{sequence}");
    sequences.iter().map(id).collect()
}

/// Refuses a record by its number among all that come.
struct Refuses(fn(usize) -> bool, AtomicUsize);

impl Faults for Refuses {
    fn entry(&self) -> Option<&'static str> {
        let entry = self.1.fetch_add(1, Ordering::Relaxed);
        self.0(entry).then_some("ServiceUnavailableException")
    }
}

fn refusing(entry: fn(usize) -> bool) -> Firehose {
    Firehose::new(Refuses(entry, AtomicUsize::default()))
}

#[tokio::test(start_paused = true)]
async fn poison_is_rejected_alone_with_its_payload() {
    let mut unknown = reading("d-1", 1);
    unknown["schemaVersion"] = json!(2);
    let mut too_hot = reading("d-1", 2);
    too_hot["value"] = json!(1e9);
    let payloads = [
        reading("d-1", 0).to_string(),
        "no JSON".to_owned(),
        unknown.to_string(),
        too_hot.to_string(),
        reading("d-1", 3).to_string(),
    ];
    let (firehose, letters) = (Firehose::new(NoFaults), Letters::default());
    let response = write(&firehose, &letters, &payloads).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(firehose.reading_ids(), ids(&[0, 3]));
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
        assert_eq!(letter.payload, payloads[place].as_bytes());
        assert_eq!(letter.attempts, 0);
    }
    let named = format!("record {}: field value: ", sequence_number(3));
    let reason = &stored[2].reason;
    assert!(reason.starts_with(&named) && !reason.contains("1e9"), "{reason}");
}

#[tokio::test(start_paused = true)]
async fn what_fails_each_time_comes_again_and_nothing_waits_for_it() {
    // The first call has all three; the second record fails, and each time that it is sent again.
    let firehose = refusing(|entry| entry == 1 || entry > 2);
    let letters = Letters::default();
    let response = write(&firehose, &letters, &readings(3)).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(1).as_str()));
    assert_eq!(firehose.reading_ids(), ids(&[0, 2]));
    assert_eq!(firehose.calls(), [3, 1, 1, 1, 1, 1, 1, 1]);
    assert!(letters.stored().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_that_is_not_stored_is_blocked() {
    let (firehose, letters) = (Firehose::new(NoFaults), Letters::down());
    let payloads = [reading("d-1", 0).to_string(), "{}".to_owned()];
    let response = write(&firehose, &letters, &payloads).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(1).as_str()));
    assert_eq!(firehose.reading_ids(), ids(&[0]));
}

#[tokio::test(start_paused = true)]
async fn without_time_everything_comes_again() {
    let (firehose, letters) = (Firehose::new(NoFaults), Letters::default());
    let response = handler(&firehose, &letters)
        .write(&event(&readings(2)), Duration::ZERO)
        .await;
    assert_eq!(
        checkpoint(&response.expect("an event")),
        Some(sequence_number(0).as_str())
    );
    assert!(firehose.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn time_that_runs_out_blocks_what_is_left() {
    /// Every call takes two seconds.
    struct Slow;

    impl Faults for Slow {
        fn call(&self) -> Fate {
            Fate::Answered(Duration::from_secs(2))
        }
    }

    let (firehose, letters) = (Firehose::new(Slow), Letters::default());
    // Four calls, and a second of the six is kept for the answer.
    let response = handler(&firehose, &letters)
        .write(&event(&readings(1_501)), Duration::from_secs(6))
        .await;
    let third = sequence_number(1_000);
    assert_eq!(checkpoint(&response.expect("an event")), Some(third.as_str()));
}

#[tokio::test(start_paused = true)]
async fn a_panic_blocks_the_batch_and_keeps_its_dead_letters() {
    struct Panics;

    impl Faults for Panics {
        fn call(&self) -> Fate {
            Fate::Panics
        }
    }

    let (firehose, letters) = (Firehose::new(Panics), Letters::default());
    let payloads = ["{}".to_owned(), reading("d-1", 0).to_string()];
    let response = write(&firehose, &letters, &payloads).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(1).as_str()));
    assert_eq!(letters.stored().len(), 1);
}

#[tokio::test]
async fn an_event_of_another_kind_is_an_error() {
    let (firehose, letters) = (Firehose::new(NoFaults), Letters::default());
    let handler = handler(&firehose, &letters);
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
    let (firehose, letters) = (refusing(|entry| entry == 0), Letters::default());
    let lines = Lines::default();
    let metrics = Metrics::to(config().metrics, lines.clone());
    let handler = Handler::new(firehose.put_record_batch(), &letters, metrics, || 0.5);
    let mut payloads = readings(2);
    payloads.push("{}".to_owned());
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
    let firehose = Firehose::new(NoFaults);
    let handler = handler(&firehose, Box::leak(Box::default()));
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
    assert_eq!(firehose.reading_ids(), ids(&[0]));
}
