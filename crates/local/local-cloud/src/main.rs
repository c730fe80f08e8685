//! `local-cloud`: see `local_cloud::up::USAGE`.
#![allow(clippy::print_stderr, reason = "a command-line tool tells its user")]

use std::process::ExitCode;

use local_cloud::{Error, up};

#[tokio::main]
async fn main() -> ExitCode {
    let tell = |line: &str| eprintln!("local-cloud: {line}");
    match up::run(std::env::args_os().skip(1), tell).await {
        Ok(ended) => ended.exit_code(),
        Err(error @ Error::Argument(_)) => {
            tell(&error.to_string());
            ExitCode::from(2)
        }
        Err(error) => {
            tell(&error.to_string());
            ExitCode::FAILURE
        }
    }
}
