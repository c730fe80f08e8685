//! What a request writes.

use std::time::Duration;

use serde_json::{Value, json};
use telemetry_emf::{ARM, BY_ARM, PERSONALIZE_LATENCY, POPULAR_AGE, RequestCount, RequestMetrics};

use crate::output::Output;
use crate::specification::check;

fn written_by(work: impl FnOnce(&RequestMetrics<'_>)) -> Value {
    let output = Output::default();
    let metrics = output.metrics();
    let request = metrics.request();
    work(&request);
    assert!(output.documents().is_empty(), "nothing is written before the end");
    drop(request);
    let document = output.document();
    check(&document);
    document
}

fn metrics_of(directive: &Value) -> Vec<&str> {
    let definitions = directive["Metrics"].as_array().expect("a list");
    definitions
        .iter()
        .map(|definition| definition["Name"].as_str().expect("text"))
        .collect()
}

#[test]
fn a_request_counts_itself_and_the_rest_is_zero() {
    let document = written_by(|_| {});
    let names = [
        ("Requests", 1),
        ("Fallbacks", 0),
        ("Throttled", 0),
        ("BadRequests", 0),
        ("BreakerOpened", 0),
    ];
    for (name, value) in names {
        assert_eq!(document[name], json!(value), "{name}");
    }
    for name in [PERSONALIZE_LATENCY, POPULAR_AGE, ARM] {
        assert_eq!(document.get(name), None, "{name}");
    }
}

#[test]
fn every_count_is_written_under_its_name() {
    for count in RequestCount::ALL {
        let before = written_by(|_| {})[count.name()].as_u64().expect("a count");
        let document = written_by(|request| request.add(count));
        assert_eq!(document[count.name()], json!(before + 1), "{count:?}");
    }
}

#[test]
fn latency_is_in_milliseconds_and_age_in_seconds() {
    let document = written_by(|request| {
        request.personalize_latency(Duration::from_micros(41_900));
        request.popular_age(Duration::from_millis(61_900));
    });
    assert_eq!(document[PERSONALIZE_LATENCY], json!(41));
    assert_eq!(document[POPULAR_AGE], json!(61));
    let definitions = document["_aws"]["CloudWatchMetrics"][0]["Metrics"]
        .as_array()
        .expect("a list");
    assert!(definitions.contains(&json!({ "Name": "PersonalizeLatency", "Unit": "Milliseconds" })));
    assert!(definitions.contains(&json!({ "Name": "PopularAge", "Unit": "Seconds" })));
}

#[test]
fn without_an_arm_there_is_one_set_of_dimensions() {
    let document = written_by(|_| {});
    let directives = document["_aws"]["CloudWatchMetrics"].as_array().expect("a list");
    assert_eq!(directives.len(), 1);
    assert_eq!(
        directives[0]["Dimensions"],
        json!([["ServiceName", "FunctionName"]])
    );
}

#[test]
fn an_arm_is_a_dimension_of_requests_and_fallbacks_alone() {
    let document = written_by(|request| {
        request.arm("challenger");
        request.arm("a second one");
    });
    assert_eq!(document["Arm"], "challenger");
    let directives = document["_aws"]["CloudWatchMetrics"].as_array().expect("a list");
    assert_eq!(directives.len(), 2);
    assert_eq!(
        metrics_of(&directives[0]),
        RequestCount::ALL.map(RequestCount::name)
    );
    assert_eq!(
        directives[1]["Dimensions"],
        json!([["ServiceName", "FunctionName", "Arm"]])
    );
    assert_eq!(metrics_of(&directives[1]), BY_ARM);
    assert_eq!(BY_ARM, ["Requests", "Fallbacks"]);
}
