//! The driver against an endpoint in this process, which serves as much of Lambda, Kinesis and S3 as it calls.

// Said although it always holds here: clippy takes `expect` for a test's by it.
#[cfg(test)]
mod endpoint;

use endpoint::{Endpoint, FUNCTION, STREAM, settings};
use event_source_mapping::driver::{DriverEvent, Outcome, Via};
use serde_json::json;

#[tokio::test]
async fn records_are_read_invoked_and_checkpointed() {
    let endpoint = Endpoint::start().await;
    endpoint.put("shard-0", 5);
    endpoint.map("m", settings(json!({"BatchSize": 2})));
    let mut driver = endpoint.drive();

    driver
        .until(|event| matches!(event, DriverEvent::MappingFound { function, .. } if function == FUNCTION))
        .await;
    driver
        .until(|event| {
            matches!(
                event,
                DriverEvent::ShardRead {
                    via: Via::Polling,
                    ..
                }
            )
        })
        .await;
    driver
        .until(|event| checkpoint(event) == Some("AFTER_SEQUENCE_NUMBER 00005"))
        .await;
    driver.stop().await;

    assert_eq!(endpoint.invoked(), [vec![1, 2], vec![3, 4], vec![5]]);
}

#[tokio::test]
async fn a_throttle_uses_up_no_retry_and_an_error_does() {
    let endpoint = Endpoint::start().await;
    endpoint.put("shard-0", 1);
    endpoint.answer(
        429,
        r#"{"__type":"TooManyRequestsException","message":"Rate Exceeded."}"#,
        None,
    );
    endpoint.answer(200, r#"{"errorMessage":"out of order"}"#, Some("Unhandled"));
    let destination = json!({"OnFailure": {"Destination": "arn:aws:s3:::failures"}});
    endpoint.map(
        "m",
        settings(json!({"MaximumRetryAttempts": 0, "DestinationConfig": destination})),
    );
    let mut driver = endpoint.drive();

    let throttled = driver
        .until(|event| matches!(event, DriverEvent::BatchInvoked { .. }))
        .await;
    let DriverEvent::BatchInvoked {
        outcome: Outcome::NotInvoked(reason),
        attempt: 1,
        ..
    } = throttled
    else {
        panic!("{throttled:?}");
    };
    assert_eq!(reason, "TooManyRequestsException: Rate Exceeded.");
    let failed = driver
        .until(|event| matches!(event, DriverEvent::BatchInvoked { attempt: 2, .. }))
        .await;
    assert!(matches!(
        failed,
        DriverEvent::BatchInvoked { outcome: Outcome::FunctionError(kind), .. } if kind == "Unhandled"
    ));
    driver.until(|event| matches!(event, DriverEvent::Discarded { condition, .. } if condition == "RetryAttemptsExhausted")).await;
    let sent = driver
        .until(|event| matches!(event, DriverEvent::OnFailureSent { .. }))
        .await;
    driver.stop().await;

    let DriverEvent::OnFailureSent {
        object: Some(key), ..
    } = sent
    else {
        panic!("{sent:?}")
    };
    assert!(key.starts_with("aws/lambda/m/shard-0/20"), "{key}");
    let object = endpoint.object("failures", &key);
    assert_eq!(object["KinesisBatchInfo"]["startSequenceNumber"], "00001");
    assert_eq!(object["requestContext"]["approximateInvokeCount"], 2);
    let event: serde_json::Value =
        serde_json::from_str(object["payload"].as_str().expect("a string")).expect("an event");
    assert_eq!(event["Records"][0]["kinesis"]["sequenceNumber"], "00001");
}

#[tokio::test]
async fn an_endpoint_without_subscriptions_is_polled() {
    let endpoint = Endpoint::start().await;
    endpoint.put("shard-0", 1);
    let consumer = format!("{STREAM}/consumer/forwarder:1");
    endpoint.map("m", settings(json!({"EventSourceArn": consumer})));
    let mut driver = endpoint.drive();

    driver
        .until(|event| matches!(event, DriverEvent::FanOutUnavailable { .. }))
        .await;
    driver
        .until(|event| {
            matches!(
                event,
                DriverEvent::ShardRead {
                    via: Via::Polling,
                    ..
                }
            )
        })
        .await;
    driver
        .until(|event| checkpoint(event) == Some("AFTER_SEQUENCE_NUMBER 00001"))
        .await;
    driver.stop().await;
}

#[tokio::test]
async fn a_changed_mapping_goes_on_from_its_checkpoint() {
    let endpoint = Endpoint::start().await;
    endpoint.map("m", settings(json!({})));
    let mut driver = endpoint.drive();
    endpoint.put("shard-0", 2);
    driver
        .until(|event| checkpoint(event) == Some("AFTER_SEQUENCE_NUMBER 00002"))
        .await;

    endpoint.map("m", settings(json!({"BatchSize": 1})));
    driver
        .until(|event| matches!(event, DriverEvent::MappingStopped { .. }))
        .await;
    endpoint.put("shard-0", 2);
    driver
        .until(|event| checkpoint(event) == Some("AFTER_SEQUENCE_NUMBER 00004"))
        .await;
    driver.stop().await;

    let after_the_change: Vec<_> = endpoint
        .invoked()
        .concat()
        .into_iter()
        .filter(|number| *number > 2)
        .collect();
    assert_eq!(after_the_change, [3, 4]);
    assert_eq!(endpoint.invoked().concat().len(), 4, "nothing came twice");
}

#[tokio::test]
async fn children_follow_their_parent() {
    let endpoint = Endpoint::start().await;
    endpoint.put("shard-0", 2);
    endpoint.map("m", settings(json!({"BatchSize": 1})));
    endpoint.split("shard-0", ["shard-1", "shard-2"]);
    endpoint.put("shard-1", 1);
    endpoint.put("shard-2", 1);
    let mut driver = endpoint.drive();
    driver
        .until(|event| matches!(event, DriverEvent::ShardClosed { .. }))
        .await;
    endpoint.wait_until_invoked(4).await;
    driver.stop().await;
    assert_eq!(endpoint.invoked()[..2], [vec![1], vec![2]], "the children wait");
}

#[tokio::test]
async fn an_endpoint_that_loses_its_iterators_and_fails_for_a_while_loses_no_record() {
    let endpoint = Endpoint::start().await;
    endpoint.put("shard-0", 3);
    endpoint.map("m", settings(json!({})));
    let mut driver = endpoint.drive();
    driver
        .until(|event| checkpoint(event) == Some("AFTER_SEQUENCE_NUMBER 00003"))
        .await;

    endpoint.be_down(true);
    driver
        .until(|event| matches!(event, DriverEvent::Error { .. }))
        .await;
    endpoint.forget_iterators();
    endpoint.put("shard-0", 2);
    endpoint.be_down(false);
    driver
        .until(|event| checkpoint(event) == Some("AFTER_SEQUENCE_NUMBER 00005"))
        .await;
    driver.stop().await;

    assert_eq!(endpoint.invoked().concat(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn settings_that_aws_refuses_are_told_and_not_run() {
    let endpoint = Endpoint::start().await;
    endpoint.map("m", settings(json!({"BatchSize": 10_001})));
    let mut driver = endpoint.drive();
    let refused = driver
        .until(|event| matches!(event, DriverEvent::MappingRefused { .. }))
        .await;
    driver.stop().await;
    let DriverEvent::MappingRefused { reason, .. } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        reason,
        "invalid event source mapping: BatchSize: 10001 is not from 1 to 10000"
    );
}

#[tokio::test]
async fn events_are_json_with_their_name_and_their_mapping() {
    let event = DriverEvent::ShardClosed {
        mapping: "m".into(),
        shard: "shard-0".into(),
    };
    assert_eq!(
        serde_json::to_value(event).expect("an event is JSON"),
        json!({"event": "shard_closed", "mapping": "m", "shard": "shard-0"})
    );
}

fn checkpoint(event: &DriverEvent) -> Option<&str> {
    match event {
        DriverEvent::Checkpoint { position, .. } => Some(position),
        _ => None,
    }
}
