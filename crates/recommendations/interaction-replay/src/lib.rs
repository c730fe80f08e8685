#![doc = include_str!("../README.md")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its user"
)]

pub mod arguments;
pub mod config;
pub mod demo;
pub mod replay;

// Pure: what is sent, and what is made of what was found.
pub mod cooccurrence;
pub mod input;
pub mod interaction;
pub mod poison;
pub mod reckoning;
pub mod records;
pub mod rounds;
pub mod sessions;
pub mod showcase;

// The edges: what is asked of each service.
pub mod arrival;
pub mod cloud;
pub mod dead_letters;
pub mod personalize_state;
pub mod recommendations;
pub mod sending;
pub mod stream;

use std::error::Error;

use arguments::{Arguments, Command, Source};
use input::{Input, InputError, clicks};
use sending::SoFar;

/// Does what the arguments ask for, and counts in `so_far` what is sent.
///
/// # Errors
/// What failed, or what does not add up.
pub async fn run(arguments: &Arguments, so_far: &SoFar) -> Result<(), Box<dyn Error>> {
    match &arguments.command {
        Command::Replay {
            source,
            stream,
            endpoint,
        } => {
            let input = load(source)?;
            replay::replay(&input, source.poison, stream, endpoint.as_deref(), so_far).await
        }
        Command::Demo {
            source,
            campaign,
            patience,
        } => {
            let input = load(source)?;
            demo::demo(&input, source.poison, campaign, *patience, so_far).await
        }
    }
}

/// How many bad lines are shown; all of them are counted.
const BAD_LINES_SHOWN: usize = 10;

fn load(source: &Source) -> Result<Input, InputError> {
    let input = match &source.input {
        Some(path) => Input::read(path, source.strict)?,
        None => clicks(source.seed),
    };
    for bad in input.bad_lines.iter().take(BAD_LINES_SHOWN) {
        eprintln!("skipped: {bad}");
    }
    if input.bad_lines.len() > BAD_LINES_SHOWN {
        eprintln!("skipped: {} more lines", input.bad_lines.len() - BAD_LINES_SHOWN);
    }
    Ok(input)
}
