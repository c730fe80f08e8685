//! Wrong words at the door of each command: an error that names them, and nothing is started.

use std::process::{Command, Output};

use crate::harness::root;

fn run(program: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(root().join(program));
    command.args(arguments).current_dir(root());
    for variable in ["AWS_ENDPOINT_URL", "STACK_OUTPUTS"] {
        command.env_remove(variable);
    }
    command
        .output()
        .unwrap_or_else(|error| panic!("{program} can be run: {error}"))
}

#[test]
fn wrong_arguments_are_named() {
    let cases: [(&str, &[&str], &str); 13] = [
        (
            "target/debug/local-cloud",
            &["up", "--pattern", "recomendations"],
            "recomendations",
        ),
        ("target/debug/local-cloud", &["up", "--port", "99999"], "99999"),
        (
            "target/debug/local-cloud",
            &["up", "--endpoint", "localhost"],
            "localhost",
        ),
        ("target/debug/local-cloud", &["down"], "down"),
        (
            "target/debug/interaction-replay",
            &["replay", "--input", "none.csv", "--stream", "s"],
            "none.csv",
        ),
        (
            "target/debug/interaction-replay",
            &["replay", "--inptu", "x"],
            "--inptu",
        ),
        (
            "target/debug/device",
            &["fleet", "--readings", "1", "--stream", "s", "--mqtt", "h:1"],
            "--mqtt",
        ),
        (
            "target/debug/device",
            &["replay", "--input", "none.csv", "--stream", "s"],
            "none.csv",
        ),
        (
            "target/debug/fleet-audit",
            &["demo", "--devices", "10001"],
            "10001",
        ),
        (
            "scripts/demo",
            &["iot-inference", "--input", "none.csv"],
            "none.csv",
        ),
        ("scripts/demo", &["recomendations"], "recomendations"),
        (
            "scripts/demo",
            &["recommendations", "--input", "none.csv"],
            "none.csv",
        ),
        ("scripts/test", &["everything"], "everything"),
    ];
    for (program, arguments, named) in cases {
        let output = run(program, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{program} {arguments:?} fails");
        assert!(said.contains(named), "{program} {arguments:?} says: {said}");
        assert!(!said.contains("panicked"), "{program} {arguments:?} says: {said}");
    }
}

#[test]
fn a_bad_line_of_the_input_is_named_by_file_line_and_field() {
    let folder = tempfile::tempdir().expect("a folder for the input");
    let path = folder.path().join("broken.csv");
    std::fs::write(
        &path,
        "userId,movieId,rating,timestamp\n1,31,4.0,964982703\n1,32,many,964982704\n",
    )
    .expect("the folder can be written");
    let path = path.to_string_lossy().into_owned();
    let output = run(
        "target/debug/interaction-replay",
        &["replay", "--strict", "--input", &path, "--stream", "s"],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "a bad line is an error when --strict");
    for named in ["broken.csv", "3", "rating"] {
        assert!(said.contains(named), "{named} is named: {said}");
    }
}
