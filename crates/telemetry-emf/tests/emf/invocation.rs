//! What an invocation writes, and when.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use serde_json::{Value, json};
use telemetry_emf::{Count, ITERATOR_AGE, Invocation};

use crate::output::Output;
use crate::specification::check;

fn written_by(work: impl FnOnce(&Invocation<'_>)) -> Value {
    let output = Output::default();
    let metrics = output.metrics();
    let invocation = metrics.invocation();
    work(&invocation);
    assert!(output.documents().is_empty(), "nothing is written before the end");
    drop(invocation);
    output.document()
}

#[test]
fn a_document_is_what_cloudwatch_reads() {
    check(&written_by(|_| {}));
    check(&written_by(|invocation| {
        invocation.iterator_age(Duration::from_secs(1));
        for count in Count::ALL {
            invocation.add(count, 1);
        }
    }));
}

#[test]
fn every_counter_is_written_under_its_name() {
    let document = written_by(|invocation| {
        for (amount, count) in Count::ALL.into_iter().enumerate() {
            invocation.add(count, amount + 1);
        }
        invocation.add(Count::Retried, 10);
    });
    let expected = [
        ("RecordsReceived", 1),
        ("RecordsDelivered", 2),
        ("RecordsRejected", 3),
        ("RecordsBlocked", 4),
        ("RecordsRetried", 15),
        ("DeadlineStops", 6),
        ("LanePanics", 7),
    ];
    for (name, value) in expected {
        assert_eq!(document[name], json!(value), "{name}");
    }
}

#[test]
fn a_counter_that_was_not_touched_is_zero() {
    let document = written_by(|_| {});
    for count in Count::ALL {
        assert_eq!(document[count.name()], json!(0), "{count:?}");
    }
}

#[test]
fn the_dimensions_are_service_and_function() {
    let document = written_by(|_| {});
    let directive = &document["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Namespace"], "KinesisAiPatterns");
    assert_eq!(directive["Dimensions"], json!([["ServiceName", "FunctionName"]]));
    assert_eq!(document["ServiceName"], "put-events-forwarder");
    assert_eq!(document["FunctionName"], "staging-put-events-forwarder");
}

#[test]
fn the_iterator_age_is_the_highest_that_was_noted() {
    let document = written_by(|invocation| {
        for milliseconds in [20, 3000, 100] {
            invocation.iterator_age(Duration::from_millis(milliseconds));
        }
    });
    assert_eq!(document[ITERATOR_AGE], json!(3000));
    let definitions = document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
        .as_array()
        .unwrap();
    assert!(definitions.contains(&json!({ "Name": "IteratorAge", "Unit": "Milliseconds" })));
}

#[test]
fn an_unknown_iterator_age_is_not_written() {
    let document = written_by(|_| {});
    assert_eq!(document.get(ITERATOR_AGE), None);
    assert!(!document["_aws"].to_string().contains(ITERATOR_AGE));
}

#[test]
fn an_age_that_is_too_long_to_count_is_written_as_the_longest() {
    let document = written_by(|invocation| invocation.iterator_age(Duration::MAX));
    assert_eq!(document[ITERATOR_AGE], json!(u64::MAX - 1));
}

#[test]
fn a_panic_does_not_take_the_metrics_with_it() {
    let output = Output::default();
    let metrics = output.metrics();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let invocation = metrics.invocation();
        invocation.add(Count::Received, 5);
        panic!("a bug");
    }));
    assert!(outcome.is_err());
    let document = output.document();
    check(&document);
    assert_eq!(document["RecordsReceived"], json!(5));
}

#[test]
fn lanes_that_count_at_once_lose_nothing() {
    let document = written_by(|invocation| {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..1000).for_each(|_| invocation.add(Count::Retried, 1)));
            }
        });
    });
    assert_eq!(document["RecordsRetried"], json!(8000));
}

#[test]
fn invocations_write_a_line_each() {
    let output = Output::default();
    let metrics = output.metrics();
    let (one, other) = (metrics.invocation(), metrics.invocation());
    one.add(Count::Received, 1);
    other.add(Count::Received, 2);
    drop(one);
    drop(other);
    let received: Vec<_> = output
        .documents()
        .iter()
        .map(|line| line["RecordsReceived"].clone())
        .collect();
    assert_eq!(received, [1, 2]);
}
