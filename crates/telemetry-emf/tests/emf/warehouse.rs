//! What a look at a streaming view writes.

use std::time::Duration;

use serde_json::{Value, json};
use telemetry_emf::{BY_VIEW, VIEW_FRESHNESS, ViewCount, ViewMetrics};

use crate::output::Output;
use crate::specification::check;

fn written_by(work: impl FnOnce(&mut ViewMetrics<'_>)) -> Value {
    let output = Output::default();
    let metrics = output.metrics();
    let mut view = metrics.view("ingest.order_changes");
    work(&mut view);
    assert!(output.documents().is_empty(), "nothing is written before the end");
    drop(view);
    let document = output.document();
    check(&document);
    document
}

fn directives(document: &Value) -> Vec<(Vec<&str>, Vec<&str>)> {
    let directives = document["_aws"]["CloudWatchMetrics"].as_array().expect("a list");
    directives
        .iter()
        .map(|directive| {
            let dimensions = directive["Dimensions"][0].as_array().expect("a list");
            let metrics = directive["Metrics"].as_array().expect("a list");
            (
                dimensions
                    .iter()
                    .map(|name| name.as_str().expect("text"))
                    .collect(),
                metrics
                    .iter()
                    .map(|metric| metric["Name"].as_str().expect("text"))
                    .collect(),
            )
        })
        .collect()
}

fn measured() -> Value {
    written_by(|view| {
        view.freshness(Duration::from_millis(61_900));
        view.count(ViewCount::ScanErrors, 0);
        view.count(ViewCount::FailedPayloads, 3);
        view.measured();
    })
}

#[test]
fn a_view_is_measured_zero_too() {
    let document = measured();
    let values = [
        (VIEW_FRESHNESS, 61),
        ("ScanErrors", 0),
        ("FailedPayloads", 3),
        ("MonitorFailures", 0),
    ];
    for (name, value) in values {
        assert_eq!(document[name], json!(value), "{name}");
    }
    assert_eq!(document["View"], "ingest.order_changes");
    let definitions = document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
        .as_array()
        .expect("a list");
    assert!(definitions.contains(&json!({ "Name": "ViewFreshness", "Unit": "Seconds" })));
}

#[test]
fn what_was_not_measured_is_not_written_and_counts_as_a_failure() {
    let document = written_by(|view| view.count(ViewCount::ScanErrors, 2));
    assert_eq!(document["ScanErrors"], json!(2));
    assert_eq!(document["MonitorFailures"], json!(1));
    for name in [VIEW_FRESHNESS, "FailedPayloads"] {
        assert_eq!(document.get(name), None, "{name}");
    }
    let expected = ["ScanErrors", "MonitorFailures"];
    assert!(
        directives(&document)
            .iter()
            .all(|(_, metrics)| *metrics == expected)
    );
}

#[test]
fn every_metric_is_told_apart_by_view() {
    let document = measured();
    let by_service = vec!["ServiceName", "FunctionName"];
    let by_view = vec!["ServiceName", "FunctionName", "View"];
    assert_eq!(
        directives(&document),
        [(by_service, BY_VIEW.to_vec()), (by_view, BY_VIEW.to_vec())]
    );
}
