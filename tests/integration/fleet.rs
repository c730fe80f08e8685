//! Readings of a fleet into state and archive: with every fault of devices and of services, what each hop has is what was
//! sent, reading by reading.

use fleet_audit::findings::Findings;
use fleet_audit::truth::Truth;
use serde_json::json;

use crate::harness::{IotInference, eventually, kill, succeeds, truth};

/// Faults of every service that the two functions and the devices call. Counts are bounded where each costs a time-out.
fn faults() -> serde_json::Value {
    json!({
        "seed": 7,
        "rules": [
            { "service": "kinesis", "operation": "PutRecords", "probability": 0.1, "fault": { "kind": "throttle" } },
            { "service": "kinesis", "operation": "PutRecords", "probability": 0.2,
              "fault": { "kind": "partial", "fraction": 0.2 } },
            { "service": "kinesis", "operation": "PutRecords", "probability": 0.05, "max": 10,
              "fault": { "kind": "timeout_after_commit", "hold_ms": 50 } },
            { "service": "dynamodb", "operation": "BatchWriteItem", "probability": 0.1,
              "fault": { "kind": "partial", "fraction": 0.3 } },
            { "service": "dynamodb", "operation": "BatchWriteItem", "probability": 0.02, "max": 20,
              "fault": { "kind": "timeout_after_commit", "hold_ms": 50 } },
            { "service": "dynamodb", "operation": "PutItem", "probability": 0.05, "fault": { "kind": "throttle" } },
            { "service": "dynamodb", "operation": "PutItem", "probability": 0.02, "max": 40,
              "fault": { "kind": "timeout_after_commit", "hold_ms": 50 } },
            { "service": "firehose", "operation": "PutRecordBatch", "probability": 0.3,
              "fault": { "kind": "partial", "fraction": 0.2 } },
            { "service": "firehose", "operation": "PutRecordBatch", "probability": 0.1, "max": 10,
              "fault": { "kind": "timeout_after_commit", "hold_ms": 50 } },
            { "service": "s3", "operation": "PutObject", "probability": 0.2, "max": 10, "fault": { "kind": "server_error" } },
            // No subscriber is told of anything, which changes no state.
            { "service": "appsync", "fault": { "kind": "server_error" } },
        ],
    })
}

fn every_kind_of_fault_happened(truth: &Truth) {
    let findings = Findings::of(truth, &Default::default());
    for (kind, windows) in findings.windows {
        // Garbage has no window: it is known by its hash.
        let happened = windows > 0 || !truth.garbage().is_empty();
        assert!(happened, "no sensor had the fault {kind}");
    }
    assert!(!truth.garbage().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_readings_of_a_fleet_with_every_fault_are_in_every_hop() {
    let iot = IotInference::start().await;
    iot.set_faults(faults());
    let file = iot.file("truth.jsonl");
    let mut device = iot.device("fleet --devices 500 --readings 100000 --faults all --seed 7 --patience 300");
    succeeds(device.arg("--truth").arg(&file)).await;
    let killed = iot.cloud.kill_functions().await.expect("functions run");
    assert!(killed > 0, "functions were killed in the middle of their work");
    let truth = truth(&file);
    assert_eq!(truth.readings().len(), 100_000);
    every_kind_of_fault_happened(&truth);
    let report = iot.adds_up(&truth).await;
    assert!(report.adds_up(), "{report}");
    for (rule, injected) in iot.faults_injected().into_iter().enumerate() {
        assert!(injected > 0, "rule {rule} put no fault in");
    }
    iot.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fleet_that_is_killed_again_and_again_loses_nothing() {
    let iot = IotInference::start().await;
    let (file, spool) = (iot.file("truth.jsonl"), iot.file("spool"));
    let device = || {
        let mut device = iot.device("fleet --devices 50 --faults all --seed 3 --interval 1 --fsync never");
        device.arg("--truth").arg(&file).arg("--spool").arg(&spool);
        device
    };
    // The stream takes little, so that much waits when the kill comes.
    iot.set_faults(json!({ "seed": 7, "rules": [
        { "service": "kinesis", "operation": "PutRecords", "probability": 0.6, "fault": { "kind": "throttle" } },
    ] }));
    let acknowledged = async || std::fs::read_to_string(&file).map_or(0, |truth| truth.lines().count());
    for round in 1..=4 {
        let before = acknowledged().await;
        let running = device()
            .args(["--readings", "20000"])
            .spawn()
            .expect("the device can be run");
        eventually("the fleet is under way", acknowledged, |lines| {
            *lines > before + 500
        })
        .await;
        kill(running).await;
        assert!(
            acknowledged().await < 20_000 * round,
            "it was killed before it was done"
        );
    }
    iot.cloud.clear_faults();
    succeeds(device().args(["--readings", "1000"])).await;
    let truth = truth(&file);
    assert!(truth.readings().len() > 2_000, "{}", truth.readings().len());
    iot.adds_up(&truth).await;
    iot.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_by_mqtt_and_the_topic_rule_is_there_byte_for_byte() {
    let iot = IotInference::start().await;
    let file = iot.file("truth.jsonl");
    let mut device = iot.device_by_mqtt("fleet --devices 30 --readings 3000 --faults all --seed 11");
    succeeds(device.arg("--truth").arg(&file)).await;
    let truth = truth(&file);
    assert_eq!(truth.readings().len(), 3_000);
    // Garbage is told by the hash of its bytes, in the dead letters of both functions.
    assert!(!truth.garbage().is_empty());
    iot.adds_up(&truth).await;
    iot.cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_series_is_replayed_digit_for_digit() {
    let iot = IotInference::start().await;
    let (file, series) = (iot.file("truth.jsonl"), iot.file("series.csv"));
    let lines = (0..2_000).map(|minute| {
        let (hour, value) = (minute / 60, f64::from(minute).mul_add(0.017, 12.3));
        format!(
            "2026-{:02}-{:02}T{:02}:{:02}:00Z,{value:.5}",
            1 + hour / 600,
            1 + hour / 24 % 25,
            hour % 24,
            minute % 60
        )
    });
    let text: Vec<String> = std::iter::once("timestamp,value".to_owned())
        .chain(lines)
        .collect();
    std::fs::write(&series, text.join("\n")).expect("the series can be written");
    let mut device = iot.device("replay --device d-replay --sensor temperature-1 --site hamburg --until-now");
    succeeds(device.arg("--input").arg(&series).arg("--truth").arg(&file)).await;
    let truth = truth(&file);
    assert_eq!(truth.readings().len(), 2_000);
    iot.adds_up(&truth).await;
    iot.cloud.stop().await;
}
