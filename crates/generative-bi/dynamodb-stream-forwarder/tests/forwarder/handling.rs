//! An event from end to end.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use stream_batch::{BatchResponse, RejectionKind};
use telemetry_emf::Metrics;

use crate::support::events::{change, event, insert, partition_key, sequence_number};
use crate::support::kinesis::{Fate, Faults, Kinesis, NoFaults};
use crate::support::letters::Letters;
use crate::support::{config, handler};
use dynamodb_stream_forwarder::Handler;

const TIME: Duration = Duration::from_secs(30);

async fn forward(
    kinesis: &Kinesis,
    letters: &Letters,
    variables: &[(&str, &str)],
    changes: &[Value],
) -> BatchResponse {
    let handler = handler(kinesis, letters, variables);
    handler.forward(&event(changes), TIME).await.expect("an event")
}

/// The number that is reported.
fn checkpoint(response: &BatchResponse) -> Option<&str> {
    let failures = response.batch_item_failures.first();
    failures.map(|failure| failure.item_identifier.as_str())
}

fn keys_on(kinesis: &Kinesis) -> Vec<String> {
    kinesis
        .stored()
        .into_iter()
        .map(|record| record.partition_key)
        .collect()
}

/// Refuses a record by its number among all that come.
struct Refuses(fn(usize) -> bool, AtomicUsize);

impl Faults for Refuses {
    fn entry(&self) -> Option<&'static str> {
        let entry = self.1.fetch_add(1, Ordering::Relaxed);
        self.0(entry).then_some("ProvisionedThroughputExceededException")
    }
}

fn refusing(entry: fn(usize) -> bool) -> Kinesis {
    Kinesis::new(Refuses(entry, Default::default()))
}

#[tokio::test(start_paused = true)]
async fn poison_is_rejected_alone_with_its_payload() {
    let (kinesis, letters) = (Kinesis::new(NoFaults), Letters::default());
    let changes = [
        insert("o-1", 1, json!({})),
        insert("o-1", 1, json!({"amount": {"N": "twelve"}})),
        insert("o-1", 1, json!({})),
    ];
    let response = forward(&kinesis, &letters, &[], &changes).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(
        keys_on(&kinesis),
        [partition_key("o-1", 1), partition_key("o-1", 1)]
    );
    let stored = letters.stored();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].kind, RejectionKind::MalformedRecord);
    assert_eq!(
        stored[0].reason,
        format!(
            "record {}: dynamodb.NewImage: field amount.N: expected a number in decimal digits",
            sequence_number(1)
        )
    );
    let payload: Value = serde_json::from_slice(&stored[0].payload).expect("JSON");
    assert_eq!(
        payload["dynamodb"]["NewImage"],
        changes[1]["dynamodb"]["NewImage"]
    );
    assert_eq!(
        (stored[0].attempts, stored[0].partition_key.clone()),
        (0, Some(partition_key("o-1", 1)))
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_over_the_streams_limit_is_rejected_with_its_payload_and_passes() {
    let (kinesis, letters) = (Kinesis::new(NoFaults), Letters::default());
    let note = |bytes: usize| json!({"note": {"S": "x".repeat(bytes)}});
    // What the change has besides its note, and its key.
    let rest = {
        let kinesis = Kinesis::new(NoFaults);
        let response = forward(&kinesis, &letters, &[], &[insert("o-1", 1, note(0))]).await;
        assert_eq!(checkpoint(&response), None);
        let stored = kinesis.stored();
        stored[0].data.len() + stored[0].partition_key.len()
    };
    let changes = [
        insert("o-1", 1, note(2048 - rest)),
        insert("o-1", 1, note(2049 - rest)),
        insert("o-1", 1, note(0)),
    ];
    let response = forward(&kinesis, &letters, &[("MAX_RECORD_SIZE_KIB", "2")], &changes).await;
    assert_eq!(checkpoint(&response), None);
    let bytes: Vec<_> = kinesis
        .stored()
        .iter()
        .map(|record| record.data.len() + record.partition_key.len())
        .collect();
    assert_eq!(bytes, [2048, rest]);
    let stored = letters.stored();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].sequence_number.as_str(), sequence_number(1));
    assert!(
        stored[0]
            .reason
            .ends_with("the change has 2049 bytes with its partition key, the stream's limit is 2048")
    );
    let payload: Value = serde_json::from_slice(&stored[0].payload).expect("JSON");
    assert_eq!(
        payload["dynamodb"]["NewImage"],
        changes[1]["dynamodb"]["NewImage"]
    );
}

#[tokio::test(start_paused = true)]
async fn no_later_change_of_an_item_overtakes_a_failed_one() {
    // The first wave is lines 1, 2 and 3: line 1 fails, and each time that it is sent again.
    let kinesis = refusing(|entry| entry == 0 || entry > 2);
    let letters = Letters::default();
    let changes = [1, 2, 1, 3, 1].map(|line| insert("o-1", line, json!({})));
    let response = forward(&kinesis, &letters, &[], &changes).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(0).as_str()));
    assert_eq!(
        keys_on(&kinesis),
        [partition_key("o-1", 2), partition_key("o-1", 3)]
    );
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_that_is_not_stored_is_blocked() {
    let (kinesis, letters) = (Kinesis::new(NoFaults), Letters::down());
    let changes = [
        insert("o-1", 1, json!({})),
        insert("o-1", 2, json!({"amount": {"N": "twelve"}})),
    ];
    let response = forward(&kinesis, &letters, &[], &changes).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(1).as_str()));
}

