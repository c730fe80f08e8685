//! What decoding and converting costs, beside the obvious way: every record as a `serde_json::Value`, unchecked, its
//! numbers through `f64`, which loses digits.
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use dead_letter_store::{DeadLetterStore, StoreError};
use dynamodb_stream_forwarder::rules::Rules;
use dynamodb_stream_forwarder::{Config, Handler};
use put_many::kinesis::{BYTES_PER_CALL, BYTES_PER_RECORD, RECORDS_PER_CALL, Record};
use put_many::{BatchApi, CallError, Limits, Verdict};
use serde_json::{Map, Number, Value, json};
use stream_batch::{DeadLetters, dynamodb};
use telemetry_emf::Metrics;

const CHANGES: usize = 1_000;
const ORDERS: usize = 400;
const TIME: Duration = Duration::from_secs(60);

fn event() -> Vec<u8> {
    let records: Vec<_> = (0..CHANGES).map(record).collect();
    json!({ "Records": records }).to_string().into_bytes()
}

fn image(number: usize, status: &str) -> Value {
    json!({
        "orderId": {"S": format!("order-{}", number % ORDERS)},
        "line": {"N": "1"},
        "customerId": {"S": format!("customer-{number}")},
        "productId": {"S": "product-17"},
        "productName": {"S": "Wireless \"mouse\""},
        "category": {"S": "Accessories"},
        "region": {"S": "EMEA"},
        "channel": {"S": "web"},
        "status": {"S": status},
        "quantity": {"N": "3"},
        "unitPrice": {"N": "19.90"},
        "discount": {"N": "0.125"},
        "amount": {"N": "52.24"},
        "placedAt": {"S": "2025-03-01T12:34:56Z"},
        "tags": {"SS": ["gift", "priority"]},
        "note": {"NULL": true},
    })
}

fn record(number: usize) -> Value {
    let keys = json!({"orderId": {"S": format!("order-{}", number % ORDERS)}, "line": {"N": "1"}});
    json!({
        "eventID": format!("{number:032x}"),
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_767_225_600,
            "Keys": keys,
            "NewImage": image(number, "SHIPPED"),
            "OldImage": image(number, "PLACED"),
            "SequenceNumber": format!("8{number:020}"),
            "SizeBytes": 500,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/2026-01-01T00:00:00.000",
    })
}

fn convert(event: &[u8], rules: &Rules) -> usize {
    let batch = dynamodb::decode(event).expect("an event");
    let batch = batch.try_map(|record, change| rules.plan(record, &change));
    assert!(batch.rejected().is_empty());
    batch
        .items()
        .iter()
        .filter_map(|item| item.value.record())
        .map(|record| record.data().len())
        .sum()
}

fn naive(event: &[u8]) -> usize {
    let event: Value = serde_json::from_slice(event).expect("JSON");
    let records = event["Records"].as_array().expect("records");
    let data = |record: &Value| {
        let image = |name: &str| record["dynamodb"].get(name).map(plain_members);
        let document = json!({
            "schemaVersion": 1,
            "eventId": record["eventID"],
            "eventName": record["eventName"],
            "expired": false,
            "tableName": "Orders",
            "eventTime": record["dynamodb"]["ApproximateCreationDateTime"].as_u64().expect("a time") * 1_000_000,
            "sequenceNumber": record["dynamodb"]["SequenceNumber"],
            "keys": image("Keys"),
            "newImage": image("NewImage"),
            "oldImage": image("OldImage"),
        });
        let key = record["dynamodb"]["Keys"].to_string();
        (key, serde_json::to_vec(&document).expect("JSON"))
    };
    records
        .iter()
        .map(data)
        .map(black_box)
        .map(|(_, data)| data.len())
        .sum()
}

fn plain_members(members: &Value) -> Value {
    let members = members.as_object().expect("an object");
    Value::Object(
        members
            .iter()
            .map(|(name, value)| (name.clone(), plain(value)))
            .collect::<Map<_, _>>(),
    )
}

fn plain(value: &Value) -> Value {
    let (name, value) = value
        .as_object()
        .and_then(|value| value.iter().next())
        .expect("a type");
    let number = |text: &Value| {
        let float = text.as_str().and_then(|text| text.parse().ok());
        float
            .and_then(Number::from_f64)
            .map_or(Value::Null, Value::Number)
    };
    let elements = || value.as_array().expect("an array").iter();
    match name.as_str() {
        "N" => number(value),
        "NS" => elements().map(number).collect(),
        "L" => elements().map(plain).collect(),
        "M" => plain_members(value),
        "NULL" => Value::Null,
        _ => value.clone(),
    }
}

/// Takes every record at once.
struct Instantly;

impl BatchApi for Instantly {
    type Entry = Record;

    fn limits(&self) -> Limits {
        Limits {
            count: RECORDS_PER_CALL,
            request_bytes: BYTES_PER_CALL,
            entry_bytes: BYTES_PER_RECORD,
        }
    }

    fn entry_bytes(&self, record: &Record) -> usize {
        record.partition_key().len() + record.data().len()
    }

    async fn send(&self, records: &[&Record]) -> Result<Vec<Verdict>, CallError> {
        Ok(vec![Verdict::Accepted; black_box(records).len()])
    }
}

struct NoLetters;

impl DeadLetterStore for NoLetters {
    async fn put(&self, _: &DeadLetters, _: Duration) -> Result<(), StoreError> {
        Ok(())
    }
}

fn config() -> Config {
    let lookup = |name: &str| {
        let value = match name {
            "AWS_REGION" => "us-east-1",
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test",
            "AWS_LAMBDA_FUNCTION_NAME" => "forwarder",
            "STREAM_NAME" => "order-changes",
            "DEAD_LETTER_BUCKET" => "letters",
            _ => return None,
        };
        Some(value.to_owned())
    };
    Config::read(&lookup).expect("complete")
}

fn forwarding(criterion: &mut Criterion) {
    let (event, config) = (event(), config());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let metrics = Metrics::to(config.metrics.clone(), std::io::sink());
    let handler = Handler::new(&config, Instantly, NoLetters, metrics, || 0.5);

    let mut group = criterion.benchmark_group("1,000 changes of 400 items");
    group.bench_function("decode, convert, waves, report", |bencher| {
        bencher.iter(|| {
            let response = runtime
                .block_on(handler.forward(black_box(&event), TIME))
                .expect("an event");
            assert!(response.batch_item_failures.is_empty());
        });
    });
    group.bench_function("decode", |bencher| {
        bencher.iter(|| dynamodb::decode(black_box(&event)).expect("an event").len());
    });
    group.bench_function("decode and convert", |bencher| {
        bencher.iter(|| convert(black_box(&event), &config.rules));
    });
    group.bench_function("naive: a Value for each, unchecked", |bencher| {
        bencher.iter(|| naive(black_box(&event)));
    });
    group.finish();

    let ours = fastest(|| convert(&event, &config.rules));
    let theirs = fastest(|| naive(&event));
    println!(
        "1,000 changes: {:.2} times the naive way's time",
        ours.as_secs_f64() / theirs.as_secs_f64()
    );
}

const ROUNDS: usize = 200;

fn fastest(run: impl Fn() -> usize) -> Duration {
    let round = |_| {
        let begin = Instant::now();
        black_box(run());
        begin.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

criterion_group!(benches, forwarding);
criterion_main!(benches);
