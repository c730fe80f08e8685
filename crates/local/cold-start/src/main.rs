#![doc = include_str!("../README.md")]

mod measurement;
mod package;
mod report;
mod start;

use std::error::Error;
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::measurement::measure;
use crate::report::Report;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let directories: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some((empty, functions)) = directories.split_first() else {
        return Err(
            "usage: cold-start EMPTY FUNCTION …, directories with bootstrap and bootstrap.zip".into(),
        );
    };
    let report = Report::new(measure(empty, functions)?);
    write!(stdout(), "{report}")?;
    Ok(if report.violations().is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
