//! What the client is told.

use serde_json::{Value, json};

use crate::limits::RETRY_AFTER_SECONDS;
use crate::refusal::Refusal;

/// An answer of the collector.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Seconds of the header `Retry-After`, where the same may be sent again.
    pub retry_after: Option<u32>,
    /// The body, JSON.
    pub body: Value,
}

/// Kinesis took nothing of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KinesisError {
    /// The HTTP status of its answer; 503 where there was none.
    pub status: u16,
    /// The error's name, with or without the namespace that the protocol may put before it.
    pub code: String,
}

/// The errors by which Kinesis says that it is too much at the moment.
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html>
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html>
const THROTTLING: [&str; 4] = [
    "ProvisionedThroughputExceededException",
    "KMSThrottlingException",
    "LimitExceededException",
    "ThrottlingException",
];

impl Answer {
    /// All of it is on the stream.
    pub fn accepted(interactions: usize) -> Self {
        Self::of(202, json!({ "accepted": interactions }))
    }

    /// What PutRecords said, entry by entry: an error's name, or `None` for one that is on the stream. 207 names the
    /// positions that failed.
    pub fn of_entries(errors: &[Option<&str>]) -> Self {
        if errors.is_empty() {
            return Self::problem(
                500,
                "the stream did not say what became of the interactions: send them again",
            );
        }
        let failed: Vec<_> = errors
            .iter()
            .enumerate()
            .filter_map(|(index, error)| error.map(|code| json!({ "index": index, "errorCode": code })))
            .collect();
        let accepted = errors.len() - failed.len();
        if failed.is_empty() {
            Self::accepted(accepted)
        } else {
            Self::of(207, json!({ "accepted": accepted, "failed": failed }))
        }
    }

    /// Kinesis took nothing.
    pub fn of_kinesis_error(error: &KinesisError) -> Self {
        let code = error.code.rsplit('#').next().unwrap_or_default();
        if error.status >= 500 {
            Self::problem(
                503,
                "the stream is not available: send the same again in a second",
            )
            .in_a_moment()
        } else if THROTTLING.contains(&code) {
            Self::problem(429, "the stream is busy: send the same again in a second").in_a_moment()
        } else {
            Self::problem(500, "the stream refused the call: keep what you sent")
        }
    }

    /// A problem as RFC 9457 writes it, `application/problem+json`.
    /// <https://www.rfc-editor.org/rfc/rfc9457>
    pub fn problem(status: u16, detail: &str) -> Self {
        let title = title(status);
        Self::of(
            status,
            json!({ "type": "about:blank", "title": title, "status": status, "detail": detail }),
        )
    }

    /// The header `Content-Type`.
    pub fn content_type(&self) -> &'static str {
        if self.status < 400 {
            "application/json"
        } else {
            "application/problem+json"
        }
    }

    fn of(status: u16, body: Value) -> Self {
        Self {
            status,
            retry_after: None,
            body,
        }
    }

    fn in_a_moment(self) -> Self {
        Self {
            retry_after: Some(RETRY_AFTER_SECONDS),
            ..self
        }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::TooLarge => 413,
            Refusal::NotJson { .. } | Refusal::Invalid { .. } => 400,
        };
        Self::problem(status, &refusal.to_string())
    }
}

/// <https://www.iana.org/assignments/http-status-codes>
fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ if status < 500 => "Refused",
        _ => "Failed",
    }
}
