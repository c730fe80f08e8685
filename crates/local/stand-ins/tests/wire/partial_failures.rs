//! Entries that fail within an answer of 200: what is forwarded, and what the client is told.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Request, Response};
use proptest::prelude::*;
use serde_json::{Value, json};
use stand_ins::faults::{Call, Decision, Fault, Faults, Plan, Rule};

use crate::harness::json_of;

const PUT_RECORDS: Call<'static> = Call {
    service: "kinesis",
    operation: "PutRecords",
};
const PUT_RECORD_BATCH: Call<'static> = Call {
    service: "firehose",
    operation: "PutRecordBatch",
};
const BATCH_WRITE_ITEM: Call<'static> = Call {
    service: "dynamodb",
    operation: "BatchWriteItem",
};

fn decide(call: Call<'_>, seed: u64, fraction: f64, body: &Value) -> (Decision, Faults) {
    let faults = Faults::default();
    faults.set(Plan {
        seed,
        rules: vec![Rule::always(Fault::Partial { fraction })],
    });
    let decision = faults.decide(
        call,
        &Request::post("/").body(Bytes::from(body.to_string())).unwrap(),
    );
    (decision, faults)
}

/// What the client is told, and what the service was asked, if anything. `service` answers as the service would.
fn carry(decision: Decision, service: impl Fn(&Value) -> Value) -> (Value, Option<Value>) {
    match decision {
        Decision::Answer(answer) => (json_of(&answer), None),
        Decision::SplitThenMerge(split) => {
            let forwarded: Value = serde_json::from_slice(&split.forwarded()).unwrap();
            let answer = Response::new(Bytes::from(service(&forwarded).to_string()));
            (json_of(&split.merge(answer)), Some(forwarded))
        }
        other => panic!("{other:?}"),
    }
}

/// A service with positional answers: a record's row repeats its data, and data that is a multiple of 5 is refused.
fn positional(records: &str, rows: &str, failed_count: &str, request: &Value) -> Value {
    let answers: Vec<Value> = request[records]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            let data = record["Data"].as_u64().unwrap();
            if data % 5 == 0 {
                json!({ "ErrorCode": "InternalFailure" })
            } else {
                json!({ "Echo": data })
            }
        })
        .collect();
    let failed = answers.iter().filter(|row| row["ErrorCode"].is_string()).count();
    json!({ failed_count: failed, rows: answers, "EncryptionType": "KMS" })
}

fn records(count: u64) -> Value {
    json!({ "StreamName": "s", "Records": (0..count).map(|data| json!({ "Data": data })).collect::<Vec<_>>() })
}

