//! The command: 0 when all is well, 1 with the reason when not, 2 for wrong arguments, 130 when interrupted.
#![allow(clippy::print_stderr, reason = "a command-line tool talks to its user")]

use std::process::ExitCode;

use clap::Parser;
use interaction_replay::arguments::Arguments;
use interaction_replay::sending::SoFar;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (arguments, so_far) = (Arguments::parse(), SoFar::default());
    tokio::select! {
        ended = interaction_replay::run(&arguments, &so_far) => match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("interaction-replay: {error}");
                ExitCode::FAILURE
            }
        },
        _ = tokio::signal::ctrl_c() => {
            eprintln!("interrupted: {} of {} records were sent", so_far.sent(), so_far.total());
            ExitCode::from(130)
        }
    }
}
