//! The command: 0 when all is well, 1 with the reason when not, 2 for what was given wrong, 130 when interrupted.
#![allow(clippy::print_stderr, reason = "a command-line tool talks to its user")]

use std::process::ExitCode;

use clap::Parser;
use device::arguments::Arguments;
use device::forwarding::SoFar;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (arguments, so_far) = (Arguments::parse(), SoFar::default());
    tokio::select! {
        ended = device::commands::run(&arguments, &so_far) => match ended {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                eprintln!("device: {failure}");
                failure.exit_code()
            }
        },
        () = device::interruption::asked_for() => {
            eprintln!("interrupted: {so_far}");
            ExitCode::from(130)
        }
    }
}
