//! `local-cloud`: see `local_cloud::up::USAGE`.

use std::io::Write;
use std::process::ExitCode;

use local_cloud::{Error, up};

#[tokio::main]
async fn main() -> ExitCode {
    match up::run(std::env::args_os().skip(1), tell).await {
        Ok(ended) => ended.exit_code(),
        Err(error) => {
            tell(&error.to_string());
            ExitCode::from(if matches!(error, Error::Argument(_)) { 2 } else { 1 })
        }
    }
}

/// To the user, who may have closed the terminal.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "local-cloud: {line}");
}
