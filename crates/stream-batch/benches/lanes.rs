//! What lanes cost on top of a sink that answers at once.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use futures_util::FutureExt;
use serde_json::json;
use stream_batch::{Batch, Deadline, LaneOptions, Outcome, Summary, deliver_in_lanes, kinesis};

const ITEMS: usize = 500;
const KEYS: usize = 50;
const CHUNK: usize = 10;

fn batch() -> Batch {
    let record = |number: usize| {
        json!({
            "kinesis": {
                "partitionKey": format!("session-{}", number % KEYS),
                "sequenceNumber": format!("495681673733333333333333333333333333333333333333{number:08}"),
                "data": "e30=",
                "approximateArrivalTimestamp": 1_480_641_523.477,
            },
            "eventID": "shardId-000000000006:1",
            "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
        })
    };
    let event = json!({ "Records": (0..ITEMS).map(record).collect::<Vec<_>>() }).to_string();
    kinesis::decode(event.as_bytes()).expect("the event is well formed")
}

async fn deliver(batch: Batch) -> Summary {
    let options = LaneOptions {
        concurrency: 8,
        deadline: Deadline::never(),
    };
    let settled = deliver_in_lanes(
        batch,
        options,
        |item| item.record.partition_key.clone(),
        |mut lane| async move {
            while let Some(chunk) = lane.next_chunk(CHUNK) {
                let outcomes = vec![Outcome::Delivered; chunk.len()];
                lane.report(outcomes);
            }
        },
    )
    .await;
    let (_, unreported) = settled.take_rejected();
    unreported.report(Ok::<(), &str>(())).summary(0)
}

fn lanes(criterion: &mut Criterion) {
    let batch = batch();
    let mut group = criterion.benchmark_group("lanes");
    group.throughput(Throughput::Elements(ITEMS as u64));
    group.bench_function("500 items of 50 keys, chunks of 10", |bencher| {
        bencher.iter_batched(
            || batch.clone(),
            |batch| deliver(black_box(batch)).now_or_never(),
            BatchSize::SmallInput,
        )
    });
    group.finish();
}

criterion_group!(benches, lanes);
criterion_main!(benches);
