//! The embedded metric format, transcribed from its specification and JSON schema.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use serde_json::Value;

/// Panics with the rule that `document` breaks.
pub fn check(document: &Value) {
    let metadata = document["_aws"].as_object().expect("_aws is an object");
    assert!(
        metadata["Timestamp"].is_u64(),
        "Timestamp is milliseconds since 1970"
    );
    let directives = metadata["CloudWatchMetrics"]
        .as_array()
        .expect("CloudWatchMetrics is an array");
    assert!(!directives.is_empty());
    for directive in directives {
        text(&directive["Namespace"], 1024);
        dimensions(document, &directive["Dimensions"]);
        metrics(document, &directive["Metrics"]);
    }
}

fn dimensions(document: &Value, sets: &Value) {
    let sets = sets.as_array().expect("Dimensions is an array");
    assert!(!sets.is_empty());
    for set in sets {
        let names = set.as_array().expect("a dimension set is an array");
        assert!(names.len() <= 30, "a set has at most 30 dimensions");
        for name in names {
            text(&document[text(name, 250)], 1024);
        }
    }
}

fn metrics(document: &Value, definitions: &Value) {
    let definitions = definitions.as_array().expect("Metrics is an array");
    assert!(definitions.len() <= 100, "a directive has at most 100 metrics");
    for definition in definitions {
        let name = text(&definition["Name"], 1024);
        assert!(document[name].is_number(), "{name} is a number at the root");
        let unit = definition["Unit"].as_str().expect("Unit is text");
        assert!(UNITS.contains(&unit), "{unit} is no unit");
    }
}

fn text(value: &Value, longest: usize) -> &str {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is not text"));
    assert!(
        (1..=longest).contains(&text.len()),
        "{text:?} has 1 to {longest} characters"
    );
    text
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];