#[tokio::test(start_paused = true)]
async fn what_the_filter_keeps_back_is_done() {
    let (kinesis, letters) = (Kinesis::new(NoFaults), Letters::default());
    let region = |region: &str| json!({"region": {"S": region}});
    let changes = [
        insert("o-1", 1, region("EMEA")),
        insert("o-1", 2, region("APAC")),
        change("MODIFY", "o-1", 3, Some(region("EMEA")), Some(region("APAC"))),
        change("REMOVE", "o-1", 4, Some(region("EMEA")), None),
        change("REMOVE", "o-1", 5, Some(region("APAC")), None),
    ];
    let variables = [("FORWARDED_ITEMS", r#"{"region":["EMEA"]}"#)];
    let response = forward(&kinesis, &letters, &variables, &changes).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(
        keys_on(&kinesis),
        [1, 3, 4].map(|line| partition_key("o-1", line))
    );

    let kinesis = Kinesis::new(NoFaults);
    let response = forward(&kinesis, &letters, &[("FORWARDED_EVENTS", "REMOVE")], &changes).await;
    assert_eq!(checkpoint(&response), None);
    assert_eq!(keys_on(&kinesis), [4, 5].map(|line| partition_key("o-1", line)));
    assert!(letters.stored().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_redacted_key_blocks_everything_until_somebody_mends_it() {
    let (kinesis, letters) = (Kinesis::new(NoFaults), Letters::default());
    let changes = [1, 2].map(|line| insert("o-1", line, json!({"note": {"S": "secret"}})));
    let response = forward(
        &kinesis,
        &letters,
        &[("REDACTED_ATTRIBUTES", "note,line")],
        &changes,
    )
    .await;
    assert_eq!(checkpoint(&response), Some(sequence_number(0).as_str()));
    assert!(kinesis.stored().is_empty() && letters.stored().is_empty());
}

#[tokio::test(start_paused = true)]
async fn without_time_everything_comes_again() {
    let (kinesis, letters) = (Kinesis::new(NoFaults), Letters::default());
    let event = event(&[insert("o-1", 1, json!({}))]);
    let response = handler(&kinesis, &letters, &[])
        .forward(&event, Duration::ZERO)
        .await;
    assert_eq!(
        checkpoint(&response.expect("an event")),
        Some(sequence_number(0).as_str())
    );
    assert!(kinesis.calls().is_empty());
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

    let (kinesis, letters) = (Kinesis::new(Slow), Letters::default());
    let changes = [1, 1, 1, 1].map(|line| insert("o-1", line, json!({})));
    let handler = handler(&kinesis, &letters, &[]);
    // A second of the six is kept for the answer.
    let response = handler.forward(&event(&changes), Duration::from_secs(6)).await;
    let third = sequence_number(2);
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

    let (kinesis, letters) = (Kinesis::new(Panics), Letters::default());
    let changes = [
        insert("o-1", 1, json!({"amount": {"N": "twelve"}})),
        insert("o-1", 2, json!({})),
    ];
    let response = forward(&kinesis, &letters, &[], &changes).await;
    assert_eq!(checkpoint(&response), Some(sequence_number(1).as_str()));
    assert_eq!(letters.stored().len(), 1);
}

#[tokio::test]
async fn an_event_of_another_kind_is_an_error() {
    let (kinesis, letters) = (Kinesis::new(NoFaults), Letters::default());
    let handler = handler(&kinesis, &letters, &[]);
    for event in ["{}", "[]", r#"{"Records":[{"eventSource":"aws:s3"}]}"#] {
        assert!(handler.forward(event.as_bytes(), TIME).await.is_err(), "{event}");
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
async fn everything_is_counted_and_a_filtered_change_as_delivered() {
    let (kinesis, letters) = (refusing(|entry| entry == 0), Letters::default());
    let config = config(&[("FORWARDED_EVENTS", "INSERT")]);
    let lines = Lines::default();
    let metrics = Metrics::to(config.metrics.clone(), lines.clone());
    let handler = Handler::new(&config, kinesis.put_records(), &letters, metrics, || 0.5);
    let changes = [
        insert("o-1", 1, json!({})),
        change("REMOVE", "o-1", 2, Some(json!({})), None),
        insert("o-1", 3, json!({"amount": {"N": "twelve"}})),
    ];
    let response = handler.forward(&event(&changes), TIME).await.expect("an event");
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
    let kinesis = Kinesis::new(NoFaults);
    let handler = handler(&kinesis, Box::leak(Box::default()), &[]);
    let call = async move {
        let event = event(&[insert("o-1", 1, json!({}))]);
        let payload = serde_json::from_slice(&event).expect("JSON");
        let mut context = Context::default();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        context.deadline = (now + TIME).as_millis() as u64;
        let response = handler.handle(LambdaEvent { payload, context }).await;
        serde_json::to_value(response.expect("an event")).expect("JSON")
    };
    let answer: Value = tokio::spawn(call).await.expect("no panic");
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!(keys_on(&kinesis), [partition_key("o-1", 1)]);
}
