//! Decoding an event, beside the deserialisation of the public Lambda event types, which copies every field and does
//! not look into aggregates.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use aws_lambda_events::event::kinesis::KinesisEvent;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use md5::{Digest, Md5};
use serde_json::json;
use stream_batch::{StreamEvent, kinesis};

const RECORDS: usize = 500;
const RECORD_BYTES: usize = 200;
const AGGREGATED: usize = 50;

fn event(data: impl Fn(usize) -> Vec<u8>, records: usize) -> Vec<u8> {
    let record = |number: usize| {
        let sequence_number = format!("495681673733333333333333333333333333333333333333{number:08}");
        json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": format!("session-{}", number % 50),
                "sequenceNumber": sequence_number,
                "data": STANDARD.encode(data(number)),
                "approximateArrivalTimestamp": 1_480_641_523.477,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": format!("shardId-000000000006:{sequence_number}"),
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": "arn:aws:iam::000000000000:role/function",
            "awsRegion": "us-east-1",
            "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
        })
    };
    json!({ "Records": (0..records).map(record).collect::<Vec<_>>() })
        .to_string()
        .into_bytes()
}

fn payload(number: usize) -> Vec<u8> {
    (0..RECORD_BYTES)
        .map(|position| (number * 31 + position * 7) as u8)
        .collect()
}

/// An aggregate of `AGGREGATED` records of one key, written byte by byte: lengths are varints of two bytes.
fn aggregate(number: usize) -> Vec<u8> {
    let varint = |length: usize| [(length as u8 & 0x7F) | 0x80, (length >> 7) as u8];
    let mut message = b"\x0A\x07session".to_vec();
    for index in 0..AGGREGATED {
        let data = payload(number + index);
        let record = [&[0x08, 0x00, 0x1A][..], &varint(data.len()), &data].concat();
        message.extend([&[0x1A][..], &varint(record.len()), &record].concat());
    }
    let digest = Md5::digest(&message);
    [&kinesis::MAGIC[..], &message, digest.as_slice()].concat()
}

fn plain(criterion: &mut Criterion) {
    let event = event(payload, RECORDS);
    assert_eq!(kinesis::decode(&event).map(|batch| batch.len()), Ok(RECORDS));

    let mut group = criterion.benchmark_group("500 records of 200 bytes");
    group.throughput(Throughput::Bytes(event.len() as u64));
    group.bench_function("kinesis::decode", |bencher| {
        bencher.iter(|| kinesis::decode(black_box(&event)).map(|batch| batch.len()))
    });
    group.bench_function(
        "as the runtime calls it: StreamEvent, then kinesis::decode",
        |bencher| {
            bencher.iter(|| {
                let event: StreamEvent = from_runtime(black_box(&event));
                kinesis::decode(event.as_bytes()).map(|batch| batch.len())
            })
        },
    );
    group.bench_function("naive: aws_lambda_events", |bencher| {
        bencher.iter(|| {
            serde_json::from_slice::<KinesisEvent>(black_box(&event)).map(|event| event.records.len())
        })
    });
    group.bench_function("naive, as the runtime calls it", |bencher| {
        bencher.iter(|| from_runtime::<KinesisEvent>(black_box(&event)).records.len())
    });
    group.finish();
}

fn aggregated(criterion: &mut Criterion) {
    let event = event(aggregate, RECORDS / AGGREGATED);
    assert_eq!(
        kinesis::decode(&event).map(|batch| batch.items().len()),
        Ok(RECORDS)
    );

    let mut group = criterion.benchmark_group("10 KPL aggregates of 50 records of 200 bytes");
    group.throughput(Throughput::Bytes(event.len() as u64));
    group.bench_function("kinesis::decode", |bencher| {
        bencher.iter(|| kinesis::decode(black_box(&event)).map(|batch| batch.len()))
    });
    group.bench_function("naive, not taken apart: aws_lambda_events", |bencher| {
        bencher.iter(|| {
            serde_json::from_slice::<KinesisEvent>(black_box(&event)).map(|event| event.records.len())
        })
    });
    group.finish();
}

/// The Lambda runtime keeps track of the path while it deserialises.
fn from_runtime<T: serde::de::DeserializeOwned>(event: &[u8]) -> T {
    let mut deserializer = serde_json::Deserializer::from_slice(event);
    serde_path_to_error::deserialize(&mut deserializer).expect("the event is well formed")
}

criterion_group!(benches, plain, aggregated);
criterion_main!(benches);
