//! The local cloud with the real emulator, as a library and as a command. Needs `.venv` (scripts/setup).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod command;
mod library;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// The checkout.
fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// What the emulator's log tells of its process: its id and its port.
fn emulator(log: &Path) -> Option<(i32, u16)> {
    let text = std::fs::read_to_string(log).ok()?;
    // [2026-01-01 00:00:00 +0000] [PID] [INFO] Running on http://127.0.0.1:PORT (CTRL + C to quit)
    let line = text
        .lines()
        .rfind(|line| line.starts_with('[') && line.contains("Running on http://"))?;
    let process = line.split(['[', ']']).nth(3)?.parse().ok()?;
    let port = line.split("127.0.0.1:").nth(1)?.split(' ').next()?.parse().ok()?;
    Some((process, port))
}

/// Waits until a condition holds.
async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    assert!(waited.is_ok(), "waited in vain until {what}");
}

/// Whether anything of a process group runs. A zombie does not.
fn runs(group: i32) -> bool {
    let listing = std::process::Command::new("ps")
        .args(["-A", "-o", "pgid=,stat="])
        .output()
        .unwrap();
    String::from_utf8_lossy(&listing.stdout).lines().any(|line| {
        let mut fields = line.split_whitespace();
        fields.next() == Some(&group.to_string()) && !fields.next().unwrap_or("Z").starts_with('Z')
    })
}
