//! `local-cloud up`, and everything that can end it.

use std::path::Path;
use std::process::Stdio;

use tokio::process::{Child, Command};

use crate::{emulator, eventually, project, runs};

fn up(state: &Path, script: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_local-cloud"))
        .args(["up", "--project-dir"])
        .arg(project())
        .arg("--state-dir")
        .arg(state)
        .args(["--", "sh", "-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The process groups of a running cloud: the emulator's, and the command's, which the script wrote to `command`.
async fn groups(state: &Path) -> [i32; 2] {
    let command = state.join("command");
    let command = || std::fs::read_to_string(&command).ok()?.trim().parse().ok();
    eventually("the command runs", || command().is_some()).await;
    [
        emulator(&state.join("logs/emulator.log")).unwrap().0,
        command().unwrap(),
    ]
}

/// A command that tells its process group and ends only by force.
const STUBBORN: &str =
    r#"trap '' TERM; echo $$ > "$(dirname "$STACK_OUTPUTS")/command"; while :; do sleep 1000; done"#;

/// Which process a test kills.
enum Victim {
    LocalCloud,
    Emulator,
}

/// Starts a cloud with a stubborn command, sends `signal`, and gives exit code and error text once nothing runs.
async fn killed(victim: Victim, signal: &str) -> (Option<i32>, String) {
    let state = tempfile::tempdir().unwrap();
    let child = up(state.path(), STUBBORN);
    let groups = groups(state.path()).await;
    let process = match victim {
        Victim::LocalCloud => child.id().unwrap().to_string(),
        Victim::Emulator => groups[0].to_string(),
    };
    let sent = std::process::Command::new("kill")
        .args([signal, &process])
        .status()
        .unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().await.unwrap();
    for group in groups {
        eventually("nothing is left behind", || !runs(group)).await;
    }
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[tokio::test]
async fn the_commands_exit_code_is_ours() {
    let state = tempfile::tempdir().unwrap();
    let script =
        r#"test "$AWS_ENDPOINT_URL" && test "$AWS_REGION" = us-east-1 && test -z "$AWS_PROFILE" && exit 7"#;
    let output = up(state.path(), script).wait_with_output().await.unwrap();
    assert_eq!(
        output.status.code(),
        Some(7),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn ctrl_c_leaves_nothing() {
    assert_eq!(killed(Victim::LocalCloud, "-INT").await.0, Some(130));
}

#[tokio::test]
async fn a_polite_kill_leaves_nothing() {
    assert_eq!(killed(Victim::LocalCloud, "-TERM").await.0, Some(143));
}

#[tokio::test]
async fn sigkill_leaves_nothing() {
    assert_eq!(killed(Victim::LocalCloud, "-KILL").await.0, None);
}

#[tokio::test]
async fn a_dead_emulator_ends_it_all_with_a_reason() {
    let (code, errors) = killed(Victim::Emulator, "-KILL").await;
    assert_eq!(code, Some(1));
    assert!(
        errors.contains("emulator: ended (signal: 9 (SIGKILL))"),
        "{errors}"
    );
}

#[tokio::test]
async fn a_bad_argument_is_named_and_nothing_starts() {
    let output = Command::new(env!("CARGO_BIN_EXE_local-cloud"))
        .args(["up", "--pattern", "movies"])
        .output()
        .await
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        errors.starts_with("local-cloud: --pattern: no pattern is called \"movies\""),
        "{errors}"
    );
}
