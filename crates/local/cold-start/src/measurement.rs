//! What is measured of a function.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::package::Package;
use crate::start::{RuntimeApi, Start};

/// Starts that count, of each function. Odd, so that the median is one of them.
const ROUNDS: usize = 41;

/// Starts before those, which read the files into memory.
const WARM_UP_ROUNDS: usize = 3;

/// One function's figures.
#[derive(Debug, Clone)]
pub(crate) struct Measurement {
    pub name: String,
    pub package: Package,
    /// The median.
    pub start: Duration,
    /// The highest.
    pub peak_memory_bytes: u64,
}

/// The figures of the empty function, then those of `functions`.
///
/// The functions start in turns, so that whatever else the machine does meets all of them.
pub(crate) fn measure(empty: &Path, functions: &[std::path::PathBuf]) -> io::Result<Vec<Measurement>> {
    let directories: Vec<&Path> = std::iter::once(empty)
        .chain(functions.iter().map(|path| path.as_path()))
        .collect();
    let api = RuntimeApi::listen()?;
    let mut starts = vec![Vec::new(); directories.len()];
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        for (directory, starts) in directories.iter().zip(&mut starts) {
            let start = api.start(&directory.join("bootstrap"))?;
            if round >= WARM_UP_ROUNDS {
                starts.push(start);
            }
        }
    }
    directories
        .iter()
        .zip(starts)
        .map(|(directory, starts)| summary(directory, &starts))
        .collect()
}

fn summary(directory: &Path, starts: &[Start]) -> io::Result<Measurement> {
    let mut times: Vec<_> = starts.iter().map(|start| start.to_first_poll).collect();
    times.sort_unstable();
    Ok(Measurement {
        name: directory
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        package: Package::read(directory)?,
        start: times.get(times.len() / 2).copied().unwrap_or_default(),
        peak_memory_bytes: starts
            .iter()
            .map(|start| start.peak_memory_bytes)
            .max()
            .unwrap_or_default(),
    })
}
