#![doc = include_str!("../README.md")]

mod measurement;
mod package;
mod report;
mod start;

use std::io::{self, Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::measurement::measure;
use crate::report::Report;

fn main() -> io::Result<ExitCode> {
    match report() {
        Ok(report) => {
            write!(stdout(), "{report}")?;
            let kept = report.violations().is_empty();
            Ok(if kept {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        Err(error) => {
            writeln!(stderr(), "cold-start: {error}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn report() -> io::Result<Report> {
    let directories: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let Some((empty, functions)) = directories.split_first() else {
        return Err(io::Error::other("usage: cold-start EMPTY FUNCTION …"));
    };
    measure(empty, functions).map(Report::new)
}
