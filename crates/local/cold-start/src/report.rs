//! The figures as a table, held against what is promised.

use std::fmt;
use std::time::Duration;

use crate::measurement::Measurement;

/// A function's start is at most this many times the empty function's.
const START_RATIO: f64 = 1.5;

/// The largest zip.
const ZIP_BYTES: u64 = 4_000_000;

/// The glibc of `provided.al2023` is 2.34.
/// <https://docs.aws.amazon.com/linux/al2023/release-notes/all-packages-AL2023.html>
const GLIBC_MINOR: u32 = 34;

/// All functions, the empty one first.
pub(crate) struct Report {
    measurements: Vec<Measurement>,
}

impl Report {
    pub(crate) fn new(measurements: Vec<Measurement>) -> Self {
        Self { measurements }
    }

    /// What is promised and does not hold, one text each.
    pub(crate) fn violations(&self) -> Vec<String> {
        let of = |measurement| self.violations_of(measurement);
        self.measurements.iter().flat_map(of).collect()
    }

    fn violations_of(&self, measurement: &Measurement) -> Vec<String> {
        let Measurement { name, package, .. } = measurement;
        let ratio = self.ratio(measurement);
        let mut violations = Vec::new();
        if ratio > START_RATIO {
            violations.push(format!(
                "{name} starts {ratio:.2} times as slowly as the empty function, the limit is {START_RATIO}"
            ));
        }
        if package.zip_bytes > ZIP_BYTES {
            violations.push(format!(
                "{name} has a zip of {} bytes, the limit is {ZIP_BYTES}",
                package.zip_bytes
            ));
        }
        if let Some(minor) = package.glibc_minor.filter(|minor| *minor > GLIBC_MINOR) {
            violations.push(format!(
                "{name} needs glibc 2.{minor}, Lambda has 2.{GLIBC_MINOR}"
            ));
        }
        violations
    }

    fn ratio(&self, measurement: &Measurement) -> f64 {
        let empty = self
            .measurements
            .first()
            .map_or(Duration::ZERO, |empty| empty.start);
        measurement.start.as_secs_f64() / empty.as_secs_f64()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<24} {:>9} {:>10} {:>6} {:>9} {:>6}",
            "function", "zip", "start", "ratio", "memory", "glibc"
        )?;
        for measurement in &self.measurements {
            let Measurement {
                name,
                package,
                start,
                peak_memory_bytes,
            } = measurement;
            let glibc = package
                .glibc_minor
                .map_or("none".to_owned(), |minor| format!("2.{minor}"));
            writeln!(
                f,
                "{name:<24} {:>6.2} MB {:>7.2} ms {:>6.2} {:>6.1} MB {glibc:>6}",
                megabytes(package.zip_bytes),
                start.as_secs_f64() * 1e3,
                self.ratio(measurement),
                megabytes(*peak_memory_bytes),
            )?;
        }
        self.violations()
            .iter()
            .try_for_each(|violation| writeln!(f, "too much: {violation}"))
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Package;

    fn measured(name: &str, microseconds: u64, zip_bytes: u64, glibc_minor: u32) -> Measurement {
        Measurement {
            name: name.to_owned(),
            package: Package {
                zip_bytes,
                glibc_minor: Some(glibc_minor),
            },
            start: Duration::from_micros(microseconds),
            peak_memory_bytes: 6_400_000,
        }
    }

    fn violations(function: Measurement) -> Vec<String> {
        Report::new(vec![measured("empty", 2000, 1_000_000, 34), function]).violations()
    }

    #[test]
    fn each_limit_is_kept_at_the_limit_and_broken_above() {
        assert_eq!(violations(measured("f", 3000, 4_000_000, 34)), [""; 0]);
        assert_eq!(
            violations(measured("f", 3020, 4_000_001, 35)),
            [
                "f starts 1.51 times as slowly as the empty function, the limit is 1.5",
                "f has a zip of 4000001 bytes, the limit is 4000000",
                "f needs glibc 2.35, Lambda has 2.34",
            ]
        );
    }

    #[test]
    fn the_table_has_a_line_a_function() {
        let measurements = vec![
            measured("empty", 2000, 955_576, 34),
            measured("forwarder", 2500, 2_900_000, 34),
        ];
        assert_eq!(
            Report::new(measurements).to_string(),
            "function                       zip      start  ratio    memory  glibc\n\
             empty                      0.96 MB    2.00 ms   1.00    6.4 MB   2.34\n\
             forwarder                  2.90 MB    2.50 ms   1.25    6.4 MB   2.34\n"
        );
    }
}
