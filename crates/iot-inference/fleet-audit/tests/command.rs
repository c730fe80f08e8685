//! The command as it is run: what it says, and what it ends with.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::{Command, Output};

const ACCESS: [(&str, &str); 4] = [
    ("AWS_REGION", "us-east-1"),
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
];

/// Runs the command in an environment of nothing but these variables.
fn fleet_audit(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fleet-audit"));
    command
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied());
    command.output().expect("the command runs")
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path of text")
}

#[test]
fn wrong_arguments_end_with_2() {
    for arguments in [
        &["demo", "--readings", "none"][..],
        &["demo", "--faults", "fire"],
        &["audit"],
        &["guess"],
        &[],
    ] {
        let output = fleet_audit(arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("given");
    for (arguments, text, fault) in [
        (
            ["demo", "--input"],
            "timestamp,value\n2013-07-04 00:00:00,hot\n",
            "line 2",
        ),
        (["audit", "--truth"], "{}\n", "line 1: missing field `kind`"),
        (["demo", "--truth"], "", "is there already"),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = fleet_audit(&[&arguments[..], &[path(&file)]].concat(), &[]);
        assert_eq!(output.status.code(), Some(2), "{fault}: {}", said(&output));
        let said = said(&output);
        assert!(said.contains(path(&file)) && said.contains(fault), "{said}");
    }
    let output = fleet_audit(&["audit", "--truth", "no/such/truth"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).starts_with("fleet-audit: no/such/truth: "),
        "{}",
        said(&output)
    );
}

#[test]
fn without_a_deployed_stack_the_variable_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let truth = folder.path().join("truth.jsonl");
    std::fs::write(&truth, "").unwrap();
    for arguments in [&["demo"][..], &["audit", "--truth", path(&truth)]] {
        let output = fleet_audit(arguments, &ACCESS);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(
            said(&output).starts_with("fleet-audit: STACK_OUTPUTS is missing"),
            "{}",
            said(&output)
        );
        let outputs = folder.path().join("outputs.json");
        std::fs::write(&outputs, r#"{"IotInference":{"ArchiveSource":"writer"}}"#).unwrap();
        let with_a_file = [&ACCESS[..], &[("STACK_OUTPUTS", path(&outputs))]].concat();
        let output = fleet_audit(arguments, &with_a_file);
        assert!(
            said(&output).contains("outputs.json: no output "),
            "{}",
            said(&output)
        );
    }
}

#[test]
fn without_access_every_variable_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = folder.path().join("outputs.json");
    let names = [
        "TelemetryStreamName",
        "LatestTableName",
        "HistoryTableName",
        "StateDeadLetterBucketName",
        "ArchiveBucketName",
        "AthenaWorkGroupName",
        "ArchiveDatabaseName",
        "ArchiveTableName",
        "ArchiveViewName",
        "IngestionErrorBucketName",
        "StateOnFailureBucketName",
    ];
    let named: Vec<_> = names.iter().map(|name| format!("\"{name}\":\"a\"")).collect();
    let text = format!(
        r#"{{"IotInference":{{"ArchiveSource":"stream",{}}}}}"#,
        named.join(",")
    );
    std::fs::write(&outputs, text).unwrap();
    let output = fleet_audit(&["demo"], &[("STACK_OUTPUTS", path(&outputs))]);
    assert_eq!(output.status.code(), Some(1));
    for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        assert!(
            said(&output).contains(&format!("{name} is missing")),
            "{}",
            said(&output)
        );
    }
}
