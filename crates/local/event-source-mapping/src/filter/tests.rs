//! The documentation's operators and examples, and what it says of data that is not JSON.

use serde_json::json;

use super::*;
use crate::time::Timestamp;

fn record(partition_key: &str, data: &str) -> StreamRecord {
    StreamRecord {
        sequence_number: "49590338271490256608559692538361571095921575989136588898".into(),
        arrival: Timestamp::from_millis(1_545_084_650_987),
        body: RecordBody::Kinesis {
            partition_key: partition_key.into(),
            data: data.to_owned().into(),
        },
    }
}

fn filter(patterns: &[&str]) -> FilterCriteria {
    FilterCriteria::new(
        patterns
            .iter()
            .map(|pattern| Pattern::parse(pattern).expect(pattern))
            .collect(),
    )
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax>
#[test]
fn every_operator_of_the_documentation() {
    let cases = [
        (
            "null",
            json!({"UserID": [null]}),
            json!({"UserID": null}),
            json!({"UserID": "1"}),
        ),
        (
            "empty",
            json!({"LastName": [""]}),
            json!({"LastName": ""}),
            json!({"LastName": "x"}),
        ),
        (
            "equals",
            json!({"Name": ["Alice"]}),
            json!({"Name": "Alice"}),
            json!({"Name": "alice"}),
        ),
        (
            "equals (ignore case)",
            json!({"Name": [{"equals-ignore-case": "Alice"}]}),
            json!({"Name": "aLICE"}),
            json!({"Name": "Alicia"}),
        ),
        (
            "and",
            json!({"Location": ["New York"], "Day": ["Monday"]}),
            json!({"Location": "New York", "Day": "Monday"}),
            json!({"Location": "New York", "Day": "Sunday"}),
        ),
        (
            "or",
            json!({"PaymentType": ["Credit", "Debit"]}),
            json!({"PaymentType": "Debit"}),
            json!({"PaymentType": "Cash"}),
        ),
        (
            "or (multiple fields)",
            json!({"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]}),
            json!({"Location": "Boston", "Day": "Monday"}),
            json!({"Location": "Boston", "Day": "Sunday"}),
        ),
        (
            "not",
            json!({"Weather": [{"anything-but": ["Raining"]}]}),
            json!({"Weather": "Sunny"}),
            json!({"Weather": "Raining"}),
        ),
        (
            "not, beginning with",
            json!({"Region": [{"anything-but": {"prefix": "us-"}}]}),
            json!({"Region": "eu-west-1"}),
            json!({"Region": "us-east-1"}),
        ),
        (
            "numeric (equals)",
            json!({"Price": [{"numeric": ["=", 100]}]}),
            json!({"Price": 100.0}),
            json!({"Price": 101}),
        ),
        (
            "numeric (range), lower end",
            json!({"Price": [{"numeric": [">", 10, "<=", 20]}]}),
            json!({"Price": 10.5}),
            json!({"Price": 10}),
        ),
        (
            "numeric (range), upper end",
            json!({"Price": [{"numeric": [">", 10, "<=", 20]}]}),
            json!({"Price": 20}),
            json!({"Price": 20.5}),
        ),
        (
            "exists",
            json!({"ProductName": [{"exists": true}]}),
            json!({"ProductName": null}),
            json!({"Product": "x"}),
        ),
        (
            "does not exist",
            json!({"ProductName": [{"exists": false}]}),
            json!({"Product": "x"}),
            json!({"ProductName": "x"}),
        ),
        (
            "begins with",
            json!({"Region": [{"prefix": "us-"}]}),
            json!({"Region": "us-east-1"}),
            json!({"Region": "eu-us-1"}),
        ),
        (
            "ends with",
            json!({"FileName": [{"suffix": ".png"}]}),
            json!({"FileName": "a.png"}),
            json!({"FileName": "a.png.txt"}),
        ),
        (
            "a field of the filter that the event lacks",
            json!({"Weather": [{"anything-but": ["Raining"]}]}),
            json!({"Weather": "Sunny"}),
            json!({}),
        ),
        (
            "numbers as they are written",
            json!({"Price": [300]}),
            json!({"Price": 300}),
            json!({"Price": 300.0}),
        ),
        (
            "one element of an array",
            json!({"Tag": ["b"]}),
            json!({"Tag": ["a", "b"]}),
            json!({"Tag": ["a"]}),
        ),
    ];
    for (name, pattern, passes, drops) in cases {
        let filter = filter(&[&json!({"data": pattern}).to_string()]);
        assert!(
            filter.passes(&record("1", &passes.to_string())),
            "{name}: {passes}"
        );
        assert!(
            !filter.passes(&record("1", &drops.to_string())),
            "{name}: {drops}"
        );
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-examples>
#[test]
fn metadata_and_data_together() {
    let filter = filter(&[r#"{ "partitionKey": [ "1" ], "data": { "Location": [ "Los Angeles" ] }}"#]);
    assert!(filter.passes(&record("1", r#"{"Location":"Los Angeles","Other":1}"#)));
    assert!(!filter.passes(&record("2", r#"{"Location":"Los Angeles"}"#)));
    assert!(!filter.passes(&record("1", r#"{"Location":"Boston"}"#)));
}

/// "If an event satisfies any one of these five filters, Lambda sends the event to your function."
#[test]
fn one_of_several_filters_is_enough() {
    let filter = filter(&[r#"{"data":{"a":[1]}}"#, r#"{"data":{"a":[2]}}"#]);
    assert!(filter.passes(&record("1", r#"{"a":2}"#)));
    assert!(!filter.passes(&record("1", r#"{"a":3}"#)));
}

/// The table of <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html#filtering-kinesis-properly>.
#[test]
fn data_that_is_not_json_is_dropped_by_a_pattern_over_data_only() {
    for (data, pattern, passes) in [
        (r#"{"a":1}"#, r#"{"data":{"a":[1]}}"#, true),
        (r#"{"a":1}"#, r#"{"partitionKey":["1"]}"#, true),
        ("plain text", r#"{"data":{"a":[{"anything-but":[1]}]}}"#, false),
        ("plain text", r#"{"partitionKey":["1"]}"#, true),
        ("plain text", r#"{"partitionKey":["2"]}"#, false),
    ] {
        assert_eq!(
            filter(&[pattern]).passes(&record("1", data)),
            passes,
            "{data} {pattern}"
        );
    }
}

/// "Lambda throws an exception at the time of the event source mapping creation or update."
#[test]
fn a_pattern_that_cannot_be_one_is_refused() {
    for pattern in [
        "plain",
        "[]",
        r#"{"data":"plain"}"#,
        r#"{"data":{"a":1}}"#,
        r#"{"a":[{"unknown":1}]}"#,
        r#"{"a":[{"prefix":1}]}"#,
        r#"{"a":[{"numeric":[]}]}"#,
        r#"{"a":[{"numeric":[">"]}]}"#,
        r#"{"a":[{"numeric":["~",1]}]}"#,
        r#"{"a":[{"prefix":"a","suffix":"b"}]}"#,
        r#"{"$or":[1]}"#,
    ] {
        assert!(Pattern::parse(pattern).is_err(), "{pattern}");
    }
}

/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#multi-level-filtering>
#[test]
fn a_change_is_filtered_by_its_nested_fields() {
    let change = |id: &str| StreamRecord {
        sequence_number: "111".into(),
        arrival: Timestamp::from_seconds(1),
        body: RecordBody::DynamoDb {
            event_id: "1".into(),
            event_name: "INSERT".into(),
            change: json!({
                "Keys": {"Id": {"N": id}},
                "NewImage": {"Message": {"S": "New item!"}, "Id": {"N": id}},
                "SequenceNumber": "111",
                "SizeBytes": 26,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            }),
        },
    };
    let by_key = filter(&[r#"{ "dynamodb": { "Keys": { "Id": { "N": [ "101" ] } } } }"#]);
    assert!(by_key.passes(&change("101")));
    assert!(!by_key.passes(&change("102")));
    assert!(filter(&[r#"{"eventName":["INSERT"]}"#]).passes(&change("101")));
}
