//! Changes of items into the warehouse: duplicates, disorder, throttling and broken records, and still exactly right.

use local_cloud::ChangeCapture;
use orders::generator::{History, Size, generate};
use orders::questions::{ask, questions};
use orders::stream::repeat;
use put_many::kinesis::Record;
use serde_json::json;

use crate::harness::{GenerativeBi, eventually};

const CHANGES: usize = 100_000;
const ITEMS: usize = 5_000;
/// One in a hundred of the changes.
const BROKEN: usize = CHANGES / 100;
/// One record in so many is sent once more.
const ONE_REPEAT_IN: usize = 20;
/// Valid JSON that is no change of an order line.
const UNUSABLE: usize = 40;

fn history() -> History {
    generate(Size {
        changes: CHANGES,
        items: ITEMS,
        seed: 7,
    })
}

/// Records that do not parse, each in another way.
fn broken() -> Vec<Record> {
    let payloads = (0..BROKEN).map(|number| match number % 5 {
        0 => format!("{{\"schemaVersion\":1,\"eventId\":\"{number}\"").into_bytes(),
        1 => format!("order {number} was shipped").into_bytes(),
        2 => [b"\xff\xfe".as_slice(), number.to_string().as_bytes()].concat(),
        3 => format!("{{\"number\":{number},}}").into_bytes(),
        _ => format!("\"text\\u0000{number}\"").into_bytes(),
    });
    let records = payloads
        .enumerate()
        .map(|(number, payload)| Record::new(format!("broken-{number}"), payload));
    records
        .map(|record| record.expect("a fit partition key"))
        .collect()
}

/// Records that parse, and of which no version of a line can be made.
fn unusable() -> Vec<Record> {
    let payloads = (0..UNUSABLE).map(|number| match number % 4 {
        0 => json!(number),
        1 => json!({ "schemaVersion": 2, "eventId": "e", "eventName": "INSERT" }),
        2 => json!({ "schemaVersion": 1, "eventId": "e", "eventName": "INSERT", "eventTime": "soon",
                     "keys": { "orderId": "o-000001", "line": 1 }, "newImage": { "orderId": "o-000001" } }),
        _ => json!({ "eventName": "REMOVE", "eventID": "e", "dynamodb": {
                     "ApproximateCreationDateTime": 1, "Keys": { "orderId": { "S": "o-000001" }, "line": { "S": "1" } } } }),
    });
    let records = payloads.enumerate().map(|(number, payload)| {
        Record::new(format!("unusable-{number}"), payload.to_string()).expect("a fit partition key")
    });
    records.collect()
}

/// Writes all changes while PutRecords is throttled, fails in part and loses answers, with broken records in their midst.
async fn write_under_faults(bi: &GenerativeBi, history: &History) {
    bi.set_faults(json!({
        "seed": 7,
        "rules": [
            { "service": "kinesis", "operation": "PutRecords", "probability": 0.1, "fault": { "kind": "throttle" } },
            { "service": "kinesis", "operation": "PutRecords", "probability": 0.2,
              "fault": { "kind": "partial", "fraction": 0.2 } },
            { "service": "kinesis", "operation": "PutRecords", "probability": 0.05, "max": 10,
              "fault": { "kind": "timeout_after_commit", "hold_ms": 50 } },
        ],
    }));
    let by_hand = [broken(), unusable()].concat();
    let parts = history.changes.len().div_ceil(4);
    for (changes, records) in history
        .changes
        .chunks(parts)
        .zip(by_hand.chunks(by_hand.len().div_ceil(4)))
    {
        bi.write(changes).await;
        bi.put(records).await;
    }
}

/// Holds what the warehouse made of it: every change is there, by its identity, and what is none is where it belongs.
async fn holds_every_change(bi: &GenerativeBi) {
    let changes = async || {
        bi.count("SELECT COUNT(DISTINCT version) FROM warehouse.order_versions")
            .await
    };
    let all = u64::try_from(CHANGES).expect("a small number");
    let found = eventually("each change is there, intermediate ones too", changes, |found| {
        *found >= all
    })
    .await;
    assert_eq!(found, all, "and nothing else");
    let failed = "SELECT COUNT(*) FROM ingest.order_changes WHERE failed_payload IS NOT NULL";
    assert_eq!(
        bi.count(failed).await,
        u64::try_from(BROKEN).expect("a small number")
    );
    let unusable = "SELECT COUNT(*) FROM warehouse.unusable_order_changes WHERE failed_payload IS NULL";
    assert_eq!(
        bi.count(unusable).await,
        u64::try_from(UNUSABLE).expect("a small number")
    );
}

/// Folds, and holds that the state is the table's and that all questions are answered right.
async fn folds_and_answers(bi: &GenerativeBi, history: &History) {
    bi.run("CALL warehouse.fold_order_changes()").await;
    bi.reconciles(history).await;
    let mut answered = 0;
    for question in questions().expect("the question set is sound") {
        let asked = ask(&question, &history.truth, &bi.warehouse)
            .await
            .expect("the warehouse answers");
        assert_eq!(asked.differences, [], "{}", question.id);
        answered += usize::from(!asked.expected.is_empty());
    }
    // That every product was returned by somebody is an answer too.
    assert!(
        answered >= 24,
        "{answered} questions have an answer that is not empty"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_changes_reconcile_through_the_forwarder() {
    let bi = GenerativeBi::start(ChangeCapture::Forwarder).await;
    let history = history();

    write_under_faults(&bi, &history).await;
    let captured = bi.everything_is_ingested(CHANGES + BROKEN + UNUSABLE).await;
    assert!(
        bi.faults_injected().iter().all(|injected| *injected > 0),
        "faults were put in: {}",
        bi.cloud.fault_report()
    );
    bi.cloud.clear_faults();
    // Long after what came behind them: the oldest changes come once more.
    let repeated: Vec<Record> = bi
        .records()
        .await
        .iter()
        .step_by(ONE_REPEAT_IN)
        .map(|record| repeat(record).expect("a fit partition key"))
        .collect();
    // Broken records would be counted twice: they are told apart by how their keys begin.
    let repeated: Vec<Record> = repeated
        .into_iter()
        .filter(|record| {
            !record.partition_key().starts_with("broken") && !record.partition_key().starts_with("unusable")
        })
        .collect();
    bi.put(&repeated).await;
    bi.everything_is_ingested(captured + repeated.len()).await;

    bi.reconciles(&history).await;
    holds_every_change(&bi).await;
    folds_and_answers(&bi, &history).await;

    // Duplicates that come long after the state was folded change nothing, and bring no deleted item back.
    bi.put(&repeated).await;
    bi.everything_is_ingested(captured + 2 * repeated.len()).await;
    bi.reconciles(&history).await;
    bi.run("CALL warehouse.fold_order_changes()").await;
    bi.reconciles(&history).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_changes_reconcile_through_the_tables_own_destination() {
    let bi = GenerativeBi::start(ChangeCapture::Native).await;
    let history = history();

    write_under_faults(&bi, &history).await;
    // The destination delivers some changes twice, and none in order.
    let captured = bi.everything_is_ingested(CHANGES + BROKEN + UNUSABLE).await;

    assert!(captured > CHANGES + BROKEN + UNUSABLE, "some came twice");
    assert!(
        bi.faults_injected().iter().all(|injected| *injected > 0),
        "faults were put in: {}",
        bi.cloud.fault_report()
    );
    bi.reconciles(&history).await;
    holds_every_change(&bi).await;
    folds_and_answers(&bi, &history).await;
}