proptest! {
    #[test]
    fn positions_are_kept_and_failures_are_not_applied(seed: u64, fraction in 0.01..=1.0_f64, count in 1_u64..40) {
        for (call, rows, failed_count, code) in [
            (PUT_RECORDS, "Records", "FailedRecordCount", "ProvisionedThroughputExceededException"),
            (PUT_RECORD_BATCH, "RequestResponses", "FailedPutCount", "ServiceUnavailableException"),
        ] {
            let (decision, _) = decide(call, seed, fraction, &records(count));
            let (told, asked) = carry(decision, |request| positional("Records", rows, failed_count, request));
            let told_rows = told[rows].as_array().unwrap();
            prop_assert_eq!(told_rows.len() as u64, count);
            let mut applied = Vec::new();
            for (data, row) in (0..count).zip(told_rows) {
                match row["ErrorCode"].as_str() {
                    Some("InternalFailure") => prop_assert_eq!(data % 5, 0),
                    Some(other) => {
                        prop_assert_eq!(other, code);
                        prop_assert!(row["ErrorMessage"].is_string());
                        continue;
                    }
                    None => prop_assert_eq!(&row["Echo"], &json!(data)),
                }
                applied.push(json!({ "Data": data }));
            }
            prop_assert!((applied.len() as u64) < count, "none failed");
            let failed = told_rows.iter().filter(|row| row["ErrorCode"].is_string()).count();
            prop_assert_eq!(&told[failed_count], &json!(failed));
            match asked {
                Some(asked) => {
                    prop_assert_eq!(&asked["Records"], &json!(applied));
                    prop_assert_eq!(&asked["StreamName"], "s");
                    prop_assert_eq!(&told["EncryptionType"], "KMS");
                }
                None => prop_assert!(applied.is_empty()),
            }
        }
    }

    #[test]
    fn writes_are_either_forwarded_or_given_back(
        seed: u64,
        fraction in 0.01..=1.0_f64,
        tables in prop::collection::btree_map("[a-c]", prop::collection::vec(0_u8..100, 1..10), 1..3),
    ) {
        let write = |key: &u8| json!({ "PutRequest": { "Item": { "k": { "N": key.to_string() } } } });
        let items: BTreeMap<_, Vec<_>> = tables.iter().map(|(table, keys)| (table, keys.iter().map(write).collect())).collect();
        let (decision, _) = decide(BATCH_WRITE_ITEM, seed, fraction, &json!({ "RequestItems": items }));
        let (told, asked) = carry(decision, |_| json!({ "UnprocessedItems": {} }));
        let asked = asked.unwrap_or_default();
        let mut given_back = 0;
        for (table, items) in &items {
            let rows = |value: &Value| value[table.as_str()].as_array().cloned().unwrap_or_default();
            let (done, undone) = (rows(&asked["RequestItems"]), rows(&told["UnprocessedItems"]));
            given_back += undone.len();
            let mut all = [done.clone(), undone].concat();
            let mut expected = items.clone();
            all.sort_by_key(Value::to_string);
            expected.sort_by_key(Value::to_string);
            prop_assert_eq!(all, expected);
            // The service refuses a table without writes.
            prop_assert_eq!(asked["RequestItems"].get(table.as_str()).is_some(), !done.is_empty());
        }
        prop_assert!(given_back > 0, "none failed");
    }
}

#[test]
fn what_the_service_left_undone_stays_in_the_answer() {
    let put = |key: &str| json!({ "PutRequest": { "Item": { "k": { "S": key } } } });
    let body = json!({ "RequestItems": { "t": [put("a"), put("b"), put("c"), put("d")] } });
    let (decision, _) = decide(BATCH_WRITE_ITEM, 1, 0.5, &body);
    let (told, asked) = carry(
        decision,
        |request| json!({ "UnprocessedItems": request["RequestItems"] }),
    );
    assert!(asked.is_some());
    assert_eq!(told["UnprocessedItems"]["t"].as_array().unwrap().len(), 4);
}

#[test]
fn an_answer_that_does_not_fit_is_given_as_it_is() {
    let answers = [
        Response::builder()
            .status(400)
            .body(Bytes::from_static(b"{\"__type\":\"ResourceNotFoundException\"}"))
            .unwrap(),
        Response::new(Bytes::from_static(b"no JSON")),
        Response::new(Bytes::from_static(b"{\"Records\":[]}")),
    ];
    for answer in answers {
        let (decision, _) = decide(PUT_RECORDS, 1, 0.1, &records(20));
        let Decision::SplitThenMerge(split) = decision else {
            panic!("{decision:?}")
        };
        let (status, body) = (answer.status(), answer.body().clone());
        let merged = split.merge(answer);
        assert_eq!((merged.status(), merged.body()), (status, &body));
    }
}

#[test]
fn what_has_no_entries_is_forwarded_and_counts_as_no_fault() {
    for (call, body) in [
        (PUT_RECORDS, json!({ "Records": [] })),
        (PUT_RECORDS, json!({})),
        (PUT_RECORDS, json!("no object")),
        (BATCH_WRITE_ITEM, json!({ "RequestItems": {} })),
        (
            Call {
                service: "kinesis",
                operation: "GetRecords",
            },
            records(3),
        ),
    ] {
        let (decision, faults) = decide(call, 1, 1.0, &body);
        assert!(matches!(decision, Decision::Forward), "{body}: {decision:?}");
        let report = faults.report();
        assert_eq!(
            (&report["rules"][0]["matched"], &report["rules"][0]["injected"]),
            (&json!(1), &json!(0))
        );
    }
}
