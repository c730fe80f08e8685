//! What passed the endpoint: a line a request, counts, and what was out of the models.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Serialize;

use crate::Error;
use crate::service_model::Violation;

/// Every request since the start.
#[derive(Debug)]
pub(crate) struct Requests {
    passed: Mutex<Passed>,
}

#[derive(Debug)]
struct Passed {
    log: File,
    counts: BTreeMap<(String, String, Option<u16>), u64>,
    violations: Vec<Violation>,
}

/// How often an operation was answered with a status.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct RequestCount {
    /// The service as botocore names its model, such as `personalize-events`.
    pub service: String,
    /// The operation, such as `PutEvents`; method and path where it is none of the service's.
    pub operation: String,
    /// The HTTP status; absent when the connection was closed without an answer, as a fault plan may ask.
    pub status: Option<u16>,
    /// How often.
    pub count: u64,
}

/// A line of the log: what was asked of whom, never with what.
#[derive(Serialize)]
struct Line<'a> {
    time: String,
    service: &'a str,
    operation: &'a str,
    status: Option<u16>,
    milliseconds: u64,
}

impl Requests {
    /// Begins a log of JSON lines.
    pub(crate) fn logged_to(path: &Path) -> Result<Self, Error> {
        let log = File::create(path).map_err(Error::machine(format!("write {}", path.display())))?;
        Ok(Self {
            passed: Mutex::new(Passed {
                log,
                counts: BTreeMap::new(),
                violations: Vec::new(),
            }),
        })
    }

    pub(crate) fn answered(&self, service: &str, operation: &str, status: Option<u16>, took: Duration) {
        let line = Line {
            time: DateTime::from(SystemTime::now())
                .fmt(Format::DateTime)
                .unwrap_or_default(),
            service,
            operation,
            status,
            milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        };
        let mut passed = self.passed();
        // A full disk shows elsewhere soon enough; the counts below are what tests read.
        let _ = serde_json::to_string(&line).map(|line| writeln!(passed.log, "{line}"));
        let key = (service.to_owned(), operation.to_owned(), status);
        *passed.counts.entry(key).or_default() += 1;
    }

    pub(crate) fn violated(&self, violations: Vec<Violation>) {
        self.passed().violations.extend(violations);
    }

    /// Counts per service, operation and status.
    pub(crate) fn counts(&self) -> Vec<RequestCount> {
        let counted =
            |((service, operation, status), count): (&(String, String, Option<u16>), &u64)| RequestCount {
                service: service.clone(),
                operation: operation.clone(),
                status: *status,
                count: *count,
            };
        self.passed().counts.iter().map(counted).collect()
    }

    pub(crate) fn violations(&self) -> Vec<Violation> {
        self.passed().violations.clone()
    }

    fn passed(&self) -> MutexGuard<'_, Passed> {
        // A panic while it was held leaves at worst one request uncounted.
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_and_logged_without_what_they_carried() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("requests.jsonl");
        let requests = Requests::logged_to(&log).unwrap();
        requests.answered("kinesis", "PutRecords", Some(200), Duration::from_millis(7));
        requests.answered("kinesis", "PutRecords", Some(200), Duration::ZERO);
        requests.answered("kinesis", "PutRecords", None, Duration::ZERO);
        let counts: Vec<_> = requests
            .counts()
            .into_iter()
            .map(|count| (count.status, count.count))
            .collect();
        assert_eq!(counts, [(None, 1), (Some(200), 2)]);

        let lines = std::fs::read_to_string(&log).unwrap();
        let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
        let fields: Vec<_> = first.as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["milliseconds", "operation", "service", "status", "time"]);
        assert_eq!(first["milliseconds"], 7);
        assert_eq!(lines.lines().count(), 3);
    }
}
