use super::*;

const STREAM: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/interactions";
const TABLE_STREAM: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-01-01T00:00:00.000";

fn settings() -> MappingSettings {
    MappingSettings::new(STREAM, "arn:aws:lambda:us-east-1:000000000000:function:forwarder")
}

/// The fields that are refused.
fn refused(settings: MappingSettings) -> Vec<&'static str> {
    settings.validate().map_or_else(
        |errors| errors.0.iter().map(|error| error.field).collect(),
        |_| Vec::new(),
    )
}

#[test]
fn numbers_are_taken_up_to_their_limits_and_no_further() {
    type Set = fn(i64) -> MappingSettings;
    let fields: [(&str, Set, &[i64], &[i64]); 6] = [
        (
            "BatchSize",
            |value| MappingSettings {
                batch_size: Some(value),
                ..settings()
            },
            &[1, BATCH_SIZE_MAX],
            &[0, BATCH_SIZE_MAX + 1, -1],
        ),
        (
            "MaximumBatchingWindowInSeconds",
            |value| MappingSettings {
                maximum_batching_window_in_seconds: Some(value),
                ..settings()
            },
            &[0, BATCHING_WINDOW_MAX_SECONDS],
            &[-1, BATCHING_WINDOW_MAX_SECONDS + 1],
        ),
        (
            "ParallelizationFactor",
            |value| MappingSettings {
                parallelization_factor: Some(value),
                ..settings()
            },
            &[1, PARALLELIZATION_FACTOR_MAX],
            &[0, PARALLELIZATION_FACTOR_MAX + 1],
        ),
        (
            "MaximumRetryAttempts",
            |value| MappingSettings {
                maximum_retry_attempts: Some(value),
                ..settings()
            },
            &[UNLIMITED, 0, RETRY_ATTEMPTS_MAX],
            &[-2, RETRY_ATTEMPTS_MAX + 1],
        ),
        (
            "MaximumRecordAgeInSeconds",
            |value| MappingSettings {
                maximum_record_age_in_seconds: Some(value),
                ..settings()
            },
            &[UNLIMITED, RECORD_AGE_MIN_SECONDS, RECORD_AGE_MAX_SECONDS],
            &[-2, 0, RECORD_AGE_MIN_SECONDS - 1, RECORD_AGE_MAX_SECONDS + 1],
        ),
        (
            "TumblingWindowInSeconds",
            |value| MappingSettings {
                tumbling_window_in_seconds: Some(value),
                ..settings()
            },
            &[0, TUMBLING_WINDOW_MAX_SECONDS],
            &[-1, TUMBLING_WINDOW_MAX_SECONDS + 1],
        ),
    ];
    for (field, set, taken, not_taken) in fields {
        for value in taken {
            assert_eq!(refused(set(*value)), [""; 0], "{field} {value}");
        }
        for value in not_taken {
            assert_eq!(refused(set(*value)), [field], "{field} {value}");
        }
    }
}

#[test]
fn a_starting_position_has_a_timestamp_exactly_if_it_is_at_one() {
    let at = |position: Option<&str>, seconds| MappingSettings {
        starting_position: position.map(Into::into),
        starting_position_timestamp: seconds,
        ..settings()
    };
    for (settings, expected) in [
        (
            at(Some("TRIM_HORIZON"), None),
            Some(StartingPosition::TrimHorizon),
        ),
        (at(Some("LATEST"), None), Some(StartingPosition::Latest)),
        (
            at(Some("AT_TIMESTAMP"), Some(1_541_139_109.5)),
            Some(StartingPosition::AtTimestamp(Timestamp::from_millis(
                1_541_139_109_500,
            ))),
        ),
        (at(Some("AT_TIMESTAMP"), None), None),
        (at(Some("AT_TIMESTAMP"), Some(f64::NAN)), None),
        (at(Some("LATEST"), Some(1.0)), None),
        (at(Some("EARLIEST"), None), None),
        (at(None, None), None),
        (
            MappingSettings {
                event_source_arn: TABLE_STREAM.into(),
                ..at(Some("AT_TIMESTAMP"), Some(1.0))
            },
            None,
        ),
    ] {
        let position = settings.validate().map(|config| config.starting_position()).ok();
        assert_eq!(position, expected, "{settings:?}");
    }
}

