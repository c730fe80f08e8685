//! The command as it is run: what it says, and what it ends with.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::{Command, Output};

/// Runs the command in an environment of nothing but these variables.
fn orders(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orders"));
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
fn what_is_generated_is_the_same_each_time_and_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    for name in ["one.csv", "two.csv"] {
        let output = orders(
            &[
                "generate",
                "--items",
                "20",
                "--changes",
                "90",
                "--output",
                path(&file(name)),
            ],
            &[],
        );
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    }
    let text = std::fs::read_to_string(file("one.csv")).unwrap();
    assert_eq!(text, std::fs::read_to_string(file("two.csv")).unwrap());
    assert!(text.starts_with("change,orderId,line,customerId,"));
    // It is read before anything is asked of the cloud, which is not there.
    let output = orders(&["write", "--input", path(&file("one.csv"))], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).starts_with("orders: environment: AWS_REGION is missing"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_line_and_field() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("orders.csv");
    let header = "orderId,line,customerId,productId,productName,category,region,channel,status,quantity,unitPrice,placedAt";
    let good = "o-1,1,c-1,p-101,Tent,Outdoor,Europe,web,PLACED,2,10.00,2025-03-01T12:34:56Z";
    let cases = [
        (
            format!(
                "{header}\n{good}\n{}\n",
                good.replace("o-1", "o-2").replace("2,10.00", "two,10.00")
            ),
            "line 3, field quantity: not a whole number from 1 to 2147483647",
        ),
        (
            format!("{header},colour\n{good},red\n"),
            "line 1: unknown column \"colour\"",
        ),
        (header.to_owned(), "no line holds an order"),
    ];
    for (text, fault) in cases {
        std::fs::write(&file, text).unwrap();
        let output = orders(&["demo", "--input", path(&file)], &[]);
        assert_eq!(output.status.code(), Some(2), "{fault}");
        let expected = format!("orders: {}", file.display());
        assert!(
            said(&output).starts_with(&expected) && said(&output).contains(fault),
            "{}",
            said(&output)
        );
    }
    let output = orders(&["demo", "--input", "no/such/file.csv"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).starts_with("orders: no/such/file.csv: "),
        "{}",
        said(&output)
    );
}

#[test]
fn wrong_arguments_end_with_2() {
    for arguments in [
        &["demo", "--changes", "3"][..],
        &["demo", "--items", "none"],
        &["fold"],
        &[],
    ] {
        let output = orders(arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", said(&output));
    }
}

#[test]
fn without_a_deployed_stack_the_variable_is_named() {
    let access = [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ];
    for command in ["demo", "write", "reconcile", "questions", "dashboard"] {
        let output = orders(&[command], &access);
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(
            said(&output).starts_with("orders: STACK_OUTPUTS is missing"),
            "{}",
            said(&output)
        );
    }
    let with_a_file = [&access[..], &[("STACK_OUTPUTS", "no/such/outputs.json")]].concat();
    let output = orders(&["reconcile"], &with_a_file);
    assert!(
        said(&output).starts_with("orders: no/such/outputs.json: "),
        "{}",
        said(&output)
    );
}
