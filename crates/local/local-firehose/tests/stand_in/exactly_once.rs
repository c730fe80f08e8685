//! Whatever is put, in whatever batches, with whatever puts of objects failing: each accepted record is in S3 once.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use local_firehose::Settings;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::firehose::{Firehose, archive, patient, plain, table};

#[derive(Clone, Debug)]
enum Kind {
    Fits { site: u8, value: f64 },
    DoesNotFit { site: u8 },
    NoKeys,
    NoJson(Vec<u8>),
}

/// A plan for one run.
#[derive(Clone, Debug)]
struct Run {
    batches: Vec<Vec<Kind>>,
    /// 0: every record fills a buffer.
    mebibytes: u8,
    interval: Duration,
    failing_puts: usize,
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        4 => (0..4_u8, -1e9..1e9).prop_map(|(site, value)| Kind::Fits { site, value }),
        1 => (0..4_u8).prop_map(|site| Kind::DoesNotFit { site }),
        1 => Just(Kind::NoKeys),
        1 => prop::collection::vec(any::<u8>(), 0..9).prop_map(Kind::NoJson),
    ]
}

fn run() -> impl Strategy<Value = Run> {
    let batches = prop::collection::vec(prop::collection::vec(kind(), 1..20), 1..8);
    let interval = prop_oneof![Just(0), Just(2), Just(3_600_000)].prop_map(Duration::from_millis);
    (batches, 0..2_u8, interval, 0..4_usize).prop_map(|(batches, mebibytes, interval, failing_puts)| Run {
        batches,
        mebibytes,
        interval,
        failing_puts,
    })
}

/// The record, by whose number it is known again.
fn record(kind: &Kind, number: usize) -> Vec<u8> {
    let day = "2026-11-25T01:02:03Z";
    let document = match kind {
        Kind::Fits { site, value } => {
            json!({ "readingId": number.to_string(), "site": site.to_string(), "measuredAt": day, "value": value })
        }
        Kind::DoesNotFit { site } => {
            json!({ "readingId": number.to_string(), "site": site.to_string(), "measuredAt": day, "value": "warm" })
        }
        Kind::NoKeys => json!({ "readingId": number.to_string() }),
        Kind::NoJson(bytes) => return [bytes, format!("|{number}").as_bytes()].concat(),
    };
    format!("{document}\n").into_bytes()
}

/// The numbers of the records in data objects, and the bytes of those in error objects.
fn stored(firehose: &Firehose) -> (Vec<usize>, Vec<Vec<u8>>) {
    let mut rows = Vec::new();
    for (_, body) in firehose.emulator.objects("readings/") {
        let reader = SerializedFileReader::new(body).unwrap();
        for row in reader.get_row_iter(None).unwrap() {
            rows.push(row.unwrap().get_string(0).unwrap().parse().unwrap());
        }
    }
    let raw = |line: Value| STANDARD.decode(line["rawData"].as_str().unwrap()).unwrap();
    let mut errors: Vec<_> = firehose.lines("errors/").into_iter().map(raw).collect();
    rows.sort_unstable();
    errors.sort_unstable();
    (rows, errors)
}

async fn check(run: Run) {
    let settings = Settings {
        interval_cap: run.interval,
        ..patient()
    };
    let mut destination = archive();
    destination["BufferingHints"]["SizeInMBs"] = json!(run.mebibytes);
    let firehose = Firehose::start(settings, destination).await;
    firehose
        .emulator
        .state()
        .tables
        .insert("lines".to_owned(), table());
    firehose.emulator.state().failing_puts = run.failing_puts;

    let (mut rows, mut errors, mut number) = (Vec::new(), Vec::new(), 0);
    for batch in &run.batches {
        let mut records = Vec::new();
        for kind in batch {
            let record = record(kind, number);
            match kind {
                Kind::Fits { .. } => rows.push(number),
                _ => errors.push(record.clone()),
            }
            records.push(record);
            number += 1;
        }
        firehose.accepted(&records).await;
    }
    firehose.stand_in.stop().await.unwrap();
    errors.sort_unstable();
    assert_eq!(stored(&firehose), (rows, errors));
    assert_eq!(firehose.count("records"), number as u64);
    assert_eq!(
        firehose.count("delivered") + firehose.count("errors"),
        number as u64
    );
    let objects = firehose.emulator.objects("").len() as u64;
    assert_eq!(
        firehose.count("objects") + firehose.count("error_objects"),
        objects
    );
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_accepted_record_is_in_s3_once(run in run()) {
        runtime().block_on(check(run));
    }

    #[test]
    fn without_conversion_the_bytes_are_all_there(
        records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 1..50),
    ) {
        runtime().block_on(async {
            let firehose = Firehose::start(patient(), plain()).await;
            firehose.accepted(&records).await;
            firehose.stand_in.stop().await.unwrap();
            let stored: Vec<u8> = firehose.emulator.objects("raw/").iter().flat_map(|(_, body)| body.to_vec()).collect();
            assert_eq!(stored, records.concat());
        });
    }
}
