//! Filter criteria: which records reach the function.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html> and, for the two streams,
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html> and
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html>.

mod pattern;

use serde_json::{Value, json};

use crate::record::{RecordBody, StreamRecord};
pub use pattern::{Pattern, PatternError};

/// Filters of a mapping, at most: 5, or 10 with a raised quota.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-console>
pub const FILTERS_MAX: usize = 10;
/// Characters of a pattern, at most.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html>
pub const FILTER_PATTERN_MAX_CHARS: usize = 4_096;

/// A mapping's filters. A record passes if one of them matches, or if there are none.
#[derive(Clone, Debug, Default)]
pub struct FilterCriteria {
    patterns: Vec<Pattern>,
}

impl FilterCriteria {
    /// Filters by these patterns.
    pub fn new(patterns: Vec<Pattern>) -> Self {
        Self { patterns }
    }

    /// Whether the function gets to see the record.
    pub fn passes(&self, record: &StreamRecord) -> bool {
        if self.patterns.is_empty() {
            return true;
        }
        let subject = subject(record);
        self.patterns.iter().any(|pattern| pattern.matches(&subject))
    }
}

/// The document that patterns are matched against: the record's own fields beside its decoded data. Kinesis data that
/// is not JSON is left out, so that a pattern over `data` drops the record and a pattern over the other fields does
/// not look at it.
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html>
fn subject(record: &StreamRecord) -> Value {
    match &record.body {
        RecordBody::Kinesis { partition_key, data } => {
            let mut subject = json!({
                "kinesisSchemaVersion": "1.0",
                "partitionKey": partition_key,
                "sequenceNumber": record.sequence_number,
                "approximateArrivalTimestamp": record.arrival.millis() as f64 / 1e3,
                "eventSource": "aws:kinesis",
                "eventName": "aws:kinesis:record",
                "eventVersion": "1.0",
            });
            if let Ok(data) = serde_json::from_slice(data) {
                subject["data"] = data;
            }
            subject
        }
        RecordBody::DynamoDb {
            event_id,
            event_name,
            change,
        } => json!({
            "eventID": event_id,
            "eventName": event_name,
            "eventSource": "aws:dynamodb",
            "eventVersion": "1.1",
            "dynamodb": change,
        }),
    }
}

#[cfg(test)]
mod tests;
