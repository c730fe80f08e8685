//! What the function itself costs, over a Personalize that answers at once, beside the obvious way: every record as a
//! `serde_json::Value`, unchecked, and a call of its own.
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout)]

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, criterion_group, criterion_main};
use dead_letter_store::{DeadLetterStore, StoreError};
use put_events_forwarder::call::Call;
use put_events_forwarder::personalize::{CallError, Personalize};
use put_events_forwarder::put_events_calls::share_a_call;
use put_events_forwarder::record::Record;
use put_events_forwarder::{Config, Handler};
use serde_json::{Value, json};
use stream_batch::{Batch, DeadLetters, kinesis};
use telemetry_emf::Metrics;
use tokio::runtime::Runtime;

const RECORDS: usize = 500;
const SESSIONS: usize = 40;
const TIME: Duration = Duration::from_secs(60);

fn event() -> Vec<u8> {
    let records: Vec<_> = (0..RECORDS).map(record).collect();
    json!({ "Records": records }).to_string().into_bytes()
}

fn record(number: usize) -> Value {
    let session = format!("s{}", number % SESSIONS);
    let data = json!({
        "schemaVersion": 1,
        "type": "interaction",
        "sessionId": session,
        "userId": format!("u{}", number % SESSIONS),
        "eventType": "rating",
        "itemId": number.to_string(),
        "eventValue": 4.5,
        "eventId": format!("rating-{number}"),
        "sentAt": "2000-07-30T18:45:03Z",
        "properties": {"device": "phone", "page": 3},
    });
    json!({
        "eventID": format!("shardId-000000000000:49{number:054}"),
        "eventName": "aws:kinesis:record",
        "eventSource": "aws:kinesis",
        "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/interactions",
        "eventVersion": "1.0",
        "awsRegion": "us-east-1",
        "invokeIdentityArn": "arn:aws:iam::000000000000:role/forwarder",
        "kinesis": {
            "approximateArrivalTimestamp": 1_700_000_000.25,
            "data": STANDARD.encode(data.to_string()),
            "kinesisSchemaVersion": "1.0",
            "partitionKey": session,
            "sequenceNumber": format!("49{number:054}"),
        },
    })
}

/// Takes every call at once.
#[derive(Default)]
struct Instantly {
    calls: AtomicUsize,
}

impl Personalize for &Instantly {
    async fn put(&self, call: &Call<'_>) -> Result<(), CallError> {
        black_box(call);
        self.calls.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

struct NoLetters;

impl DeadLetterStore for NoLetters {
    async fn put(&self, _: &DeadLetters, _: Duration) -> Result<(), StoreError> {
        Ok(())
    }
}

fn config() -> Config {
    let values = HashMap::from([
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_LAMBDA_FUNCTION_NAME", "forwarder"),
        ("TRACKING_ID", "tracker"),
        ("DEAD_LETTER_BUCKET", "letters"),
        // No share is waited for: what is measured is the function.
        ("PUT_EVENTS_PER_SECOND", "1000000000"),
    ]);
    Config::read(&|name| values.get(name).map(|value| (*value).to_owned())).expect("complete")
}

fn parsed(config: &Config, event: &[u8]) -> Batch<Record> {
    kinesis::decode(event)
        .expect("an event")
        .parse(|record| Record::parse(record, &config.destinations))
}

/// The calls of a batch whose sessions stand one after the other.
fn calls_of_sorted(batch: &Batch<Record>) -> usize {
    let interactions = batch
        .items()
        .iter()
        .filter_map(|entry| entry.value.as_interaction());
    let mut interactions: Vec<_> = interactions.collect();
    interactions.sort_by_key(|interaction| interaction.session_id());
    let runs = interactions.chunk_by(|one, next| share_a_call(one, next));
    runs.flat_map(|run| run.chunks(10))
        .filter_map(Call::put_events)
        .map(black_box)
        .count()
}

fn naive(event: &[u8]) -> usize {
    let event: Value = serde_json::from_slice(event).expect("JSON");
    let records = event["Records"].as_array().expect("records");
    let call = |record: &Value| {
        let data = STANDARD
            .decode(record["kinesis"]["data"].as_str().expect("text"))
            .expect("base64");
        let data: Value = serde_json::from_slice(&data).expect("JSON");
        json!({
            "trackingId": "tracker",
            "sessionId": data["sessionId"],
            "userId": data["userId"],
            "eventList": [{
                "eventId": data["eventId"],
                "eventType": data["eventType"],
                "itemId": data["itemId"],
                "eventValue": data["eventValue"],
                "sentAt": data["sentAt"],
                "properties": data["properties"].to_string(),
            }],
        })
    };
    records.iter().map(call).map(black_box).count()
}

fn forwarding(criterion: &mut Criterion) {
    let (event, config) = (event(), config());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let personalize = Instantly::default();
    let metrics = Metrics::to(config.metrics.clone(), std::io::sink());
    let handler = Handler::new(&config, &personalize, NoLetters, metrics, || 0.5);
    let forward = |runtime: &Runtime| {
        let response = runtime
            .block_on(handler.forward(black_box(&event), TIME))
            .expect("an event");
        assert!(response.batch_item_failures.is_empty());
    };
    let batch = parsed(&config, &event);

    let mut group = criterion.benchmark_group("500 interactions of 40 sessions");
    group.bench_function("decode, parse, lanes, calls, report", |bencher| {
        bencher.iter(|| forward(&runtime))
    });
    group.bench_function("decode and parse", |bencher| {
        bencher.iter(|| parsed(&config, black_box(&event)))
    });
    group.bench_function("group into calls", |bencher| {
        bencher.iter(|| calls_of_sorted(black_box(&batch)))
    });
    group.bench_function("naive: a Value and a call for each", |bencher| {
        bencher.iter(|| naive(black_box(&event)))
    });
    group.finish();

    personalize.calls.store(0, Ordering::Relaxed);
    let ours = fastest(|| forward(&runtime));
    let calls = personalize.calls.load(Ordering::Relaxed) / ROUNDS;
    let theirs = fastest(|| {
        black_box(naive(&event));
    });
    println!(
        "500 interactions: {:.2} times the naive way's time, {calls} calls beside its {}",
        ours.as_secs_f64() / theirs.as_secs_f64(),
        naive(&event)
    );
}

const ROUNDS: usize = 200;

fn fastest(mut run: impl FnMut()) -> Duration {
    let round = |_| {
        let begin = Instant::now();
        run();
        begin.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

criterion_group!(benches, forwarding);
criterion_main!(benches);