#[test]
fn everything_that_is_wrong_is_told_at_once_and_by_name() {
    let wrong = MappingSettings {
        event_source_arn: "arn:aws:sqs:us-east-1:000000000000:queue".into(),
        function_arn: String::new(),
        function_response_types: vec!["ReportEverything".into()],
        metrics_config: MetricsSettings {
            metrics: vec!["Everything".into()],
        },
        destination_config: DestinationSettings {
            on_failure: OnFailureSettings {
                destination: Some("somewhere".into()),
            },
        },
        filter_criteria: FiltersSettings {
            filters: vec![FilterSettings {
                pattern: r#"{"data":"plain"}"#.into(),
            }],
        },
        ..settings()
    };
    assert_eq!(
        refused(wrong),
        [
            "EventSourceArn",
            "FunctionResponseTypes",
            "MetricsConfig",
            "FilterCriteria",
            "DestinationConfig",
            "FunctionArn"
        ]
    );
}

#[test]
fn filters_are_taken_up_to_their_limits_and_no_further() {
    let with = |count: usize, pattern: String| MappingSettings {
        filter_criteria: FiltersSettings {
            filters: vec![FilterSettings { pattern }; count],
        },
        ..settings()
    };
    let of_length = |length: usize| format!(r#"{{"a":["{}"]}}"#, "x".repeat(length - r#"{"a":[""]}"#.len()));
    assert_eq!(refused(with(10, of_length(4_096))), [""; 0]);
    assert_eq!(refused(with(11, of_length(4_096))), ["FilterCriteria"]);
    assert_eq!(refused(with(1, of_length(4_097))), ["FilterCriteria"]);
}

#[test]
fn arns_tell_the_stream_the_consumer_and_the_destination() {
    let consumer = "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream/consumer/con1:1540591608";
    let source = Source::parse(consumer).expect("a consumer's ARN");
    assert_eq!(
        source.stream_arn(),
        "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"
    );
    assert_eq!(source.consumer_arn(), Some(consumer));
    assert_eq!(source.region(), "us-east-2");
    assert_eq!(
        Source::parse(STREAM).expect("a stream's ARN").consumer_arn(),
        None
    );
    assert_eq!(
        Source::parse(TABLE_STREAM).expect("a stream's ARN").kind(),
        StreamKind::DynamoDb
    );

    let bucket = OnFailureDestination::parse("arn:aws:s3:::failures").expect("a bucket's ARN");
    assert_eq!(bucket, OnFailureDestination::Bucket("failures".into()));
    assert_eq!(bucket.to_string(), "arn:aws:s3:::failures");
}

#[test]
fn settings_are_read_from_the_json_of_the_api() {
    let settings: MappingSettings = serde_json::from_value(serde_json::json!({
        "UUID": "2b733gdc-8ac3-cdf5-af3a-1827b3b11284",
        "BatchSize": 500,
        "MaximumBatchingWindowInSeconds": 0,
        "ParallelizationFactor": 1,
        "EventSourceArn": "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream",
        "FunctionArn": "arn:aws:lambda:us-east-2:123456789012:function:my-function",
        "StartingPosition": "AT_TIMESTAMP",
        "StartingPositionTimestamp": 1_541_139_109,
        "DestinationConfig": {},
        "MaximumRecordAgeInSeconds": 604_800,
        "BisectBatchOnFunctionError": false,
        "MaximumRetryAttempts": 10_000,
    }))
    .expect("the documentation's example");
    let config = settings.validate().expect("the documentation's example");
    assert_eq!(config.batch_size(), 500);
    assert_eq!(config.maximum_retry_attempts, Some(10_000));
    assert_eq!(config.maximum_record_age, Some(Duration::from_secs(604_800)));
}

#[test]
fn retries_wait_longer_and_longer_up_to_a_minute() {
    let pacing = Pacing::documented(StreamKind::Kinesis);
    let waits = [1, 2, 3, 6, 7, 8, u32::MAX].map(|failures| pacing.backoff(failures).as_secs());
    assert_eq!(waits, [1, 2, 4, 32, 60, 60, 60]);
}
